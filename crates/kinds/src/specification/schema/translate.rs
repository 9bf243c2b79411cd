//! A schema with all that it reaches, written as one that stands by itself.
//!
//! Every schema that a reference leads to becomes a definition under `$defs`, and inside of one the
//! keywords stay where they were: so an error of the engine leads back to the document.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value as Json, json};

use super::chain::{self, Edge};
use super::dialect::Holds;
use super::fault::{Reason, SchemaFault};
use super::format::NUMBER_FORMAT;
use super::hidden::{hidden, hidden_names};
use super::write::{also, exclusive, format, list_of_names, nullable, says_null_itself, types};
use super::{At, Dialect, Direction, Library, Place};
use crate::specification::document::unescape;

/// The most schemas that one reaches.
const SCHEMA_LIMIT: usize = 100_000;

/// A schema that stands by itself.
#[derive(Debug)]
pub(super) struct Translated {
    /// What the engine reads.
    pub(super) schema: Json,
    /// Where the parts of it come from.
    pub(super) origins: Origins,
    /// The most schemas inside each other that one value can meet.
    pub(super) chain: usize,
    /// What makes no sense in it.
    pub(super) faults: Vec<SchemaFault>,
}

/// Where the definitions of a translated schema come from.
#[derive(Debug)]
pub(super) struct Origins(Vec<(Place, Part)>);

/// Which part of a schema a definition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// What holds when the value is not null.
    NotNull,
    /// Which alternative the discriminator names.
    Choice,
    /// The alternatives alone.
    Alternatives,
}

impl Origins {
    /// What a pointer into the translated schema leads to in the document.
    pub(super) fn find<'l>(&self, library: &'l Library, pointer: &str) -> Option<At<'l>> {
        let (number, rest) = definition(pointer)?;
        let (place, part) = self.0.get(number)?;
        let mut at = library.at(*place);
        if *part == Part::Choice {
            return at.get("discriminator");
        }
        for step in rest.split('/').skip(1) {
            let step = unescape(step);
            let step = if step == NUMBER_FORMAT {
                "format"
            } else {
                &step
            };
            let next = if at.is_list() {
                step.parse().ok().and_then(|index| at.elements().nth(index))
            } else {
                at.get(step)
            };
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        Some(at)
    }
}

/// The number of the definition that a pointer leads into, and the rest of it.
fn definition(pointer: &str) -> Option<(usize, &str)> {
    let rest = pointer.strip_prefix("/$defs/").unwrap_or("0");
    let end = rest.find('/').unwrap_or(rest.len());
    Some((rest[..end].parse().ok()?, &rest[end..]))
}

/// Translates a schema; what is `refused` is left out.
pub(super) fn translate(
    at: At<'_>,
    dialect: Dialect,
    direction: Direction,
    refused: &HashSet<Place>,
) -> Result<Translated, SchemaFault> {
    let mut translator = Translator {
        dialect,
        direction,
        refused,
        definitions: Vec::new(),
        numbers: HashMap::new(),
        hidden: vec![BTreeSet::new()],
        edges: Vec::new(),
        made: 0,
        depth: 0,
        in_place: true,
        schemas: 0,
        faults: Vec::new(),
    };
    let names = translator.names(at);
    let root = translator.refer(at, Part::Whole, names);
    let mut definitions = Map::new();
    translator.edges.clear();
    while let Some(&definition) = translator.definitions.get(definitions.len()) {
        translator.made = definitions.len();
        let made = translator.define(definition);
        definitions.insert(definitions.len().to_string(), made);
        if translator.schemas > SCHEMA_LIMIT {
            return Err(SchemaFault::at(at, Reason::Large(SCHEMA_LIMIT)));
        }
    }
    let places = translator.definitions.iter();
    Ok(Translated {
        origins: Origins(places.map(|one| (one.at.place(), one.part)).collect()),
        schema: json!({ "$ref": root, "$defs": definitions }),
        chain: chain::longest(translator.definitions.len(), &translator.edges),
        faults: translator.faults,
    })
}

#[derive(Clone, Copy)]
struct Definition<'l> {
    at: At<'l>,
    part: Part,
    /// The set of names that need not be there.
    names: usize,
}

