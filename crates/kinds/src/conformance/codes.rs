//! What the observer `conformance` finds.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

pub(super) const UNDOCUMENTED_PATH: CodeInfo = CodeInfo::known(
    "conformance/undocumented-path",
    Severity::Low,
    Effort::Small,
    "A path is used that the document does not have",
    "Nobody who works by the document knows of it, and no check of the interface covers it.",
);
pub(super) const UNDOCUMENTED_METHOD: CodeInfo = CodeInfo::known(
    "conformance/undocumented-method",
    Severity::Low,
    Effort::Small,
    "A path answers to a method that the document does not have",
    "Nobody who works by the document knows of it, and no check of the interface covers it.",
);
pub(super) const UNDOCUMENTED_STATUS: CodeInfo = CodeInfo::known(
    "conformance/undocumented-status",
    Severity::Low,
    Effort::Small,
    "An answer has a status that the document does not have",
    "Clients are not ready for the answer and may treat it as something else.",
);
pub(super) const UNDOCUMENTED_MEDIA_TYPE: CodeInfo = CodeInfo::known(
    "conformance/undocumented-media-type",
    Severity::Medium,
    Effort::Small,
    "An answer has a content type that the document does not have",
    "Clients cannot read the answer, or read it wrongly.",
);
pub(super) const NOT_JSON: CodeInfo = CodeInfo::known(
    "conformance/not-json",
    Severity::High,
    Effort::Small,
    "An answer says that it is JSON and is not",
    "Every client that reads the answer fails.",
);
pub(super) const EMPTY_BODY: CodeInfo = CodeInfo::known(
    "conformance/empty-body",
    Severity::Medium,
    Effort::Small,
    "An answer is empty where the document promises JSON",
    "Clients that read the answer fail.",
);
pub(super) const MISSING_FIELD: CodeInfo = CodeInfo::known(
    "conformance/missing-field",
    Severity::High,
    Effort::Small,
    "An answer lacks a field that the document requires",
    "Pages and programs that read the field show nothing, or stop working.",
);
pub(super) const WRONG_TYPE: CodeInfo = CodeInfo::known(
    "conformance/wrong-type",
    Severity::High,
    Effort::Small,
    "A value of an answer has another type than the document says",
    "Pages and programs that read the value fail, or show nonsense.",
);
pub(super) const WRONG_VALUE: CodeInfo = CodeInfo::known(
    "conformance/wrong-value",
    Severity::Medium,
    Effort::Small,
    "A value of an answer is not one that the document allows",
    "Programs that rely on the format or the list of values fail, or do the wrong thing.",
);
pub(super) const UNDOCUMENTED_FIELD: CodeInfo = CodeInfo::known(
    "conformance/undocumented-field",
    Severity::Low,
    Effort::Small,
    "An answer has a field that the document does not name",
    "The portal shows something that nobody decided to show.",
);
pub(super) const WRITE_ONLY_SHOWN: CodeInfo = CodeInfo::known(
    "conformance/write-only-shown",
    Severity::High,
    Effort::Small,
    "An answer shows a field that the document says is only written",
    "Passwords and keys are marked so: whoever reads the answer has them.",
);
pub(super) const MISSING_HEADER: CodeInfo = CodeInfo::known(
    "conformance/missing-header",
    Severity::Medium,
    Effort::Small,
    "An answer lacks a header that the document requires",
    "Clients that rely on the header, as for paging or tracing, stop working.",
);
pub(super) const WRONG_HEADER: CodeInfo = CodeInfo::known(
    "conformance/wrong-header",
    Severity::Medium,
    Effort::Small,
    "A header of an answer is not what the document says",
    "Clients that read the header fail, or do the wrong thing.",
);
pub(super) const REQUEST: CodeInfo = CodeInfo::known(
    "conformance/request",
    Severity::Low,
    Effort::Small,
    "A request that the portal accepts does not fit the document",
    "The document is not what the portal does, so that clients written by it may fail.",
);
pub(super) const DOCUMENT: CodeInfo = CodeInfo::known(
    "conformance/document",
    Severity::Low,
    Effort::Small,
    "A part of the document makes no sense",
    "Nothing is held against that part, and other tools may refuse the document.",
);

/// Every code.
pub(super) const ALL: &[CodeInfo] = &[
    UNDOCUMENTED_PATH,
    UNDOCUMENTED_METHOD,
    UNDOCUMENTED_STATUS,
    UNDOCUMENTED_MEDIA_TYPE,
    NOT_JSON,
    EMPTY_BODY,
    MISSING_FIELD,
    WRONG_TYPE,
    WRONG_VALUE,
    UNDOCUMENTED_FIELD,
    WRITE_ONLY_SHOWN,
    MISSING_HEADER,
    WRONG_HEADER,
    REQUEST,
    DOCUMENT,
];
