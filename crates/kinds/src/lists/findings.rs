//! What `lists` says about an answer.

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};

use super::codes;
use super::config::Look;
use super::sensitive::Sort;
use crate::attack::Story;
use tidegate_core::size::Size;

/// A finding at a list or an object.
fn about(look: &Look, info: &CodeInfo, title: String, what: &str, story: &Story) -> Finding {
    let finding = Finding::new(info, look.request.span.location(), title)
        .subject(format!("{} {what}", look.request.name()));
    story.told(finding)
}

/// The limit made no difference.
pub(super) fn limit_ignored(look: &Look, parameter: &str, got: usize, story: &Story) -> Finding {
    let name = look.request.name();
    let title = format!("{name} answers with {got} items when it is asked for 2");
    let advice = format!(
        "Hand `{parameter}` to the query of the database (`LIMIT`, `take`, `.limit()`), and let a schema say what \
         it may be: a whole number from 1 to 100. Cutting the list after it was read saves nothing."
    );
    about(look, &codes::LIMIT_IGNORED, title, parameter, story).advice(advice)
}

/// How it is known that nothing bounds a page.
pub(super) enum Unlimited {
    /// It has more items than it may.
    Items(usize),
    /// It is larger than it may be, and than without a limit.
    Bytes(u64),
    /// The answer itself tells the limit that was asked for.
    Told(u64),
}

/// Nothing bounds a page.
pub(super) fn unlimited(look: &Look, asked: &str, how: &Unlimited, story: &Story) -> Finding {
    let name = look.request.name();
    let most = look.bounds.items;
    let when = if asked.is_empty() {
        "without a limit".to_owned()
    } else {
        format!("with `{asked}`")
    };
    let title = match how {
        Unlimited::Items(count) => {
            format!(
                "A client gets {count} items at once from {name} {when}; a page may have {most}"
            )
        }
        Unlimited::Bytes(bytes) => {
            format!(
                "A client gets {} at once from {name} {when}",
                Size::words(*bytes)
            )
        }
        Unlimited::Told(size) => {
            format!("{name} takes {size} as the size of a page {when}; a page may have {most}")
        }
    };
    let advice = "Give every list a size of its own when none is asked for, and a largest one that the server \
                  enforces: refuse more with 400 or 422, or take the largest. If a page may really have more, say so \
                  with `max-items:`.";
    about(look, &codes::UNLIMITED, title, "page size", story).advice(advice)
}

/// A senseless limit brought the list down.
pub(super) fn bad_limit(look: &Look, values: &[String], story: &Story) -> Finding {
    let title = format!("{} fails on {}", look.request.name(), values.join(", "));
    let advice = "Hold the query against a schema before it is used, and answer 400 or 422 with the name of the \
                  parameter. Look at the log at the moment of the request: a negative limit often gets as far as the \
                  database.";
    about(look, &codes::BAD_LIMIT, title, "senseless limit", story).advice(advice)
}

/// An answer has too many bytes.
pub(super) fn too_large(look: &Look, bytes: u64, story: &Story) -> Finding {
    let title = format!(
        "{} answers with {}; it may have {}",
        look.request.name(),
        Size::words(bytes),
        Size::words(look.bounds.bytes)
    );
    let advice = "Send fewer items on a page and only the fields that the page shows; leave long texts and nested \
                  things to the page of one item. If it may really be that large, say so with `max-bytes:`.";
    let severity = if look.bounds.bytes_declared {
        Severity::Medium
    } else {
        Severity::Low
    };
    about(look, &codes::TOO_LARGE, title, "size", story)
        .advice(advice)
        .severity(severity)
}

/// A field that no client may see.
pub(super) fn sensitive(
    look: &Look,
    who: &str,
    field: (&str, Sort),
    count: usize,
    story: &Story,
) -> Finding {
    let (path, sort) = field;
    let title = format!(
        "{} shows {who} {} at {path}",
        look.request.name(),
        sort.words()
    );
    let advice = "Let the server name the fields that an answer has, and leave this one out: `select` only those \
                  columns, or give the answer a schema of its own. Hiding it in the page is not enough, since everybody \
                  can read the answer. Replace keys and tokens that were shown. If it is shown on purpose, list it under \
                  `allow:`.";
    about(look, &codes::SENSITIVE_FIELD, title, path, story)
        .advice(advice)
        .severity(sort.severity())
        .confidence(sort.confidence())
        .evidence("path", path)
        .evidence("seen", times(count))
}

/// A field that the gate file does not list.
pub(super) fn unlisted(look: &Look, path: &str, count: usize, story: &Story) -> Finding {
    let title = format!("{} has the unlisted field {path}", look.request.name());
    let advice = "Let the server name the fields that an answer has. If clients need this one, list it under \
                  `fields:`.";
    about(look, &codes::UNLISTED_FIELD, title, path, story)
        .advice(advice)
        .evidence("path", path)
        .evidence("seen", times(count))
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}
