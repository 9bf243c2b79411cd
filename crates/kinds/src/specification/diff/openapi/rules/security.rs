//! Who may call an operation.

use crate::specification::diff::rule::rules;

rules! {
    AUTHENTICATION_REMOVED = "contract/authentication-removed", Critical, Small,
        "An operation no longer asks who calls it",
        "Everybody on the internet may call it: what only signed-in clients could see or change is open.",
        "Restore its `security`. If it is meant to be public, a person answers for it with a waiver.";
    AUTHENTICATION_OPTIONAL = "contract/authentication-optional", Critical, Small,
        "An operation may be called without signing in",
        "An empty alternative `{}` lets everybody in beside those who sign in.",
        "Take the `{}` out of `security`. If strangers are meant to call it, a person answers for it with a waiver.";
    AUTHENTICATION_ADDED = "contract/authentication-added", High, Medium,
        "An operation asks who calls it, and did not before",
        "Clients that call it without signing in are locked out.",
        "Take both for a while: keep the alternative `{}` and see in the log who still comes without.";
    ALTERNATIVE_REMOVED = "contract/security-alternative-removed", High, Medium,
        "A way to sign in is no longer accepted",
        "Clients that sign in that way are locked out.",
        "Accept the old way beside the new one until nobody uses it.";
    ALTERNATIVE_ADDED = "contract/security-alternative-added", Info, Small,
        "There is another way to sign in",
        "Clients go on as before.",
        "";
    REQUIREMENT_ADDED = "contract/security-requirement-added", High, Medium,
        "A second proof is asked for besides the one before",
        "Clients have only the first one and are locked out.",
        "Accept the first one alone until every client has both.";
    REQUIREMENT_REMOVED = "contract/security-requirement-removed", High, Small,
        "One of several proofs is no longer asked for",
        "Whoever has the other one alone now gets in: the operation is guarded less.",
        "Restore the requirement, or have a person answer for it with a waiver.";
    SCOPE_ADDED = "contract/security-scope-added", High, Medium,
        "An operation asks for a further permission",
        "Tokens that clients hold lack it, and are refused.",
        "Grant the permission to the clients first, and ask for it afterwards.";
    SCOPE_REMOVED = "contract/security-scope-removed", Low, Small,
        "An operation asks for one permission less",
        "Clients with fewer permissions now get in; nobody is locked out.",
        "Look whether that is meant.";
    SCHEME_TYPE_CHANGED = "contract/security-scheme-changed", High, Medium,
        "Signing in works in another way",
        "Clients prove who they are as they were told before, and are locked out.",
        "Add the new way under a name of its own, and accept both until nobody uses the old one.";
    SCHEME_MOVED = "contract/security-scheme-moved", High, Medium,
        "The key is read from another place or under another name",
        "Clients send their key where it no longer counts, and are locked out.",
        "Read it from both places for a while.";
    FLOW_REMOVED = "contract/security-flow-removed", High, Medium,
        "A way to get a token is gone",
        "Clients that get their tokens that way are locked out once theirs have run out.",
        "Keep the flow until nobody uses it.";
    FLOW_ADDED = "contract/security-flow-added", Info, Small,
        "There is another way to get a token",
        "Clients go on as before.",
        "";
    FLOW_MOVED = "contract/security-flow-moved", Medium, Small,
        "Tokens come from another address",
        "Clients that have the old address written down get no token from it.",
        "Keep the old address working, or let it redirect.";
    SCOPE_WITHDRAWN = "contract/security-scope-withdrawn", Medium, Small,
        "A permission can no longer be asked for",
        "Clients that ask for it when they sign in are refused.",
        "Go on granting it, even if nothing asks for it any more.";
}
