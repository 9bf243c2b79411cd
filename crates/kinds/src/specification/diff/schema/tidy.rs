//! What a schema says twice, or in vain, said once.

use std::cmp::Ordering;
use std::rc::Rc;

use serde_json::{Number, Value as Json};

use super::canon::Canon;
use super::merge::smaller;
use super::number::{is_whole, number, order, whole};
use super::shape::{Bound, Kind, Kinds, Limit, Lists, Maps, Node, Numbers, Shape, Texts};

impl<'l> Canon<'l> {
    /// Leaves out of a schema what changes nothing.
    pub(super) fn tidy(&mut self, shape: &mut Shape<'l>) {
        shape.number.tidy();
        shape.text.tidy();
        if !shape.list.is_free() {
            Rc::make_mut(&mut shape.list).tidy();
        }
        if !shape.map.is_free() {
            Rc::make_mut(&mut shape.map).tidy();
        }
        self.sift(shape);
        let empty = |kind: &Kind| is_empty(shape, *kind);
        let empty = shape
            .kinds
            .iter()
            .filter(empty)
            .fold(Kinds::NONE, Kinds::with);
        shape.kinds = shape.kinds.without(empty);
        forget(shape);
    }

    /// Keeps of the listed values those that fulfil what else is said, which then is said.
    fn sift(&mut self, shape: &mut Shape<'l>) {
        let (number, text) = (shape.number.clone(), shape.text.clone());
        shape.values.retain(|_, listed| match &*listed.value {
            Json::Number(value) => number.allows(value),
            Json::String(value) => self.allows(&text, value) != Some(false),
            _ => true,
        });
        if shape.listed.has(Kind::Number) {
            shape.number = Numbers::default();
        }
        if shape.listed.has(Kind::Text) {
            let mut patterns = text.patterns;
            patterns.retain(|pattern, _| self.matches(pattern, "").is_none());
            shape.text = Texts {
                patterns,
                ..Texts::default()
            };
        }
        if shape.listed(Kind::Boolean).count() == 2 {
            shape.listed = shape.listed.without(Kind::Boolean.into());
            shape.values.retain(|_, listed| !listed.value.is_boolean());
        }
    }

    /// Whether a text fulfils what is said about texts; `None` when a pattern cannot be read.
    pub(super) fn allows(&mut self, texts: &Texts<'l>, text: &str) -> Option<bool> {
        let length = text.chars().count() as u64;
        let is_short = texts.minimum.is_some_and(|limit| length < limit.value);
        let is_long = texts.maximum.is_some_and(|limit| length > limit.value);
        if is_short || is_long {
            return Some(false);
        }
        let mut result = Some(true);
        for pattern in texts.patterns.keys() {
            match self.matches(pattern, text) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => result = None,
            }
        }
        result
    }
}

/// Whether no value of a kind fulfils what is said.
fn is_empty(shape: &Shape<'_>, kind: Kind) -> bool {
    let is_crossed = |minimum: Option<Limit>, maximum: Option<Limit>| {
        minimum.is_some_and(|low| maximum.is_some_and(|high| low.value > high.value))
    };
    if shape.listed.has(kind) && shape.listed(kind).next().is_none() {
        return true;
    }
    match kind {
        Kind::Null | Kind::Boolean => false,
        Kind::Number => shape.number.is_empty(),
        Kind::Text => is_crossed(shape.text.minimum, shape.text.maximum),
        Kind::List => is_crossed(shape.list.minimum, shape.list.maximum),
        Kind::Map => is_crossed(shape.map.minimum, shape.map.maximum) || shape.map.is_impossible(),
    }
}

/// Drops what is said about kinds that are not allowed.
fn forget(shape: &mut Shape<'_>) {
    let kinds = shape.kinds;
    shape.listed = shape.listed.and(kinds);
    shape
        .values
        .retain(|_, listed| kinds.has(Kind::of(&listed.value)));
    for condition in &mut shape.conditions {
        condition.kinds = condition.kinds.and(kinds);
    }
    shape.conditions.retain(|one| !one.kinds.is_empty());
    if !kinds.has(Kind::Number) {
        shape.number = Numbers::default();
    }
    if !kinds.has(Kind::Text) {
        shape.text = Texts::default();
    }
    if !kinds.has(Kind::List) && !shape.list.is_free() {
        shape.list = Rc::default();
    }
    if !kinds.has(Kind::Map) && !shape.map.is_free() {
        shape.map = Rc::default();
    }
}

