//! Values that are wrong in exactly one way.

use serde_json::{Map, Value as Json};

use super::super::At;
use super::flat::{Flat, Kind};
use super::number::{self, Bounds};
use super::{Sampler, text};
use crate::specification::schema::step;

/// How deep fields are made wrong: those of the body, and those of the maps in it.
const DEEPEST: usize = 3;

/// The most fields that are made wrong.
const FIELDS: usize = 200;

/// The longest list that is made on purpose.
const LONGEST_LIST: usize = 1_000;

/// The name of a field that no schema knows.
const UNKNOWN: &str = "tidegate_extra";

/// What is wrong with a value, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fault {
    /// A field that must be there is missing.
    Missing,
    /// A value of another type.
    WrongType,
    /// A value that is not one of those listed.
    NotListed,
    /// A number above its maximum.
    TooLarge,
    /// A number below its minimum.
    TooSmall,
    /// A text or a list that is too long.
    TooLong,
    /// A text or a list that is too short.
    TooShort,
    /// A text that has not the form it must have.
    BadFormat,
    /// Nothing where something must be.
    Null,
    /// A field that is not known.
    ExtraField,
}

/// A change that makes a valid value wrong.
#[derive(Debug, Clone)]
pub(crate) struct Wrong {
    /// What is wrong.
    pub(crate) fault: Fault,
    /// The JSONPath of the value: `$.lines[0].amount`.
    pub(crate) path: String,
    /// The name of the field; `None` for the whole body.
    pub(crate) field: Option<String>,
    /// What is wrong in words that go on from the field: `is text instead of a number`.
    pub(crate) text: String,
    steps: Vec<Step>,
    change: Change,
    mark: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Element(usize),
}

#[derive(Debug, Clone)]
enum Change {
    Remove,
    Set(Json),
}

impl Wrong {
    /// A valid value with the change in it, and a mark of its own where the change has one; `None` when
    /// the value has no such place.
    pub(crate) fn apply(&self, valid: &Json, mark: &str) -> Option<Json> {
        let mut value = valid.clone();
        let change = match &self.change {
            Change::Remove => None,
            Change::Set(made) => Some(remarked(made, &self.mark, mark)),
        };
        put(&mut value, &self.steps, change)?;
        Some(value)
    }
}

/// A value with another mark in all its texts.
fn remarked(value: &Json, from: &str, to: &str) -> Json {
    match value {
        Json::String(text) => Json::from(text.replace(from, to)),
        Json::Array(elements) => elements
            .iter()
            .map(|element| remarked(element, from, to))
            .collect(),
        Json::Object(entries) => {
            let entries = entries.iter();
            let entries = entries.map(|(key, value)| (key.clone(), remarked(value, from, to)));
            Json::Object(entries.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn put(value: &mut Json, steps: &[Step], change: Option<Json>) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        *value = change?;
        return Some(());
    };
    match step {
        Step::Key(key) if rest.is_empty() => {
            let entries = value.as_object_mut()?;
            match change {
                Some(change) => entries.insert(key.clone(), change),
                None => Some(entries.remove(key)?),
            };
            Some(())
        }
        Step::Key(key) => put(value.get_mut(key)?, rest, change),
        Step::Element(at) => put(value.get_mut(at)?, rest, change),
    }
}

impl Sampler<'_> {
    /// The ways to make a valid value wrong, one for each fault of each field; all violate the schema.
    ///
    /// Those of one field stand in the order of [`Fault`].
    pub(crate) fn wrong(&self, schema: At<'_>, valid: &Json) -> Vec<Wrong> {
        self.left.set(super::TRIED);
        let mut maker = Maker {
            sampler: self,
            root: schema,
            valid,
            made: Vec::new(),
            fields: 0,
        };
        maker.body(&self.settled(Flat::of(schema), valid));
        maker.made
    }

    /// The schemas with the branches chosen that a value fits.
    pub(super) fn settled<'l>(&self, mut flat: Flat<'l>, value: &Json) -> Flat<'l> {
        while let Some((keyword, branches)) = flat.choice() {
            let fitting = branches
                .into_iter()
                .flatten()
                .find(|branch| (self.fits)(*branch, value));
            flat = flat.choosing(keyword, fitting);
        }
        flat
    }
}

struct Maker<'m, 'l, 'f> {
    sampler: &'m Sampler<'f>,
    root: At<'l>,
    valid: &'m Json,
    made: Vec<Wrong>,
    fields: usize,
}

