//! A run that follows another one of the same gate: what turned, in few lines.

use std::collections::HashMap;

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Level;
use tidegate_core::name::CheckId;
use tidegate_core::result::CheckResult;

use crate::headline::{extent, headline};
use crate::page::Page;
use crate::style::{Style, Tone};
use crate::text::{clip, count};
use crate::why::{stops, why};

/// How many findings of a check are shown.
const FINDINGS: usize = 3;

/// How many characters of a title are shown.
const TITLE: usize = 200;

/// How a check stands, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Well,
    Cautious,
    Bad,
}

/// What a run came to beside the one before it: what turned bad first, then what still is, what only
/// warns, and what was mended.
pub fn again(before: Option<&Summary>, now: &Summary, style: &Style) -> String {
    let known: HashMap<&CheckId, Standing> = before
        .into_iter()
        .flat_map(|summary| &summary.results)
        .filter_map(|result| Some((&result.id, standing(result)?)))
        .collect();
    let mut page = Page::new(style);
    let (mut turned, mut failed, mut still) = <(Vec<_>, Vec<_>, Vec<_>)>::default();
    let (mut cautious, mut mended) = <(Vec<_>, Vec<_>)>::default();
    for result in &now.results {
        let Some(stands) = standing(result) else {
            continue;
        };
        match (known.get(&result.id).copied(), stands) {
            (Some(Standing::Bad), Standing::Bad) => still.push(result),
            // It did not run before, so that nothing turned.
            (None, Standing::Bad) => failed.push(result),
            (_, Standing::Bad) => turned.push(result),
            (_, Standing::Cautious) => cautious.push(result),
            (Some(Standing::Bad), Standing::Well) => mended.push(result),
            (_, Standing::Well) => {}
        }
    }
    preflight(&mut page, now);
    group(
        &mut page,
        "Turned from passed to failed",
        &turned,
        Tone::Bad,
    );
    group(&mut page, "Failed", &failed, Tone::Bad);
    group(&mut page, "Still failing", &still, Tone::Bad);
    group(&mut page, "Only a warning", &cautious, Tone::Caution);
    passed(&mut page, &mended);
    page.gap();
    let fails = [turned, failed, still]
        .iter()
        .any(|group| !group.is_empty());
    let tone = match !fails && now.preflight.is_none() {
        true => Tone::Good,
        false => Tone::Bad,
    };
    page.toned(tone, "", &style.line(&headline(now)));
    page.paragraph("", &style.line(&extent(now)));
    page.finish()
}

/// How a check stands; nothing when it did not run.
fn standing(result: &CheckResult) -> Option<Standing> {
    let at = |level: Level| {
        let mut findings = result.findings.iter();
        findings.any(|finding| finding.counts() && finding.level == level)
    };
    let unresolved = why(result).is_some();
    if at(Level::Deny) || (unresolved && stops(result)) {
        return Some(Standing::Bad);
    }
    if at(Level::Warn) || result.flaky || unresolved {
        return Some(Standing::Cautious);
    }
    result.outcome.executed().then_some(Standing::Well)
}

fn preflight(page: &mut Page<'_>, summary: &Summary) {
    if let Some(failure) = &summary.preflight {
        page.title("Before the first check");
        let text = page.style().line(&failure.message);
        page.toned(Tone::Bad, "  ", &text);
        page.labelled("What to do", &failure.help);
    }
}

fn group(page: &mut Page<'_>, title: &str, results: &[&CheckResult], tone: Tone) {
    if results.is_empty() {
        return;
    }
    page.title(title);
    for result in results {
        let style = page.style();
        let ending = why(result).map(|why| format!(" {}: {}", why.ending, why.text));
        let name = format!("{}{}", result.id, ending.unwrap_or_default());
        page.toned(tone, "  ", &style.line(&clip(&name, TITLE)));
        let counting: Vec<&Finding> = result
            .findings
            .iter()
            .filter(|finding| finding.counts() && finding.level > Level::Allow)
            .collect();
        for finding in counting.iter().take(FINDINGS) {
            let place = &finding.location;
            let title = style.line(&clip(&finding.title, TITLE));
            let place = style.line(&format!("({}:{})", place.file, place.line));
            page.hanging("    - ", "      ", &format!("{title} {place}"));
        }
        if counting.len() > FINDINGS {
            let more = count(counting.len() - FINDINGS, "more finding");
            page.line(format!("    - {more}; `tidegate run` tells all"));
        }
    }
}

fn passed(page: &mut Page<'_>, mended: &[&CheckResult]) {
    if mended.is_empty() {
        return;
    }
    page.title("Turned from failed to passed");
    for result in mended {
        let text = page.style().line(result.id.as_str());
        page.toned(Tone::Good, "  ", &text);
    }
}

#[cfg(test)]
mod tests {
    use tidegate_core::result::Outcome;

    use super::*;
    use crate::samples;

    #[test]
    fn a_first_run_names_what_failed() {
        insta::assert_snapshot!(again(None, &samples::blocked(), &Style::PLAIN));
    }

    #[test]
    fn what_turned_comes_before_what_still_fails() {
        let now = samples::blocked();
        let mut before = now.clone();
        let bad = |result: &&mut CheckResult| standing(result) == Some(Standing::Bad);
        let first = before.results.iter_mut().find(bad).unwrap();
        first.findings.clear();
        first.outcome = Outcome::Passed;
        let id = first.id.clone();
        let text = again(Some(&before), &now, &Style::PLAIN);
        let (turned, rest) = text.split_once("Still failing").unwrap();
        assert!(
            turned.starts_with("Turned from passed to failed\n"),
            "{text}"
        );
        assert!(turned.contains(id.as_str()), "{text}");
        assert!(!rest.contains(&format!("\n  {id}\n")), "{text}");
        let mended = again(Some(&now), &before, &Style::PLAIN);
        let (_, passed) = mended.split_once("Turned from failed to passed\n").unwrap();
        assert!(passed.starts_with(&format!("  {id}\n")), "{mended}");
    }

    #[test]
    fn a_check_that_did_not_run_before_has_not_turned() {
        let now = samples::blocked();
        let mut before = now.clone();
        before.results.clear();
        let text = again(Some(&before), &now, &Style::PLAIN);
        assert!(text.starts_with("Failed\n"), "{text}");
        assert!(!text.contains("Turned"), "{text}");
    }

    #[test]
    fn hostile_text_steers_nothing() {
        let text = again(
            None,
            &samples::saying("\u{1b}[2J\n::error::x"),
            &Style::PLAIN,
        );
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::")),
            "{text}"
        );
    }
}
