//! Everything a comparison of two deploys can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// The new deploy is slower by more than the tolerance.
pub(super) const SLOWER: CodeInfo = CodeInfo::known(
    "regression/slower",
    Severity::Medium,
    Effort::Medium,
    "The new deploy answers more slowly than the old one",
    "Every client waits longer from the moment it goes out, and nobody can say which of the later changes it was.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[SLOWER];
