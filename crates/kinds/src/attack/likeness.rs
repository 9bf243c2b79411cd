//! Whether two answers mean the same, whatever differs from request to request in them.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use tidegate_core::ports::http::Response;

use crate::naming;

/// The most bytes of a body that are compared.
const COMPARED: usize = 256 * 1024;

/// The longest word; what is longer is rather a key.
const LONGEST_WORD: usize = 24;

/// Words in the names of fields that are another one in every answer.
const ANEW: &[&str] = &[
    "id",
    "requestid",
    "traceid",
    "trace",
    "correlation",
    "nonce",
    "csrf",
    "timestamp",
    "time",
    "at",
    "date",
    "token",
    "instance",
];

/// Headers that an answer means something with.
const TELLING: &[&str] = &[
    "content-type",
    "location",
    "www-authenticate",
    "x-error",
    "x-error-code",
];

/// What of an answer stays the same as long as it means the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Likeness {
    status: u16,
    headers: Vec<(&'static str, String)>,
    cookies: BTreeSet<String>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Json(Json),
    Words(BTreeSet<String>),
}

/// In what two answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// In the status.
    Status(u16, u16),
    /// In a header, by its name.
    Header(&'static str),
    /// In the names of the cookies that are set.
    Cookies,
    /// In the body.
    Body,
}

impl Difference {
    /// In what they differ, for people, without anything of the answers but the status.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Status(one, other) => format!("the status: {one} and {other}"),
            Self::Header(name) => format!("the header {name}"),
            Self::Cookies => "the cookies that are set".to_owned(),
            Self::Body => "the text of the answer".to_owned(),
        }
    }
}

impl Likeness {
    /// Reads an answer; `sent` are texts of the request that it may echo.
    pub(crate) fn of(response: &Response, sent: &[&str]) -> Self {
        let header = |name: &&'static str| {
            let value = without(response.header(name)?, sent);
            let value = match *name {
                "content-type" => value.split(';').next().unwrap_or_default().to_owned(),
                _ => words(&value).into_iter().collect::<Vec<_>>().join(" "),
            };
            Some((*name, value))
        };
        Self {
            status: response.status,
            headers: TELLING.iter().filter_map(header).collect(),
            cookies: response
                .cookies
                .iter()
                .map(|one| one.name.clone())
                .collect(),
            body: body(response, sent),
        }
    }

    /// In what two answers differ, if they do.
    pub(crate) fn difference(&self, other: &Self) -> Option<Difference> {
        if self.status != other.status {
            return Some(Difference::Status(self.status, other.status));
        }
        let header = |name: &str, of: &Self| {
            let found = of.headers.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let differs = |name: &&&'static str| header(name, self) != header(name, other);
        if let Some(name) = TELLING.iter().find(differs) {
            return Some(Difference::Header(name));
        }
        if self.cookies != other.cookies {
            return Some(Difference::Cookies);
        }
        (self.body != other.body).then_some(Difference::Body)
    }
}

fn body(response: &Response, sent: &[&str]) -> Body {
    let bytes = &response.body[..response.body.len().min(COMPARED)];
    match serde_json::from_slice(bytes) {
        Ok(json) => Body::Json(form(&json, sent)),
        Err(_) => Body::Words(words(&without(&String::from_utf8_lossy(bytes), sent))),
    }
}

/// A value without what is made for one request: numbers, ids, times.
fn form(json: &Json, sent: &[&str]) -> Json {
    match json {
        Json::Number(_) => Json::from(0),
        Json::String(text) => {
            let words = words(&without(text, sent));
            Json::from(words.into_iter().collect::<Vec<_>>())
        }
        Json::Array(values) => values.iter().map(|value| form(value, sent)).collect(),
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| {
                let made = value.is_string() && is_made_anew(name);
                let value = if made {
                    Json::from("…")
                } else {
                    form(value, sent)
                };
                (name.clone(), value)
            });
            Json::Object(fields.collect::<Map<_, _>>())
        }
        Json::Null | Json::Bool(_) => json.clone(),
    }
}

/// Whether a field by its name is another one in every answer.
fn is_made_anew(name: &str) -> bool {
    let words = naming::words(name);
    words.iter().any(|word| ANEW.contains(&word.as_str()))
}

fn without(text: &str, sent: &[&str]) -> String {
    let mut text = text.to_owned();
    for echoed in sent.iter().filter(|echoed| echoed.len() >= 3) {
        text = text.replace(echoed, " ");
        let encoded: String = url::form_urlencoded::byte_serialize(echoed.as_bytes()).collect();
        text = text.replace(&encoded, " ");
    }
    text
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.starts_with(char::is_alphabetic) && word.len() <= LONGEST_WORD)
        .filter(|word| !naming::is_data(word))
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn difference(one: &Response, other: &Response) -> Option<Difference> {
        let of = |response| Likeness::of(response, &["anna@acme.example", "nobody@acme.example"]);
        of(one).difference(&of(other))
    }

    fn bodies(one: &str, other: &str) -> Option<Difference> {
        difference(&answer(401, one).unwrap(), &answer(401, other).unwrap())
    }

    #[test]
    fn what_is_made_for_one_request_is_no_difference() {
        for (one, other) in [
            (
                r#"{"error":"wrong credentials","request_id":"req_8f3a21c9","at":"2026-11-26T10:00:00Z","left":4}"#,
                r#"{"error":"wrong credentials","request_id":"req_77b2e1d0","at":"2026-11-26T10:00:01Z","left":3}"#,
            ),
            (
                "<p>No login for anna@acme.example</p><input value=a8f3e21b9c>",
                "<p>No login for nobody@acme.example</p><input value=17b3c2a9f4>",
            ),
            ("", ""),
        ] {
            assert_eq!(bodies(one, other), None, "{one}");
        }
    }

    #[test]
    fn what_tells_two_situations_apart_is_one() {
        assert_eq!(
            bodies(
                r#"{"error":"user not found"}"#,
                r#"{"error":"wrong password"}"#
            ),
            Some(Difference::Body)
        );
        assert_eq!(
            bodies(r#"{"error":"no"}"#, r#"{"error":"no","left":3}"#),
            Some(Difference::Body)
        );
        let (one, other) = (answer(404, "x").unwrap(), answer(401, "x").unwrap());
        assert_eq!(difference(&one, &other), Some(Difference::Status(404, 401)));
        let mut moved = answer(302, "").unwrap();
        moved
            .headers
            .push(("location".into(), "/login?error=unknown".into()));
        let mut elsewhere = answer(302, "").unwrap();
        elsewhere
            .headers
            .push(("location".into(), "/login?error=password".into()));
        assert_eq!(
            difference(&moved, &elsewhere),
            Some(Difference::Header("location"))
        );
    }
}
