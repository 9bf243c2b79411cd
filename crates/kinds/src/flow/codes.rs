//! Everything a flow can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

use crate::expect::Aspect;

/// A wrong status.
pub(super) const STATUS: CodeInfo = CodeInfo::known(
    "flow/status",
    Severity::High,
    Effort::Medium,
    "A step answered with another status than expected",
    "A journey that clients rely on is broken, or something is allowed that must not be.",
);
/// A wrong header.
pub(super) const HEADER: CodeInfo = CodeInfo::known(
    "flow/header",
    Severity::Medium,
    Effort::Small,
    "A response header is missing or wrong",
    "Browsers treat the page or the download differently from what was agreed.",
);
/// A wrong cookie.
pub(super) const COOKIE: CodeInfo = CodeInfo::known(
    "flow/cookie",
    Severity::High,
    Effort::Small,
    "A cookie is missing or lacks an attribute",
    "Logins do not last, or a stolen cookie lets a stranger into a client's account.",
);
/// Wrong data.
pub(super) const JSON: CodeInfo = CodeInfo::known(
    "flow/json",
    Severity::High,
    Effort::Medium,
    "The data in a response is not what was expected",
    "Clients see wrong, missing or stale data, and integrations that read it break.",
);
/// A wrong body.
pub(super) const BODY: CodeInfo = CodeInfo::known(
    "flow/body",
    Severity::High,
    Effort::Medium,
    "The text or the size of a response is not what was expected",
    "Clients get a page or a file that is incomplete or not theirs to expect.",
);
/// Too slow.
pub(super) const TIME: CodeInfo = CodeInfo::known(
    "flow/time",
    Severity::Medium,
    Effort::Medium,
    "A step took longer than it may",
    "Clients wait, click again and lose patience.",
);
/// A wrong way.
pub(super) const REDIRECT: CodeInfo = CodeInfo::known(
    "flow/redirect",
    Severity::High,
    Effort::Small,
    "A redirect leads in circles, to a foreign place or not where it should",
    "Clients see a browser error or end up on another site instead of the page they asked for.",
);
/// Nothing to go on with.
pub(super) const CAPTURE: CodeInfo = CodeInfo::known(
    "flow/capture",
    Severity::High,
    Effort::Small,
    "A response lacks a value that later steps need",
    "What the portal says it created cannot be found again, so the journey ends here.",
);
/// No answer.
pub(super) const UNREACHABLE: CodeInfo = CodeInfo::known(
    "flow/unreachable",
    Severity::Critical,
    Effort::Medium,
    "A step got no complete answer",
    "Clients wait for a page that never comes.",
);
/// No login.
pub(super) const LOGIN: CodeInfo = CodeInfo::known(
    "flow/login",
    Severity::Critical,
    Effort::Medium,
    "An identity could not log in",
    "Nobody of this kind gets into the portal.",
);
/// A login that comes and goes.
pub(super) const INTERMITTENT_AUTH: CodeInfo = CodeInfo::known(
    "flow/intermittent-auth",
    Severity::Critical,
    Effort::Large,
    "A live session was refused once and accepted the next moment",
    "Clients are thrown out at random, lose their input and call support, and nobody can reproduce it.",
);

/// All of them.
pub(super) static CODES: &[CodeInfo] = &[
    STATUS,
    HEADER,
    COOKIE,
    JSON,
    BODY,
    TIME,
    REDIRECT,
    CAPTURE,
    UNREACHABLE,
    LOGIN,
    INTERMITTENT_AUTH,
];

/// The code of an expectation that is not met.
pub(super) fn of(aspect: Aspect) -> CodeInfo {
    match aspect {
        Aspect::Status => STATUS,
        Aspect::Header => HEADER,
        Aspect::Cookie => COOKIE,
        Aspect::Json => JSON,
        Aspect::Body => BODY,
        Aspect::Time => TIME,
        Aspect::Redirect => REDIRECT,
    }
}
