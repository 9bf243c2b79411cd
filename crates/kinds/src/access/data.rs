//! What somebody who may got to see, and whether somebody who may not got it too.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use crate::specification::openapi::MediaType;

/// How much of a body is compared, in bytes.
const COMPARED: usize = 512 * 1024;

/// The deepest value that is taken apart.
const DEEPEST: usize = 32;

/// Keys of what stands around data.
const AROUND: &[&str] = &[
    "code",
    "count",
    "hasmore",
    "limit",
    "message",
    "next",
    "offset",
    "ok",
    "page",
    "pages",
    "pagesize",
    "perpage",
    "prev",
    "previous",
    "requestid",
    "status",
    "success",
    "timestamp",
    "total",
    "totalcount",
    "traceid",
    "version",
];

/// The data in an answer.
#[derive(Debug, Clone)]
pub(super) struct Data {
    content: Content,
    body: Arc<[u8]>,
    run_mark: String,
}

#[derive(Debug, Clone)]
enum Content {
    /// The paths that have a value, and those values that nobody guesses, by their keys.
    Json {
        paths: BTreeSet<String>,
        values: BTreeSet<(String, String)>,
    },
    /// Numbers, dates and addresses in the text of a page.
    Page(BTreeSet<String>),
    /// Anything else, by its media type.
    Other(String),
}

/// How an answer holds data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// The same values.
    Values,
    /// Values in the same fields, or content of the same sort.
    Shape,
    /// None of it.
    Nothing,
}

impl Data {
    /// Takes the data out of the answer of somebody who may; `ignored` are texts that everybody sees. What
    /// has the mark of the run is data of this run, unless the mark is empty.
    pub(super) fn of(response: &Response, run_mark: &str, ignored: &BTreeSet<String>) -> Self {
        let content = match content(response) {
            Content::Page(mut words) => {
                words.retain(|word| !ignored.contains(word));
                Content::Page(words)
            }
            Content::Json { paths, mut values } => {
                values.retain(|(_, value)| !ignored.contains(value));
                Content::Json { paths, values }
            }
            other @ Content::Other(_) => other,
        };
        Self {
            content,
            body: response.body.clone(),
            run_mark: run_mark.to_owned(),
        }
    }

    /// Whether there is nothing to recognise.
    pub(super) fn is_empty(&self) -> bool {
        match &self.content {
            Content::Json { paths, .. } => paths.is_empty(),
            Content::Page(words) => words.is_empty(),
            Content::Other(_) => self.body.is_empty(),
        }
    }

    /// Whether it is a page, which may be a frame that scripts fill.
    pub(super) fn is_page(&self) -> bool {
        matches!(self.content, Content::Page(_))
    }

    /// Whether an answer holds it too.
    pub(super) fn held_by(&self, response: &Response) -> Holds {
        if self.values_in(response) {
            return Holds::Values;
        }
        let is_same = match (&self.content, content(response)) {
            (Content::Json { paths, .. }, Content::Json { paths: theirs, .. }) => {
                let shared = paths.intersection(&theirs).count();
                let is_new = paths.is_empty() && !theirs.is_empty();
                is_new || (shared > 0 && shared * 2 >= paths.len())
            }
            (Content::Other(own), Content::Other(theirs)) => {
                *own == theirs && !response.body.is_empty()
            }
            _ => false,
        };
        if is_same {
            Holds::Shape
        } else {
            Holds::Nothing
        }
    }

    /// Whether an answer has values of it, whatever else it says.
    pub(super) fn values_in(&self, response: &Response) -> bool {
        let text = || String::from_utf8_lossy(compared(&response.body));
        let own = String::from_utf8_lossy(compared(&self.body));
        let is_marked = !self.run_mark.is_empty() && own.contains(&self.run_mark);
        if is_marked && text().contains(&self.run_mark) {
            return true;
        }
        match (&self.content, content(response)) {
            (Content::Json { values, .. }, Content::Json { values: theirs, .. }) => {
                is_much(values.intersection(&theirs).count(), values.len())
            }
            (Content::Json { values, .. }, _) => {
                let text = text();
                let long = values.iter().filter(|(_, value)| value.len() >= 6);
                let (all, seen) = long.fold((0, 0), |(all, seen), (_, value)| {
                    (all + 1, seen + usize::from(text.contains(value.as_str())))
                });
                is_much(seen, all)
            }
            (Content::Page(words), Content::Page(theirs)) => {
                is_much(words.intersection(&theirs).count(), words.len())
            }
            (Content::Page(_), _) => false,
            (Content::Other(_), _) => self.body.len() >= 16 && self.body == response.body,
        }
    }
}

