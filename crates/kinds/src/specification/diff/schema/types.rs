//! Changes of types and listed values.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::judge::{ENUM, Judge, Move, NAMED_TYPE, NULL, TYPE};
use super::rules::{request, response};
use super::shape::{Kind, Kinds, Listed, Shape};

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
        let is_any = (self.is_any(&self.base), self.is_any(&self.head));
        if is_any.0 != is_any.1 {
            return self.any(is_any.0, base, head);
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

    fn is_any(&self, shape: &Shape<'_>) -> bool {
        shape.kinds == Kinds::ALL && self.pair.kinds == Kinds::ALL
    }

    /// One side allows any type, the other does not.
    fn any(&mut self, base_is_any: bool, base: Kinds, head: Kinds) {
        let (limited, shape) = if base_is_any {
            (head, &self.head)
        } else {
            (base, &self.base)
        };
        let names = Names {
            kinds: limited,
            fraction: false,
            whole: shape.number.whole,
        };
        let (base, head) = (self.base.kinds_at, self.head.kinds_at);
        let words = names.words();
        if base_is_any {
            let text = format!("is {words} now, and was anything");
            self.moved(&TYPE, Move::Tightened, text, base, head);
        } else {
            let text = format!("may be anything now, and was {words}");
            self.moved(&TYPE, Move::Relaxed, text, base, head);
        }
    }

    /// A type that is named on one side and only implied by keywords on the other.
    fn implied(&self, ours: Kinds, theirs: Kinds) -> Option<(Move, Kind)> {
        if ours == theirs {
            return None;
        }
        let is_only = |kinds: Kinds, kind: Kind| kinds == Kinds::from(kind);
        let base = self.base.implied().filter(|kind| is_only(theirs, *kind));
        let head = self.head.implied().filter(|kind| is_only(ours, *kind));
        let tightened = base.map(|kind| (Move::Tightened, kind));
        tightened.or(head.map(|kind| (Move::Relaxed, kind)))
    }

    fn null(&mut self, base: Kinds, head: Kinds) {
        let places = (self.base.kinds_at, self.head.kinds_at);
        let gone = if self.is_request() {
            "may no longer be null"
        } else {
            "is never null now"
        };
        match (base.has(Kind::Null), head.has(Kind::Null)) {
            (true, false) => self.moved(&NULL, Move::Tightened, gone, places.0, places.1),
            (false, true) => {
                self.moved(&NULL, Move::Relaxed, "may be null now", places.0, places.1);
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
            let text = format!("was {} and is {} now", listing(&gone), listing(&new));
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
        if self.is_empty() {
            return "nothing".to_owned();
        }
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
