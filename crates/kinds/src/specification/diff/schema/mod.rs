//! What changed between two schemas, and whom each change breaks.
//!
//! Both schemas are brought into one form first (`shape`), in which what can be said in many ways is
//! said in one: references and `allOf` are merged, unions are taken apart by the kind of the value, and
//! what demands nothing is left out. Then the forms are compared pair by pair (`pairs`, `judge`).

pub(crate) mod rules;

mod canon;
mod containers;
mod digest;
mod judge;
mod merge;
mod notes;
mod number;
mod pairs;
mod read;
mod scalars;
mod shape;
mod tidy;
mod twins;
mod types;
mod union;
mod variants;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod properties;

use std::collections::{HashMap, HashSet};

use tidegate_core::span::Location;

use self::canon::Canon;
use self::pairs::{Pair, Pairs, Told};
use self::shape::{Kinds, Node};
use super::change::Change;
use crate::specification::{At, Direction, Library, Place};

/// How the keywords of a document are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Whether `nullable` is a keyword.
    nullable: bool,
    /// Whether what stands beside a `$ref` counts.
    siblings: bool,
}

impl Reading {
    /// OpenAPI 3.0.
    pub(crate) const OPENAPI_3_0: Self = Self {
        nullable: true,
        siblings: false,
    };

    /// OpenAPI 3.1 and later, and JSON Schema since draft 2019-09.
    pub(crate) const MODERN: Self = Self {
        nullable: false,
        siblings: true,
    };

    /// JSON Schema until draft 7.
    pub(crate) const OLD: Self = Self {
        nullable: false,
        siblings: false,
    };

    /// A JSON Schema by its `$schema`; the newest draft when it names none.
    pub(crate) fn of_json_schema(root: At<'_>) -> Self {
        let draft = root.text_of("$schema").unwrap_or_default();
        let is_old = ["draft-03", "draft-04", "draft-06", "draft-07"];
        if is_old.iter().any(|name| draft.contains(name)) {
            Self::OLD
        } else {
            Self::MODERN
        }
    }
}

/// Compares the schemas of two documents, and remembers what it compared.
#[derive(Debug)]
pub(crate) struct Comparison<'l> {
    pairs: Pairs<'l>,
    locations: Locations,
    changes: Vec<Change>,
}

impl<'l> Comparison<'l> {
    /// Starts without a change.
    pub(crate) fn new(base: (&'l Library, Reading), head: (&'l Library, Reading)) -> Self {
        Self {
            pairs: Pairs::new(Canon::new(base.0, base.1), Canon::new(head.0, head.1)),
            locations: Locations::default(),
            changes: Vec::new(),
        }
    }

    /// Compares two schemas; where there is none, anything is allowed.
    ///
    /// `subject` names the part of the interface that has them, such as `GET /records 200 application/json`.
    /// A pair of schemas that a subject reaches in many ways is told once, at the first of them. What
    /// very many subjects share is told with the first of them only.
    pub(crate) fn compare(
        &mut self,
        base: Option<At<'l>>,
        head: Option<At<'l>>,
        direction: Direction,
        subject: &str,
    ) {
        let whole = match direction {
            Direction::Request => "the request",
            Direction::Response => "the answer",
        };
        self.compare_as(base, head, direction, subject, whole);
    }

    /// Compares two schemas, and calls the whole value as sentences are to call it.
    pub(crate) fn compare_as(
        &mut self,
        base: Option<At<'l>>,
        head: Option<At<'l>>,
        direction: Direction,
        subject: &str,
        whole: &str,
    ) {
        let pair = Pair {
            base: base.map_or(Node::EVERYTHING, |at| self.pairs.base.node(at)),
            head: head.map_or(Node::EVERYTHING, |at| self.pairs.head.node(at)),
            direction,
            kinds: Kinds::ALL,
        };
        let Some(pair) = self.pairs.pair(pair) else {
            return;
        };
        let near = head.map(At::place);
        let mut seen = HashSet::new();
        for mut told in self.pairs.walk(pair) {
            told.near = told.near.or(near);
            let change = self.change(&told, subject, whole);
            let key = (
                change.rule.code.as_str(),
                change.subject.clone(),
                change.text.clone(),
            );
            if seen.insert(key) {
                self.changes.push(change);
            }
        }
    }

