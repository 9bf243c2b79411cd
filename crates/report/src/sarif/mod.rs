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
use crate::text::{ended, one_line, visible};

/// The most results that GitHub takes.
const MOST_RESULTS: usize = 25_000;
/// How large all results may be together when they are gzipped, in bytes: with the rest this stays below the
/// 10 MB that GitHub takes.
const MOST_BYTES: usize = 8_000_000;

/// About how many bytes a result needs.
const A_RESULT: usize = 2_048;

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
    // Results may be many, so they are kept once, and not copied while the text grows.
    let mut text = String::with_capacity(ranked.len().min(most) * A_RESULT);
    let mut size = Size::default();
    let mut written = 0;
    for found in ranked.iter().take(most) {
        let before = text.len();
        text.push_str(if written == 0 { "" } else { ",\n" });
        text.push_str(&compact(&writer.result(found))?);
        if size.of_more_than(&text, bytes) {
            text.truncate(before);
            break;
        }
        written += 1;
    }
    let run = run::run(summary, rules.list(), ranked.len() - written);
    let run = compact(&run)?;
    let open = run.strip_suffix('}').unwrap_or(&run);
    let schema = log::SCHEMA;
    let head = format!(
        "{{\"$schema\":\"{schema}\",\"version\":\"2.1.0\",\"runs\":[\n{open},\"results\":[\n"
    );
    text.insert_str(0, &head);
    text.push_str("\n]}\n]}\n");
    Ok(text)
}

/// How large a text is when it is gzipped, at most.
///
/// What gzip does at least is to give common bytes shorter codes; how short they can be is known from how
/// often each byte occurs.
struct Size {
    /// How much of the text was counted.
    counted: usize,
    occurring: [usize; 256],
}

impl Default for Size {
    fn default() -> Self {
        Self {
            counted: 0,
            occurring: [0; 256],
        }
    }
}

impl Size {
    /// Whether a text that only grows is more than so many bytes.
    #[allow(
        clippy::cast_precision_loss,
        reason = "a report is far below 2^53 bytes"
    )]
    fn of_more_than(&mut self, text: &str, most: usize) -> bool {
        if text.len() <= most {
            return false;
        }
        for byte in text.bytes().skip(self.counted) {
            if let Some(number) = self.occurring.get_mut(usize::from(byte)) {
                *number += 1;
            }
        }
        self.counted = text.len();
        let all = text.len() as f64;
        let occurring = self.occurring.iter().filter(|number| **number > 0);
        let bits: f64 = occurring
            .map(|number| *number as f64 * (all / *number as f64).log2())
            .sum();
        bits / 8.0 > most as f64
    }
}

/// Foreign text on one line, in which no viewer finds a link: `[text](target)` is one in a message.
fn line(text: &str) -> String {
    unlinked(one_line(text, true))
}

/// Foreign text with its line breaks, in which no viewer finds a link.
fn block(text: &str) -> String {
    unlinked(visible(text, true))
}

fn unlinked(text: String) -> String {
    if text.contains("](") {
        text.replace("](", "] (")
    } else {
        text
    }
}

/// A text that ends as a sentence does.
fn sentence(text: &str) -> String {
    ended(line(text))
}

#[cfg(test)]
mod tests;
