//! What PostgREST, and the gateway before it, answer.
//!
//! Codes: <https://docs.postgrest.org/en/latest/references/errors.html> and
//! <https://supabase.com/docs/guides/api/rest/postgrest-error-codes>; 540 and its like:
//! <https://supabase.com/docs/guides/platform/http-status-codes>.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use crate::hosted::{amount, is_page, json};

/// What an answer to a question for rows says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// There are rows that whoever asked may read.
    Rows(Rows),
    /// None that whoever asked may read, or none at all.
    Empty,
    /// No.
    Held(&'static str),
    /// There is no such table or function.
    Missing,
    /// The key of the project is wrong, so that nothing is known of what it protects.
    BadKey(&'static str),
    /// Something else.
    Unclear(String),
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows {
    /// The number.
    pub(super) number: u64,
    /// Whether there are no more.
    pub(super) exact: bool,
}

impl Rows {
    /// For people: `12 rows`, `at least 1 row`.
    pub(super) fn words(self) -> String {
        let least = if self.exact { "" } else { "at least " };
        format!("{least}{}", amount(self.number, "row"))
    }
}

/// Reads an answer to a question for rows.
pub(super) fn rows(response: &Response) -> Said {
    if let Some(refusal) = refusal(response) {
        return refusal;
    }
    if is_page(response) {
        return Said::Unclear("answered with a page and not with data".to_owned());
    }
    match (total(response), elements(response)) {
        (Some(0), Some(0)) => Said::Empty,
        (Some(number), Some(_)) if number > 0 => Said::Rows(Rows {
            number,
            exact: true,
        }),
        (_, Some(number)) if number > 0 => Said::Rows(Rows {
            number,
            exact: false,
        }),
        (None, Some(_)) => Said::Unclear("did not tell how many rows there are".to_owned()),
        _ => Said::Unclear("did not answer with rows".to_owned()),
    }
}

/// Reads an answer to a question for one row, which tells no total.
pub(super) fn one(response: &Response) -> Said {
    match rows(response) {
        Said::Unclear(_)
            if (200..300).contains(&response.status) && elements(response) == Some(0) =>
        {
            Said::Empty
        }
        said => said,
    }
}

/// Whether an answer is no success, and what it says then.
pub(super) fn refusal(response: &Response) -> Option<Said> {
    let status = response.status;
    if (200..300).contains(&status) {
        return None;
    }
    let body = json(response).unwrap_or_default();
    let code = text(&body, "code");
    let message = text(&body, "message").to_ascii_lowercase();
    let unclear = || Said::Unclear(format!("answered {status}"));
    Some(match (status, code) {
        (_, "42501") if message.contains("for sequence") => Said::Unclear(
            "answered that a sequence must not be used, which says nothing about the rows"
                .to_owned(),
        ),
        (_, "42501") => Said::Held("permission denied"),
        (_, "PGRST302") => Said::Held("refused without a login"),
        (_, "PGRST300" | "PGRST301" | "PGRST303") => Said::BadKey("the token is not valid"),
        (_, "PGRST202" | "PGRST205" | "PGRST106" | "PGRST125" | "42P01" | "42883") => Said::Missing,
        (401, _) if message.contains("api key") || message.contains("apikey") => {
            Said::BadKey("the gateway does not know the key")
        }
        (401 | 403, _) if is_page(response) => unclear(),
        (401 | 403, _) => Said::Held("refused"),
        (404, _) if !is_page(response) => Said::Missing,
        (540, _) => Said::Unclear(
            "answered that the project is paused; wake it in the dashboard and run this again"
                .to_owned(),
        ),
        (429, _) => Said::Unclear("asked for fewer requests (429)".to_owned()),
        (_, "57014") => Said::Unclear("took too long to count (57014)".to_owned()),
        (300..=399, _) => Said::Unclear(format!("sent the request elsewhere ({status})")),
        _ => unclear(),
    })
}

/// The code of an error.
pub(super) fn code(response: &Response) -> String {
    let body = json(response).unwrap_or_default();
    text(&body, "code").to_owned()
}

/// Whether an answer is one that only a project gives: an error with a code of PostgREST or the database,
/// a count, the settings of its logins, or the description of its tables.
pub(super) fn is_of_project(response: &Response) -> bool {
    let body = json(response).unwrap_or_default();
    let code = text(&body, "code");
    // An SQLSTATE has five letters and digits.
    let is_state = |letter: u8| letter.is_ascii_digit() || letter.is_ascii_uppercase();
    let is_code = code.starts_with("PGRST") || (code.len() == 5 && code.bytes().all(is_state));
    let is_count = total(response).is_some() && body.is_array();
    is_code || is_count || body["disable_signup"].is_boolean() || body["swagger"].is_string()
}

/// A text of an error that may be compared and must not be shown.
fn text<'j>(body: &'j Json, key: &str) -> &'j str {
    body.get(key).and_then(Json::as_str).unwrap_or_default()
}

