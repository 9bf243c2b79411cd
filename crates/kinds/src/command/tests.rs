use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate_core::check::{CheckReport, Doubt};
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;

use super::kind;
use super::testing::{Project, SECRET, faults, forecast};

fn codes(report: &CheckReport) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn evidence<'f>(finding: &'f Finding, label: &str) -> &'f str {
    let found = finding
        .evidence
        .iter()
        .find(|evidence| evidence.label == label);
    found.map_or("", |evidence| evidence.text.as_str())
}

#[test]
fn the_exit_code_alone_decides_without_a_report() {
    let project = Project::new();
    let passed = project.run(&json!({ "run": "echo fine" }));
    assert_eq!((codes(&passed).len(), passed.evaluated), (0, 1));
    let failed = project.run(&json!({ "run": "echo '::error::why'; exit 2" }));
    assert_eq!(codes(&failed), ["command/exit"]);
    assert!(failed.findings[0].title.ends_with("ended with exit code 2"));
    assert_eq!(evidence(&failed.findings[0], "output"), ": :error::why");
    let killed = project.run(&json!({ "run": "kill -KILL $$" }));
    assert_eq!(codes(&killed), ["command/exit"]);
    assert!(killed.findings[0].title.contains("signal"));
}

#[test]
fn the_command_finds_its_target_and_its_secrets_in_the_environment() {
    let project = Project::new();
    project.write("sub/here", "");
    let config = json!({
        "run": "test -f here && echo \"$TIDEGATE_URL $TIDEGATE_ENVIRONMENT $TIDEGATE_RUN_MARK $TOKEN $MARK ${SUITE_TOKEN}\" | tee ../seen; exit 9",
        "directory": "./sub/",
        "environment": { "TOKEN": "${SUITE_TOKEN}", "MARK": "${unique}-x" },
    });
    let report = project.run(&config);
    let seen = std::fs::read_to_string(project.root().join("seen")).unwrap();
    assert_eq!(
        seen.trim(),
        format!(
            "http://127.0.0.1:4000 local tidegate-00000001 {SECRET} tidegate-00000001-a-x {SECRET}"
        )
    );
    let all = format!("{report:?}");
    assert!(!all.contains(SECRET));
    assert!(all.contains("[SUITE_TOKEN]"));
    assert_eq!(forecast(&config).secrets, ["SUITE_TOKEN"]);
}

#[test]
fn a_secret_that_is_not_set_is_an_error_at_its_line() {
    let error = Project::new()
        .try_run(&json!({ "run": "echo ${NOT_THERE}" }))
        .unwrap_err();
    assert!(error.message.contains("NOT_THERE"));
    assert!(error.location.is_some());
}

#[test]
fn failed_tests_stand_at_their_line_in_the_project() {
    let project = Project::with(&[
        ("made.xml", include_str!("fixtures/pytest.xml")),
        ("tests/test_money.py", ""),
        ("tests/test_broken.py", ""),
    ]);
    let report =
        project.run(&json!({ "run": "cp made.xml out.xml; exit 1", "junit": "./out.xml" }));
    assert_eq!(codes(&report), ["command/failed-test"; 2]);
    let places: Vec<(&str, usize)> = report
        .findings
        .iter()
        .map(|finding| (finding.location.file.as_str(), finding.location.line))
        .collect();
    assert_eq!(
        places,
        [("tests/test_money.py", 9), ("tests/test_broken.py", 4)]
    );
    let first = &report.findings[0];
    assert_eq!(
        first.title,
        "the test `tests.test_money › test_vat` failed: assert 19 == 20"
    );
    assert_eq!(first.related[0].location.file, "tidegate.yaml");
    assert!(evidence(first, "failure").contains("vat(100) == 20"));
    assert_eq!(report.evaluated, 3);
    assert_eq!(
        report.notes,
        ["`cp made.xml out.xml; exit 1`: 1 passed, 2 failed, 1 skipped"]
    );
}

