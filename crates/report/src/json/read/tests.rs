use proptest::prelude::*;
use serde_json::{Value, json};
use tidegate_core::check::{CheckError, Doubt, Inconclusive, Metric, Unit};
use tidegate_core::distribution::Distribution;
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::provenance::Provenance;
use tidegate_core::result::Outcome;
use tidegate_core::span::Location;

use super::*;
use crate::distribution::{MOST, Room, tidy};
use crate::json::render;
use crate::samples;
use crate::since::Earlier;

fn text(summary: &Summary) -> String {
    render(summary, &samples::codes(), None).unwrap()
}

/// Reads a report and writes it again.
fn again(text: &str) -> String {
    let report = read(text).unwrap();
    render(&report.summary, &report.codes, report.since.as_ref()).unwrap()
}

#[test]
fn every_sample_is_the_same_after_it_was_read() {
    for (name, mut summary) in samples::all() {
        let text = text(&summary);
        assert!(again(&text) == text, "{name}");
        // What no measurement gives is not written.
        for result in &mut summary.results {
            for one in &mut result.distributions {
                *one = tidy(one, Room::default());
            }
        }
        // Numbers that are none are equal to nothing.
        let told = |summary: &Summary| format!("{summary:?}");
        let read = read(&text).unwrap();
        assert_eq!(told(&read.summary), told(&summary), "{name}");
    }
}

#[test]
fn what_changed_since_is_read_back() {
    let before = read(text(&samples::blocked())).unwrap();
    let (earlier, now) = (Earlier::new(before), samples::allowed());
    let since = earlier.since(&now).unwrap();
    let text = render(&now, &samples::codes(), Some(since)).unwrap();
    assert_eq!(read(&text).unwrap().since.as_ref(), Some(since));
    assert_eq!(again(&text), text);
}

/// A report in which one value was changed.
fn with(change: impl FnOnce(&mut Value)) -> String {
    let mut report: Value = serde_json::from_str(&text(&samples::blocked())).unwrap();
    change(&mut report);
    report.to_string()
}

