//! Reading JSON objects so that every mistake is named by its field.

use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use crate::errors::{ApiError, FieldProblem};

/// The members of a JSON object, taken one by one; what is left over is refused.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    values: Map<String, Value>,
    problems: Vec<FieldProblem>,
}

impl Fields {
    /// Reads the object in a request body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(values)) => Ok(Self {
                values,
                problems: Vec::new(),
            }),
            Ok(_) => Err(ApiError::bad_request(
                "invalid-json",
                "the body must be a JSON object",
            )),
            Err(_) => Err(ApiError::bad_request(
                "invalid-json",
                "the body is not valid JSON",
            )),
        }
    }

    /// Complains when the member is absent.
    pub(crate) fn require(&mut self, name: &str) {
        if !self.values.contains_key(name) {
            self.complain(name, "is missing");
        }
    }

    /// Takes text of the given length in characters; `None` when absent or wrong.
    pub(crate) fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Option<String> {
        let value = self.values.remove(name)?;
        let text = value
            .as_str()
            .filter(|text| is_text(text, &length))
            .map(str::to_owned);
        if text.is_none() {
            self.complain(name, &text_rule(&length));
        }
        text
    }

    /// Takes text that must be there; empty when it is not, which [`Self::finish`] reports.
    pub(crate) fn required_text(&mut self, name: &str, length: RangeInclusive<usize>) -> String {
        self.require(name);
        self.text(name, length).unwrap_or_default()
    }

    /// Takes text or `null`; the outer `None` means absent or wrong.
    pub(crate) fn nullable_text(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Option<Option<String>> {
        if self.values.get(name).is_some_and(Value::is_null) {
            self.values.remove(name);
            return Some(None);
        }
        self.text(name, length).map(Some)
    }

    /// Takes a whole number in the range; `None` when absent or wrong.
    pub(crate) fn integer(&mut self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.values.remove(name)?;
        let number = whole_number(&value).filter(|number| range.contains(number));
        if number.is_none() {
            let rule = format!(
                "must be a whole number from {} to {}",
                range.start(),
                range.end()
            );
            self.complain(name, &rule);
        }
        number
    }

    /// Takes a whole number, moved into the range: what [`Break::AcceptsInvalid`] does with amounts.
    ///
    /// [`Break::AcceptsInvalid`]: crate::breaks::Break::AcceptsInvalid
    pub(crate) fn nearest_integer(
        &mut self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let number = self.integer(name, i64::MIN..=i64::MAX)?;
        Some(number.clamp(*range.start(), *range.end()))
    }

    /// Takes the members with these names, whatever they are.
    pub(crate) fn take_any(&mut self, names: &[&str]) -> Map<String, Value> {
        let take = |name: &&str| self.values.remove_entry(*name);
        names.iter().filter_map(take).collect()
    }

    /// Takes a list of texts; `None` when absent or wrong.
    pub(crate) fn texts(
        &mut self,
        name: &str,
        most: usize,
        length: RangeInclusive<usize>,
    ) -> Option<Vec<String>> {
        let value = self.values.remove(name)?;
        let texts = read_texts(&value, most, &length);
        if texts.is_none() {
            let rule = format!(
                "must be a list of at most {most} texts, each {}",
                text_size(&length)
            );
            self.complain(name, &rule);
        }
        texts
    }

    /// Takes one of the given words; `None` when absent or wrong.
    pub(crate) fn word(&mut self, name: &str, words: &[&str]) -> Option<String> {
        let value = self.values.remove(name)?;
        let word = value
            .as_str()
            .filter(|word| words.contains(word))
            .map(str::to_owned);
        if word.is_none() {
            self.complain(name, &format!("must be one of {}", words.join(", ")));
        }
        word
    }

    /// Refuses the input when a member was wrong, missing or unknown.
    pub(crate) fn finish(mut self) -> Result<(), ApiError> {
        let unknown: Vec<String> = self.values.keys().map(|name| printable(name)).collect();
        for name in unknown {
            self.complain(&name, "is not a field of this request");
        }
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(self.problems))
        }
    }

    fn complain(&mut self, field: &str, message: &str) {
        self.problems.push(FieldProblem {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            let message = "send the body as application/json";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(ApiError::new(status, "unsupported-type", message));
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| ApiError::of_status(rejection.status()))?;
        Self::parse(&body)
    }
}

