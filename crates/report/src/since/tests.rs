use tidegate_core::finding::Suppression;
use tidegate_core::result::Outcome;
use tidegate_core::verdict::fold;

use super::*;
use crate::json::{Report, render};
use crate::samples;

fn report(summary: Summary) -> Report {
    Report {
        summary,
        codes: samples::codes(),
        since: None,
    }
}

fn compared(before: Summary, now: &Summary) -> Since {
    Earlier::new(report(before)).since(now).unwrap().clone()
}

/// `CHECK CODE`, sorted.
fn named(changes: &[Change]) -> Vec<String> {
    let mut names: Vec<String> = changes
        .iter()
        .map(|change| format!("{} {}", change.check, change.code))
        .collect();
    names.sort();
    names
}

/// Judges a run again whose results were changed.
fn judged(mut summary: Summary) -> Summary {
    summary.judgement = fold(&summary.results, false, None);
    summary
}

#[test]
fn what_is_new_fixed_and_unchanged_is_known_by_check_code_and_fingerprint() {
    let before = samples::blocked();
    let mut now = samples::blocked();
    // The list is fast again; searching became worse by another thing; the rest is as it was.
    now.results[1].findings.clear();
    let mut other = now.results[2].findings[0].clone();
    other.fingerprint = Fingerprint::from_text("0123456789abcdef");
    now.results[2].findings.push(other);
    // Moved to another line, it is the same.
    now.results[0].findings[0].location.line = 99;
    let now = judged(now);
    let since = compared(before, &now);
    assert_eq!(named(&since.new), ["search-finds flow/status"]);
    let other = now.results[2].findings.last().unwrap();
    let new = New::of(Some(&since));
    assert!(new.has(&now.results[2].id, other));
    assert!(!new.has(&now.results[0].id, other));
    assert!(!new.has(&now.results[0].id, &now.results[0].findings[0]));
    assert_eq!(named(&since.fixed), ["list-is-fast latency/slow"]);
    assert_eq!(
        named(&since.unchanged),
        ["create-record flow/status", "search-finds flow/status"]
    );
    assert!(since.accepted.is_empty() && since.not_looked_at.is_empty());
    assert_eq!(
        since.sentence(),
        "Since the last gate (2026-11-23): 1 new, 1 fixed, 2 unchanged; the verdict was block and is block."
    );
}

#[test]
fn a_finding_of_a_check_that_did_not_run_is_never_fixed() {
    let skipped = Outcome::Skipped("--only names another check".into());
    let error = Outcome::Errored(tidegate_core::check::CheckError::new("it broke", ""));
    for outcome in [skipped, error, Outcome::Cancelled] {
        let mut now = samples::blocked();
        now.results[0].outcome = outcome;
        now.results[0].findings.clear();
        let since = compared(samples::blocked(), &judged(now));
        assert!(since.fixed.is_empty());
        assert_eq!(named(&since.not_looked_at), ["create-record flow/status"]);
    }
    let mut gone = samples::blocked();
    gone.results.remove(0);
    let since = compared(samples::blocked(), &judged(gone));
    assert_eq!(named(&since.not_looked_at), ["create-record flow/status"]);
}

#[test]
fn a_journey_that_fails_earlier_than_before_fixes_nothing() {
    let mut now = samples::blocked();
    now.results[0].evaluated = 1;
    now.results[0].findings[0].fingerprint = Fingerprint::from_text("0123456789abcdef");
    let since = compared(samples::blocked(), &now);
    assert_eq!(named(&since.new), ["create-record flow/status"]);
    assert_eq!(named(&since.not_looked_at), ["create-record flow/status"]);
}

#[test]
fn an_observer_fixes_nothing_while_the_check_it_judged_does_not_run() {
    let mut before = samples::blocked();
    before.results[4].findings[0].suppressed = None;
    let mut now = samples::blocked();
    now.results[4].findings.clear();
    let since = compared(before.clone(), &judged(now.clone()));
    assert_eq!(
        named(&since.fixed),
        ["error-hygiene error-hygiene/stack-trace"]
    );
    now.results[0].outcome = Outcome::Skipped("x".into());
    let since = compared(before, &judged(now));
    assert!(!named(&since.fixed).contains(&"error-hygiene error-hygiene/stack-trace".to_owned()));
}

