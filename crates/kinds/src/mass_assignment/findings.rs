//! What `mass-assignment` says about a request.

use tidegate_core::finding::Finding;
use tidegate_core::meta::{Confidence, Severity};

use super::attempt::Target;
use super::candidate::Candidate;
use super::family::Family;
use crate::attack::Story;
use crate::naming::words;

/// Words of paths that speak of people and what they may do.
const PEOPLE: &[&str] = &[
    "user",
    "me",
    "member",
    "membership",
    "profile",
    "account",
    "invite",
    "invitation",
    "register",
    "registration",
    "signup",
    "team",
    "people",
    "person",
    "staff",
    "employee",
    "admin",
];

/// A field that was stored, and how that is known.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// The field.
    pub(super) candidate: Candidate,
    /// The attack in one line.
    pub(super) attack: String,
    /// The state after it in one line.
    pub(super) after: String,
    /// Whether another tenant has the thing now.
    pub(super) is_moved: bool,
}

/// Fields of one family that a request stores.
pub(super) fn stored(
    target: &Target<'_>,
    family: Family,
    all: &[&Stored],
    before: &str,
) -> Option<Finding> {
    let first = all.first()?;
    let mut names: Vec<&str> = all.iter().map(|one| one.candidate.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let listed = names.join(", ");
    let is_moved = all.iter().any(|one| one.is_moved);
    let title = if is_moved {
        format!(
            "A client can put things into another tenant's account: {} takes {listed}",
            target.name()
        )
    } else {
        format!("A client can set {listed} with {}", target.name())
    };
    let story = Story {
        before: before.to_owned(),
        attack: first.attack.clone(),
        after: first.after.clone(),
    };
    let is_hint = all.iter().all(|one| one.candidate.is_hint);
    let finding = Finding::new(&family.code(), target.span().location(), title)
        .advice(advice(target, is_hint))
        .severity(severity(target, family, is_moved))
        .confidence(if is_hint {
            Confidence::Low
        } else {
            Confidence::High
        })
        .subject(format!("{} {listed}", target.name()))
        .evidence("fields", listed);
    let finding = match target.documented() {
        Some(location) => finding.related("the operation in the document", location),
        None => finding,
    };
    Some(story.told(finding))
}

fn advice(target: &Target<'_>, is_hint: bool) -> String {
    if is_hint {
        format!(
            "If clients may set it, have it in the valid body of {}, or name a document with `openapi:` that says so.",
            target.name()
        )
    } else {
        format!(
            "Let {} copy only the fields that its form has, by name, and set role, tenant, price and status on the server.",
            target.name()
        )
    }
}

/// How bad it is, by what the field decides and whether the thing is a person.
fn severity(target: &Target<'_>, family: Family, is_moved: bool) -> Severity {
    let path = target.path();
    let mut words = path
        .split('/')
        .filter(|part| !part.contains('{'))
        .flat_map(words);
    let is_person = words.any(|word| {
        let one = word.strip_suffix('s').unwrap_or(&word);
        PEOPLE.contains(&one) || PEOPLE.contains(&word.as_str())
    });
    match family {
        Family::Privilege if is_person => Severity::Critical,
        Family::Privilege => Severity::Medium,
        Family::Tenant if is_moved => Severity::Critical,
        Family::Tenant | Family::Declared | Family::Price => Severity::High,
        Family::Verified if is_person => Severity::High,
        Family::Verified | Family::ReadOnly => Severity::Medium,
    }
}
