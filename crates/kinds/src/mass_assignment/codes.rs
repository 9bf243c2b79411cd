//! Everything that `mass-assignment` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// A right.
pub(super) const PRIVILEGE: CodeInfo = CodeInfo::known(
    "mass-assignment/privilege",
    Severity::Critical,
    Effort::Small,
    "A client can give itself a role or a right",
    "Any client can become an administrator by adding one field to an ordinary request.",
);
/// Whose it is.
pub(super) const TENANT: CodeInfo = CodeInfo::known(
    "mass-assignment/tenant",
    Severity::Critical,
    Effort::Small,
    "A client can say whose a thing is",
    "One client can put things into another client's account, or pass off its own as somebody else's.",
);
/// What it costs.
pub(super) const PRICE: CodeInfo = CodeInfo::known(
    "mass-assignment/price",
    Severity::High,
    Effort::Small,
    "A client can set a price, a balance or whether something is paid",
    "Clients pay what they like, or nothing.",
);
/// What somebody else has to decide.
pub(super) const VERIFIED: CodeInfo = CodeInfo::known(
    "mass-assignment/verified",
    Severity::High,
    Effort::Small,
    "A client can declare something verified or approved",
    "What a colleague or a mail was to confirm is confirmed by whoever sends the request.",
);
/// What the portal sets itself.
pub(super) const READ_ONLY: CodeInfo = CodeInfo::known(
    "mass-assignment/read-only",
    Severity::Medium,
    Effort::Small,
    "A client can set a field that only the portal sets",
    "Dates, numbers and ids that everybody relies on are whatever a client sends.",
);
/// What the gate file protects.
pub(super) const DECLARED: CodeInfo = CodeInfo::known(
    "mass-assignment/declared",
    Severity::High,
    Effort::Small,
    "A client can set a field that the gate file protects",
    "Clients change what only your own people are to change.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[PRIVILEGE, TENANT, PRICE, VERIFIED, READ_ONLY, DECLARED];
