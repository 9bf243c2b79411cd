//! What is kept of a response for later requests.

use regex::Regex;
use serde::Deserialize;
use serde_json::Value as Json;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::{Node, Value};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::is_value_name;

use super::operand::compile;
use super::path::Path;
use super::received::Received;

/// A value that later requests use by name.
#[derive(Debug, Clone)]
pub(crate) struct Capture {
    /// Its name.
    pub(crate) name: String,
    /// Whether the response may lack it.
    pub(crate) optional: bool,
    /// Where it was written.
    pub(crate) span: Span,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    Json(Path),
    Regex(Regex),
    Header(String),
    Cookie(String),
    Body,
    Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    jsonpath: Option<Located<String>>,
    #[serde(default)]
    regex: Option<Located<String>>,
    #[serde(default)]
    header: Option<String>,
    #[serde(default)]
    cookie: Option<String>,
    #[serde(default)]
    body: bool,
    #[serde(default)]
    url: bool,
    #[serde(default)]
    optional: bool,
}

/// Reads the value of `capture:`.
///
/// # Errors
/// Names that are built in or no names, and sources that do not fit.
pub(crate) fn parse_captures(node: &Node) -> Result<Vec<Capture>, Vec<Diagnostic>> {
    let entries: Entries<Node> = node.read()?;
    gather(entries.0.iter().map(|(name, value)| {
        check_name(name)?;
        Capture::parse(name, value)
    }))
}

fn check_name(name: &Located<String>) -> Result<(), Vec<Diagnostic>> {
    let fault = if BUILT_IN.contains(&name.value.as_str()) {
        Diagnostic::at(name.span.clone(), format!("`{}` is built in", name.value))
            .label("needs another name")
            .help(format!("These names are taken: {}.", BUILT_IN.join(", ")))
    } else if !is_value_name(&name.value) {
        Diagnostic::at(
            name.span.clone(),
            format!("`{}` cannot be a capture's name", name.value),
        )
        .label("expected lowercase letters, digits, `-` and `_`")
        .help("`${UPPER}` is a variable of the environment, `${lower}` a capture.")
    } else {
        return Ok(());
    };
    Err(vec![fault])
}

impl Capture {
    fn parse(name: &Located<String>, node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let (source, optional) = match &node.value {
            Value::Map(_) => {
                let raw: Raw = node.read()?;
                let optional = raw.optional;
                (source(raw, node)?, optional)
            }
            _ => {
                let path = node.read::<String>()?;
                (
                    Source::Json(Path::parse(&path, &node.span).map_err(|fault| vec![fault])?),
                    false,
                )
            }
        };
        Ok(Self {
            name: name.value.clone(),
            optional,
            span: node.span.clone(),
            source,
        })
    }

    /// The value in a response. An empty or null one counts as missing: a path built with it would
    /// name something else, such as the whole list.
    pub(crate) fn take(&self, received: &Received<'_>) -> Option<Json> {
        let value = match &self.source {
            Source::Json(path) => path
                .all(received.json()?)
                .first()
                .map(|value| (*value).clone()),
            Source::Regex(regex) => {
                let text = received.text();
                let found = regex.captures(&text)?;
                found
                    .get(1)
                    .or_else(|| found.get(0))
                    .map(|group| Json::from(group.as_str()))
            }
            Source::Header(name) => received.header(name).map(Json::from),
            Source::Cookie(name) => {
                let cookie = received.cookie(name)?;
                Some(Json::from(cookie.value.expose()))
            }
            Source::Body => Some(Json::from(received.text())),
            Source::Url => Some(Json::from(received.response.url.as_str())),
        };
        value.filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// Where the value comes from, for a report.
    pub(crate) fn source(&self) -> String {
        match &self.source {
            Source::Json(path) => path.text().to_owned(),
            Source::Regex(regex) => format!("a match of /{}/", regex.as_str()),
            Source::Header(name) => format!("the header {name}"),
            Source::Cookie(name) => format!("the cookie {name}"),
            Source::Body => "the body".into(),
            Source::Url => "the address".into(),
        }
    }

    /// Whether the value is a credential by its place or its name.
    pub(crate) fn is_credential(&self) -> bool {
        const WORDS: &[&str] = &["token", "secret", "password", "session", "csrf", "jwt"];
        let path = match &self.source {
            Source::Cookie(_) => return true,
            Source::Json(path) => path.text().to_ascii_lowercase(),
            _ => String::new(),
        };
        WORDS
            .iter()
            .any(|word| self.name.contains(word) || path.contains(word))
    }
}

fn source(raw: Raw, node: &Node) -> Result<Source, Vec<Diagnostic>> {
    let mut sources = Vec::new();
    if let Some(path) = raw.jsonpath {
        let path = Path::parse(&path.value, &path.span).map_err(|fault| vec![fault])?;
        sources.push(Source::Json(path));
    }
    if let Some(regex) = raw.regex {
        sources.push(Source::Regex(compile(&regex.value, &regex.span)?));
    }
    sources.extend(raw.header.map(Source::Header));
    sources.extend(raw.cookie.map(Source::Cookie));
    sources.extend(raw.body.then_some(Source::Body));
    sources.extend(raw.url.then_some(Source::Url));
    match (sources.pop(), sources.is_empty()) {
        (Some(source), true) => Ok(source),
        _ => Err(vec![
            Diagnostic::at(node.span.clone(), "a capture has one source")
                .label("needs one of jsonpath, regex, header, cookie, body and url"),
        ]),
    }
}
