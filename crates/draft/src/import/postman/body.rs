//! Bodies and lists of pairs.

use serde_json::{Map, Value as Json};
use tidegate_core::words;

use super::super::model::{Body, Content, LeftOut, Part, Step};
use super::super::request::{self, distinct};
use super::super::values::visit_json;
use super::text_of;
use super::variables::Variables;

/// Why what somebody does not want is left out.
const OFF: &str = "switched off";

/// Whether somebody switched it off.
pub(super) fn is_disabled(pair: &Json) -> bool {
    pair.get("disabled").and_then(Json::as_bool) == Some(true)
}

/// The pairs of a list that are switched on; `what` says what one of them is.
pub(super) fn pairs(
    list: &[Json],
    what: &str,
    place: &str,
    variables: &mut Variables,
    left: &mut Vec<LeftOut>,
) -> Vec<(String, String)> {
    let named = |pair: &&Json| {
        let key = pair.get("key").and_then(Json::as_str);
        key.is_some_and(|key| !key.is_empty())
    };
    let (off, on): (Vec<&Json>, Vec<&Json>) = list
        .iter()
        .filter(named)
        .partition(|pair| is_disabled(pair));
    let mut tell = |count: usize, why: &str| {
        if count > 0 {
            left.push(LeftOut::new(place, words::count(count as u64, what), why));
        }
    };
    tell(off.len(), OFF);
    let mut pairs: Vec<(String, String)> = on
        .into_iter()
        .map(|pair| {
            (
                variables.template(&text_of(pair.get("key"))),
                variables.template(&text_of(pair.get("value"))),
            )
        })
        .collect();
    let before = pairs.len();
    pairs.retain(|(key, _)| !key.contains("${"));
    tell(before - pairs.len(), "a name has no variables");
    pairs
}

/// Gives a step its body.
pub(super) fn read(
    step: &mut Step,
    body: &Json,
    variables: &mut Variables,
    left: &mut Vec<LeftOut>,
) {
    if is_disabled(body) {
        left.push(LeftOut::new(&step.place, "a body", OFF));
        return;
    }
    let mode = body.get("mode").and_then(Json::as_str).unwrap_or_default();
    let list = body
        .get(mode)
        .and_then(Json::as_array)
        .map_or(&[][..], Vec::as_slice);
    match mode {
        "raw" => raw(step, body, variables, left),
        "urlencoded" => {
            step.body = Body::Form(pairs(list, "form field", &step.place, variables, left));
            request::implied(step);
        }
        "formdata" => multipart(step, list, variables, left),
        "graphql" => graphql(step, body.get("graphql"), variables, left),
        "file" => match body.pointer("/file/src").and_then(Json::as_str) {
            Some(path) => step.body = Body::File(variables.template(path)),
            None => left.push(LeftOut::new(
                &step.place,
                "a file as the body",
                "no file is named",
            )),
        },
        "" | "none" => {}
        _ => left.push(LeftOut::new(
            &step.place,
            "a body",
            "its mode is none that is known",
        )),
    }
}

fn raw(step: &mut Step, body: &Json, variables: &mut Variables, left: &mut Vec<LeftOut>) {
    let Some(text) = body
        .get("raw")
        .and_then(Json::as_str)
        .filter(|text| !text.is_empty())
    else {
        return;
    };
    let language = body.pointer("/options/raw/language").and_then(Json::as_str);
    let kind = match language {
        Some("json") => Some("application/json"),
        Some("xml") => Some("application/xml"),
        Some("html") => Some("text/html"),
        Some("javascript") => Some("application/javascript"),
        _ => None,
    };
    if request::content_type(step).is_none()
        && let Some(kind) = kind
    {
        step.headers
            .push(("content-type".to_owned(), kind.to_owned()));
    }
    let text = variables.template(text);
    request::body(step, &text, left);
    if matches!(step.body, Body::Text(_)) && request::content_type(step).is_none() {
        step.headers
            .push(("content-type".to_owned(), "text/plain".to_owned()));
    }
}

fn multipart(step: &mut Step, list: &[Json], variables: &mut Variables, left: &mut Vec<LeftOut>) {
    let off = list.iter().filter(|pair| is_disabled(pair)).count();
    if off > 0 {
        let what = words::count(off as u64, "form part");
        left.push(LeftOut::new(&step.place, what, OFF));
    }
    let mut parts = Vec::new();
    for pair in list.iter().filter(|pair| !is_disabled(pair)) {
        let Some(key) = pair.get("key").and_then(Json::as_str) else {
            continue;
        };
        let is_file = pair.get("type").and_then(Json::as_str) == Some("file");
        let content = if is_file {
            let source = match pair.get("src") {
                Some(Json::Array(all)) => {
                    if all.len() > 1 {
                        let what = "further files of a form";
                        left.push(LeftOut::new(&step.place, what, "a part has one"));
                    }
                    all.first().and_then(Json::as_str)
                }
                source => source.and_then(Json::as_str),
            };
            match source.filter(|source| !source.is_empty()) {
                Some(path) => Content::File(variables.template(path)),
                None => {
                    left.push(LeftOut::new(
                        &step.place,
                        "a file of a form",
                        "no file is named",
                    ));
                    continue;
                }
            }
        } else {
            Content::Text(variables.template(&text_of(pair.get("value"))))
        };
        let kind = pair
            .get("contentType")
            .and_then(Json::as_str)
            .map(|kind| variables.template(kind));
        parts.push((
            key.to_owned(),
            Part {
                content,
                name: None,
                content_type: kind,
            },
        ));
    }
    if distinct(&parts) {
        step.body = if parts.is_empty() {
            Body::None
        } else {
            Body::Multipart(parts)
        };
        step.headers.retain(|(name, _)| name != "content-type");
    } else {
        left.push(LeftOut::new(
            &step.place,
            "a form with files",
            "two of its parts have one name",
        ));
    }
}

fn graphql(
    step: &mut Step,
    body: Option<&Json>,
    variables: &mut Variables,
    left: &mut Vec<LeftOut>,
) {
    let query = text_of(body.and_then(|body| body.get("query")));
    let mut map = Map::from_iter([("query".to_owned(), Json::from(variables.template(&query)))]);
    let operation = text_of(body.and_then(|body| body.get("operationName")));
    if !operation.is_empty() {
        let operation = variables.template(&operation);
        map.insert("operationName".to_owned(), operation.into());
    }
    let values = match body.and_then(|body| body.get("variables")) {
        Some(Json::String(text)) if !text.trim().is_empty() => {
            let values = request::json(&variables.template(text));
            if values.is_none() {
                let what = "the variables of a GraphQL request";
                left.push(LeftOut::new(&step.place, what, "they are no JSON"));
            }
            values
        }
        Some(value @ Json::Object(_)) => {
            let mut value = value.clone();
            visit_json(&mut value, "", &mut |_, text| {
                *text = variables.template(text);
            });
            Some(value)
        }
        _ => None,
    };
    if let Some(values) = values {
        map.insert("variables".to_owned(), values);
    }
    step.body = Body::Json(Json::Object(map));
    request::implied(step);
}
