//! Everything a check of logins can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// Guessing goes on for ever.
pub(super) const UNLIMITED: CodeInfo = CodeInfo::known(
    "throttle/unlimited",
    Severity::High,
    Effort::Small,
    "Passwords can be guessed as often as somebody likes",
    "Programs try lists of stolen passwords against every account, and with enough tries some of them fit.",
);
/// Answers tell who has an account.
pub(super) const ENUMERATION: CodeInfo = CodeInfo::known(
    "throttle/enumeration",
    Severity::Medium,
    Effort::Small,
    "An answer tells whether an account exists",
    "Anybody can find out who the clients are, and whom to write a false mail to.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[UNLIMITED, ENUMERATION];
