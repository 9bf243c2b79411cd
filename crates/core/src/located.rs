//! Values of a typed config that keep their place, and parts that stay a [`Node`].

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::node::Node;
use crate::span::Span;

/// Asks the deserializer of a [`Node`] for the node itself.
pub(crate) const NODE_TOKEN: &str = "$tidegate::node";
/// Asks the deserializer of a [`Node`] for the value together with its place.
pub(crate) const LOCATED_TOKEN: &str = "$tidegate::located";

thread_local! {
    /// Serde's data model has no room for a node, so it is handed over beside it.
    static HANDED: RefCell<Option<Node>> = const { RefCell::new(None) };
}

/// Hands a node to the visitor that asked for it.
pub(crate) fn hand_over(node: &Node) {
    HANDED.with_borrow_mut(|slot| *slot = Some(node.clone()));
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;
        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value of a gate file")
            }

            fn visit_unit<E: Error>(self) -> Result<Node, E> {
                HANDED.take().ok_or_else(not_from_a_node)
            }
        }
        deserializer.deserialize_newtype_struct(NODE_TOKEN, NodeVisitor)
    }
}

/// A value with the place it was written at.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Span,
}

impl<T> Located<T> {
    /// Keeps the place and changes the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Located<U> {
        Located {
            value: change(self.value),
            span: self.span,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LocatedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for LocatedVisitor<T> {
            type Value = Located<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value of a gate file")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                inner: D,
            ) -> Result<Located<T>, D::Error> {
                let span = HANDED
                    .take()
                    .map(|node| node.span)
                    .ok_or_else(not_from_a_node)?;
                Ok(Located {
                    value: T::deserialize(inner)?,
                    span,
                })
            }
        }
        deserializer.deserialize_newtype_struct(LOCATED_TOKEN, LocatedVisitor(PhantomData))
    }
}

fn not_from_a_node<E: Error>() -> E {
    E::custom("this type is read from a gate file only")
}

/// The entries of a map in the order they were written, with the place of each key.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries<T>(
    /// Key and value of each entry.
    pub Vec<(Located<String>, T)>,
);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
            type Value = Entries<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Entries<T>, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Located<String>>()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}
