//! Everything that `lists` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// The asked size of a page makes no difference.
pub(super) const LIMIT_IGNORED: CodeInfo = CodeInfo::known(
    "lists/limit-ignored",
    Severity::Medium,
    Effort::Small,
    "A list does not honour the limit that it is asked for",
    "Every look at the list fetches everything: pages get slower with every record, until they time out.",
);
/// Nothing bounds a page.
pub(super) const UNLIMITED: CodeInfo = CodeInfo::known(
    "lists/unlimited",
    Severity::Medium,
    Effort::Small,
    "A list answers with as many items as anybody asks for",
    "One request can copy all the data that its sender may see, and a few at once can stop the portal.",
);
/// A limit that makes no sense brings the list down.
pub(super) const BAD_LIMIT: CodeInfo = CodeInfo::known(
    "lists/bad-limit",
    Severity::Medium,
    Effort::Small,
    "A list fails on a limit that makes no sense",
    "Clients see an error page, and the text of the request may get as far as the database.",
);
/// An answer has too many bytes.
pub(super) const TOO_LARGE: CodeInfo = CodeInfo::known(
    "lists/too-large",
    Severity::Medium,
    Effort::Medium,
    "An answer is larger than it may be",
    "People on a phone wait, and the portal pays for traffic that nobody reads.",
);
/// A field that no client may see.
pub(super) const SENSITIVE_FIELD: CodeInfo = CodeInfo::known(
    "lists/sensitive-field",
    Severity::Critical,
    Effort::Small,
    "An answer has a field that no client may see",
    "Passwords, keys or private numbers reach every browser that opens the page, whether it shows them or not.",
);
/// A field that is not listed.
pub(super) const UNLISTED_FIELD: CodeInfo = CodeInfo::known(
    "lists/unlisted-field",
    Severity::Low,
    Effort::Small,
    "An answer has a field that the gate file does not list",
    "The next column of the table gets to every client by itself, whatever it holds.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    LIMIT_IGNORED,
    UNLIMITED,
    BAD_LIMIT,
    TOO_LARGE,
    SENSITIVE_FIELD,
    UNLISTED_FIELD,
];
