//! Typed predicates: what a value of a response must be.

mod read;

use std::borrow::Cow;

use serde_json::Value as Json;
use tidegate_core::node::{Key, Node};
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Template, TemplateError};

use super::equality::{covers, equal, scalar_text};
use super::format::Format;
use super::operand::{Operand, Pattern};
pub(crate) use read::{number, parse};

/// Every predicate a map may hold.
pub(crate) const PREDICATES: &[&str] = &[
    "equals",
    "not",
    "exists",
    "type",
    "gt",
    "gte",
    "lt",
    "lte",
    "starts-with",
    "ends-with",
    "contains",
    "matches",
    "length",
    "count",
    "is-empty",
    "one-of",
    "each",
    "is-date",
    "is-uuid",
    "is-ipv4",
    "is-ipv6",
];

/// One thing that must hold, with its place in the gate file.
#[derive(Debug, Clone)]
pub(crate) struct Predicate {
    /// Where it was written.
    pub(crate) span: Span,
    rule: Rule,
}

#[derive(Debug, Clone)]
enum Rule {
    Equals(Operand),
    Not(Vec<Predicate>),
    Exists(bool),
    Type(Type),
    Order(Order, Operand),
    StartsWith(Operand),
    EndsWith(Operand),
    Contains(Operand),
    Matches(Pattern),
    Length(Vec<Predicate>),
    Empty(bool),
    OneOf(Operand),
    Each(Vec<Predicate>),
    Format(Format, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// A value that predicates are held against.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'v> {
    value: Option<Cow<'v, Json>>,
    /// Whether there is at least one value; a list of nothing does not exist.
    exists: bool,
    /// Whether it came as text, so that `42` is held against `"42"`.
    text: bool,
}

/// A predicate that does not hold.
#[derive(Debug, Clone)]
pub(crate) struct Mismatch {
    /// Where the predicate was written.
    pub(crate) span: Span,
    /// Where below the subject it failed, as in `[3]`; empty for the subject itself.
    pub(crate) below: String,
    /// What was expected, as the gate file has it.
    pub(crate) expected: String,
    /// What was there instead; `None` when nothing was.
    pub(crate) actual: Option<Json>,
}

impl<'v> Subject<'v> {
    /// A value of a document, or its absence.
    pub(crate) fn of(value: Option<&'v Json>) -> Self {
        Self {
            exists: value.is_some(),
            value: value.map(Cow::Borrowed),
            text: false,
        }
    }

    /// The list of everything a path leads to.
    pub(crate) fn list(values: Vec<&Json>) -> Self {
        Self {
            exists: !values.is_empty(),
            value: Some(Cow::Owned(values.into_iter().cloned().collect())),
            text: false,
        }
    }

    /// A text that has no type, as a header has, or its absence.
    pub(crate) fn text(text: Option<impl Into<String>>) -> Self {
        let value = text.map(|text| Cow::Owned(Json::String(text.into())));
        Self {
            exists: value.is_some(),
            value,
            text: true,
        }
    }

    /// A value made for the purpose.
    pub(crate) fn made(value: Json) -> Self {
        Self {
            exists: true,
            value: Some(Cow::Owned(value)),
            text: false,
        }
    }
}

/// The place from the start of one span to the end of another, when both are in one file.
pub(crate) fn from_to(start: &Span, end: &Span) -> Span {
    let same = std::sync::Arc::ptr_eq(start.source(), end.source());
    if same && end.range().end > start.range().start {
        Span::new(start.source().clone(), start.range().start, end.range().end)
    } else {
        start.clone()
    }
}

/// Holds every predicate against a subject.
///
/// # Errors
/// The first reference without a value.
pub(crate) fn check(
    predicates: &[Predicate],
    subject: &Subject<'_>,
    lookup: &dyn Lookup,
) -> Result<Vec<Mismatch>, TemplateError> {
    let mut mismatches = Vec::new();
    for predicate in predicates {
        mismatches.extend(predicate.check(subject, lookup)?);
    }
    Ok(mismatches)
}

/// The templates of several predicates.
pub(crate) fn templates(predicates: &[Predicate]) -> Vec<Template> {
    predicates.iter().flat_map(Predicate::templates).collect()
}

impl Predicate {
    /// A comparison with a limit that is written otherwise than as a number, such as a length of
    /// time in milliseconds; `None` when the key is no comparison.
    pub(crate) fn limit(key: &Key, value: &Node, limit: &Node, written: String) -> Option<Self> {
        let order = match key.text.as_str() {
            "gt" => Order::Greater,
            "gte" => Order::GreaterOrEqual,
            "lt" => Order::Less,
            "lte" => Order::LessOrEqual,
            _ => return None,
        };
        let operand = Operand::from_node(limit).ok()?.named(written);
        Some(Self {
            span: from_to(&key.span, &value.span),
            rule: Rule::Order(order, operand),
        })
    }

