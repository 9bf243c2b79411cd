//! A step out of a recorded request, and what is known of its answer.

use std::borrow::Cow;

use serde_json::Value as Json;
use tidegate_core::template::escape;

use super::super::identities;
use super::super::model::{Body, Content, LeftOut, Part, Step};
use super::super::request::{self, address, distinct, headers};
use super::super::values::literal_json;
use super::log::{Entry, Pair, PostData, decoded};

/// What was answered to a step.
#[derive(Debug, Default)]
pub(super) struct Answer<'l> {
    /// Its status.
    pub(super) status: u16,
    /// Its content type without parameters.
    pub(super) mime: String,
    /// Its body, when that is JSON.
    pub(super) json: Option<Json>,
    /// Its body, when that is a page.
    pub(super) html: Option<Cow<'l, str>>,
    /// The headers that may carry values for later requests.
    pub(super) headers: Vec<(String, String)>,
    /// The cookies that it set.
    pub(super) cookies: Vec<(String, String)>,
}

/// The step of an entry.
pub(super) fn step(file: &str, number: usize, entry: &Entry<'_>, left: &mut Vec<LeftOut>) -> Step {
    let mut step = Step {
        place: format!("{file}, request {number}"),
        method: entry.request.method.to_ascii_uppercase(),
        ..Step::default()
    };
    let parsed = address(&escape(&entry.request.url), "https");
    step.target = parsed.target;
    step.query = parsed.query;
    if step.query.is_empty() && !step.target.path.contains('?') {
        step.query = pairs(entry.request.query.as_ref());
    }
    let mut all = pairs(entry.request.headers.as_ref());
    let cookies = pairs(entry.request.cookies.as_ref());
    let has_cookies = all
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("cookie"));
    if !has_cookies && !cookies.is_empty() {
        let cookies = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        all.push(("cookie".to_owned(), cookies));
    }
    // What a browser adds by itself is no news for each of its requests.
    let mut told = Vec::new();
    headers(&mut step, all, &mut told);
    identities::take(&mut step, &mut told);
    told.retain(|one| {
        let of_browsers = one.what.starts_with("the headers") || one.why.contains("measure");
        !of_browsers && one.what != "the header `host`"
    });
    told.dedup();
    left.append(&mut told);
    if let Some(sent) = &entry.request.body {
        body(&mut step, sent, left);
    }
    step
}

/// Names with their values, which stand for themselves.
fn pairs(all: Option<&Vec<Pair<'_>>>) -> Vec<(String, String)> {
    let all = all.into_iter().flatten().map(|pair| {
        let value = pair.value.as_deref().unwrap_or_default();
        (pair.name.to_string(), escape(value))
    });
    all.collect()
}

fn body(step: &mut Step, sent: &PostData<'_>, left: &mut Vec<LeftOut>) {
    let mime = sent.mime.as_deref().unwrap_or_default();
    let kind = request::essence(mime);
    let text = match (sent.text.as_deref(), sent.encoding.as_deref()) {
        (Some(text), Some("base64")) => decoded(text).map(Cow::Owned),
        (text, _) => text.map(Cow::Borrowed),
    };
    let text = text.filter(|text| !text.is_empty());
    if request::content_type(step).is_none() && !kind.is_empty() {
        step.headers.push(("content-type".to_owned(), escape(mime)));
    }
    if kind == "multipart/form-data" {
        let boundary = request::parameter(mime, "boundary");
        let read = text
            .as_deref()
            .zip(boundary)
            .and_then(|(text, boundary)| request::multipart(text, &boundary));
        match read.or_else(|| parts(sent)) {
            Some(parts) => step.body = Body::Multipart(parts),
            None => left.push(LeftOut::new(
                &step.place,
                "a multipart body",
                "the recording does not have its parts",
            )),
        }
        request::implied(step);
        return;
    }
    match text {
        Some(text) => request::body(step, &escape(&text), left),
        None => {
            let fields = pairs(sent.params.as_ref());
            if !fields.is_empty() {
                step.body = Body::Form(fields);
            } else if !matches!(step.method.as_str(), "GET" | "HEAD" | "DELETE") && !kind.is_empty()
            {
                left.push(LeftOut::new(
                    &step.place,
                    "a body",
                    "the recording does not have it",
                ));
            }
            request::implied(step);
        }
    }
}

/// The parts of a form with files, as recordings list them; a file is sent as a short text in its place.
fn parts(sent: &PostData<'_>) -> Option<Vec<(String, Part)>> {
    let parts: Vec<(String, Part)> = sent
        .params
        .iter()
        .flatten()
        .map(|pair| {
            let text = pair.value.as_deref().unwrap_or_default();
            let content = if text.is_empty() && pair.file.is_some() {
                "recorded"
            } else {
                text
            };
            let part = Part {
                content: Content::Text(escape(content)),
                name: pair.file.as_deref().map(escape),
                content_type: pair
                    .content_type
                    .as_deref()
                    .filter(|_| pair.file.is_some())
                    .map(escape),
            };
            (pair.name.to_string(), part)
        })
        .collect();
    (!parts.is_empty() && distinct(&parts)).then_some(parts)
}

/// What was answered at the end of the redirects of a step.
pub(super) fn answer<'l>(first: &'l Entry<'_>, last: &'l Entry<'_>) -> Answer<'l> {
    let mime = last.mime();
    let mut answer = Answer {
        // What was not changed since is there in full for somebody who asks for the first time.
        status: last
            .status()
            .map_or(200, |status| if status == 304 { 200 } else { status }),
        ..Answer::default()
    };
    if mime.contains("json") {
        answer.json = last
            .text()
            .and_then(|text| serde_json::from_str(&text).ok());
        if let Some(json) = &mut answer.json {
            literal_json(json);
        }
    } else if mime == "text/html" {
        answer.html = last.text();
    }
    answer.mime = mime;
    for entry in [first, last] {
        for header in ["x-csrf-token", "x-xsrf-token", "location", "etag"] {
            for value in entry.answered(header) {
                answer.headers.push((header.to_owned(), value.to_owned()));
            }
        }
        for cookie in entry.answered("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            answer.cookies.extend(identities::pairs(pair));
        }
        if std::ptr::eq(first, last) {
            break;
        }
    }
    answer
}
