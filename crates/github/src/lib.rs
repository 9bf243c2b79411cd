//! GitHub for Tidegate: which change an event judges, and how the verdict gets back to it.
//!
//! [`event`] reads what GitHub Actions says about a run and is always there; everything that calls
//! GitHub's REST interface is behind the feature `api`.

#![forbid(unsafe_code)]

#[cfg(feature = "api")]
pub mod api;
pub mod event;
