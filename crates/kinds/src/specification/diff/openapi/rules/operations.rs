//! Operations, and what calls back.

use crate::specification::diff::rule::rules;

rules! {
    OPERATION_REMOVED = "contract/operation-removed", High, Medium,
        "An operation is gone",
        "Everything that calls it stops working with this deploy.",
        "Keep it, mark it `deprecated: true` with a day in `x-sunset`, and take it away after that day.";
    OPERATION_REMOVED_EARLY = "contract/operation-removed-before-sunset", High, Medium,
        "A deprecated operation is gone before its announced day",
        "Clients planned by the day they were told, and stop working before it.",
        "Keep it until the day in `x-sunset`, or agree on an earlier one with everybody who calls it.";
    OPERATION_RETIRED = "contract/operation-retired", Info, Small,
        "A deprecated operation is gone after its announced day",
        "Clients were told in time; whoever did not listen stops working now.",
        "Look into the log for late callers before the deploy.";
    PATH_ADDED = "contract/path-added", Info, Small,
        "A path is new",
        "Nobody calls it yet, so nothing breaks.",
        "";
    OPERATION_ADDED = "contract/operation-added", Info, Small,
        "An operation is new",
        "Nobody calls it yet, so nothing breaks.",
        "";
    OPERATION_ID_CHANGED = "contract/operation-id-changed", Low, Small,
        "The id of an operation changed",
        "In generated clients a function changes its name, and code that calls it no longer compiles.",
        "Keep the old `operationId`; clients that speak HTTP do not see it, generated ones are named after it.";
    OPERATION_DEPRECATED = "contract/operation-deprecated", Info, Small,
        "An operation is deprecated",
        "It works as before; whoever calls it should move on.",
        "Tell the day it goes in `x-sunset`, and what to call in its place.";
    OPERATION_RESTORED = "contract/operation-restored", Info, Small,
        "An operation is no longer deprecated",
        "It works as before, and nobody has to move on.",
        "";
    SUNSET_INVALID = "contract/sunset-invalid", Low, Small,
        "The day an operation goes cannot be read",
        "Nobody can plan by it, and removing the operation later counts as a surprise.",
        "Write it as a date, `x-sunset: 2030-01-31`.";
    SUNSET_EARLIER = "contract/sunset-earlier", Medium, Small,
        "The day an operation goes was moved forward",
        "Clients planned by the day they were told and now have less time.",
        "Keep the day that was announced, or agree on the earlier one with everybody who calls the operation.";
    SUNSET_CHANGED = "contract/sunset-changed", Info, Small,
        "The day an operation goes is new, later or no longer told",
        "Clients have as much time as before, or more.",
        "";
    SUNSET_TOO_CLOSE = "contract/sunset-too-close", Low, Small,
        "The day an operation goes is announced less than 30 days before",
        "Clients have to move on within days, and some will not make it.",
        "Give the others time for a release of their own: 90 days are usual.";
    CALLBACK_REMOVED = "contract/callback-removed", Medium, Medium,
        "The portal no longer calls a client back",
        "Whoever waits for the call, or for the webhook, waits for ever.",
        "Keep sending it until nobody is registered for it any more.";
    CALLBACK_ADDED = "contract/callback-added", Info, Small,
        "The portal calls back, or sends a webhook, where it did not",
        "Whoever did not register for it does not notice.",
        "";
    LINK_REMOVED = "contract/link-removed", Low, Small,
        "A link from an answer to another operation is gone",
        "Tools that follow links of the document no longer find the way; plain clients do not notice.",
        "Keep the link as long as the operation it leads to is there.";
}