fn fault(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn a_report_of_an_older_tidegate_is_read_with_defaults() {
    let old = with(|report| {
        for key in ["codes", "since", "handover"] {
            report.as_object_mut().unwrap().remove(key);
        }
        report["run"].as_object_mut().unwrap().remove("provenance");
    });
    let report = read(old).unwrap();
    assert_eq!(report.summary.provenance, Provenance::default());
    let status = report.codes.get("flow/status").unwrap();
    assert_eq!(
        status.impact,
        samples::codes().get("flow/status").unwrap().impact
    );
    assert!(report.codes.get("latency/slow").is_some());
}

#[test]
fn fields_that_are_not_known_are_passed_over() {
    let known = text(&samples::blocked());
    let more = with(|report| {
        report["weather"] = json!({ "wind": [1, { "deep": null }] });
        report["results"][0]["findings"][0]["mood"] = json!(7);
    });
    assert_eq!(again(&more), known);
    assert_eq!(again(&format!("\u{feff}{known}")), known);
}

#[test]
fn what_is_no_report_is_told_with_its_place() {
    let whole = text(&samples::blocked());
    assert_eq!(
        fault("hello"),
        "the report is not JSON: expected value at line 1, column 1"
    );
    assert_eq!(
        fault(""),
        "the report ends in the middle, at line 1, column 0"
    );
    let half = &whole[..whole.find("\"results\"").unwrap()];
    assert_eq!(
        fault(half),
        format!(
            "the report ends in the middle, at line {}, column 2",
            half.lines().count()
        )
    );
    for other in ["[]", "{}", "3", "{\"version\": \"x\"}", "{\"runs\": []}"] {
        assert_eq!(read(other), Err(ReadError::NotAReport), "{other}");
    }
    assert!(matches!(
        read(b"\xff\xfe{\0"),
        Err(ReadError::NotJson { .. })
    ));
}

#[test]
fn a_report_of_a_newer_tidegate_is_told_whatever_is_in_it() {
    for text in [
        "{\"version\": 2}",
        &with(|report| report["version"] = json!(2)),
    ] {
        let newer = read(text).unwrap_err();
        assert_eq!(newer, ReadError::Newer { version: 2 });
        assert!(newer.help().contains("newer Tidegate; update"));
    }
}

#[test]
fn a_value_of_another_type_is_told_by_its_path() {
    let number = with(|report| report["results"][0]["findings"][0]["title"] = json!(5));
    assert_eq!(
        fault(&number),
        "`results[0].findings[0].title` of the report is wrong: invalid type: integer `5`, expected a string"
    );
    let name = with(|report| report["verdict"]["verdict"] = json!("perhaps"));
    assert!(
        fault(&name)
            .starts_with("`verdict.verdict` of the report is wrong: unknown variant `perhaps`")
    );
    let missing = with(|report| drop(report["run"].as_object_mut().unwrap().remove("url")));
    assert_eq!(
        fault(&missing),
        "`run` of the report is wrong: missing field `url`"
    );
    let seed = with(|report| report["run"]["seed"] = json!("many"));
    assert!(fault(&seed).starts_with("`run.seed` of the report is wrong"));
    let started = with(|report| report["run"]["started"] = json!("yesterday"));
    assert!(fault(&started).starts_with("`run.started` of the report is wrong"));
    let long = with(|report| report["verdict"]["verdict"] = json!("x".repeat(1_000_000)));
    assert!(fault(&long).len() < 1_000);
}

#[test]
fn values_that_no_run_writes_do_no_harm() {
    for hostile in [json!(-5.0), json!(1e300), json!(-1e300), json!(0.0001)] {
        let text = with(|report| {
            report["run"]["elapsed_ms"] = hostile.clone();
            report["results"][0]["findings"][0]["location"]["line"] = json!(u64::MAX);
            report["results"][0]["metrics"][0]["value"] = json!(null);
            report["results"][0]["outcome"] = json!({ "name": "timed-out" });
            report["results"][1]["outcome"] = json!({ "name": "inconclusive" });
        });
        drop(again(&text));
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(&deep), Err(ReadError::NotAReport));
    let deep = format!("{{\"version\": 1, \"x\": {deep}}}");
    assert!(read(&deep).is_err());
    assert!(matches!(
        read("{\"version\": NaN}"),
        Err(ReadError::NotJson { .. })
    ));
    let large = " ".repeat(LARGEST + 1);
    assert_eq!(read(&large), Err(ReadError::TooLarge));
}

fn words() -> impl Strategy<Value = String> {
    "([\\PC\u{0}-\u{9f}\u{202e}\"\\\\#\n]|##){0,20}"
}

fn place() -> impl Strategy<Value = Location> {
    let numbers = (
        1..9_999_usize,
        1..9_999_usize,
        1..9_999_usize,
        1..9_999_usize,
    );
    (words(), numbers, proptest::option::of(words())).prop_map(|(file, numbers, text)| {
        let (line, column, end_line, end_column) = numbers;
        Location {
            file,
            line,
            column,
            end_line,
            end_column,
            text,
        }
    })
}

fn suppression() -> impl Strategy<Value = Option<Suppression>> {
    let waived =
        (words(), words(), words()).prop_map(|(owner, reason, expires)| Suppression::Waived {
            owner,
            reason,
            expires,
        });
    let known = proptest::option::of(words());
    let known = known.prop_map(|expires| Suppression::Baseline { expires });
    proptest::option::of(prop_oneof![known, waived])
}

fn finding() -> impl Strategy<Value = Finding> {
    let marks = (any::<bool>(), suppression(), proptest::option::of(words()));
    (words(), words(), place(), place(), marks, 0..5_usize).prop_map(
        |(title, advice, location, other, (changed, suppressed, cause), which)| {
            let codes = samples::codes();
            let info = codes.get("flow/status").unwrap();
            let severities = ["info", "low", "medium", "high", "critical"];
            let severity = serde_json::from_value(json!(severities[which])).unwrap();
            let finding = Finding::new(info, location, title.clone())
                .severity(severity)
                .advice(advice.clone())
                .evidence(title, advice.clone())
                .related(advice, other);
            Finding {
                changed,
                suppressed,
                cause: cause.as_deref().map(Into::into),
                ..finding
            }
        },
    )
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let doubt = (words(), any::<bool>()).prop_map(|(text, close)| {
        let reason = if close {
            Doubt::TooClose
        } else {
            Doubt::NoEvidence
        };
        Outcome::Inconclusive(Inconclusive { reason, text })
    });
    let error =
        (words(), words(), proptest::option::of(place())).prop_map(|(message, help, location)| {
            Outcome::Errored(CheckError {
                message,
                help,
                location,
            })
        });
    prop_oneof![
        Just(Outcome::Passed),
        Just(Outcome::Failed),
        Just(Outcome::Cancelled),
        doubt,
        error,
        words().prop_map(Outcome::Skipped),
        length().prop_map(|limit| Outcome::TimedOut { limit }),
    ]
}

fn length() -> impl Strategy<Value = std::time::Duration> {
    (0..4_000_000_000_000_u64).prop_map(std::time::Duration::from_nanos)
}

fn metric() -> impl Strategy<Value = Metric> {
    let numbers = proptest::collection::vec(any::<f64>(), 0..4);
    (words(), words(), any::<f64>(), numbers).prop_map(|(name, subject, value, samples)| Metric {
        name,
        subject,
        unit: Unit::Bytes,
        value,
        samples,
    })
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let text = || proptest::option::of(words());
    let texts = (text(), text(), text(), text());
    (texts, text(), text(), proptest::option::of(any::<u64>())).prop_map(
        |((repository, commit, base, branch), folder, untrusted, pull_request)| Provenance {
            repository,
            commit,
            base,
            branch,
            folder,
            untrusted,
            pull_request,
            ..Provenance::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_report_that_was_read_is_written_the_same(
        findings in proptest::collection::vec(finding(), 0..4),
        outcome in outcome(),
        metrics in proptest::collection::vec(metric(), 0..3),
        provenance in provenance(),
        (elapsed, seed, flags) in (length(), any::<u64>(), any::<[bool; 3]>()),
    ) {
        let mut summary = samples::flaky();
        let result = &mut summary.results[0];
        (result.outcome, result.metrics, result.findings) = (outcome, metrics, findings.clone());
        result.attempts[1].findings = findings;
        (summary.elapsed, summary.plan.seed, summary.provenance) = (elapsed, seed, provenance);
        [summary.interrupted, summary.advisory, summary.results[1].observer] = flags;
        summary.judgement = tidegate_core::verdict::fold(&summary.results, false, None);
        let written = text(&summary);
        prop_assert_eq!(again(&written), written);
    }

    #[test]
    fn any_text_is_a_report_or_told(text in "[\\PC\n]{0,40}", cut in any::<prop::sample::Index>()) {
        drop(read(&text));
        let whole = super::super::render(&samples::blocked(), &samples::codes(), None).unwrap();
        let cut = cut.index(whole.len());
        let cut = (0..=cut).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
        let truncated = matches!(read(&whole[..cut]), Err(ReadError::Truncated { .. }));
        prop_assert!(truncated || whole[cut..].trim().is_empty());
    }
}

#[test]
fn distributions_are_read_back_whole() {
    let waits = samples::waits();
    let read = read(text(&waits)).unwrap().summary;
    let of = |summary: &Summary| -> Vec<Distribution> {
        let results = summary.results.iter();
        results.flat_map(|one| one.distributions.clone()).collect()
    };
    assert_eq!(of(&read), of(&waits));
    assert_eq!(of(&read).len(), 4);
    assert_eq!(of(&read)[1].values.len(), 1_000);
    assert_eq!(of(&read)[3].reference.len(), 300);
}

#[test]
fn thousands_of_distributions_stay_a_report_of_reasonable_size() {
    let mut summary = samples::waits();
    let many = vec![
        samples::distribution(
            "GET /",
            samples::spread(50.0, 2_000),
            samples::good().marks[0].clone()
        );
        3_000
    ];
    summary.results[1].distributions = many;
    let text = text(&summary);
    assert!(text.len() < 8_000_000, "{}", text.len());
    let result = &read(&text).unwrap().summary.results[1];
    assert_eq!(result.distributions.len(), MOST);
    assert_eq!(result.notes, ["2000 distributions left out of the report"]);
    let kept = &result.distributions[0];
    assert!(kept.values.len() >= 100, "{}", kept.values.len());
    assert_eq!((kept.count, kept.values.is_sorted()), (2_000, true));
    assert_eq!(again(&text), text);
}

#[test]
fn a_report_with_impossible_numbers_is_read_without_them() {
    let odd = with(|report| {
        report["results"][0]["distributions"] = json!([{
            "subject": "GET /", "unit": "milliseconds", "count": 3, "values": [9, -1, 1e308, 2],
            "marks": [
                { "percentile": 950, "value": 1, "standing": "over" },
                { "percentile": 95, "value": null, "at-least": 1, "at_least": -4, "budget": 1e300, "standing": "over" },
            ],
        }]);
    });
    let summary = read(odd).unwrap().summary;
    let read = &summary.results[0].distributions[0];
    assert_eq!(read.values, [2.0, 9.0, 1e11]);
    let [mark] = read.marks.as_slice() else {
        panic!("{:?}", read.marks)
    };
    assert!(mark.value.is_nan());
    assert_eq!((mark.interval, mark.budget), ((None, None), Some(1e11)));
    let unknown = with(|report| {
        report["results"][0]["distributions"] = json!([{
            "subject": "", "unit": "fortnights", "count": 0, "values": [], "marks": [],
        }]);
    });
    let told = fault(&unknown);
    assert!(told.contains("results[0].distributions[0].unit"), "{told}");
}
