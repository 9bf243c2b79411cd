//! What one answer is, as a page.

use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::http::Response;

use super::asset::content_type;
use super::codes;
use super::config::Wanted;
use super::error_pages::{self, Instead};
use super::markup::{self, Markup};
use crate::attack::leads_to_login;
use crate::error_hygiene::failure;
use crate::shipped::site::is_html;

/// What an answer is.
pub(super) enum Page {
    /// Nothing is known of it, and why.
    Unproven(String),
    /// Something is wrong with it as a whole.
    Wrong(Wrong),
    /// A page that loads what stands in it.
    Shown(Box<Markup>),
    /// Data, which loads nothing.
    Data,
}

/// What is wrong with a page.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) info: CodeInfo,
    pub(super) severity: Severity,
    /// What the page does, as in `/ answers with 500`.
    pub(super) does: String,
}

impl Wrong {
    fn new(info: &CodeInfo, does: impl Into<String>) -> Self {
        Self {
            info: info.clone(),
            severity: info.severity,
            does: does.into(),
        }
    }
}

/// Judges an answer after redirects. `is_known` says whether somebody is logged in, `is_local` whether the
/// portal is on this machine.
pub(super) fn page(response: &Response, is_known: bool, is_local: bool) -> Page {
    if let Some(reason) = elsewhere(response, is_known) {
        return Page::Unproven(reason);
    }
    let text = response.text();
    let markup = markup::read(&text);
    let instead = error_pages::known(&markup, &text);
    let status = response.status;
    if !(200..300).contains(&status) {
        // A server's own page says that there is nothing, and not that somebody has to log in.
        if status == 403 && !is_known && instead.is_none() {
            return Page::Unproven(needs_somebody(status));
        }
        let shown = instead.map_or_else(String::new, |instead| format!(": {}", instead.words()));
        return Page::Wrong(Wrong::new(
            &codes::STATUS,
            format!("answers with {status}{shown}"),
        ));
    }
    if is_known && !response.redirects.is_empty() && leads_to_login(&response.url) {
        let does = "sends somebody who is logged in to the login";
        return Page::Wrong(Wrong::new(&codes::STATUS, does));
    }
    if response.body.trim_ascii().is_empty() {
        return Page::Wrong(Wrong::new(&codes::EMPTY, "is empty"));
    }
    if let Some(other) = other(response) {
        return other;
    }
    if let Some(instead) = instead {
        return Page::Wrong(replaced(instead, is_local));
    }
    if markup.is_blank() && !response.truncated {
        return Page::Wrong(Wrong::new(
            &codes::EMPTY,
            "shows nothing: no text, no picture and no script",
        ));
    }
    Page::Shown(Box::new(markup))
}

/// Why nothing is known of a page.
fn elsewhere(response: &Response, is_known: bool) -> Option<String> {
    let status = response.status;
    match status {
        _ if response.refused_redirect.is_some() => {
            Some("it leads to an address that the gate file does not declare".to_owned())
        }
        401 if !is_known => Some(needs_somebody(status)),
        403 | 503 if response.header("cf-mitigated").is_some() => {
            Some("Cloudflare asks its visitors whether they are people; let the gate's requests pass there".to_owned())
        }
        _ => None,
    }
}

fn needs_somebody(status: u16) -> String {
    format!("it was answered with {status}; name somebody who may open it with `as:`")
}

fn replaced(instead: Instead, is_local: bool) -> Wrong {
    let wrong = Wrong::new(&codes::ERROR_PAGE, format!("shows {}", instead.words()));
    match instead {
        // A project begins with it.
        Instead::Start(_) if is_local => Wrong {
            severity: Severity::Info,
            ..wrong
        },
        _ => wrong,
    }
}

/// An answer that browsers do not take for HTML.
fn other(response: &Response) -> Option<Page> {
    let kind = content_type(response);
    let disposition = response.header("content-disposition").unwrap_or_default();
    let is_download = disposition
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("attachment");
    let reads_html = is_html(&response.body);
    let is_page = matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
        || (kind.is_empty() && reads_html);
    if is_page && !is_download {
        return None;
    }
    let named = if kind.is_empty() {
        "no content type"
    } else {
        &kind
    };
    if is_download || reads_html {
        let how = if is_download {
            "as a file to keep"
        } else {
            named
        };
        let does = format!("is served as {how} and not as HTML").replace("as as", "as");
        return Some(Page::Wrong(Wrong::new(&codes::NOT_HTML, does)));
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
    if let Some(json) = json.filter(|_| kind.contains("json")) {
        return Some(match failure::hidden(&json) {
            Some(place) => Page::Wrong(Wrong::new(
                &codes::ERROR_PAGE,
                format!("answers with data that tell of an error at {place}"),
            )),
            None => Page::Data,
        });
    }
    Some(Page::Wrong(Wrong {
        severity: Severity::Low,
        ..Wrong::new(&codes::NOT_HTML, format!("is no HTML but {named}"))
    }))
}

/// The texts that must stand in an answer and do not.
pub(super) fn missing_texts<'w>(
    wanted: &'w Wanted,
    response: &Response,
    markup: Option<&Markup>,
) -> Vec<&'w str> {
    let body = response.text();
    let stands = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let words = words.join(" ");
        let read =
            markup.is_some_and(|page| page.text.contains(&words) || page.title.contains(&words));
        read || body.contains(text)
    };
    let texts = wanted.texts.iter().map(|text| text.value.as_str());
    texts.filter(|text| !stands(text)).collect()
}