/// One value may be the same by chance, unless it is most of all there is.
fn is_much(shared: usize, all: usize) -> bool {
    shared >= 2 || (shared == 1 && all <= 2)
}

/// The words of a page or the values of a document, which everybody sees when the answer is a public one.
pub(super) fn words_of(response: &Response) -> BTreeSet<String> {
    match content(response) {
        Content::Page(words) => words,
        Content::Json { values, .. } => values.into_iter().map(|(_, value)| value).collect(),
        Content::Other(_) => BTreeSet::new(),
    }
}

fn compared(body: &[u8]) -> &[u8] {
    &body[..body.len().min(COMPARED)]
}

fn content(response: &Response) -> Content {
    let kind = MediaType::parse(response.header("content-type").unwrap_or_default());
    let begins = response.body.first();
    let document = (kind.is_json() || begins.is_some_and(|first| b"{[".contains(first)))
        .then(|| serde_json::from_slice::<Json>(&response.body).ok())
        .flatten();
    if let Some(document) = document {
        let (mut paths, mut values) = (BTreeSet::new(), BTreeSet::new());
        gather(
            &document,
            "",
            &mut String::new(),
            (&mut paths, &mut values),
            DEEPEST,
        );
        return Content::Json { paths, values };
    }
    if kind.essence().contains("html") {
        return Content::Page(page_words(&String::from_utf8_lossy(compared(
            &response.body,
        ))));
    }
    Content::Other(kind.essence())
}

type Found<'f> = (&'f mut BTreeSet<String>, &'f mut BTreeSet<(String, String)>);

fn gather(value: &Json, key: &str, path: &mut String, found: Found<'_>, depth: usize) {
    let Some(deeper) = depth.checked_sub(1) else {
        return;
    };
    let text = match value {
        Json::Object(entries) => {
            for (name, value) in entries {
                let length = path.len();
                path.push('.');
                path.push_str(name);
                gather(value, name, path, (found.0, found.1), deeper);
                path.truncate(length);
            }
            return;
        }
        Json::Array(elements) => {
            for element in elements {
                gather(element, key, path, (found.0, found.1), deeper);
            }
            return;
        }
        Json::Null | Json::Bool(_) => return,
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
    };
    let plain: String = key.chars().filter(|one| one.is_alphanumeric()).collect();
    let is_around = AROUND.contains(&plain.to_ascii_lowercase().as_str());
    if is_around || text.is_empty() || text == "0" {
        return;
    }
    found.0.insert(path.clone());
    if is_telling(&text) {
        found.1.insert((key.to_owned(), text));
    }
}

/// Whether a text is rather data than a word that many answers have.
fn is_telling(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_year =
        text.len() == 4 && digits == 4 && (text.starts_with("19") || text.starts_with("20"));
    (digits >= 3 && !is_year) || text.contains('@')
}

/// The telling words in the visible text of a page.
fn page_words(page: &str) -> BTreeSet<String> {
    let text = visible(page);
    let words = text.split_whitespace();
    let words = words.map(|word| word.trim_matches(|edge: char| !edge.is_alphanumeric()));
    let words = words.filter(|word| is_telling(word));
    words.map(str::to_owned).collect()
}

/// The text of a page without tags, scripts and styles.
fn visible(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let hidden = [
        ("<script", "</script"),
        ("<style", "</style"),
        ("<!--", "-->"),
    ];
    let (mut text, mut at) = (String::new(), 0);
    while let Some(open) = page[at..].find('<') {
        text.push_str(&page[at..at + open]);
        text.push(' ');
        at += open;
        let kind = hidden.iter().find(|(tag, _)| lower[at..].starts_with(tag));
        let end = kind.map_or(Some(0), |(tag, end)| {
            Some(lower[at..].get(tag.len()..)?.find(end)? + tag.len())
        });
        let close = end.and_then(|end| Some(at + end + page[at + end..].find('>')? + 1));
        let Some(close) = close else {
            return text;
        };
        at = close;
    }
    text.push_str(&page[at..]);
    text
}

#[cfg(test)]
mod tests;
