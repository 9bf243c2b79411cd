//! What a check sent, where the portal accepted it, against what the document says may be sent.

use serde_json::Value as Json;
use tidegate_core::finding::Finding;
use tidegate_core::span::Location;

use super::codes;
use super::findings;
use super::judge::Judge;
use super::origins::is_redacted;
use crate::observer;
use crate::specification::openapi::{MediaType, Operation, ParameterIn, RequestBody};
use crate::specification::schema::MismatchKind;
use crate::specification::{At, Direction};

/// What to do about a request that does not fit.
pub(super) const ADVICE: &str = "The portal accepts it, so the document is not what the portal does. Change the document; \
                                 or, when the request is a slip, change the check.";

pub(super) fn judge(judge: &mut Judge<'_>, operation: &Operation) {
    if judge.config.requests == super::config::Strictness::Ignore {
        return;
    }
    query(judge, operation);
    headers(judge, operation);
    if let Some(declared) = &operation.body {
        body(judge, operation, declared);
    }
}

/// A finding at the line that sent the request.
fn tell(judge: &mut Judge<'_>, operation: &Operation, place: Location, what: &str) {
    let name = operation.name();
    let code = &codes::REQUEST;
    let content_type = judge.exchange.response_header("content-type");
    let content_type = content_type.unwrap_or("no content type");
    let finding: Finding = observer::finding(
        judge.exchange,
        code,
        content_type,
        format!("{name} is sent {what}"),
    )
    .advice(ADVICE)
    .subject(format!("{} {name} {what}", code.code))
    .related("the document", place);
    if let Some(finding) = judge.config.requests.apply(finding) {
        judge.tell(finding);
    }
}

fn query(judge: &mut Judge<'_>, operation: &Operation) {
    let url = judge.exchange.url.split('#').next().unwrap_or_default();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let sent: Vec<String> = pairs
        .map(|pair| decode(pair.split('=').next().unwrap_or_default()))
        .collect();
    let place = judge.at(operation.place).location();
    if !takes_any(judge, operation) {
        for name in &sent {
            if !name.starts_with('[') && !is_declared(judge, operation, name) {
                let what = format!("the query parameter {name}, which the document does not have");
                tell(judge, operation, place.clone(), &what);
            }
        }
    }
    let required = operation.parameters.iter();
    let required = required.filter(|one| one.required && one.location == ParameterIn::Query);
    for parameter in required {
        let is_sent = |name: &String| base(name) == base(&parameter.name);
        let exploded = parameter
            .schema
            .is_some_and(|schema| is_object(judge.at(schema)));
        let hidden = sent.iter().any(|name| name.starts_with('['));
        if !exploded && !hidden && !sent.iter().any(is_sent) {
            let place = judge.at(parameter.place).location();
            let what = format!(
                "without the query parameter {}, which is required",
                parameter.name
            );
            tell(judge, operation, place, &what);
        }
    }
}

fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&text).decode_utf8_lossy();
    decoded.into_owned()
}

/// The name of a parameter whose parts stand in brackets: `filter[state]`, `ids[]`.
fn base(name: &str) -> &str {
    name.split('[').next().unwrap_or_default()
}

fn is_declared(judge: &Judge<'_>, operation: &Operation, name: &str) -> bool {
    let by = |name: &str| operation.parameter(ParameterIn::Query, name).is_some();
    let in_scheme = || {
        let mut schemes = operation.security.iter().flatten();
        schemes.any(|scheme| {
            let place = scheme.place.map(|place| judge.at(place));
            place.is_some_and(|place| {
                place.text_of("in") == Some("query") && place.text_of("name") == Some(name)
            })
        })
    };
    let bracketed = || {
        let mut parameters = operation.parameters.iter();
        parameters.any(|one| one.location == ParameterIn::Query && base(&one.name) == base(name))
    };
    by(name) || (name.contains('[') && bracketed()) || in_scheme()
}

/// Whether the names of the query are not all declared: those of an object stand for themselves.
fn takes_any(judge: &Judge<'_>, operation: &Operation) -> bool {
    operation.parameters.iter().any(|one| match one.location {
        ParameterIn::QueryString => true,
        ParameterIn::Query => one.schema.is_some_and(|schema| is_object(judge.at(schema))),
        _ => false,
    })
}

fn is_object(schema: At<'_>) -> bool {
    let schema = schema.follow().ok();
    schema.is_some_and(|schema| {
        schema.text_of("type") == Some("object") || schema.get("properties").is_some()
    })
}

/// Headers that stand for themselves in every document.
const OWN_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

fn headers(judge: &mut Judge<'_>, operation: &Operation) {
    for parameter in &operation.parameters {
        if !parameter.required || parameter.location != ParameterIn::Header {
            continue;
        }
        let name = parameter.name.to_ascii_lowercase();
        let mut sent = judge.exchange.request_headers.iter();
        if !OWN_HEADERS.contains(&name.as_str()) && !sent.any(|(known, _)| *known == name) {
            let place = judge.at(parameter.place).location();
            let what = format!("without the header {}, which is required", parameter.name);
            tell(judge, operation, place, &what);
        }
    }
}

fn body(judge: &mut Judge<'_>, operation: &Operation, declared: &RequestBody) {
    let exchange = judge.exchange;
    let place = judge.at(declared.place).location();
    if exchange.request_body.is_empty() {
        if declared.required {
            tell(judge, operation, place, "no body, which is required");
        }
        return;
    }
    let mut headers = exchange.request_headers.iter();
    let content_type = headers.find(|(name, _)| name == "content-type");
    let Some((_, content_type)) = content_type else {
        return;
    };
    let Some(content) = declared.content(content_type) else {
        if !declared.content.is_empty() {
            let named = MediaType::parse(content_type).essence();
            let what = format!("{named}, which the document does not have");
            tell(judge, operation, place, &what);
        }
        return;
    };
    let is_json = MediaType::parse(content_type).is_json();
    // A long body was cut, and is no JSON then.
    let value = serde_json::from_slice::<Json>(&exchange.request_body).ok();
    if let (Some(schema), Some(value)) = (content.schema, value.filter(|_| is_json)) {
        held(judge, operation, judge.at(schema), &value);
    }
}

fn held(judge: &mut Judge<'_>, operation: &Operation, schema: At<'_>, value: &Json) {
    let verdict = judge
        .contract
        .schemas
        .check(schema, Direction::Request, value);
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(fault) => return judge.broken_schema(&fault),
    };
    let hidden = holds_redacted(value);
    for mismatch in &verdict.mismatches {
        // What stands in the place of a secret has another length and another form.
        let of_form = matches!(mismatch.kind, MismatchKind::Constraint { .. });
        if hidden && (of_form || mismatch.is_slight()) {
            continue;
        }
        let (path, text) = findings::said(mismatch);
        let what = format!("a body in which {path} {text}");
        tell(judge, operation, mismatch.location.clone(), &what);
    }
    for undocumented in &verdict.undocumented {
        let path = findings::pattern(&undocumented.path);
        let what = format!("{path}, which the document does not have");
        tell(judge, operation, undocumented.location.clone(), &what);
    }
}

fn holds_redacted(value: &Json) -> bool {
    match value {
        Json::String(text) => is_redacted(text),
        Json::Array(items) => items.iter().any(holds_redacted),
        Json::Object(fields) => fields.values().any(holds_redacted),
        _ => false,
    }
}
