//! Local and staging hosts and test keys in the code that production serves.
//!
//! Libraries ship such hosts as defaults that are never used, so a host counts only where it stands
//! in a source of the project's own, or where it is the very value that a public variable has in
//! another environment.

mod literals;

use tidegate_core::finding::Finding;
use tidegate_core::meta::Confidence;
use tidegate_core::secret::Sensitive;

use super::codes;
use super::facts::{self, Facts, HostSort, Mode};
use super::gather::Gathered;
use super::judge::found;
use super::print::Key;
use super::text::place;

use literals::{Literal, literals};

/// The most findings of one bundle.
const FINDING_LIMIT: usize = 50;

/// A text that production serves, or a source behind one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'p> {
    /// The name people know it by: the path of the source, or the address of the served file.
    pub(crate) name: &'p str,
    /// The text.
    pub(crate) text: &'p str,
    /// What it is.
    pub(crate) origin: Origin,
}

/// What a text of a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Code as it is served.
    Served,
    /// A source of the project's own, by a source map.
    FirstParty,
    /// A source of a library, by a source map.
    Library,
}

/// Whether a source of a source map is the project's own, by its name.
pub(crate) fn is_first_party(source: &str) -> bool {
    let foreign = [
        "node_modules/",
        "/webpack/",
        "webpack/bootstrap",
        "(webpack)",
        "vite/",
        "\0",
    ];
    !foreign.iter().any(|part| source.contains(part))
}

/// A public variable of an environment that is not production.
struct Bound {
    title: String,
    environment: String,
    value: Sensitive,
}

/// What is wrong with the code that production serves.
///
/// A literal of a source counts only when it was served: what a build leaves out harms nobody.
pub(super) fn look(parts: &[Part<'_>], gathered: &Gathered, key: &Key) -> Vec<Finding> {
    let bound = bound(gathered);
    let served: Vec<&str> = parts
        .iter()
        .filter(|part| part.origin == Origin::Served)
        .map(|part| part.text)
        .collect();
    let mut findings = Vec::new();
    for part in parts.iter().filter(|part| part.origin != Origin::Library) {
        for literal in literals(part.text) {
            let is_served =
                served.is_empty() || served.iter().any(|text| text.contains(literal.text));
            let finding = host(part, &literal, &bound).or_else(|| test_key(part, &literal, key));
            findings.extend(finding.filter(|_| is_served));
            if findings.len() >= FINDING_LIMIT {
                return findings;
            }
        }
    }
    findings
}

fn bound(gathered: &Gathered) -> Vec<Bound> {
    let others = gathered
        .sides
        .iter()
        .filter(|side| side.role.is_for_tests());
    others
        .flat_map(|side| {
            let public = side
                .variables
                .iter()
                .filter(|one| facts::is_public(&one.name));
            public.filter_map(|variable| {
                let facts = variable.facts.as_ref()?;
                let apart = |sort: &HostSort| sort.is_local() || sort.is_staging();
                let value = variable.value.clone()?;
                let url = value.expose().contains("://");
                (url && facts.hosts.iter().any(apart)).then(|| Bound {
                    title: variable.title(),
                    environment: side.name.clone(),
                    value,
                })
            })
        })
        .collect()
}

fn host(part: &Part<'_>, literal: &Literal<'_>, bound: &[Bound]) -> Option<Finding> {
    let sorts = facts::hosts_of(literal.text);
    let has_port = literal
        .text
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = literal.text.contains("://") || (literal.assigned && has_port);
    let sort = sorts
        .into_iter()
        .find(|sort| sort.is_local() || sort.is_staging())?;
    let trimmed = |text: &str| text.trim().trim_end_matches('/').to_owned();
    let variable = bound
        .iter()
        .find(|bound| trimmed(bound.value.expose()) == trimmed(literal.text));
    let own = part.origin == Origin::FirstParty;
    if !address || !(own || variable.is_some()) {
        return None;
    }
    let place = place(part.name, literal.line, literal.column);
    let title = format!("{} names {}", part.name, sort.name());
    let mut finding = found(&codes::BUNDLE_HOST, place, title);
    if let Some(variable) = variable {
        let text = format!("{} of {}", variable.title, variable.environment);
        finding = finding.evidence("value of", text);
    }
    if literal.fallback {
        let text = "it stands behind `||` or `??` and is used only when nothing else is set";
        finding = finding.confidence(Confidence::Low).evidence("doubt", text);
    }
    Some(finding)
}

fn test_key(part: &Part<'_>, literal: &Literal<'_>, key: &Key) -> Option<Finding> {
    let candidate = literal.text.contains("_test_") && literal.text.len() >= 28;
    let facts = candidate.then(|| Facts::of("", literal.text, key))?;
    if facts.mode != Mode::Test {
        return None;
    }
    let place = place(part.name, literal.line, literal.column);
    let title = format!("{} holds a test key", part.name);
    Some(found(&codes::TEST_KEY, place, title).evidence("value", facts.what))
}

#[cfg(test)]
mod tests;
