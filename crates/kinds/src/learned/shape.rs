//! The shape of values, which is all that is kept of an answer: names and types, no value.
//!
//! Shapes merge in any order to the same shape, so that a snapshot does not depend on which flow ended
//! first. What is seen within one answer counts once, however many items a list has.

use std::collections::BTreeMap;

use super::form::Form;

/// From how many answers on a place is settled; the counts stop there, so that the file comes to rest.
pub(super) const SETTLED: u8 = 5;

/// The most fields that an object may have in some answers and not in others; beyond, its keys are data.
const VARYING_LIMIT: usize = 30;

/// The most fields of an object.
const FIELD_LIMIT: usize = 300;

/// From how many fields on an object of equal objects is taken for a map.
const ALIKE_OBJECTS: usize = 8;

/// From how many fields on an object of equal scalars is taken for a map.
const ALIKE_SCALARS: usize = 31;

/// Types of values, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const ARRAY: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const NULL: Self = Self(8);
    pub(super) const NUMBER: Self = Self(16);
    pub(super) const OBJECT: Self = Self(32);
    pub(super) const STRING: Self = Self(64);

    /// Each type with its name in JSON Schema and in words.
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::ARRAY, "array", "a list"),
        (Self::BOOLEAN, "boolean", "true or false"),
        (Self::INTEGER, "integer", "a whole number"),
        (Self::NULL, "null", "null"),
        (Self::NUMBER, "number", "a number"),
        (Self::OBJECT, "object", "an object"),
        (Self::STRING, "string", "text"),
    ];

    /// The type of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|(_, known, _)| *known == name)
            .map(|(one, _, _)| *one)
    }

    /// The names of JSON Schema, sorted.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        let held = Self::ALL.iter().filter(move |(one, _, _)| self.has(*one));
        held.map(|(_, name, _)| *name)
    }

    /// The types in words, as in `null or text`.
    pub(super) fn words(self) -> String {
        let held = Self::ALL.iter().filter(|(one, _, _)| self.has(*one));
        let words: Vec<&str> = held.map(|(_, _, words)| *words).collect();
        words.join(" or ")
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0 && other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both; every whole number is a number.
    pub(super) fn and(self, other: Self) -> Self {
        let both = Self(self.0 | other.0);
        if both.has(Self::NUMBER) {
            both.without(Self::INTEGER)
        } else {
            both
        }
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// What values at one place look like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// In how many answers the place was seen, up to [`SETTLED`].
    pub(super) samples: u8,
    /// The types that were seen.
    pub(super) types: Types,
    /// The form that every text had.
    pub(super) form: Option<Form>,
    /// What objects there look like.
    pub(super) object: Option<Object>,
    /// What the items of lists there look like.
    pub(super) items: Option<Box<Shape>>,
}

/// What objects at one place look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    /// The fields by name; `None` when all its keys are data.
    pub(super) fields: Option<BTreeMap<String, Field>>,
    /// The values under keys that are data, such as ids and dates.
    pub(super) values: Option<Box<Shape>>,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Whether no object was without it.
    pub(super) always: bool,
    /// What stands in it.
    pub(super) shape: Shape,
}

/// How the counts of two shapes add up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counting {
    /// Both were seen in the same answer.
    Within,
    /// Each was seen in an answer of its own.
    Between,
}

impl Counting {
    fn add(self, one: u8, other: u8) -> u8 {
        match self {
            Self::Within => one.max(other),
            Self::Between => one.saturating_add(other).min(SETTLED),
        }
    }
}

impl Shape {
    /// A value of a type, seen in one answer.
    pub(super) fn of(types: Types) -> Self {
        Self {
            samples: 1,
            types,
            ..Self::default()
        }
    }

    /// Whether what was seen counts.
    pub(super) fn settled(&self) -> bool {
        self.samples >= SETTLED
    }

    /// How many places it describes.
    pub(super) fn parts(&self) -> usize {
        let inner = |shape: &Option<Box<Self>>| shape.as_ref().map_or(0, |inner| inner.parts());
        let object = self.object.as_ref().map_or(0, |object| {
            let fields = object.fields.iter().flatten();
            let fields: usize = fields.map(|(_, field)| field.shape.parts()).sum();
            fields + inner(&object.values)
        });
        1 + object + inner(&self.items)
    }

    /// Whether it is an OpenAPI document: what other answers are, and no answer itself.
    pub(super) fn describes_an_interface(&self) -> bool {
        let object = self.object.as_ref();
        let fields = object.and_then(|object| object.fields.as_ref());
        fields.is_some_and(|fields| {
            let has = |name: &str, types: Types| {
                let field = fields.get(name);
                field.is_some_and(|field| field.shape.types == types)
            };
            (has("openapi", Types::STRING) || has("swagger", Types::STRING))
                && has("paths", Types::OBJECT)
        })
    }

