//! Everything a check of tokens can find.

use tidegate_core::meta::{CodeInfo, Effort, Severity};

/// The probe needs no credential.
pub(super) const NONE: CodeInfo = CodeInfo::known(
    "token/none",
    Severity::Critical,
    Effort::Small,
    "A request that needs a login is answered without one",
    "Everybody on the internet can read what only the person who logged in should see.",
);
/// Anything counts as a credential.
pub(super) const JUNK: CodeInfo = CodeInfo::known(
    "token/junk",
    Severity::Critical,
    Effort::Small,
    "A made-up text is accepted as a token",
    "Whoever sends any text in place of a token is let in.",
);
/// A token without a signature.
pub(super) const ALG_NONE: CodeInfo = CodeInfo::known(
    "token/alg-none",
    Severity::Critical,
    Effort::Small,
    "A token is accepted that says it needs no signature",
    "Everybody can write a token for any client, an administrator included, and is let in with it.",
);
/// A token whose signature is wrong.
pub(super) const BAD_SIGNATURE: CodeInfo = CodeInfo::known(
    "token/bad-signature",
    Severity::Critical,
    Effort::Small,
    "A token is accepted whose signature does not fit",
    "Everybody can change what a token says, such as whose it is, and is let in with it.",
);
/// A token that is over.
pub(super) const EXPIRED: CodeInfo = CodeInfo::known(
    "token/expired",
    Severity::High,
    Effort::Small,
    "A token is accepted after its end",
    "A token that leaks once, in a log or from a lost laptop, opens the portal for ever.",
);
/// A token for somebody else's service.
pub(super) const OTHER_AUDIENCE: CodeInfo = CodeInfo::known(
    "token/other-audience",
    Severity::Medium,
    Effort::Small,
    "A token is accepted that was made for another service",
    "Whoever holds a token for another service of the same issuer is let into this one.",
);
/// A token of somebody else.
pub(super) const OTHER_ISSUER: CodeInfo = CodeInfo::known(
    "token/other-issuer",
    Severity::Medium,
    Effort::Small,
    "A token is accepted that another issuer made",
    "A token of another environment or tenant that shares the key opens this portal.",
);
/// The public key was taken for a shared one.
pub(super) const ALGORITHM_CONFUSION: CodeInfo = CodeInfo::known(
    "token/algorithm-confusion",
    Severity::Critical,
    Effort::Small,
    "A token is accepted that was signed with the public key",
    "The public key is known to everybody, so that everybody can make tokens for any client.",
);
/// A key that everybody can guess.
pub(super) const WEAK_KEY: CodeInfo = CodeInfo::known(
    "token/weak-key",
    Severity::Critical,
    Effort::Small,
    "Tokens are signed with a key that everybody can guess",
    "Whoever holds one token finds the key within seconds and makes tokens for any client.",
);
/// Tokens live too long.
pub(super) const LIFETIME: CodeInfo = CodeInfo::known(
    "token/lifetime",
    Severity::Medium,
    Effort::Medium,
    "Tokens end too late or never",
    "A token that leaks once opens the portal for as long as it lives, and nobody can take it back.",
);
/// Claims that are nobody's business.
pub(super) const SENSITIVE_CLAIM: CodeInfo = CodeInfo::known(
    "token/sensitive-claim",
    Severity::Low,
    Effort::Small,
    "Tokens hold data that everybody who sees them can read",
    "Tokens are signed and not encrypted: what they say stands readable in browsers, logs and proxies.",
);
/// Logging out changes nothing.
pub(super) const ALIVE_AFTER_LOGOUT: CodeInfo = CodeInfo::known(
    "token/alive-after-logout",
    Severity::High,
    Effort::Medium,
    "A session goes on after its logout",
    "Somebody who copied the session, on a shared computer for example, stays logged in after its owner has left.",
);
/// A new password changes nothing.
pub(super) const ALIVE_AFTER_PASSWORD_CHANGE: CodeInfo = CodeInfo::known(
    "token/alive-after-password-change",
    Severity::High,
    Effort::Medium,
    "Other sessions go on after the password was changed",
    "A client who changes the password because somebody else is in the account does not get them out of it.",
);
/// A session cookie lacks a flag.
pub(super) const COOKIE_FLAGS: CodeInfo = CodeInfo::known(
    "token/cookie-flags",
    Severity::Medium,
    Effort::Small,
    "The session cookie lacks a flag that protects it",
    "A script that got into a page can copy the session, or it travels where others can read it.",
);
/// A session cookie goes too far.
pub(super) const COOKIE_SCOPE: CodeInfo = CodeInfo::known(
    "token/cookie-scope",
    Severity::Low,
    Effort::Small,
    "The session cookie is sent to other hosts too",
    "Every other site under the same domain gets the session, an abandoned one or a client's own page included.",
);
/// A session cookie lives too long.
pub(super) const COOKIE_LIFETIME: CodeInfo = CodeInfo::known(
    "token/cookie-lifetime",
    Severity::Low,
    Effort::Small,
    "The session cookie stays in the browser for months",
    "On a shared or lost computer the next person is still logged in months later.",
);
/// A session that was known before the login.
pub(super) const FIXATION: CodeInfo = CodeInfo::known(
    "token/fixation",
    Severity::High,
    Effort::Small,
    "The session that was there before the login is the one after it",
    "Somebody who plants a session in a client's browser is in the client's account as soon as they log in.",
);
/// A token in an address.
pub(super) const IN_URL: CodeInfo = CodeInfo::known(
    "token/in-url",
    Severity::Low,
    Effort::Medium,
    "A login puts a token into an address",
    "Addresses stay in browser histories, logs and the reports of analytics services, and the token with them.",
);
/// Two renewals at once end the session.
pub(super) const REFRESH_RACE: CodeInfo = CodeInfo::known(
    "token/refresh-race",
    Severity::Medium,
    Effort::Medium,
    "Two renewals at the same moment log the person out",
    "People with two open tabs, or with an app that sends two requests at once, are thrown out while they work.",
);
/// Old refresh tokens are good for ever.
pub(super) const REFRESH_REUSE: CodeInfo = CodeInfo::known(
    "token/refresh-reuse",
    Severity::Medium,
    Effort::Medium,
    "A refresh token that was used up is accepted again",
    "A refresh token that leaks opens the account for as long as it lives, and its owner never notices.",
);

/// All of them.
pub(super) const CODES: &[CodeInfo] = &[
    NONE,
    JUNK,
    ALG_NONE,
    BAD_SIGNATURE,
    EXPIRED,
    OTHER_AUDIENCE,
    OTHER_ISSUER,
    ALGORITHM_CONFUSION,
    WEAK_KEY,
    LIFETIME,
    SENSITIVE_CLAIM,
    ALIVE_AFTER_LOGOUT,
    ALIVE_AFTER_PASSWORD_CHANGE,
    COOKIE_FLAGS,
    COOKIE_SCOPE,
    COOKIE_LIFETIME,
    FIXATION,
    IN_URL,
    REFRESH_RACE,
    REFRESH_REUSE,
];
