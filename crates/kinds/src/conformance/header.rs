//! The headers of an answer against those that the document promises.

use serde_json::Value as Json;

use super::codes;
use super::findings;
use super::judge::Judge;
use super::origins::is_redacted;
use crate::specification::openapi::{Header, Operation, Response};
use crate::specification::{At, Direction};

pub(super) fn judge(judge: &mut Judge<'_>, operation: &Operation, response: &Response) {
    for header in &response.headers {
        // The content type is the media type of the body.
        if header.name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        let name = header.name.to_ascii_lowercase();
        match judge.exchange.response_header(&name) {
            None if header.required => missing(judge, operation, header),
            Some(value) if !is_redacted(value) => held(judge, operation, header, value),
            None | Some(_) => {}
        }
    }
}

fn missing(judge: &mut Judge<'_>, operation: &Operation, header: &Header) {
    let (status, name) = (judge.status, &header.name);
    let finding = findings::at(
        judge.at(header.place).location(),
        &codes::MISSING_HEADER,
        judge.exchange,
        operation,
        &format!("answers {status} without the header {name}"),
        &format!("{status} {name}"),
    )
    .advice(MISSING);
    judge.tell(finding);
}

fn held(judge: &mut Judge<'_>, operation: &Operation, header: &Header, value: &str) {
    let Some(schema) = header.schema else {
        return;
    };
    let at = judge.at(schema);
    let Some(value) = read(at, value.trim()) else {
        return;
    };
    let verdict = judge
        .contract
        .schemas
        .check(at, Direction::Response, &value);
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(fault) => return judge.broken_schema(&fault),
    };
    let Some(mismatch) = verdict.mismatches.first() else {
        return;
    };
    let (status, name) = (judge.status, &header.name);
    let finding = findings::at(
        mismatch.location.clone(),
        &codes::WRONG_HEADER,
        judge.exchange,
        operation,
        &format!("answers {status} with a header {name} that does not fit the document"),
        &format!("{status} {name}"),
    )
    .advice(WRONG)
    .evidence("expected", &mismatch.text);
    judge.tell(finding);
}

/// The value that a header's text stands for, by the type that its schema names; an object's is not read.
fn read(schema: At<'_>, text: &str) -> Option<Json> {
    let schema = schema.follow().ok()?;
    let types = schema.get("type");
    let named = |name: &str| {
        types.is_some_and(|types| {
            types.text() == Some(name) || types.elements().any(|one| one.text() == Some(name))
        })
    };
    if named("object") {
        return None;
    }
    if named("array") {
        let items = schema.get("items");
        let elements = text.split(',').map(str::trim);
        let elements = elements.map(|element| match items {
            Some(items) => read(items, element),
            None => Some(Json::from(element)),
        });
        return elements.collect::<Option<Vec<Json>>>().map(Json::from);
    }
    let number = || serde_json::from_str::<serde_json::Number>(text).ok();
    if (named("integer") || named("number"))
        && let Some(number) = number()
    {
        return Some(Json::Number(number));
    }
    match text {
        "true" | "false" if named("boolean") => Some(Json::Bool(text == "true")),
        text => Some(Json::from(text)),
    }
}

const MISSING: &str = "Clients that rely on the header break. Send it with every such answer; or, when it may be absent, \
                       take `required` out of the document on purpose.";
const WRONG: &str = "Clients that read the header fail. Send what the document says; or change the document on purpose.";
