//! What a report says beside its findings.

use tidegate_core::check::Table;
use tidegate_core::event::Summary;
use tidegate_core::finding::Suppression;
use tidegate_core::meta::Level;
use tidegate_core::period::Period;
use tidegate_core::plan::Plan;
use tidegate_core::provenance::Provenance;
use tidegate_core::result::{CheckResult, Outcome};

use super::View;
use super::escape::{inline, labelled, preformatted};
use super::finding::place;
use super::paper::{Paper, left_out_line};
use crate::since::Change;
use crate::terminal::{leftover_text, suppression_text};
use crate::text::{clip, count};
use crate::why::{ending, stops, why};

/// How many rows a table has at most that is not folded.
const OPEN_ROWS: usize = 15;
/// How much of the text the rows of one table may take.
const ROWS_LIMIT: usize = 64 * 1024;
/// How many characters of a cell are shown.
const CELL_LIMIT: usize = 120;

/// Where and how long the run was, what was judged, and what changed since an earlier gate.
pub(super) fn about(view: &View<'_>) -> String {
    let mut text = format!(
        "\n{}{}\n",
        inline(&place_and_time(view.summary)),
        judged(&view.summary.provenance)
    );
    if let Some(since) = view.since {
        text.push_str(&format!("\n{}\n", inline(&since.sentence())));
    }
    text
}

fn place_and_time(summary: &Summary) -> String {
    let Plan {
        environment, url, ..
    } = &summary.plan;
    format!(
        "Looked at {environment} ({url}) for {}.",
        Period(summary.elapsed)
    )
}

/// The commit and the run, with links.
fn judged(provenance: &Provenance) -> String {
    let mut text = String::new();
    if let Some(commit) = &provenance.commit {
        let short = inline(&commit.chars().take(10).collect::<String>());
        text.push_str(&format!(" It judged {short}"));
        if let Some(branch) = &provenance.branch {
            text.push_str(&format!(" of {}", inline(&clip(branch, CELL_LIMIT))));
        }
        text.push('.');
    }
    if let Some(address) = provenance.run.as_deref().filter(|address| plain(address)) {
        text.push_str(&format!(" [The run]({address})."));
    }
    text
}

/// Whether an address can stand in a link as it is.
fn plain(address: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":/.-_~".contains(c);
    address.starts_with("https://") && address.chars().all(allowed)
}

/// A table of the checks, in at most so many bytes; folded when it is long.
pub(super) fn checks(view: &View<'_>, limit: usize) -> String {
    let shown: Vec<&CheckResult> = view
        .summary
        .results
        .iter()
        .filter(|one| shown(one))
        .collect();
    if shown.is_empty() {
        return String::new();
    }
    let mut body = "\n| Check | Result | Time |\n|---|---|---|\n".to_owned();
    let mut left_out = 0;
    for row in shown.iter().map(|result| row(result)) {
        if left_out > 0 || body.len() + row.len() + 512 > limit {
            left_out += 1;
        } else {
            body.push_str(&row);
        }
    }
    body.push_str(&left_out_line(left_out, "check"));
    if shown.len() <= OPEN_ROWS {
        return format!("\n## Checks\n{body}");
    }
    let summary = count(shown.len(), "check");
    format!("\n## Checks\n\n<details>\n<summary>{summary}</summary>\n{body}\n</details>\n")
}

/// Checks that were executed, and observers that found something.
fn shown(result: &CheckResult) -> bool {
    let silent = result.observer && result.findings.is_empty();
    !matches!(result.outcome, Outcome::Skipped(_)) && !silent
}

fn row(result: &CheckResult) -> String {
    let findings = result.findings.iter();
    let warned = findings.filter(|one| one.counts() && one.level == Level::Warn);
    let words = match &result.outcome {
        Outcome::Passed if warned.count() > 0 => "passed, with a warning",
        _ => ending(result),
    };
    let mark = match &result.outcome {
        Outcome::Passed if words == "passed" => "✅",
        Outcome::Failed => "❌",
        _ => "⚠️",
    };
    format!(
        "| {} | {mark} {words} | {} |\n",
        cell(result.id.as_str()),
        Period(result.elapsed)
    )
}

/// Why no check was started.
pub(super) fn unready(view: &View<'_>) -> String {
    let Some(failure) = &view.summary.preflight else {
        return String::new();
    };
    let mut text = "\n## Before the first check\n\n".to_owned();
    if let Some(location) = &failure.location {
        text.push_str(&format!("at {}\n", place(view, location)));
    }
    if let Some(evidence) = &failure.evidence {
        text.push_str(&preformatted(&clip(evidence, view.evidence)));
    }
    text + &labelled("What to do", &failure.help)
}

/// Checks that came to no result.
pub(super) fn unresolved(view: &View<'_>, paper: &mut Paper) {
    let unresolved = view
        .digest
        .unresolved
        .iter()
        .map(|result| doubt(view, result));
    paper.add_all("\n## Checks without a result\n", unresolved, "check");
}

fn doubt(view: &View<'_>, result: &CheckResult) -> String {
    let Some(why) = why(result) else {
        return String::new();
    };
    let weight = if stops(result) {
        ""
    } else {
        " (only a warning)"
    };
    let id = inline(result.id.as_str());
    let mut text = format!("\n### {id} {}{weight}\n", why.ending);
    if let Some(location) = &why.location {
        text.push_str(&format!("\n{}\n", place(view, location)));
    }
    text + &labelled("Why", &why.text) + &labelled("What to do", &why.help)
}

