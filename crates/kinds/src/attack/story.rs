//! What was before, what was tried, and what was after: the evidence of every attack.

use tidegate_core::finding::Finding;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::Response;

/// How many lines of one sort a finding shows.
const LINES: usize = 8;

/// How many signs of a type are told.
const KIND: usize = 60;

/// What was before an attack, the attack, and what was after it, a line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Story {
    /// The control: what the owner, or whoever is allowed to, got.
    pub(crate) before: String,
    /// What was tried and answered.
    pub(crate) attack: String,
    /// What the state was when it was read back; empty when nothing could have changed it.
    pub(crate) after: String,
}

impl Story {
    /// Adds it to a finding.
    pub(crate) fn told(&self, finding: Finding) -> Finding {
        let lines = [
            ("before", &self.before),
            ("attack", &self.attack),
            ("after", &self.after),
        ];
        let told = lines.into_iter().filter(|(_, text)| !text.is_empty());
        told.fold(finding, |finding, (label, text)| {
            finding.evidence(label, text.clone())
        })
    }
}

/// A request and its answer in one line, without anything of the answer itself:
/// `PATCH /api/records/${id} as boris: 200, application/json, 312 bytes, holds the canary`.
pub(crate) fn seen(
    name: &str,
    who: Option<&IdentityName>,
    response: &Response,
    remark: &str,
) -> String {
    let who = who.map_or_else(
        || "without a login".to_owned(),
        |identity| format!("as {identity}"),
    );
    let remark = if remark.is_empty() {
        String::new()
    } else {
        format!(", {remark}")
    };
    format!("{name} {who}: {}{remark}", shape(response))
}

/// Names in a title, the first one of many: `GET /api/me and 2 more`.
pub(crate) fn several(names: &[&str]) -> String {
    match names {
        [one] => (*one).to_owned(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
        [] => String::new(),
    }
}

/// Lines of evidence, as many as can be read.
pub(crate) fn lines(all: impl Iterator<Item = String>) -> String {
    let all: Vec<String> = all.collect();
    let mut shown = all[..all.len().min(LINES)].join("\n");
    if all.len() > LINES {
        shown.push_str(&format!("\nand {} more", all.len() - LINES));
    }
    shown
}

/// The status, the type and the size of an answer: `200, application/json, 312 bytes`.
pub(crate) fn shape(response: &Response) -> String {
    let kind = response.header("content-type").unwrap_or("no content type");
    let kind = kind.split(';').next().unwrap_or_default();
    let kind: String = kind.chars().take(KIND).collect();
    let size = match (response.body.len(), response.truncated) {
        (0, false) => "no body".to_owned(),
        (bytes, false) => format!("{kind}, {bytes} bytes"),
        (bytes, true) => format!("{kind}, more than {bytes} bytes"),
    };
    format!("{}, {size}", response.status)
}

/// Phrases in a row, the first few of many.
pub(crate) fn told(phrases: &[String]) -> String {
    const TOLD: usize = 6;
    let shown = phrases.iter().take(TOLD).map(String::as_str);
    let shown = shown.collect::<Vec<_>>().join("; ");
    match phrases.len().saturating_sub(TOLD) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    #[test]
    fn what_is_left_out_is_counted() {
        let told = |number: usize| lines((0..number).map(|at| at.to_string()));
        assert_eq!(told(2), "0\n1");
        assert!(told(11).ends_with("\n7\nand 3 more"));
    }

    #[test]
    fn a_title_has_the_first_of_many_names() {
        assert_eq!(several(&["/a"]), "/a");
        assert_eq!(several(&["/a", "/b", "/c"]), "/a and 2 more");
    }

    #[test]
    fn a_type_without_an_end_is_cut() {
        let mut response = answer(200, "x").unwrap();
        let kind = "é".repeat(50_000);
        response.headers = vec![("content-type".to_owned(), kind)];
        assert!(shape(&response).chars().count() < 100);
    }
}
