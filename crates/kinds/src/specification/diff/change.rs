//! One change between two documents.

use tidegate_core::meta::CodeInfo;
use tidegate_core::span::Location;

/// One change between a base and a head document.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The rule that names it: its code and how bad it is.
    pub(crate) rule: &'static CodeInfo,
    /// Which part of the interface it is about, the same in every run: `GET /records`, then
    /// `200 application/json`, then a path such as `$.items[].amount`.
    pub(crate) subject: String,
    /// What changed, in one plain sentence without a full stop.
    pub(crate) text: String,
    /// Where it stands in the base, when it stands there.
    pub(crate) base: Option<Location>,
    /// Where it stands in the head, or the nearest part that still does.
    pub(crate) head: Option<Location>,
}