/// Puts the definitions together.
pub(super) struct Translator<'l, 'r> {
    pub(super) dialect: Dialect,
    direction: Direction,
    refused: &'r HashSet<Place>,
    definitions: Vec<Definition<'l>>,
    numbers: HashMap<(Place, Part, usize), usize>,
    hidden: Vec<BTreeSet<&'l str>>,
    edges: Vec<Edge>,
    /// The definition that is being made, and where in it.
    made: usize,
    depth: usize,
    in_place: bool,
    schemas: usize,
    faults: Vec<SchemaFault>,
}

impl<'l> Translator<'l, '_> {
    /// The reference to a definition of a part of a schema, which is made when there is none yet.
    pub(super) fn refer(&mut self, at: At<'l>, part: Part, names: usize) -> String {
        let next = self.definitions.len();
        let number = *self
            .numbers
            .entry((at.place(), part, names))
            .or_insert(next);
        if number == next {
            self.definitions.push(Definition { at, part, names });
        }
        self.edges.push(Edge {
            from: self.made,
            to: number,
            depth: self.depth,
            in_place: self.in_place,
        });
        format!("#/$defs/{number}")
    }

    fn define(&mut self, definition: Definition<'l>) -> Json {
        let Definition { at, part, names } = definition;
        match part {
            Part::Whole => self.schema(at, names),
            Part::NotNull => Json::Object(self.keywords(at, names, true)),
            Part::Choice => self.choice(at, names),
            Part::Alternatives => {
                let mut only = Map::new();
                for key in ["oneOf", "anyOf"] {
                    if let Some(value) = at.get(key) {
                        self.keyword(at, (key, value), names, &mut only);
                    }
                }
                Json::Object(only)
            }
        }
    }

    /// The number of the set of names that the other side need not send or show.
    fn names(&mut self, at: At<'l>) -> usize {
        let names = hidden_names(at, self.dialect, self.direction);
        let known = self.hidden.iter().position(|known| *known == names);
        known.unwrap_or_else(|| {
            self.hidden.push(names);
            self.hidden.len() - 1
        })
    }

    /// A schema that is held against another value than the one it stands in.
    fn child(&mut self, at: At<'l>) -> Json {
        let names = self.names(at);
        let outside = (self.depth, self.in_place);
        (self.depth, self.in_place) = (0, false);
        let made = self.schema(at, names);
        (self.depth, self.in_place) = outside;
        made
    }

    /// A schema that is held against the value whose `names` need not be there.
    fn schema(&mut self, at: At<'l>, names: usize) -> Json {
        self.schemas += 1;
        self.depth += 1;
        let made = self.schema_inside(at, names);
        self.depth -= 1;
        made
    }

    fn schema_inside(&mut self, at: At<'l>, names: usize) -> Json {
        if let Some(all) = at.boolean() {
            return Json::Bool(all);
        }
        if !at.is_map() {
            self.fault(at, Reason::NoSchema(at.describe()));
            return Json::Bool(true);
        }
        if self.dialect == Dialect::OpenApi30
            && at.flag("nullable")
            && at.reference().is_none()
            && !says_null_itself(at)
        {
            let rest = self.refer(at, Part::NotNull, names);
            return json!({ "if": { "not": { "type": "null" } }, "then": { "$ref": rest } });
        }
        Json::Object(self.keywords(at, names, false))
    }

    fn keywords(&mut self, at: At<'l>, names: usize, not_null: bool) -> Map<String, Json> {
        let mut made = Map::new();
        let reference = at.get("$ref").filter(|_| at.reference().is_some());
        if let Some(reference) = reference.filter(|_| self.dialect.references_stand_alone()) {
            self.keyword(at, ("$ref", reference), names, &mut made);
            return made;
        }
        for (key, value) in at.entries() {
            self.keyword(at, (key, value), names, &mut made);
        }
        if self.dialect == Dialect::OpenApi30 {
            exclusive(&mut made, "minimum", "exclusiveMinimum");
            exclusive(&mut made, "maximum", "exclusiveMaximum");
            if at.flag("nullable") && !not_null {
                nullable(&mut made);
            }
        }
        if self.chooses(at) {
            made.remove("oneOf");
            made.remove("anyOf");
            let choice = self.refer(at, Part::Choice, names);
            also(&mut made, json!({ "$ref": choice }));
        }
        made
    }

    fn keyword(
        &mut self,
        at: At<'l>,
        (key, value): (&str, At<'l>),
        names: usize,
        made: &mut Map<String, Json>,
    ) {
        let Some(holds) = self.dialect.keyword(key) else {
            return;
        };
        if self.refused.contains(&value.place()) {
            return;
        }
        match holds {
            Holds::Reference => self.reference(at, (key, value), names, made),
            Holds::Format => format(value, made),
            _ => match self.value(holds, value, names) {
                Some(value) => drop(made.insert(key.to_owned(), value)),
                None => self.fault(
                    value,
                    Reason::Keyword {
                        keyword: key.to_owned(),
                        expected: holds.describe(),
                        actual: value.describe(),
                    },
                ),
            },
        }
    }

    /// What a keyword holds in the translated schema; `None` when it cannot hold that.
    fn value(&mut self, holds: Holds, value: At<'l>, names: usize) -> Option<Json> {
        let number = |fits: fn(f64) -> bool| {
            let number = value.number().and_then(serde_json::Number::as_f64);
            number.is_some_and(fits).then(|| value.to_json())
        };
        match holds {
            Holds::Schema => Some(self.applied(value, names)),
            Holds::SchemaOrList if !value.is_list() => Some(self.child(value)),
            Holds::SchemaOrList | Holds::Schemas => self.list(value, names),
            Holds::SchemaMap | Holds::Properties | Holds::Dependencies | Holds::NameMap => {
                self.map(holds, value, names)
            }
            Holds::Required => {
                let hidden = &self.hidden[names];
                list_of_names(value, |name| !hidden.contains(name))
            }
            Holds::Count => number(|number| number >= 0.0 && number.fract() == 0.0),
            Holds::Number => number(|_| true),
            Holds::Step => number(|number| number > 0.0),
            Holds::Bound => value.boolean().map(Json::Bool).or(number(|_| true)),
            Holds::Flag => value.boolean().map(Json::Bool),
            Holds::Pattern => value.text().map(Json::from),
            Holds::Type => types(value),
            Holds::Values => value.is_list().then(|| value.to_json()),
            Holds::Value => Some(value.to_json()),
            Holds::Reference | Holds::Format => None,
        }
    }

    /// A schema under a keyword that holds one, in place or for the parts of the value.
    fn applied(&mut self, value: At<'l>, names: usize) -> Json {
        match value.key() {
            Some("not" | "if" | "then" | "else") => self.schema(value, names),
            _ => self.child(value),
        }
    }

    fn list(&mut self, value: At<'l>, names: usize) -> Option<Json> {
        let in_place = matches!(value.key(), Some("allOf" | "anyOf" | "oneOf"));
        let made: Vec<Json> = value
            .elements()
            .map(|one| {
                if in_place {
                    self.schema(one, names)
                } else {
                    self.child(one)
                }
            })
            .collect();
        (value.is_list() && !made.is_empty()).then_some(Json::Array(made))
    }

    fn map(&mut self, holds: Holds, value: At<'l>, names: usize) -> Option<Json> {
        if !value.is_map() {
            return None;
        }
        let mut made = Map::new();
        for (name, one) in value.entries() {
            if self.refused.contains(&one.place()) {
                continue;
            }
            let one = match holds {
                Holds::Properties if hidden(one, self.direction, self.dialect).is_some() => {
                    Json::Bool(false)
                }
                Holds::NameMap => list_of_names(one, |_| true)?,
                Holds::Dependencies if one.is_list() => list_of_names(one, |_| true)?,
                Holds::Dependencies => self.schema(one, names),
                Holds::SchemaMap if value.key() == Some("dependentSchemas") => {
                    self.schema(one, names)
                }
                _ => self.child(one),
            };
            made.insert(name.to_owned(), one);
        }
        Some(Json::Object(made))
    }

    fn reference(
        &mut self,
        at: At<'l>,
        (key, value): (&str, At<'l>),
        names: usize,
        made: &mut Map<String, Json>,
    ) {
        let Some(text) = value.text() else {
            return;
        };
        if key == "$dynamicRef" && at.library().depends_on_the_way(at, text) {
            return;
        }
        let circle = if key == "$ref" {
            at.follow().err()
        } else {
            None
        };
        let target = circle.map_or_else(|| at.library().target(at, text), Err);
        match target {
            Ok(target) => {
                let definition = self.refer(target, Part::Whole, names);
                if made.contains_key("$ref") {
                    also(made, json!({ "$ref": definition }));
                } else {
                    made.insert("$ref".to_owned(), Json::String(definition));
                }
            }
            Err(fault) => self.fault(value, fault),
        }
    }

    fn fault(&mut self, at: At<'l>, reason: impl Into<Reason>) {
        let fault = SchemaFault::at(at, reason);
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}
