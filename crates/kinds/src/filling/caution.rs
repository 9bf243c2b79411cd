//! Requests that had better not be sent without being asked for.

use crate::naming::words;
use crate::specification::openapi::Operation;

/// Words of a path or an `operationId` that do more than show something, although the method is a safe one.
const DOES: &[&str] = &[
    "activate",
    "approve",
    "authorise",
    "authorize",
    "callback",
    "cancel",
    "checkout",
    "confirm",
    "cron",
    "deactivate",
    "delete",
    "destroy",
    "disable",
    "disconnect",
    "enable",
    "impersonate",
    "logoff",
    "logout",
    "oauth",
    "pay",
    "purge",
    "reject",
    "remove",
    "resend",
    "reset",
    "restart",
    "revoke",
    "saml",
    "send",
    "shutdown",
    "signoff",
    "signout",
    "sso",
    "trigger",
    "unsubscribe",
    "verify",
    "wipe",
];

/// The word in a path or an `operationId` that speaks of an effect.
pub(crate) fn does_more(path: &str, id: Option<&str>) -> Option<&'static str> {
    // What a parameter is called says which thing is meant, not what is done to it.
    let segments = path.split('/').filter(|part| !part.contains('{'));
    let mut parts = segments.chain(id);
    parts.find_map(|part| {
        let words = words(part);
        let whole = words.concat();
        let fits = |word: &&&str| whole == **word || words.iter().any(|one| one == **word);
        DOES.iter().find(fits).copied()
    })
}

/// Whether an operation answers with a stream that has no end.
pub(crate) fn is_endless(operation: &Operation) -> bool {
    let good = operation
        .responses
        .iter()
        .filter(|one| one.status.starts_with('2'));
    let mut contents = good.flat_map(|response| &response.content).peekable();
    let streams = |essence: String| essence == "text/event-stream";
    contents.peek().is_some() && contents.all(|content| streams(content.parsed.essence()))
}
