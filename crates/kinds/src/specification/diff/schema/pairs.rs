//! Pairs of schemas: what changed in each, and which pairs lie below it.
//!
//! The pairs make a graph, since schemas refer to each other in circles. Each pair is judged once, by
//! itself; what a part of an interface has changed is gathered by a walk over the graph.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tidegate_core::meta::Severity;

use super::super::rule::Rule;
use super::canon::Canon;
use super::shape::{Kinds, Node};
use super::twins::Twins;
use crate::specification::{Direction, Place};

/// The most pairs that are judged; documents written by people stay far below.
const PAIRS_LIMIT: usize = 400_000;

/// What the walks may cost together before they tell each change once.
const COST_LIMIT: usize = 50_000;

/// What a change that is told costs, in pairs that are walked by.
const TOLD_COST: usize = 5;

/// The most pairs that are looked at to see how bad a change is; beyond, it counts as bad.
const WORST_LIMIT: usize = 20_000;

/// Two schemas, which way their values go, and the kinds of value that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub(super) base: Node,
    pub(super) head: Node,
    pub(super) direction: Direction,
    pub(super) kinds: Kinds,
}

/// A pair by its number.
pub(super) type PairId = u32;

/// A change of a pair.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    /// What it adds to the path.
    pub(super) step: String,
    /// What follows the name of the value in the sentence.
    pub(super) text: String,
    pub(super) base: Option<Place>,
    pub(super) head: Option<Place>,
}

/// How a pair leads to another.
#[derive(Debug, Clone)]
pub(super) enum Edge {
    /// What changed in the other changed in a part of this.
    Into(String, PairId),
    /// Any change of the other is this change.
    Exact(PairId, Found),
    /// This changed unless one of the others has no change that breaks anybody; the second when it may.
    Unless(Vec<PairId>, Found, Found),
}

/// What changed in a pair itself, and the pairs below it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) found: Vec<Found>,
    pub(super) edges: Vec<Edge>,
}

/// A change and the path to it.
pub(super) struct Told {
    pub(super) found: Found,
    /// The path of the value that the sentence is about.
    pub(super) path: String,
    /// The nearest place of the head.
    pub(super) near: Option<Place>,
}

/// All pairs of two libraries.
#[derive(Debug)]
pub(super) struct Pairs<'l> {
    pub(super) base: Canon<'l>,
    pub(super) head: Canon<'l>,
    twins: Twins,
    numbers: HashMap<Pair, PairId>,
    pairs: Vec<Pair>,
    outcomes: Vec<Option<Rc<Outcome>>>,
    /// The pairs that lead to a pair.
    referrers: Vec<Vec<PairId>>,
    /// Whether anything may have changed in a pair or below it.
    changed: Vec<bool>,
    worst: HashMap<PairId, Option<Severity>>,
    /// The pairs that some walk came by.
    walked: HashSet<PairId>,
    /// What the walks have cost so far.
    cost: usize,
    /// Whether there were more pairs than are compared.
    pub(super) full: bool,
}

impl<'l> Pairs<'l> {
    pub(super) fn new(base: Canon<'l>, head: Canon<'l>) -> Self {
        Self {
            base,
            head,
            twins: Twins::default(),
            numbers: HashMap::new(),
            pairs: Vec::new(),
            outcomes: Vec::new(),
            referrers: Vec::new(),
            changed: Vec::new(),
            worst: HashMap::new(),
            walked: HashSet::new(),
            cost: 0,
            full: false,
        }
    }

    /// The number of a pair, unless there are too many.
    pub(super) fn pair(&mut self, pair: Pair) -> Option<PairId> {
        if let Some(number) = self.numbers.get(&pair) {
            return Some(*number);
        }
        if self.pairs.len() >= PAIRS_LIMIT {
            self.full = true;
            return None;
        }
        let number = PairId::try_from(self.pairs.len()).ok()?;
        self.pairs.push(pair);
        self.outcomes.push(None);
        self.referrers.push(Vec::new());
        self.changed.push(false);
        self.numbers.insert(pair, number);
        Some(number)
    }

    /// Judges a pair and every pair below it that was not judged.
    fn explore(&mut self, root: PairId) {
        let mut open = vec![root];
        let mut changed = Vec::new();
        while let Some(number) = open.pop() {
            if self.outcomes[number as usize].is_some() {
                continue;
            }
            let pair = self.pairs[number as usize];
            let outcome = if self.are_alike(pair.base, pair.head) {
                Rc::default()
            } else {
                Rc::new(super::judge::judge(self, pair))
            };
            let decides = |edge: &Edge| matches!(edge, Edge::Unless(..));
            if !outcome.found.is_empty() || outcome.edges.iter().any(decides) {
                changed.push(number);
            }
            for other in outcome.edges.iter().flat_map(Edge::pairs) {
                self.referrers[*other as usize].push(number);
                if self.changed[*other as usize] {
                    changed.push(number);
                }
                open.push(*other);
            }
            self.outcomes[number as usize] = Some(outcome);
        }
        while let Some(number) = changed.pop() {
            if !std::mem::replace(&mut self.changed[number as usize], true) {
                changed.extend(&self.referrers[number as usize]);
            }
        }
    }

