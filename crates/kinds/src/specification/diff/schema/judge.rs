//! What changed between two schemas themselves.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::rule::Rule;
use super::pairs::{Edge, Found, Outcome, Pair, PairId, Pairs};
use super::rules::{request, response};
use super::shape::{Kind, Kinds, Node, Shape};
use crate::specification::{Direction, Place};

/// Which way a demand moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Tightened,
    Relaxed,
    /// Some values are allowed that were not, and the other way round.
    Both,
}

/// The rules of one demand.
pub(super) struct Aspect {
    pub(super) request: (&'static Rule, &'static Rule),
    pub(super) response: (&'static Rule, &'static Rule),
}

impl Aspect {
    /// The rule for a move; a move both ways is named by what breaks.
    pub(super) fn rule(&self, direction: Direction, moved: Move) -> &'static Rule {
        match (direction, moved) {
            (Direction::Request, Move::Tightened | Move::Both) => self.request.0,
            (Direction::Request, Move::Relaxed) => self.request.1,
            (Direction::Response, Move::Tightened) => self.response.0,
            (Direction::Response, Move::Relaxed | Move::Both) => self.response.1,
        }
    }
}

/// Defines aspects: the names of the rules for tightened and relaxed, in requests and answers.
macro_rules! aspects {
    ($($name:ident = $a:ident, $b:ident, $c:ident, $d:ident;)*) => {
        $(pub(super) static $name: Aspect = Aspect {
            request: (&request::$a, &request::$b),
            response: (&response::$c, &response::$d),
        };)*
    };
}

aspects! {
    TYPE = TYPE_NARROWED, TYPE_WIDENED, TYPE_NARROWED, TYPE_WIDENED;
    NAMED_TYPE = TYPE_STATED, TYPE_WIDENED, TYPE_NARROWED, TYPE_UNSTATED;
    NULL = NULL_REFUSED, NULL_ACCEPTED, NULL_REMOVED, NULL_ADDED;
    FORMAT = FORMAT_ADDED, FORMAT_RELAXED, FORMAT_NARROWED, FORMAT_REMOVED;
    OTHER_FORMAT = FORMAT_CHANGED, FORMAT_RELAXED, FORMAT_NARROWED, FORMAT_CHANGED;
    ENUM = ENUM_NARROWED, ENUM_WIDENED, ENUM_NARROWED, ENUM_WIDENED;
    EXTRA_FIELDS = EXTRA_FIELDS_REFUSED, EXTRA_FIELDS_ACCEPTED, EXTRA_FIELDS_REMOVED, EXTRA_FIELDS_ADDED;
    RANGE = RANGE_TIGHTENED, RANGE_RELAXED, RANGE_TIGHTENED, RANGE_RELAXED;
    LENGTH = LENGTH_TIGHTENED, LENGTH_RELAXED, LENGTH_TIGHTENED, LENGTH_RELAXED;
    PATTERN = PATTERN_TIGHTENED, PATTERN_RELAXED, PATTERN_TIGHTENED, PATTERN_RELAXED;
    COUNT = COUNT_TIGHTENED, COUNT_RELAXED, COUNT_TIGHTENED, COUNT_RELAXED;
    VARIANT = VARIANT_REMOVED, VARIANT_ADDED, VARIANT_REMOVED, VARIANT_ADDED;
    COMPARED = NOT_COMPARED, NOT_COMPARED, NOT_COMPARED, NOT_COMPARED;
    CONDITION = CONDITION_CHANGED, CONDITION_RELAXED, CONDITION_TIGHTENED, CONDITION_CHANGED;
}

/// A pair that is being judged.
pub(super) struct Judge<'p, 'l> {
    pub(super) pairs: &'p mut Pairs<'l>,
    pub(super) pair: Pair,
    pub(super) base: Rc<Shape<'l>>,
    pub(super) head: Rc<Shape<'l>>,
    pub(super) outcome: Outcome,
    /// Values of the discriminator that choose a branch which came or went.
    pub(super) told_keys: BTreeSet<&'l str>,
}

