//! Where an answer differs from what was learned.

use std::collections::BTreeMap;

use super::form::Form;
use super::shape::{Field, Object, Shape, Types};
use crate::specification::At;

/// The most differences that are told of one answer.
const LIMIT: usize = 50;

/// A step into a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'s> {
    /// The field of this name.
    Field(&'s str),
    /// The items of a list.
    Items,
    /// The values under keys that are data.
    Values,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drift<'s> {
    /// Where.
    pub(super) path: Vec<Step<'s>>,
    /// What.
    pub(super) change: Change,
    /// In how many answers the place was seen before, up to five.
    pub(super) samples: u8,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// A field that was always there is missing.
    FieldGone,
    /// The value has a type that was not seen there.
    TypeChanged { known: Types, seen: Types },
    /// The value is null for the first time.
    NullAppeared,
    /// A whole number was never broken before.
    Fraction,
    /// The texts no longer have the form that all had.
    FormChanged { known: Form, seen: Option<Form> },
    /// A field that was not seen before.
    NewField,
}

impl Drift<'_> {
    /// Whether it contradicts what was learned; the rest only adds to it.
    pub(super) fn contradicts(&self) -> bool {
        match self.change {
            Change::TypeChanged { .. } => true,
            Change::FieldGone
            | Change::NullAppeared
            | Change::Fraction
            | Change::FormChanged { .. } => self.settled(),
            Change::NewField => false,
        }
    }

    fn settled(&self) -> bool {
        self.samples >= super::shape::SETTLED
    }

    /// The place as a JSONPath in which `[]` stands for every item.
    pub(super) fn place(&self) -> String {
        let mut place = "$".to_owned();
        for step in &self.path {
            match step {
                Step::Field(name) if is_plain(name) => {
                    place.push('.');
                    place.push_str(name);
                }
                Step::Field(name) => place.push_str(&format!("[\"{name}\"]")),
                Step::Items => place.push_str("[]"),
                Step::Values => place.push_str(".*"),
            }
        }
        place
    }

    /// Its place in the snapshot, or the nearest one around it.
    pub(super) fn locate<'l>(&self, shape: At<'l>) -> At<'l> {
        let mut at = shape;
        for step in &self.path {
            let next = match step {
                Step::Field(name) => at.get("properties").and_then(|fields| fields.get(name)),
                Step::Items => at.get("items"),
                Step::Values => at.get("additionalProperties"),
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        at
    }
}

fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Everything in which an answer differs from what was learned of it.
pub(super) fn compare<'s>(known: &'s Shape, seen: &'s Shape) -> Vec<Drift<'s>> {
    let mut comparison = Comparison::default();
    comparison.shape(known, seen);
    comparison.found
}

#[derive(Default)]
struct Comparison<'s> {
    path: Vec<Step<'s>>,
    found: Vec<Drift<'s>>,
}

impl<'s> Comparison<'s> {
    fn tell(&mut self, change: Change, samples: u8) {
        if self.found.len() < LIMIT {
            self.found.push(Drift {
                path: self.path.clone(),
                change,
                samples,
            });
        }
    }

    fn below(&mut self, step: Step<'s>, look: impl FnOnce(&mut Self)) {
        self.path.push(step);
        look(self);
        self.path.pop();
    }

    fn shape(&mut self, known: &'s Shape, seen: &'s Shape) {
        self.types(known, seen);
        if let (Some(known), Some(seen)) = (&known.items, &seen.items) {
            self.below(Step::Items, |inner| inner.shape(known, seen));
        }
        if let (Some(known), Some(seen)) = (&known.object, &seen.object) {
            self.object(known, seen);
        }
    }

    fn types(&mut self, known: &Shape, seen: &Shape) {
        // Where only null was seen, the first value says what stands there.
        if known.types.without(Types::NULL).is_empty() {
            return;
        }
        let mut news = seen.types.without(known.types);
        if known.types.has(Types::NUMBER) {
            news = news.without(Types::INTEGER);
        }
        if news.has(Types::NULL) {
            self.tell(Change::NullAppeared, known.samples);
            news = news.without(Types::NULL);
        }
        if news.has(Types::NUMBER) && known.types.has(Types::INTEGER) {
            self.tell(Change::Fraction, known.samples);
            news = news.without(Types::NUMBER);
        }
        if !news.is_empty() {
            let change = Change::TypeChanged {
                known: known.types,
                seen: news,
            };
            self.tell(change, known.samples);
        } else if let Some(change) = form_changed(known, seen) {
            self.tell(change, known.samples);
        }
    }

    fn object(&mut self, known: &'s Object, seen: &'s Object) {
        match (&known.fields, &seen.fields) {
            (Some(known), Some(seen)) => self.fields(known, seen),
            (None, Some(fields)) => {
                for field in fields.values() {
                    self.value(known, &field.shape);
                }
            }
            (_, None) => {}
        }
        if let Some(values) = &seen.values {
            self.value(known, values);
        }
    }

    fn value(&mut self, known: &'s Object, seen: &'s Shape) {
        if let Some(known) = &known.values {
            self.below(Step::Values, |inner| inner.shape(known, seen));
        }
    }

    fn fields(&mut self, known: &'s BTreeMap<String, Field>, seen: &'s BTreeMap<String, Field>) {
        for (name, field) in known {
            self.below(Step::Field(name), |inner| {
                let found = seen.get(name);
                if field.always && !found.is_some_and(|found| found.always) {
                    inner.tell(Change::FieldGone, field.shape.samples);
                }
                if let Some(found) = found {
                    inner.shape(&field.shape, &found.shape);
                }
            });
        }
        for name in seen.keys().filter(|name| !known.contains_key(*name)) {
            self.below(Step::Field(name), |inner| inner.tell(Change::NewField, 0));
        }
    }
}

/// A word may become any text; in the other case it is another code.
fn form_changed(known: &Shape, seen: &Shape) -> Option<Change> {
    let form = known.form.filter(|_| known.settled())?;
    if !seen.types.has(Types::STRING) || seen.form == Some(form) {
        return None;
    }
    let other_case = seen.form.is_some_and(Form::is_word);
    (!form.is_word() || other_case).then_some(Change::FormChanged {
        known: form,
        seen: seen.form,
    })
}
