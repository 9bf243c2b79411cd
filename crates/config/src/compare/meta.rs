//! What the comparison of a gate with its base says about itself.

use std::borrow::Cow;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, RetryClass, Severity};

/// The gate judges less than before.
pub(super) const WEAKENED: CodeInfo = CodeInfo::known(
    "gate/weakened",
    Severity::Medium,
    Effort::Small,
    "The change makes its own gate less strict",
    "What the gate no longer looks at can break for clients without anybody noticing.",
);

/// The gate judges differently.
pub(super) const CHANGED: CodeInfo = CodeInfo::known(
    "gate/changed",
    Severity::Info,
    Effort::Small,
    "The change edits a check, and only a person can tell whether it proves less",
    "A check that proves something else may miss what it was made for.",
);

static META: Meta = Meta {
    name: Cow::Borrowed("gate"),
    summary: Cow::Borrowed("Holds the gate file of a change against the one it started from"),
    docs: Docs::known(include_str!("gate.md")),
    codes: Cow::Borrowed(const { &[WEAKENED, CHANGED] }),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// What the comparison of a gate with its base says about itself: its page and its codes.
pub fn gate_meta() -> &'static Meta {
    &META
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_heading_on_the_page() {
        for info in META.codes.iter() {
            let heading = format!("## {}\n", info.code);
            assert!(META.docs.text().contains(&heading), "{}", info.code);
        }
    }
}
