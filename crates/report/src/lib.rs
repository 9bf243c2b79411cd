//! The reporters of Tidegate: what a run found, for people and for machines.
//!
//! [`reports::Reports`] takes the events of a run and writes every report that was asked for. The
//! renderers themselves are pure: a [`Summary`](tidegate_core::event::Summary) goes in, text comes
//! out. Whatever the judged portal sent is treated as hostile: control characters are made
//! visible, markup is escaped, and commands to CI systems are broken.

#![forbid(unsafe_code)]

mod digest;
mod distribution;
mod grid;
mod page;
mod places;
mod slowest;
mod snippet;
mod starter;
pub mod text;
mod why;

pub mod again;
pub mod annotations;
pub mod codes;
pub mod doctor;
pub mod explain;
pub mod gitlab;
pub mod headline;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod outputs;
pub mod plan;
pub mod questions;
pub mod reports;
pub mod sarif;
pub mod since;
pub mod spec;
pub mod style;
pub mod target;
pub mod terminal;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

pub use codes::Codes;
pub use explain::{explain_code, explain_kind, kinds_text, list_text, page_text};
pub use places::Place;
pub use plan::plan_text;
pub use reports::{FailedReport, Reports, Settings, reporter};
pub use since::{Earlier, Since};
pub use snippet::{diagnostics, note};
pub use spec::{Format, ReportSpec, SpecError};
pub use style::Style;
pub use target::Target;
