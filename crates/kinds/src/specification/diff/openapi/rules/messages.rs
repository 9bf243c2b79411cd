//! Bodies of requests, answers, headers and media types.

use crate::specification::diff::rule::rules;

rules! {
    BODY_ADDED_REQUIRED = "contract/body-added-required", High, Medium,
        "A request must have a body where it had none",
        "No client sends one yet, so every request is refused.",
        "Make the body optional, or offer a new operation.";
    BODY_ADDED = "contract/body-added", Info, Small,
        "A request may have a body where it had none",
        "Clients that send none are answered as before.",
        "";
    BODY_REMOVED = "contract/body-removed", Medium, Medium,
        "A request has no body any more",
        "What clients send is ignored or refused.",
        "Go on reading the body until nobody sends it.";
    BODY_REQUIRED = "contract/body-became-required", High, Medium,
        "The body of a request became required",
        "Requests without one, which were fine until now, are refused.",
        "Leave it optional, and take a missing body as what it meant before.";
    BODY_OPTIONAL = "contract/body-became-optional", Info, Small,
        "The body of a request became optional",
        "Clients that send one are answered as before.",
        "";
    REQUEST_MEDIA_TYPE_REMOVED = "contract/request-media-type-removed", High, Medium,
        "A media type is no longer taken in requests",
        "Clients that send it are refused with 415.",
        "Take both for a while, and look into the log who still sends the old one.";
    REQUEST_MEDIA_TYPE_ADDED = "contract/request-media-type-added", Info, Small,
        "A media type is newly taken in requests",
        "Clients go on as before.",
        "";
    REQUEST_ENCODING_CHANGED = "contract/request-encoding-changed", Low, Small,
        "A part of a form is sent in another encoding",
        "Clients send it as they were told before, and it may be read wrongly.",
        "Go on reading the old encoding.";
    SUCCESS_REMOVED = "contract/success-removed", High, Medium,
        "A success is no longer answered with its status",
        "Clients that wait for this status take what comes in its place for an error.",
        "Keep the status; offer what is new under a new operation, or when the client asks for it.";
    ERROR_REMOVED = "contract/error-removed", Low, Small,
        "An error is no longer answered with its status",
        "Clients that act on this error, such as by logging in again, no longer do.",
        "Keep the status, or keep a `default` answer of the same form.";
    RESPONSE_ADDED = "contract/response-added", Info, Small,
        "An answer has a status that was not declared",
        "Clients that treat unknown statuses by their first digit, as HTTP asks, are fine.",
        "";
    RESPONSE_MEDIA_TYPE_REMOVED = "contract/response-media-type-removed", High, Medium,
        "An answer no longer comes in a media type",
        "Clients that ask for it are refused, or get what they cannot read.",
        "Go on answering in both, by the `Accept` header of the request.";
    RESPONSE_MEDIA_TYPE_ADDED = "contract/response-media-type-added", Info, Small,
        "An answer also comes in another media type",
        "Clients that ask for what they can read are answered as before.",
        "";
    HEADER_REMOVED = "contract/header-removed", Medium, Small,
        "A header that every answer had is gone",
        "Clients that rely on it, such as on a page count or a request id, fail or miss it.",
        "Go on sending it.";
    OPTIONAL_HEADER_REMOVED = "contract/optional-header-removed", Low, Small,
        "A header that answers could have is gone",
        "Clients that use it when it is there lose what it said.",
        "Go on sending it until nobody reads it.";
    HEADER_OPTIONAL = "contract/header-became-optional", Medium, Small,
        "A header that every answer had may now be missing",
        "Clients that rely on it fail on answers without it.",
        "Go on sending it with every answer.";
    HEADER_ADDED = "contract/header-added", Info, Small,
        "An answer has a new header",
        "Clients ignore headers they do not know.",
        "";
}
