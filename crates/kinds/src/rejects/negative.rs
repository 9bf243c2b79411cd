//! Requests that are wrong in one way, and the two that only look as if they were an attack.

use serde_json::Value as Json;
use tidegate_core::ports::http::{Body, Request};
use tidegate_core::secret::Sensitive;

use crate::specification::sample::{Fault, Wrong};

/// The size of a body that is too large for a form, in bytes: 6 MiB.
pub(super) const OVERSIZED: usize = 6 * 1024 * 1024;

/// What is put behind a text to see whether a quote ends it.
const QUOTE: &str = " O'Brien";

/// A way to be wrong, by the name that `lenient:` has for it.
pub(super) const SORTS: &[&str] = &[
    "missing",
    "wrong-type",
    "not-listed",
    "too-large",
    "too-small",
    "too-long",
    "too-short",
    "bad-format",
    "null",
    "extra-field",
    "malformed",
    "empty-body",
    "content-type",
    "oversized",
    "markup",
];

/// One request that is sent beside the control.
#[derive(Debug, Clone)]
pub(super) enum Negative {
    /// A body with one wrong value.
    Value(Wrong),
    /// JSON that ends too early.
    Malformed,
    /// No body where there must be one.
    EmptyBody,
    /// The valid body, sent as plain text.
    ContentType,
    /// The valid body with a quote in its texts.
    Quote,
    /// The valid body with markup in its texts.
    Markup,
    /// A body that is too large.
    Oversized,
}

/// What is sent instead of the control's body.
pub(super) struct Sent {
    body: Body,
    content_type: Option<&'static str>,
    /// Whether the mark is in it, so that it is found where it is stored.
    pub(super) is_marked: bool,
}

impl Negative {
    /// The name that `lenient:` has for it; a quote has none, since nobody may fail on it.
    pub(super) fn sort(&self) -> Option<&'static str> {
        Some(match self {
            Self::Value(wrong) => match wrong.fault {
                Fault::Missing => "missing",
                Fault::WrongType => "wrong-type",
                Fault::NotListed => "not-listed",
                Fault::TooLarge => "too-large",
                Fault::TooSmall => "too-small",
                Fault::TooLong => "too-long",
                Fault::TooShort => "too-short",
                Fault::BadFormat => "bad-format",
                Fault::Null => "null",
                Fault::ExtraField => "extra-field",
            },
            Self::Malformed => "malformed",
            Self::EmptyBody => "empty-body",
            Self::ContentType => "content-type",
            Self::Oversized => "oversized",
            Self::Markup => "markup",
            Self::Quote => return None,
        })
    }

    /// What it is, in a phrase that goes on from `a body` or `a request`.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Value(wrong) if wrong.fault == Fault::ExtraField => {
                "a body with a field that its schema does not have".to_owned()
            }
            Self::Value(wrong) => match wrong.path.strip_prefix("$.") {
                Some(name) => format!("a body whose `{name}` {}", wrong.text),
                None => format!("a body that {}", wrong.text),
            },
            Self::Malformed => "JSON that ends too early".to_owned(),
            Self::EmptyBody => "an empty body".to_owned(),
            Self::ContentType => "JSON that is sent as plain text".to_owned(),
            Self::Quote => "a text with a quote in it".to_owned(),
            Self::Markup => "a text with markup in it".to_owned(),
            Self::Oversized => format!("a body of {} MiB", OVERSIZED / 1024 / 1024),
        }
    }

    /// The name of the field that a refusal should name.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::Value(wrong) => wrong.field.as_deref(),
            _ => None,
        }
    }

    /// The JSONPath of what is wrong.
    pub(super) fn path(&self) -> Option<&str> {
        match self {
            Self::Value(wrong) => Some(&wrong.path),
            _ => None,
        }
    }

    /// Whether it is valid input that only looks like an attack.
    pub(super) fn is_marker(&self) -> bool {
        matches!(self, Self::Quote | Self::Markup)
    }

    /// What is sent, made from a valid body with this mark in its texts; `None` where it cannot be made.
    pub(super) fn body(&self, valid: &Json, mark: &str) -> Option<Sent> {
        const JSON: Option<&str> = Some("application/json");
        let text = |text: String, content_type| {
            let is_marked = text.contains(mark);
            let body = Body::Text(Sensitive::new(text));
            Sent {
                body,
                content_type,
                is_marked,
            }
        };
        let json = |value: &Json| {
            let text = value.to_string();
            let is_marked = text.contains(mark);
            let body = Body::Json(Sensitive::new(text));
            Sent {
                body,
                content_type: None,
                is_marked,
            }
        };
        Some(match self {
            Self::Value(wrong) => json(&wrong.apply(valid, mark)?),
            Self::Malformed => {
                let mut whole = valid.to_string();
                whole.pop();
                text(whole, JSON)
            }
            Self::EmptyBody => text(String::new(), JSON),
            Self::ContentType => text(valid.to_string(), Some("text/plain")),
            Self::Quote => json(&changed(valid, mark, &|text| format!("{text}{QUOTE}"))?),
            Self::Markup => json(&changed(valid, mark, &|_| markup(mark))?),
            Self::Oversized => text(oversized(valid, mark), JSON),
        })
    }
}

