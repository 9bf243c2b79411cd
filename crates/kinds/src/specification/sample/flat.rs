//! Schemas that hold at once, seen as one: references followed, `allOf` taken apart.

use serde_json::Value as Json;

use super::super::document::At;
use super::super::library::Place;

/// The most schemas that may hold for one value at once.
const PARTS_LIMIT: usize = 128;

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    Map,
    List,
    Null,
}

const ALL: [Kind; 7] = [
    Kind::Text,
    Kind::Integer,
    Kind::Number,
    Kind::Boolean,
    Kind::Map,
    Kind::List,
    Kind::Null,
];

/// Keywords that speak about one sort of value only, and so tell what is meant without a `type`.
const TELLING: &[(&str, Kind)] = &[
    ("properties", Kind::Map),
    ("required", Kind::Map),
    ("additionalProperties", Kind::Map),
    ("items", Kind::List),
    ("prefixItems", Kind::List),
    ("minItems", Kind::List),
    ("multipleOf", Kind::Number),
    ("minimum", Kind::Number),
    ("maximum", Kind::Number),
    ("exclusiveMinimum", Kind::Number),
    ("exclusiveMaximum", Kind::Number),
    ("minLength", Kind::Text),
    ("maxLength", Kind::Text),
    ("pattern", Kind::Text),
    ("format", Kind::Text),
];

/// Schemas that all hold for one value.
#[derive(Debug, Clone, Default)]
pub(super) struct Flat<'l> {
    parts: Vec<At<'l>>,
    /// The `oneOf`, `anyOf` and `if` of which a branch was chosen.
    chosen: Vec<Place>,
    /// No value fits, or what must hold cannot be read.
    impossible: bool,
}

impl<'l> Flat<'l> {
    /// One schema with everything that it pulls in.
    pub(super) fn of(schema: At<'l>) -> Self {
        Self::all([schema])
    }

    /// Several schemas that hold at once.
    pub(super) fn all(schemas: impl IntoIterator<Item = At<'l>>) -> Self {
        let mut flat = Self::default();
        for schema in schemas {
            flat.add(schema);
        }
        flat
    }

    fn add(&mut self, schema: At<'l>) {
        if schema.boolean() == Some(false) || self.parts.len() >= PARTS_LIMIT {
            self.impossible = true;
            return;
        }
        if !schema.is_map() || self.parts.contains(&schema) {
            return;
        }
        self.parts.push(schema);
        if let Some(reference) = schema.reference() {
            match schema.library().target(schema, reference) {
                Ok(target) => self.add(target),
                Err(_) => self.impossible = true,
            }
        }
        for part in schema.get("allOf").into_iter().flat_map(At::elements) {
            self.add(part);
        }
    }

    /// The same with one more schema, which is the branch chosen of a keyword.
    pub(super) fn choosing(&self, keyword: At<'l>, branch: Option<At<'l>>) -> Self {
        let mut flat = self.clone();
        flat.chosen.push(keyword.place());
        if let Some(branch) = branch {
            flat.add(branch);
        }
        flat
    }

    /// Whether no value can be made.
    pub(super) fn is_impossible(&self) -> bool {
        self.impossible
    }

    /// The schemas themselves.
    pub(super) fn parts(&self) -> &[At<'l>] {
        &self.parts
    }

