//! Which fields a schema documents, put together once and then only looked up.

use std::collections::{HashMap, VecDeque};

use regex::Regex;
use serde_json::Value as Json;

use super::members::Members;
use super::trail::{Trail, any, step, unknown};
use super::{At, Dialect, LIMIT, Library, Place, Undocumented};
use crate::naming::is_name;
use crate::specification::document::unescape;

/// The most objects and lists that are looked at in the schemas reached from one.
const SHAPE_LIMIT: usize = 20_000;

/// The largest regular expression of a property's name, compiled, in bytes.
const PATTERN_LIMIT: usize = 1 << 20;

/// What is documented about a value and its parts.
#[derive(Debug)]
pub(super) struct Shapes {
    /// What is known about the value itself.
    root: Below,
    shapes: Vec<Shape>,
}

/// What is documented about a part; `None` when nothing in it can be undocumented.
type Below = Option<usize>;

#[derive(Debug, Default)]
struct Shape {
    fields: HashMap<Box<str>, Below>,
    patterns: Vec<(Regex, Below)>,
    /// What is known about fields with other names.
    others: Others,
    first: Vec<Below>,
    rest: Below,
}

#[derive(Debug, Default)]
enum Others {
    /// They are not documented; the schema that names the others.
    Undocumented(Place),
    /// They may be there.
    Documented(Below),
    /// Nothing is said about fields at all.
    #[default]
    Free,
}

impl Shapes {
    /// What a schema, with all that is held against the same value, documents.
    pub(super) fn of(at: At<'_>, dialect: Dialect) -> Self {
        let mut builder = Builder {
            dialect,
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
        };
        let root = builder.below([at]);
        let mut shapes = Vec::new();
        while let Some(members) = builder.waiting.pop_front() {
            shapes.push(builder.shape(&members));
        }
        Self { root, shapes }
    }

    /// The fields of a value that are not documented.
    pub(super) fn undocumented(&self, value: &Json, library: &Library) -> Vec<Undocumented> {
        let mut found = Vec::new();
        let mut walk = Walk {
            shapes: &self.shapes,
            library,
            found: &mut found,
        };
        walk.value(self.root, value, &Trail::Root);
        found
    }

    /// The JSONPath of what a JSON Pointer leads to in a value, without the keys that are data: those of
    /// maps, and those that no schema names and that do not look like the name of a field.
    pub(super) fn path_of(&self, value: &Json, pointer: &str) -> String {
        let mut path = "$".to_owned();
        let (mut at, mut below) = (Some(value), self.root);
        for one in pointer.split('/').skip(1) {
            let name = unescape(one);
            let shape = below.and_then(|number| self.shapes.get(number));
            if at.is_some_and(Json::is_array) {
                path.push_str(&format!("[{name}]"));
                let index: Option<usize> = name.parse().ok();
                at = at.zip(index).and_then(|(at, index)| at.get(index));
                below = shape.and_then(|shape| shape.element(index.unwrap_or(usize::MAX)));
            } else {
                let known = shape.map_or(Named::Nowhere, |shape| shape.named(&name));
                (path, below) = match known {
                    Named::Field(below) => (step(path, &name), below),
                    Named::Data(below) => (any(path), below),
                    Named::Nowhere => (unknown(path, &name), None),
                };
                at = at.and_then(|at| at.get(&name));
            }
        }
        path
    }
}

/// What is known about a name.
enum Named {
    /// It is one of a field.
    Field(Below),
    /// It is one of many that are not written down.
    Data(Below),
    /// No schema knows it.
    Nowhere,
}

impl Shape {
    fn named(&self, name: &str) -> Named {
        if let Some(below) = self.fields.get(name) {
            return Named::Field(*below);
        }
        if let Some((_, below)) = self.patterns.iter().find(|(one, _)| one.is_match(name)) {
            return Named::Data(*below);
        }
        match self.others {
            Others::Documented(below) => Named::Data(below),
            Others::Undocumented(_) | Others::Free => Named::Nowhere,
        }
    }

    fn element(&self, index: usize) -> Below {
        self.first.get(index).copied().unwrap_or(self.rest)
    }
}

struct Walk<'s> {
    shapes: &'s [Shape],
    library: &'s Library,
    found: &'s mut Vec<Undocumented>,
}

