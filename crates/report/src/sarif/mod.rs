//! The report for code scanning: SARIF 2.1.0.
//!
//! It is written for what GitHub takes (first location only, at most 25,000 results of which 5,000 are
//! kept, 10 MB gzipped) and holds to the standard otherwise. Results stand worst first, so that a
//! limit takes the least, and a notification says what was left out.

mod log;
mod results;
mod rules;
mod run;

use std::io;

use tidegate_core::event::Summary;

use self::rules::Rules;
use crate::codes::Codes;
use crate::json::harmless::compact;
use crate::text::{one_line, visible};

/// The most results that GitHub takes.
const MOST_RESULTS: usize = 25_000;
/// How large all results may be together, in bytes: with the rest this stays below 10 MB, which is what GitHub takes
/// of a gzipped report, whatever is in it.
const MOST_BYTES: usize = 8_000_000;

/// The findings as SARIF.
///
/// # Errors
/// What serde_json refuses to write; the types hold nothing of the kind.
pub fn render(summary: &Summary, codes: &Codes) -> io::Result<String> {
    within(summary, codes, MOST_RESULTS, MOST_BYTES)
}

/// The findings as SARIF, at most so many in so many bytes.
fn within(summary: &Summary, codes: &Codes, most: usize, bytes: usize) -> io::Result<String> {
    let ranked = results::ranked(summary);
    let rules = Rules::of(&ranked, codes);
    let writer = results::Writer::new(summary, &rules, &ranked);
    let mut written = Vec::new();
    let mut size = 0;
    for found in ranked.iter().take(most) {
        let text = compact(&writer.result(found))?;
        size += text.len() + 2;
        if size > bytes {
            break;
        }
        written.push(text);
    }
    let left_out = ranked.len() - written.len();
    let run = run::run(summary, rules.list(), left_out);
    let run = compact(&run)?;
    // Results may be many, so they are not kept in two forms.
    let open = run.strip_suffix('}').unwrap_or(&run);
    let schema = log::SCHEMA;
    Ok(format!(
        "{{\"$schema\":\"{schema}\",\"version\":\"2.1.0\",\"runs\":[\n{open},\"results\":[\n{}\n]}}\n]}}\n",
        written.join(",\n")
    ))
}

/// Foreign text on one line, in which no viewer finds a link: `[text](target)` is one in a message.
fn line(text: &str) -> String {
    one_line(text, true).replace("](", "] (")
}

/// Foreign text with its line breaks, in which no viewer finds a link.
fn block(text: &str) -> String {
    visible(text, true).replace("](", "] (")
}

/// A text that ends as a sentence does.
fn sentence(text: &str) -> String {
    let mut text = line(text);
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests;