    fn change(&mut self, told: &Told, subject: &str, whole: &str) -> Change {
        let found = &told.found;
        let path = format!("{}{}", told.path, found.step);
        let subject = if subject.is_empty() {
            path
        } else {
            format!("{subject} {path}")
        };
        let base = found.base.map(|place| self.pairs.base.at(place));
        let head = found.head.or(told.near);
        let head = head.map(|place| self.pairs.head.at(place));
        Change {
            rule: &found.rule.info,
            subject,
            text: format!("{} {}", noun(&told.path, whole), found.text),
            base: base.map(|at| Locations::of(&mut self.locations.base, at)),
            head: head.map(|at| Locations::of(&mut self.locations.head, at)),
        }
    }

    /// Every change, in the order it was found.
    pub(crate) fn finish(mut self) -> Vec<Change> {
        if self.pairs.full {
            self.changes.push(Change {
                rule: &rules::response::NOT_COMPARED.info,
                subject: "schemas".to_owned(),
                text: "the documents have too many schemas to compare all of them".to_owned(),
                base: Some(self.pairs.base.root().location()),
                head: Some(self.pairs.head.root().location()),
            });
        }
        self.changes
    }
}

/// Places as people look for them, each made once.
#[derive(Debug, Default)]
struct Locations {
    base: HashMap<Place, Location>,
    head: HashMap<Place, Location>,
}

impl Locations {
    fn of(known: &mut HashMap<Place, Location>, at: At<'_>) -> Location {
        let location = known.entry(at.place());
        location.or_insert_with(|| at.location()).clone()
    }
}

/// Compares two JSON Schemas, each the whole of its document, in each of the directions.
///
/// A document that only has `$defs` or `definitions` is compared by them.
pub(crate) fn compare_documents(
    base: &Library,
    head: &Library,
    directions: &[Direction],
) -> Vec<Change> {
    let side = |library| (library, Reading::of_json_schema(Library::root(library)));
    let mut comparison = Comparison::new(side(base), side(head));
    let (base, head) = (base.root(), head.root());
    let is_free = comparison.pairs.base.node(base) == Node::EVERYTHING
        && comparison.pairs.head.node(head) == Node::EVERYTHING;
    for direction in directions {
        let subject = match direction {
            Direction::Request => "request",
            Direction::Response => "response",
        };
        if !is_free {
            comparison.compare(Some(base), Some(head), *direction, subject);
            continue;
        }
        for key in ["$defs", "definitions"] {
            let theirs = head.get(key);
            for (name, ours) in base.get(key).into_iter().flat_map(At::entries) {
                if let Some(theirs) = theirs.and_then(|theirs| theirs.get(name)) {
                    let subject = format!("{subject} {name}");
                    comparison.compare(Some(ours), Some(theirs), *direction, &subject);
                }
            }
        }
    }
    comparison.finish()
}

/// What a sentence calls the value at a path.
fn noun(path: &str, whole: &str) -> String {
    if path == "$" {
        return whole.to_owned();
    }
    if let Some(list) = path.strip_suffix("[]") {
        let list = if list == "$" {
            whole
        } else {
            &format!("`{}`", last(list))
        };
        return format!("an element of {list}");
    }
    if path.ends_with(".*") {
        return "a field that is not described".to_owned();
    }
    if path.ends_with(".(name)") {
        return "the name of a field".to_owned();
    }
    format!("`{}`", last(path))
}

/// The last field of a path and what follows it.
fn last(path: &str) -> &str {
    let from = path.rfind('.').map_or(0, |at| at + 1);
    &path[from..]
}