#[test]
fn absolute_paths_containers_and_hidden_folders_lead_to_the_file() {
    let project = Project::with(&[("e2e/login.spec.ts", ""), ("web/src/price.test.ts", "")]);
    project.write("made.xml", include_str!("fixtures/playwright.xml"));
    let config = json!({ "run": "cp made.xml out.xml", "junit": "out.xml" });
    let location = |report: &CheckReport| {
        let location = &report.findings[0].location;
        (location.file.clone(), location.line)
    };
    assert_eq!(
        location(&project.run(&config)),
        ("e2e/login.spec.ts".into(), 25)
    );

    let absolute = project.root().join("e2e/login.spec.ts");
    let text = format!(
        "<testsuite><testcase name='a'><failure>at {}:3:1</failure></testcase></testsuite>",
        absolute.display()
    );
    project.write("made.xml", &text);
    assert_eq!(
        location(&project.run(&config)),
        ("e2e/login.spec.ts".into(), 3)
    );

    project.write("made.xml", include_str!("fixtures/vitest.xml"));
    let config =
        json!({ "run": "cp ../made.xml ../out.xml", "junit": "out.xml", "directory": "web" });
    assert_eq!(
        location(&project.run(&config)),
        ("web/src/price.test.ts".into(), 7)
    );
}

#[test]
fn a_test_whose_file_is_unknown_stands_at_the_command() {
    let project = Project::with(&[("made.xml", include_str!("fixtures/nextest.xml"))]);
    let report = project.run(&json!({ "run": "cp made.xml out.xml", "junit": "out.xml" }));
    assert_eq!(
        codes(&report),
        ["command/failed-test", "command/flaky-test"]
    );
    assert_eq!(report.findings[0].location.file, "tidegate.yaml");
}

#[test]
fn a_report_that_leads_outside_names_no_file() {
    let project = Project::with(&[(
        "made.xml",
        "<testsuite><testcase name='a' file='../../etc/passwd' line='1'><failure/></testcase></testsuite>",
    )]);
    let report = project.run(&json!({ "run": "cp made.xml out.xml", "junit": "out.xml" }));
    assert_eq!(report.findings[0].location.file, "tidegate.yaml");
}

#[test]
fn without_a_usable_report_the_exit_code_is_the_finding() {
    let project = Project::with(&[("old.xml", "<testsuite><testcase name='a'/></testsuite>")]);
    for config in [
        json!({ "run": "exit 1", "junit": "none.xml" }),
        json!({ "run": "exit 1", "junit": "old.xml" }),
        json!({ "run": "printf '<testsuite>' > cut.xml; exit 1", "junit": "cut.xml" }),
    ] {
        let report = project.run(&config);
        assert_eq!(codes(&report), ["command/exit"], "{config}");
        assert_ne!(evidence(&report.findings[0], "report"), "");
    }
}

#[test]
fn an_empty_or_damaged_report_is_never_a_pass() {
    let project = Project::new();
    for (written, code) in [
        ("", "command/no-report"),
        ("<testsuite><testcase name='a'/>", "command/broken-report"),
        ("hello", "command/broken-report"),
        (
            "<testsuite failures='1'><testcase name='a'/></testsuite>",
            "command/broken-report",
        ),
    ] {
        project.write("made", written);
        let report = project.run(&json!({ "run": "cp made out.xml", "junit": "out.xml" }));
        assert_eq!(codes(&report), [code], "{written}");
    }
    let report =
        project.run(&json!({ "run": "head -c 33554433 /dev/zero > out.xml", "junit": "out.xml" }));
    assert_eq!(codes(&report), ["command/broken-report"]);
    assert!(report.findings[0].title.contains("32 MiB"));
}

#[test]
fn a_restored_report_is_stale() {
    let project = Project::with(&[("cached.xml", "<testsuite><testcase name='a'/></testsuite>")]);
    project.age("cached.xml", 3600);
    let report = project.run(&json!({ "run": "cp -p cached.xml out.xml", "junit": "out.xml" }));
    assert_eq!(codes(&report), ["command/stale-report"]);
}

#[test]
fn of_a_glob_the_leftovers_are_left_out_and_said() {
    let failing = include_str!("fixtures/surefire.xml");
    let project = Project::with(&[
        ("reports/Old.xml", failing),
        ("made.xml", "<testsuite><testcase name='a'/></testsuite>"),
    ]);
    let report =
        project.run(&json!({ "run": "cp made.xml reports/New.xml", "junit": "reports/*.xml" }));
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert!(report.notes[0].starts_with("1 older reports were left out"));
    let report = project
        .run(&json!({ "run": "touch reports/Old.xml reports/New.xml", "junit": "reports/*.xml" }));
    assert_eq!(codes(&report), ["command/failed-test"]);
    assert_eq!(report.evaluated, 3);
}

