//! Changes of unions: branches are matched, and what matches is compared.

use std::collections::BTreeMap;

use super::judge::{CONDITION, Judge, Move, VARIANT};
use super::pairs::{Edge, PairId};
use super::shape::{Branch, Kind, Kinds, Node, Shape, What};
use super::union::are_told_apart;
use crate::specification::Place;

/// How deep branches are looked at to match them.
const LOOK: usize = 3;

/// The most pairs of branches that are weighed; beyond, branches match by their order.
const WEIGHED_LIMIT: usize = 20_000;

/// The branches of one side.
struct Side<'l> {
    exactly_one: bool,
    branches: Vec<Branch<'l>>,
    place: Option<Place>,
}

impl<'l> Judge<'_, 'l> {
    /// The unions; gives the kinds that were looked at branch by branch, with everything else that
    /// holds for them.
    pub(super) fn unions(&mut self) -> Kinds {
        let kinds = self.base.kinds.and(self.head.kinds).and(self.pair.kinds);
        let mut groups: BTreeMap<(Vec<usize>, Vec<usize>), Kinds> = BTreeMap::new();
        for kind in kinds.iter() {
            let unions = (self.base.unions(kind), self.head.unions(kind));
            if unions.0.len() + unions.1.len() > 0 {
                let group = groups.entry(unions).or_insert(Kinds::NONE);
                *group = group.with(kind);
            }
        }
        let mut chosen = Kinds::NONE;
        for ((ours, theirs), kinds) in groups {
            if ours.len() <= 1 && theirs.len() <= 1 {
                chosen = chosen.or(kinds);
                let base = self.side(false, ours.first().copied());
                let head = self.side(true, theirs.first().copied());
                self.branches(&base, &head, kinds);
            } else {
                self.several(&ours, &theirs, kinds);
            }
        }
        chosen
    }

    /// The branches of a union with everything else that holds, or the one schema that stands for one.
    fn side(&mut self, is_head: bool, union: Option<usize>) -> Side<'l> {
        let (node, shape, canon) = if is_head {
            (self.pair.head, self.head.clone(), &mut self.pairs.head)
        } else {
            (self.pair.base, self.base.clone(), &mut self.pairs.base)
        };
        let union = union.map(|at| &shape.conditions[at]);
        let Some((What::Union(union), place)) = union.map(|one| (&one.what, one.place)) else {
            return Side {
                exactly_one: false,
                branches: shape
                    .place
                    .map(|place| alone(node, place))
                    .into_iter()
                    .collect(),
                place: shape.place,
            };
        };
        let mut branches = union.branches.clone();
        for branch in &mut branches {
            branch.node = canon.branch(node, branch.node);
        }
        Side {
            exactly_one: union.exactly_one,
            branches,
            place: Some(place),
        }
    }

    /// Several unions that hold together: those that match are compared by themselves.
    fn several(&mut self, ours: &[usize], theirs: &[usize], kinds: Kinds) {
        let (base, head) = (self.base.clone(), self.head.clone());
        let side = |shape: &Shape<'l>, at: usize| {
            let condition = &shape.conditions[at];
            let (exactly_one, branches) = match &condition.what {
                What::Union(union) => (union.exactly_one, union.branches.clone()),
                _ => (false, Vec::new()),
            };
            Side {
                exactly_one,
                branches,
                place: Some(condition.place),
            }
        };
        for (ours, theirs) in ours.iter().zip(theirs) {
            self.branches(&side(&base, *ours), &side(&head, *theirs), kinds);
        }
        for at in ours.iter().skip(theirs.len()) {
            let place = Some(base.conditions[*at].place);
            self.moved(
                &CONDITION,
                Move::Relaxed,
                "has one choice less to meet",
                place,
                None,
            );
        }
        for at in theirs.iter().skip(ours.len()) {
            let place = Some(head.conditions[*at].place);
            self.moved(
                &CONDITION,
                Move::Tightened,
                "has one more choice to meet",
                None,
                place,
            );
        }
    }

    fn branches(&mut self, base: &Side<'l>, head: &Side<'l>, kinds: Kinds) {
        let matched = self.matches(base, head, kinds);
        let mut pairs = Vec::new();
        for (ours, theirs) in &matched {
            let (ours, theirs) = (base.branches[*ours].node, head.branches[*theirs].node);
            if let Some(pair) = self.below(ours, theirs, kinds) {
                pairs.push(pair);
                self.outcome.edges.push(Edge::Into(String::new(), pair));
            }
        }
        for (at, branch) in base.branches.iter().enumerate() {
            if !matched.iter().any(|(ours, _)| *ours == at) {
                self.branch_gone(branch, head, kinds);
            }
        }
        for (at, branch) in head.branches.iter().enumerate() {
            if !matched.iter().any(|(_, theirs)| *theirs == at) {
                self.branch_new(branch, base, kinds);
            }
        }
        let all = matched.len() == base.branches.len() && matched.len() == head.branches.len();
        self.exclusion(base, head, &pairs, all);
    }

    fn branch_gone(&mut self, branch: &Branch<'l>, head: &Side<'l>, kinds: Kinds) {
        self.told_keys.extend(&branch.keys);
        let text = format!("no longer has {}", describe(branch));
        let found = self.found(
            &VARIANT,
            Move::Tightened,
            text,
            Some(branch.place),
            head.place,
        );
        if !self.is_request() {
            self.outcome.found.push(found);
            return;
        }
        let others = head.branches.iter();
        let others: Vec<PairId> = others
            .filter_map(|one| self.below(branch.node, one.node, kinds))
            .collect();
        self.outcome.edges.push(Edge::Unless(others, found));
    }

    fn branch_new(&mut self, branch: &Branch<'l>, base: &Side<'l>, kinds: Kinds) {
        self.told_keys.extend(&branch.keys);
        let text = format!("may have {} now", describe(branch));
        let found = self.found(
            &VARIANT,
            Move::Relaxed,
            text,
            base.place,
            Some(branch.place),
        );
        if self.is_request() {
            self.outcome.found.push(found);
            return;
        }
        let others = base.branches.iter();
        let others: Vec<PairId> = others
            .filter_map(|one| self.below(one.node, branch.node, kinds))
            .collect();
        self.outcome.edges.push(Edge::Unless(others, found));
    }

    /// Whether only one branch may hold, which makes any change of another one matter.
    fn exclusion(&mut self, base: &Side<'l>, head: &Side<'l>, pairs: &[PairId], all: bool) {
        let text = "has to fulfil exactly one of several schemas, and these changed";
        let places = (base.place, head.place);
        let found = |judge: &Self, moved| judge.found(&CONDITION, moved, text, places.0, places.1);
        match (base.exactly_one, head.exactly_one) {
            (false, false) => {}
            (true, true) => {
                let found = found(self, Move::Both);
                if !all {
                    self.outcome.found.push(found.clone());
                }
                let edges = pairs.iter().map(|pair| Edge::Exact(*pair, found.clone()));
                self.outcome.edges.extend(edges);
            }
            (is_relaxed, _) => {
                let moved = if is_relaxed {
                    Move::Relaxed
                } else {
                    Move::Tightened
                };
                let found = found(self, moved);
                self.outcome.found.push(found);
            }
        }
    }

    /// The branches that are the same one, best matches first.
    fn matches(&mut self, base: &Side<'l>, head: &Side<'l>, kinds: Kinds) -> Vec<(usize, usize)> {
        let (ours, theirs) = (base.branches.len(), head.branches.len());
        if ours * theirs > WEIGHED_LIMIT {
            return (0..ours.min(theirs)).map(|at| (at, at)).collect();
        }
        let mut weighed = Vec::new();
        for (at, one) in base.branches.iter().enumerate() {
            for (other_at, other) in head.branches.iter().enumerate() {
                let weight = self.weigh(one, other, kinds);
                if weight > 0 {
                    weighed.push((std::cmp::Reverse(weight), at, other_at));
                }
            }
        }
        weighed.sort_unstable();
        let mut matched: Vec<(usize, usize)> = Vec::new();
        for (_, ours, theirs) in weighed {
            if !matched.iter().any(|one| one.0 == ours || one.1 == theirs) {
                matched.push((ours, theirs));
            }
        }
        matched.sort_unstable();
        matched
    }

    /// How much two branches look like the same one; 0 when they do not.
    fn weigh(&mut self, one: &Branch<'l>, other: &Branch<'l>, kinds: Kinds) -> usize {
        let base = self.pairs.base.shape(one.node);
        let head = self.pairs.head.shape(other.node);
        if base.kinds.and(head.kinds).and(kinds).is_empty() {
            return 0;
        }
        let alike =
            self.pairs.base.digest(one.node, LOOK) == self.pairs.head.digest(other.node, LOOK);
        let shares_name = one.name.is_some() && one.name == other.name;
        let shares_key = !one.keys.is_disjoint(&other.keys);
        let (ours, theirs) = (
            self.pairs.base.tags(one.node),
            self.pairs.head.tags(other.node),
        );
        let is_apart = are_told_apart(&ours, &theirs);
        if is_apart && !shares_name && !shares_key {
            return 0;
        }
        let shares_tag = !is_apart && ours.keys().any(|field| theirs.contains_key(field));
        let bonus = |applies: bool, weight: usize| if applies { weight } else { 0 };
        bonus(alike, 100_000)
            + bonus(shares_key, 40_000)
            + bonus(shares_tag, 20_000)
            + bonus(shares_name, 10_000)
            + self.likeness(&base, &head, kinds)
    }

    /// How much two schemas have in common, up to 1,000.
    fn likeness(&mut self, base: &Shape<'l>, head: &Shape<'l>, kinds: Kinds) -> usize {
        let shared = base.kinds.and(head.kinds).and(kinds);
        if shared != Kind::Map.into() || (base.map.fields.is_empty() && head.map.fields.is_empty())
        {
            return 300;
        }
        let (ours, theirs) = (&base.map.fields, &head.map.fields);
        let common = ours
            .iter()
            .filter_map(|(name, field)| Some((field, theirs.get(name)?)));
        let common: Vec<_> = common.collect();
        let all = ours.len() + theirs.len() - common.len();
        let mut sum = 0;
        for (ours, theirs) in common {
            let ours = self.pairs.base.digest(ours.node, 0);
            let theirs = self.pairs.head.digest(theirs.node, 0);
            sum += if ours == theirs { 1_000 } else { 300 };
        }
        sum / all.max(1)
    }
}

/// One schema as the only branch.
fn alone<'l>(node: Node, place: Place) -> Branch<'l> {
    Branch {
        node,
        place,
        name: None,
        keys: std::collections::BTreeSet::new(),
    }
}

fn describe(branch: &Branch<'_>) -> String {
    match branch.name {
        Some(name) => format!("the shape `{name}`"),
        None => "one of its shapes".to_owned(),
    }
}
