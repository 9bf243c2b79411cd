//! Any bytes are a JSON report or told; what is read is written again, and reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tidegate_report::{Earlier, gitlab, json, sarif};

fuzz_target!(|bytes: &[u8]| {
    let report = match json::read(bytes) {
        Ok(report) => report,
        Err(error) => {
            assert!(error.to_string().len() < 10_000);
            return;
        }
    };
    let write = |report: &json::Report| {
        json::render(&report.summary, &report.codes, report.since.as_ref())
            .expect("what was read can be written")
    };
    let text = write(&report);
    let again = json::read(&text).expect("what was written can be read");
    assert_eq!(write(&again), text);
    let steers = |c: char| c.is_control() && c != '\n';
    for text in [
        text,
        sarif::render(&report.summary, &report.codes).expect("SARIF is written"),
        gitlab::render(&report.summary).expect("the widget's report is written"),
    ] {
        assert!(!text.contains(steers) && !text.contains("##"));
    }
    let earlier = Earlier::new(again);
    if let Ok(since) = earlier.since(&report.summary) {
        assert!(since.new.is_empty() && since.fixed.is_empty());
    }
});
