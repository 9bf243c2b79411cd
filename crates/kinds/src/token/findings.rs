//! What is said about tokens, cookies and sessions.

use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;
use tidegate_core::ports::http::Response;
use tidegate_core::span::Span;

use super::codes;
use crate::attack::{Story, shape};
use crate::frameworks::Topic;

/// A finding with its evidence and its advice; `subject` is the same in every run.
pub(super) fn finding(
    code: &CodeInfo,
    span: &Span,
    title: impl Into<String>,
    subject: impl Into<String>,
    story: &Story,
) -> Finding {
    let finding = Finding::new(code, span.location(), title)
        .subject(subject)
        .advice(advice(code));
    story.told(finding)
}

/// A request, what went with it and its answer: `GET /api/me with no credential: 401, no body`.
pub(super) fn line(name: &str, with: &str, response: &Response) -> String {
    format!("{name} with {with}: {}", shape(response))
}

/// What a code is about, for advice in the frameworks of a project.
pub(super) fn topic(code: &str) -> Topic {
    let about_cookies = code.starts_with("token/cookie") || code == codes::FIXATION.code.as_str();
    if about_cookies {
        Topic::Cookies
    } else {
        Topic::Tokens
    }
}

/// What to do about a code.
fn advice(code: &CodeInfo) -> &'static str {
    let known = ADVICE
        .iter()
        .find(|(known, _)| *known == code.code.as_str());
    known.map_or("", |(_, advice)| advice)
}

/// What to do, in the words of the frameworks people use.
static ADVICE: &[(&str, &str)] = &[
    (
        "token/none",
        "Let one piece of code that stands before every route refuse requests without a valid session: a middleware in Express, a dependency in FastAPI, the check at the top of a route handler or server action in Next.js (middleware alone is not enough there). If the probe is meant to be public, name another one.",
    ),
    (
        "token/junk",
        "Look the token up or verify its signature before anything else, and refuse with 401 when that fails. A check that only asks whether there is a header lets everybody in.",
    ),
    (
        "token/alg-none",
        "Name the algorithms when you verify, as in `jwt.verify(token, key, { algorithms: ['HS256'] })` in Node or `jwt.decode(token, key, algorithms=['HS256'])` in Python, and never take the algorithm from the token.",
    ),
    (
        "token/bad-signature",
        "Verify where you decode: `jwt.verify` and not `jwt.decode` in Node; no `verify_signature: False` in Python; `supabase.auth.getUser()` and not `getSession()` on the server. A payload that was only decoded is whatever the sender wrote.",
    ),
    (
        "token/expired",
        "Let the library check `exp`: no `ignoreExpiration` in Node, no `verify_exp: False` in Python. Give clocks a minute of tolerance at most.",
    ),
    (
        "token/other-audience",
        "Name the audience when you verify, as in `{ audience: 'portal' }` in Node or `audience='portal'` in Python.",
    ),
    (
        "token/other-issuer",
        "Name the issuer when you verify, as in `{ issuer: 'https://auth.example' }` in Node or `issuer='…'` in Python, and use a key of its own for each environment.",
    ),
    (
        "token/algorithm-confusion",
        "Accept only the algorithm that the key is for, as in `algorithms: ['RS256']`, and keep shared keys and public keys in separate functions.",
    ),
    (
        "token/weak-key",
        "Make a new key with `openssl rand -base64 48`, keep it in the environment only, and use another one in each environment. With the new key everybody logs in once more, which is what is wanted: tokens may have been forged.",
    ),
    (
        "token/lifetime",
        "Let access tokens end within minutes or hours and renew them with a refresh token that can be taken back; or raise `max-lifetime:` when a longer one is wanted.",
    ),
    (
        "token/sensitive-claim",
        "Keep in a token what is needed to know who somebody is: an id, a role, an end. Everything else belongs in the database.",
    ),
    (
        "token/alive-after-logout",
        "Delete the session on the server when somebody logs out, not only the cookie in the browser. Signed tokens cannot be deleted: keep them short, and hold a list of ended ones, or a number of the session in the database that is compared with the one in the token.",
    ),
    (
        "token/alive-after-password-change",
        "End all other sessions of the person when the password changes: delete their rows, or raise a version that every token carries. In Django `update_session_auth_hash` keeps only the current one; Supabase has `signOut({ scope: 'others' })`.",
    ),
    (
        "token/cookie-flags",
        "Set the session cookie with `HttpOnly; Secure; SameSite=Lax`, best with the prefix `__Host-` in its name, which browsers then hold to this host and to HTTPS. In Express these are options of the session's `cookie`, in Next.js of `cookies().set`, in Django `SESSION_COOKIE_SECURE` and its siblings.",
    ),
    (
        "token/cookie-scope",
        "Leave `Domain` out, so that the cookie goes back to this host alone, or give the cookie a name with the prefix `__Host-`.",
    ),
    (
        "token/cookie-lifetime",
        "Let the cookie end with the browser or after some weeks, and renew it while it is used.",
    ),
    (
        "token/fixation",
        "Make a new session id at every login: `req.session.regenerate` in Express, `request.session.cycle_key()` or `login()` in Django, `session_regenerate_id(true)` in PHP. Never take over an id that the server did not make.",
    ),
    (
        "token/in-url",
        "Send the token in the body of the answer or as a cookie. A login that comes back from another site brings a code that is good once, and not the token.",
    ),
    (
        "token/refresh-race",
        "Give the second of two renewals the same new token for some seconds, instead of ending the session; and let the front end share one renewal between all requests that wait for it.",
    ),
    (
        "token/refresh-reuse",
        "Mark a refresh token as used when it is used. When it comes again later, end the whole session: one of the two who used it stole it.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_advice_and_all_advice_has_a_code() {
        assert!(codes::CODES.iter().all(|code| !advice(code).is_empty()));
        assert_eq!(codes::CODES.len(), ADVICE.len());
    }
}
