//! How long requests took: a table, and drawings of characters.
//!
//! GitHub and GitLab show neither inline SVG nor `data:` addresses in Markdown, and a picture elsewhere would
//! have to be fetched; characters in a block of code show everywhere, in mail as well.

use tidegate_core::distribution::{Distribution, Standing};
use tidegate_core::result::CheckResult;
use tidegate_core::words::number;

use super::View;
use super::escape::{inline, preformatted};
use super::paper::Paper;
use crate::distribution::words::{amount, percentile, range, sentence, standing as word};
use crate::distribution::{
    Room, all, beside, drawing, fails, nearest_rank, same, standing, tidy, worst,
};
use crate::text::{clip, count};

/// How many drawings stand open; more are folded.
const OPEN: usize = 2;
/// How many drawings there are at most.
const DRAWN: usize = 60;
/// How many drawings a comment has at most.
const DRAWN_IN_COMMENT: usize = 3;
/// How many rows of the table there are at most.
const ROWS: usize = 200;
/// How many characters of a route are shown.
const NAME: usize = 120;

/// A measured distribution and its check.
type Measured<'s> = (&'s CheckResult, Distribution);

/// The table of everything that was measured, and drawings below it; a comment has few of them.
pub(super) fn waits(view: &View<'_>, paper: &mut Paper) {
    let all = all(view.summary);
    let measured: Vec<Measured<'_>> = all
        .iter()
        .take(ROWS)
        .map(|(result, one)| (*result, tidy(one, Room::default())))
        .filter(|(_, one)| !one.marks.is_empty() || !one.values.is_empty())
        .collect();
    if measured.is_empty() {
        return;
    }
    let head = "\n## Response times\n\n\
        | Request | Measured | 95 % sure between | At most | Result | Samples |\n|---|---|---|---|---|---|\n";
    let rows = measured.iter().map(|(result, one)| row(result, one));
    paper.add_all(head, rows, "row");
    paper.count(all.len().saturating_sub(ROWS), "row");
    drawings(view, paper, &measured);
}

fn row(result: &CheckResult, distribution: &Distribution) -> String {
    let unit = distribution.unit;
    let name = name(result, distribution);
    let count = number(distribution.count);
    let Some(mark) = worst(distribution) else {
        return format!("| {name} | | | | | {count} |\n");
    };
    let percentile = percentile(mark.percentile);
    let value = match mark.value {
        value if value.is_finite() => format!("{percentile} {}", amount(value, unit)),
        _ => format!("{percentile} not measured"),
    };
    let range = range(mark.interval, unit).unwrap_or_default();
    let old = nearest_rank(&distribution.reference, mark.percentile);
    let limit = match (mark.budget, old) {
        (Some(budget), _) => amount(budget, unit),
        (None, Some(old)) => format!("{} {}", beside(result), amount(old, unit)),
        (None, None) => String::new(),
    };
    let (sign, word) = (sign(result, mark.standing), word(mark, old.is_some()));
    format!("| {name} | {value} | {range} | {limit} | {sign}{word} | {count} |\n")
}

fn sign(result: &CheckResult, standing: Standing) -> &'static str {
    match standing {
        Standing::Within => "✅ ",
        Standing::Over if fails(result, standing) => "❌ ",
        Standing::Over | Standing::TooClose => "⚠️ ",
        Standing::Unjudged => "",
    }
}

/// What was measured, and by which check.
fn name(result: &CheckResult, distribution: &Distribution) -> String {
    let subject = inline(&clip(&distribution.subject, NAME));
    format!("{subject} ({})", inline(&clip(result.id.as_str(), NAME)))
}

/// A drawing of each; in a comment only of those that are not within their latency budget.
fn drawings(view: &View<'_>, paper: &mut Paper, measured: &[Measured<'_>]) {
    let most = if view.tables { DRAWN } else { DRAWN_IN_COMMENT };
    let wanted = |one: &Distribution| view.tables || standing(one) != Standing::Within;
    let drawn: Vec<String> = measured
        .iter()
        .filter(|(_, one)| wanted(one))
        .filter_map(|(result, one)| block(result, one))
        .take(most)
        .collect();
    if drawn.is_empty() {
        return;
    }
    if drawn.len() <= OPEN && view.tables {
        paper.add_all("", drawn.into_iter(), "drawing");
        return;
    }
    let routes = count(drawn.len(), "route");
    let mut body = String::new();
    let mut left_out = 0;
    for block in drawn {
        if left_out > 0 || body.len() + block.len() > paper.room() / 4 {
            left_out += 1;
        } else {
            body.push_str(&block);
        }
    }
    let left_out = super::paper::left_out_line(left_out, "drawing");
    paper.add(&format!(
        "\n<details>\n<summary>Where the response times of {routes} lie</summary>\n{body}{left_out}\n</details>\n"
    ));
}

fn block(result: &CheckResult, distribution: &Distribution) -> Option<String> {
    let beside = beside(result);
    let lines = drawing(distribution, beside)?;
    let marks = distribution.marks.iter();
    let leading = worst(distribution).map(|mark| mark.percentile);
    let others =
        marks.filter(|mark| leading.is_some_and(|leading| !same(mark.percentile, leading)));
    let others: String = others
        .map(|mark| format!("{}\n", sentence(mark, distribution, beside)))
        .collect();
    let text = format!("{}\n{others}", lines.join("\n"));
    let name = name(result, distribution);
    Some(format!("\n{name}:\n{}", preformatted(&text)))
}