/// What is no finding and yet wants a look: what was left behind, warnings, repeated checks.
pub(super) fn remarks(view: &View<'_>, paper: &mut Paper) {
    let leftovers = view.summary.leftovers.iter().map(leftover_text);
    let leftovers = leftovers.map(|text| labelled("Left behind on the portal", &text));
    let warnings = view.summary.warnings.iter().map(|warning| {
        labelled("Warning", &warning.message) + &labelled("What to do", &warning.help)
    });
    let flaky = view.digest.flaky.iter().map(|result| {
        let attempts = count(result.attempts.len(), "attempt");
        labelled(
            "Passed only when repeated",
            &format!("{} needed {attempts}", result.id),
        )
    });
    let all = leftovers.chain(warnings).chain(flaky);
    paper.add_all("\n## About the run itself\n", all, "remark");
}

/// What changed since an earlier gate, folded.
pub(super) fn changes(view: &View<'_>, paper: &mut Paper) {
    let Some(since) = view.since else { return };
    for (title, changes) in [
        ("New", &since.new),
        ("Fixed", &since.fixed),
        ("Not looked at this time", &since.not_looked_at),
    ] {
        if changes.is_empty() {
            continue;
        }
        let mut body = String::new();
        let mut left_out = 0;
        for line in changes.iter().map(change) {
            if left_out > 0 || body.len() + line.len() > paper.room() / 4 {
                left_out += 1;
            } else {
                body.push_str(&line);
            }
        }
        body.push_str(&left_out_line(left_out, "finding"));
        let number = count(changes.len(), "finding");
        paper.add(&format!(
            "\n<details>\n<summary>{title} since the last gate: {number}</summary>\n\n{body}\n</details>\n"
        ));
    }
}

fn change(change: &Change) -> String {
    format!(
        "- {} ({}, {}, {})\n",
        inline(&clip(&change.title, 200)),
        inline(change.code.as_str()),
        change.severity.name(),
        inline(change.check.as_str())
    )
}

/// Findings that are only reported, in a line each.
pub(super) fn worth_knowing(view: &View<'_>, paper: &mut Paper) {
    let remarks = view.digest.remarks.iter().map(|group| {
        let finding = group.finding;
        format!(
            "- {} ({}, {})\n",
            inline(&clip(&finding.title, 200)),
            inline(finding.code.as_str()),
            place(view, &finding.location)
        )
    });
    paper.add_all("\n## Worth knowing\n\n", remarks, "remark");
}

/// The tables of all checks, each under its title.
pub(super) fn tables(view: &View<'_>, paper: &mut Paper) {
    let results = view.summary.results.iter();
    let filled = results.flat_map(|result| {
        let filled = |table: &&Table| !table.columns.is_empty() && !table.rows.is_empty();
        let tables = result.tables.iter().filter(filled);
        tables.map(move |one| table(result, one))
    });
    paper.add_all("", filled, "table");
}

fn table(result: &CheckResult, table: &Table) -> String {
    let (title, check) = (inline(&table.title), inline(result.id.as_str()));
    let body = table_body(table);
    if table.rows.len() <= OPEN_ROWS {
        return format!("\n### {title} ({check})\n{body}");
    }
    let rows = count(table.rows.len(), "row");
    format!("\n### {title} ({check})\n\n<details>\n<summary>{rows}</summary>\n{body}\n</details>\n")
}

/// Head and rows, as far as there is room.
fn table_body(table: &Table) -> String {
    let columns = table.columns.len();
    let line = |cells: &[String]| {
        let cell = |index: usize| cells.get(index).map_or_else(String::new, |text| cell(text));
        let cells: Vec<String> = (0..columns).map(cell).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head = format!("\n{}|{}\n", line(&table.columns), "---|".repeat(columns));
    let mut paper = Paper::new(head, ROWS_LIMIT, 0);
    paper.add_all("", table.rows.iter().map(|row| line(row)), "row");
    paper.finish()
}

/// Foreign text in a cell.
fn cell(text: &str) -> String {
    inline(&clip(text, CELL_LIMIT))
}

/// Checks that did not run, by reason.
pub(super) fn skipped(view: &View<'_>, paper: &mut Paper) {
    let skipped = view.digest.skipped.iter().map(|(reason, ids)| {
        let names: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let names = inline(&names.join(", "));
        format!("- {} ({}): {names}\n", inline(reason), ids.len())
    });
    paper.add_all("\n## Did not run\n\n", skipped, "reason");
}

/// Findings that do not count, and why.
pub(super) fn suppressed(view: &View<'_>, paper: &mut Paper) {
    let digest = &view.digest;
    let known = (!digest.known.is_empty()).then(|| {
        let number = count(digest.known.len(), "finding");
        let known = digest.known.iter();
        let days = known.filter_map(|(_, finding)| match &finding.suppressed {
            Some(Suppression::Baseline { expires }) => expires.as_deref(),
            _ => None,
        });
        let some = if digest.known.len() == 1 {
            ""
        } else {
            ", the first"
        };
        let first = days.min();
        let first = first.map(|day| format!("{some} until {}", inline(day)));
        format!(
            "- {number} known before this deploy{}\n",
            first.unwrap_or_default()
        )
    });
    let waived = digest.waived.iter().map(|(result, finding)| {
        let waiver = suppression_text(finding.suppressed.as_ref());
        format!(
            "- {}\n",
            inline(&format!("{} in {}: {waiver}", finding.code, result.id))
        )
    });
    paper.add_all(
        "\n## Not counted\n\n",
        known.into_iter().chain(waived),
        "finding",
    );
}
