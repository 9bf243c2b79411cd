//! Everything that `access` can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// A stranger is served.
pub(super) const OPEN: CodeInfo = CodeInfo::known(
    "access/open",
    Severity::Critical,
    Effort::Small,
    "Anybody can read a route that needs a login",
    "The data of clients is on the internet for everybody who knows the address.",
);
/// A stranger writes.
pub(super) const PUBLIC_WRITE: CodeInfo = CodeInfo::known(
    "access/public-write",
    Severity::Critical,
    Effort::Small,
    "Anybody can change something without a login",
    "A stranger can change, fill or empty what clients rely on, and nobody can say who it was.",
);
/// An identity does what it must not.
pub(super) const ROLE_BYPASS: CodeInfo = CodeInfo::known(
    "access/role-bypass",
    Severity::High,
    Effort::Small,
    "A user can do what only others may",
    "Every client can use what is meant for admins or colleagues, such as prices, users or the billing plan.",
);
/// No in words, yes in deed.
pub(super) const CHANGED_THOUGH_REFUSED: CodeInfo = CodeInfo::known(
    "access/changed-though-refused",
    Severity::Critical,
    Effort::Medium,
    "A write is refused and made all the same",
    "Data changes at the hand of somebody who may not, while logs and answers say that nothing happened.",
);
/// No in words, the data beside it.
pub(super) const DATA_IN_REFUSAL: CodeInfo = CodeInfo::known(
    "access/data-in-refusal",
    Severity::Critical,
    Effort::Small,
    "A refusal carries the data that it refuses",
    "Whoever looks at the answer instead of the page reads what is meant for somebody else.",
);
/// A route that nobody thought of.
pub(super) const UNLISTED_ROUTE: CodeInfo = CodeInfo::known(
    "access/unlisted-route",
    Severity::Medium,
    Effort::Small,
    "A route is not in the access matrix",
    "Nobody decided who may use the route, so that a mistake in it goes unnoticed.",
);
/// An identity cannot do what it may.
pub(super) const LOCKED_OUT: CodeInfo = CodeInfo::known(
    "access/locked-out",
    Severity::High,
    Effort::Small,
    "Somebody is refused what they may do",
    "Clients cannot do what they pay for.",
);
/// A row of the matrix without a route.
pub(super) const STALE_ROUTE: CodeInfo = CodeInfo::known(
    "access/stale-route",
    Severity::Low,
    Effort::Small,
    "The access matrix lists a route that does not exist",
    "The matrix seems to guard something that has another name by now, and that one is not guarded.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    OPEN,
    PUBLIC_WRITE,
    ROLE_BYPASS,
    CHANGED_THOUGH_REFUSED,
    DATA_IN_REFUSAL,
    UNLISTED_ROUTE,
    LOCKED_OUT,
    STALE_ROUTE,
];