#[test]
fn a_suite_without_tests_is_no_evidence() {
    let project = Project::new();
    for (tap, text) in [
        ("1..0", "ran no test"),
        ("1..0 # SKIP no browser", "ran no test"),
        ("1..1\\nok 1 # SKIP", "skipped its only test"),
    ] {
        let report = project.run(&json!({ "run": format!("printf '{tap}\\n'"), "tap": "-" }));
        assert_eq!(codes(&report), Vec::<&str>::new());
        assert_eq!(report.evaluated, 0);
        let doubt = report.inconclusive.unwrap();
        assert_eq!(doubt.reason, Doubt::NoEvidence);
        assert!(doubt.text.ends_with(text), "{}", doubt.text);
    }
    let failed = project.run(&json!({ "run": "echo 1..0; exit 5", "tap": "-" }));
    assert_eq!(codes(&failed), ["command/exit"]);
}

#[test]
fn a_green_report_does_not_hide_a_bad_exit_code() {
    let project = Project::new();
    let report = project.run(&json!({ "run": "printf '1..1\\nok 1\\n'; exit 1", "tap": "stdout" }));
    assert_eq!(codes(&report), ["command/exit"]);
    assert_eq!(
        evidence(&report.findings[0], "report"),
        "it lists no failure"
    );
    let report = project.run(&json!({ "run": "printf '1..1\\nnot ok 1\\n'", "tap": "stdout" }));
    assert_eq!(codes(&report), ["command/failed-test"]);
}

#[test]
fn mild_results_do_not_hide_a_bad_exit_code() {
    let mild = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[{"level":"note","message":{"text":"x"}}]}]}"#;
    let project = Project::with(&[("mild.sarif", mild)]);
    let run = |line: &str| project.run(&json!({ "run": line, "sarif": "out.sarif" }));
    assert_eq!(
        codes(&run("cp mild.sarif out.sarif")),
        ["command/sarif-result"]
    );
    assert_eq!(
        codes(&run("cp mild.sarif out.sarif; exit 1")),
        ["command/sarif-result", "command/exit"]
    );
}

#[test]
fn scanner_results_stand_at_their_line_without_the_source() {
    let project = Project::with(&[
        ("made.sarif", include_str!("fixtures/leaks.sarif")),
        ("src/config.ts", "\n\nconst key = 'AKIA-not-to-be-shown';\n"),
    ]);
    let report =
        project.run(&json!({ "run": "cp made.sarif out.sarif; exit 1", "sarif": "out.sarif" }));
    assert_eq!(codes(&report), ["command/sarif-result"]);
    let finding = &report.findings[0];
    assert_eq!(
        (
            finding.location.file.as_str(),
            finding.location.line,
            finding.location.column
        ),
        ("src/config.ts", 3, 15)
    );
    assert_eq!(finding.severity, Severity::Medium);
    assert!(!format!("{report:?}").contains("AKIA-not-to-be-shown"));
}

#[test]
fn a_scanner_that_says_it_failed_is_no_evidence() {
    let failed = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"T"}},"results":[],"invocations":[{"executionSuccessful":false}]}]}"#;
    let project = Project::with(&[("made.sarif", failed)]);
    let report = project.run(&json!({ "run": "cp made.sarif out.sarif", "sarif": "out.sarif" }));
    assert_eq!(report.inconclusive.unwrap().text, "T says that it failed");
}

#[test]
fn many_failures_are_summed_up() {
    let project = Project::new();
    let line = "echo 1..60; for n in $(seq 60); do echo \"not ok $n - case $n\"; done";
    let report = project.run(&json!({ "run": line, "tap": "-" }));
    assert_eq!(report.findings.len(), 51);
    let last = &report.findings[50];
    assert!(last.title.starts_with("10 more tests"));
    assert!(evidence(last, "tests").contains("case 60"));
}

#[test]
fn output_that_was_cut_is_no_whole_report() {
    let project = Project::new();
    let report = project.run(&json!({ "run": "printf '1..1\\nok 1\\n'; head -c 2000 /dev/zero | tr '\\0' x", "tap": "-", "output-cap": 1024 }));
    assert_eq!(codes(&report), ["command/broken-report"]);
}

#[test]
fn a_hanging_command_is_ended_and_shows_how_far_it_came() {
    let project = Project::new();
    let report = project
        .run(&json!({ "run": "echo started; sleep 60", "limit": "300ms", "junit": "out.xml" }));
    assert_eq!(codes(&report), ["command/timed-out"]);
    assert_eq!(evidence(&report.findings[0], "output"), "started");
}

