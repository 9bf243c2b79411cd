//! How what a journey creates is removed again.

use super::model::{Cleanup, Journey, Source, Step};
use super::values::references;

/// Words of paths whose POST creates nothing that a DELETE removes.
const NO_CREATE: &[&str] = &[
    "login", "logout", "signin", "signout", "auth", "token", "session", "search", "query",
    "graphql", "export", "upload", "send", "verify", "refresh", "validate", "preview", "webhook",
    "webhooks", "rpc",
];

/// Gives each create the DELETE of what it creates, as it was seen or, where none was, as it would be.
pub(crate) fn promise(journey: &mut Journey) {
    for at in 0..journey.steps.len() {
        let step = &journey.steps[at];
        if step.method != "POST" || step.cleanup.is_some() {
            continue;
        }
        let known: Vec<String> = journey.steps[..=at]
            .iter()
            .flat_map(|step| step.captures.iter().map(|capture| capture.name.clone()))
            .collect();
        let own: Vec<&str> = step
            .captures
            .iter()
            .map(|capture| capture.name.as_str())
            .collect();
        let seen = journey.steps[at + 1..].iter().find(|later| {
            let names = references(&later.target.path);
            let is_upper =
                |name: &String| name.starts_with(|first: char| first.is_ascii_uppercase());
            later.method == "DELETE"
                && names.iter().any(|name| own.contains(&name.as_str()))
                && names
                    .iter()
                    .all(|name| known.contains(name) || is_upper(name))
        });
        let cleanup = seen.map(|seen| Cleanup {
            path: seen.target.path.clone(),
            on: seen.target.on.clone(),
        });
        let guess = || Some((guess(step)?, true));
        let Some((cleanup, guessed)) = cleanup.map(|one| (one, false)).or_else(guess) else {
            continue;
        };
        let step = &mut journey.steps[at];
        if guessed {
            let told = format!(
                "Guess: what this creates is removed by DELETE {}; no such request was seen.",
                cleanup.path
            );
            step.notes.push(told);
        }
        step.cleanup = Some(cleanup);
    }
}

/// The DELETE that a path like `/api/records` would have for what it creates.
fn guess(step: &Step) -> Option<Cleanup> {
    let id = step.captures.iter().find(|capture| {
        let Source::Json(path) = &capture.source else {
            return false;
        };
        ["id", "uuid", "_id", "slug"]
            .iter()
            .any(|key| path.ends_with(&format!(".{key}")))
    })?;
    is_collection(&step.target.path).then(|| Cleanup {
        path: format!(
            "{}/${{{}}}",
            step.target.path.trim_end_matches('/'),
            id.name
        ),
        on: step.target.on.clone(),
    })
}

/// Whether a path ends with the name of several things.
pub(crate) fn is_collection(path: &str) -> bool {
    let last = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let last = last.to_ascii_lowercase();
    let plain = last
        .chars()
        .all(|letter| letter.is_ascii_alphabetic() || "-_".contains(letter));
    let words: Vec<&str> = last.split(['-', '_']).collect();
    plain
        && last.ends_with('s')
        && last.len() > 2
        && !words.iter().any(|word| NO_CREATE.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_are_told_from_deeds() {
        for path in ["/api/records", "/v1/order-items/", "/Contacts"] {
            assert!(is_collection(path), "{path}");
        }
        for path in [
            "/api/login",
            "/api/sessions/auth",
            "/records/${id}",
            "/api/webhooks",
            "/",
            "/x.js",
        ] {
            assert!(!is_collection(path), "{path}");
        }
    }
}
