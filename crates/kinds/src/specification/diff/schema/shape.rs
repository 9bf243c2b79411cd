//! A schema in the one form in which schemas are compared.
//!
//! The form is by the kind of the value: what a schema says about texts stands apart from what it says
//! about maps, so that a list of types, a union of types and `nullable` come out alike.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Number, Value as Json};

use crate::specification::Place;

/// A kind of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Map,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [
        Self::Null,
        Self::Boolean,
        Self::Number,
        Self::Text,
        Self::List,
        Self::Map,
    ];

    pub(super) fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Bool(_) => Self::Boolean,
            Json::Number(_) => Self::Number,
            Json::String(_) => Self::Text,
            Json::Array(_) => Self::List,
            Json::Object(_) => Self::Map,
        }
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ALL: Self = Self(0b11_1111);

    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub(super) fn with(self, kind: Kind) -> Self {
        Self(self.0 | (1 << kind as u8))
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

impl From<Kind> for Kinds {
    fn from(kind: Kind) -> Self {
        Self::NONE.with(kind)
    }
}

/// Schemas that hold together, by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(pub(super) u32);

impl Node {
    /// Allows any value.
    pub(super) const EVERYTHING: Self = Self(0);
    /// Allows no value.
    pub(super) const NOTHING: Self = Self(1);
}

/// What one schema demands.
#[derive(Debug, Clone)]
pub(super) struct Shape<'l> {
    /// Where it stands.
    pub(super) place: Option<Place>,
    /// The kinds of value that it allows.
    pub(super) kinds: Kinds,
    /// The keyword that limits the kinds.
    pub(super) kinds_at: Option<Place>,
    /// Whether a keyword limits the kinds at all.
    pub(super) stated: bool,
    /// The kinds of which only listed values are allowed.
    pub(super) listed: Kinds,
    /// The listed values, by their JSON.
    pub(super) values: BTreeMap<String, Listed>,
    pub(super) number: Numbers<'l>,
    pub(super) text: Texts<'l>,
    pub(super) list: Rc<Lists>,
    pub(super) map: Rc<Maps<'l>>,
    pub(super) conditions: Vec<Condition<'l>>,
    pub(super) notes: Notes<'l>,
    /// Whether a part of it could not be followed, so that nothing is known of it.
    pub(super) unknown: bool,
    /// Whether it stands for a schema that is being made.
    pub(super) cyclic: bool,
}

/// A listed value.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) value: Rc<Json>,
    pub(super) place: Place,
}

/// A limit and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub(super) value: u64,
    /// The keyword, unless another one comes down to it.
    pub(super) place: Option<Place>,
}

/// The end of a range.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) value: Number,
    /// Whether the value itself is outside.
    pub(super) exclusive: bool,
    pub(super) place: Place,
}

/// What holds for numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers<'l> {
    /// Whether only whole numbers are allowed.
    pub(super) whole: bool,
    pub(super) minimum: Option<Bound>,
    pub(super) maximum: Option<Bound>,
    pub(super) multiples: BTreeMap<String, Place>,
    pub(super) formats: BTreeMap<&'l str, Place>,
}

/// What holds for texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts<'l> {
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
    pub(super) patterns: BTreeMap<&'l str, Place>,
    pub(super) formats: BTreeMap<&'l str, Place>,
}

/// What holds for lists.
#[derive(Debug, Clone)]
pub(super) struct Lists {
    /// What the first elements are.
    pub(super) first: Vec<Node>,
    /// What the others are.
    pub(super) rest: Node,
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
    pub(super) unique: Option<Place>,
}

impl Default for Lists {
    fn default() -> Self {
        Self {
            first: Vec::new(),
            rest: Node::EVERYTHING,
            minimum: None,
            maximum: None,
            unique: None,
        }
    }
}

impl Lists {
    /// What the element at a position is.
    pub(super) fn at(&self, position: usize) -> Node {
        self.first.get(position).copied().unwrap_or(self.rest)
    }
}

/// What holds for maps.
#[derive(Debug, Clone)]
pub(super) struct Maps<'l> {
    pub(super) fields: BTreeMap<&'l str, Field>,
    pub(super) required: BTreeMap<&'l str, Place>,
    pub(super) patterns: BTreeMap<&'l str, Node>,
    /// What fields are that neither are listed nor match a pattern.
    pub(super) rest: Node,
    pub(super) rest_at: Option<Place>,
    pub(super) names: Node,
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
}

/// A field that is listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Field {
    pub(super) node: Node,
    pub(super) place: Place,
}

impl Default for Maps<'_> {
    fn default() -> Self {
        Self {
            fields: BTreeMap::new(),
            required: BTreeMap::new(),
            patterns: BTreeMap::new(),
            rest: Node::EVERYTHING,
            rest_at: None,
            names: Node::EVERYTHING,
            minimum: None,
            maximum: None,
        }
    }
}

/// What holds over some kinds and is more than a limit.
#[derive(Debug, Clone)]
pub(super) struct Condition<'l> {
    pub(super) kinds: Kinds,
    pub(super) what: What<'l>,
    pub(super) place: Place,
}