#[test]
fn a_command_whose_folder_is_missing_was_not_started() {
    let report = Project::new().run(&json!({ "run": "true", "directory": "nowhere" }));
    assert_eq!(codes(&report), ["command/not-started"]);
    assert!(report.findings[0].advice.contains("directory"));
}

#[test]
fn a_command_writes_unless_it_says_otherwise() {
    let plan = forecast(&json!({ "run": "npx playwright test --token ${SUITE_TOKEN}" }));
    assert_eq!(
        plan.writes,
        ["command: npx playwright test --token ${SUITE_TOKEN}"]
    );
    assert!(
        plan.worst < Duration::from_secs(600),
        "the runner's longest default"
    );
    let plan = forecast(&json!({ "run": "gitleaks dir .", "read-only": true, "limit": "15m" }));
    assert!(plan.writes.is_empty());
    assert!(plan.worst > Duration::from_secs(900));
}

/// Configs with what is wrong with them.
fn bad_configs() -> Vec<(Json, &'static str)> {
    vec![
        (json!({}), "`run` is missing"),
        (json!({ "run": "" }), "there is nothing to run"),
        (
            json!({ "run": "true", "junit": "a.xml", "sarif": "b.sarif" }),
            "a command has one report",
        ),
        (
            json!({ "run": "true", "success": [] }),
            "no exit code counts as a success",
        ),
        (
            json!({ "run": "true", "junit": "a.xml", "min-tests": 0 }),
            "no tests are no evidence",
        ),
        (
            json!({ "run": "true", "output-cap": 12 }),
            "this is outside what may be kept of the output",
        ),
        (
            json!({ "run": "true", "environment": { "A-B": "x" } }),
            "`A-B` is not a name of an environment variable",
        ),
        (json!({ "run": "true", "runs": "x" }), "unknown key `runs`"),
    ]
}

#[test]
fn bad_configs_are_refused_by_the_reader_and_by_the_schema() {
    let schema = jsonschema::validator_for(&kind().schema()).unwrap();
    for (config, message) in bad_configs() {
        let messages: Vec<String> = faults(&config)
            .into_iter()
            .map(|fault| fault.message)
            .collect();
        assert!(
            messages.iter().any(|one| one == message),
            "{config}: {messages:?}"
        );
        assert!(!schema.is_valid(&config), "{config}");
    }
    for (config, message) in [
        (json!({ "run": "echo ${record}" }), "unknown value `record`"),
        (
            json!({ "run": "true", "junit": "-" }),
            "only TAP is read from the output",
        ),
        (
            json!({ "run": "true", "junit": "/tmp/a.xml" }),
            "this is no file below the folder of the gate file",
        ),
        (
            json!({ "run": "true", "junit": "../a.xml" }),
            "this is no file below the folder of the gate file",
        ),
        (
            json!({ "run": "true", "directory": "C:\\x" }),
            "this path is absolute",
        ),
        (
            json!({ "run": "true", "min-tests": 2 }),
            "`min-tests` needs a report that lists tests",
        ),
        (
            json!({ "run": "true", "sarif": "a.sarif", "allow-skipped": true }),
            "`allow-skipped` needs a report that lists tests",
        ),
        (
            json!({ "run": "true", "environment": { "TIDEGATE_URL": "x" } }),
            "`TIDEGATE_URL` is set by Tidegate",
        ),
        (
            json!({ "run": "true", "limit": "0s" }),
            "a command needs some time",
        ),
    ] {
        let faults = faults(&config);
        assert_eq!(faults.len(), 1, "{config}: {faults:?}");
        assert_eq!(faults[0].message, message, "{config}");
        assert!(faults[0].span.is_some());
    }
}

#[test]
fn every_key_is_known_to_the_reader_and_to_the_schema() {
    let config = json!({
        "run": "true", "directory": "web", "environment": { "CI": true, "N": 1, "TOKEN": "${TOKEN}" },
        "tap": "-", "success": [0, 3], "min-tests": 5, "allow-skipped": false, "read-only": true,
        "limit": "5m", "output-cap": 4096,
    });
    let schema = kind().schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&config));
    assert!(faults(&config).is_empty());
    let known: usize = schema["properties"].as_object().unwrap().len();
    // `junit` and `sarif` stand in the place of `tap`.
    assert_eq!(config.as_object().unwrap().len() + 2, known);
}
