//! Bad cases that raise it alone and good cases that it leaves alone, for every code.

use super::META;
use super::testing::{CONFIG, WITH_RESET, run};
use crate::testing::each_code_has_a_case;

/// Code, config, a portal that has it, and one that has not.
static CASES: &[(&str, &str, &str, &str)] = &[
    ("throttle/unlimited", CONFIG, "unlimited", ""),
    ("throttle/unlimited", CONFIG, "unlimited", "locks"),
    ("throttle/unlimited", CONFIG, "unlimited", "puzzle"),
    ("throttle/unlimited", CONFIG, "unlimited", "delay"),
    ("throttle/enumeration", CONFIG, "status", ""),
    ("throttle/enumeration", CONFIG, "words", "echo"),
    ("throttle/enumeration", WITH_RESET, "reset", ""),
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.0));
    for (code, config, bad, good) in CASES {
        let bad = run(bad, config);
        assert_eq!(bad.codes(), [*code], "{:#?}", bad.report);
        let tried = run(good, config);
        assert!(!tried.codes().contains(code), "{good}: {:#?}", tried.report);
        assert!(tried.report().evaluated > 0, "{good}");
    }
}
