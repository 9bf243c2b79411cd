//! Changes of what numbers and texts have to fulfil.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::judge::{Aspect, FORMAT, Judge, LENGTH, Move, OTHER_FORMAT, PATTERN, RANGE};
use super::number::canonical_number;
use super::shape::{Bound, Limit, Shape};
use super::tidy::is_multiple;
use crate::specification::Place;

/// Formats whose values are values of the other, too.
const NARROWER_FORMATS: &[(&str, &str)] = &[
    ("email", "idn-email"),
    ("float", "double"),
    ("hostname", "idn-hostname"),
    ("int16", "int32"),
    ("int16", "int64"),
    ("int32", "int64"),
    ("int8", "int16"),
    ("int8", "int32"),
    ("int8", "int64"),
    ("uri", "iri"),
    ("uri", "iri-reference"),
    ("uri", "uri-reference"),
    ("uri-reference", "iri-reference"),
];

impl<'l> Judge<'_, 'l> {
    /// The ranges and steps.
    pub(super) fn numbers(&mut self) {
        let (base, head) = (self.base.clone(), self.head.clone());
        let (ours, theirs) = (&base.number, &head.number);
        self.bound(ours.minimum.as_ref(), theirs.minimum.as_ref(), false);
        self.bound(ours.maximum.as_ref(), theirs.maximum.as_ref(), true);
        let (first, last) = (ours.multiples.iter().next(), theirs.multiples.iter().next());
        let places = (first.map(|one| *one.1), last.map(|one| *one.1));
        let inside = implies(&base, &head);
        let outside = implies(&head, &base);
        let moved = match (inside, outside) {
            (true, true) => None,
            (true, false) => Some(Move::Relaxed),
            (false, true) => Some(Move::Tightened),
            (false, false) => Some(Move::Both),
        };
        if let Some(moved) = moved {
            let text = self.words(multiples(&base), multiples(&head), "be");
            self.moved(&RANGE, moved, text, places.0, places.1);
        }
        self.formats(&ours.formats, &theirs.formats);
    }

    fn bound(&mut self, base: Option<&Bound>, head: Option<&Bound>, upper: bool) {
        let moved = match (base, head) {
            (None, None) => return,
            (None, Some(_)) => Move::Tightened,
            (Some(_), None) => Move::Relaxed,
            (Some(base), Some(head)) => match head.strictness(base, upper) {
                Ordering::Equal => return,
                Ordering::Greater => Move::Tightened,
                Ordering::Less => Move::Relaxed,
            },
        };
        let end = if upper { "at most" } else { "at least" };
        let word = |bound: &Bound| {
            let value = canonical_number(&bound.value);
            match (bound.exclusive, upper) {
                (false, _) => format!("{end} {value}"),
                (true, true) => format!("below {value}"),
                (true, false) => format!("above {value}"),
            }
        };
        let text = self.words(base.map(word), head.map(word), "be");
        let place = |bound: Option<&Bound>| bound.map(|bound| bound.place);
        self.moved(&RANGE, moved, text, place(base), place(head));
    }

    /// The lengths and patterns.
    pub(super) fn texts(&mut self) {
        let (base, head) = (self.base.clone(), self.head.clone());
        let (ours, theirs) = (&base.text, &head.text);
        self.limit(&LENGTH, ours.minimum, theirs.minimum, false, "character");
        self.limit(&LENGTH, ours.maximum, theirs.maximum, true, "character");
        let matches = if self.is_request() {
            "has to match"
        } else {
            "matches"
        };
        let gone = ours
            .patterns
            .iter()
            .find(|(key, _)| !theirs.patterns.contains_key(*key));
        let new = theirs
            .patterns
            .iter()
            .find(|(key, _)| !ours.patterns.contains_key(*key));
        let (base, head) = (gone.map(|one| *one.1), new.map(|one| *one.1));
        match (gone, new) {
            (None, None) => {}
            (Some((gone, _)), None) => {
                let text = if self.is_request() {
                    format!("no longer has to match the pattern `{gone}`")
                } else {
                    format!("no longer matches the pattern `{gone}`")
                };
                self.moved(&PATTERN, Move::Relaxed, text, base, head);
            }
            (None, Some((new, _))) => {
                let text = format!("{matches} the pattern `{new}` now");
                self.moved(&PATTERN, Move::Tightened, text, base, head);
            }
            (Some((gone, _)), Some((new, _))) => {
                let text = format!("{matches} the pattern `{new}` now, not `{gone}`");
                self.moved(&PATTERN, Move::Both, text, base, head);
            }
        }
        self.formats(&ours.formats, &theirs.formats);
    }

    /// A limit of a length or a count.
    pub(super) fn limit(
        &mut self,
        aspect: &Aspect,
        base: Option<Limit>,
        head: Option<Limit>,
        upper: bool,
        unit: &str,
    ) {
        let value = |limit: Option<Limit>| {
            let absent = if upper { u64::MAX } else { 0 };
            limit.map_or(absent, |limit| limit.value)
        };
        let order = value(head).cmp(&value(base));
        let moved = match if upper { order.reverse() } else { order } {
            Ordering::Equal => return,
            Ordering::Greater => Move::Tightened,
            Ordering::Less => Move::Relaxed,
        };
        let end = if upper { "at most" } else { "at least" };
        let word = |limit: Limit| {
            let plural = if limit.value == 1 { "" } else { "s" };
            format!("{end} {} {unit}{plural}", limit.value)
        };
        let text = self.words(base.map(word), head.map(word), "have");
        let place = |limit: Option<Limit>| limit.and_then(|limit| limit.place);
        self.moved(aspect, moved, text, place(base), place(head));
    }

    /// What changed of a demand, in words: what is asked of a request is so in an answer.
    fn words(&self, base: Option<String>, head: Option<String>, verb: &str) -> String {
        let (asked, no_longer) = match (self.is_request(), verb) {
            (true, verb) => (format!("has to {verb}"), format!("no longer has to {verb}")),
            (false, "be") => ("is".to_owned(), "is no longer".to_owned()),
            (false, _) => ("has".to_owned(), "no longer has".to_owned()),
        };
        match (base, head) {
            (Some(base), Some(head)) => format!("{asked} {head} now; it was {base}"),
            (None, Some(head)) => format!("{asked} {head} now"),
            (Some(base), None) => format!("{no_longer} {base}"),
            (None, None) => String::new(),
        }
    }

    fn formats(&mut self, base: &BTreeMap<&'l str, Place>, head: &BTreeMap<&'l str, Place>) {
        let gone = base.iter().find(|(key, _)| !head.contains_key(*key));
        let new = head.iter().find(|(key, _)| !base.contains_key(*key));
        let places = (gone.map(|one| *one.1), new.map(|one| *one.1));
        let (aspect, moved, text) = match (gone.map(|one| *one.0), new.map(|one| *one.0)) {
            (None, None) => return,
            (Some(gone), None) => (
                &FORMAT,
                Move::Relaxed,
                format!("no longer has the format `{gone}`"),
            ),
            (None, Some(new)) => (
                &FORMAT,
                Move::Tightened,
                format!("has the format `{new}` now"),
            ),
            (Some(gone), Some(new)) => {
                let moved = if NARROWER_FORMATS.contains(&(gone, new)) {
                    Move::Relaxed
                } else if NARROWER_FORMATS.contains(&(new, gone)) {
                    Move::Tightened
                } else {
                    Move::Both
                };
                (
                    &OTHER_FORMAT,
                    moved,
                    format!("has the format `{new}` now, not `{gone}`"),
                )
            }
        };
        self.moved(aspect, moved, text, places.0, places.1);
    }
}

/// The steps of numbers, in words.
fn multiples(shape: &Shape<'_>) -> Option<String> {
    let steps: Vec<&str> = shape.number.multiples.keys().map(String::as_str).collect();
    (!steps.is_empty()).then(|| format!("a multiple of {}", steps.join(" and ")))
}

/// Whether every number that fulfils the steps of one fulfils those of the other.
fn implies(one: &Shape<'_>, other: &Shape<'_>) -> bool {
    other.number.multiples.keys().all(|step| {
        let given = one.number.multiples.keys().any(|own| {
            let own: Option<serde_json::Number> = own.parse().ok();
            own.is_some_and(|own| is_multiple(&own, step) != Some(false))
        });
        given || (step == "1" && one.number.whole)
    })
}
