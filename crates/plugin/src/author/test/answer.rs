//! What a case gives as an answer: status, headers and body.

use std::path::Path;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::{Node, Value};

use super::files;
use crate::interface::http::Header;

/// The status unless a case says otherwise.
const USUAL_STATUS: u16 = 200;

/// The keys of an answer.
pub(super) const KEYS: &[&str] = &["status", "headers", "json", "body", "file"];

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<Header>,
    pub(super) body: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    status: Option<Located<u16>>,
    #[serde(default)]
    headers: Entries<String>,
    #[serde(default)]
    json: Option<Node>,
    #[serde(default)]
    body: Option<Located<String>>,
    #[serde(default)]
    file: Option<Located<String>>,
}

impl Answer {
    /// Reads the keys of an answer among others; files are looked for in the folder of the case.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(super) fn read(node: &Node, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = part(node, KEYS).read()?;
        let status = raw
            .status
            .as_ref()
            .map_or(USUAL_STATUS, |status| status.value);
        if let Some(wrong) = raw
            .status
            .filter(|status| !(200..600).contains(&status.value))
        {
            let fault = Diagnostic::at(
                wrong.span,
                format!("{} is no status of an answer", wrong.value),
            );
            return Err(vec![fault.help("Write a number from 200 to 599.")]);
        }
        let bodies = [raw.json.is_some(), raw.body.is_some(), raw.file.is_some()];
        if bodies.into_iter().filter(|given| *given).count() > 1 {
            let fault = Diagnostic::at(node.span.clone(), "an answer has one body");
            return Err(vec![fault.help("Keep one of `json`, `body` and `file`.")]);
        }
        let json = raw.json.is_some();
        let body = body(raw.json, raw.body, raw.file, folder)?;
        let mut headers: Vec<Header> = raw
            .headers
            .0
            .into_iter()
            .map(|(name, value)| header(&name.value.to_ascii_lowercase(), value))
            .collect();
        if json && headers.iter().all(|one| one.name != "content-type") {
            headers.push(header("content-type", "application/json".to_owned()));
        }
        Ok(Self {
            status,
            headers,
            body,
        })
    }
}

fn header(name: &str, value: String) -> Header {
    Header {
        name: name.to_owned(),
        value,
    }
}

fn body(
    json: Option<Node>,
    text: Option<Located<String>>,
    file: Option<Located<String>>,
    folder: &Path,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    if let Some(node) = json {
        return Ok(self::json(&node)?.to_string().into_bytes());
    }
    match (text, file) {
        (Some(text), _) => Ok(text.value.into_bytes()),
        (None, Some(file)) => files::beside(folder, &file.value).map_err(|reason| {
            let fault = Diagnostic::at(
                file.span,
                format!("{} cannot be read: {reason}", file.value),
            );
            vec![fault.help("Name a file by its path from the folder of the case.")]
        }),
        (None, None) => Ok(Vec::new()),
    }
}

/// A map without the entries that have none of these keys; what is no map stays as it is.
pub(super) fn part(node: &Node, keys: &[&str]) -> Node {
    let Value::Map(entries) = &node.value else {
        return node.clone();
    };
    let kept = entries
        .iter()
        .filter(|(key, _)| keys.contains(&key.text.as_str()));
    Node::new(Value::Map(kept.cloned().collect()), node.span.clone())
}

/// Tells every key of a map that is none of these.
pub(super) fn only(node: &Node, keys: &[&str]) -> Result<(), Vec<Diagnostic>> {
    let entries = node.entries().iter();
    let unknown = entries.filter(|(key, _)| !keys.contains(&key.text.as_str()));
    let told =
        unknown.map(|(key, _)| Diagnostic::unknown(key.span.clone(), "key", &key.text, keys));
    let told: Vec<Diagnostic> = told.collect();
    if told.is_empty() { Ok(()) } else { Err(told) }
}

/// A value of a case as JSON.
///
/// # Errors
/// When JSON has no such number.
pub(super) fn json(node: &Node) -> Result<serde_json::Value, Vec<Diagnostic>> {
    node.read()
}
