//! A good and a bad case for every code, run with real processes.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::codes::META;
use super::testing::Project;

const PASSING: &str = "<testsuite name='s'><testcase name='a'/><testcase name='b'/></testsuite>";
const FAILING: &str = "<testsuite name='s'><testcase name='a'/><testcase name='b'><failure message='no'/></testcase></testsuite>";
const SKIPPING: &str =
    "<testsuite name='s'><testcase name='a'/><testcase name='b'><skipped/></testcase></testsuite>";
const FLAKY: &str =
    "<testsuite name='s'><testcase name='a'><flakyFailure message='once'/></testcase></testsuite>";
const LEAK: &str = include_str!("fixtures/leaks.sarif");
const CLEAN: &str =
    r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"gitleaks"}},"results":[]}]}"#;

/// A code, a config that raises it and nothing else, and one like it that raises nothing.
struct Case {
    code: &'static str,
    bad: Json,
    good: Json,
}

fn cases() -> Vec<Case> {
    let suite = |name: &str| json!({ "run": format!("cp {name}.xml out.xml"), "junit": "out.xml" });
    let scan =
        |name: &str| json!({ "run": format!("cp {name}.sarif out.sarif"), "sarif": "out.sarif" });
    let with = |mut config: Json, key: &str, value: Json| {
        config[key] = value;
        config
    };
    let case = |code, bad, good| Case { code, bad, good };
    vec![
        case("command/failed-test", suite("failing"), suite("passing")),
        case("command/flaky-test", suite("flaky"), suite("passing")),
        case(
            "command/skipped-test",
            with(suite("skipping"), "allow-skipped", json!(false)),
            suite("skipping"),
        ),
        case(
            "command/too-few-tests",
            with(suite("passing"), "min-tests", json!(3)),
            with(suite("passing"), "min-tests", json!(2)),
        ),
        case(
            "command/exit",
            json!({ "run": "exit 3" }),
            json!({ "run": "exit 3", "success": [0, 3] }),
        ),
        case(
            "command/no-report",
            json!({ "run": "true", "junit": "out.xml" }),
            suite("passing"),
        ),
        case(
            "command/stale-report",
            json!({ "run": "true", "junit": "passing.xml" }),
            json!({ "run": "touch passing.xml", "junit": "passing.xml" }),
        ),
        case(
            "command/broken-report",
            json!({ "run": "printf '1..2\\nok 1\\n'", "tap": "-" }),
            json!({ "run": "printf '1..2\\nok 1\\nok 2\\n'", "tap": "-" }),
        ),
        case(
            "command/not-started",
            json!({ "run": "tidegate-has-no-such-program" }),
            json!({ "run": "true" }),
        ),
        case(
            "command/timed-out",
            json!({ "run": "sleep 60", "limit": "50ms" }),
            json!({ "run": "true", "limit": "1h" }),
        ),
        case("command/sarif-result", scan("leak"), scan("clean")),
    ]
}

fn project() -> Project {
    Project::with(&[
        ("passing.xml", PASSING),
        ("failing.xml", FAILING),
        ("skipping.xml", SKIPPING),
        ("flaky.xml", FLAKY),
        ("leak.sarif", LEAK),
        ("clean.sarif", CLEAN),
    ])
}

#[test]
fn every_code_has_a_bad_and_a_good_case() {
    let listed: BTreeSet<&str> = cases().iter().map(|case| case.code).collect();
    let declared: BTreeSet<&str> = META.codes.iter().map(|info| info.code.as_str()).collect();
    assert_eq!(listed, declared);
}

#[test]
fn bad_cases_raise_their_code_and_good_ones_nothing() {
    for case in cases() {
        let codes = |config: &Json| -> Vec<String> {
            let report = project().run(config);
            assert!(report.evaluated > 0, "{config}");
            assert_eq!(report.inconclusive, None, "{config}");
            report
                .findings
                .iter()
                .map(|finding| finding.code.to_string())
                .collect()
        };
        assert_eq!(codes(&case.bad), [case.code], "{}", case.bad);
        assert_eq!(codes(&case.good), Vec::<String>::new(), "{}", case.good);
    }
}
