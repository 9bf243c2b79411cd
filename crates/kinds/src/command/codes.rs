//! What the kind says about itself and everything it can find.

use std::borrow::Cow;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};

pub(super) const FAILED_TEST: CodeInfo = CodeInfo::known(
    "command/failed-test",
    Severity::High,
    Effort::Medium,
    "A test of the suite failed",
    "Something your own tests protect no longer works, and clients would meet it next.",
);
pub(super) const FLAKY_TEST: CodeInfo = CodeInfo::known(
    "command/flaky-test",
    Severity::Low,
    Effort::Medium,
    "A test passed only when it was repeated",
    "Something works most of the time: some clients may meet the other times.",
);
pub(super) const SKIPPED_TEST: CodeInfo = CodeInfo::known(
    "command/skipped-test",
    Severity::Medium,
    Effort::Small,
    "Tests were skipped although the gate file does not allow it",
    "A part of the portal goes out without anybody having looked at it.",
);
pub(super) const TOO_FEW_TESTS: CodeInfo = CodeInfo::known(
    "command/too-few-tests",
    Severity::High,
    Effort::Small,
    "Fewer tests ran than the gate file asks for",
    "The suite looks green because most of it did not run.",
);
pub(super) const EXIT: CodeInfo = CodeInfo::known(
    "command/exit",
    Severity::High,
    Effort::Medium,
    "The command ended with an exit code that stands for a failure",
    "The suite says that something is wrong, even where no single test does.",
);
pub(super) const NO_REPORT: CodeInfo = CodeInfo::known(
    "command/no-report",
    Severity::High,
    Effort::Small,
    "The command left no report, or an empty one",
    "Nobody can tell what was tested, so nothing speaks for this deploy.",
);
pub(super) const STALE_REPORT: CodeInfo = CodeInfo::known(
    "command/stale-report",
    Severity::High,
    Effort::Small,
    "The report is left over from an earlier run",
    "Yesterday's good result would be taken for today's.",
);
pub(super) const BROKEN_REPORT: CodeInfo = CodeInfo::known(
    "command/broken-report",
    Severity::High,
    Effort::Small,
    "The report is damaged or incomplete",
    "The suite stopped half way, and what it did not reach is untested.",
);
pub(super) const NOT_STARTED: CodeInfo = CodeInfo::known(
    "command/not-started",
    Severity::High,
    Effort::Small,
    "The command could not be started",
    "The suite did not run at all, so nothing speaks for this deploy.",
);
pub(super) const TIMED_OUT: CodeInfo = CodeInfo::known(
    "command/timed-out",
    Severity::High,
    Effort::Medium,
    "The command did not end in time",
    "The suite hangs, often because the portal does: clients would wait as long.",
);
pub(super) const SARIF_RESULT: CodeInfo = CodeInfo::known(
    "command/sarif-result",
    Severity::Medium,
    Effort::Medium,
    "A scanner found something",
    "A tool your team trusts says that this change brings in a weakness.",
);

/// What the kind says about itself.
pub(super) static META: Meta = Meta {
    name: Cow::Borrowed("command"),
    summary: Cow::Borrowed("Runs any suite or scanner and turns its report into findings"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(&[
        FAILED_TEST,
        FLAKY_TEST,
        SKIPPED_TEST,
        TOO_FEW_TESTS,
        EXIT,
        NO_REPORT,
        STALE_REPORT,
        BROKEN_REPORT,
        NOT_STARTED,
        TIMED_OUT,
        SARIF_RESULT,
    ]),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Files, Port::Processes]),
};
