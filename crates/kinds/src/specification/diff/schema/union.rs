//! Unions, taken apart by the kind of the value: where a kind has one branch there is no choice.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::canon::Canon;
use super::merge::add_condition;
use super::shape::{Branch, Condition, Kind, Kinds, Listed, Node, Shape, Union, What};
use crate::specification::At;

/// The most branches that are held against each other to see whether they exclude each other.
const PAIRS_LIMIT: usize = 64;

/// A union as it is taken apart.
struct Parting<'l> {
    exactly_one: bool,
    branches: Vec<Branch<'l>>,
    shapes: Vec<Rc<Shape<'l>>>,
    result: Shape<'l>,
    /// The kinds that have a choice, by the branches to choose from.
    choices: BTreeMap<Vec<usize>, Kinds>,
}

impl<'l> Canon<'l> {
    /// What `anyOf` or `oneOf` demands; `None` when it demands nothing that can be followed.
    pub(super) fn union(&mut self, at: At<'l>, list: At<'l>, key: &str) -> Option<Shape<'l>> {
        if list.elements().len() == 0 {
            return None;
        }
        let exactly_one = key == "oneOf";
        let mut branches: Vec<Branch<'l>> = Vec::new();
        let mut shapes = Vec::new();
        for branch in list.elements() {
            let branch = self.branch_of(at, branch);
            let shape = self.shape(branch.node);
            if shape.cyclic {
                return None;
            }
            let is_double = !exactly_one && branches.iter().any(|one| one.node == branch.node);
            if !is_double && !shape.kinds.is_empty() {
                branches.push(branch);
                shapes.push(shape);
            }
        }
        if let [shape] = &*shapes {
            return Some((**shape).clone());
        }
        let mut parting = Parting {
            exactly_one,
            branches,
            shapes,
            result: Shape::nothing(Some(list.place())),
            choices: BTreeMap::new(),
        };
        for kind in Kind::ALL {
            parting.part(kind);
        }
        let has_discriminator = at.get("discriminator").is_some();
        for (members, kinds) in std::mem::take(&mut parting.choices) {
            let branches: Vec<Branch<'l>> = members
                .iter()
                .map(|at| parting.branches[*at].clone())
                .collect();
            let exactly_one = exactly_one
                && !(has_discriminator && kinds == Kind::Map.into())
                && !self.exclude(&branches, &parting, &members, kinds);
            let union = Union {
                exactly_one,
                branches,
            };
            parting.result.conditions.push(Condition {
                kinds,
                what: What::Union(union),
                place: list.place(),
            });
        }
        Some(parting.result)
    }

    fn branch_of(&mut self, at: At<'l>, branch: At<'l>) -> Branch<'l> {
        let name = branch.reference().map(last_step);
        Branch {
            node: self.node(branch),
            place: branch.place(),
            name: name.or_else(|| branch.text_of("title")),
            keys: keys(at, branch),
        }
    }

    /// Whether no value fulfils two of the branches.
    fn exclude(
        &mut self,
        branches: &[Branch<'l>],
        parting: &Parting<'l>,
        members: &[usize],
        kinds: Kinds,
    ) -> bool {
        if branches.len() > PAIRS_LIMIT {
            return false;
        }
        let tags: Vec<_> = branches.iter().map(|one| self.tags(one.node)).collect();
        let shapes: Vec<_> = members.iter().map(|at| &parting.shapes[*at]).collect();
        let apart = |one: usize, other: usize| {
            kinds.iter().all(|kind| match kind {
                Kind::Map => {
                    are_told_apart(&tags[one], &tags[other])
                        || lacks_required(shapes[one], shapes[other])
                        || lacks_required(shapes[other], shapes[one])
                }
                Kind::Text | Kind::Number => lists_others(shapes[one], shapes[other], kind),
                _ => false,
            })
        };
        let mut pairs = (0..branches.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        pairs.all(|(one, other)| apart(one, other))
    }
}

impl<'l> Parting<'l> {
    /// Takes over what the branches say about a kind, or makes it a choice.
    fn part(&mut self, kind: Kind) {
        let members = self.shapes.iter().enumerate();
        let members = members.filter(|(_, shape)| shape.kinds.has(kind));
        let members: Vec<usize> = members.map(|(at, _)| at).collect();
        if members.is_empty() {
            return;
        }
        if let [only] = *members {
            return self.take(only, kind);
        }
        let is_conditional = |at: &usize| self.shapes[*at].is_conditional(kind);
        let is_plain = !members.iter().any(is_conditional);
        if is_plain && kind == Kind::Null {
            if !self.exactly_one {
                self.allow(kind);
            }
            return;
        }
        let is_free = |at: &usize| self.shapes[*at].is_free(kind) && !is_conditional(at);
        if !self.exactly_one && members.iter().any(is_free) {
            return self.allow(kind);
        }
        if is_plain && self.is_listed(&members, kind) {
            return self.list(&members, kind);
        }
        self.allow(kind);
        let kinds = self.choices.entry(members).or_insert(Kinds::NONE);
        *kinds = kinds.with(kind);
    }

    fn allow(&mut self, kind: Kind) {
        self.result.kinds = self.result.kinds.with(kind);
    }

    fn take(&mut self, branch: usize, kind: Kind) {
        self.allow(kind);
        let shape = &self.shapes[branch];
        let result = &mut self.result;
        match kind {
            Kind::Null | Kind::Boolean => {}
            Kind::Number => result.number = shape.number.clone(),
            Kind::Text => result.text = shape.text.clone(),
            Kind::List => result.list = shape.list.clone(),
            Kind::Map => {
                result.map = shape.map.clone();
                result
                    .notes
                    .discriminator
                    .clone_from(&shape.notes.discriminator);
            }
        }
        if shape.listed.has(kind) {
            result.listed = result.listed.with(kind);
            let values = shape.listed(kind);
            result
                .values
                .extend(values.map(|(key, one)| (key.clone(), one.clone())));
        }
        for condition in shape.conditions.iter().filter(|one| one.kinds.has(kind)) {
            let mut condition = condition.clone();
            condition.kinds = kind.into();
            add_condition(&mut result.conditions, &condition);
        }
    }

    /// Whether the branches only list values of a kind.
    fn is_listed(&self, members: &[usize], kind: Kind) -> bool {
        let only_lists = |shape: &Shape<'_>| match kind {
            Kind::Number => shape.listed.has(kind),
            Kind::Text => shape.listed.has(kind) && shape.text.patterns.is_empty(),
            Kind::Boolean => true,
            _ => false,
        };
        members.iter().all(|at| only_lists(&self.shapes[*at]))
    }

    fn list(&mut self, members: &[usize], kind: Kind) {
        let mut counts: BTreeMap<String, (usize, Listed)> = BTreeMap::new();
        for at in members {
            let shape = &self.shapes[*at];
            let mut values: Vec<(String, Listed)> = shape
                .listed(kind)
                .map(|(key, one)| (key.clone(), one.clone()))
                .collect();
            if kind == Kind::Boolean && !shape.listed.has(kind) {
                let place = self.branches[*at].place;
                values = [true, false].map(|value| both(value, place)).into();
            }
            for (key, one) in values {
                counts.entry(key).or_insert((0, one)).0 += 1;
            }
        }
        counts.retain(|_, (count, _)| !self.exactly_one || *count == 1);
        if !counts.is_empty() {
            self.allow(kind);
            self.result.listed = self.result.listed.with(kind);
            let values = counts.into_iter().map(|(key, (_, one))| (key, one));
            self.result.values.extend(values);
        }
    }
}