/// What changed between two schemas themselves, and the pairs of their parts.
pub(super) fn judge(pairs: &mut Pairs<'_>, pair: Pair) -> Outcome {
    let base = pairs.base.shape(pair.base);
    let head = pairs.head.shape(pair.head);
    let unknown = base.unknown || head.unknown;
    let mut judge = Judge {
        pairs,
        pair,
        base,
        head,
        outcome: Outcome::default(),
        told_keys: BTreeSet::new(),
    };
    if unknown {
        judge.not_compared();
        return judge.outcome;
    }
    judge.kinds();
    let chosen = judge.unions();
    let shared = judge.base.kinds.and(judge.head.kinds).and(pair.kinds);
    let plain = shared.without(chosen);
    judge.values(plain);
    judge.limits(plain);
    judge.conditions(plain);
    judge.notes();
    judge.outcome
}

impl<'l> Judge<'_, 'l> {
    /// Adds a change of the value itself.
    pub(super) fn add(
        &mut self,
        rule: &'static Rule,
        text: impl Into<String>,
        base: Option<Place>,
        head: Option<Place>,
    ) {
        self.add_at(String::new(), rule, text, base, head);
    }

    /// Says that what stands here is not known: silence would mean that nothing changed.
    fn not_compared(&mut self) {
        let (base, head) = (self.base.place, self.head.place);
        let text = "could not be compared to the end";
        self.moved(&COMPARED, Move::Both, text, base, head);
    }

    /// Adds a change of a part of the value.
    pub(super) fn add_at(
        &mut self,
        step: String,
        rule: &'static Rule,
        text: impl Into<String>,
        base: Option<Place>,
        head: Option<Place>,
    ) {
        self.outcome.found.push(Found {
            rule,
            step,
            text: text.into(),
            base,
            head,
        });
    }

    /// Adds a demand that moved.
    pub(super) fn moved(
        &mut self,
        aspect: &Aspect,
        moved: Move,
        text: impl Into<String>,
        base: Option<Place>,
        head: Option<Place>,
    ) {
        self.add(aspect.rule(self.pair.direction, moved), text, base, head);
    }

    /// The change that a moved demand is.
    pub(super) fn found(
        &self,
        aspect: &Aspect,
        moved: Move,
        text: impl Into<String>,
        base: Option<Place>,
        head: Option<Place>,
    ) -> Found {
        Found {
            rule: aspect.rule(self.pair.direction, moved),
            step: String::new(),
            text: text.into(),
            base,
            head,
        }
    }

    /// The pair of two schemas, whose values go the same way.
    pub(super) fn below(&mut self, base: Node, head: Node, kinds: Kinds) -> Option<PairId> {
        let direction = self.pair.direction;
        self.pairs.pair(Pair {
            base,
            head,
            direction,
            kinds,
        })
    }

    /// Goes on in a part.
    pub(super) fn go(&mut self, step: String, base: Node, head: Node) {
        self.go_for(step, base, head, Kinds::ALL);
    }

    /// Goes on in a part, for some kinds only.
    pub(super) fn go_for(&mut self, step: String, base: Node, head: Node, kinds: Kinds) {
        if base == head && (base == Node::EVERYTHING || base == Node::NOTHING) {
            return;
        }
        if let Some(pair) = self.below(base, head, kinds) {
            self.outcome.edges.push(Edge::Into(step, pair));
        }
    }

    pub(super) fn is_request(&self) -> bool {
        self.pair.direction == Direction::Request
    }

    fn limits(&mut self, kinds: Kinds) {
        // Values that are listed on one side only are held against the limits of the other already.
        let one_lists = |kind: Kind| self.base.listed.has(kind) != self.head.listed.has(kind);
        let (number, text) = (one_lists(Kind::Number), one_lists(Kind::Text));
        if kinds.has(Kind::Number) && !number {
            self.numbers();
        }
        if kinds.has(Kind::Text) && !text {
            self.texts();
        }
        if kinds.has(Kind::List) {
            self.lists();
        }
        if kinds.has(Kind::Map) {
            self.maps();
        }
    }
}
