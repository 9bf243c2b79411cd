//! The token for GitHub, and what it may do as far as reading tells.

use std::sync::Arc;
use std::time::Duration;

use tidegate_github::api::token::{Seen, look};
use tidegate_github::api::{Access, Client, SystemClock};

use super::pending::Pending;
use super::{Line, Surroundings, WITHIN};

/// Begins to ask where a token is set; nothing otherwise.
pub(super) fn begin(surroundings: &Surroundings) -> Option<Pending<Vec<Line>>> {
    surroundings.variable("GITHUB_TOKEN")?;
    let surroundings = surroundings.clone();
    Some(Pending::begin("token for GitHub", move || {
        vec![line(&surroundings)]
    }))
}

fn line(surroundings: &Surroundings) -> Line {
    let access = match Access::of_environment(&|name| surroundings.variable(name), None) {
        Ok(access) => access.patience(WITHIN, WITHIN),
        Err(error) => {
            return Line::warning(format!("the token for GitHub is not asked about: {error}"))
                .remedy(error.help());
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let Ok(runtime) = runtime else {
        return Line::warning("the token for GitHub is not asked about: no runtime can be started")
            .remedy("Close programs that hold many files or threads, and type it again.");
    };
    let asked = runtime.block_on(async {
        let client = Client::new(access, Arc::new(SystemClock::default()));
        tokio::time::timeout(WITHIN, look(&client)).await
    });
    runtime.shutdown_timeout(Duration::ZERO);
    match asked {
        Err(_) => Line::warning("GitHub gave no answer within 2 s")
            .remedy("Check GITHUB_API_URL and the network of this machine."),
        Ok(Err(error)) => Line::warning(error.to_string()).remedy(error.help()),
        Ok(Ok(seen)) => told(&seen),
    }
}

fn told(seen: &Seen) -> Line {
    let sort = if seen.private { "private" } else { "public" };
    let repository = format!("GITHUB_TOKEN reads {} ({sort})", seen.repository);
    match (&seen.scopes, seen.writes) {
        (Some(scopes), _) if scopes.is_empty() => Line::ok(format!(
            "{repository}, and has no scopes: it only reads what is public"
        )),
        (Some(scopes), _) => Line::ok(format!("{repository}; its scopes: {}", scopes.join(", "))),
        (None, Some(true)) => Line::ok(format!("{repository} and may write to it")),
        (None, _) => Line::ok(format!(
            "{repository}; what it may write is what the job's `permissions:` say"
        )),
    }
}
