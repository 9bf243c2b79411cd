//! Bad cases that raise it alone and good cases that it leaves alone, for every code.

use super::META;
use super::testing::{codes, deploy, run};
use crate::testing::each_code_has_a_case;

/// Code, config, and the medians of the old deploy, of a new one that has it, and of one that has not.
static CASES: &[(&str, &str, f64, f64, f64)] = &[
    (
        "regression/slower",
        "{ get: /api/records, old: production }",
        100.0,
        200.0,
        100.0,
    ),
    (
        "regression/slower",
        "{ get: /api/records, old: production }",
        100.0,
        200.0,
        50.0,
    ),
    (
        "regression/slower",
        "{ get: /api/records, old: { url: 'https://old.acme.example' }, percentile: p50, tolerance: 60% }",
        100.0,
        250.0,
        140.0,
    ),
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.0));
    for (code, config, old, bad, good) in CASES {
        let bad = run(config, &deploy(*old, 1), &deploy(*bad, 2)).unwrap();
        assert_eq!(codes(&bad), [*code], "{bad:#?}");
        let good = run(config, &deploy(*old, 1), &deploy(*good, 2)).unwrap();
        assert!(good.findings.is_empty(), "{good:#?}");
        assert!(
            good.evaluated > 0 && good.inconclusive.is_none(),
            "{good:#?}"
        );
    }
}
