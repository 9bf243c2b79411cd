//! Everything that the kind can find.

use std::borrow::Cow;
use std::sync::LazyLock;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};

use crate::specification::diff;

/// What the kind says about itself.
pub(super) static META: LazyLock<Meta> = LazyLock::new(|| Meta {
    name: Cow::Borrowed("contract"),
    summary: Cow::Borrowed(
        "Asks the operations of the document, and compares it with what clients rely on",
    ),
    docs: Docs::Made(page),
    codes: Cow::Owned(codes()),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Repository, Port::Variables]),
});

pub(super) const SERVER_ERROR: CodeInfo = CodeInfo::known(
    "contract/server-error",
    Severity::High,
    Effort::Medium,
    "An operation fails on a valid request",
    "Whoever opens that page sees an error, and the work that needs it stops.",
);
pub(super) const NO_ANSWER: CodeInfo = CodeInfo::known(
    "contract/no-answer",
    Severity::High,
    Effort::Medium,
    "An operation does not answer a valid request",
    "Pages that need it hang until the visitor gives up.",
);
pub(super) const REFUSED: CodeInfo = CodeInfo::known(
    "contract/refused",
    Severity::Low,
    Effort::Small,
    "An operation refuses somebody whom the document lets in",
    "Clients that were built by the document meet a refusal they do not expect.",
);

fn codes() -> Vec<CodeInfo> {
    let asked = [SERVER_ERROR, NO_ANSWER, REFUSED];
    let changed = diff::rules().map(|rule| rule.info.clone());
    asked.into_iter().chain(changed).collect()
}

/// The kind's page: what is written by hand, and a section for each rule of change.
fn page() -> String {
    const MARK: &str = "<!-- rules -->\n";
    let (before, after) = include_str!("check.md")
        .split_once(MARK)
        .unwrap_or_default();
    let sections: String = diff::rules().map(diff::rule::Rule::section).collect();
    format!("{before}{sections}{after}")
}
