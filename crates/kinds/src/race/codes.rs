//! Everything that requests at the same moment can bring to light.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// One thing was created several times.
pub(super) const DUPLICATE: CodeInfo = CodeInfo::known(
    "race/duplicate",
    Severity::High,
    Effort::Small,
    "Requests at the same moment create the same thing more than once",
    "A double click books, orders or bills twice, and people have to find out and put it right by hand.",
);
/// One idempotency key created several things.
pub(super) const DUPLICATE_KEY: CodeInfo = CodeInfo::known(
    "race/duplicate-key",
    Severity::High,
    Effort::Small,
    "Requests with the same idempotency key create more than one thing",
    "A program that sends again because an answer was late pays or orders twice, although it did everything right.",
);
/// What was answered does not fit what is stored.
pub(super) const INCONSISTENT: CodeInfo = CodeInfo::known(
    "race/inconsistent-answers",
    Severity::Medium,
    Effort::Small,
    "Answers to requests at the same moment do not fit what is stored",
    "A client goes on working with something that does not exist, or tries again what was done already.",
);
/// Nothing came of it at all.
pub(super) const NOTHING_STORED: CodeInfo = CodeInfo::known(
    "race/nothing-stored",
    Severity::Medium,
    Effort::Small,
    "Of the same requests at the same moment not even one is carried out",
    "Whoever clicks twice loses what was entered, and may not notice.",
);
/// Changes got lost.
pub(super) const LOST_UPDATE: CodeInfo = CodeInfo::known(
    "race/lost-update",
    Severity::High,
    Effort::Small,
    "Of several changes at the same moment some get lost",
    "Balances, stocks and counters are wrong, and nobody is told which change is missing.",
);
/// More was given out than there is.
pub(super) const OVER_LIMIT: CodeInfo = CodeInfo::known(
    "race/over-limit",
    Severity::High,
    Effort::Small,
    "A limit is exceeded by requests at the same moment",
    "A voucher that counts once is used many times, or more is sold than there is.",
);
/// The portal broke.
pub(super) const SERVER_ERROR: CodeInfo = CodeInfo::known(
    "race/server-error",
    Severity::Medium,
    Effort::Small,
    "Requests at the same moment are answered with a server error",
    "People see an error for what is a harmless double click, and do not know whether it was carried out.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[
    DUPLICATE,
    DUPLICATE_KEY,
    INCONSISTENT,
    NOTHING_STORED,
    LOST_UPDATE,
    OVER_LIMIT,
    SERVER_ERROR,
];
