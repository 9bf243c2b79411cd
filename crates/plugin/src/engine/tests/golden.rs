//! Plugins that were made for released versions of the interface, and must run for ever.

use super::*;
use crate::interface::types::Failure;
use crate::interface::{PACKAGE, VERSIONS, log};

/// The text of the plugin that uses everything that a version has.
fn golden(version: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");
    wat::parse_file(format!("{folder}/{version}.wat")).expect("each version has a golden guest")
}

#[test]
fn every_version_that_was_released_still_runs() {
    for version in VERSIONS {
        let loaded = Engine::new(None).load(&golden(version)).expect("it loads");
        assert_eq!(loaded.interface(), format!("{PACKAGE}@{version}"));
        assert_eq!(loaded.describe(), Ok(guest::golden_description()));
        let ran = run_loaded(&loaded, ample(), World::answering(3));
        assert_eq!(ran.result, Ok(guest::golden_outcome()));
        assert_eq!(ran.log, [(log::Level::Info, "golden".to_owned())]);
        assert_eq!(ran.used.requests, 1);
        // Two exchanges and a file of 3 bytes, and the path of a file.
        assert_eq!(ran.used.reading, 3 + 3 + 3 + "exports/a.csv".len());
    }
}

#[test]
fn every_version_still_fails_in_its_own_words() {
    for version in VERSIONS {
        let loaded = Engine::new(None).load(&golden(version)).expect("it loads");
        let call = Call {
            config: r#"{"wrong":1}"#,
            context: context(),
            codes: &[],
            limits: ample(),
            stop: Stop::new(),
        };
        match loaded.run(call, Box::new(Nothing)).result {
            Err(RunError::Failure(Failure::Config(fault))) => assert_eq!(fault.pointer, "/wrong"),
            other => panic!("{other:?}"),
        }
    }
}
