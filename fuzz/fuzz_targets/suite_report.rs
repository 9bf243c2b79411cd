//! Any bytes are a suite's report or none, and nothing in one can steer a terminal or a CI system.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_kinds::fuzzing::{REPORTS, ReportTexts};

fn check(report: &ReportTexts) {
    for text in &report.texts {
        let steering = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!text.contains(steering), "{text:?}");
        let orders = ["##[", "##vso[", "##teamcity["];
        assert!(!orders.iter().any(|order| text.contains(order)), "{text:?}");
        assert!(
            !text.lines().any(|line| line.trim_start().starts_with("::")),
            "{text:?}"
        );
    }
    assert!(
        report
            .places
            .iter()
            .all(|(line, column)| *line > 0 && *column > 0)
    );
}

fuzz_target!(|bytes: &[u8]| {
    for read in REPORTS {
        if let Some(report) = read(bytes) {
            check(&report);
        }
    }
});
