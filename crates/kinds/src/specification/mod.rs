//! Documents that say what an interface promises: OpenAPI, JSON Schema, and what was learned.
//!
//! Pure: bytes come from a [`Fetch`]. A document is read as it is, with the place of every value, and a
//! part that makes no sense spoils nothing but itself.

pub(crate) mod diff;
pub(crate) mod document;
pub(crate) mod library;
pub(crate) mod openapi;
pub(crate) mod sample;
pub(crate) mod schema;

pub(crate) use document::At;
pub(crate) use library::{Fetch, Library, Place};

/// Which way a value goes; what one side may change freely breaks the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// From the client to the portal.
    Request,
    /// From the portal to the client.
    Response,
}
