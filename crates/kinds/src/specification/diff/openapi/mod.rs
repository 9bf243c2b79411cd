//! What changed between two OpenAPI documents around their schemas.

mod bodies;
mod callbacks;
mod content;
mod operations;
mod parameters;
mod responses;
pub(crate) mod rules;
mod schemes;
mod security;
mod servers;
mod sunset;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use super::change::Change;
use super::rule::Rule;
use super::schema::{Comparison, Reading};
use crate::specification::openapi::{OpenApi, Operation, Version};
use crate::specification::{At, Direction, Place};

/// What changed from one document to the other, seen on a day by which announced removals are judged.
pub(crate) fn compare(base: &OpenApi, head: &OpenApi, today: Date) -> Vec<Change> {
    let mut diff = Diff {
        base,
        head,
        today,
        schemas: Comparison::new(
            (&base.library, reading(base.version)),
            (&head.library, reading(head.version)),
        ),
        changes: Vec::new(),
    };
    servers::of_documents(&mut diff);
    let schemes = schemes::compare(&mut diff);
    for pair in operations::pairs(&mut diff) {
        operations::compare(&mut diff, &pair);
        servers::of_operations(&mut diff, &pair);
        security::compare(&mut diff, &schemes, &pair);
        parameters::compare(&mut diff, &pair);
        bodies::compare(&mut diff, &pair);
        responses::compare(&mut diff, &pair);
        callbacks::of_operations(&mut diff, &pair);
    }
    callbacks::webhooks(&mut diff);
    diff.changes.extend(diff.schemas.finish());
    diff.changes
}

/// How the schemas of a version are read.
fn reading(version: Version) -> Reading {
    match version {
        Version::V3_0 => Reading::OPENAPI_3_0,
        Version::V3_1 | Version::V3_2 => Reading::MODERN,
    }
}

/// The same operation in both documents.
struct Pair<'d> {
    base: &'d Operation,
    head: &'d Operation,
    /// What it is called in changes.
    subject: String,
}

/// A comparison under way.
struct Diff<'d> {
    base: &'d OpenApi,
    head: &'d OpenApi,
    today: Date,
    schemas: Comparison<'d>,
    changes: Vec<Change>,
}

impl<'d> Diff<'d> {
    /// A value of the base, behind its reference.
    fn old(&self, place: Place) -> At<'d> {
        followed(self.base.library.at(place))
    }

    /// A value of the head, behind its reference.
    fn new(&self, place: Place) -> At<'d> {
        followed(self.head.library.at(place))
    }

    /// Takes down a change between a part of the base and one of the head.
    fn tell(
        &mut self,
        rule: &'static Rule,
        subject: impl Into<String>,
        text: impl Into<String>,
        base: Option<At<'d>>,
        head: Option<At<'d>>,
    ) {
        self.changes.push(Change {
            rule: &rule.info,
            subject: subject.into(),
            text: text.into(),
            base: base.map(At::location),
            head: head.map(At::location),
        });
    }

    /// Compares two schemas; where there is none, anything is allowed.
    fn schemas(
        &mut self,
        base: Option<Place>,
        head: Option<Place>,
        direction: Direction,
        subject: &str,
    ) {
        let base = base.map(|place| self.base.at(place));
        let head = head.map(|place| self.head.at(place));
        self.schemas.compare(base, head, direction, subject);
    }
}

/// What a reference leads to, or itself where it leads nowhere.
fn followed(at: At<'_>) -> At<'_> {
    at.follow().unwrap_or(at)
}

/// What belongs together on both sides, by index.
struct Paired {
    pairs: Vec<(usize, usize)>,
    /// Of the base, without anything in the head.
    lost: Vec<usize>,
    /// Of the head, without anything in the base.
    gained: Vec<usize>,
}

/// Pairs what either side finds on the other: a range such as `2XX` stands for several.
fn pair_up<T>(base: &[T], head: &[T], find: impl Fn(&[T], &T) -> Option<usize>) -> Paired {
    let mut pairs = Vec::new();
    for (old, one) in base.iter().enumerate() {
        pairs.extend(find(head, one).map(|new| (old, new)));
    }
    for (new, one) in head.iter().enumerate() {
        pairs.extend(find(base, one).map(|old| (old, new)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let lost = (0..base.len()).filter(|at| !pairs.iter().any(|(old, _)| old == at));
    let gained = (0..head.len()).filter(|at| !pairs.iter().any(|(_, new)| new == at));
    Paired {
        lost: lost.collect(),
        gained: gained.collect(),
        pairs,
    }
}
