use super::*;

fn fixture(text: &str) -> Tests {
    let tests = read(text.as_bytes()).unwrap();
    assert_eq!(tests.faults, Vec::<String>::new());
    tests
}

fn counts(tests: &Tests) -> (u32, u32, usize) {
    (tests.passed, tests.skipped, tests.failures.len())
}

fn faults(text: &str) -> Vec<String> {
    read(text.as_bytes()).unwrap().faults
}

#[test]
fn subtests_of_node_count_once_and_keep_their_place() {
    let tests = fixture(include_str!("../../fixtures/node.tap"));
    assert_eq!(counts(&tests), (2, 0, 1));
    let failure = &tests.failures[0];
    assert_eq!(failure.name, "invoices › are summed");
    assert_eq!(failure.message, "Expected values to be strictly equal:");
    assert_eq!(failure.places[0].line, 8);
    assert_eq!(
        failure.places[0].file,
        "/home/ci/portal/test/invoices.test.js"
    );
}

#[test]
fn directives_and_subtests_of_prove_are_understood() {
    let tests = fixture(include_str!("../../fixtures/prove.tap"));
    assert_eq!(counts(&tests), (3, 2, 1));
    assert_eq!(tests.failures[0].name, "closes");
    assert_eq!(tests.failures[0].places[0].file, "t/door.t");
    assert_eq!(tests.failures[0].places[0].line, 17);
}

#[test]
fn diagnostics_name_file_and_line() {
    let tests = fixture(include_str!("../../fixtures/diagnostics.tap"));
    assert_eq!(tests.failures[0].message, "disk is full");
    let place = &tests.failures[0].places[0];
    assert_eq!(
        (place.file.as_str(), place.line, place.column),
        ("lib/store.rb", 44, 7)
    );
}

#[test]
fn a_test_that_must_not_fail_is_not_excused_by_a_skip() {
    let tests = fixture("1..2\nnot ok 1 # SKIP no time\nok 2 \\# skip is no directive");
    assert_eq!(counts(&tests), (1, 0, 1));
}

#[test]
fn a_report_that_stops_half_way_is_incomplete() {
    assert_eq!(faults("1..3\nok 1\nok 2"), ["it plans 3 tests and lists 2"]);
    assert_eq!(
        faults("ok 1\nok 2"),
        ["it has no plan, as if its writer had been stopped"]
    );
    assert_eq!(
        faults("1..2\nok 1\nBail out! no database\n")[0],
        "the suite bailed out: no database"
    );
    assert_eq!(
        faults("1..2\nok 1\nok 1")[0],
        "test number 1 is there twice"
    );
    assert_eq!(
        faults("1..2\nok 1\nok 3"),
        ["it lists a test beyond the 2 of its plan"]
    );
    assert_eq!(
        faults("1..1\n    # Subtest: a\n    1..2\n    ok 1\nok 1"),
        ["in `a` it plans 2 tests and lists 1"]
    );
}

#[test]
fn a_failing_parent_of_passing_subtests_fails_itself() {
    let tests = fixture("    ok 1 - inner\n    1..1\nnot ok 1 - outer\n1..1");
    assert_eq!(counts(&tests), (1, 0, 1));
    assert_eq!(tests.failures[0].name, "outer");
}

#[test]
fn a_subtest_that_failed_under_a_passing_parent_still_fails() {
    let tests = fixture("    not ok 1 - inner\n    1..1\nok 1 - outer\n1..1");
    assert_eq!(counts(&tests), (0, 0, 1));
}

#[test]
fn what_is_no_tap_is_passed_over() {
    assert_eq!(read(b""), Err(ReportFault::Empty));
    assert_eq!(read(b"okay then\nnot okay\nhello"), Err(ReportFault::Empty));
    assert_eq!(
        counts(&fixture("noise\n1..1\nmore ok noise\nok 1 - a\n")),
        (1, 0, 0)
    );
    assert_eq!(counts(&fixture("1..0 # SKIP no browser")), (0, 0, 0));
}

#[test]
fn a_message_is_no_order_and_a_column_counts_from_one() {
    let text = "1..1\nnot ok 1 - a\n  ---\n  message: '::error::b'\n  file: a.rb\n  line: 2\n  column: 0\n  ...\n";
    let report = read(text.as_bytes()).unwrap();
    let failure = &report.failures[0];
    assert_eq!(failure.message, ": :error::b");
    assert_eq!((failure.places[0].line, failure.places[0].column), (2, 1));
}

proptest::proptest! {
    #[test]
    fn garbage_never_panics(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    #[test]
    fn near_tap_never_panics(text in "(( {0,9}(ok|not ok|1\\.\\.[0-9]{1,30}|# Subtest: a|---|\\.\\.\\.|Bail out!|file: x|line: 0)( [0-9]{0,30})?( - a)?( # (TODO|SKIP))?)?\n){0,20}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn a_failure_is_never_lost(failing in 1usize..20, all in 20usize..30) {
        let lines: String = (1..=all)
            .map(|number| format!("{}ok {number}\n", if number == failing { "not " } else { "" }))
            .collect();
        let tests = read(format!("1..{all}\n{lines}").as_bytes()).unwrap();
        proptest::prop_assert_eq!(tests.failures.len(), 1);
        proptest::prop_assert_eq!(tests.passed as usize, all - 1);
    }
}
