//! The body of an answer against what the document has for its status.

use tidegate_core::ports::http::Purpose;
use tidegate_core::span::Location;

use super::codes;
use super::findings::{self, warned};
use super::judge::Judge;
use crate::specification::Direction;
use crate::specification::openapi::{Content, MediaType, Operation, Response};

const CUT: &str = "answers that were too long to keep are not held against their schemas";

pub(super) fn judge(judge: &mut Judge<'_>, operation: &Operation, response: &Response) {
    let exchange = judge.exchange;
    if exchange.method == "HEAD" || matches!(judge.status, 204 | 205 | 304) {
        return;
    }
    if exchange.response_body.is_empty() {
        if !exchange.truncated {
            empty(judge, operation, response);
        }
        return;
    }
    let content_type = exchange.response_header("content-type");
    let content_type = content_type.unwrap_or_default();
    match response.content(content_type) {
        Some(content) => held(judge, operation, content, content_type),
        None => other_type(judge, operation, response, content_type),
    }
}

/// An empty body is right for text and files, but it is no JSON.
fn empty(judge: &mut Judge<'_>, operation: &Operation, response: &Response) {
    let all_json = response.content.iter().all(|one| one.parsed.is_json());
    if response.content.is_empty() || !all_json {
        return;
    }
    let status = judge.status;
    let finding = findings::at(
        content_place(judge, response),
        &codes::EMPTY_BODY,
        judge.exchange,
        operation,
        &format!("answers {status} with nothing where JSON is promised"),
        &status.to_string(),
    )
    .advice(EMPTY)
    .evidence("expected", media_types(response));
    judge.tell(if is_filled_in(judge, response) {
        finding
    } else {
        warned(finding)
    });
}

/// Whether somebody said what the bodies are. Frameworks write `application/json` with an empty schema
/// where the code says nothing, as for downloads and redirects.
fn is_filled_in(judge: &Judge<'_>, response: &Response) -> bool {
    let schemas = response.content.iter().filter_map(|one| one.schema);
    let mut schemas = schemas.map(|place| judge.at(place));
    schemas.any(|schema| schema.entries().len() > 0)
}

/// A content type that stands nowhere. Many documents say nothing at all about the bodies of errors, which
/// is left alone.
fn other_type(
    judge: &mut Judge<'_>,
    operation: &Operation,
    response: &Response,
    content_type: &str,
) {
    let status = judge.status;
    let says_nothing = response.content.is_empty();
    if says_nothing && status >= 400 {
        return;
    }
    let named = match content_type {
        "" => "no content type".to_owned(),
        named => MediaType::parse(named).essence(),
    };
    let what = if says_nothing {
        format!("answers {status} with a body, and the document promises none")
    } else {
        format!("answers {status} with {named}, which the document does not have")
    };
    let finding = findings::at(
        content_place(judge, response),
        &codes::UNDOCUMENTED_MEDIA_TYPE,
        judge.exchange,
        operation,
        &what,
        &format!("{status} {named}"),
    )
    .advice(MEDIA_TYPE);
    let finding = if says_nothing {
        finding
    } else {
        finding.evidence("expected", media_types(response))
    };
    judge.tell(
        if is_filled_in(judge, response) && !is_from_before(judge, content_type) {
            finding
        } else {
            warned(finding)
        },
    );
}

/// Whether a refusal or a failure is likely a page of what stands in front of the portal, such as a proxy or
/// a firewall, which no document of an interface describes.
fn is_from_before(judge: &Judge<'_>, content_type: &str) -> bool {
    let attacked = matches!(judge.exchange.purpose, Purpose::Negative | Purpose::Attack);
    let is_page = MediaType::parse(content_type).essence() == "text/html";
    is_page && (attacked || matches!(judge.status, 429 | 502..=504))
}

fn content_place(judge: &Judge<'_>, response: &Response) -> Location {
    let at = judge.at(response.place);
    at.get("content").unwrap_or(at).location()
}

fn media_types(response: &Response) -> String {
    let types = response.content.iter();
    let types: Vec<&str> = types.map(|one| one.media_type.as_str()).collect();
    types.join(", ")
}

fn held(judge: &mut Judge<'_>, operation: &Operation, content: &Content, content_type: &str) {
    let exchange = judge.exchange;
    if !MediaType::parse(content_type).is_json() {
        return;
    }
    if exchange.truncated {
        judge.note(CUT);
        return;
    }
    let status = judge.status;
    let Some(value) = exchange.json() else {
        let finding = findings::at(
            judge.at(content.place).location(),
            &codes::NOT_JSON,
            exchange,
            operation,
            &format!("answers {status} with something that is no JSON"),
            &status.to_string(),
        );
        judge.tell(finding.advice(NOT_JSON));
        return;
    };
    let Some(schema) = content.schema else {
        return;
    };
    let at = judge.at(schema);
    match judge.contract.schemas.check(at, Direction::Response, value) {
        Err(fault) => judge.broken_schema(&fault),
        Ok(verdict) => {
            for mismatch in &verdict.mismatches {
                let finding = findings::mismatch(mismatch, exchange, operation, status);
                judge.tell_value(finding);
            }
            for undocumented in &verdict.undocumented {
                let finding = findings::undocumented(undocumented, exchange, operation, status);
                judge.tell_value(finding);
            }
        }
    }
}

const EMPTY: &str = "Clients that read the answer fail. Send what the document promises; or answer 204, and say so in \
                     the document on purpose.";
const MEDIA_TYPE: &str = "Clients cannot read what they were not told of. Send the content type that the document has; \
                          or add this one to the document on purpose.";
const NOT_JSON: &str = "Look at what the body is: often a page of an error handler or of a proxy, or text that was \
                        put before the JSON. Let the handler answer JSON there too; or, if the body is meant to be \
                        something else, say so in its content type and in the document.";