/// The total behind the slash of `Content-Range`, as in `*/12` and `0-9/12`.
///
/// <https://docs.postgrest.org/en/latest/references/api/pagination_count.html#exact-count>
fn total(response: &Response) -> Option<u64> {
    let range = response.header("content-range")?;
    let (_, total) = range.rsplit_once('/')?;
    total.trim().parse().ok()
}

/// How many elements the array in the body has; one at least when it is too large to be read.
fn elements(response: &Response) -> Option<u64> {
    if response.truncated {
        let body = response.body.trim_ascii_start().strip_prefix(b"[")?;
        return body.trim_ascii_start().starts_with(b"{").then_some(1);
    }
    let body = json(response)?;
    let elements = body.as_array()?;
    u64::try_from(elements.len()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    fn ranged(status: u16, range: &str, body: &str) -> Said {
        let mut response = answer(status, body).unwrap();
        response
            .headers
            .push(("content-range".to_owned(), range.to_owned()));
        rows(&response)
    }

    fn some(number: u64, exact: bool) -> Said {
        Said::Rows(Rows { number, exact })
    }

    #[test]
    fn the_total_is_read_without_a_row() {
        assert_eq!(ranged(206, "*/15", "[]"), some(15, true));
        assert_eq!(ranged(200, "*/0", "[]"), Said::Empty);
        assert_eq!(ranged(206, "0-0/3", r#"[{"id":1}]"#), some(3, true));
    }

    #[test]
    fn totals_that_are_none_are_not_believed() {
        for range in ["*/*", "*/-4", "*/", "", "*/184467440737095516160", "x"] {
            assert!(
                matches!(ranged(200, range, "[]"), Said::Unclear(_)),
                "{range}"
            );
            assert_eq!(
                ranged(200, range, r#"[{"a":1}]"#),
                some(1, false),
                "{range}"
            );
        }
        assert!(matches!(ranged(200, "*/0", "{}"), Said::Unclear(_)));
        assert_eq!(ranged(200, "*/0", r#"[{"a":1}]"#), some(1, false));
    }

    #[test]
    fn refusals_are_told_from_a_wrong_key() {
        let denied = r#"{"code":"42501","message":"permission denied for table clients"}"#;
        assert_eq!(ranged(401, "", denied), Said::Held("permission denied"));
        assert_eq!(ranged(403, "", denied), Said::Held("permission denied"));
        let key = r#"{"message":"Invalid API key","hint":"Double check your key."}"#;
        assert!(matches!(ranged(401, "", key), Said::BadKey(_)));
        let token = r#"{"code":"PGRST301","message":"JWSError"}"#;
        assert!(matches!(ranged(401, "", token), Said::BadKey(_)));
        let sequence = r#"{"code":"42501","message":"permission denied for sequence a_id_seq"}"#;
        assert!(matches!(ranged(403, "", sequence), Said::Unclear(_)));
        let missing = r#"{"code":"PGRST205","message":"Could not find the table"}"#;
        assert_eq!(ranged(404, "", missing), Said::Missing);
    }

    #[test]
    fn pages_pauses_and_limits_prove_nothing() {
        for (status, body) in [
            (200, "<!doctype html><p>hello"),
            (403, "<html>blocked</html>"),
            (404, "<html>not here</html>"),
            (540, r#"{"message":"Project paused"}"#),
            (429, "{}"),
            (500, r#"{"code":"57014","message":"canceling statement"}"#),
            (302, ""),
        ] {
            assert!(
                matches!(ranged(status, "", body), Said::Unclear(_)),
                "{status}"
            );
        }
        let deep = "[".repeat(100_000);
        assert!(matches!(ranged(200, "*/1", &deep), Said::Unclear(_)));
    }
}
