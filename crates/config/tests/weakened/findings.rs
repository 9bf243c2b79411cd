//! The findings themselves: levels, places, evidence, and what concerns the baseline.

use tidegate_config::{State, compare};
use tidegate_core::baseline::{Baseline, Known};
use tidegate_core::fingerprint::Fingerprint;
use tidegate_core::meta::Level;
use tidegate_core::name::Code;

use crate::bench::{GATE, NOTHING, between, written};
use crate::support::registry;

#[test]
fn protection_is_the_bases_word() {
    let protected = format!("protect: true\n{GATE}");
    let weaker = GATE.replace("severity: high", "severity: low");
    let level = |before: &str, after: &str| between(before, after)[0].level;
    assert_eq!(level(GATE, &weaker), Level::Warn);
    assert_eq!(level(&protected, &weaker), Level::Deny);
    assert_eq!(
        level(GATE, &format!("protect: true\n{weaker}")),
        Level::Warn
    );
    let findings = between(&protected, GATE);
    assert_eq!(
        findings[0].title,
        "The gate file is no longer protected against changes that weaken it"
    );
    assert_eq!(findings[0].level, Level::Deny);
    assert_eq!(between(GATE, &protected), []);
    let edited = GATE.replace("title: a ", "title: b ");
    assert_eq!(level(GATE, &edited), Level::Allow);
    assert_eq!(
        level(&protected, &format!("protect: true\n{edited}")),
        Level::Warn
    );
}

#[test]
fn a_finding_stands_in_the_change_and_names_what_was() {
    let after = GATE.replace("min-tests: 5", "min-tests: 1");
    let findings = between(GATE, &after);
    let line =
        |text: &str, part: &str| text.lines().position(|line| line.contains(part)).unwrap() + 1;
    assert_eq!(findings[0].location.line, line(&after, "min-tests"));
    let evidence: Vec<&str> = findings[0]
        .evidence
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(evidence, ["5", "1"]);
    let gone = GATE.replace("  keys:\n    secrets: { tree: true }\n", "");
    let findings = between(GATE, &gone);
    assert_eq!(findings[0].location.line, line(&gone, "checks:"));
    assert_eq!(findings[0].related[0].location.line, line(GATE, "  keys:"));
    assert_eq!(findings[0].evidence[0].text, "secrets: tree");
}

#[test]
fn a_password_in_a_request_is_not_shown() {
    let before = GATE.replace("title: a ", "password: first-secret ");
    let after = GATE.replace("title: a ", "password: other-secret ");
    let findings = format!("{:?}", between(&before, &after));
    assert!(findings.contains("create.json"));
    // The line of the file itself is what the file shows.
    let shown = findings.split("evidence:").nth(1).unwrap();
    assert!(!shown.contains("-secret"), "{shown}");
}

#[test]
fn entries_of_the_baseline_that_are_new_are_told_once() {
    let gate = written(GATE, &[]);
    let known = |number: u32| Known {
        check: "home".into(),
        code: Code::known("probe/wrong"),
        fingerprint: Fingerprint::from_text(format!("{number:016}")),
        title: format!("fault {number}"),
        accepted: "2026-11-01".parse().unwrap(),
        expires: None,
    };
    let baseline = |salt: Option<&str>, numbers: &[u32]| Baseline {
        salt: salt.map(str::to_owned),
        findings: numbers.iter().copied().map(known).collect(),
        ..Baseline::default()
    };
    let titles = |before: &Baseline, after: &Baseline| -> Vec<String> {
        let state = |baseline| State {
            gate: &gate,
            baseline,
            pinned: &[],
        };
        let findings = compare(state(before), state(after), "preview", &registry());
        findings.into_iter().map(|finding| finding.title).collect()
    };
    let old = baseline(Some("a"), &[1, 2]);
    assert_eq!(titles(&old, &baseline(Some("a"), &[2])), NOTHING);
    assert_eq!(
        titles(&old, &baseline(Some("a"), &[1, 2, 3, 4])),
        ["2 findings were added to the baseline, and still count in this change"]
    );
    assert_eq!(
        titles(&old, &baseline(Some("b"), &[1, 2])),
        ["The salt of the baseline was replaced, so that accepted secrets are not known again"]
    );
    assert_eq!(
        titles(&baseline(None, &[1]), &baseline(Some("b"), &[1])),
        NOTHING
    );
    assert_eq!(
        old.common(&baseline(Some("b"), &[2, 3])),
        baseline(Some("a"), &[2])
    );
}

#[test]
fn entries_of_the_baseline_that_end_later_are_told_and_those_that_end_earlier_are_not() {
    let gate = written(GATE, &[]);
    let baseline = |days: &[Option<&str>]| Baseline {
        findings: (0..)
            .zip(days)
            .map(|(number, day)| Known {
                check: "home".into(),
                code: Code::known("probe/wrong"),
                fingerprint: Fingerprint::from_text(format!("{number:016}")),
                title: format!("fault {number}"),
                accepted: "2026-11-01".parse().unwrap(),
                expires: day.map(|day| day.parse().unwrap()),
            })
            .collect(),
        ..Baseline::default()
    };
    let between = |before: &Baseline, after: &Baseline| {
        let state = |baseline| State {
            gate: &gate,
            baseline,
            pinned: &[],
        };
        compare(state(before), state(after), "preview", &registry())
    };
    let (december, january) = (Some("2026-12-01"), Some("2027-01-01"));
    let base = baseline(&[december, december, None]);
    let found = between(&base, &baseline(&[january, None, None]));
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].title,
        "2 acceptances in the baseline end later, and their earlier days count in this change"
    );
    assert_eq!(
        found[0].evidence[1].text,
        "fault 0 (home, probe/wrong), until 2027-01-01, fault 1 (home, probe/wrong), without an end"
    );
    let shorter = baseline(&[Some("2026-11-15"), december, december]);
    assert!(between(&base, &shorter).is_empty());
    assert!(between(&base, &base).is_empty());
}
