//! Names that say that somebody is kept out.

use std::ops::Range;

use super::Guard;
use super::lex::{Kind, Tokens};
use crate::naming::words;

/// How many tokens of a function are looked through.
const BODY_LIMIT: usize = 2_000;

/// Words of a check that stands before a handler.
const BEFORE: [&str; 35] = [
    "auth",
    "authenticate",
    "authenticated",
    "authentication",
    "authenticator",
    "authorize",
    "authorized",
    "authorization",
    "authz",
    "authn",
    "login",
    "logged",
    "signed",
    "jwt",
    "token",
    "passport",
    "protect",
    "protected",
    "guard",
    "permission",
    "permissions",
    "role",
    "roles",
    "admin",
    "superuser",
    "acl",
    "rbac",
    "restrict",
    "secure",
    "secured",
    "owner",
    "member",
    "bearer",
    "oauth2",
    "apikey",
];

/// Words that make it something else: a limit on logins, the handler of a login.
const ELSE: [&str; 28] = [
    "optional",
    "limiter",
    "limit",
    "rate",
    "throttle",
    "slow",
    "controller",
    "router",
    "routes",
    "route",
    "handler",
    "service",
    "logger",
    "log",
    "schema",
    "repository",
    "repo",
    "database",
    "db",
    "initialize",
    "create",
    "new",
    "signup",
    "register",
    "public",
    "form",
    "cookie",
    "store",
];

/// Verbs of a check that a handler calls itself.
const VERBS: [&str; 13] = [
    "require", "ensure", "assert", "verify", "check", "validate", "is", "has", "with", "get",
    "current", "protect", "enforce",
];

/// What such a check is about.
const MATTERS: [&str; 23] = [
    "auth",
    "authenticated",
    "authentication",
    "authorized",
    "authorization",
    "session",
    "token",
    "login",
    "logged",
    "signed",
    "admin",
    "superuser",
    "role",
    "permission",
    "permissions",
    "access",
    "jwt",
    "identity",
    "claims",
    "apikey",
    "tenant",
    "member",
    "membership",
];

/// Whether what stands before a handler keeps strangers out, by its name.
pub(super) fn stands_guard(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let checked = words.windows(2).any(|pair| pair == ["api", "key"]);
    (has(&BEFORE) || checked || asks_who(name)) && !has(&ELSE)
}

/// Whether a function that a handler calls keeps strangers out, by its name.
pub(super) fn asks_who(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        // The session of a database, as people name it in Python.
        ["get", .., "session"] if name.contains('_') => false,
        ["auth" | "authenticate" | "authorize" | "protect"] => true,
        ["current", "user"] | ["get", "current", "user"] => true,
        ["require" | "ensure" | "assert" | "with", .., "user"] => true,
        [verb, rest @ ..] if VERBS.contains(verb) => {
            rest.iter().any(|word| MATTERS.contains(word))
                && !rest.iter().any(|word| ELSE.contains(word))
        }
        _ => false,
    }
}

/// What keeps strangers out inside of a function.
pub(super) fn within(tokens: &Tokens<'_>, range: Range<usize>) -> Guard {
    let end = range.end.min(range.start.saturating_add(BODY_LIMIT));
    for index in range.start..end {
        let Some(name) = tokens.name(index) else {
            continue;
        };
        let called = tokens.is(tokens.after_types(index + 1), "(");
        let member = tokens.is(index.wrapping_sub(1), ".");
        if called && asks_who(name) && !is_declared(tokens, index) {
            return Guard::Seen(name.to_owned());
        }
        if called
            && member
            && name == "getUser"
            && tokens.name(index.wrapping_sub(2)) == Some("auth")
        {
            return Guard::Seen("auth.getUser".to_owned());
        }
        if let Some(seen) = of_request(tokens, index).filter(|_| !member) {
            return Guard::Seen(seen);
        }
    }
    Guard::None
}

/// Whether a name before a bracket is that of a function being declared.
fn is_declared(tokens: &Tokens<'_>, index: usize) -> bool {
    let before = tokens.at(index.wrapping_sub(1)).raw;
    matches!(before, "function" | "def" | "class")
}

