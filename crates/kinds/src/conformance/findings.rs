//! How a difference from the document is told to people.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchange;
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::span::Location;

use super::codes;
use crate::observer;
use crate::specification::openapi::Operation;
use crate::specification::schema::{Mismatch, MismatchKind, SchemaFault, Undocumented};

/// A finding about an exchange at a place of the document.
///
/// `what` goes on where the name of the operation ends; `subject` tells the finding from others of the
/// same code and operation.
pub(super) fn at(
    place: Location,
    code: &CodeInfo,
    exchange: &Exchange,
    operation: &Operation,
    what: &str,
    subject: &str,
) -> Finding {
    let name = operation.name();
    let mut finding = observer::finding(
        exchange,
        code,
        content_type(exchange),
        format!("{name} {what}"),
    );
    finding.location = place;
    finding
        .related("sent by", exchange.cause.location.clone())
        .subject(format!("{} {name} {subject}", code.code))
}

/// A finding about an exchange at the line of the gate file that caused it.
pub(super) fn sent(code: &CodeInfo, exchange: &Exchange, what: &str) -> Finding {
    let asked = observer::asked(exchange);
    let asked = asked.split('?').next().unwrap_or_default();
    observer::finding(
        exchange,
        code,
        content_type(exchange),
        format!("{asked} {what}"),
    )
    .subject(format!("{} {asked}", code.code))
}

fn content_type(exchange: &Exchange) -> &str {
    let content_type = exchange.response_header("content-type");
    content_type.unwrap_or("no content type")
}

/// A value of an answer that does not fit its schema.
pub(super) fn mismatch(
    found: &Mismatch,
    exchange: &Exchange,
    operation: &Operation,
    status: u16,
) -> Finding {
    let (code, advice) = words(&found.kind);
    let (path, text) = said(found);
    let what = format!("answers {status}: {path} {text}");
    let subject = format!("{status} {path} {}", keyword(&found.kind));
    let subject = subject.trim_end();
    let place = found.location.clone();
    let finding = at(place, &code, exchange, operation, &what, subject)
        .advice(advice)
        .evidence("path", path)
        .evidence("expected", &found.text);
    if found.is_slight() {
        warned(finding)
    } else {
        finding
    }
}

/// Lowers a finding to a warning.
pub(super) fn warned(finding: Finding) -> Finding {
    let severity = finding.severity.min(Severity::Low);
    finding.severity(severity)
}

/// Where a mismatch is, and what is wrong there.
pub(super) fn said(found: &Mismatch) -> (String, &str) {
    let path = pattern(&found.path);
    match &found.kind {
        MismatchKind::Missing { field } => (format!("{path}.{field}"), "is missing"),
        _ => (path, &found.text),
    }
}

/// A field of an answer that the document does not name.
pub(super) fn undocumented(
    found: &Undocumented,
    exchange: &Exchange,
    operation: &Operation,
    status: u16,
) -> Finding {
    let path = pattern(&found.path);
    at(
        found.location.clone(),
        &codes::UNDOCUMENTED_FIELD,
        exchange,
        operation,
        &format!("answers {status}: {path} is not in the document"),
        &format!("{status} {path}"),
    )
    .advice(FIELD)
    .evidence("path", path)
}

/// The code of a mismatch, and what to do about it.
fn words(kind: &MismatchKind) -> (CodeInfo, &'static str) {
    match kind {
        MismatchKind::Missing { .. } => (codes::MISSING_FIELD, MISSING),
        MismatchKind::WrongType { .. } => (codes::WRONG_TYPE, TYPE),
        MismatchKind::WriteOnlyShown { .. } => (codes::WRITE_ONLY_SHOWN, WRITE_ONLY),
        MismatchKind::ReadOnlySent { .. } => (codes::REQUEST, super::request::ADVICE),
        MismatchKind::LooseFormat { .. } => (codes::WRONG_VALUE, LOOSE),
        MismatchKind::Constraint { keyword } if closes(keyword) => {
            (codes::UNDOCUMENTED_FIELD, FIELD)
        }
        MismatchKind::Constraint { .. } => (codes::WRONG_VALUE, VALUE),
    }
}

/// Whether the keyword refuses fields that are not named.
fn closes(keyword: &str) -> bool {
    matches!(keyword, "additionalProperties" | "unevaluatedProperties")
}

/// What tells mismatches of a code at the same place apart.
fn keyword(kind: &MismatchKind) -> &str {
    match kind {
        MismatchKind::Constraint { keyword } => keyword,
        MismatchKind::LooseFormat { .. } => "format",
        _ => "",
    }
}

/// A JSONPath with `[]` for every item of a list, so that a hundred items are one finding.
pub(super) fn pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(open) = rest.find('[') {
        let (before, after) = rest.split_at(open + 1);
        pattern.push_str(before);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        rest = if after[digits..].starts_with(']') {
            &after[digits..]
        } else {
            after
        };
    }
    pattern.push_str(rest);
    pattern
}

/// A part of a schema that makes no sense.
pub(super) fn schema(fault: &SchemaFault) -> Finding {
    let place = fault.location.clone();
    Finding::new(&codes::DOCUMENT, place, fault.reason.to_string())
        .subject(format!(
            "{} {} {}",
            codes::DOCUMENT.code,
            fault.location.file,
            fault.reason
        ))
        .advice(fault.help())
}

/// A part of the document that makes no sense.
pub(super) fn document(fault: &Diagnostic, named: &Located<String>) -> Finding {
    let span = fault.span.as_ref().unwrap_or(&named.span);
    let help = fault.help.as_deref();
    let finding = Finding::new(&codes::DOCUMENT, span.brief_location(), &fault.message)
        .advice(help.unwrap_or("Mend the document at this place."));
    match &fault.label {
        Some(label) => finding.evidence("expected", label),
        None => finding,
    }
}

const MISSING: &str = "Pages and clients that read the field break. Put it back into the answer; or, when nobody needs \
                       it any more, take it out of `required` in the document on purpose and tell those who use it.";
const TYPE: &str = "Clients written by the document fail on the value. Mend the answer; or, when the new type is \
                    wanted, change the document on purpose and mend those who use it first.";
const VALUE: &str = "Clients that rely on the format, the list or the limits fail on the value. Mend the answer; or, \
                     when the value is right, widen the document on purpose.";
const LOOSE: &str = "Most programs read the value, strict ones do not, and a time without its offset is another time to \
                     each reader. Write it as the format says: a time with `Z` or `+01:00`, an address with its \
                     origin, `null` where there is none. Or take the format out of the document.";
const FIELD: &str = "See whether clients may see it. If so, add it to the document; if not, let the server name the \
                     fields that an answer has. `undocumented-fields: ignore` stops telling this, `block` stops the \
                     deploy.";
const WRITE_ONLY: &str = "Take the field out of the answer: what is marked `writeOnly` is usually a password or a \
                          key. If clients shall read it, take the mark out of the document on purpose.";
