//! The gate file and the plugins that it declares.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;

use super::{Group, Line, Loaded, Surroundings};
use crate::gate::Gate;
use crate::run::Error;

/// How many faults of the file are shown; `tidegate plan` shows all.
const SHOWN: usize = 10;

pub(super) fn group(surroundings: &Surroundings, loaded: &Loaded) -> Group {
    let lines = match loaded {
        Ok(gate) => read(surroundings, gate),
        // Why the starter set may not take its place says more.
        Err(_) if !surroundings.may_start && !surroundings.path.exists() => {
            vec![missing(surroundings)]
        }
        Err(error) => unreadable(surroundings, error),
    };
    super::group("gate", "Gate file", lines)
}

fn missing(surroundings: &Surroundings) -> Line {
    let path = surroundings.path.display();
    Line::stop(format!("there is no gate file `{path}`")).remedy(
        "`tidegate init` writes a first one for this project or an address, and runs it. If there is one elsewhere, \
         name it with `--gate FILE`.",
    )
}

fn unreadable(surroundings: &Surroundings, error: &Error) -> Vec<Line> {
    let path = surroundings.path.display().to_string();
    let faults = error.diagnostics();
    if faults.is_empty() {
        return vec![Line::stop(format!("{path}: {error}")).remedy(error.help())];
    }
    let mut lines: Vec<Line> = faults
        .iter()
        .take(SHOWN)
        .map(|fault| told(fault, Line::stop))
        .collect();
    if faults.len() > SHOWN {
        let more = faults.len() - SHOWN;
        lines.push(
            Line::stop(format!("{more} more faults in {path}"))
                .remedy("`tidegate plan` shows all of them."),
        );
    }
    lines
}

/// A diagnostic in a line with its place.
fn told(fault: &Diagnostic, line: fn(String) -> Line) -> Line {
    let place = fault.span.as_ref().map(|span| {
        let place = span.location();
        format!("{}:{}: ", place.file, place.line)
    });
    let label = fault.label.as_deref().map(|label| format!(" ({label})"));
    let text = format!(
        "{}{}{}",
        place.unwrap_or_default(),
        fault.message,
        label.unwrap_or_default()
    );
    line(text).remedy(fault.help.clone().unwrap_or_default())
}

fn read(surroundings: &Surroundings, gate: &Gate) -> Vec<Line> {
    let definition = gate.definition();
    let environment = &definition.environment;
    let kind = match environment.kind {
        EnvironmentKind::Production => "production, which is only looked at",
        EnvironmentKind::Preview => "a preview",
        EnvironmentKind::Staging => "a copy of production",
        EnvironmentKind::Local => "on this machine",
    };
    let checks = count(definition.checks.len(), "check");
    let mut lines = if gate.is_starter() {
        starting(&checks, kind)
    } else {
        vec![Line::ok(format!(
            "{} is right: {}, {checks} for the environment `{}` ({kind})",
            surroundings.path.display(),
            definition.name,
            environment.name,
        ))]
    };
    if !gate.is_starter() {
        lines.extend(others(surroundings, &environment.name));
    }
    if definition.checks.is_empty() {
        lines.push(
            Line::stop("it has no check, and nothing executed is not allowed")
                .remedy("`tidegate checks` lists the kinds, `tidegate init` writes first ones."),
        );
    }
    lines.extend(
        definition
            .warnings
            .iter()
            .map(|fault| told(fault, Line::warning)),
    );
    lines.extend(plugins(gate));
    lines
}

/// The starter set in place of a gate file.
fn starting(checks: &str, kind: &str) -> Vec<Line> {
    vec![
        Line::ok(format!(
            "the starter set runs without a gate file: {checks} for the address ({kind})"
        )),
        Line::note("it knows no journey of this portal, and keeps nothing of a run").remedy(
            "`tidegate init` writes a gate file for this project or address, with places for logins and journeys.",
        ),
    ]
}

/// The environments beside the chosen one.
fn others(surroundings: &Surroundings, chosen: &str) -> Option<Line> {
    let names = tidegate_config::environments(&surroundings.path).ok()?;
    let others: Vec<String> = names
        .iter()
        .filter(|name| name.as_str() != chosen)
        .map(|name| format!("`{name}`"))
        .collect();
    (!others.is_empty()).then(|| {
        Line::note(format!(
            "it also has the environments {}",
            others.join(", ")
        ))
        .remedy("`--env NAME` looks at another one.")
    })
}

/// What is wrong with a plugin is a fault or a warning of the gate file.
fn plugins(gate: &Gate) -> Option<Line> {
    let number = gate.definition().plugins.len();
    let locked = "as `tidegate.lock` has";
    match number {
        0 => None,
        1 => Some(Line::ok(format!("1 plugin is {locked} it"))),
        _ => Some(Line::ok(format!("{number} plugins are {locked} them"))),
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
