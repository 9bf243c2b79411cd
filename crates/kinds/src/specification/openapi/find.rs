//! Finds the operation that a request asks for, as clients and routers read paths.
//!
//! Segments are compared percent-decoded and with their case. A literal segment wins over a mixed one and
//! that over a parameter, from the left; where the best template lacks the method, the next one that fits
//! is asked, as routers that try their routes in turn do. A slash at the end makes no difference unless
//! the document has both. A parameter is never empty, so `/records//` is no record.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::super::Place;
use super::model::Operation;
use super::servers::Base;
use super::template::{Piece, SEGMENT_LIMIT, Segment, Template, hold, pairs};

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'o> {
    /// An operation.
    Operation(Match<'o>),
    /// A declared path, asked for its options, which servers answer by themselves.
    Options {
        /// The path item.
        item: Place,
    },
    /// A declared path without this method.
    OtherMethods {
        /// The path item.
        item: Place,
        /// The methods it has.
        methods: Vec<&'o str>,
    },
    /// No declared path.
    NoPath,
}

/// An operation with what its path parameters were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match<'o> {
    /// The operation.
    pub(crate) operation: &'o Operation,
    /// Each parameter of the path with its value, percent-decoded.
    pub(crate) captures: Vec<(&'o str, String)>,
}

/// A path item on its way into a [`Router`].
#[derive(Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) template: Template,
    /// Its operations, by their numbers.
    pub(super) operations: std::ops::Range<usize>,
}

/// The templates of a document as a tree over their segments.
#[derive(Debug)]
pub(super) struct Router {
    nodes: Vec<Node>,
    items: Vec<Item>,
    /// The longest first; the last is empty and good for every operation.
    bases: Vec<Base>,
    /// For each operation the numbers of its bases, by the order they were given in.
    allowed: Vec<Vec<usize>>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, usize>,
    /// The longest text first.
    mixed: Vec<(Vec<Piece>, usize)>,
    variable: Option<usize>,
    /// Items whose last parameter takes everything from here on.
    rest: Vec<usize>,
    /// Items that end here.
    items: Vec<usize>,
}

/// A path as it was sent, taken apart.
#[derive(Debug)]
struct Sent {
    segments: Vec<String>,
    trailing: bool,
    query: Option<String>,
}

impl Router {
    /// Builds the tree; `allowed` names for each operation the bases it stands under.
    pub(super) fn new(items: Vec<Item>, bases: Vec<Base>, allowed: Vec<Vec<usize>>) -> Self {
        let mut router = Self {
            nodes: vec![Node::default()],
            items,
            bases,
            allowed,
        };
        for number in 0..router.items.len() {
            router.plant(number);
        }
        for node in &mut router.nodes {
            node.mixed
                .sort_by_key(|(pieces, _)| std::cmp::Reverse(literal_length(pieces)));
        }
        router.order();
        router
    }

    fn plant(&mut self, number: usize) {
        let segments = self.items[number].template.segments.clone();
        let mut at = 0;
        for segment in segments {
            at = match segment {
                Segment::Literal(text) => {
                    let next = self.nodes.len();
                    let known = *self.nodes[at].literals.entry(text).or_insert(next);
                    self.grown(known)
                }
                Segment::Variable(_) => {
                    let next = self.nodes.len();
                    let known = *self.nodes[at].variable.get_or_insert(next);
                    self.grown(known)
                }
                Segment::Mixed(pieces) => self.mixed(at, pieces),
                Segment::Rest(_) => {
                    self.nodes[at].rest.push(number);
                    return;
                }
            };
        }
        self.nodes[at].items.push(number);
    }

    fn grown(&mut self, node: usize) -> usize {
        if node == self.nodes.len() {
            self.nodes.push(Node::default());
        }
        node
    }

    fn mixed(&mut self, at: usize, pieces: Vec<Piece>) -> usize {
        let shape: Vec<Piece> = pieces.into_iter().map(nameless).collect();
        let known = self.nodes[at].mixed.iter().find(|(one, _)| *one == shape);
        if let Some(&(_, node)) = known {
            return node;
        }
        let node = self.nodes.len();
        self.nodes[at].mixed.push((shape, node));
        self.grown(node)
    }

    /// Puts the longest bases first, of equal ones those without wildcards.
    fn order(&mut self) {
        self.bases.sort_by_key(|base| {
            let wild = base.segments.iter().filter(|one| one.is_none()).count();
            (std::cmp::Reverse(base.segments.len()), wild)
        });
    }

    /// Lets the relative bases continue the path that the portal stands under.
    pub(super) fn continue_base(&mut self, path: &str) {
        let under = Base::literal(path);
        if under.segments.is_empty() {
            return;
        }
        let continued: Vec<Base> = self
            .bases
            .iter()
            .filter(|base| base.relative)
            .map(|base| base.after(&under))
            .collect();
        self.bases.extend(continued);
        self.order();
    }

    /// The operation that a request asks for.
    pub(super) fn find<'o>(
        &'o self,
        operations: &'o [Operation],
        method: &str,
        url: &str,
    ) -> Found<'o> {
        let sent = Sent::parse(url);
        let mut search = Search {
            router: self,
            operations,
            method,
            sent: &sent,
            values: Vec::new(),
            other: None,
        };
        if let Some(found) = search.run() {
            return Found::Operation(found);
        }
        if method.eq_ignore_ascii_case("HEAD") {
            search.method = "GET";
            if let Some(found) = search.run() {
                return Found::Operation(found);
            }
        }
        let Some(item) = search.other else {
            return Found::NoPath;
        };
        let item = &self.items[item];
        if method.eq_ignore_ascii_case("OPTIONS") {
            return Found::Options { item: item.place };
        }
        let declared = operations.get(item.operations.clone()).unwrap_or_default();
        Found::OtherMethods {
            item: item.place,
            methods: declared.iter().map(|one| one.method.as_str()).collect(),
        }
    }
}

