//! Everything that `rejects` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// Wrong input was taken.
pub(super) const ACCEPTED: CodeInfo = CodeInfo::known(
    "rejects/accepted",
    Severity::High,
    Effort::Small,
    "Wrong input is accepted",
    "Wrong data gets into the portal, and later shows up in reports, invoices and other systems.",
);
/// Wrong input was refused in words only.
pub(super) const STORED: CodeInfo = CodeInfo::known(
    "rejects/stored",
    Severity::High,
    Effort::Small,
    "Wrong input is refused and stored all the same",
    "The client is told that nothing happened, sends it again, and finds wrong data twice.",
);
/// Wrong input brings the portal down.
pub(super) const SERVER_ERROR: CodeInfo = CodeInfo::known(
    "rejects/server-error",
    Severity::High,
    Effort::Small,
    "Wrong input makes the portal fail",
    "The client sees an error page instead of what to mend, and anybody can provoke failures.",
);
/// A quote breaks a statement.
pub(super) const QUOTE_BREAKS: CodeInfo = CodeInfo::known(
    "rejects/quote-breaks",
    Severity::High,
    Effort::Small,
    "A quote in a text makes the portal fail",
    "Clients named O'Brien cannot use the portal, and a stranger may be able to read or change its database.",
);
/// Markup comes back as markup.
pub(super) const MARKUP_UNESCAPED: CodeInfo = CodeInfo::known(
    "rejects/markup-unescaped",
    Severity::High,
    Effort::Small,
    "A page shows stored text as markup",
    "One client can run scripts in the browsers of others and act in their names.",
);
/// A refusal without a reason.
pub(super) const UNNAMED_FIELD: CodeInfo = CodeInfo::known(
    "rejects/unnamed-field",
    Severity::Low,
    Effort::Small,
    "A refusal does not name the field that is wrong",
    "Clients do not know what to mend, give up or call support.",
);
/// The content type does not matter.
pub(super) const CONTENT_TYPE_IGNORED: CodeInfo = CodeInfo::known(
    "rejects/content-type-ignored",
    Severity::Low,
    Effort::Small,
    "JSON is accepted although it is sent as plain text",
    "A page on a foreign site can send such a request with a visitor's cookies and without asking.",
);
/// Bodies have no end.
pub(super) const NO_SIZE_LIMIT: CodeInfo = CodeInfo::known(
    "rejects/no-size-limit",
    Severity::Low,
    Effort::Small,
    "A body of several megabytes is accepted",
    "Anybody who may write can fill the memory and the disk of the portal.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    ACCEPTED,
    STORED,
    SERVER_ERROR,
    QUOTE_BREAKS,
    MARKUP_UNESCAPED,
    UNNAMED_FIELD,
    CONTENT_TYPE_IGNORED,
    NO_SIZE_LIMIT,
];