impl<'l> Maker<'_, 'l, '_> {
    fn body(&mut self, flat: &Flat<'l>) {
        if !self.valid.is_object() {
            self.value(flat, &[], true);
            return;
        }
        let empty = || Change::Set(Json::Object(Map::new()));
        self.add(Fault::Missing, &[], "is an empty object", empty());
        self.add(
            Fault::WrongType,
            &[],
            "is a list instead of an object",
            Change::Set(Json::Array(vec![self.valid.clone()])),
        );
        self.fields(flat, self.valid, &[]);
    }

    /// Makes each field of a map wrong, whether it is there or not.
    fn fields(&mut self, flat: &Flat<'l>, value: &Json, path: &[Step]) {
        let required = flat.required();
        let mut names = flat.property_names();
        names.sort_by_key(|name| !required.contains(name));
        for name in names {
            self.fields += 1;
            if self.fields > FIELDS {
                return;
            }
            let property = flat.property(name);
            if property.flag("readOnly") {
                continue;
            }
            let mut steps = path.to_vec();
            steps.push(Step::Key(name.to_owned()));
            let is_required = required.contains(&name);
            if is_required {
                self.add(Fault::Missing, &steps, "is missing", Change::Remove);
            }
            let there = value.get(name);
            let property = match there {
                Some(there) => self.sampler.settled(property, there),
                None => property,
            };
            self.value(&property, &steps, is_required);
            if let Some(there) = there {
                self.below(&property, there, &steps);
            }
        }
        let mut steps = path.to_vec();
        steps.push(Step::Key(UNKNOWN.to_owned()));
        let extra = Json::from(self.mark());
        let text = "is a field that the schema does not have";
        self.add(Fault::ExtraField, &steps, text, Change::Set(extra));
    }

    /// Goes on with what a field holds.
    fn below(&mut self, flat: &Flat<'l>, value: &Json, path: &[Step]) {
        if path.len() >= DEEPEST {
            return;
        }
        if value.is_object() {
            self.fields(flat, value, path);
        }
        let Some(first) = value.get(0) else {
            return;
        };
        let element = self.sampler.settled(flat.element(0), first);
        let mut steps = path.to_vec();
        steps.push(Step::Element(0));
        self.value(&element, &steps, true);
        self.below(&element, first, &steps);
    }

    fn mark(&self) -> String {
        self.sampler.mark.text(0)
    }

    /// Makes one value wrong in every way that its schemas tell.
    fn value(&mut self, flat: &Flat<'l>, path: &[Step], is_required: bool) {
        let kinds: Vec<Kind> = flat.kinds();
        let is_typed = flat.each("type").next().is_some();
        self.wrong_type(flat, &kinds, path);
        if flat.listed().is_some() {
            let other = Change::Set(Json::from(self.mark()));
            let text = "is not one of the listed values";
            self.add(Fault::NotListed, path, text, other);
        }
        let has = |kind: Kind| kinds.contains(&kind);
        if has(Kind::Integer) || has(Kind::Number) {
            self.numbers(flat, path);
        }
        if has(Kind::Text) {
            self.lengths(flat, path);
            self.forms(flat, path);
        }
        if has(Kind::List) {
            self.sizes(flat, path);
        }
        // Where a field may be left out, `null` is understood as just that by most.
        if is_typed && is_required && !flat.admits_null() {
            self.add(Fault::Null, path, "is null", Change::Set(Json::Null));
        }
    }

    fn wrong_type(&mut self, flat: &Flat<'l>, kinds: &[Kind], path: &[Step]) {
        let mark = self.mark();
        let Some(meant) = kinds.first().filter(|_| flat.each("type").next().is_some()) else {
            return;
        };
        let (value, actual) = if kinds.contains(&Kind::Text) {
            (Json::Array(vec![Json::from(mark)]), "a list")
        } else {
            (Json::from(mark), "text")
        };
        let text = format!("is {actual} instead of {}", words(*meant));
        self.add(Fault::WrongType, path, &text, Change::Set(value));
        if *meant == Kind::Integer {
            let half = Change::Set(Json::from(1.5));
            let text = "is a fraction instead of a whole number";
            self.add(Fault::WrongType, path, text, half);
        }
    }