    /// What each of the schemas has under a keyword.
    pub(super) fn each(&self, keyword: &'static str) -> impl Iterator<Item = At<'l>> + '_ {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// The numbers under a keyword.
    pub(super) fn numbers(&self, keyword: &'static str) -> impl Iterator<Item = f64> + '_ {
        self.each(keyword).filter_map(|at| at.number()?.as_f64())
    }

    /// The largest count under a keyword such as `minLength`.
    pub(super) fn at_least(&self, keyword: &'static str) -> usize {
        let counts = self.numbers(keyword).map(whole);
        counts.max().unwrap_or(0)
    }

    /// The smallest count under a keyword such as `maxLength`.
    pub(super) fn at_most(&self, keyword: &'static str) -> Option<usize> {
        self.numbers(keyword).map(whole).min()
    }

    /// The next keyword that leaves a choice, with its branches.
    pub(super) fn choice(&self) -> Option<(At<'l>, Vec<Option<At<'l>>>)> {
        for part in &self.parts {
            for keyword in ["oneOf", "anyOf"] {
                let Some(at) = part.get(keyword).filter(|at| self.is_open(*at)) else {
                    continue;
                };
                return Some((at, at.elements().map(Some).collect()));
            }
            let conditional = part.get("if").filter(|at| self.is_open(*at));
            if let Some(at) = conditional {
                return Some((at, vec![part.get("else"), part.get("then"), Some(at)]));
            }
        }
        None
    }

    fn is_open(&self, keyword: At<'l>) -> bool {
        !self.chosen.contains(&keyword.place())
    }

    /// What the value may be, what is meant first.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.declared().unwrap_or_else(|| self.meant());
        kinds.sort_by_key(|kind| *kind == Kind::Null);
        kinds
    }

    /// The types that all schemas with a `type` admit, in the order of the first one.
    fn declared(&self) -> Option<Vec<Kind>> {
        let mut declared = self.each("type").map(kinds_of);
        let first = declared.next()?;
        Some(declared.fold(first, |known, next| {
            let narrow = |kind: &Kind| {
                let both = next.contains(kind);
                let integer = *kind == Kind::Number && next.contains(&Kind::Integer);
                let number = *kind == Kind::Integer && next.contains(&Kind::Number);
                match (both || number, integer) {
                    (true, _) => Some(*kind),
                    (false, true) => Some(Kind::Integer),
                    (false, false) => None,
                }
            };
            known.iter().filter_map(narrow).collect()
        }))
    }

    fn meant(&self) -> Vec<Kind> {
        let told = |(keyword, kind): &(&'static str, Kind)| {
            let stands = self.parts.iter().any(|part| part.get(keyword).is_some());
            stands.then_some(*kind)
        };
        let mut kinds: Vec<Kind> = TELLING.iter().filter_map(told).collect();
        kinds.extend(ALL);
        let mut seen = Vec::new();
        kinds.retain(|kind| {
            let fresh = !seen.contains(kind);
            seen.push(*kind);
            fresh
        });
        kinds
    }

    /// Whether `null` is among what the value may be, as far as types say.
    pub(super) fn admits_null(&self) -> bool {
        let nullable = self.parts.iter().any(|part| part.flag("nullable"));
        nullable || self.kinds().contains(&Kind::Null)
    }

    /// Whether any of the schemas says `true` under a keyword.
    pub(super) fn flag(&self, keyword: &'static str) -> bool {
        self.parts.iter().any(|part| part.flag(keyword))
    }

    /// The names under `properties`, in the order they are written.
    pub(super) fn property_names(&self) -> Vec<&'l str> {
        let mut names = Vec::new();
        for (name, _) in self.each("properties").flat_map(At::entries) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What holds for the value of a property.
    pub(super) fn property(&self, name: &str) -> Self {
        let mut flat = Self::default();
        for part in &self.parts {
            let own = part.get("properties").and_then(|all| all.get(name));
            let by_pattern = part.get("patternProperties").into_iter();
            let by_pattern = by_pattern
                .flat_map(At::entries)
                .filter(|(pattern, _)| matches(pattern, name))
                .map(|(_, schema)| schema);
            let known: Vec<At<'l>> = own.into_iter().chain(by_pattern).collect();
            if known.is_empty() {
                let rest = part.get("additionalProperties");
                rest.into_iter().for_each(|schema| flat.add(schema));
            }
            known.into_iter().for_each(|schema| flat.add(schema));
        }
        flat
    }

    /// The names that must be there, in the order they are written.
    pub(super) fn required(&self) -> Vec<&'l str> {
        let mut names = Vec::new();
        let all = self.each("required").flat_map(At::elements);
        for name in all.filter_map(At::text) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What holds for an element of a list by its position.
    pub(super) fn element(&self, position: usize) -> Self {
        let mut flat = Self::default();
        for part in &self.parts {
            let tuple = part
                .get("prefixItems")
                .or_else(|| part.get("items").filter(|items| items.is_list()));
            let own = tuple.and_then(|tuple| tuple.elements().nth(position));
            let rest = part
                .get("items")
                .filter(|items| !items.is_list())
                .or_else(|| part.get("additionalItems"));
            own.or(rest).into_iter().for_each(|schema| flat.add(schema));
        }
        flat
    }

    /// Values that the document itself offers: `example`, `examples` and `default`.
    pub(super) fn offers(&self) -> Vec<Json> {
        let example = self.each("example");
        let examples = self.each("examples").flat_map(At::elements);
        let default = self.each("default");
        let all = example.chain(examples).chain(default);
        all.map(At::to_json).collect()
    }

    /// The only values there are, by `const` or `enum`.
    pub(super) fn listed(&self) -> Option<Vec<Json>> {
        let constant = self.each("const").next();
        if let Some(constant) = constant {
            return Some(vec![constant.to_json()]);
        }
        let list = self.each("enum").next()?;
        Some(list.elements().map(At::to_json).collect())
    }
}

fn kinds_of(types: At<'_>) -> Vec<Kind> {
    let one = types.text().into_iter();
    let many = types.elements().filter_map(At::text);
    one.chain(many).filter_map(kind_of).collect()
}

fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "string" => Kind::Text,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "object" => Kind::Map,
        "array" => Kind::List,
        "null" => Kind::Null,
        _ => return None,
    })
}

/// Whether a pattern of `patternProperties` matches a name; what cannot be read matches nothing.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let built = regex::RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build();
    built.is_ok_and(|regex| regex.is_match(name))
}

/// A count as it is meant; counts beyond four thousand million are all the same.
fn whole(number: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to u32 before"
    )]
    let count = number.ceil().clamp(0.0, f64::from(u32::MAX)) as usize;
    count
}
