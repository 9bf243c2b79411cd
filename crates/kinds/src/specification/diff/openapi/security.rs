//! Who may call an operation.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::security as rules;
use super::schemes::Schemes;
use super::{Diff, Pair};
use crate::specification::At;
use crate::specification::diff::rule::Rule;
use crate::specification::openapi::{Operation, Requirement};

/// What changed about who may call an operation.
pub(super) fn compare(diff: &mut Diff<'_>, schemes: &Schemes, pair: &Pair<'_>) {
    let anonymous = (pair.base.anonymous(), pair.head.anonymous());
    let guards = |operation: &Operation| operation.security.iter().any(|one| !one.is_empty());
    match anonymous {
        (true, true) => {}
        (true, false) => {
            let text = "it is answered to those who sign in only, and was to everybody";
            tell(diff, pair, &rules::AUTHENTICATION_ADDED, text.to_owned());
        }
        (false, true) if guards(pair.head) => {
            let text = "it is answered without signing in, too, and was not";
            tell(diff, pair, &rules::AUTHENTICATION_OPTIONAL, text.to_owned());
        }
        (false, true) => {
            let text = "it no longer asks who calls it";
            tell(diff, pair, &rules::AUTHENTICATION_REMOVED, text.to_owned());
        }
        (false, false) => alternatives(diff, schemes, pair),
    }
}

fn tell(diff: &mut Diff<'_>, pair: &Pair<'_>, rule: &'static Rule, text: String) {
    let base = declared(diff.old(pair.base.place), diff.base.library.root());
    let head = declared(diff.new(pair.head.place), diff.head.library.root());
    diff.tell(rule, &*pair.subject, text, Some(base), Some(head));
}

/// Where it stands who may call an operation: at the operation, else for the whole document.
fn declared<'d>(operation: At<'d>, root: At<'d>) -> At<'d> {
    let own = operation.get("security");
    own.or_else(|| root.get("security")).unwrap_or(operation)
}

/// What must be proven together: the schemes by their identity, each with its scopes.
type Alternative<'d> = BTreeMap<&'d str, Proof<'d>>;

struct Proof<'d> {
    name: &'d str,
    scopes: BTreeSet<&'d str>,
}

fn alternative<'d>(schemes: &'d Schemes, all: &'d [Requirement], in_head: bool) -> Alternative<'d> {
    let mut found = Alternative::new();
    for one in all {
        let identity = schemes.identity(one, in_head);
        let proof = found.entry(identity).or_insert_with(|| Proof {
            name: &one.scheme,
            scopes: BTreeSet::new(),
        });
        proof.scopes.extend(one.scopes.iter().map(String::as_str));
    }
    found
}

/// Whether whoever satisfies `more` satisfies `less` as well.
fn satisfies(more: &Alternative<'_>, less: &Alternative<'_>) -> bool {
    less.iter().all(|(identity, proof)| {
        let held = more.get(identity);
        held.is_some_and(|held| proof.scopes.is_subset(&held.scopes))
    })
}

/// Whether one asks for all the schemes of the other.
fn covers(more: &Alternative<'_>, less: &Alternative<'_>) -> bool {
    less.keys().all(|identity| more.contains_key(identity))
}

fn same(one: &Alternative<'_>, other: &Alternative<'_>) -> bool {
    covers(one, other) && covers(other, one)
}

fn alternatives(diff: &mut Diff<'_>, schemes: &Schemes, pair: &Pair<'_>) {
    let base: Vec<_> = pair
        .base
        .security
        .iter()
        .map(|all| alternative(schemes, all, false))
        .collect();
    let head: Vec<_> = pair
        .head
        .security
        .iter()
        .map(|all| alternative(schemes, all, true))
        .collect();
    for old in &base {
        if !head.iter().any(|new| satisfies(old, new)) {
            let (rule, text) = refused(old, &head);
            tell(diff, pair, rule, text);
        }
    }
    for new in &head {
        if !base.iter().any(|old| satisfies(new, old)) {
            if let Some((rule, text)) = admitted(new, &base) {
                tell(diff, pair, rule, text);
            }
        }
    }
}

/// What those who sign in as before lack now.
fn refused(old: &Alternative<'_>, head: &[Alternative<'_>]) -> (&'static Rule, String) {
    if let Some(new) = head.iter().find(|new| same(new, old)) {
        let scopes = further_scopes(new, old);
        return (
            &rules::SCOPE_ADDED,
            format!("{} must now allow {scopes}", names(old)),
        );
    }
    if let Some(new) = head.iter().find(|new| covers(new, old)) {
        let text = format!(
            "{} no longer suffices, {} is asked for",
            names(old),
            names(new)
        );
        return (&rules::REQUIREMENT_ADDED, text);
    }
    (
        &rules::ALTERNATIVE_REMOVED,
        format!("{} is no longer accepted", names(old)),
    )
}

/// Whom a new alternative lets in who was not let in before.
fn admitted(new: &Alternative<'_>, base: &[Alternative<'_>]) -> Option<(&'static Rule, String)> {
    if let Some(old) = base.iter().find(|old| same(old, new)) {
        let scopes = further_scopes(old, new);
        let text = format!("{} need no longer allow {scopes}", names(new));
        return (!scopes.is_empty()).then_some((&rules::SCOPE_REMOVED, text));
    }
    if let Some(old) = base.iter().find(|old| covers(old, new)) {
        let text = format!(
            "{} suffices, where {} was asked for",
            names(new),
            names(old)
        );
        return Some((&rules::REQUIREMENT_REMOVED, text));
    }
    Some((
        &rules::ALTERNATIVE_ADDED,
        format!("{} is accepted, too", names(new)),
    ))
}

/// The scopes of one that the other does not ask for.
fn further_scopes(more: &Alternative<'_>, less: &Alternative<'_>) -> String {
    let further = more.iter().flat_map(|(identity, proof)| {
        let known = less.get(identity).map(|proof| &proof.scopes);
        let scopes = proof.scopes.iter();
        scopes.filter(move |scope| known.is_none_or(|known| !known.contains(*scope)))
    });
    let further: Vec<String> = further.map(|scope| format!("`{scope}`")).collect();
    further.join(" and ")
}

fn names(alternative: &Alternative<'_>) -> String {
    let names: Vec<String> = alternative
        .values()
        .map(|proof| format!("`{}`", proof.name))
        .collect();
    names.join(" with ")
}