    fn numbers(&mut self, flat: &Flat<'l>, path: &[Step]) {
        let bounds = Bounds::of(flat);
        let step = bounds.step.unwrap_or(1.0).max(1.0);
        if let Some((most, exclusive)) = bounds.most {
            let text = format!("is above its maximum of {}", plain(most));
            let beyond = if exclusive { most } else { most + step };
            self.number(Fault::TooLarge, path, &text, beyond);
        }
        if let Some((least, exclusive)) = bounds.least {
            let text = format!("is below its minimum of {}", plain(least));
            let beyond = if exclusive { least } else { least - step };
            self.number(Fault::TooSmall, path, &text, beyond);
        }
        let is_small = flat.each("format").any(|at| at.text() == Some("int32"));
        if bounds.most.is_none() && is_small {
            let text = "is larger than 32 bits hold";
            self.number(Fault::TooLarge, path, text, f64::from(i32::MAX) + 1.0);
        }
    }

    fn number(&mut self, fault: Fault, path: &[Step], text: &str, value: f64) {
        if let Some(value) = number::json(value) {
            self.add(fault, path, text, Change::Set(value));
        }
    }

    fn lengths(&mut self, flat: &Flat<'l>, path: &[Step]) {
        if let Some(most) = flat
            .at_most("maxLength")
            .filter(|most| *most < text::LONGEST)
        {
            let words = format!("is longer than {most} characters");
            let long = self.sampler.mark.sized(0, most + 1, None);
            let long = long.map(|long| long.chars().take(most + 1).collect::<String>());
            if let Some(long) = long {
                let long = Change::Set(Json::from(long));
                self.add(Fault::TooLong, path, &words, long);
            }
        }
        let least = flat.at_least("minLength");
        if (1..text::LONGEST).contains(&least) {
            let words = match least {
                1 => "is empty".to_owned(),
                _ => format!("is shorter than {least} characters"),
            };
            let short = self.sampler.mark.sized(0, least - 1, Some(least - 1));
            if let Some(short) = short {
                let short = Change::Set(Json::from(short));
                self.add(Fault::TooShort, path, &words, short);
            }
        }
    }

    fn forms(&mut self, flat: &Flat<'l>, path: &[Step]) {
        for format in flat.each("format").filter_map(At::text) {
            let text = format!("is no {format}");
            if let Some(other) = text::not_of_format(format) {
                let other = Change::Set(Json::from(other));
                self.add(Fault::BadFormat, path, &text, other);
            }
        }
        let most = flat.at_most("maxLength").unwrap_or(usize::MAX);
        if flat.each("pattern").next().is_none() {
            return;
        }
        let mark = self.mark();
        let others = [
            format!("{mark} !"),
            format!("! {mark}"),
            "! ?".to_owned(),
            "!".to_owned(),
            // Where nearly everything is allowed, control characters are not.
            format!("{mark}\u{1}"),
        ];
        for other in others {
            let other: String = other.chars().take(most).collect();
            let other = Change::Set(Json::from(other));
            let text = "does not match its pattern";
            if self.add(Fault::BadFormat, path, text, other) {
                return;
            }
        }
    }

    fn sizes(&mut self, flat: &Flat<'l>, path: &[Step]) {
        let Some(most) = flat.at_most("maxItems").filter(|most| *most < LONGEST_LIST) else {
            return;
        };
        let element = |position| {
            self.sampler.value(&super::Wanted {
                nth: position,
                ..super::Wanted::new(flat.element(position), Vec::new())
            })
        };
        let elements: Option<Vec<Json>> = (0..=most).map(element).collect();
        if let Some(elements) = elements {
            let text = format!("has more than {most} elements");
            self.add(Fault::TooLong, path, &text, Change::Set(elements.into()));
        }
    }

    /// Keeps a change when it violates the schema; whether it does.
    fn add(&mut self, fault: Fault, steps: &[Step], text: &str, change: Change) -> bool {
        let wrong = Wrong {
            fault,
            path: path(steps),
            field: steps.iter().rev().find_map(|step| match step {
                Step::Key(key) => Some(key.clone()),
                Step::Element(_) => None,
            }),
            text: text.to_owned(),
            steps: steps.to_vec(),
            change,
            mark: self.mark(),
        };
        let applied = wrong.apply(self.valid, &wrong.mark);
        let violates = applied.is_some_and(|value| !(self.sampler.fits)(self.root, &value));
        if violates {
            self.made.push(wrong);
        }
        violates
    }
}

fn path(steps: &[Step]) -> String {
    let whole = "$".to_owned();
    steps.iter().fold(whole, |path, one| match one {
        Step::Key(key) => step(path, key),
        Step::Element(at) => format!("{path}[{at}]"),
    })
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean => "true or false",
        Kind::Map => "an object",
        Kind::List => "a list",
        Kind::Null => "null",
    }
}

fn plain(value: f64) -> String {
    number::json(value).map_or_else(String::new, |value| value.to_string())
}
