//! What a plugin hands over at the end.

use super::*;
use crate::interface::types::{Evidence, Finding, Location, Metric, Outcome, Severity, Unit};

fn found(findings: Vec<Finding>) -> Outcome {
    Outcome {
        findings,
        ..guest::outcome()
    }
}

fn full() -> Outcome {
    let finding = Finding {
        severity: Some(Severity::Critical),
        location: Some(Location {
            file: "exports/2026/a.csv".to_owned(),
            line: Some(3),
            column: Some(1),
        }),
        evidence: vec![Evidence {
            label: "actual".to_owned(),
            text: "12\n13".to_owned(),
        }],
        remediation: Some("add up".to_owned()),
        subject: Some("invoice 17".to_owned()),
        ..guest::finding()
    };
    Outcome {
        evaluated: 3,
        findings: vec![finding, guest::finding()],
        metrics: vec![Metric {
            name: "invoices".to_owned(),
            subject: String::new(),
            unit: Unit::Count,
            value: 3.5,
        }],
        notes: vec!["two were skipped".to_owned()],
        inconclusive: Some("the rest is not there".to_owned()),
    }
}

#[test]
fn everything_comes_over_as_it_was_given() {
    assert_eq!(
        run(&Guest::answering(&full()), ample(), Nothing).result,
        Ok(full())
    );
}

#[test]
fn ten_thousand_findings_are_more_than_the_limit() {
    let one = found(vec![guest::finding()]);
    // The finding, 80 bytes long, is copied into new memory, and the list made to begin there.
    let mut guest = Guest::answering(&one);
    guest.change_run(|answer| {
        format!(
            "(local $list i32) (local $number i32)
             (local.set $list (i32.mul (memory.grow (i32.const 13)) (i32.const 65536)))
             (loop $more
               (memory.copy
                 (i32.add (local.get $list) (i32.mul (local.get $number) (i32.const 80)))
                 (i32.load offset=8 ({answer}))
                 (i32.const 80))
               (local.set $number (i32.add (local.get $number) (i32.const 1)))
               (br_if $more (i32.lt_u (local.get $number) (i32.const 10000))))
             (i32.store offset=8 ({answer}) (local.get $list))
             (i32.store offset=12 ({answer}) (i32.const 10000))
             {answer}"
        )
    });
    assert_limit(&ended(&guest, ample()), LimitName::Findings);
    let limits = Limits {
        findings: 10_000,
        ..ample()
    };
    let all = found(vec![guest::finding(); 10_000]);
    assert_eq!(run(&guest, limits, Nothing).result, Ok(all));
}

#[test]
fn a_large_outcome_ends_with_its_limit() {
    // A note of 5 MiB: zeros in new memory.
    let mut guest = Guest::answering(&Outcome {
        notes: vec!["x".to_owned()],
        ..guest::outcome()
    });
    guest.change_run(|answer| {
        format!(
            "(local $note i32)
             (local.set $note (i32.load offset=24 ({answer})))
             (i32.store (local.get $note) (i32.mul (memory.grow (i32.const 80)) (i32.const 65536)))
             (i32.store offset=4 (local.get $note) (i32.const 5242880))
             {answer}"
        )
    });
    assert_limit(&ended(&guest, ample()), LimitName::Outcome);
    let outcome = Outcome {
        notes: vec!["x".to_owned(); 101],
        ..guest::outcome()
    };
    assert_limit(
        &ended(&Guest::answering(&outcome), ample()),
        LimitName::Notes,
    );
    let outcome = Outcome {
        metrics: vec![full().metrics[0].clone(); 1_001],
        ..guest::outcome()
    };
    assert_limit(
        &ended(&Guest::answering(&outcome), ample()),
        LimitName::Metrics,
    );
}

#[track_caller]
fn malformed(outcome: &Outcome, about: &str) {
    match ended(&Guest::answering(outcome), ample()) {
        RunError::Malformed { reason } => assert!(reason.contains(about), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_code_that_is_not_declared_is_wrong() {
    let finding = Finding {
        code: "made-up\u{1b}[2J".to_owned(),
        ..guest::finding()
    };
    malformed(
        &found(vec![guest::finding(), finding]),
        "`made-up\\u{1b}[2J`",
    );
}

#[test]
fn a_finding_without_a_title_is_wrong() {
    let finding = Finding {
        title: " ".to_owned(),
        ..guest::finding()
    };
    malformed(&found(vec![finding]), "has no title");
}

#[test]
fn a_place_outside_the_project_is_wrong() {
    for file in [
        "/etc/passwd",
        "../secret",
        "a/../../b",
        "C:\\a",
        "a//b",
        "",
        "./a",
    ] {
        let finding = Finding {
            location: Some(Location {
                file: file.to_owned(),
                line: None,
                column: None,
            }),
            ..guest::finding()
        };
        malformed(&found(vec![finding]), "no path within the project");
    }
    let finding = Finding {
        location: Some(Location {
            file: "a.csv".to_owned(),
            line: Some(0),
            column: None,
        }),
        ..guest::finding()
    };
    malformed(&found(vec![finding]), "count from 1");
}

#[test]
fn a_metric_is_a_number() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut outcome = full();
        outcome.metrics[0].value = value;
        malformed(&outcome, "`invoices` is infinite or no number");
    }
}

#[test]
fn a_failure_is_passed_on() {
    let guest = Guest::new("global.get $result")
        .text("what", b"out of paper")
        .words("head", &[0])
        .with("(global $unused i32 (i32.const 0))");
    // A `failed` with the text: 1 for the error, 3 for the case.
    let address = "(i32.store (global.get $result) (i32.const 1))
        (i32.store offset=4 (global.get $result) (i32.const 3))
        (i32.store offset=8 (global.get $result) (global.get $what))
        (i32.store offset=12 (global.get $result) (global.get $what-length))";
    let guest = guest
        .words("result", &[0; 11])
        .with(&format!("(func $fill {address})"))
        .with("(start $fill)");
    let error = ended(&guest, ample());
    assert_eq!(error.to_string(), "the plugin failed: out of paper");
}
