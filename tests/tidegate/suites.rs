//! Suites and scanners as checks: what they write becomes findings, and silence is never a pass.

use crate::support::{Project, Ran, codes};

/// A run of one command with what its script prints and writes.
fn run_command(settings: &str, script: &str) -> (Ran, serde_json::Value) {
    let checks = format!("  suite:\n    command: {{ run: sh suite.sh, {settings} }}\n");
    let project = Project::checking("http://127.0.0.1:9", &checks);
    project.write("suite.sh", script);
    project.write(
        "old.xml",
        r#"<testsuite tests="1"><testcase name="a"/></testsuite>"#,
    );
    project.run(&["--no-preflight"])
}

#[test]
fn a_report_becomes_findings_and_a_missing_one_is_no_pass() {
    const JUNIT: &str = r#"cat > new.xml <<'END'
<testsuite name="totals" tests="2" failures="1">
  <testcase name="adds"/>
  <testcase name="sums" file="src/sums.js" line="7"><failure message="expected 4200"/></testcase>
</testsuite>
END
"#;
    const TAP: &str =
        "echo 'TAP version 13'; echo '1..2'; echo 'ok 1 - adds'; echo 'not ok 2 - sums'";
    const SARIF: &str = r#"cat > new.sarif <<'END'
{ "version": "2.1.0", "runs": [{ "tool": { "driver": { "name": "scan" } }, "results": [
  { "ruleId": "key", "level": "error", "message": { "text": "a key in the source" },
    "locations": [{ "physicalLocation": { "artifactLocation": { "uri": "src/a.js" }, "region": { "startLine": 3 } } }] }
] }] }
END
"#;
    const GREEN: &str =
        "echo '<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>' > new.xml";
    let cases: &[(&str, &str, i32, &[&str])] = &[
        ("junit: new.xml", GREEN, 0, &[]),
        ("junit: new.xml", JUNIT, 1, &["command/failed-test"]),
        ("tap: \"-\"", TAP, 1, &["command/failed-test"]),
        ("sarif: new.sarif", SARIF, 1, &["command/sarif-result"]),
        ("junit: new.xml", "true", 1, &["command/no-report"]),
        ("junit: old.xml", "true", 1, &["command/stale-report"]),
        (
            "junit: new.xml",
            "echo '<testsuite><testc' > new.xml",
            1,
            &["command/broken-report"],
        ),
        (
            "junit: new.xml, min-tests: 2",
            GREEN,
            1,
            &["command/too-few-tests"],
        ),
        ("success: [0]", "exit 4", 1, &["command/exit"]),
        ("success: [4]", "exit 4", 0, &[]),
        ("limit: 300ms", "sleep 60", 1, &["command/timed-out"]),
        (
            "junit: new.xml",
            "echo '<testsuite tests=\"0\"/>' > new.xml",
            3,
            &[],
        ),
        (
            "success: [0]",
            "test \"$TIDEGATE_URL\" = http://127.0.0.1:9",
            0,
            &[],
        ),
    ];
    for (settings, script, code, expected) in cases {
        let (ran, report) = run_command(settings, script);
        ran.expect(*code);
        assert_eq!(codes(&report), *expected, "{settings}: {script}");
    }
}

#[test]
fn a_failure_stands_at_its_line_in_the_project() {
    let script = "echo '<testsuite tests=\"1\" failures=\"1\"><testcase name=\"sums\" file=\"suite.sh\" line=\"1\"><failure/></testcase></testsuite>' > new.xml";
    let (ran, report) = run_command("junit: new.xml", script);
    ran.expect(1).says("suite.sh:1").says("tidegate.yaml:7");
    let location = &report["results"][0]["findings"][0]["location"];
    assert_eq!(
        (&location["file"], &location["line"]),
        (&"suite.sh".into(), &1.into())
    );
}

#[test]
fn what_a_suite_prints_is_shown_without_secrets() {
    let checks = "  suite:\n    command: { run: 'echo \"token $TOKEN\"; exit 1', environment: { TOKEN: \"${TOKEN}\" } }\n";
    let project = Project::checking("http://127.0.0.1:9", checks);
    let mut run = project.command(&["run", "--no-preflight"]);
    let output = run.env("TOKEN", "kept-to-itself").output();
    Ran::of(output.expect("the binary runs"))
        .expect(1)
        .says("command/exit")
        .never_says("kept-to-itself");
}
