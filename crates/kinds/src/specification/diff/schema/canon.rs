//! The schemas of one library in the form in which they are compared, each made when it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::Reading;
use super::shape::{Node, Notes, Shape, What};
use crate::specification::{At, Library, Place};

/// How deep a schema may be put together of others.
const DEPTH_LIMIT: usize = 48;

/// The most schemas that hold together.
const PARTS_LIMIT: usize = 64;

/// How often a schema that leads back to one around it is made anew before an incomplete one is kept.
const AGAIN_LIMIT: usize = 6;

/// The most references in a row.
const CHAIN_LIMIT: usize = 64;

/// What the comparison looks at; a schema with none of them allows anything and says nothing.
const KEYWORDS: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "default",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "discriminator",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
];

/// What of a schema is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum View {
    Whole,
    /// All but its unions, which are looked at branch by branch.
    WithoutUnions,
}

/// A schema as it is written, or a part of it.
pub(super) type Part = (Place, View);

/// The schemas of one library.
#[derive(Debug)]
pub(super) struct Canon<'l> {
    library: &'l Library,
    pub(super) reading: Reading,
    nodes: Vec<Rc<[Part]>>,
    numbers: HashMap<Rc<[Part]>, Node>,
    shapes: HashMap<Part, Rc<Shape<'l>>>,
    joined: HashMap<Node, Rc<Shape<'l>>>,
    digests: HashMap<(Node, usize), u64>,
    /// What is being made, by how deep it stands.
    busy: HashMap<Place, usize>,
    /// The outermost schema being made that one in it led back to.
    reached: usize,
    /// How often a schema was made for its surroundings only.
    again: HashMap<Place, usize>,
    patterns: HashMap<&'l str, Option<regex::Regex>>,
}

impl<'l> Canon<'l> {
    pub(super) fn new(library: &'l Library, reading: Reading) -> Self {
        let everything: Rc<[Part]> = Rc::new([]);
        let nothing: Rc<[Part]> = Rc::new([]);
        Self {
            library,
            reading,
            nodes: vec![everything.clone(), nothing],
            numbers: HashMap::from([(everything, Node::EVERYTHING)]),
            shapes: HashMap::new(),
            joined: HashMap::new(),
            digests: HashMap::new(),
            busy: HashMap::new(),
            reached: usize::MAX,
            again: HashMap::new(),
            patterns: HashMap::new(),
        }
    }