impl Numbers<'_> {
    fn tidy(&mut self) {
        let whole_step = |key: &String| key.parse::<i128>().is_ok();
        self.whole |= self.multiples.keys().any(whole_step);
        if self.whole {
            self.multiples.remove("1");
            tighten(&mut self.minimum, 1);
            tighten(&mut self.maximum, -1);
        }
    }

    fn is_empty(&self) -> bool {
        let (Some(low), Some(high)) = (&self.minimum, &self.maximum) else {
            return false;
        };
        match order(&low.value, &high.value) {
            Ordering::Greater => true,
            Ordering::Equal => low.exclusive || high.exclusive,
            Ordering::Less => false,
        }
    }

    /// Whether a number fulfils what is said about numbers.
    pub(super) fn allows(&self, value: &Number) -> bool {
        let above = self
            .minimum
            .as_ref()
            .is_none_or(|bound| match order(value, &bound.value) {
                Ordering::Greater => true,
                Ordering::Equal => !bound.exclusive,
                Ordering::Less => false,
            });
        let below = self
            .maximum
            .as_ref()
            .is_none_or(|bound| match order(value, &bound.value) {
                Ordering::Less => true,
                Ordering::Equal => !bound.exclusive,
                Ordering::Greater => false,
            });
        let fits = |step: &String| is_multiple(value, step) != Some(false);
        above && below && (!self.whole || is_whole(value)) && self.multiples.keys().all(fits)
    }
}

/// The end of a range of whole numbers as a whole number that is inside.
fn tighten(bound: &mut Option<Bound>, inward: i128) {
    let Some(end) = bound else { return };
    let inside = match (whole(&end.value), end.value.as_f64()) {
        (Some(value), _) => Some(value + if end.exclusive { inward } else { 0 }),
        #[expect(clippy::cast_possible_truncation, reason = "it is small")]
        (None, Some(value)) if value.abs() < 1e15 => {
            let nearest = if inward > 0 {
                value.ceil()
            } else {
                value.floor()
            };
            Some(nearest as i128)
        }
        _ => None,
    };
    if let Some(value) = inside.and_then(number) {
        end.value = value;
        end.exclusive = false;
    }
}

/// Whether a number is a multiple; `None` when floats cannot tell.
pub(super) fn is_multiple(value: &Number, step: &str) -> Option<bool> {
    let exact = |text: &str| text.parse::<i128>().ok();
    if let (Some(value), Some(step)) = (whole(value), exact(step)) {
        return Some(step != 0 && value % step == 0);
    }
    if !is_whole(value) && exact(step).is_some() {
        return Some(false);
    }
    let ratio = value.as_f64()? / step.parse::<f64>().ok()?;
    let distance = (ratio - ratio.round()).abs();
    if distance > 1e-6 {
        return Some(false);
    }
    (distance == 0.0).then_some(true)
}

impl Texts<'_> {
    fn tidy(&mut self) {
        self.minimum = self.minimum.filter(|limit| limit.value > 0);
    }
}

impl Lists {
    fn tidy(&mut self) {
        self.minimum = self.minimum.filter(|limit| limit.value > 0);
        // A list ends before an element that nothing fulfils.
        let stop = self.first.iter().position(|node| *node == Node::NOTHING);
        let stop = stop.or((self.rest == Node::NOTHING).then_some(self.first.len()));
        let stop = stop.map(|stop| Limit {
            value: stop as u64,
            place: None,
        });
        self.maximum = smaller(self.maximum, stop);
        let end = self
            .maximum
            .map(|limit| usize::try_from(limit.value).unwrap_or(usize::MAX));
        if let Some(end) = end.filter(|end| *end <= self.first.len()) {
            self.first.truncate(end);
            self.rest = Node::EVERYTHING;
        }
        while self.first.last() == Some(&self.rest) && end.is_none() {
            self.first.pop();
        }
        if end.is_some_and(|end| end <= 1) {
            self.unique = None;
        }
    }
}

impl Maps<'_> {
    fn tidy(&mut self) {
        if self.rest == Node::NOTHING {
            self.fields.retain(|_, field| field.node != Node::NOTHING);
            let listed = self.fields.len() as u64;
            if self.patterns.is_empty() {
                self.maximum = self.maximum.filter(|limit| limit.value < listed);
            }
        }
        let required = self.required.len() as u64;
        self.minimum = self.minimum.filter(|limit| limit.value > required);
    }

    /// Whether a field is required that nothing fulfils.
    fn is_impossible(&self) -> bool {
        let mut required = self.required.keys();
        required.any(|name| match self.fields.get(name) {
            Some(field) => field.node == Node::NOTHING,
            None => self.rest == Node::NOTHING && self.patterns.is_empty(),
        })
    }
}
