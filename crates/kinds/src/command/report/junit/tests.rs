use super::*;

fn place(failure: &Failure) -> (&str, usize) {
    (&failure.places[0].file, failure.places[0].line)
}

fn fixture(text: &str) -> Tests {
    let tests = read(text.as_bytes()).unwrap();
    assert_eq!(tests.faults, Vec::<String>::new());
    tests
}

fn counts(tests: &Tests) -> (u32, u32, usize) {
    (tests.passed, tests.skipped, tests.failures.len())
}

#[test]
fn nextest_repeats_are_flaky_passes_or_one_failure() {
    let tests = fixture(include_str!("../../fixtures/nextest.xml"));
    assert_eq!(counts(&tests), (2, 0, 1));
    assert_eq!(tests.flaky, ["portal › records::lists"]);
    let failure = &tests.failures[0];
    assert_eq!(failure.name, "portal › records::totals");
    assert_eq!(place(failure), ("src/totals.rs", 12));
    assert!(failure.details.contains("right: 42"));
    assert!(!failure.details.contains("again"));
}

#[test]
fn an_unfinished_test_of_node_may_fail() {
    let case = |kind: &str| {
        format!(
            "<testsuites><testcase name='a'><skipped type='{kind}'/><failure message='x'/></testcase></testsuites>"
        )
    };
    assert_eq!(counts(&fixture(&case("todo"))), (0, 1, 0));
    assert_eq!(counts(&fixture(&case("skipped"))), (0, 0, 1));
}

#[test]
fn playwright_names_the_file_in_the_class() {
    let tests = fixture(include_str!("../../fixtures/playwright.xml"));
    assert_eq!(counts(&tests), (1, 1, 1));
    let failure = &tests.failures[0];
    assert_eq!(failure.name, "login.spec.ts › billing › shows the plan");
    assert_eq!(failure.file.as_deref(), Some("login.spec.ts"));
    assert!(
        failure
            .places
            .iter()
            .any(|place| place.file == "/builds/acme/e2e/login.spec.ts" && place.line == 25)
    );
}

#[test]
fn vitest_jest_pytest_surefire_and_googletest_are_understood() {
    let vitest = fixture(include_str!("../../fixtures/vitest.xml"));
    assert_eq!(counts(&vitest), (1, 0, 1));
    assert_eq!(
        vitest.failures[0].name,
        "src/price.test.ts › price > adds tax"
    );
    assert_eq!(place(&vitest.failures[0]), ("src/price.test.ts", 7));

    let jest = fixture(include_str!("../../fixtures/jest.xml"));
    assert_eq!(counts(&jest), (1, 0, 1));
    assert_eq!(jest.failures[0].name, "cart empties");
    assert_eq!(place(&jest.failures[0]), ("src/cart.test.js", 14));
    assert_eq!(
        jest.failures[0].message,
        "Error: expect(received).toHaveLength(expected)"
    );

    let pytest = fixture(include_str!("../../fixtures/pytest.xml"));
    assert_eq!(counts(&pytest), (1, 1, 2));
    assert_eq!(place(&pytest.failures[0]), ("tests/test_money.py", 9));
    assert_eq!(
        place(&pytest.failures[1]),
        ("/srv/app/tests/test_broken.py", 4)
    );

    let surefire = fixture(include_str!("../../fixtures/surefire.xml"));
    assert_eq!(counts(&surefire), (1, 1, 1));
    assert_eq!(surefire.failures[0].name, "shop.OrderTest › refunds");
    assert_eq!(place(&surefire.failures[0]), ("OrderTest.java", 31));

    let google = fixture(include_str!("../../fixtures/gtest.xml"));
    assert_eq!(counts(&google), (1, 1, 1));
    assert_eq!(google.failures[0].file.as_deref(), Some("sum_test.cc"));
}

#[test]
fn a_failure_of_a_suite_and_one_that_is_only_counted_are_not_lost() {
    let beside =
        fixture("<testsuite name='s' errors='1'><error message='cannot compile'/></testsuite>");
    assert_eq!(beside.failures[0].name, "s › the suite itself");
    assert_eq!(beside.failures[0].message, "cannot compile");
    let counted = "<testsuites failures='2'><testsuite name='s' failures='2'><testcase name='a'/></testsuite></testsuites>";
    let tests = read(counted.as_bytes()).unwrap();
    assert_eq!(tests.faults, ["it counts 2 failures in `s` and lists 0"]);
    let called = fixture("<testsuite failures='1'><testcase name='a' status='fail'/></testsuite>");
    assert_eq!(called.failures.len(), 1);
}

#[test]
fn no_entity_is_expanded_and_no_document_type_accepted() {
    let laughs = r#"<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "ha">]><testsuite><testcase name="&b;"/></testsuite>"#;
    assert!(
        matches!(read(laughs.as_bytes()), Err(ReportFault::Broken(text)) if text.contains("document type"))
    );
    let unknown = "<testsuite><testcase name='&b;'><failure>&b;&lt;&#65;&#x1b;[1m</failure></testcase></testsuite>";
    let tests = fixture(unknown);
    assert_eq!(tests.failures[0].name, "&b;");
    assert_eq!(tests.failures[0].details, "&b;<A");
}

#[test]
fn what_is_no_report_is_refused() {
    assert_eq!(read(b" \n"), Err(ReportFault::Empty));
    let ends = b"<testsuites><testsuite name='s'><testcase name='a'/>";
    for bad in [
        &b"<html></html>"[..],
        b"not XML",
        b"{}",
        ends,
        b"<testsuite><testcase></testsuite>",
        b"\xff\xfe<\0",
    ] {
        let read = read(bad);
        assert!(
            matches!(&read, Err(ReportFault::Broken(_))),
            "{}: {read:?}",
            String::from_utf8_lossy(bad)
        );
    }
}

#[test]
fn counts_that_no_number_holds_are_read_as_the_largest() {
    let most = u64::MAX;
    let suite = format!("<testsuite failures='{most}'/>");
    let text = format!("<testsuites>{suite}{suite}<error/></testsuites>");
    let report = read(text.as_bytes()).unwrap();
    assert_eq!((report.failures.len(), report.faults.len()), (1, 2));
}

#[test]
fn a_suite_without_tests_is_read_as_one() {
    assert_eq!(counts(&fixture("<testsuites/>")), (0, 0, 0));
}

proptest::proptest! {
    #[test]
    fn garbage_never_panics(bytes: Vec<u8>) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_cut_report_is_never_a_pass(cut in 1usize..1400) {
        let whole = include_str!("../../fixtures/nextest.xml").trim_end();
        let cut = whole.floor_char_boundary(cut.min(whole.len() - 1));
        proptest::prop_assert!(read(&whole.as_bytes()[..cut]).is_err());
    }

    #[test]
    fn near_reports_never_panic(text in "(<(/?(testsuites?|testcase|failure|error|skipped)|!\\[CDATA\\[)( (name|file|line|failures)='[0-9a&;]{0,4}')?/?>|\\]\\]>|[a-z&;:.0-9]{0,5}){0,20}") {
        let _ = read(text.as_bytes());
    }
}
