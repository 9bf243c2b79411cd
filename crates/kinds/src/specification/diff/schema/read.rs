//! From the keywords of a schema as it is written to its one form.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::canon::Canon;
use super::number::{canonical, canonical_number};
use super::shape::{
    Bound, Condition, Discriminator, Field, Kind, Kinds, Limit, Listed, Lists, Maps, Node, Notes,
    Numbers, Shape, Texts, What,
};
use crate::specification::At;

/// The formats that are about numbers.
const NUMBER_FORMATS: &[&str] = &[
    "decimal", "double", "float", "int16", "int32", "int64", "int8", "integer", "uint16", "uint32",
    "uint64", "uint8",
];

impl<'l> Canon<'l> {
    /// What a schema demands.
    pub(super) fn read(&mut self, at: At<'l>) -> Shape<'l> {
        let place = Some(at.place());
        match at.boolean() {
            Some(true) => return Shape::everything(place),
            Some(false) => return Shape::nothing(place),
            None if !at.is_map() => return Shape::unknown(place),
            None => {}
        }
        let mut shape = Shape::everything(place);
        if let Some(reference) = at.reference() {
            match at.library().target(at, reference) {
                Ok(target) => {
                    let target = self.node(target);
                    let target = self.shape(target);
                    shape = self.intersect(shape, &target);
                }
                Err(_) => return Shape::unknown(place),
            }
            if !self.reading.siblings {
                return shape;
            }
        }
        let own = self.own(at);
        shape = self.intersect(own, &shape);
        for part in at.get("allOf").into_iter().flat_map(At::elements) {
            let part = self.node(part);
            let part = self.shape(part);
            shape = self.intersect(shape, &part);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(union) = at.get(key).and_then(|list| self.union(at, list, key)) {
                shape = self.intersect(shape, &union);
            }
        }
        self.unevaluated(at, &mut shape);
        shape.place = place;
        self.tidy(&mut shape);
        if self.reading.nullable && at.flag("nullable") {
            shape.allow_null();
        }
        shape
    }

    /// The keywords that stand for themselves.
    fn own(&mut self, at: At<'l>) -> Shape<'l> {
        let mut shape = Shape::everything(Some(at.place()));
        kinds(at, &mut shape);
        listed(at, &mut shape);
        numbers(at, &mut shape.number);
        texts(at, &mut shape.text);
        formats(at, &mut shape);
        shape.list = Rc::new(self.lists(at));
        shape.map = Rc::new(self.maps(at));
        shape.notes = notes(at);
        self.conditions(at, &mut shape);
        shape
    }

    fn lists(&mut self, at: At<'l>) -> Lists {
        let mut lists = Lists {
            minimum: limit(at, "minItems"),
            maximum: limit(at, "maxItems"),
            unique: at
                .get("uniqueItems")
                .filter(|_| at.flag("uniqueItems"))
                .map(At::place),
            ..Lists::default()
        };
        let items = at.get("items");
        let (first, rest) = match at.get("prefixItems").filter(|list| list.is_list()) {
            Some(first) => (Some(first), items),
            None if items.is_some_and(At::is_list) => (items, at.get("additionalItems")),
            None => (None, items),
        };
        let first = first.into_iter().flat_map(At::elements);
        lists.first = first.map(|schema| self.node(schema)).collect();
        if let Some(rest) = rest.filter(|rest| !rest.is_list()) {
            lists.rest = self.node(rest);
        }
        lists
    }

    fn maps(&mut self, at: At<'l>) -> Maps<'l> {
        let mut maps = Maps {
            minimum: limit(at, "minProperties"),
            maximum: limit(at, "maxProperties"),
            ..Maps::default()
        };
        for (name, schema) in at.get("properties").into_iter().flat_map(At::entries) {
            let (node, place) = (self.node(schema), schema.place());
            maps.fields.insert(name, Field { node, place });
        }
        for (pattern, schema) in at
            .get("patternProperties")
            .into_iter()
            .flat_map(At::entries)
        {
            let node = self.node(schema);
            maps.patterns.insert(pattern, node);
        }
        let fields: Vec<(&str, Node)> = maps
            .fields
            .iter()
            .map(|(name, one)| (*name, one.node))
            .collect();
        for (name, node) in fields {
            // A field that is listed and matches a pattern fulfils both.
            let matching = self.matching(&maps, name);
            let node = matching.map_or(node, |matching| self.both(node, matching));
            if let Some(field) = maps.fields.get_mut(name) {
                field.node = node;
            }
        }
        for name in at.get("required").into_iter().flat_map(At::elements) {
            if let Some(text) = name.text() {
                maps.required.insert(text, name.place());
            }
        }
        if let Some(rest) = at.get("additionalProperties") {
            maps.rest = self.node(rest);
            maps.rest_at = (maps.rest != Node::EVERYTHING).then(|| rest.place());
        }
        if let Some(names) = at.get("propertyNames") {
            maps.names = self.node(names);
        }
        maps
    }

    fn conditions(&mut self, at: At<'l>, shape: &mut Shape<'l>) {
        let mut add = |kinds: Kinds, what: What<'l>, at: At<'l>| {
            shape.conditions.push(Condition {
                kinds,
                what,
                place: at.place(),
            });
        };
        if let Some(not) = at.get("not") {
            add(Kinds::ALL, What::Not(self.node(not)), not);
        }
        if let Some(condition) = at.get("if") {
            let mut branch = |key| at.get(key).map_or(Node::EVERYTHING, |one| self.node(one));
            let (then, otherwise) = (branch("then"), branch("else"));
            if (then, otherwise) != (Node::EVERYTHING, Node::EVERYTHING) {
                let what = What::If(self.node(condition), then, otherwise);
                add(Kinds::ALL, what, condition);
            }
        }
        if let Some(contains) = at.get("contains") {
            let count = |key| limit(at, key).map(|limit| limit.value);
            let least = count("minContains").unwrap_or(1);
            let what = What::Contains(self.node(contains), least, count("maxContains"));
            add(Kind::List.into(), what, contains);
        }
        for key in ["dependentRequired", "dependentSchemas", "dependencies"] {
            for (name, needs) in at.get(key).into_iter().flat_map(At::entries) {
                let what = if needs.is_list() {
                    What::Needs(name, needs.elements().filter_map(At::text).collect())
                } else {
                    What::Depends(name, self.node(needs))
                };
                add(Kind::Map.into(), what, needs);
            }
        }
    }

    /// What holds for the fields and elements that no other keyword looked at.
    fn unevaluated(&mut self, at: At<'l>, shape: &mut Shape<'l>) {
        let keywords = [
            ("unevaluatedProperties", Kind::Map),
            ("unevaluatedItems", Kind::List),
        ];
        for (key, kind) in keywords {
            let Some(schema) = at.get(key) else { continue };
            let node = self.node(schema);
            if node == Node::EVERYTHING {
                continue;
            }
            let open = kind == Kind::Map && shape.map.rest == Node::EVERYTHING;
            if open && !shape.is_conditional(Kind::Map) && !is_opened(at) {
                let map = Rc::make_mut(&mut shape.map);
                (map.rest, map.rest_at) = (node, Some(schema.place()));
            } else {
                shape.conditions.push(Condition {
                    kinds: kind.into(),
                    what: What::Unevaluated(key, node),
                    place: schema.place(),
                });
            }
        }
    }
}

/// Whether `additionalProperties` is written somewhere, so that it evaluates every field.
fn is_opened(at: At<'_>) -> bool {
    let parts = at.get("allOf").into_iter().flat_map(At::elements);
    let is_plain = |part: At<'_>| part.reference().is_none() && part.get("allOf").is_none();
    at.get("additionalProperties").is_some()
        || at.reference().is_some()
        || parts
            .into_iter()
            .any(|part| !is_plain(part) || part.get("additionalProperties").is_some())
}

fn kinds(at: At<'_>, shape: &mut Shape<'_>) {
    let Some(keyword) = at.get("type") else {
        return;
    };
    let names = keyword.text().into_iter();
    let names: Vec<&str> = names
        .chain(keyword.elements().filter_map(At::text))
        .collect();
    let mut kinds = Kinds::NONE;
    let mut whole = false;
    for name in &names {
        let kind = match *name {
            "null" => Kind::Null,
            "boolean" => Kind::Boolean,
            "integer" | "number" => Kind::Number,
            "string" => Kind::Text,
            "array" => Kind::List,
            "object" => Kind::Map,
            // A name that nobody knows says nothing.
            _ => return,
        };
        whole |= *name == "integer";
        kinds = kinds.with(kind);
    }
    if names.is_empty() {
        return;
    }
    shape.kinds = kinds;
    shape.kinds_at = Some(keyword.place());
    shape.stated = true;
    shape.number.whole = whole && !names.contains(&"number");
}

fn listed(at: At<'_>, shape: &mut Shape<'_>) {
    let mut lists: Vec<(At<'_>, BTreeMap<String, Listed>)> = Vec::new();
    let listed = |value: At<'_>| {
        let json = value.to_json();
        let listed = Listed {
            value: Rc::new(json),
            place: value.place(),
        };
        (canonical(&listed.value), listed)
    };
    if let Some(keyword) = at.get("enum").filter(|keyword| keyword.is_list()) {
        lists.push((keyword, keyword.elements().map(listed).collect()));
    }
    if let Some(keyword) = at.get("const") {
        lists.push((keyword, BTreeMap::from([listed(keyword)])));
    }
    let Some((keyword, mut values)) = lists.pop() else {
        return;
    };
    for (_, others) in &lists {
        values.retain(|key, _| others.contains_key(key));
    }
    let kinds = values.values().map(|one| Kind::of(&one.value));
    let kinds = kinds.fold(Kinds::NONE, Kinds::with);
    shape.kinds = shape.kinds.and(kinds);
    shape.kinds_at.get_or_insert(keyword.place());
    shape.stated = true;
    shape.listed = Kinds::ALL.without(Kind::Null.into());
    values.retain(|_, one| !one.value.is_null());
    shape.values = values;
}

fn limit(at: At<'_>, key: &str) -> Option<Limit> {
    let keyword = at.get(key)?;
    let number = keyword.number()?;
    let value = super::number::whole(number)?;
    Some(Limit {
        value: u64::try_from(value).ok()?,
        place: Some(keyword.place()),
    })
}

fn numbers<'l>(at: At<'l>, numbers: &mut Numbers<'l>) {
    let bound = |limit: &str, exclusive: &str, upper: bool| {
        let exclusive = at.get(exclusive);
        let inclusive = at.get(limit).and_then(|keyword| {
            Some(Bound {
                value: keyword.number()?.clone(),
                exclusive: exclusive.and_then(At::boolean) == Some(true),
                place: keyword.place(),
            })
        });
        let exclusive = exclusive.and_then(|keyword| {
            Some(Bound {
                value: keyword.number()?.clone(),
                exclusive: true,
                place: keyword.place(),
            })
        });
        Bound::stricter(inclusive, exclusive, upper)
    };
    numbers.minimum = bound("minimum", "exclusiveMinimum", false);
    numbers.maximum = bound("maximum", "exclusiveMaximum", true);
    if let Some(keyword) = at.get("multipleOf") {
        if let Some(number) = keyword.number() {
            let key = canonical_number(number);
            numbers.multiples.insert(key, keyword.place());
        }
    }
}

fn texts<'l>(at: At<'l>, texts: &mut Texts<'l>) {
    texts.minimum = limit(at, "minLength");
    texts.maximum = limit(at, "maxLength");
    if let Some(keyword) = at.get("pattern") {
        if let Some(pattern) = keyword.text() {
            texts.patterns.insert(pattern, keyword.place());
        }
    }
}

fn formats<'l>(at: At<'l>, shape: &mut Shape<'l>) {
    let Some(keyword) = at.get("format") else {
        return;
    };
    let Some(format) = keyword.text() else {
        return;
    };
    let is_number = NUMBER_FORMATS.contains(&format) && !is_text_only(at);
    let formats = if is_number {
        &mut shape.number.formats
    } else {
        &mut shape.text.formats
    };
    formats.insert(format, keyword.place());
}