    /// The root of the document.
    pub(super) fn root(&self) -> At<'l> {
        self.library.root()
    }

    pub(super) fn at(&self, place: Place) -> At<'l> {
        self.library.at(place)
    }

    /// The schemas that make up a node.
    pub(super) fn parts(&self, node: Node) -> Rc<[Part]> {
        self.nodes[node.0 as usize].clone()
    }

    /// The number of schemas that hold together.
    pub(super) fn intern(&mut self, mut parts: Vec<Part>) -> Node {
        parts.sort_unstable();
        parts.dedup();
        let parts: Rc<[Part]> = parts.into();
        if let Some(node) = self.numbers.get(&parts) {
            return *node;
        }
        let node = Node(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(parts.clone());
        self.numbers.insert(parts, node);
        node
    }

    /// The number of a schema; one that is only a reference is what it refers to.
    pub(super) fn node(&mut self, schema: At<'l>) -> Node {
        let mut at = schema;
        for _ in 0..CHAIN_LIMIT {
            match at.boolean() {
                Some(true) => return Node::EVERYTHING,
                Some(false) => return Node::NOTHING,
                None => {}
            }
            let Some(reference) = at.reference().filter(|_| self.is_bare(at)) else {
                break;
            };
            match at.library().target(at, reference) {
                Ok(target) => at = target,
                Err(_) => break,
            }
        }
        let is_free = at.is_map() && !at.entries().any(|(key, _)| is_keyword(key));
        if is_free {
            return Node::EVERYTHING;
        }
        self.intern(vec![(at.place(), View::Whole)])
    }

    /// Whether nothing that counts stands beside a `$ref`.
    fn is_bare(&self, at: At<'l>) -> bool {
        let counts = |key: &str| key != "$ref" && is_keyword(key);
        !self.reading.siblings || !at.entries().any(|(key, _)| counts(key))
    }

    /// What fulfils both.
    pub(super) fn both(&mut self, one: Node, other: Node) -> Node {
        if one == other || other == Node::EVERYTHING {
            return one;
        }
        if one == Node::EVERYTHING {
            return other;
        }
        if one == Node::NOTHING || other == Node::NOTHING {
            return Node::NOTHING;
        }
        let (one, other) = (self.parts(one), self.parts(other));
        let parts = one.iter().chain(&*other).copied();
        self.intern(parts.collect())
    }

    /// A branch of a union of a node together with everything else that the node demands.
    pub(super) fn branch(&mut self, node: Node, branch: Node) -> Node {
        let rest = self.parts(node);
        let rest = rest.iter().map(|(place, _)| (*place, View::WithoutUnions));
        let rest = self.intern(rest.collect());
        self.both(branch, rest)
    }

    /// What a node demands.
    pub(super) fn shape(&mut self, node: Node) -> Rc<Shape<'l>> {
        if let Some(shape) = self.joined.get(&node) {
            return shape.clone();
        }
        let parts = self.parts(node);
        let shape = match (node, &*parts) {
            (Node::NOTHING, _) => Rc::new(Shape::nothing(None)),
            (_, []) => Rc::new(Shape::everything(None)),
            (_, [part]) => return self.part(*part),
            (_, parts) if parts.len() > PARTS_LIMIT => Rc::new(Shape::unknown(Some(parts[0].0))),
            (_, [first, others @ ..]) => {
                let mut shape = (*self.part(*first)).clone();
                for other in others {
                    let other = self.part(*other);
                    shape = self.intersect(shape, &other);
                }
                self.tidy(&mut shape);
                Rc::new(shape)
            }
        };
        if self.busy.is_empty() {
            self.joined.insert(node, shape.clone());
        }
        shape
    }

    /// What one schema demands.
    fn part(&mut self, (place, view): Part) -> Rc<Shape<'l>> {
        if let Some(shape) = self.shapes.get(&(place, view)) {
            return shape.clone();
        }
        if view == View::WithoutUnions {
            let mut shape = (*self.part((place, View::Whole))).clone();
            shape
                .conditions
                .retain(|one| !matches!(one.what, What::Union(_)));
            // What stands beside the value is compared once, with the whole.
            shape.notes = Notes::default();
            let shape = Rc::new(shape);
            self.shapes.insert((place, view), shape.clone());
            return shape;
        }
        if let Some(depth) = self.busy.get(&place) {
            self.reached = self.reached.min(*depth);
            return Rc::new(Shape::cyclic(place));
        }
        let depth = self.busy.len();
        if depth >= DEPTH_LIMIT {
            return Rc::new(Shape::unknown(Some(place)));
        }
        self.busy.insert(place, depth);
        let outside = std::mem::replace(&mut self.reached, usize::MAX);
        let mut shape = self.read(self.at(place));
        self.busy.remove(&place);
        // A base type that lists its variants says nothing new to one of them.
        let own = self.intern(vec![(place, View::Whole)]);
        shape
            .conditions
            .retain(|one| !one.what.branches().contains(&own));
        let shape = Rc::new(shape);
        // What led back to a schema around it lacks what that one says: it holds only here.
        let is_whole = self.reached >= depth;
        let again = self.again.entry(place).or_insert(0);
        *again += usize::from(!is_whole);
        if is_whole || *again > AGAIN_LIMIT {
            self.shapes.insert((place, view), shape.clone());
            self.reached = outside;
        } else {
            self.reached = self.reached.min(outside);
        }
        shape
    }

    /// Whether a text matches a pattern; `None` when the pattern cannot be read here.
    pub(super) fn matches(&mut self, pattern: &'l str, text: &str) -> Option<bool> {
        let compiled = self.patterns.entry(pattern).or_insert_with(|| {
            let mut builder = regex::RegexBuilder::new(pattern);
            builder.size_limit(1 << 18).build().ok()
        });
        compiled.as_ref().map(|regex| regex.is_match(text))
    }

    /// What can be seen of a node without going deep, the same for schemas that say the same.
    pub(super) fn digest(&mut self, node: Node, depth: usize) -> u64 {
        if let Some(known) = self.digests.get(&(node, depth)) {
            return *known;
        }
        let shape = self.shape(node);
        let mut hasher = DefaultHasher::new();
        super::digest::own(&shape).hash(&mut hasher);
        if depth > 0 {
            let children = super::digest::children(&shape).into_iter();
            let children = children.map(|(name, child)| (name, self.digest(child, depth - 1)));
            let mut children: Vec<(String, u64)> = children.collect();
            children.sort_unstable();
            children.hash(&mut hasher);
        }
        let digest = hasher.finish();
        self.digests.insert((node, depth), digest);
        digest
    }

    /// The values that a schema lists without a look at anything else of it.
    pub(super) fn listed_texts(&self, node: Node) -> Option<Vec<&'l str>> {
        let parts = self.parts(node);
        let [(place, _)] = &*parts else {
            return None;
        };
        let at = self.at(*place);
        if let Some(value) = at.get("const") {
            return Some(vec![value.text()?]);
        }
        let values = at.get("enum")?;
        values.elements().map(At::text).collect()
    }

    /// The values by which required fields of a node tell it from others.
    pub(super) fn tags(&mut self, node: Node) -> BTreeMap<&'l str, Vec<&'l str>> {
        let shape = self.shape(node);
        let fields = shape.map.fields.iter();
        let fields = fields.filter(|(name, _)| shape.map.required.contains_key(*name));
        fields
            .filter_map(|(name, field)| Some((*name, self.listed_texts(field.node)?)))
            .collect()
    }
}

fn is_keyword(key: &str) -> bool {
    KEYWORDS.binary_search(&key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn keywords_can_be_searched() {
        assert!(KEYWORDS.is_sorted());
    }
}
