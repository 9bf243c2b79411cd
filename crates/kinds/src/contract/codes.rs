//! Everything that the kind can find.

use std::borrow::Cow;
use std::sync::LazyLock;

use tidegate_core::meta::{CodeInfo, Meta, Port, RetryClass};

use crate::specification::diff;

/// What the kind says about itself.
pub(super) static META: LazyLock<Meta> = LazyLock::new(|| Meta {
    name: Cow::Borrowed("contract"),
    summary: Cow::Borrowed("Compares the interface with what its clients rely on"),
    docs: Cow::Owned(page()),
    codes: Cow::Owned(codes()),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Repository, Port::Variables]),
});

fn codes() -> Vec<CodeInfo> {
    diff::rules().map(|rule| rule.info.clone()).collect()
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
