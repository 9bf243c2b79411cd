//! The report for programs: JSON, version 1.
//!
//! Within version 1 fields may be added; none is renamed, removed or given another meaning.

mod from;
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
use crate::text::steers;

/// The JSON Schema (draft-07) of the report.
pub const SCHEMA: &str = include_str!("../../schema/report-v1.schema.json");

/// The whole report as indented JSON.
///
/// Characters that would steer a terminal or a CI system stand as `\u` escapes, so that the text is
/// harmless in a log and the values are untouched.
///
/// # Errors
/// What serde_json refuses to write; the types hold nothing of the kind.
pub fn render(summary: &Summary, codes: &Codes, since: Option<&Since>) -> io::Result<String> {
    let report = wire::Report::new(summary, codes, since);
    let text = serde_json::to_string_pretty(&report)?;
    Ok(harmless(&text) + "\n")
}

/// Escapes what steers; outside strings JSON has nothing of the kind but line breaks.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut previous = ' ';
    for character in json.chars() {
        let hash_command = character == '#' && previous == '#';
        if hash_command || (character != '\n' && steers(character)) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(character);
        }
        previous = character;
    }
    text
}

#[cfg(test)]
mod tests;