/// Whether the type says that a format such as `decimal` is about a text.
fn is_text_only(at: At<'_>) -> bool {
    at.text_of("type") == Some("string")
}

fn notes<'l>(at: At<'l>) -> Notes<'l> {
    let set = |key: &str| at.get(key).filter(|_| at.flag(key)).map(At::place);
    let default = at.get("default");
    Notes {
        default: default.map(|one| (Rc::<Json>::new(one.to_json()), one.place())),
        deprecated: set("deprecated"),
        read_only: set("readOnly"),
        write_only: set("writeOnly"),
        discriminator: discriminator(at),
    }
}

fn discriminator(at: At<'_>) -> Option<Discriminator<'_>> {
    let keyword = at.get("discriminator")?;
    let field = keyword.text_of("propertyName")?;
    let mapping = keyword.get("mapping").into_iter().flat_map(At::entries);
    let mut keys: BTreeMap<&str, _> = mapping.map(|(key, to)| (key, to.place())).collect();
    for branch in ["oneOf", "anyOf"]
        .into_iter()
        .filter_map(|key| at.get(key))
        .flat_map(At::elements)
    {
        let chosen = super::union::keys(at, branch);
        keys.extend(chosen.into_iter().map(|key| (key, branch.place())));
    }
    Some(Discriminator {
        field,
        keys,
        place: keyword.place(),
    })
}