fn both(value: bool, place: crate::specification::Place) -> (String, Listed) {
    let value = Rc::new(serde_json::Value::Bool(value));
    (value.to_string(), Listed { value, place })
}

type Tags<'l> = BTreeMap<&'l str, Vec<&'l str>>;

/// Whether a field has values in one that it never has in the other.
pub(super) fn are_told_apart(one: &Tags<'_>, other: &Tags<'_>) -> bool {
    one.iter().any(|(field, values)| {
        let others = other.get(field);
        others.is_some_and(|others| !values.iter().any(|value| others.contains(value)))
    })
}

/// Whether one requires a field that the other refuses.
fn lacks_required(one: &Shape<'_>, other: &Shape<'_>) -> bool {
    let is_closed = other.map.rest == Node::NOTHING && other.map.patterns.is_empty();
    let mut required = one.map.required.keys();
    is_closed && required.any(|name| !other.map.fields.contains_key(name))
}

/// Whether both list values of a kind, and none in common.
fn lists_others(one: &Shape<'_>, other: &Shape<'_>, kind: Kind) -> bool {
    let is_listed = one.listed.has(kind) && other.listed.has(kind);
    is_listed
        && !one
            .listed(kind)
            .any(|(key, _)| other.values.contains_key(key))
}

/// The values of the discriminator of a schema that choose a branch.
pub(super) fn keys<'l>(at: At<'l>, branch: At<'l>) -> BTreeSet<&'l str> {
    let Some(discriminator) = at.get("discriminator") else {
        return BTreeSet::new();
    };
    let Some(reference) = branch.reference() else {
        return BTreeSet::new();
    };
    let name = last_step(reference);
    let mapping = discriminator
        .get("mapping")
        .into_iter()
        .flat_map(At::entries);
    let chosen = mapping.filter(|(_, to)| {
        let to = to.text();
        to == Some(reference) || to == Some(name)
    });
    let mut keys: BTreeSet<&str> = chosen.map(|(key, _)| key).collect();
    if keys.is_empty() {
        keys.insert(name);
    }
    keys
}

/// The name at the end of a reference.
fn last_step(reference: &str) -> &str {
    reference.rsplit(['/', '#']).next().unwrap_or(reference)
}
