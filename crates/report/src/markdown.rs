//! A summary in Markdown for a CI step summary or a comment.
//!
//! Foreign text is written with character references and without markup, inside `<pre>` where it
//! has several lines, so that it can neither end its place nor mention anybody.

use tidegate_core::check::Table;
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;
use tidegate_core::result::CheckResult;
use tidegate_core::result::Outcome;

use crate::codes::Codes;
use crate::digest::{Digest, Group};
use crate::headline::{extent, headline};
use crate::terminal::{explain, leftover_text, severity, waiver_text};
use crate::text::{clip, count, one_line, visible};
use crate::why::{stops, why};

/// The most GitHub takes as a step summary is 1 MiB; this leaves room for what others write.
const LIMIT: usize = 1024 * 1024 - 64 * 1024;
/// How much of that the table of checks may take.
const TABLE_LIMIT: usize = LIMIT / 4;
/// How many characters of one piece of evidence are shown.
const EVIDENCE_LIMIT: usize = 4_000;
/// How many rows a table has at most that is not folded.
const OPEN_ROWS: usize = 15;
/// How much of the text the rows of one table may take.
const ROWS_LIMIT: usize = 64 * 1024;
/// How many characters of a cell are shown.
const CELL_LIMIT: usize = 120;
/// How many characters of a sentence are shown.
const SENTENCE_LIMIT: usize = 1_000;

/// The verdict, a table of the checks, and every finding as far as there is room.
pub fn render(summary: &Summary, codes: &Codes) -> String {
    let digest = Digest::of(summary);
    let mut text = format!(
        "**{}**\n\n{}\n",
        inline(&headline(summary)),
        inline(&extent(summary))
    );
    let rows = summary.results.iter().filter(|one| shown(one)).map(row);
    let head = "\n| Check | Result | Time |\n|---|---|---|\n";
    append(&mut text, TABLE_LIMIT, head, rows, "check");
    append(
        &mut text,
        TABLE_LIMIT,
        "",
        preflight(summary).into_iter(),
        "section",
    );
    append(
        &mut text,
        TABLE_LIMIT,
        "",
        remarks(summary, &digest).into_iter(),
        "remark",
    );
    let problems = digest.problems.iter().map(|group| finding(group, codes));
    append(&mut text, LIMIT, "\n## Problems\n", problems, "problem");
    let unresolved = digest.unresolved.iter().map(|result| doubt(result));
    append(
        &mut text,
        LIMIT,
        "\n## Checks without a result\n",
        unresolved,
        "check",
    );
    let warned = digest.warnings.iter().map(|group| finding(group, codes));
    append(&mut text, LIMIT, "\n## Warnings\n", warned, "warning");
    let tables = summary.results.iter().flat_map(tables);
    append(&mut text, LIMIT, "", tables, "table");
    let skipped = digest.skipped.iter().map(|(reason, ids)| {
        let names: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
        let names = inline(&names.join(", "));
        format!("- {} ({}): {names}\n", inline(reason), ids.len())
    });
    append(&mut text, LIMIT, "\n## Did not run\n\n", skipped, "reason");
    text
}

/// Adds a head and as many items as fit below the limit, and how many did not.
fn append(
    text: &mut String,
    limit: usize,
    head: &str,
    items: impl Iterator<Item = String>,
    noun: &str,
) {
    // Room for the head of every section and the line that counts what is left out.
    let limit = limit - 4_096;
    let mut left_out = 0;
    for (index, item) in items.enumerate() {
        if index == 0 {
            text.push_str(head);
        }
        if text.len() + item.len() > limit {
            left_out += 1;
        } else {
            text.push_str(&item);
        }
    }
    if left_out > 0 {
        text.push_str(&format!(
            "\n{left_out} more {noun}s; the JSON report has everything.\n"
        ));
    }
}

/// Checks that were executed, and observers that found something.
fn shown(result: &CheckResult) -> bool {
    let silent = result.observer && result.findings.is_empty();
    !matches!(result.outcome, Outcome::Skipped(_)) && !silent
}

fn row(result: &CheckResult) -> String {
    let words = match &result.outcome {
        Outcome::Passed if result.flaky => "⚠️ passed when repeated",
        Outcome::Passed => "✅ passed",
        Outcome::Failed => "❌ found a problem",
        Outcome::Skipped(_) => "did not run",
        _ => why(result).map_or("", |why| why.ending),
    };
    let mark = if why(result).is_some() { "⚠️ " } else { "" };
    format!(
        "| {} | {mark}{words} | {} |\n",
        inline(result.id.as_str()),
        Period(result.elapsed)
    )
}

fn preflight(summary: &Summary) -> Option<String> {
    let failure = summary.preflight.as_ref()?;
    let mut text = "\n## Before the first check\n\n".to_owned();
    if let Some(location) = &failure.location {
        text.push_str(&format!("at {}\n", inline(&location.to_string())));
    }
    if let Some(evidence) = &failure.evidence {
        text.push_str(&preformatted(&clip(evidence, EVIDENCE_LIMIT)));
    }
    Some(text + &labelled("What to do", &failure.help))
}

