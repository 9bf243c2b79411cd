//! Changes of types, listed values, numbers and texts.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::judge::{
    Aspect, ENUM, FORMAT, Judge, LENGTH, Move, NAMED_TYPE, NULL, OTHER_FORMAT, PATTERN, RANGE, TYPE,
};
use super::number::canonical_number;
use super::rules::{request, response};
use super::shape::{Bound, Kind, Kinds, Limit, Listed, Shape};
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
    /// The types.
    pub(super) fn kinds(&mut self) {
        let mask = self.pair.kinds;
        let (base, head) = (self.base.kinds.and(mask), self.head.kinds.and(mask));
        let null = Kinds::from(Kind::Null);
        let (ours, theirs) = (base.without(null), head.without(null));
        if let Some((moved, kind)) = self.implied(ours, theirs) {
            let text = match moved {
                Move::Tightened => format!(
                    "is named as {} now, not only described so",
                    word(kind, false)
                ),
                _ => format!(
                    "is no longer named as {}, only described so",
                    word(kind, false)
                ),
            };
            let places = (self.base.kinds_at, self.head.kinds_at);
            return self.moved(&NAMED_TYPE, moved, text, places.0, places.1);
        }
        self.null(base, head);
        let shared = ours.and(theirs);
        let numbers = shared.has(Kind::Number);
        let gone = Names {
            kinds: ours.without(theirs),
            fraction: numbers && !self.base.number.whole && self.head.number.whole,
            whole: self.base.number.whole,
        };
        let new = Names {
            kinds: theirs.without(ours),
            fraction: numbers && self.base.number.whole && !self.head.number.whole,
            whole: self.head.number.whole,
        };
        let places = (self.base.kinds_at, self.head.kinds_at);
        if shared.is_empty() && !ours.is_empty() && !theirs.is_empty() {
            let rule = if self.is_request() {
                &request::TYPE_CHANGED
            } else {
                &response::TYPE_CHANGED
            };
            let text = format!("was {} and is {} now", gone.words(), new.words());
            return self.add(rule, text, places.0, places.1);
        }
        if !gone.is_empty() {
            let text = format!("is no longer {}", gone.words());
            self.moved(&TYPE, Move::Tightened, text, places.0, places.1);
        }
        if !new.is_empty() {
            let text = format!("may be {} now", new.words());
            self.moved(&TYPE, Move::Relaxed, text, places.0, places.1);
        }
    }

    /// A type that is named on one side and only implied by keywords on the other.
    fn implied(&self, ours: Kinds, theirs: Kinds) -> Option<(Move, Kind)> {
        let is_only = |kinds: Kinds, kind: Kind| kinds == Kinds::from(kind);
        let base = self.base.implied().filter(|kind| is_only(theirs, *kind));
        let head = self.head.implied().filter(|kind| is_only(ours, *kind));
        let tightened = base.map(|kind| (Move::Tightened, kind));
        tightened.or(head.map(|kind| (Move::Relaxed, kind)))
    }

    fn null(&mut self, base: Kinds, head: Kinds) {
        let places = (self.base.kinds_at, self.head.kinds_at);
        match (base.has(Kind::Null), head.has(Kind::Null)) {
            (true, false) => self.moved(
                &NULL,
                Move::Tightened,
                "is never null now",
                places.0,
                places.1,
            ),
            (false, true) => {
                self.moved(&NULL, Move::Relaxed, "may be null now", places.0, places.1)
            }
            _ => {}
        }
    }

    /// The listed values.
    pub(super) fn values(&mut self, kinds: Kinds) {
        let mut gone = BTreeMap::new();
        let mut new = BTreeMap::new();
        let mut kept = false;
        let (mut dropped, mut begun) = (false, false);
        for kind in kinds.iter().filter(|kind| *kind != Kind::Null) {
            let is_boolean = kind == Kind::Boolean;
            match (self.base.listed.has(kind), self.head.listed.has(kind)) {
                (false, false) => {}
                (true, true) => {
                    let (base, head) = (values(&self.base, kind), values(&self.head, kind));
                    kept |= base.keys().any(|key| head.contains_key(key));
                    new.extend(difference(&head, &base));
                    gone.extend(difference(&base, &head));
                }
                (true, false) if is_boolean => dropped = true,
                (false, true) if is_boolean => begun = true,
                (true, false) => {
                    dropped = true;
                    let (values, shape) = (values(&self.base, kind), self.head.clone());
                    let values = values.into_iter();
                    gone.extend(values.filter(|(_, one)| !self.fits(one, &shape, true)));
                }
                (false, true) => {
                    begun = true;
                    let (values, shape) = (values(&self.head, kind), self.base.clone());
                    let values = values.into_iter();
                    new.extend(values.filter(|(_, one)| !self.fits(one, &shape, false)));
                }
            }
        }
        self.tell_values(gone, new, kept || dropped || begun);
        let first = |shape: &Shape<'_>| shape.values.values().next().map(|one| one.place);
        let (base, head) = (first(&self.base), first(&self.head));
        if dropped {
            self.moved(
                &ENUM,
                Move::Relaxed,
                "may have other values than those that were listed",
                base,
                None,
            );
        }
        if begun {
            self.moved(
                &ENUM,
                Move::Tightened,
                "may only have listed values now",
                None,
                head,
            );
        }
    }

    /// Whether a value fulfils what a schema demands of its kind.
    fn fits(&mut self, listed: &Listed, shape: &Shape<'l>, is_head: bool) -> bool {
        match &*listed.value {
            Json::Number(value) => shape.number.allows(value),
            Json::String(value) => {
                let canon = if is_head {
                    &mut self.pairs.head
                } else {
                    &mut self.pairs.base
                };
                canon.allows(&shape.text, value) == Some(true)
            }
            // Lists and maps are held against the limits of the schema as if nothing were listed.
            _ => true,
        }
    }

    fn tell_values(
        &mut self,
        gone: BTreeMap<String, Listed>,
        new: BTreeMap<String, Listed>,
        kept: bool,
    ) {
        let place = |values: &BTreeMap<String, Listed>| values.values().next().map(|one| one.place);
        let (base, head) = (place(&gone), place(&new));
        if !self.is_request() && !kept && !gone.is_empty() && !new.is_empty() {
            let text = format!(
                "was one of {} and is one of {} now",
                listing(&gone),
                listing(&new)
            );
            return self.add(&response::ENUM_REPLACED, text, base, head);
        }
        if !gone.is_empty() {
            let text = format!("may no longer be {}", listing(&gone));
            self.moved(&ENUM, Move::Tightened, text, base, None);
        }
        if !new.is_empty() {
            let text = format!("may be {} now", listing(&new));
            self.moved(&ENUM, Move::Relaxed, text, None, head);
        }
    }

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
            (true, false) => Some((Move::Relaxed, "has to be a multiple of fewer numbers now")),
            (false, true) => Some((Move::Tightened, "has to be a multiple of more numbers now")),
            (false, false) => Some((Move::Both, "has to be a multiple of another number now")),
        };
        if let Some((moved, text)) = moved {
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
        let text = change_of(base.map(word), head.map(word), "", "");
        let place = |bound: Option<&Bound>| bound.map(|bound| bound.place);
        self.moved(&RANGE, moved, text, place(base), place(head));
    }

    /// The lengths and patterns.
    pub(super) fn texts(&mut self) {
        let (base, head) = (self.base.clone(), self.head.clone());
        let (ours, theirs) = (&base.text, &head.text);
        self.limit(&LENGTH, ours.minimum, theirs.minimum, false, " characters");
        self.limit(&LENGTH, ours.maximum, theirs.maximum, true, " characters");
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
                let text = format!("no longer matches the pattern `{gone}`");
                self.moved(&PATTERN, Move::Relaxed, text, base, head);
            }
            (None, Some((new, _))) => {
                let text = format!("has to match the pattern `{new}` now");
                self.moved(&PATTERN, Move::Tightened, text, base, head);
            }
            (Some((gone, _)), Some((new, _))) => {
                let text = format!("has to match the pattern `{new}` now, not `{gone}`");
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
        let word = |limit: Limit| format!("{end} {}", limit.value);
        let text = change_of(base.map(word), head.map(word), unit, "has ");
        let place = |limit: Option<Limit>| limit.and_then(|limit| limit.place);
        self.moved(aspect, moved, text, place(base), place(head));
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

/// Kinds that came or went, as words.
struct Names {
    kinds: Kinds,
    /// Numbers with a fraction came or went, whole ones stayed.
    fraction: bool,
    whole: bool,
}

impl Names {
    fn is_empty(&self) -> bool {
        self.kinds.is_empty() && !self.fraction
    }

    fn words(&self) -> String {
        let mut words: Vec<&str> = self
            .kinds
            .iter()
            .map(|kind| word(kind, self.whole))
            .collect();
        if self.fraction {
            words.push("a number with a fraction");
        }
        words.join(" or ")
    }
}

fn word(kind: Kind, whole: bool) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Boolean => "true or false",
        Kind::Number if whole => "a whole number",
        Kind::Number => "a number",
        Kind::Text => "text",
        Kind::List => "a list",
        Kind::Map => "a map",
    }
}

