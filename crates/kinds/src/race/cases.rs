//! Bad cases that raise it alone and good cases that it leaves alone, for every code.

use super::META;
use super::testing::{DOUBLE, DUPLICATE, IDEMPOTENT, LIMIT, PAGE, UPDATE, race};
use crate::testing::each_code_has_a_case;

/// Code, config, a portal that has it, and one that has not.
static CASES: &[(&str, &str, &str, &str)] = &[
    ("race/duplicate", DUPLICATE, "duplicate", ""),
    ("race/duplicate", DUPLICATE, "third", ""),
    ("race/duplicate", DUPLICATE, "late", ""),
    ("race/duplicate", DOUBLE, "duplicate", ""),
    ("race/duplicate", PAGE, "duplicate", ""),
    ("race/duplicate-key", IDEMPOTENT, "duplicate", ""),
    ("race/inconsistent-answers", IDEMPOTENT, "ids", ""),
    ("race/inconsistent-answers", IDEMPOTENT, "replay-422", ""),
    ("race/inconsistent-answers", UPDATE, "applied", ""),
    ("race/nothing-stored", DUPLICATE, "nothing", ""),
    ("race/nothing-stored", DOUBLE, "nothing", ""),
    ("race/lost-update", UPDATE, "lost", "over"),
    ("race/over-limit", LIMIT, "over", ""),
    ("race/over-limit", LIMIT, "lost", ""),
    ("race/server-error", DUPLICATE, "error", "http1"),
    ("race/server-error", UPDATE, "error", "far"),
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.0));
    for (code, config, bad, good) in CASES {
        let raced = race(bad, config);
        assert_eq!(raced.codes(), [*code], "{bad}: {:#?}", raced.report);
        assert_eq!(raced.left(), Vec::<u64>::new(), "{bad}");
        let raced = race(good, config);
        assert_eq!(raced.codes(), [""; 0], "{good}: {:#?}", raced.report);
        assert_eq!((raced.doubt(), raced.left()), ("", Vec::new()), "{good}");
        assert_eq!(raced.report().evaluated, 14, "{good}");
    }
}
