//! Two schemas that hold together as one.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::canon::Canon;
use super::number::order;
use super::shape::{
    Bound, Condition, Field, Kind, Kinds, Limit, Lists, Maps, Node, Notes, Numbers, Shape, Texts,
};

impl<'l> Canon<'l> {
    /// What fulfils both; where it stands is where the first does.
    pub(super) fn intersect(&mut self, mut one: Shape<'l>, other: &Shape<'l>) -> Shape<'l> {
        if !other.kinds.or(one.kinds).without(other.kinds).is_empty() {
            one.kinds_at = other.kinds_at.or(one.kinds_at);
        }
        one.kinds = one.kinds.and(other.kinds);
        one.stated |= other.stated;
        one.unknown |= other.unknown;
        intersect_values(&mut one, other);
        one.number.intersect(&other.number);
        one.text.intersect(&other.text);
        one.list = self.both_lists(&one.list, &other.list);
        one.map = self.both_maps(&one.map, &other.map);
        for condition in &other.conditions {
            add_condition(&mut one.conditions, condition);
        }
        one.notes.join(&other.notes);
        one
    }

    fn both_lists(&mut self, one: &Rc<Lists>, other: &Rc<Lists>) -> Rc<Lists> {
        if other.is_free() {
            return one.clone();
        }
        if one.is_free() {
            return other.clone();
        }
        let positions = 0..one.first.len().max(other.first.len());
        let first = positions.map(|at| self.both(one.at(at), other.at(at)));
        Rc::new(Lists {
            first: first.collect(),
            rest: self.both(one.rest, other.rest),
            minimum: larger(one.minimum, other.minimum),
            maximum: smaller(one.maximum, other.maximum),
            unique: one.unique.or(other.unique),
        })
    }

    fn both_maps(&mut self, one: &Rc<Maps<'l>>, other: &Rc<Maps<'l>>) -> Rc<Maps<'l>> {
        if other.is_free() {
            return one.clone();
        }
        if one.is_free() {
            return other.clone();
        }
        let names: BTreeSet<&str> = one
            .fields
            .keys()
            .chain(other.fields.keys())
            .copied()
            .collect();
        let mut fields = BTreeMap::new();
        for name in names {
            let (left, right) = (self.field(one, name), self.field(other, name));
            let node = self.both(left, right);
            let place = one.fields.get(name).or(other.fields.get(name));
            if let Some(&Field { place, .. }) = place {
                fields.insert(name, Field { node, place });
            }
        }
        let mut patterns = BTreeMap::new();
        for pattern in one.patterns.keys().chain(other.patterns.keys()) {
            let side = |maps: &Maps<'_>| maps.patterns.get(pattern).copied().unwrap_or(maps.rest);
            patterns.insert(*pattern, self.both(side(one), side(other)));
        }
        let required = one.required.iter().chain(&other.required);
        Rc::new(Maps {
            fields,
            required: required.map(|(name, place)| (*name, *place)).collect(),
            patterns,
            rest: self.both(one.rest, other.rest),
            rest_at: one.rest_at.or(other.rest_at),
            names: self.both(one.names, other.names),
            minimum: larger(one.minimum, other.minimum),
            maximum: smaller(one.maximum, other.maximum),
        })
    }

    /// What a map demands of a field, listed or not.
    pub(super) fn field(&mut self, map: &Maps<'l>, name: &str) -> Node {
        if let Some(field) = map.fields.get(name) {
            return field.node;
        }
        self.matching(map, name).unwrap_or(map.rest)
    }

    /// What the patterns that a field matches demand of it.
    pub(super) fn matching(&mut self, map: &Maps<'l>, name: &str) -> Option<Node> {
        let mut found = None;
        for (pattern, node) in &map.patterns {
            if self.matches(pattern, name) == Some(true) {
                found = Some(self.both(found.unwrap_or(Node::EVERYTHING), *node));
            }
        }
        found
    }
}

