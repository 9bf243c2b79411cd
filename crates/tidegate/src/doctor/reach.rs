//! Variables, addresses and logins: what the runner looks at before the first check of a run.

use tidegate_core::event::PreflightFailure;
use tidegate_core::period::Period;
use tidegate_runner::{Looked, LookedLogin, LookedOrigin, LookedSecret};

use super::{Group, Line, group};
use crate::gate::Gate;
use crate::run::Error;

type Answered = Result<Result<Looked, Error>, Line>;

pub(super) fn groups(looked: Answered, gate: &Gate, logins: bool) -> Vec<Group> {
    let looked = match looked {
        Ok(Ok(looked)) => looked,
        Ok(Err(error)) => {
            let line = Line::stop(error.to_string()).remedy(error.help());
            return vec![group("addresses", "Addresses", vec![line])];
        }
        Err(line) => return vec![group("addresses", "Addresses", vec![line])],
    };
    let up = looked.origins.first().is_some_and(|one| one.seen.is_ok());
    let origins = looked.origins.iter().map(|one| origin(one, looked.starts));
    let start = looked.starts.then(|| {
        let environment = &gate.definition().environment;
        let place = environment
            .start
            .as_ref()
            .map(|start| start.command.span.location());
        let place = place.map_or(String::new(), |place| {
            format!(" ({}:{})", place.file, place.line)
        });
        Line::note(format!("a run starts the candidate itself{place}"))
    });
    vec![
        group(
            "variables",
            "Variables and secrets",
            secrets(&looked.secrets),
        ),
        group("addresses", "Addresses", origins.chain(start).collect()),
        group("logins", "Logins", logged_in(&looked, up, gate, logins)),
    ]
}

fn secrets(secrets: &[LookedSecret]) -> Vec<Line> {
    let set: Vec<String> = secrets
        .iter()
        .filter(|one| one.fault.is_none())
        .map(|one| format!("`{}`", one.name))
        .collect();
    let there = match &set[..] {
        [] => None,
        [one] => Some(format!("{one} is set")),
        [rest @ .., last] => Some(format!("{} and {last} are set", rest.join(", "))),
    };
    let faults = secrets.iter().filter_map(|one| {
        let fault = one.fault.as_ref()?;
        Some(if one.needed {
            Line::stop(fault.to_string()).remedy(fault.help())
        } else {
            Line::note(format!("{fault}, and no check here needs it")).remedy(fault.help())
        })
    });
    there.map(Line::ok).into_iter().chain(faults).collect()
}

fn origin(origin: &LookedOrigin, starts: bool) -> Line {
    let name = origin
        .api
        .as_ref()
        .map_or(String::new(), |api| format!("{api}, "));
    let place = format!("{name}{}", origin.url);
    match (&origin.seen, &origin.api) {
        (Ok(_), None) if starts => Line::stop(format!(
            "{place}: something answers there, and a run starts the candidate itself"
        ))
        .remedy("Stop the program that holds the port, or name its address with `--url` so that nothing is started."),
        (Ok(answer), _) => Line::ok(format!(
            "{place} answers ({} after {})",
            answer.status,
            Period(answer.elapsed)
        )),
        (Err(failure), None) if starts && failure.code.as_str() == "preflight/unreachable" => {
            Line::ok(format!("{place}: nothing holds the port yet"))
        }
        (Err(failure), None) if failure.code.as_str() == "preflight/asleep" => {
            Line::warning(format!("{place}: the instance sleeps; a run wakes it up, which takes up to 90 s"))
                .remedy(failure.help.clone())
        }
        (Err(failure), None) => amiss(Line::stop, &place, failure),
        // A run looks at these only when a check asks them something.
        (Err(failure), Some(_)) => amiss(Line::warning, &place, failure),
    }
}

fn amiss(line: fn(String) -> Line, subject: &str, failure: &PreflightFailure) -> Line {
    line(format!("{subject}: {}", failure.message)).remedy(failure.help.clone())
}

fn logged_in(looked: &Looked, up: bool, gate: &Gate, logins: bool) -> Vec<Line> {
    let number = gate.definition().identities.len();
    if number == 0 {
        return Vec::new();
    }
    if !logins {
        return vec![Line::note("nobody was logged in, as you asked for")];
    }
    if !up {
        let why = if looked.starts {
            "the candidate is not started yet"
        } else {
            "the candidate does not answer"
        };
        return vec![Line::note(format!("nobody could be logged in: {why}"))];
    }
    looked.logins.iter().map(login).collect()
}

fn login(login: &LookedLogin) -> Line {
    let LookedLogin {
        identity,
        needed,
        seen,
    } = login;
    match seen {
        Ok(()) => Line::ok(format!("{identity} is in")),
        Err(failure) => {
            let line: fn(String) -> Line = if *needed { Line::stop } else { Line::warning };
            line(failure.message.clone()).remedy(failure.help.clone())
        }
    }
}
