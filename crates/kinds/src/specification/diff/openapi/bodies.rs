//! What is sent to an operation.

use super::rules::messages as rules;
use super::{Diff, Pair, content};
use crate::specification::Direction;
use crate::specification::openapi::RequestBody;

/// What changed about the body of a request.
pub(super) fn compare<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>) {
    match (&pair.base.body, &pair.head.body) {
        (None, None) => {}
        (Some(base), None) => {
            let (old, new) = (diff.old(base.place), diff.new(pair.head.place));
            let text = "the request has no body any more";
            diff.tell(
                &rules::BODY_REMOVED,
                &*pair.subject,
                text,
                Some(old),
                Some(new),
            );
        }
        (None, Some(head)) => {
            let (rule, text) = if head.required {
                (
                    &rules::BODY_ADDED_REQUIRED,
                    "the request must have a body, and had none",
                )
            } else {
                (
                    &rules::BODY_ADDED,
                    "the request may have a body, and had none",
                )
            };
            let (old, new) = (diff.old(pair.base.place), diff.new(head.place));
            diff.tell(rule, &*pair.subject, text, Some(old), Some(new));
        }
        (Some(base), Some(head)) => both(diff, pair, base, head),
    }
}

fn both<'d>(diff: &mut Diff<'d>, pair: &Pair<'d>, base: &'d RequestBody, head: &'d RequestBody) {
    let (old, new) = (diff.old(base.place), diff.new(head.place));
    let required = match (base.required, head.required) {
        (false, true) => Some((
            &rules::BODY_REQUIRED,
            "the body of the request is now required",
        )),
        (true, false) => Some((
            &rules::BODY_OPTIONAL,
            "the body of the request is now optional",
        )),
        _ => None,
    };
    if let Some((rule, text)) = required {
        diff.tell(rule, &*pair.subject, text, Some(old), Some(new));
    }
    let paired = content::pairs(&base.content, &head.content);
    let subject = |media_type: &str| format!("{} request {media_type}", pair.subject);
    for at in paired.lost {
        let lost = &base.content[at];
        let takes = content::names(&head.content);
        let text = format!(
            "requests in `{}` are no longer taken, only {takes}",
            lost.media_type
        );
        let at = diff.old(lost.place);
        diff.tell(
            &rules::REQUEST_MEDIA_TYPE_REMOVED,
            subject(&lost.media_type),
            text,
            Some(at),
            Some(new),
        );
    }
    for at in paired.gained {
        let gained = &head.content[at];
        let text = format!("requests in `{}` are taken, too", gained.media_type);
        let at = diff.new(gained.place);
        diff.tell(
            &rules::REQUEST_MEDIA_TYPE_ADDED,
            subject(&gained.media_type),
            text,
            Some(old),
            Some(at),
        );
    }
    for (base_at, head_at) in paired.pairs {
        let (base, head) = (&base.content[base_at], &head.content[head_at]);
        let subject = subject(&base.media_type);
        for part in diff.encodings(base, head) {
            let (old, new) = (diff.old(base.place), diff.new(head.place));
            let text = format!("the part `{part}` of the form is sent in another encoding");
            diff.tell(
                &rules::REQUEST_ENCODING_CHANGED,
                format!("{subject} {part}"),
                text,
                Some(old),
                Some(new),
            );
        }
        diff.schemas(base.schema, head.schema, Direction::Request, &subject);
    }
}
