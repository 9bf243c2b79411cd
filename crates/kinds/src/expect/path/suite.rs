//! The JSONPath Compliance Test Suite of RFC 9535; `tests/specifications/jsonpath-suite.sh` puts it
//! where `TIDEGATE_JSONPATH_SUITE` says.

use serde::Deserialize;
use serde_json::Value as Json;
use tidegate_core::span::{Source, Span};

use super::Path;

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    selector: String,
    #[serde(default)]
    invalid_selector: bool,
    #[serde(default)]
    document: Json,
    result: Option<Vec<Json>>,
    /// Any of these, where the order is left open.
    #[serde(default)]
    results: Vec<Vec<Json>>,
}

#[test]
fn every_case_of_the_suite_leads_where_it_says() {
    let Ok(folder) = std::env::var("TIDEGATE_JSONPATH_SUITE") else {
        eprintln!(
            "SKIPPED: TIDEGATE_JSONPATH_SUITE names no folder; fill one with `tests/specifications/jsonpath-suite.sh FOLDER`"
        );
        return;
    };
    let bytes = std::fs::read(std::path::Path::new(&folder).join("cts.json")).unwrap();
    let suite: Suite = serde_json::from_slice(&bytes).unwrap();
    let wrong: Vec<&str> = suite
        .tests
        .iter()
        .filter(|case| !passes(case))
        .map(|case| &*case.name)
        .collect();
    eprintln!("{} cases, {} of them wrong", suite.tests.len(), wrong.len());
    assert_eq!(wrong, Vec::<&str>::new());
    // The suite only grows.
    assert!(suite.tests.len() >= 703, "{} cases", suite.tests.len());
}

fn passes(case: &Case) -> bool {
    let source = Source::new("tidegate.yaml", &*case.selector);
    let span = Span::new(source, 0, case.selector.len());
    match Path::parse(&case.selector, &span) {
        Err(_) => case.invalid_selector,
        Ok(path) => {
            let found: Vec<Json> = path.all(&case.document).into_iter().cloned().collect();
            let singular = !path.is_singular() || found.len() <= 1;
            let mut expected = case.result.iter().chain(&case.results);
            !case.invalid_selector && singular && expected.any(|one| *one == found)
        }
    }
}
