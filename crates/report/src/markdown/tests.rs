//! What stands in a step summary and a comment, and what never does.

use proptest::prelude::*;
use tidegate_core::finding::Finding;
use tidegate_core::provenance::Provenance;

use super::escape::inline;
use super::*;
use crate::json::Report;
use crate::outputs::Outputs;
use crate::samples;
use crate::since::Earlier;
use crate::text::steers;

fn shown(summary: &Summary) -> String {
    render(summary, &samples::codes(), None)
}

#[test]
fn a_blocked_run_begins_with_the_verdict() {
    let text = shown(&samples::blocked());
    let first = "❌ **This deploy is blocked: 2 of 4 checks found a problem.** 4 of 7 checks ran. \
                 It stops what waits for this run.\n";
    assert!(text.starts_with(first), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_pull_request_has_links_to_the_lines_and_says_what_is_blocked() {
    let text = comment(
        &samples::requested(),
        &samples::codes(),
        None,
        COMMENT_LIMIT,
    );
    insta::assert_snapshot!(text);
}

#[test]
fn what_changed_since_the_last_gate_is_told_first_and_marked() {
    let earlier = Earlier::new(Report {
        summary: samples::allowed(),
        codes: samples::codes(),
        since: None,
    });
    let summary = samples::requested();
    let since = earlier.since(&summary).unwrap();
    let text = render(&summary, &samples::codes(), Some(since));
    let sentence = text.find("Since the last gate (2026-11-23)").unwrap();
    assert!(sentence < text.find("## Problems").unwrap());
    let number = since.new.len();
    assert!(number > 0 && text.contains(" · new · "), "{text}");
    assert!(text.contains(&format!(
        "New since the last gate: {}</summary>",
        count(number, "finding")
    )));
    let outputs = Outputs::of(&summary, Some(since)).text(false).unwrap();
    assert!(
        outputs.contains(&format!("\nnew={number}\nfixed={}\n", since.fixed.len())),
        "{outputs}"
    );
}

#[test]
fn the_first_line_says_whether_anything_is_blocked_here() {
    let first = |summary: &Summary| shown(summary).lines().next().unwrap().to_owned();
    let mut summary = samples::requested();
    assert!(first(&summary).ends_with("The pull request cannot be merged."));
    summary.advisory = true;
    assert!(first(&summary).ends_with("Nothing is blocked, because the run is advisory."));
    let mut allowed = samples::allowed();
    allowed.provenance = summary.provenance;
    assert_eq!(
        first(&allowed),
        "✅ **This deploy may go out: all 4 checks that ran passed.** 4 of 7 checks ran. \
         What a block does here: the pull request cannot be merged."
    );
    let nothing = first(&samples::nothing());
    assert!(nothing.contains("0 of 7 checks ran"), "{nothing}");
    assert!(
        nothing.starts_with("⚠️ **This deploy is stopped"),
        "{nothing}"
    );
}

#[test]
fn tables_are_tables_and_long_ones_are_folded() {
    insta::assert_snapshot!(shown(&samples::matrix()));
}

#[test]
fn response_times_are_a_table_and_drawings_and_a_comment_has_only_what_is_not_within() {
    let waits = samples::waits();
    let part = |text: String| {
        let (_, rest) = text.split_once("## Response times\n").unwrap();
        rest.to_owned()
    };
    let page = part(shown(&waits));
    assert_eq!(page.matches("<pre>").count(), 4);
    assert!(page.contains("Where the response times of 4 routes lie</summary>"));
    let comment = part(comment(&waits, &samples::codes(), None, COMMENT_LIMIT));
    insta::assert_snapshot!(comment);
    let mut good = samples::allowed();
    good.results[1].distributions = vec![samples::good()];
    let comment = super::comment(&good, &samples::codes(), None, COMMENT_LIMIT);
    assert!(!part(comment).contains("response times of"));
    let page = part(shown(&good));
    assert!(
        page.contains("<pre>") && !page.contains("response times of"),
        "{page}"
    );
}

#[test]
fn a_flood_of_rows_stays_below_the_limit_and_is_counted() {
    let mut summary = samples::matrix();
    let table = &mut summary.results[1].tables[0];
    table.rows = vec![vec!["<cell> ".repeat(40); 4]; 4_000];
    let text = shown(&summary);
    assert!(text.len() <= 64 * 1024 + 8_192, "{}", text.len());
    assert!(text.contains("<summary>4000 rows</summary>"));
    assert!(text.contains("more rows; the JSON report has everything.\n\n</details>"));
    assert!(text.contains("Where they were read"));
}

#[test]
fn a_hostile_cell_makes_no_column_and_ends_no_row() {
    let text = shown(&samples::saying("a|b\n`x`\n| - |</details>"));
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| a"))
        .collect();
    let pipes = |row: &&str| row.matches('|').count();
    let (times, tables): (Vec<&str>, Vec<&str>) = rows.into_iter().partition(|row| pipes(row) == 7);
    assert_eq!(times.len(), 10, "{times:#?}");
    assert_eq!(tables.len(), 1 + 2 + 21, "{tables:#?}");
    assert!(
        tables.iter().all(|row| row.matches('|').count() == 4),
        "{tables:#?}"
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
fn a_flood_of_findings_keeps_the_worst_at_length_and_counts_the_rest() {
    let mut summary = samples::flood(10_000);
    let worst = Finding {
        title: "The worst".into(),
        severity: tidegate_core::meta::Severity::Critical,
        ..summary.results[0].findings[9_999].clone()
    };
    summary.results[0].findings[9_999] = worst;
    for (text, limit) in [
        (shown(&summary), STEP_SUMMARY_LIMIT),
        (
            comment(&summary, &samples::codes(), None, COMMENT_LIMIT),
            COMMENT_LIMIT,
        ),
        (comment(&summary, &samples::codes(), None, 4_000), 4_000),
    ] {
        assert!(text.len() <= limit, "{} of {limit}", text.len());
        assert!(text.len() > limit * 9 / 10, "{} of {limit}", text.len());
        assert!(text.starts_with("❌ **This deploy is blocked"));
        let (at_length, briefly) = (text.find("### The worst"), text.find("\n- Record "));
        assert!(at_length < briefly, "{at_length:?} {briefly:?} {limit}");
        assert!(at_length.is_some() || limit == 4_000);
        assert!(text.contains("more problems; the JSON report has everything."));
        assert!(text.contains("## Checks\n"));
    }
}

#[test]
fn what_others_wrote_into_the_step_summary_counts() {
    let summary = samples::flood(3_000);
    let with = |taken| step_summary(&summary, &samples::codes(), None, taken);
    let text = with(1_000_000).unwrap();
    assert!(
        text.len() + 1_000_001 <= STEP_SUMMARY_LIMIT,
        "{}",
        text.len()
    );
    assert!(text.contains("more problems"));
    for full in [STEP_SUMMARY_LIMIT - 100, STEP_SUMMARY_LIMIT, usize::MAX] {
        assert_eq!(with(full), None);
    }
}

#[test]
fn in_next_to_no_room_the_verdict_is_left() {
    let summary = samples::saying(&"<b>".repeat(400_000));
    for limit in [40, 600, 2_000, 5_000, 60_000] {
        let text = comment(&summary, &samples::codes(), None, limit);
        assert!(text.len() <= limit, "{} of {limit}", text.len());
        assert!(text.contains("This deploy is"), "{text}");
    }
}

/// Takes our own markup out, and says whether all that was opened is closed.
fn without_markup(text: &str) -> (String, bool) {
    let mut rest = text.to_owned();
    let mut even = true;
    for tag in ["pre", "code", "details", "summary"] {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        even &= rest.matches(&open).count() == rest.matches(&close).count();
        rest = rest.replace(&open, "").replace(&close, "");
    }
    (rest, even)
}

proptest! {
    #[test]
    fn foreign_text_never_leaves_its_place(
        text in "([`|<>@:#\\[\\]()*_~$\\\\\n\t\\PC\u{0}-\u{9f}]|</pre>|</details>|::|##\\[|\n\n# |@a|\\]\\(http){0,30}",
        limit in 1_024_usize..40_000,
    ) {
        let mut summary = samples::saying(&text);
        summary.provenance = Provenance {
            repository: Some(format!("https://github.com/{text}")),
            commit: Some(text.clone()),
            branch: Some(text.clone()),
            run: Some(format!("https://github.com/{text}")),
            consequence: Some(text.clone()),
            ..samples::requested().provenance
        };
        for shown in [
            render(&summary, &samples::codes(), None),
            comment(&summary, &samples::codes(), None, limit),
        ] {
            let (rest, even) = without_markup(&shown);
            prop_assert!(even, "{shown}");
            prop_assert!(!rest.contains(['<', '>', '`', '@']), "{rest}");
            let links = rest.matches('[').count();
            // Letters and digits alone are a commit, whose files have pages.
            let page = format!("](https://github.com/{text}/blob/{text}/");
            let own = rest.matches("[The run](https://github.com/").count() + rest.matches(&page).count();
            prop_assert_eq!(links, own);
            prop_assert!(!shown.contains("##["));
            prop_assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")));
            prop_assert!(!shown.chars().any(|c| !matches!(c, '\n' | '\t') && steers(c)));
        }
        prop_assert!(comment(&summary, &samples::codes(), None, limit).len() <= limit);
    }
}