fn finding(group: &Group<'_>, codes: &Codes) -> String {
    let finding = group.finding;
    let mut text = format!("\n### {}\n\n", inline(&finding.title));
    text.push_str(&format!(
        "{} · {} · {} · {}\n",
        inline(group.result.id.as_str()),
        inline(finding.code.as_str()),
        severity(finding.severity),
        inline(&finding.location.to_string()),
    ));
    if let Some(line) = &finding.location.text {
        text.push_str(&preformatted(&clip(line, EVIDENCE_LIMIT)));
    }
    text.push_str(&evidence(finding));
    text.push_str(&also(group));
    if let Some(info) = codes.get(finding.code.as_str()) {
        text.push_str(&labelled("Why it matters", &info.impact));
        text.push_str(&advice(finding));
        text.push_str(&labelled("More", &explain(&finding.code)));
    } else {
        text.push_str(&advice(finding));
    }
    text
}

/// Everything that was seen, in one block: what takes several lines stands below its label.
fn evidence(finding: &Finding) -> String {
    let seen = finding.evidence.iter().filter(|one| !one.text.is_empty());
    let told: Vec<String> = seen
        .map(|one| {
            let text = clip(&one.text, EVIDENCE_LIMIT);
            let lines = text.trim_end().replace('\n', "\n  ");
            let between = if lines.contains('\n') { "\n  " } else { " " };
            format!("{}:{between}{lines}", one.label)
        })
        .collect();
    if told.is_empty() {
        return String::new();
    }
    preformatted(&told.join("\n"))
}

fn advice(finding: &Finding) -> String {
    labelled("What to do", &finding.advice)
}

fn also(group: &Group<'_>) -> String {
    let others: Vec<&str> = group
        .also
        .iter()
        .map(|(result, _)| result.id.as_str())
        .collect();
    labelled("The same in", &others.join(", "))
}

fn doubt(result: &CheckResult) -> String {
    let Some(why) = why(result) else {
        return String::new();
    };
    let weight = if stops(result) {
        ""
    } else {
        " (only a warning)"
    };
    let mut text = format!(
        "\n### {} {}{weight}\n",
        inline(result.id.as_str()),
        why.ending
    );
    text.push_str(&labelled("Why", &why.text));
    text.push_str(&labelled("What to do", &why.help));
    text
}

/// The tables of a check, each under its title.
fn tables(result: &CheckResult) -> impl Iterator<Item = String> {
    let filled = |table: &&Table| !table.columns.is_empty() && !table.rows.is_empty();
    let tables = result.tables.iter().filter(filled);
    tables.map(|table| {
        let (title, check) = (inline(&table.title), inline(result.id.as_str()));
        let body = table_body(table);
        if table.rows.len() <= OPEN_ROWS {
            return format!("\n### {title} ({check})\n{body}");
        }
        let rows = count(table.rows.len(), "row");
        format!(
            "\n### {title} ({check})\n\n<details>\n<summary>{rows}</summary>\n{body}\n</details>\n"
        )
    })
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
    let rows = table.rows.iter().map(|row| line(row));
    let mut text = String::new();
    append(&mut text, ROWS_LIMIT, &head, rows, "row");
    text
}

/// Foreign text in a cell.
fn cell(text: &str) -> String {
    inline(&clip(text, CELL_LIMIT))
}

/// What is no finding and yet worth a line: what was left behind, warnings, what did not count.
fn remarks(summary: &Summary, digest: &Digest<'_>) -> Vec<String> {
    let leftovers = summary.leftovers.iter().map(leftover_text);
    let leftovers = leftovers.map(|text| labelled("Left behind on the portal", &text));
    let warnings = summary.warnings.iter().map(|warning| {
        labelled("Warning", &warning.message) + &labelled("What to do", &warning.help)
    });
    let known = (!digest.known.is_empty()).then(|| {
        format!(
            "{} known before this deploy",
            count(digest.known.len(), "finding")
        )
    });
    let waived = digest.waived.iter().map(|(result, finding)| {
        let waiver = waiver_text(finding.suppressed.as_ref());
        format!("{} in {}: {waiver}", finding.code, result.id)
    });
    let suppressed = known.into_iter().chain(waived);
    let suppressed = suppressed.map(|text| labelled("Not counted", &text));
    leftovers.chain(warnings).chain(suppressed).collect()
}

/// A paragraph behind a label; nothing when it is empty.
fn labelled(label: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("\n**{label}:** {}\n", code(&inline(text)))
}

/// Foreign text on lines of its own.
fn preformatted(text: &str) -> String {
    let text = visible(text.trim_end(), true);
    format!("\n<pre>{}</pre>\n", references(&text))
}

/// Foreign text within a line; an `@` is kept from mentioning anybody by a zero-width space.
fn inline(text: &str) -> String {
    let text = one_line(&clip(text, SENTENCE_LIMIT), true);
    references(&text)
        .replace("&#64;", "&#64;&#8203;")
        .replace("www.", "www&#46;")
}