impl Walk<'_> {
    fn value(&mut self, below: Below, value: &Json, trail: &Trail<'_>) {
        let Some(shape) = below.and_then(|number| self.shapes.get(number)) else {
            return;
        };
        match value {
            Json::Object(entries) => {
                for (name, value) in entries {
                    self.field(shape, name, value, trail);
                }
            }
            Json::Array(elements) => {
                for (index, value) in elements.iter().enumerate() {
                    self.value(shape.element(index), value, &Trail::Index(trail, index));
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, shape: &Shape, name: &str, value: &Json, trail: &Trail<'_>) {
        match shape.named(name) {
            Named::Field(below) => self.value(below, value, &Trail::Name(trail, name)),
            Named::Data(below) => self.value(below, value, &Trail::Any(trail)),
            Named::Nowhere => {
                if let Others::Undocumented(place) = shape.others
                    && self.found.len() < LIMIT
                {
                    self.tell(place, name, trail);
                }
            }
        }
    }

    fn tell(&mut self, place: Place, name: &str, trail: &Trail<'_>) {
        let path = unknown(trail.path(), name);
        if is_name(name) || self.found.iter().all(|known| known.path != path) {
            let location = self.library.at(place).location();
            self.found.push(Undocumented { path, location });
        }
    }
}

struct Builder<'l> {
    dialect: Dialect,
    numbers: HashMap<Vec<Place>, usize>,
    waiting: VecDeque<Members<'l>>,
}

impl<'l> Builder<'l> {
    /// The number of what is known about a value that all of these are held against.
    fn below(&mut self, roots: impl IntoIterator<Item = At<'l>>) -> Below {
        let members = Members::of(roots, self.dialect);
        if !members.schemas.iter().any(|at| says_something(*at)) {
            return None;
        }
        let places: Vec<Place> = members.schemas.iter().map(|at| at.place()).collect();
        if let Some(&known) = self.numbers.get(&places) {
            return Some(known);
        }
        let next = self.numbers.len();
        if next >= SHAPE_LIMIT {
            return None;
        }
        self.numbers.insert(places, next);
        self.waiting.push_back(members);
        Some(next)
    }

    fn shape(&mut self, members: &Members<'l>) -> Shape {
        let mut shape = Shape::default();
        let mut fields: HashMap<&str, Vec<At<'l>>> = HashMap::new();
        for (name, schema) in under(members, &["properties"]).flat_map(At::entries) {
            fields.entry(name).or_default().push(schema);
        }
        let named = !fields.is_empty();
        // What must be there is known, also where nothing is said about it.
        for name in under(members, &["required"]).flat_map(At::elements) {
            if let Some(name) = name.text() {
                fields.entry(name).or_default();
            }
        }
        for (name, schemas) in fields {
            shape.fields.insert(name.into(), self.below(schemas));
        }
        let mut unreadable = false;
        for (pattern, schema) in under(members, &["patternProperties"]).flat_map(At::entries) {
            let built = regex::RegexBuilder::new(pattern)
                .size_limit(PATTERN_LIMIT)
                .build();
            match built {
                Ok(pattern) => shape.patterns.push((pattern, self.below([schema]))),
                Err(_) => unreadable = true,
            }
        }
        let others = ["additionalProperties", "unevaluatedProperties"];
        let others = under(members, &others).filter(|at| at.boolean() != Some(false));
        let others: Vec<At<'l>> = others.collect();
        shape.others = if !others.is_empty() {
            Others::Documented(self.below(others))
        } else if members.loose || unreadable || !named {
            Others::Free
        } else {
            names(members).map_or(Others::Free, Others::Undocumented)
        };
        self.elements(members, &mut shape);
        shape
    }

    fn elements(&mut self, members: &Members<'l>, shape: &mut Shape) {
        let lists = under(members, &["prefixItems", "items"]).filter(|at| at.is_list());
        let rest = ["items", "additionalItems", "contains", "unevaluatedItems"];
        let rest: Vec<At<'l>> = under(members, &rest).filter(|at| at.is_map()).collect();
        let lists: Vec<Vec<At<'l>>> = lists.map(|list| list.elements().collect()).collect();
        let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
        shape.first = (0..longest.min(SHAPE_LIMIT))
            .map(|index| {
                let here = lists.iter().filter_map(|list| list.get(index)).copied();
                self.below(here.collect::<Vec<_>>())
            })
            .collect();
        shape.rest = self.below(rest);
    }
}

/// What stands under any of the keys of any of the schemas.
fn under<'m, 'l>(
    members: &'m Members<'l>,
    keys: &'m [&'m str],
) -> impl Iterator<Item = At<'l>> + 'm {
    let schemas = members.schemas.iter();
    schemas.flat_map(move |at| keys.iter().filter_map(move |key| at.get(key)))
}

/// Where the first schema stands that names properties.
fn names(members: &Members<'_>) -> Option<Place> {
    let mut properties = under(members, &["properties"]).filter(|at| at.entries().len() > 0);
    properties.next()?.parent().map(At::place)
}

fn says_something(at: At<'_>) -> bool {
    const KEYS: [&str; 8] = [
        "properties",
        "patternProperties",
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "prefixItems",
        "contains",
        "unevaluatedItems",
    ];
    KEYS.iter().any(|key| at.get(key).is_some())
}