    /// Whether it is an equality with one scalar, which no list can be.
    pub(crate) fn wants_scalar(&self) -> bool {
        let Rule::Equals(operand) = &self.rule else {
            return false;
        };
        let lone_reference = operand
            .templates()
            .iter()
            .any(|template| matches!(template.parts(), [tidegate_core::template::Part::Value(_)]));
        !lone_reference && !operand.written().starts_with('[')
    }

    /// The templates in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        match &self.rule {
            Rule::Equals(operand)
            | Rule::Order(_, operand)
            | Rule::StartsWith(operand)
            | Rule::EndsWith(operand)
            | Rule::Contains(operand)
            | Rule::OneOf(operand) => operand.templates(),
            Rule::Matches(pattern) => pattern.template().cloned().into_iter().collect(),
            Rule::Not(inner) | Rule::Length(inner) | Rule::Each(inner) => templates(inner),
            Rule::Exists(_) | Rule::Type(_) | Rule::Empty(_) | Rule::Format(..) => Vec::new(),
        }
    }

    fn check(
        &self,
        subject: &Subject<'_>,
        lookup: &dyn Lookup,
    ) -> Result<Vec<Mismatch>, TemplateError> {
        let value = match (&self.rule, subject.value.as_deref()) {
            (Rule::Exists(wanted), value) => {
                let found = subject.exists.then_some(value).flatten();
                return Ok(self.unless(subject.exists == *wanted, found));
            }
            (Rule::Not(inner), _) => return self.check_not(inner, subject, lookup),
            (_, None) => return Ok(self.unless(false, None)),
            (_, Some(value)) => value,
        };
        match &self.rule {
            Rule::Length(inner) => self.check_length(inner, value, lookup),
            Rule::Each(inner) => self.check_each(inner, value, lookup),
            _ => Ok(self.unless(self.holds(value, subject.text, lookup)?, Some(value))),
        }
    }

    fn holds(&self, value: &Json, text: bool, lookup: &dyn Lookup) -> Result<bool, TemplateError> {
        let on_text =
            |operand: &Operand, test: fn(&str, &str) -> bool| {
                let part = scalar_text(&operand.render(lookup)?);
                Ok(scalar_text(value)
                    .is_some_and(|whole| part.is_some_and(|part| test(&whole, &part))))
            };
        match &self.rule {
            Rule::Equals(operand) => Ok(same(value, &operand.render(lookup)?, text)),
            Rule::Order(order, operand) => Ok(order.holds(value, &operand.render(lookup)?, text)),
            Rule::StartsWith(operand) => on_text(operand, |whole, part| whole.starts_with(part)),
            Rule::EndsWith(operand) => on_text(operand, |whole, part| whole.ends_with(part)),
            Rule::Contains(operand) => Ok(contains(value, &operand.render(lookup)?)),
            Rule::Matches(pattern) => match scalar_text(value) {
                Some(value) => pattern.matches(&value, lookup),
                None => Ok(false),
            },
            Rule::OneOf(operand) => Ok(match operand.render(lookup)? {
                Json::Array(choices) => choices.iter().any(|choice| same(value, choice, text)),
                _ => false,
            }),
            Rule::Type(kind) => Ok(kind.fits(value)),
            Rule::Empty(wanted) => Ok(length(value) == Some(0) && *wanted
                || length(value).is_some_and(|length| length > 0) && !*wanted),
            Rule::Format(format, wanted) => {
                let fits = value.as_str().is_some_and(|text| format.fits(text));
                Ok(fits == *wanted)
            }
            Rule::Exists(_) | Rule::Not(_) | Rule::Length(_) | Rule::Each(_) => Ok(false),
        }
    }

    /// None of the inner ones may hold. With nothing there only `not: { exists: true }` holds: a
    /// value that is missing proves nothing about what it would be.
    fn check_not(
        &self,
        inner: &[Predicate],
        subject: &Subject<'_>,
        lookup: &dyn Lookup,
    ) -> Result<Vec<Mismatch>, TemplateError> {
        let mut mismatches = Vec::new();
        for predicate in inner {
            let about_existence = matches!(predicate.rule, Rule::Exists(_));
            let holds = predicate.check(subject, lookup)?.is_empty();
            if holds || (subject.value.is_none() && !about_existence) {
                mismatches.push(Mismatch {
                    span: self.span.clone(),
                    below: String::new(),
                    expected: format!("not {}", predicate.words()),
                    actual: subject.value.as_deref().cloned(),
                });
            }
        }
        Ok(mismatches)
    }

    fn check_length(
        &self,
        inner: &[Predicate],
        value: &Json,
        lookup: &dyn Lookup,
    ) -> Result<Vec<Mismatch>, TemplateError> {
        let Some(length) = length(value) else {
            return Ok(self.unless(false, Some(value)));
        };
        let mut mismatches = check(inner, &Subject::made(Json::from(length)), lookup)?;
        for mismatch in &mut mismatches {
            mismatch.span = self.span.clone();
            mismatch.expected = format!("length {}", mismatch.expected);
        }
        Ok(mismatches)
    }

    fn check_each(
        &self,
        inner: &[Predicate],
        value: &Json,
        lookup: &dyn Lookup,
    ) -> Result<Vec<Mismatch>, TemplateError> {
        let Some(elements) = value.as_array() else {
            return Ok(self.unless(false, Some(value)));
        };
        for (index, element) in elements.iter().enumerate() {
            let mut mismatches = check(inner, &Subject::of(Some(element)), lookup)?;
            if !mismatches.is_empty() {
                for mismatch in &mut mismatches {
                    mismatch.below = format!("[{index}]{}", mismatch.below);
                }
                return Ok(mismatches);
            }
        }
        Ok(Vec::new())
    }

    fn unless(&self, holds: bool, actual: Option<&Json>) -> Vec<Mismatch> {
        if holds {
            return Vec::new();
        }
        vec![Mismatch {
            span: self.span.clone(),
            below: String::new(),
            expected: self.words(),
            actual: actual.cloned(),
        }]
    }

    /// What is expected, for a report.
    fn words(&self) -> String {
        let listed = |inner: &[Predicate]| {
            let words: Vec<String> = inner.iter().map(Predicate::words).collect();
            words.join(" and ")
        };
        match &self.rule {
            Rule::Equals(operand) => operand.written().to_owned(),
            Rule::Not(inner) => format!("not {}", listed(inner)),
            Rule::Exists(true) => "something to be there".into(),
            Rule::Exists(false) => "nothing to be there".into(),
            Rule::Type(kind) => kind.words().into(),
            Rule::Order(order, operand) => format!("{} {}", order.words(), operand.written()),
            Rule::StartsWith(operand) => format!("a text that starts with {}", operand.written()),
            Rule::EndsWith(operand) => format!("a text that ends with {}", operand.written()),
            Rule::Contains(operand) => format!("something that contains {}", operand.written()),
            Rule::Matches(pattern) => format!("a text that matches /{}/", pattern.written()),
            Rule::Length(inner) => format!("length {}", listed(inner)),
            Rule::Empty(true) => "something empty".into(),
            Rule::Empty(false) => "something that is not empty".into(),
            Rule::OneOf(operand) => format!("one of {}", operand.written()),
            Rule::Each(inner) => format!("a list whose every element is {}", listed(inner)),
            Rule::Format(format, true) => format.words().into(),
            Rule::Format(format, false) => format!("anything but {}", format.words()),
        }
    }
}