fn intersect_values(one: &mut Shape<'_>, other: &Shape<'_>) {
    let (ours, theirs) = (one.listed, other.listed);
    one.values.retain(|key, listed| {
        !theirs.has(Kind::of(&listed.value)) || other.values.contains_key(key)
    });
    let new = other.values.iter();
    let new = new.filter(|(_, listed)| !ours.has(Kind::of(&listed.value)));
    let new = new.map(|(key, listed)| (key.clone(), listed.clone()));
    one.values.extend(new);
    one.listed = ours.or(theirs);
}

/// Adds a condition unless it is there, from the same place.
pub(super) fn add_condition<'l>(conditions: &mut Vec<Condition<'l>>, new: &Condition<'l>) {
    let is_same = |old: &&mut Condition<'_>| {
        let (old_kind, new_kind) = (&old.what, &new.what);
        let same = std::mem::discriminant(old_kind) == std::mem::discriminant(new_kind);
        old.place == new.place && same && old.what.branches() == new.what.branches()
    };
    match conditions.iter_mut().find(is_same) {
        Some(old) => old.kinds = old.kinds.or(new.kinds),
        None => conditions.push(new.clone()),
    }
}

impl Numbers<'_> {
    fn intersect(&mut self, other: &Self) {
        self.whole |= other.whole;
        let (ours, theirs) = (self.minimum.take(), other.minimum.clone());
        self.minimum = Bound::stricter(ours, theirs, false);
        let (ours, theirs) = (self.maximum.take(), other.maximum.clone());
        self.maximum = Bound::stricter(ours, theirs, true);
        let multiples = other.multiples.iter();
        self.multiples
            .extend(multiples.map(|(key, place)| (key.clone(), *place)));
        self.formats.extend(other.formats.iter());
    }
}

impl Texts<'_> {
    fn intersect(&mut self, other: &Self) {
        self.minimum = larger(self.minimum, other.minimum);
        self.maximum = smaller(self.maximum, other.maximum);
        self.patterns.extend(other.patterns.iter());
        self.formats.extend(other.formats.iter());
    }
}

impl Notes<'_> {
    fn join(&mut self, other: &Self) {
        if self.default.is_none() {
            self.default.clone_from(&other.default);
        }
        if self.discriminator.is_none() {
            self.discriminator.clone_from(&other.discriminator);
        }
        self.deprecated = self.deprecated.or(other.deprecated);
        self.read_only = self.read_only.or(other.read_only);
        self.write_only = self.write_only.or(other.write_only);
    }
}

impl Bound {
    /// Which of two ends leaves less.
    pub(super) fn stricter(one: Option<Self>, other: Option<Self>, upper: bool) -> Option<Self> {
        let (Some(left), Some(right)) = (&one, &other) else {
            return one.or(other);
        };
        match left.strictness(right, upper) {
            Ordering::Less => other,
            _ => one,
        }
    }

    /// Greater when it leaves less than the other.
    pub(super) fn strictness(&self, other: &Self, upper: bool) -> Ordering {
        let by_value = order(&self.value, &other.value);
        let by_value = if upper { by_value.reverse() } else { by_value };
        by_value.then(self.exclusive.cmp(&other.exclusive))
    }
}

fn larger(one: Option<Limit>, other: Option<Limit>) -> Option<Limit> {
    match (one, other) {
        (Some(left), Some(right)) if right.value > left.value => other,
        (None, _) => other,
        _ => one,
    }
}

pub(super) fn smaller(one: Option<Limit>, other: Option<Limit>) -> Option<Limit> {
    match (one, other) {
        (Some(left), Some(right)) if right.value < left.value => other,
        (None, _) => other,
        _ => one,
    }
}

impl Shape<'_> {
    /// Allows null beside everything else.
    pub(super) fn allow_null(&mut self) {
        self.kinds = self.kinds.with(Kind::Null);
        for condition in &mut self.conditions {
            condition.kinds = condition.kinds.without(Kind::Null.into());
        }
        self.conditions.retain(|one| one.kinds != Kinds::NONE);
    }
}