/// What changed of a limit, in words.
fn change_of(base: Option<String>, head: Option<String>, unit: &str, verb: &str) -> String {
    let verb = if verb.is_empty() { "is " } else { verb };
    match (base, head) {
        (Some(base), Some(head)) => format!("{verb}{head}{unit} now; it was {base}"),
        (None, Some(head)) => format!("{verb}{head}{unit} now"),
        (Some(base), None) => format!("no longer {verb}{base}{unit}"),
        (None, None) => String::new(),
    }
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

fn values(shape: &Shape<'_>, kind: Kind) -> BTreeMap<String, Listed> {
    let values = shape.listed(kind);
    values
        .map(|(key, one)| (key.clone(), one.clone()))
        .collect()
}

fn difference(
    one: &BTreeMap<String, Listed>,
    other: &BTreeMap<String, Listed>,
) -> BTreeMap<String, Listed> {
    let values = one.iter().filter(|(key, _)| !other.contains_key(*key));
    values
        .map(|(key, one)| (key.clone(), one.clone()))
        .collect()
}

/// The first few values, as a sentence has them.
fn listing(values: &BTreeMap<String, Listed>) -> String {
    const SHOWN: usize = 3;
    let show = |(key, one): (&String, &Listed)| match &*one.value {
        Json::String(text) => format!("`{}`", shorten(text)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a map".to_owned(),
        _ => format!("`{key}`"),
    };
    let shown: Vec<String> = values.iter().take(SHOWN).map(show).collect();
    let more = values.len().saturating_sub(SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}…")
}
