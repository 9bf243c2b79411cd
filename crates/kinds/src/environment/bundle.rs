//! Hosts and keys of another environment in the code that this one serves.
//!
//! Libraries ship such hosts as defaults that are never used, so a host counts only where it stands
//! in a source of the project's own, or where it is the very value that a public variable has in
//! another environment.

mod fetched;
mod literals;
mod own;

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::finding::Finding;
use tidegate_core::meta::Confidence;
use tidegate_core::secret::Sensitive;

use super::codes;
use super::facts::{self, Facts, HostSort, Mode};
use super::gather::Gathered;
use super::judge::found;
use super::model::Role;
use super::print::Key;
use super::text::place;

pub(super) use fetched::{Bundle, limits};
use literals::{Literal, literals};

/// The most findings of one bundle.
const FINDING_LIMIT: usize = 50;

/// The most different literals of sources that are looked for in what is served.
const LOOKED_FOR: usize = 200;

/// The schemes that a browser talks with.
const BROWSED: [&str; 4] = ["http", "https", "ws", "wss"];

/// A text that production serves, or a source behind one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'p> {
    /// The name people know it by: the path of the source, or the address of the served file.
    pub(super) name: &'p str,
    /// The text.
    pub(super) text: &'p str,
    /// What it is.
    pub(super) origin: Origin,
}

/// What a text of a bundle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Code as it is served, of the project and of libraries alike.
    Served,
    /// A page as it is served, which is the project's own.
    Page,
    /// A source of the project's own, by a source map.
    FirstParty,
}

/// A public variable of an environment that is not production.
struct Bound {
    title: String,
    environment: String,
    value: Sensitive,
}

/// Whether a host has no place in what an environment serves: in production none of another
/// environment, in a preview none of a developer. On a developer's machine only staging hosts count,
/// because what is built there is built to be deployed, and talks to the machine itself meanwhile.
fn is_foreign(role: Role, sort: HostSort) -> bool {
    match role {
        Role::Production => sort.is_local() || sort.is_staging(),
        Role::Staging | Role::Preview => sort.is_local(),
        Role::Local => sort.is_staging(),
        Role::Unsaid => false,
    }
}

/// What is wrong with the code that an environment serves.
///
/// A literal of a source counts only when it was served: what a build leaves out harms nobody. One
/// that is found in a source is not told again where it is served.
///
/// A host of `family`, the domain that the portal itself is on, is the project's own wherever it
/// stands.
fn look(
    parts: &[Part<'_>],
    gathered: &Gathered,
    (key, role): (&Key, Role),
    family: Option<&str>,
) -> Vec<Finding> {
    let bound = bound(gathered);
    let is_source = |part: &&Part<'_>| part.origin == Origin::FirstParty;
    let served: Vec<&str> = parts
        .iter()
        .filter(|part| !is_source(part))
        .map(|part| part.text)
        .collect();
    let own = parts.iter().filter(is_source);
    let others = parts.iter().filter(|part| !is_source(part));
    let mut findings = Vec::new();
    let mut told = BTreeSet::new();
    let mut looked = BTreeMap::new();
    for part in own.chain(others) {
        for literal in literals(part.text) {
            let finding = host(part, &literal, &bound, (role, family));
            let finding = finding.or_else(|| foreign_key(part, &literal, key, role));
            let Some(finding) = finding else {
                continue;
            };
            let counts = match part.origin {
                Origin::FirstParty => {
                    served.is_empty() || is_served(literal.text, &served, &mut looked)
                }
                Origin::Page | Origin::Served => !told.contains(literal.text),
            };
            if !counts {
                continue;
            }
            told.insert(literal.text);
            findings.push(finding);
            if findings.len() >= FINDING_LIMIT {
                return findings;
            }
        }
    }
    findings
}

/// Whether a literal of a source stands in what is served; what was looked for is kept, and after many no more
/// is.
fn is_served<'t>(text: &'t str, served: &[&str], looked: &mut BTreeMap<&'t str, bool>) -> bool {
    if let Some(stands) = looked.get(text) {
        return *stands;
    }
    let may_look = looked.len() < LOOKED_FOR;
    let stands = may_look && served.iter().any(|served| served.contains(text));
    if may_look {
        looked.insert(text, stands);
    }
    stands
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

fn host(
    part: &Part<'_>,
    literal: &Literal<'_>,
    bound: &[Bound],
    (role, family): (Role, Option<&str>),
) -> Option<Finding> {
    let sorts = facts::hosts_of(literal.text);
    let has_port = literal
        .text
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let address = match literal.text.split_once("://") {
        // A browser talks to no other: a database's address in a page is a hint in a form.
        Some((scheme, _)) => BROWSED
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known)),
        None => literal.assigned && has_port,
    };
    let sort = sorts.into_iter().find(|sort| is_foreign(role, *sort))?;
    let trimmed = |text: &str| text.trim().trim_end_matches('/').to_owned();
    let variable = bound
        .iter()
        .find(|bound| trimmed(bound.value.expose()) == trimmed(literal.text));
    let own = part.origin != Origin::Served
        || family.is_some_and(|family| facts::is_below(literal.text, family));
    if !address || literal.is_no_call() || !(own || variable.is_some()) {
        return None;
    }
    let place = place(part.name, literal.line, literal.column());
    let title = format!("{} names {}", part.name, sort.name());
    let mut finding = found(&codes::BUNDLE_HOST, place, title);
    if let Some(variable) = variable {
        let text = format!("{} of {}", variable.title, variable.environment);
        finding = finding.evidence("value of", text);
    }
    Some(doubted(finding, literal))
}

/// A host that is used only when nothing else is set is a hint.
fn doubted(finding: Finding, literal: &Literal<'_>) -> Finding {
    if !literal.fallback {
        return finding;
    }
    let text = "it stands behind `||` or `??` and is used only when nothing else is set";
    finding.confidence(Confidence::Low).evidence("doubt", text)
}

/// A test key in production, and a live one in a preview or staging.
fn foreign_key(part: &Part<'_>, literal: &Literal<'_>, key: &Key, role: Role) -> Option<Finding> {
    let (mark, mode, code, sort) = match role {
        Role::Production => ("_test_", Mode::Test, &codes::TEST_KEY, "test"),
        Role::Staging | Role::Preview => ("_live_", Mode::Live, &codes::LIVE_KEY, "live"),
        Role::Local | Role::Unsaid => return None,
    };
    let candidate = literal.text.contains(mark) && literal.text.len() >= 28;
    let facts = candidate.then(|| Facts::of("", literal.text, key))?;
    if facts.mode != mode {
        return None;
    }
    let place = place(part.name, literal.line, literal.column());
    let title = format!("{} holds a {sort} key", part.name);
    Some(found(code, place, title).evidence("value", facts.what))
}

#[cfg(test)]
mod tests;
