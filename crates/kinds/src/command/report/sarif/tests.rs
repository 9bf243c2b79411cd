use super::*;

fn fixture(text: &str) -> Scan {
    read(text.as_bytes()).unwrap()
}

fn run(run: &str) -> Scan {
    fixture(&format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"T"}}}},{run}}}]}}"#
    ))
}

#[test]
fn a_result_without_a_level_is_no_mere_warning() {
    let scan = fixture(include_str!("../../fixtures/leaks.sarif"));
    assert_eq!((scan.runs, scan.problems.len()), (1, 1));
    let problem = &scan.problems[0];
    assert_eq!(problem.severity, Severity::Medium);
    assert_eq!(problem.rule, "generic-api-key");
    assert_eq!(problem.identity, "0a1b");
    let place = problem.place.as_ref().unwrap();
    assert_eq!(
        (place.file.as_str(), place.line, place.column),
        ("src/config.ts", 3, 15)
    );
}

#[test]
fn what_counts_and_how_bad_it_is() {
    let scan = fixture(include_str!("../../fixtures/scanner.sarif"));
    let seen: Vec<(&str, Severity)> = scan
        .problems
        .iter()
        .map(|problem| (problem.message.as_str(), problem.severity))
        .collect();
    assert_eq!(
        seen,
        [
            ("input reaches query", Severity::Critical),
            ("Loose comparison", Severity::Low),
            ("Refused", Severity::Critical),
            ("By the way", Severity::Low),
        ]
    );
    assert_eq!(scan.suppressed, 1);
    assert_eq!(scan.problems[0].help, "Bind the value.");
}

#[test]
fn places_are_resolved_against_their_bases() {
    let scan = fixture(include_str!("../../fixtures/scanner.sarif"));
    let file = |number: usize| {
        scan.problems[number]
            .place
            .as_ref()
            .map(|place| place.file.as_str())
    };
    assert_eq!(file(0), Some("/srv/portal/app/db.ts"));
    assert_eq!(file(1), Some("src/by index.ts"));
    assert_eq!(file(2), None);
}

#[test]
fn bases_that_name_each_other_end() {
    let scan = run(
        r#""originalUriBaseIds":{"A":{"uriBaseId":"B"},"B":{"uriBaseId":"A"}},"results":[{"message":{"text":"x"},
        "locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.ts","uriBaseId":"A"}}}]}]"#,
    );
    assert_eq!(scan.problems[0].place.as_ref().unwrap().file, "a.ts");
}

#[test]
fn placeholders_are_filled_in_once() {
    let message = |text: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(|&argument| argument.into()).collect();
        let text = Some(text.to_owned());
        let id = None;
        Message {
            text,
            id,
            arguments,
        }
        .plain(None)
    };
    assert_eq!(
        message("{1} in {0}, {2} {x} {", &["{1}", "b"]),
        "b in {1}, {2} {x} {"
    );
    let growing: Vec<String> = (1..64)
        .map(|next| format!("{{{next}}}{{{next}}}"))
        .collect();
    let growing: Vec<&str> = growing.iter().map(String::as_str).collect();
    assert_eq!(message("{0}", &growing), "{1}{1}");
    let long = "x".repeat(1000);
    assert!(message(&"{0}".repeat(1000), &[&long]).len() < 100_000);
}

#[test]
fn a_scanner_that_failed_or_looked_at_nothing_is_no_evidence() {
    let failed = run(
        r#""results":[],"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[{"message":{"text":"out of memory"}}]}]"#,
    );
    assert_eq!(failed.failed, ["T says that it failed: out of memory"]);
    assert_eq!(
        run(r#""results":null"#).failed,
        ["T lists no results, not even none"]
    );
    assert!(run(r#""results":[]"#).failed.is_empty());
    assert_eq!(fixture(r#"{"version":"2.1.0","runs":[]}"#).runs, 0);
}

#[test]
fn what_is_no_report_is_refused() {
    assert_eq!(read(b""), Err(ReportFault::Empty));
    for bad in [
        "{",
        "[]",
        r#"{"version":"1.0.0","runs":[]}"#,
        r#"{"runs":[]}"#,
    ] {
        assert!(
            matches!(read(bad.as_bytes()), Err(ReportFault::Broken(_))),
            "{bad}"
        );
    }
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes()).is_err());
}

proptest::proptest! {
    #[test]
    fn garbage_never_panics(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_address_is_a_path_or_none(uri in ".*") {
        let _ = local_path(&uri);
    }
}