/// Only `application/json` is read: a cross-site form cannot send it without a preflight.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// JSON has one sort of number: `3.0` is as whole as `3` (RFC 8259, section 6).
fn whole_number(value: &Value) -> Option<i64> {
    /// Up to this a float holds every whole number (2^53).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a whole number below 2^53 is exact in both"
    )]
    let of_float = |number: f64| {
        let whole = number.fract() == 0.0 && number.abs() < EXACT;
        whole.then_some(number as i64)
    };
    value.as_i64().or_else(|| of_float(value.as_f64()?))
}

fn read_texts(value: &Value, most: usize, length: &RangeInclusive<usize>) -> Option<Vec<String>> {
    let items = value.as_array().filter(|items| items.len() <= most)?;
    let text = |item: &Value| {
        item.as_str()
            .filter(|text| is_text(text, length))
            .map(str::to_owned)
    };
    items.iter().map(text).collect()
}

/// Control characters other than line breaks and tabs have no place in what people type.
fn is_text(text: &str, length: &RangeInclusive<usize>) -> bool {
    let typed = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    length.contains(&text.chars().count()) && text.chars().all(typed)
}

fn text_rule(length: &RangeInclusive<usize>) -> String {
    format!("must be text of {}", text_size(length))
}

fn text_size(length: &RangeInclusive<usize>) -> String {
    format!("{} to {} characters", length.start(), length.end())
}

/// A name that a caller made up, short and without control characters, fit for an answer.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(fields: Fields) -> Vec<(String, String)> {
        let error = fields.finish().expect_err("problems");
        error
            .fields
            .into_iter()
            .map(|one| (one.field, one.message))
            .collect()
    }

    #[test]
    fn takes_what_is_well_formed() {
        let body = br#"{"title":"a","amount":3,"tags":["x"],"external_id":null}"#;
        let mut fields = Fields::parse(body).expect("object");
        assert_eq!(fields.required_text("title", 1..=9), "a");
        assert_eq!(fields.integer("amount", 0..=9), Some(3));
        assert_eq!(fields.texts("tags", 2, 1..=5), Some(vec!["x".to_owned()]));
        assert_eq!(fields.nullable_text("external_id", 1..=5), Some(None));
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_fraction_of_nothing() {
        let integer = |value: &str| {
            let body = format!("{{\"amount\":{value}}}");
            let mut fields = Fields::parse(body.as_bytes()).expect("object");
            fields.integer("amount", -1_000..=i64::MAX)
        };
        assert_eq!(integer("308.0"), Some(308));
        assert_eq!(integer("1e2"), Some(100));
        for other in ["1.5", "1e300", "\"3\"", "true", "18446744073709551615"] {
            assert_eq!(integer(other), None, "{other}");
        }
    }

    #[test]
    fn names_every_wrong_missing_and_unknown_member() {
        let mut fields = Fields::parse(br#"{"amount":1.5,"role":"admin"}"#).expect("object");
        fields.required_text("title", 1..=9);
        fields.integer("amount", 0..=9);
        let named: Vec<_> = problems(fields).into_iter().map(|one| one.0).collect();
        assert_eq!(named, ["title", "amount", "role"]);
    }

    #[test]
    fn lengths_count_characters_and_control_characters_are_refused() {
        let mut fields =
            Fields::parse("{\"a\":\"äöü\",\"b\":\"\\u0000\"}".as_bytes()).expect("object");
        assert_eq!(fields.text("a", 1..=3).as_deref(), Some("äöü"));
        assert_eq!(fields.text("b", 0..=3), None);
        assert_eq!(problems(fields)[0].0, "b");
    }

    #[test]
    fn a_body_that_is_no_object_is_refused() {
        assert_eq!(Fields::parse(b"[]").expect_err("list").code, "invalid-json");
        assert_eq!(
            Fields::parse(b"{").expect_err("broken").code,
            "invalid-json"
        );
    }
}
