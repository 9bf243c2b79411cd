//! Lists that come in pages.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, RawQuery};
use axum::http::request::Parts;
use serde::Serialize;

use crate::app::App;
use crate::breaks::Break;
use crate::errors::{ApiError, FieldProblem};

/// More than this on one page is refused, so that no request costs without bound.
const MOST_PER_PAGE: u32 = 100;
const DEFAULT_PER_PAGE: u32 = 20;
const LAST_PAGE: u32 = 1_000_000;
const LONGEST_QUERY: usize = 200;

/// SQL's word for "all of them".
const NO_LIMIT: i64 = -1;

/// What a list request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageRequest {
    /// Counted from 1.
    pub(crate) page: u32,
    pub(crate) per_page: u32,
    /// The searched text; absent when empty.
    pub(crate) query: Option<String>,
    /// Whether everything comes on one page, as [`Break::NoPageLimit`] has it.
    unlimited: bool,
}

impl PageRequest {
    fn parse(query: &str, unlimited: bool) -> Result<Self, ApiError> {
        let given: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let mut problems = Vec::new();
        let page = number(&given, "page", 1..=LAST_PAGE, &mut problems).unwrap_or(1);
        let most = if unlimited { u32::MAX } else { MOST_PER_PAGE };
        let per_page = number(&given, "per_page", 1..=most, &mut problems);
        let per_page = per_page.unwrap_or(DEFAULT_PER_PAGE);
        let query = given.get("q").filter(|text| !text.is_empty()).cloned();
        if query
            .as_ref()
            .is_some_and(|text| text.chars().count() > LONGEST_QUERY)
        {
            let message = format!("must have at most {LONGEST_QUERY} characters");
            problems.push(FieldProblem {
                field: "q".to_owned(),
                message,
            });
        }
        if problems.is_empty() {
            Ok(Self {
                page,
                per_page,
                query,
                unlimited,
            })
        } else {
            Err(ApiError::invalid(problems))
        }
    }

    /// How many items come before the page.
    pub(crate) fn offset(&self) -> i64 {
        if self.unlimited {
            return 0;
        }
        i64::from(self.page - 1) * i64::from(self.per_page)
    }

    /// How many items the page has at most, in the words of SQL.
    pub(crate) fn limit(&self) -> i64 {
        if self.unlimited {
            return NO_LIMIT;
        }
        i64::from(self.per_page)
    }

    /// The searched text as a pattern for SQL `like … escape '\'`.
    pub(crate) fn like_pattern(&self) -> Option<String> {
        let text = self.query.as_ref()?;
        let escaped = text
            .replace('\\', r"\\")
            .replace('%', r"\%")
            .replace('_', r"\_");
        Some(format!("%{escaped}%"))
    }
}

fn number(
    given: &BTreeMap<String, String>,
    name: &str,
    range: RangeInclusive<u32>,
    problems: &mut Vec<FieldProblem>,
) -> Option<u32> {
    let number = given
        .get(name)?
        .parse()
        .ok()
        .filter(|number| range.contains(number));
    if number.is_none() {
        let message = format!(
            "must be a whole number from {} to {}",
            range.start(),
            range.end()
        );
        problems.push(FieldProblem {
            field: name.to_owned(),
            message,
        });
    }
    number
}

impl FromRequestParts<App> for PageRequest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, app).await;
        Self::parse(&query.unwrap_or_default(), app.broken(Break::NoPageLimit))
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// How many items all pages have together.
    pub(crate) total: i64,
    pub(crate) page: u32,
    pub(crate) per_page: u32,
}

impl<T> Page<T> {
    pub(crate) fn new(request: &PageRequest, items: Vec<T>, total: i64) -> Self {
        Self {
            items,
            total,
            page: request.page,
            per_page: request.per_page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<PageRequest, ApiError> {
        PageRequest::parse(query, false)
    }

    #[test]
    fn absent_parameters_have_defaults() {
        let expected = PageRequest {
            page: 1,
            per_page: DEFAULT_PER_PAGE,
            query: None,
            unlimited: false,
        };
        assert_eq!(parse("").expect("valid"), expected);
        assert_eq!(parse("q=&other=1").expect("valid"), expected);
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (query, field) in [
            ("page=0", "page"),
            ("page=x", "page"),
            ("per_page=101", "per_page"),
            ("per_page=-1", "per_page"),
            ("page=99999999999999999999", "page"),
        ] {
            let error = parse(query).expect_err(query);
            assert_eq!(error.fields[0].field, field, "{query}");
        }
        let long = format!("q={}", "a".repeat(201));
        assert_eq!(parse(&long).expect_err("long").fields[0].field, "q");
    }

    #[test]
    fn the_last_page_has_an_offset() {
        let last = parse("page=1000000&per_page=100").expect("valid");
        assert_eq!(last.offset(), 99_999_900);
    }

    #[test]
    fn wildcards_in_the_searched_text_mean_themselves() {
        let request = parse(r"q=5%25_off\").expect("valid");
        assert_eq!(request.like_pattern().as_deref(), Some(r"%5\%\_off\\%"));
    }
}
