//! What a page loads, and what browsers make of the answer.

use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::http::Response;

use super::{codes, integrity};
use crate::attack::path_of;
use crate::shipped::site::is_html;

/// What something is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sort {
    /// A script.
    Script,
    /// A script that is a module.
    Module,
    /// A stylesheet.
    Style,
    /// A font.
    Font,
    /// A picture.
    Image,
    /// The sign of the page in a tab.
    Icon,
    /// The description of an app that can be installed.
    Manifest,
}

impl Sort {
    /// What it is called, with its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Script | Self::Module => "a script",
            Self::Style => "a stylesheet",
            Self::Font => "a font",
            Self::Image => "a picture",
            Self::Icon => "an icon",
            Self::Manifest => "a manifest",
        }
    }

    /// Whether the page does not work without it, or looks broken.
    pub(super) fn is_vital(self) -> bool {
        matches!(self, Self::Script | Self::Module | Self::Style)
    }

    /// How bad it is when it does not load, where the page says nothing else.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Script | Self::Module => Severity::High,
            Self::Style => Severity::Medium,
            Self::Font | Self::Image => Severity::Low,
            Self::Icon | Self::Manifest => Severity::Info,
        }
    }
}

/// Something that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// As it is written.
    pub(super) address: String,
    /// What it is.
    pub(super) sort: Sort,
    /// How bad it is when it does not load.
    pub(super) severity: Severity,
    /// The hashes that it must have one of; empty when there are none.
    pub(super) integrity: String,
}

impl Named {
    /// Something that the page cannot do without, as far as its sort goes.
    pub(super) fn new(address: impl Into<String>, sort: Sort) -> Self {
        Self {
            address: address.into(),
            sort,
            severity: sort.severity(),
            integrity: String::new(),
        }
    }
}

/// Why a browser does not use an answer: the code, and what was seen.
pub(super) struct Refused {
    pub(super) info: CodeInfo,
    pub(super) says: String,
}

impl Refused {
    fn new(info: &CodeInfo, says: impl Into<String>) -> Self {
        Self {
            info: info.clone(),
            says: says.into(),
        }
    }
}

/// Judges the answer to a request for something that a page needs. `in_quirks` is for a page without a
/// doctype, whose stylesheets may have any type.
pub(super) fn refused(named: &Named, response: &Response, in_quirks: bool) -> Option<Refused> {
    let status = response.status;
    if !(200..300).contains(&status) {
        return Some(Refused::new(
            &codes::ASSET_MISSING,
            format!("answered with {status}"),
        ));
    }
    let kind = content_type(response);
    if is_page(&kind, response) {
        let says = if response.redirects.is_empty() {
            "an HTML page".to_owned()
        } else {
            format!("led to the HTML page {}", path_of(&response.url))
        };
        return Some(Refused::new(&codes::ASSET_FALLBACK, says));
    }
    if response.body.is_empty() {
        return Some(Refused::new(&codes::ASSET_EMPTY, "empty"));
    }
    let nosniff = response
        .header_values("x-content-type-options")
        .any(|value| value.eq_ignore_ascii_case("nosniff"));
    if let Some(reason) = of_wrong_type(named, &kind, nosniff, in_quirks) {
        let kind = if kind.is_empty() {
            "no content type"
        } else {
            &kind
        };
        return Some(Refused::new(
            &codes::ASSET_TYPE,
            format!("{kind}, {reason}"),
        ));
    }
    if !response.truncated && !integrity::fits(&named.integrity, &response.body) {
        let says = "its content has another hash than `integrity` says";
        return Some(Refused::new(&codes::INTEGRITY, says));
    }
    None
}

/// The essence of the content type, in small letters.
pub(super) fn content_type(response: &Response) -> String {
    const LONGEST: usize = 60;
    let kind = response.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.chars()
        .take(LONGEST)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// An SVG picture may have a comment or a doctype first, and says by its type that it is none.
fn is_page(kind: &str, response: &Response) -> bool {
    kind == "text/html"
        || (!kind.starts_with("image/") && is_html(&response.body) && !is_svg(response))
}

fn is_svg(response: &Response) -> bool {
    let start = &response.body[..response.body.len().min(2_000)];
    memchr::memmem::find(start, b"<svg").is_some()
}

/// Why browsers refuse something of this content type (WHATWG Fetch, "should response be blocked due to its
/// MIME type" and "due to nosniff"; WHATWG HTML, "fetch a single module script" and "link type stylesheet").
fn of_wrong_type(
    named: &Named,
    kind: &str,
    nosniff: bool,
    in_quirks: bool,
) -> Option<&'static str> {
    match named.sort {
        Sort::Module
            if !is_script(kind) && kind != "application/wasm" && !kind.ends_with("json") =>
        {
            Some("which no browser runs as a module")
        }
        Sort::Script if nosniff && !is_script(kind) => {
            Some("which browsers do not run because of `X-Content-Type-Options: nosniff`")
        }
        Sort::Script
            if kind == "text/csv"
                || ["image/", "audio/", "video/"]
                    .iter()
                    .any(|start| kind.starts_with(start)) =>
        {
            Some("which no browser runs as a script")
        }
        Sort::Style if kind == "text/css" => None,
        Sort::Style if nosniff => Some(
            "which browsers do not take for a style because of `X-Content-Type-Options: nosniff`",
        ),
        Sort::Style if !kind.is_empty() && !in_quirks => {
            Some("which browsers do not take for a style")
        }
        Sort::Image if is_named_svg(&named.address) && !kind.starts_with("image/") => {
            Some("which browsers do not show as an SVG picture")
        }
        _ => None,
    }
}

fn is_named_svg(address: &str) -> bool {
    path_of(address).to_ascii_lowercase().ends_with(".svg")
}

/// The JavaScript types of WHATWG MIME Sniffing.
fn is_script(kind: &str) -> bool {
    let name = kind
        .split_once('/')
        .filter(|(of, _)| matches!(*of, "text" | "application"));
    let name = name.map_or("", |(_, name)| name.strip_prefix("x-").unwrap_or(name));
    matches!(name, "javascript" | "ecmascript" | "jscript" | "livescript")
        || name.starts_with("javascript1.")
}