/// A valid body with one text, or the space before it, as long as it takes.
fn oversized(valid: &Json, mark: &str) -> String {
    let here = format!("{mark}+");
    let Some(larger) = changed(valid, mark, &|_| here.clone()) else {
        return format!("{}{valid}", " ".repeat(OVERSIZED));
    };
    let long = format!("{mark}{}", "x".repeat(OVERSIZED));
    larger
        .to_string()
        .replacen(&here, &long, 1)
        .replace(&here, mark)
}

/// The mark in bold print, as it must not stand in a page.
pub(super) fn markup(mark: &str) -> String {
    format!("<b>{mark}</b>")
}

impl Sent {
    /// Puts it into a request.
    pub(super) fn into_request(self, request: &mut Request) {
        request.body = self.body;
        let Some(content_type) = self.content_type else {
            return;
        };
        let is_other = |name: &str| !name.eq_ignore_ascii_case("content-type");
        request.headers.retain(|(name, _)| is_other(name));
        let content_type = Sensitive::new(content_type.to_owned());
        request
            .headers
            .push(("content-type".to_owned(), content_type));
    }
}

/// A body with the texts changed that are the mark; `None` when there are none.
///
/// A text that has the mark as a part is an address or has another form, which the change would break.
fn changed(valid: &Json, mark: &str, change: &dyn Fn(&str) -> String) -> Option<Json> {
    let mut value = valid.clone();
    let mut times = 0;
    change_texts(&mut value, mark, change, &mut times);
    (times > 0).then_some(value)
}

fn change_texts(value: &mut Json, mark: &str, change: &dyn Fn(&str) -> String, times: &mut usize) {
    match value {
        Json::String(text) if text.contains(mark) && !text.contains(['@', '/']) => {
            *text = change(text);
            *times += 1;
        }
        Json::Array(elements) => {
            for element in elements {
                change_texts(element, mark, change, times);
            }
        }
        Json::Object(entries) => {
            for entry in entries.values_mut() {
                change_texts(entry, mark, change, times);
            }
        }
        _ => {}
    }
}

/// What is sent of all that could be, the most telling of each sort first, in an order that leaves the
/// heaviest to the end.
pub(super) fn choose(wrong: Vec<Wrong>, most: usize) -> Vec<Negative> {
    let whole = [
        Negative::Malformed,
        Negative::EmptyBody,
        Negative::ContentType,
    ];
    let last = [Negative::Quote, Negative::Markup, Negative::Oversized];
    let room = most.saturating_sub(whole.len() + last.len());
    let mut ranked: Vec<(usize, usize)> = Vec::new();
    for (at, one) in wrong.iter().enumerate() {
        let before = wrong[..at].iter().filter(|other| other.fault == one.fault);
        ranked.push((before.count(), at));
    }
    ranked.sort_unstable();
    ranked.truncate(room);
    let mut kept: Vec<usize> = ranked.into_iter().map(|(_, at)| at).collect();
    kept.sort_unstable();
    let values = kept
        .into_iter()
        .map(|at| Negative::Value(wrong[at].clone()));
    values.chain(whole).chain(last).take(most).collect()
}
