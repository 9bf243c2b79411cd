//! One line for each judged distribution: where its values lie, and the percentile that decided.

use textwrap::core::display_width;
use tidegate_core::distribution::{Distribution, Mark, Standing};
use tidegate_core::event::Summary;
use tidegate_core::result::CheckResult;

use crate::distribution::words::{amount, percentile, range};
use crate::distribution::{Room, all, fails, nearest_rank, sparkline, standing, tidy, worst};
use crate::grid::middle_cut;
use crate::page::Page;
use crate::style::{Style, Tone};
use crate::text::{clip, count, only_in_json};

/// How many lines are shown; the rest is counted.
const SHOWN: usize = 20;
/// How many characters of a route are looked at.
const NAME: usize = 300;
/// The narrowest a route's name is made before less else is told.
const NARROWEST: usize = 16;
/// Ways to tell a line, the widest first: the width of the drawing, and whether the interval is told.
const WAYS: [(usize, bool); 4] = [(20, true), (10, true), (10, false), (0, false)];

/// What stands on a line.
struct Line {
    name: String,
    tone: Tone,
    sign: &'static str,
    distribution: Distribution,
    /// With the interval, and without it.
    figures: [String; 2],
}

pub(super) fn waits(page: &mut Page<'_>, summary: &Summary) {
    let style = page.style();
    let mut judged = all(summary);
    judged.retain(|(_, one)| standing(one) != Standing::Unjudged);
    let lines: Vec<Line> = judged
        .iter()
        .take(SHOWN)
        .filter_map(|(result, one)| line(result, &tidy(one, Room::default()), style))
        .collect();
    if lines.is_empty() {
        return;
    }
    page.title("Response times");
    let (name, drawing, interval) = fitted(&lines, style);
    for line in &lines {
        page.line(drawn(line, name, drawing, interval, style));
    }
    if let Some(more @ 1..) = judged.len().checked_sub(SHOWN) {
        page.line(format!("  ({})", only_in_json(count(more, "line"))));
    }
}

fn line(result: &CheckResult, distribution: &Distribution, style: &Style) -> Option<Line> {
    let mark = worst(distribution)?;
    let (tone, sign) = match mark.standing {
        Standing::Within => (Tone::Good, style.symbol("✓", "ok  ")),
        standing if fails(result, standing) => (Tone::Bad, style.symbol("✗", "FAIL")),
        Standing::Over => (Tone::Caution, style.symbol("!", "over")),
        Standing::TooClose | Standing::Unjudged => (Tone::Caution, style.symbol("?", "??  ")),
    };
    Some(Line {
        name: style.line(&clip(&distribution.subject, NAME)),
        tone,
        sign,
        figures: [true, false].map(|interval| figures(result, distribution, mark, interval)),
        distribution: distribution.clone(),
    })
}

/// The percentile with what it is held against, as in `p95 212 ms (201 to 230 ms) of 300 ms`.
fn figures(
    result: &CheckResult,
    distribution: &Distribution,
    mark: &Mark,
    interval: bool,
) -> String {
    let unit = distribution.unit;
    let mut text = percentile(mark.percentile);
    if mark.value.is_finite() {
        text.push_str(&format!(" {}", amount(mark.value, unit)));
    }
    if let Some(range) = range(mark.interval, unit).filter(|_| interval) {
        text.push_str(&format!(" ({range})"));
    }
    match (
        mark.budget,
        nearest_rank(&distribution.reference, mark.percentile),
    ) {
        (Some(budget), _) => text.push_str(&format!(" of {}", amount(budget, unit))),
        (None, Some(old)) => {
            let word = if result.kind == "latency" {
                "alone"
            } else {
                "was"
            };
            text.push_str(&format!(", {word} {}", amount(old, unit)));
        }
        (None, None) => {}
    }
    text
}

/// The width of the names, that of the drawings, and whether intervals have room.
fn fitted(lines: &[Line], style: &Style) -> (usize, usize, bool) {
    let widest = |width: fn(&Line) -> usize| lines.iter().map(width).max().unwrap_or_default();
    let names = widest(|line| display_width(&line.name));
    let sign = widest(|line| line.sign.chars().count());
    let room = |(drawing, interval): (usize, bool)| {
        let figures = widest(if interval {
            |line| line.figures[0].len()
        } else {
            |line| line.figures[1].len()
        });
        let drawing = if drawing > 0 { drawing + 2 } else { 0 };
        style
            .width
            .saturating_sub(2 + sign + 1 + 2 + figures + drawing)
    };
    let fits = |way: &&(usize, bool)| room(**way) >= names.min(NARROWEST);
    let way = *WAYS.iter().find(fits).unwrap_or(&(0, false));
    (names.min(room(way).max(1)), way.0, way.1)
}

fn drawn(line: &Line, name: usize, drawing: usize, interval: bool, style: &Style) -> String {
    let name_text = middle_cut(&line.name, name, style);
    let picture = match drawing {
        0 => String::new(),
        width => format!("{}  ", sparkline(&line.distribution, width, style.unicode)),
    };
    let figures = &line.figures[usize::from(!interval)];
    let sign = style.paint(line.tone, line.sign);
    format!("  {sign} {name_text}  {picture}{figures}")
}