/// What a condition says.
#[derive(Debug, Clone)]
pub(super) enum What<'l> {
    /// One of several schemas holds.
    Union(Union<'l>),
    /// The schema does not hold.
    Not(Node),
    /// The second holds where the first does, the third where it does not.
    If(Node, Node, Node),
    /// So many elements of a list fulfil the schema.
    Contains(Node, u64, Option<u64>),
    /// These fields are there when that one is.
    Needs(&'l str, BTreeSet<&'l str>),
    /// The map fulfils the schema when it has that field.
    Depends(&'l str, Node),
    /// What no other keyword looked at fulfils the schema.
    Unevaluated(&'static str, Node),
}

/// Schemas of which one holds.
#[derive(Debug, Clone)]
pub(super) struct Union<'l> {
    /// Whether a value that fulfils two of them is refused.
    pub(super) exactly_one: bool,
    pub(super) branches: Vec<Branch<'l>>,
}

impl What<'_> {
    /// The schemas of a union.
    pub(super) fn branches(&self) -> Vec<Node> {
        match self {
            Self::Union(union) => union.branches.iter().map(|branch| branch.node).collect(),
            _ => Vec::new(),
        }
    }
}

/// One schema of a union.
#[derive(Debug, Clone)]
pub(super) struct Branch<'l> {
    pub(super) node: Node,
    /// Where it is listed.
    pub(super) place: Place,
    /// The name of the schema it refers to, or its title.
    pub(super) name: Option<&'l str>,
    /// The values of the discriminator that choose it.
    pub(super) keys: BTreeSet<&'l str>,
}

/// What is said about a value beside what it may be.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes<'l> {
    pub(super) default: Option<(Rc<Json>, Place)>,
    pub(super) deprecated: Option<Place>,
    pub(super) read_only: Option<Place>,
    pub(super) write_only: Option<Place>,
    pub(super) discriminator: Option<Discriminator<'l>>,
}

/// The field that tells the branches of a union apart.
#[derive(Debug, Clone)]
pub(super) struct Discriminator<'l> {
    pub(super) field: &'l str,
    pub(super) keys: BTreeMap<&'l str, Place>,
    pub(super) place: Place,
}

impl<'l> Shape<'l> {
    /// Allows any value.
    pub(super) fn everything(place: Option<Place>) -> Self {
        Self {
            place,
            kinds: Kinds::ALL,
            kinds_at: None,
            stated: false,
            listed: Kinds::NONE,
            values: BTreeMap::new(),
            number: Numbers::default(),
            text: Texts::default(),
            list: Rc::default(),
            map: Rc::default(),
            conditions: Vec::new(),
            notes: Notes::default(),
            unknown: false,
            cyclic: false,
        }
    }

    /// Stands for a schema that is being made; what that one says is added by itself.
    pub(super) fn cyclic(place: Place) -> Self {
        Self {
            cyclic: true,
            ..Self::everything(Some(place))
        }
    }

    /// Allows no value.
    pub(super) fn nothing(place: Option<Place>) -> Self {
        Self {
            kinds: Kinds::NONE,
            kinds_at: place,
            stated: true,
            ..Self::everything(place)
        }
    }

    /// Is what could not be read.
    pub(super) fn unknown(place: Option<Place>) -> Self {
        Self {
            unknown: true,
            ..Self::everything(place)
        }
    }

    /// The unions that values of a kind have to fulfil.
    pub(super) fn unions(&self, kind: Kind) -> Vec<usize> {
        let unions = self.conditions.iter().enumerate();
        unions
            .filter(|(_, one)| one.kinds.has(kind) && matches!(one.what, What::Union(_)))
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether values of a kind have to fulfil any condition.
    pub(super) fn is_conditional(&self, kind: Kind) -> bool {
        self.conditions.iter().any(|one| one.kinds.has(kind))
    }

    /// Whether every value of a kind is allowed, conditions aside.
    pub(super) fn is_free(&self, kind: Kind) -> bool {
        self.kinds.has(kind)
            && !self.listed.has(kind)
            && match kind {
                Kind::Null | Kind::Boolean => true,
                Kind::Number => self.number.is_free(),
                Kind::Text => self.text.is_free(),
                Kind::List => self.list.is_free(),
                Kind::Map => self.map.is_free(),
            }
    }

    /// The listed values of a kind.
    pub(super) fn listed(&self, kind: Kind) -> impl Iterator<Item = (&String, &Listed)> {
        let values = self.values.iter();
        values.filter(move |(_, listed)| Kind::of(&listed.value) == kind)
    }

    /// The one kind that the keywords are about though nothing names it.
    pub(super) fn implied(&self) -> Option<Kind> {
        let told = |kind: &Kind| !self.is_free(*kind);
        let mut kinds = Kind::ALL.into_iter().filter(told);
        let only = kinds.next()?;
        let is_implied = !self.stated && self.kinds == Kinds::ALL && kinds.next().is_none();
        is_implied.then_some(only)
    }
}

impl Numbers<'_> {
    pub(super) fn is_free(&self) -> bool {
        !self.whole
            && self.minimum.is_none()
            && self.maximum.is_none()
            && self.multiples.is_empty()
            && self.formats.is_empty()
    }
}

impl Texts<'_> {
    pub(super) fn is_free(&self) -> bool {
        self.minimum.is_none()
            && self.maximum.is_none()
            && self.patterns.is_empty()
            && self.formats.is_empty()
    }
}

impl Lists {
    pub(super) fn is_free(&self) -> bool {
        self.first.is_empty()
            && self.rest == Node::EVERYTHING
            && self.minimum.is_none()
            && self.maximum.is_none()
            && self.unique.is_none()
    }
}

impl Maps<'_> {
    pub(super) fn is_free(&self) -> bool {
        self.fields.is_empty()
            && self.required.is_empty()
            && self.patterns.is_empty()
            && self.rest == Node::EVERYTHING
            && self.names == Node::EVERYTHING
            && self.minimum.is_none()
            && self.maximum.is_none()
    }
}
