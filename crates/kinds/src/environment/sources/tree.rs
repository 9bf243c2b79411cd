//! YAML, TOML and JSON as one tree whose parts know their line.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_saphyr::{Options, Spanned};
use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::super::text::{SourceError, position};

/// How deep lists and maps may be nested.
const DEPTH_LIMIT: usize = 32;
/// How many values aliases may add to those that are written out.
const ALIAS_LIMIT: usize = 10_000;

/// A value with the line it stands on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree {
    /// What it is.
    pub(super) value: Value,
    /// The 1-based line.
    pub(super) line: usize,
}

/// What a [`Tree`] holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing.
    Null,
    /// Text, a number, or true or false, as text.
    Scalar(String),
    /// A list.
    List(Vec<Tree>),
    /// A map in the order it is written, with the line of each key where the format tells it.
    Map(Vec<(String, usize, Tree)>),
}

impl Tree {
    /// The entries of a map, none for anything else.
    pub(super) fn entries(&self) -> &[(String, usize, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list, none for anything else.
    pub(super) fn elements(&self) -> &[Self] {
        match &self.value {
            Value::List(elements) => elements,
            _ => &[],
        }
    }

    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let mut entries = self.entries().iter();
        entries
            .find(|(name, ..)| name == key)
            .map(|(_, _, value)| value)
    }

    /// The value at the end of a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads every document of a YAML text.
///
/// # Errors
/// The first place that is no YAML.
pub(super) fn yaml(file: &str, text: &str) -> Result<Vec<Tree>, SourceError> {
    let options: Options = serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: ALIAS_LIMIT },
        budget: serde_saphyr::budget! { max_depth: DEPTH_LIMIT },
    };
    let documents: Vec<Written> = serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| malformed(file, "YAML", place_of(&error)))?;
    Ok(documents.into_iter().map(|document| document.0).collect())
}

fn place_of(error: &serde_saphyr::Error) -> (usize, usize) {
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    error.location().map_or((1, 1), |location| {
        (number(location.line()), number(location.column()))
    })
}

fn malformed(file: &str, format: &str, place: (usize, usize)) -> SourceError {
    SourceError::new(
        file,
        place,
        format!("this is no proper {format}"),
        "Mend the file here; the program that uses it would refuse it, too.",
    )
}

/// Reads a TOML text.
///
/// # Errors
/// The first place that is no TOML.
pub(super) fn toml(file: &str, text: &str) -> Result<Tree, SourceError> {
    let table = DeTable::parse(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        malformed(file, "TOML", position(text, offset))
    })?;
    let line = |offset: usize| position(text, offset).0;
    Ok(of_table(table.get_ref(), 1, &line, 0))
}

fn of_table(table: &DeTable<'_>, at: usize, line: &dyn Fn(usize) -> usize, depth: usize) -> Tree {
    let entries = table.iter().map(|(key, value)| {
        let name = key.get_ref().to_string();
        (name, line(key.span().start), of_toml(value, line, depth))
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(_, line, _)| *line);
    Tree {
        value: Value::Map(entries),
        line: at,
    }
}

fn of_toml(value: &TomlSpanned<DeValue<'_>>, line: &dyn Fn(usize) -> usize, depth: usize) -> Tree {
    let at = line(value.span().start);
    let scalar = |text: String| Tree {
        value: Value::Scalar(text),
        line: at,
    };
    match value.get_ref() {
        _ if depth > DEPTH_LIMIT => Tree {
            value: Value::Null,
            line: at,
        },
        DeValue::String(text) => scalar(text.to_string()),
        DeValue::Integer(number) => scalar(number.to_string()),
        DeValue::Float(number) => scalar(number.to_string()),
        DeValue::Boolean(flag) => scalar(flag.to_string()),
        DeValue::Datetime(time) => scalar(time.to_string()),
        DeValue::Array(elements) => Tree {
            value: Value::List(
                elements
                    .iter()
                    .map(|element| of_toml(element, line, depth + 1))
                    .collect(),
            ),
            line: at,
        },
        DeValue::Table(table) => of_table(table, at, line, depth + 1),
    }
}

/// Reads a JSON text; lines are those where a key or a text is found in the order of the text.
///
/// # Errors
/// The first place that is no JSON.
pub(super) fn json(file: &str, text: &str) -> Result<Tree, SourceError> {
    let json: Json = serde_json::from_str(text)
        .map_err(|error| malformed(file, "JSON", (error.line().max(1), error.column().max(1))))?;
    let mut places = Places {
        text,
        at: 0,
        line: 1,
    };
    Ok(places.tree(&json))
}

/// Finds each key and text where it stands, in the order of the text.
struct Places<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Places<'_> {
    fn find(&mut self, text: &str) -> usize {
        let written = Json::from(text).to_string();
        let rest = self.text.get(self.at..).unwrap_or("");
        if let Some(found) = rest.find(&written) {
            let passed = rest.get(..found).unwrap_or("");
            self.line += passed.matches('\n').count();
            self.at += found + written.len();
        }
        self.line
    }

    fn tree(&mut self, json: &Json) -> Tree {
        let line = self.line;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Scalar(flag.to_string()),
            Json::Number(number) => Value::Scalar(number.to_string()),
            Json::String(text) => {
                let line = self.find(text);
                return Tree {
                    value: Value::Scalar(text.clone()),
                    line,
                };
            }
            Json::Array(elements) => {
                Value::List(elements.iter().map(|element| self.tree(element)).collect())
            }
            Json::Object(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| {
                        let line = self.find(key);
                        (key.clone(), line, self.tree(value))
                    })
                    .collect(),
            ),
        };
        Tree { value, line }
    }
}

/// What serde-saphyr reads: any value, each with its place.
struct Written(Tree);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Inner>::deserialize(deserializer)?;
        let line = usize::try_from(spanned.defined.line()).unwrap_or(1).max(1);
        Ok(Self(Tree {
            value: spanned.value.0,
            line,
        }))
    }
}

struct Inner(Value);

impl<'de> Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InnerVisitor).map(Self)
    }
}

struct InnerVisitor;

macro_rules! scalars {
    ($($visit:ident: $type:ty),*) => {
        $(fn $visit<E: Error>(self, value: $type) -> Result<Value, E> {
            Ok(Value::Scalar(value.to_string()))
        })*
    };
}

impl<'de> Visitor<'de> for InnerVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    scalars! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128,
        visit_f64: f64, visit_str: &str
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(Written(element)) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, Written(value))) = map.next_entry::<Spanned<String>, Written>()? {
            let line = usize::try_from(key.defined.line()).unwrap_or(1).max(1);
            entries.push((key.value, line, value));
        }
        Ok(Value::Map(entries))
    }
}
