//! Everything a check of latency can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// A percentile is over its latency budget.
pub(super) const OVER_BUDGET: CodeInfo = CodeInfo::known(
    "latency/over-budget",
    Severity::High,
    Effort::Medium,
    "A route takes longer than its latency budget",
    "People wait for the page, click again, and some of them leave.",
);
/// An answer is larger than its budget.
pub(super) const SIZE: CodeInfo = CodeInfo::known(
    "latency/size",
    Severity::Medium,
    Effort::Small,
    "An answer is larger than its size budget",
    "On a phone or a slow line every visit takes seconds longer, and the traffic is paid for.",
);
/// The time grows with the page.
pub(super) const GROWTH: CodeInfo = CodeInfo::known(
    "latency/growth",
    Severity::High,
    Effort::Medium,
    "The time of a page grows too much with what it shows",
    "It is quick with the data of a demo and gets slower with every record that clients add.",
);
/// Many clients at once are too many.
pub(super) const UNDER_LOAD: CodeInfo = CodeInfo::known(
    "latency/under-load",
    Severity::High,
    Effort::Large,
    "A route takes longer than its latency budget when many ask at once",
    "The portal works for a few people and stalls when a whole team works with it.",
);
/// Requests failed.
pub(super) const ERRORS: CodeInfo = CodeInfo::known(
    "latency/errors",
    Severity::High,
    Effort::Medium,
    "Requests fail while the time is measured",
    "Clients see an error page instead of their data.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[OVER_BUDGET, SIZE, GROWTH, UNDER_LOAD, ERRORS];