/// Whether a value is what was expected; a text without a type is held against any scalar's text.
fn same(value: &Json, expected: &Json, text: bool) -> bool {
    if text {
        scalar_text(expected).is_some_and(|expected| value.as_str() == Some(&expected))
    } else {
        equal(value, expected)
    }
}

/// A text contains a text; a list contains an element, or every element of a list; a map contains
/// every entry of a map.
fn contains(value: &Json, part: &Json) -> bool {
    match (value, part) {
        (Json::String(whole), part) => {
            scalar_text(part).is_some_and(|part| whole.contains(part.as_str()))
        }
        (Json::Array(elements), Json::Array(parts)) => parts
            .iter()
            .all(|part| elements.iter().any(|element| covers(element, part))),
        (Json::Array(elements), part) => elements.iter().any(|element| covers(element, part)),
        (Json::Object(_), Json::Object(_)) => covers(value, part),
        _ => false,
    }
}

/// Characters of a text, elements of a list, entries of a map.
fn length(value: &Json) -> Option<usize> {
    match value {
        Json::String(text) => Some(text.chars().count()),
        Json::Array(elements) => Some(elements.len()),
        Json::Object(entries) => Some(entries.len()),
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

impl Order {
    /// Numbers by worth, a text without a type as the number it spells; two texts letter by letter,
    /// which suits ISO dates.
    fn holds(self, value: &Json, limit: &Json, text: bool) -> bool {
        let ordering = match (value, limit) {
            (Json::Number(value), Json::Number(limit)) => {
                value.as_f64().partial_cmp(&limit.as_f64())
            }
            _ if text => match (spelled(value), spelled(limit)) {
                (Some(value), Some(limit)) => value.partial_cmp(&limit),
                _ => None,
            },
            (Json::String(value), Json::String(limit)) => Some(value.cmp(limit)),
            _ => None,
        };
        ordering.is_some_and(|ordering| match self {
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Greater => "more than",
            Self::GreaterOrEqual => "at least",
            Self::Less => "less than",
            Self::LessOrEqual => "at most",
        }
    }
}

fn spelled(value: &Json) -> Option<f64> {
    scalar_text(value)?.trim().parse().ok()
}

impl Type {
    fn fits(self, value: &Json) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Null => value.is_null(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::Array => "a list",
            Self::Object => "a map",
            Self::Null => "null",
        }
    }
}