    /// What both look like.
    pub(super) fn merge(self, other: Self, counting: Counting) -> Self {
        let form = self.common_form(&other);
        Self {
            samples: counting.add(self.samples, other.samples),
            types: self.types.and(other.types),
            form,
            object: either(self.object, other.object, |one, other| {
                one.merge(other, counting)
            }),
            items: either(self.items, other.items, |one, other| {
                Box::new(one.merge(*other, counting))
            }),
        }
    }

    /// Where no text was seen, every form is still possible.
    fn common_form(&self, other: &Self) -> Option<Form> {
        let texts = |shape: &Self| shape.types.has(Types::STRING);
        match (texts(self), texts(other)) {
            (true, true) => self.form.filter(|form| other.form == Some(*form)),
            (true, false) => self.form,
            (false, _) => other.form,
        }
    }

    /// The shape without counts, as everything below a key that is data has it: which keys there are is
    /// a matter of data, and so is how often a place below them was seen.
    fn uncounted(self) -> Self {
        Self {
            samples: 1,
            object: self.object.map(Object::uncounted),
            items: self.items.map(|items| Box::new(items.uncounted())),
            ..self
        }
    }
}

impl Object {
    /// An object with these fields and the values under its other keys.
    pub(super) fn new(fields: BTreeMap<String, Field>, values: Option<Shape>) -> Self {
        let object = Self {
            fields: Some(fields),
            values: values.map(|values| Box::new(values.uncounted())),
        };
        if object.fields.as_ref().is_some_and(alike) {
            object.into_map()
        } else {
            object.bounded()
        }
    }

    fn merge(self, other: Self, counting: Counting) -> Self {
        let (one, other) = match (&self.fields, &other.fields) {
            (Some(_), Some(_)) | (None, None) => (self, other),
            _ => (self.into_map(), other.into_map()),
        };
        let merged = Self {
            fields: either(one.fields, other.fields, |one, other| {
                merge_fields(one, other, counting)
            }),
            values: either(one.values, other.values, |one, other| {
                Box::new(join(*one, *other))
            }),
        };
        merged.bounded()
    }

    /// Takes all keys for data when there are too many that come and go.
    fn bounded(self) -> Self {
        let too_many = self.fields.as_ref().is_some_and(|fields| {
            let varying = fields.values().filter(|field| !field.always).count();
            varying > VARYING_LIMIT || fields.len() > FIELD_LIMIT
        });
        if too_many { self.into_map() } else { self }
    }

    fn into_map(self) -> Self {
        let fields = self.fields.into_iter().flatten();
        let shapes = fields.map(|(_, field)| field.shape.uncounted());
        let values = self.values.map(|values| *values);
        Self {
            fields: None,
            values: shapes.chain(values).reduce(join).map(Box::new),
        }
    }

    fn uncounted(self) -> Self {
        let uncounted = |(name, field): (String, Field)| {
            let field = Field {
                always: false,
                shape: field.shape.uncounted(),
            };
            (name, field)
        };
        let fields = self.fields;
        let object = Self {
            fields: fields.map(|fields| fields.into_iter().map(uncounted).collect()),
            ..self
        };
        object.bounded()
    }
}

/// Values under two keys that are data.
fn join(one: Shape, other: Shape) -> Shape {
    one.merge(other, Counting::Within)
}

fn either<T>(one: Option<T>, other: Option<T>, both: impl FnOnce(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(both(one, other)),
        (one, other) => one.or(other),
    }
}

fn merge_fields(
    one: BTreeMap<String, Field>,
    mut other: BTreeMap<String, Field>,
    counting: Counting,
) -> BTreeMap<String, Field> {
    let mut merged = BTreeMap::new();
    for (name, field) in one {
        let field = match other.remove(&name) {
            Some(twin) => Field {
                always: field.always && twin.always,
                shape: field.shape.merge(twin.shape, counting),
            },
            None => sometimes(field),
        };
        merged.insert(name, field);
    }
    let rest = other.into_iter();
    merged.extend(rest.map(|(name, field)| (name, sometimes(field))));
    merged
}

fn sometimes(field: Field) -> Field {
    Field {
        always: false,
        ..field
    }
}

/// Whether so many fields look the same that their names are data, as names of people often are.
fn alike(fields: &BTreeMap<String, Field>) -> bool {
    let mut shapes = fields.values().map(|field| &field.shape);
    let Some(first) = shapes.next() else {
        return false;
    };
    let names = |shape: &Shape| -> Option<Vec<String>> {
        let fields = shape.object.as_ref()?.fields.as_ref()?;
        Some(fields.keys().cloned().collect())
    };
    if first.types == Types::OBJECT {
        let first = names(first);
        return fields.len() >= ALIKE_OBJECTS
            && shapes.all(|shape| shape.types == Types::OBJECT && names(shape) == first);
    }
    fields.len() >= ALIKE_SCALARS && shapes.all(|shape| shape.types == first.types)
}
