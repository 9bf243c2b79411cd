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
    /// This changed unless one of the others has no change that breaks anybody.
    Unless(Vec<PairId>, Found),
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
    worst: HashMap<PairId, Option<Severity>>,
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
            worst: HashMap::new(),
        }
    }

    /// The number of a pair, unless there are too many.
    pub(super) fn pair(&mut self, pair: Pair) -> Option<PairId> {
        if let Some(number) = self.numbers.get(&pair) {
            return Some(*number);
        }
        if self.pairs.len() >= PAIRS_LIMIT {
            return None;
        }
        let number = PairId::try_from(self.pairs.len()).ok()?;
        self.pairs.push(pair);
        self.outcomes.push(None);
        self.numbers.insert(pair, number);
        Some(number)
    }

    fn outcome(&mut self, number: PairId) -> Rc<Outcome> {
        if let Some(outcome) = &self.outcomes[number as usize] {
            return outcome.clone();
        }
        let pair = self.pairs[number as usize];
        let outcome = if self.are_alike(pair) {
            Rc::default()
        } else {
            Rc::new(super::judge::judge(self, pair))
        };
        self.outcomes[number as usize] = Some(outcome.clone());
        outcome
    }

    /// Whether the two schemas are written alike.
    fn are_alike(&mut self, pair: Pair) -> bool {
        let is_fixed = |node: Node| node == Node::EVERYTHING || node == Node::NOTHING;
        if is_fixed(pair.base) || is_fixed(pair.head) {
            return pair.base == pair.head;
        }
        if self.base.reading != self.head.reading {
            return false;
        }
        let (base, head) = (self.base.parts(pair.base), self.head.parts(pair.head));
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
    pub(super) fn walk(&mut self, root: PairId) -> Vec<Told> {
        let mut told = Vec::new();
        let mut seen = HashSet::from([root]);
        let mut open = vec![(root, "$".to_owned(), None)];
        while let Some((number, path, near)) = open.pop() {
            let head = self.pairs[number as usize].head;
            let near = self.head.parts(head).first().map(|part| part.0).or(near);
            let outcome = self.outcome(number);
            let mut tell = |found: &Found| {
                told.push(Told {
                    found: found.clone(),
                    path: path.clone(),
                    near,
                });
            };
            outcome.found.iter().for_each(&mut tell);
            for edge in &outcome.edges {
                match edge {
                    Edge::Into(..) => {}
                    Edge::Exact(other, found) => {
                        if self.worst(*other).is_some() {
                            tell(found);
                        }
                    }
                    Edge::Unless(others, found) => {
                        let mut others = others.iter();
                        if !others.any(|other| self.worst(*other) <= Some(Severity::Info)) {
                            tell(found);
                        }
                    }
                }
            }
            for edge in outcome.edges.iter().rev() {
                if let Edge::Into(step, other) = edge {
                    if seen.insert(*other) {
                        open.push((*other, format!("{path}{step}"), near));
                    }
                }
            }
        }
        told
    }

    /// How bad the worst change is in a pair and below it; `None` when there is none.
    fn worst(&mut self, root: PairId) -> Option<Severity> {
        if let Some(worst) = self.worst.get(&root) {
            return *worst;
        }
        let mut worst = None;
        let mut seen = HashSet::from([(root, None)]);
        let mut open = vec![(root, None)];
        while let Some((number, instead)) = open.pop() {
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
                    Edge::Unless(_, found) => {
                        worst = worst.max(Some(instead.unwrap_or(found.rule.info.severity)));
                        continue;
                    }
                };
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        self.worst.insert(root, worst);
        worst
    }
}
