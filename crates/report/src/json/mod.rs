//! The report for programs: JSON, version 1.
//!
//! Within version 1 fields may be added; none is renamed, removed or given another meaning.

mod distribution;
mod from;
mod handover;
pub(crate) mod harmless;
mod into;
mod names;
mod origin;
mod read;
pub mod wire;

use std::io;

use tidegate_core::event::Summary;

pub use self::read::{LARGEST, ReadError, Report, read};
use crate::codes::Codes;
use crate::since::Since;

/// The JSON Schema (draft-07) of the report.
pub const SCHEMA: &str = include_str!("../../schema/report-v1.schema.json");

/// About how many bytes a finding needs.
const A_FINDING: usize = 2_048;

/// The whole report as indented JSON.
///
/// Characters that would steer a terminal or a CI system stand as `\u` escapes, so that the text is
/// harmless in a log and the values are untouched.
///
/// # Errors
/// What serde_json refuses to write; the types hold nothing of the kind.
pub fn render(summary: &Summary, codes: &Codes, since: Option<&Since>) -> io::Result<String> {
    let whole = from::Whole::new(summary, codes, since);
    let findings = summary.results.iter().map(|result| {
        let attempts = result.attempts.iter().map(|one| one.findings.len());
        result.findings.len() + attempts.sum::<usize>()
    });
    let room = (findings.sum::<usize>() + summary.results.len() + 8) * A_FINDING;
    Ok(harmless::pretty(&whole, room)? + "\n")
}

#[cfg(test)]
mod tests;
