//! What the observer `learned` finds.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

pub(super) const FIELD_GONE: CodeInfo = CodeInfo::known(
    "learned/field-gone",
    Severity::High,
    Effort::Small,
    "A field that every answer had is missing",
    "Pages and programs that read the field show nothing, or stop working.",
);
pub(super) const TYPE_CHANGED: CodeInfo = CodeInfo::known(
    "learned/type-changed",
    Severity::High,
    Effort::Small,
    "A value has another type than in all answers before",
    "Pages and programs that read the value fail, or show nonsense.",
);
pub(super) const NOT_JSON: CodeInfo = CodeInfo::known(
    "learned/not-json",
    Severity::High,
    Effort::Small,
    "An answer that was JSON is something else",
    "Pages and programs that read the answer fail altogether.",
);
pub(super) const NULL_APPEARED: CodeInfo = CodeInfo::known(
    "learned/null-appeared",
    Severity::Medium,
    Effort::Small,
    "A value that was always there is null",
    "Pages that use the value without asking show nothing, or break off.",
);
pub(super) const FORMAT_CHANGED: CodeInfo = CodeInfo::known(
    "learned/format-changed",
    Severity::Low,
    Effort::Small,
    "A value no longer has the form that all had before",
    "Programs that read dates, ids or codes in the old form may misread the new one.",
);
pub(super) const NEW_FIELD: CodeInfo = CodeInfo::known(
    "learned/new-field",
    Severity::Info,
    Effort::Small,
    "An answer has a field that was not seen before",
    "Usually nothing breaks, but somebody should know that it is shown.",
);
pub(super) const NEW_ANSWER: CodeInfo = CodeInfo::known(
    "learned/new-answer",
    Severity::Info,
    Effort::Small,
    "An answer is not in the snapshot yet",
    "Nothing holds this answer to its shape until it is learned.",
);
pub(super) const NO_SNAPSHOT: CodeInfo = CodeInfo::known(
    "learned/no-snapshot",
    Severity::Low,
    Effort::Small,
    "There is no snapshot to hold answers against",
    "A deploy may change what clients rely on, and nobody is told.",
);
pub(super) const NOT_WRITTEN: CodeInfo = CodeInfo::known(
    "learned/not-written",
    Severity::Low,
    Effort::Small,
    "What was learned could not be written",
    "The next run knows no more than this one did.",
);

/// Every code.
pub(super) const ALL: &[CodeInfo] = &[
    FIELD_GONE,
    TYPE_CHANGED,
    NOT_JSON,
    NULL_APPEARED,
    FORMAT_CHANGED,
    NEW_FIELD,
    NEW_ANSWER,
    NO_SNAPSHOT,
    NOT_WRITTEN,
];