/// A look at the user of the request: `req.user`, `request.session.userId`.
fn of_request(tokens: &Tokens<'_>, index: usize) -> Option<String> {
    let name = tokens.name(index)?;
    let of_request = matches!(name, "req" | "request" | "ctx" | "context" | "locals");
    if !of_request || !tokens.is(index + 1, ".") {
        return None;
    }
    let field = tokens.name(index + 2)?;
    let deeper = if tokens.is(index + 3, ".") || tokens.is(index + 3, "?.") {
        tokens.name(index + 4)
    } else {
        None
    };
    let assigned = |after: usize| tokens.is(after, "=");
    match (field, deeper) {
        ("user" | "auth" | "currentUser" | "userId" | "identity", _) if !assigned(index + 3) => {
            Some(format!("{name}.{field}"))
        }
        ("session" | "state" | "locals", Some(deeper))
            if !assigned(index + 5) && deeper.to_ascii_lowercase().contains("user") =>
        {
            Some(format!("{name}.{field}.{deeper}"))
        }
        _ => None,
    }
}

/// The last name of a dotted name with its first literal argument: `requireRole('admin')`.
pub(super) fn named(tokens: &Tokens<'_>, range: Range<usize>) -> Option<(String, String)> {
    let mut index = range.start;
    while matches!(tokens.name(index), Some("await" | "new")) {
        index += 1;
    }
    let mut last = tokens.name(index)?;
    let mut whole = last.to_owned();
    while tokens.is(index + 1, ".") && index + 2 < range.end {
        index += 2;
        last = tokens.name(index)?;
        whole = format!("{whole}.{last}");
    }
    if tokens.is(index + 1, "(") && index + 1 < range.end {
        let first = index + 2;
        let argument = tokens.at(first);
        whole.push('(');
        if argument.kind == Kind::Text && argument.raw.len() < 40 && !argument.raw.contains('\n') {
            whole.push_str(argument.raw);
        }
        whole.push(')');
        index = tokens.close(index + 1);
    }
    (index + 1 >= range.end).then(|| (last.to_owned(), whole))
}

/// Both: what is seen wins over what is not known, and that over nothing.
pub(super) fn both(one: Guard, other: Guard) -> Guard {
    match (one, other) {
        (Guard::Seen(one), Guard::Seen(other)) if one != other => {
            Guard::Seen(format!("{one}, {other}"))
        }
        (seen @ Guard::Seen(_), _) | (_, seen @ Guard::Seen(_)) => seen,
        (Guard::None, Guard::None) => Guard::None,
        _ => Guard::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lex::javascript;
    use super::*;

    #[test]
    fn names_of_guards_are_told_from_names_that_are_alike() {
        for name in [
            "requireAuth",
            "authenticate",
            "isAdmin",
            "ensureLoggedIn",
            "checkJwt",
            "verifyToken",
            "protect",
            "get_current_user",
            "oauth2_scheme",
            "get_api_key",
            "requireUser",
            "auth",
            "get_current_active_superuser",
            "apiKeyHeader",
        ] {
            assert!(stands_guard(name), "{name}");
        }
        for name in [
            "session",
            "cookieSession",
            "loginLimiter",
            "authController",
            "authRoutes",
            "cors",
            "optionalAuth",
            "get_db",
            "SessionDep",
            "upload",
            "validateBody",
            "loginSchema",
            "createUser",
            "user",
            "get_session",
            "get_async_session",
        ] {
            assert!(!stands_guard(name), "{name}");
        }
    }

    #[test]
    fn a_handler_that_asks_who_is_asking_is_known() {
        let cases = [
            (
                "const s = await getServerSession(options)",
                Some("getServerSession"),
            ),
            ("const session = await auth()", Some("auth")),
            ("if (!req.user) return", Some("req.user")),
            (
                "if (!req.session.userId) return",
                Some("req.session.userId"),
            ),
            ("await supabase.auth.getUser()", Some("auth.getUser")),
            ("requireRole('admin')", Some("requireRole")),
            ("req.user = found", None),
            ("const token = signToken(user); createSession(user)", None),
            ("await getUser(req.params.id)", None),
            ("// auth()\n'auth()'", None),
        ];
        for (code, expected) in cases {
            let tokens = javascript(code);
            let expected = expected.map_or(Guard::None, |name| Guard::Seen(name.to_owned()));
            assert_eq!(within(&tokens, 0..tokens.len()), expected, "{code}");
        }
    }
}