    fn outcome(&mut self, number: PairId) -> Rc<Outcome> {
        self.explore(number);
        self.outcomes[number as usize].clone().unwrap_or_default()
    }

    /// Whether anything may have changed in a pair or below it.
    fn has_changed(&mut self, number: PairId) -> bool {
        self.explore(number);
        self.changed[number as usize]
    }

    /// Whether the two schemas are written alike.
    pub(super) fn are_alike(&mut self, base: Node, head: Node) -> bool {
        let is_fixed = |node: Node| node == Node::EVERYTHING || node == Node::NOTHING;
        if is_fixed(base) || is_fixed(head) {
            return base == head;
        }
        if self.base.reading != self.head.reading {
            return false;
        }
        let (base, head) = (self.base.parts(base), self.head.parts(head));
        base.len() == head.len()
            && base.iter().zip(head.iter()).all(|(base, head)| {
                let (ours, theirs) = (self.base.at(base.0), self.head.at(head.0));
                base.1 == head.1 && self.twins.are_alike(ours, theirs)
            })
    }

    /// Whether two values are written alike.
    pub(super) fn is_written_alike(&mut self, base: Place, head: Place) -> bool {
        let (base, head) = (self.base.at(base), self.head.at(head));
        self.twins.are_alike(base, head)
    }

    /// Everything that changed in a pair and below it, each pair once.
    ///
    /// When the walks before this one have cost too much, only what none of them came by is told.
    pub(super) fn walk(&mut self, root: PairId) -> Vec<Told> {
        let mut told = Vec::new();
        if !self.has_changed(root) {
            return told;
        }
        let is_short = self.cost > COST_LIMIT;
        let mut seen = HashSet::from([root]);
        let mut open = vec![(root, "$".to_owned(), None)];
        while let Some((number, path, near)) = open.pop() {
            if !self.walked.insert(number) && is_short {
                continue;
            }
            let head = self.pairs[number as usize].head;
            let near = self.head.parts(head).first().map(|part| part.0).or(near);
            let outcome = self.outcome(number);
            let found = self.settle(&outcome);
            self.cost += 1 + TOLD_COST * found.len();
            told.extend(found.into_iter().map(|found| Told {
                found,
                path: path.clone(),
                near,
            }));
            for edge in outcome.edges.iter().rev() {
                let Edge::Into(step, other) = edge else {
                    continue;
                };
                if self.has_changed(*other) && seen.insert(*other) {
                    open.push((*other, format!("{path}{step}"), near));
                }
            }
        }
        told
    }

    /// What changed in a pair itself, with what other pairs decide.
    fn settle(&mut self, outcome: &Outcome) -> Vec<Found> {
        let mut settled = outcome.found.clone();
        for edge in &outcome.edges {
            match edge {
                Edge::Into(..) => {}
                Edge::Exact(other, found) => {
                    if self.worst(*other).is_some() {
                        settled.push(found.clone());
                    }
                }
                Edge::Unless(others, found, milder) => {
                    let worst = others.iter().map(|other| self.worst(*other)).min();
                    match worst {
                        Some(None | Some(Severity::Info)) => {}
                        Some(Some(Severity::Low)) => settled.push(milder.clone()),
                        _ => settled.push(found.clone()),
                    }
                }
            }
        }
        settled
    }

    /// How bad the worst change is in a pair and below it; `None` when there is none.
    fn worst(&mut self, root: PairId) -> Option<Severity> {
        if !self.has_changed(root) {
            return None;
        }
        if let Some(worst) = self.worst.get(&root) {
            return *worst;
        }
        let mut worst = None;
        let mut seen = HashSet::from([(root, None)]);
        let mut open = vec![(root, None)];
        while let Some((number, instead)) = open.pop() {
            if seen.len() > WORST_LIMIT {
                worst = Some(Severity::High);
                break;
            }
            let outcome = self.outcome(number);
            for found in &outcome.found {
                worst = worst.max(Some(instead.unwrap_or(found.rule.info.severity)));
            }
            for edge in &outcome.edges {
                let next = match edge {
                    Edge::Into(_, other) => (*other, instead),
                    Edge::Exact(other, found) => {
                        (*other, Some(instead.unwrap_or(found.rule.info.severity)))
                    }
                    Edge::Unless(_, found, _) => {
                        worst = worst.max(Some(instead.unwrap_or(found.rule.info.severity)));
                        continue;
                    }
                };
                if self.has_changed(next.0) && seen.insert(next) {
                    open.push(next);
                }
            }
        }
        self.worst.insert(root, worst);
        worst
    }
}

impl Edge {
    /// The pairs it leads to.
    fn pairs(&self) -> &[PairId] {
        match self {
            Self::Into(_, pair) | Self::Exact(pair, _) => std::slice::from_ref(pair),
            Self::Unless(pairs, ..) => pairs,
        }
    }
}