/// Shows what stands between two backticks as code; its content is written as references already.
fn code(text: &str) -> String {
    let parts: Vec<&str> = text.split("&#96;").collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let marked = parts.iter().enumerate().map(|(index, part)| {
        if index % 2 == 0 {
            (*part).to_owned()
        } else {
            format!("<code>{part}</code>")
        }
    });
    marked.collect()
}

/// Writes everything that Markdown, HTML or a CI system may give a meaning as a reference.
fn references(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut previous = '\n';
    while let Some(character) = rest.next() {
        if plain(previous, character, rest.peek().copied()) {
            safe.push(character);
        } else {
            safe.push_str(&format!("&#{};", u32::from(character)));
        }
        previous = character;
    }
    safe
}

/// Whether a character has no meaning where it stands.
fn plain(previous: char, character: char, next: Option<char>) -> bool {
    match character {
        // Not `::command`, `https://` or `:emoji:`.
        ':' => previous.is_alphanumeric() && next.is_none_or(|c| c == ' ' || c.is_ascii_digit()),
        ' ' | '\n' | '\t' | '.' | ',' | ';' | '/' | '-' | '=' | '?' | '%' | '+' => true,
        '(' | ')' | '{' | '}' | '\'' | '"' => true,
        _ => character.is_alphanumeric() || !character.is_ascii(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    #[test]
    fn a_blocked_run_begins_with_the_verdict() {
        let text = render(&samples::blocked(), &samples::codes());
        assert!(
            text.starts_with("**This deploy is blocked: 2 of 4 checks found a problem.**\n"),
            "{text}"
        );
        insta::assert_snapshot!(text);
    }

    #[test]
    fn tables_are_tables_and_long_ones_are_folded() {
        insta::assert_snapshot!(render(&samples::matrix(), &samples::codes()));
    }

    #[test]
    fn a_flood_of_rows_stays_below_the_limit_and_is_counted() {
        let mut summary = samples::matrix();
        let table = &mut summary.results[1].tables[0];
        table.rows = vec![vec!["<cell> ".repeat(40); 4]; 4_000];
        let text = render(&summary, &samples::codes());
        assert!(text.len() <= ROWS_LIMIT + 8_192, "{}", text.len());
        assert!(text.contains("<summary>4000 rows</summary>"));
        assert!(text.contains("more rows; the JSON report has everything.\n\n</details>"));
        assert!(text.contains("Where they were read"));
    }

    #[test]
    fn a_hostile_cell_makes_no_column_and_ends_no_row() {
        let text = render(
            &samples::saying("a|b\n`x`\n| - |</details>"),
            &samples::codes(),
        );
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("| a"))
            .collect();
        assert_eq!(rows.len(), 2 + 21 + 1);
        assert!(
            rows.iter().all(|row| row.matches('|').count() == 4),
            "{rows:#?}"
        );
    }

    #[test]
    fn markup_mentions_and_commands_are_only_text() {
        let hostile = "@octocat `x` | <img src=x> [a](b) ::error:: ##[group] www.evil.example $x$";
        let shown = inline(hostile);
        assert!(shown.contains("&#64;&#8203;octocat"), "{shown}");
        for live in ["@", "`", "|", "<", "[", "::", "##", "www.", "$"] {
            assert!(!shown.contains(live), "{live} in {shown}");
        }
    }

    #[test]
    fn a_flood_of_findings_stays_below_the_limit_and_is_counted() {
        let text = render(&samples::flood(3_000), &samples::codes());
        assert!(text.len() <= LIMIT, "{}", text.len());
        assert!(text.contains("more problems; the JSON report has everything."));
        assert!(text.starts_with("**This deploy is blocked"));
    }

    proptest! {
        #[test]
        fn foreign_text_never_leaves_its_place(
            text in "([`|<>@:#\\[\\]*_~$\\\\\n\t\\PC\u{0}-\u{9f}]|</pre>|::|##\\[|\n\n# |@a){0,30}",
        ) {
            let shown = render(&samples::saying(&text), &samples::codes());
            let lines = shown.replace("<pre>", "").replace("</pre>", "");
            let lines = lines.replace("<code>", "").replace("</code>", "");
            let folded = "<details>\n<summary>20 rows</summary>";
            prop_assert_eq!(shown.matches(folded).count(), 1);
            prop_assert_eq!(shown.matches("\n\n</details>\n").count(), 1);
            let lines = lines.replacen(folded, "", 1).replacen("</details>", "", 1);
            prop_assert!(!lines.contains(['<', '>', '`', '@']), "{lines}");
            prop_assert!(!shown.contains("##["));
            prop_assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")));
            prop_assert!(!shown.chars().any(|c| !matches!(c, '\n' | '\t') && crate::text::steers(c)));
            let opened = shown.matches("<pre>").count();
            prop_assert_eq!(opened, shown.matches("</pre>").count());
            prop_assert_eq!(shown.matches("<code>").count(), shown.matches("</code>").count());
        }
    }
}