/// A walk through the tree for one request.
struct Search<'o, 's> {
    router: &'o Router,
    operations: &'o [Operation],
    method: &'s str,
    sent: &'s Sent,
    values: Vec<String>,
    /// The first path item that fits but lacks the method.
    other: Option<usize>,
}

impl<'o> Search<'o, '_> {
    fn run(&mut self) -> Option<Match<'o>> {
        let router = self.router;
        let sent = self.sent;
        for base in &router.bases {
            let Some(rest) = base.strip(&sent.segments) else {
                continue;
            };
            self.values.clear();
            if rest.len() <= SEGMENT_LIMIT
                && let Some(found) = self.visit(0, rest, base)
            {
                return Some(found);
            }
        }
        None
    }

    fn visit(&mut self, node: usize, left: &[String], base: &Base) -> Option<Match<'o>> {
        let node = &self.router.nodes[node];
        let Some((segment, left)) = left.split_first() else {
            return self.arrive(&node.items, base);
        };
        if let Some(&next) = node.literals.get(segment)
            && let Some(found) = self.visit(next, left, base)
        {
            return Some(found);
        }
        for (pieces, next) in &node.mixed {
            if let Some(values) = hold(pieces, segment) {
                let known = self.values.len();
                self.values.extend(values.into_iter().map(str::to_owned));
                if let Some(found) = self.visit(*next, left, base) {
                    return Some(found);
                }
                self.values.truncate(known);
            }
        }
        if let Some(next) = node.variable
            && !segment.is_empty()
        {
            self.values.push(segment.clone());
            if let Some(found) = self.visit(next, left, base) {
                return Some(found);
            }
            self.values.pop();
        }
        if node.rest.is_empty() {
            return None;
        }
        let whole = std::iter::once(segment).chain(left);
        let whole: Vec<&str> = whole.map(String::as_str).collect();
        self.values.push(whole.join("/"));
        let found = self.arrive(&node.rest, base);
        self.values.pop();
        found
    }

    /// Asks the items of a place in the tree, those first that fit best.
    fn arrive(&mut self, items: &'o [usize], base: &Base) -> Option<Match<'o>> {
        let mut fitting: Vec<usize> = items
            .iter()
            .copied()
            .filter(|&item| self.query_fits(item))
            .collect();
        if fitting.len() > 1 {
            fitting.sort_by_key(|&item| {
                let template = &self.router.items[item].template;
                let other_end = template.trailing != self.sent.trailing;
                (std::cmp::Reverse(template.query.len()), other_end)
            });
        }
        for item in fitting {
            if let Some(found) = self.ask(item, base) {
                return Some(found);
            }
        }
        None
    }

    /// Whether the query holds what the template asks of it; without a query nothing is known.
    fn query_fits(&self, item: usize) -> bool {
        let wanted = &self.router.items[item].template.query;
        let (false, Some(query)) = (wanted.is_empty(), &self.sent.query) else {
            return true;
        };
        let sent = pairs(query);
        wanted.iter().all(|(key, value)| {
            let mut named = sent.iter().filter(|(name, _)| name == key);
            named.any(|(_, other)| value.is_none() || other == value)
        })
    }

    fn ask(&mut self, number: usize, base: &Base) -> Option<Match<'o>> {
        let item = &self.router.items[number];
        let mut there = item.operations.clone().filter(|&operation| {
            base.segments.is_empty() || self.router.allows(operation, base.number)
        });
        let asked = there.clone().find(|&operation| {
            let declared = &self.operations[operation].method;
            declared.eq_ignore_ascii_case(self.method)
        });
        let Some(operation) = asked else {
            if there.next().is_some() || item.operations.is_empty() {
                self.other.get_or_insert(number);
            }
            return None;
        };
        let names = item.template.names();
        Some(Match {
            operation: &self.operations[operation],
            captures: names.zip(self.values.iter().cloned()).collect(),
        })
    }
}

impl Router {
    fn allows(&self, operation: usize, base: Option<usize>) -> bool {
        // A base of nobody in particular is the place the portal stands at.
        base.is_none_or(|base| self.allowed[operation].contains(&base))
    }
}

impl Sent {
    fn parse(url: &str) -> Self {
        let url = url.split('#').next().unwrap_or_default();
        let (path, query) = match url.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (url, None),
        };
        let path = match path.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => {
                rest.find('/').map_or("", |at| &rest[at..])
            }
            _ => path,
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let trailing = path.ends_with('/');
        let path = path.strip_suffix('/').unwrap_or(path);
        let parts = path.split('/').filter(|_| !path.is_empty());
        let decoded = parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
        Self {
            segments: decoded.collect(),
            trailing,
            query,
        }
    }
}

fn nameless(piece: Piece) -> Piece {
    match piece {
        Piece::Variable(_) => Piece::Variable(String::new()),
        literal @ Piece::Literal(_) => literal,
    }
}

fn literal_length(pieces: &[Piece]) -> usize {
    let lengths = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.len(),
        Piece::Variable(_) => 0,
    });
    lengths.sum()
}
