//! What a program reported of one portal.

use std::collections::BTreeMap;

use serde_json::Value;

/// How often each sort of finding was reported.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Found(BTreeMap<String, u64>);

impl Found {
    /// Reads Tidegate's report: the codes of its findings, and what stopped it before.
    pub(super) fn by_tidegate(report: &Value) -> Self {
        let results = report["results"].as_array().into_iter().flatten();
        let findings = results.flat_map(|one| one["findings"].as_array().into_iter().flatten());
        let stopped = report.get("preflight").into_iter();
        let codes = findings
            .chain(stopped)
            .filter_map(|one| one["code"].as_str());
        let mut found = Self::default();
        for code in codes {
            *found.0.entry(code.to_owned()).or_default() += 1;
        }
        found
    }

    /// Reads schemathesis' report: the codes and titles of its failures.
    pub(super) fn by_schemathesis(report: &Value) -> Self {
        let failures = report["failures"].as_array().into_iter().flatten();
        let of = |failure: &Value| {
            let (code, title) = (failure["code"].as_str()?, failure["title"].as_str()?);
            Some((format!("{code} {title}"), failure["count"].as_u64()?))
        };
        Self(failures.filter_map(of).collect())
    }

    /// The findings whose name begins with one of these, and the others.
    pub(super) fn parted(&self, named: &[&str]) -> (Self, Self) {
        let (yes, no) = self
            .0
            .clone()
            .into_iter()
            .partition(|(name, _)| named.iter().any(|begin| name.starts_with(begin)));
        (Self(yes), Self(no))
    }

    /// Whether nothing was reported.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each name with its count, or a dash.
    pub(super) fn show(&self) -> String {
        if self.is_empty() {
            return "–".to_owned();
        }
        let each = self.0.iter().map(|(name, count)| match count {
            1 => name.clone(),
            count => format!("{name} ×{count}"),
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn our_codes_are_counted_over_all_checks() {
        let report = json!({ "results": [
            { "findings": [{ "code": "a/x" }, { "code": "a/x" }] },
            { "findings": [{ "code": "b/y" }] },
        ] });
        assert_eq!(Found::by_tidegate(&report).show(), "a/x ×2, b/y");
        let stopped = json!({ "preflight": { "code": "preflight/login" } });
        assert_eq!(Found::by_tidegate(&stopped).show(), "preflight/login");
    }

    #[test]
    fn the_peers_failures_are_parted_by_what_they_name() {
        let report = json!({ "failures": [
            { "code": "ST108", "title": "Response violates schema", "count": 5 },
            { "code": "ST202", "title": "Schema-valid request rejected", "count": 1 },
        ] });
        let (named, other) = Found::by_schemathesis(&report).parted(&["ST108"]);
        assert_eq!(named.show(), "ST108 Response violates schema ×5");
        assert_eq!(other.show(), "ST202 Schema-valid request rejected");
        assert_eq!(Found::by_schemathesis(&json!({})).show(), "–");
    }
}
