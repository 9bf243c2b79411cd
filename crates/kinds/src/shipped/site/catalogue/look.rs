//! An answer as the catalogue looks at it.

use std::borrow::Cow;

use tidegate_core::ports::http::Response;

use super::super::crawler::is_html;

/// How much of an answer is looked at; some servers put 64 KiB of style before the list of a folder.
const LOOKED: usize = 96 * 1024;

/// An answer as the catalogue looks at it.
pub(crate) struct Look<'r> {
    /// The path that was asked for.
    pub(crate) path: &'r str,
    /// The answer.
    pub(crate) response: &'r Response,
    text: Cow<'r, str>,
    is_html: bool,
}

impl<'r> Look<'r> {
    /// Looks at an answer.
    pub(crate) fn new(path: &'r str, response: &'r Response) -> Self {
        let body = &response.body[..response.body.len().min(LOOKED)];
        Self {
            path,
            response,
            text: String::from_utf8_lossy(body),
            is_html: is_html(body),
        }
    }

    /// The beginning of its body as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the body begins with these bytes.
    pub(super) fn starts(&self, bytes: &[u8]) -> bool {
        self.response.body.starts_with(bytes)
    }

    /// Whether it is HTML by its beginning.
    pub(crate) fn is_html(&self) -> bool {
        self.is_html
    }

    /// Whether the text has all of these.
    pub(super) fn has(&self, parts: &[&str]) -> bool {
        parts.iter().all(|part| self.text.contains(part))
    }

    /// Whether it is a page with all of these in its markup.
    pub(super) fn page(&self, parts: &[&str]) -> bool {
        let kind = self.response.header("content-type").unwrap_or_default();
        (self.is_html || kind.contains("html")) && self.has(parts)
    }

    /// Whether it is a JSON object, or the beginning of one, with all of these keys somewhere.
    pub(super) fn json(&self, keys: &[&str]) -> bool {
        let text = self.text.trim_start();
        text.starts_with(['{', '['])
            && keys.iter().all(|key| {
                let quoted = format!("\"{key}\"");
                text.match_indices(&quoted)
                    .any(|(at, _)| text[at + quoted.len()..].trim_start().starts_with(':'))
            })
    }

    /// The title of a page, as it is written.
    pub(super) fn title(&self) -> Option<&str> {
        let (_, rest) = self
            .text
            .split_once("<title>")
            .or_else(|| self.text.split_once("<TITLE>"))?;
        let (title, _) = rest.split_once("</")?;
        Some(title.trim())
    }

    /// Whether it is a page whose title holds this.
    pub(super) fn titled(&self, words: &str) -> bool {
        self.page(&[]) && self.title().is_some_and(|title| title.contains(words))
    }

    /// The lines that say something, each with what ends or hides it cut off.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        lines(&self.text)
    }

    /// Whether a line begins like this.
    pub(super) fn has_line(&self, start: &str) -> bool {
        self.lines().any(|line| line.starts_with(start))
    }
}

/// The lines of a text that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{FEFF}');
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with(['#', ';']))
}
