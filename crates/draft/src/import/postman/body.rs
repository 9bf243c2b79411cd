//! Bodies and lists of pairs.

use serde_json::{Map, Value as Json};

use super::super::model::{Body, Content, LeftOut, Part, Step};
use super::super::request::{self, distinct};
use super::super::values::visit_json;
use super::text_of;
use super::variables::Variables;

/// Whether somebody switched it off.
pub(super) fn is_disabled(pair: &Json) -> bool {
    pair.get("disabled").and_then(Json::as_bool) == Some(true)
}

/// The pairs of a list that are switched on.
pub(super) fn pairs(list: &[Json], variables: &mut Variables) -> Vec<(String, String)> {
    let on = list.iter().filter(|pair| !is_disabled(pair));
    on.filter_map(|pair| {
        let key = pair.get("key")?.as_str().filter(|key| !key.is_empty())?;
        Some((
            variables.template(key),
            variables.template(&text_of(pair.get("value"))),
        ))
    })
    .filter(|(key, _)| !key.contains("${"))
    .collect()
}

/// Gives a step its body.
pub(super) fn read(
    step: &mut Step,
    body: &Json,
    variables: &mut Variables,
    left: &mut Vec<LeftOut>,
) {
    if is_disabled(body) {
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
            let fields = pairs(list, variables);
            if distinct(&fields) {
                step.body = Body::Form(fields);
                request::implied(step);
            } else {
                left.push(LeftOut::new(
                    &step.place,
                    "a form",
                    "two of its fields have one name",
                ));
            }
        }
        "formdata" => multipart(step, list, variables, left),
        "graphql" => graphql(step, body.get("graphql"), variables),
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
    let mut parts = Vec::new();
    for pair in list.iter().filter(|pair| !is_disabled(pair)) {
        let Some(key) = pair.get("key").and_then(Json::as_str) else {
            continue;
        };
        let is_file = pair.get("type").and_then(Json::as_str) == Some("file");
        let content = if is_file {
            let source = match pair.get("src") {
                Some(Json::Array(all)) => all.first().and_then(Json::as_str),
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

fn graphql(step: &mut Step, body: Option<&Json>, variables: &mut Variables) {
    let query = text_of(body.and_then(|body| body.get("query")));
    let mut map = Map::from_iter([("query".to_owned(), Json::from(variables.template(&query)))]);
    let values = match body.and_then(|body| body.get("variables")) {
        Some(Json::String(text)) => request::json(&variables.template(text)),
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