#[test]
fn what_is_waived_now_is_accepted_and_not_fixed() {
    let mut now = samples::blocked();
    now.results[0].findings[0].suppressed = Some(Suppression::Baseline { expires: None });
    let since = compared(samples::blocked(), &judged(now));
    assert_eq!(named(&since.accepted), ["create-record flow/status"]);
    assert!(since.fixed.is_empty());
    // What was known all the time is neither new nor fixed.
    let since = compared(samples::allowed(), &samples::allowed());
    assert_eq!(
        since.sentence(),
        "Since the last gate (2026-11-23): nothing was found then or now; the verdict was allow and is allow."
    );
}

#[test]
fn what_comes_and_goes_is_flaky() {
    let since = compared(samples::allowed(), &samples::flaky());
    assert_eq!(since.flaky.len(), 1);
    assert_eq!(since.flaky[0].finding, None);
    // It passes when repeated: then what was found before is not fixed.
    let since = compared(samples::blocked(), &samples::flaky());
    let finding = since.flaky.iter().find_map(|flaky| flaky.finding.as_ref());
    assert_eq!(finding.unwrap().code.as_str(), "flow/status");
    assert!(!named(&since.fixed).contains(&"create-record flow/status".to_owned()));
    // It was there last time until the check was repeated: now it is not new.
    let since = compared(samples::flaky(), &samples::blocked());
    assert!(!named(&since.new).contains(&"create-record flow/status".to_owned()));
    assert_eq!(since.flaky.len(), 1);
}

#[test]
fn what_was_fixed_last_time_and_is_back_is_flaky() {
    let mut fixed = samples::blocked();
    fixed.results[0].findings.clear();
    fixed.results[0].outcome = Outcome::Passed;
    let fixed = judged(fixed);
    let since = compared(samples::blocked(), &fixed);
    assert_eq!(named(&since.fixed), ["create-record flow/status"]);
    let between = Report {
        since: Some(since),
        ..report(fixed)
    };
    let back = samples::blocked();
    let earlier = Earlier::new(between);
    let since = earlier.since(&back).unwrap();
    assert_eq!(named(&since.new), Vec::<String>::new());
    assert_eq!(since.flaky[0].reason, "it was gone last time and is back");
}

#[test]
fn checks_that_came_went_or_did_not_run_are_named() {
    let mut now = samples::blocked();
    now.plan.checks.remove(4);
    let mut added = now.plan.checks[0].clone();
    added.id = "upload".into();
    now.plan.checks.push(added);
    now.results[3].outcome = Outcome::Skipped("a need did not pass".into());
    let since = compared(samples::blocked(), &judged(now));
    assert_eq!(since.checks_added, ["upload".into()]);
    assert_eq!(since.checks_removed, ["old-export".into()]);
    assert_eq!(
        since.checks_newly_skipped,
        [("sign-out".into(), "a need did not pass".to_owned())]
    );
    assert!(
        since
            .sentence()
            .contains("1 check added, 1 check removed, 1 check newly skipped")
    );
}

#[test]
fn reports_of_other_gates_and_environments_are_not_compared() {
    let mut other = samples::blocked();
    other.plan.gate = "globex-portal".into();
    let earlier = Earlier::new(report(other));
    let now = samples::blocked();
    assert_eq!(
        earlier.since(&now).unwrap_err().to_string(),
        "the earlier report is of the gate `globex-portal`, and this run of `acme-portal`"
    );
    let mut other = samples::blocked();
    other.plan.environment = "production".into();
    let earlier = Earlier::new(report(other));
    assert!(matches!(
        earlier.since(&now),
        Err(Incomparable::Environment { .. })
    ));
}

#[test]
fn the_terminal_and_the_json_report_say_what_changed() {
    let (before, now) = (samples::allowed(), samples::blocked());
    let since = compared(before, &now);
    let codes = samples::codes();
    let text = crate::terminal::summary_text(&now, &codes, Some(&since), &crate::Style::PLAIN);
    assert!(
        text.contains("Since the last gate (2026-11-23): "),
        "{text}"
    );
    let json = render(&now, &codes, Some(&since)).unwrap();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["since"]["before"]["verdict"], "allow");
    let new = report["since"]["new"].as_array().unwrap().len();
    assert_eq!(new, since.new.len());
}
