use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::Value;
use tidegate_core::fingerprint::Fingerprint;

use super::*;
use crate::samples;
use crate::text::steers;

fn report(summary: &Summary) -> Value {
    serde_json::from_str(&render(summary, &samples::codes()).unwrap()).unwrap()
}

fn results(report: &Value) -> &Vec<Value> {
    report["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn a_blocked_pull_request_is_told_in_full() {
    let report = report(&samples::requested());
    let text = serde_json::to_string_pretty(&report).unwrap();
    insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

/// `.ci/run` names a folder and holds the files in it against GitHub's rules and the standard's schema.
#[test]
fn every_sample_is_a_whole_report() {
    let folder = std::env::var_os("SARIF_SAMPLES").map(PathBuf::from);
    for (name, summary) in samples::all() {
        let text = render(&summary, &samples::codes()).unwrap();
        let report: Value = serde_json::from_str(&text).unwrap();
        let rules = &report["runs"][0]["tool"]["driver"]["rules"];
        for result in results(&report) {
            let rule = result["ruleIndex"].as_u64().unwrap();
            let rule = &rules[usize::try_from(rule).unwrap()];
            assert_eq!(rule["id"], result["ruleId"], "{name}");
        }
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{name}.sarif")), text).unwrap();
        }
    }
    if let Some(folder) = &folder {
        let flood = render(&samples::flood(6_000), &samples::codes()).unwrap();
        std::fs::write(folder.join("flood.sarif"), flood).unwrap();
    }
}

#[test]
fn findings_are_known_by_their_fingerprints_and_twins_are_kept_apart() {
    let mut summary = samples::blocked();
    let twin = summary.results[0].findings[0].clone();
    summary.results[0].findings.push(twin.clone());
    let report = report(&summary);
    let hashes: Vec<&str> = results(&report)
        .iter()
        .filter(|result| result["fingerprints"]["tidegate/v1"] == twin.fingerprint.as_str())
        .map(|result| {
            result["partialFingerprints"]["primaryLocationLineHash"]
                .as_str()
                .unwrap()
        })
        .collect();
    let number = |number: usize| format!("{}:{number}", twin.fingerprint);
    assert_eq!(hashes, [number(1), number(2)]);
}

#[test]
fn what_stops_the_deploy_comes_first_and_what_does_not_count_last() {
    let mut summary = samples::blocked();
    summary.results[1].findings[0].changed = true;
    let report = report(&summary);
    let told: Vec<(&str, bool)> = results(&report)
        .iter()
        .map(|result| {
            let level = result["level"].as_str().unwrap();
            (level, result.get("suppressions").is_some())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("error", false),
            ("error", false),
            ("warning", false),
            ("note", true),
            ("note", true)
        ]
    );
    let states = results(&report)
        .iter()
        .map(|one| one["baselineState"].as_str());
    let unchanged = states.filter(|state| *state == Some("unchanged")).count();
    assert_eq!(unchanged, 1);
}

#[test]
fn what_there_is_no_room_for_is_the_least_and_is_said() {
    let summary = samples::blocked();
    let whole = within(&summary, &samples::codes(), 2, MOST_BYTES).unwrap();
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(results(&whole).len(), 2);
    assert!(results(&whole).iter().all(|one| one["level"] == "error"));
    let told = &whole["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    let text = told["message"]["text"].as_str().unwrap();
    assert!(
        text.starts_with("3 findings were left out of this report"),
        "{text}"
    );
    let small = within(
        &samples::flood(500),
        &samples::codes(),
        MOST_RESULTS,
        100_000,
    )
    .unwrap();
    assert!(small.len() < 200_000, "{}", small.len());
    let small: Value = serde_json::from_str(&small).unwrap();
    assert!(results(&small).len() > 20);
    let told = &small["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["descriptor"]["id"], "run/left-out");
}

#[test]
fn a_flood_of_long_texts_stays_within_what_is_taken() {
    let mut summary = samples::saying(&"\u{202e}é\u{1b}[2J##".repeat(200));
    let finding = summary.results[0].findings[0].clone();
    summary.results[0].findings = vec![finding; 300];
    for (number, finding) in summary.results[0].findings.iter_mut().enumerate() {
        finding.fingerprint = Fingerprint::from_text(format!("{number:016x}"));
    }
    let text = within(&summary, &samples::codes(), MOST_RESULTS, 500_000).unwrap();
    assert!(text.len() < 1_500_000, "{}", text.len());
    assert!(text.contains("run/left-out"));
}

#[test]
fn texts_of_many_different_bytes_are_larger_than_plain_ones_of_the_same_length() {
    let more_than = |text: &str, most| Size::default().of_more_than(text, most);
    assert!(!more_than(&"a".repeat(10_000), 100));
    let hexadecimal = "0123456789abcdef".repeat(100);
    assert!(!more_than(&hexadecimal, 800));
    assert!(more_than(&hexadecimal, 799));
    let mut growing = Size::default();
    assert!(!growing.of_more_than(&hexadecimal[..800], 799));
    assert!(growing.of_more_than(&hexadecimal, 799));
}

#[test]
fn a_run_that_cannot_say_is_no_successful_one() {
    let successful = |summary: &Summary| {
        let report = report(summary);
        report["runs"][0]["invocations"][0]["executionSuccessful"].clone()
    };
    for summary in [samples::blocked(), samples::allowed(), samples::warned()] {
        assert_eq!(successful(&summary), true);
    }
    for summary in [
        samples::preflight(),
        samples::inconclusive(),
        samples::interrupted(),
        samples::nothing(),
    ] {
        assert_eq!(successful(&summary), false);
    }
}

#[test]
fn a_finding_elsewhere_is_shown_in_the_gate_file() {
    let mut summary = samples::blocked();
    summary.results[0].findings[0].location.file = "https://portal.example/app.js".into();
    summary.results[0].findings[0].related.clear();
    let report = report(&summary);
    for result in results(&report) {
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(place["uri"], "tidegate.yaml");
    }
}

#[test]
fn names_become_what_the_standard_asks_for() {
    assert_eq!(
        rules::name("error-hygiene/stack-trace"),
        "ErrorHygieneStackTrace"
    );
    let mut summary = samples::blocked();
    summary.plan.gate = "a/b c".into();
    let report = report(&summary);
    let id = &report["runs"][0]["automationDetails"]["id"];
    assert_eq!(id, "tidegate/a-b-c/preview/");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn foreign_text_steers_nothing_and_is_no_link(
        text in "([\\PC\u{0}-\u{9f}\u{202e}#\\[\\]()\n]|::|##\\[|\\]\\(){0,30}",
    ) {
        let text = render(&samples::saying(&text), &samples::codes()).unwrap();
        prop_assert!(!text.chars().any(|c| c != '\n' && steers(c)));
        prop_assert!(!text.contains("##"));
        let report: Value = serde_json::from_str(&text).unwrap();
        let result = &results(&report)[0];
        let message = result["message"]["text"].as_str().unwrap();
        prop_assert!(!message.contains("]("));
        prop_assert!(!message.chars().any(|c| c != '\n' && steers(c)));
    }
}
