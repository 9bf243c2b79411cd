use super::testing::{Bench, evidence};

#[test]
fn a_key_that_the_change_brings_is_found_where_it_stands() {
    let bench = Bench::new().both("README.md", "nothing here").head(
        "src/pay.ts",
        "\nconst key = 'sk_live~_4eC39HqLyjWDarjtT1zdp8dc';\n",
    );
    let report = bench.run("site: false");
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    assert_eq!(
        super::testing::told(finding),
        "secrets/stripe-secret-key src/pay.ts:2"
    );
    assert_eq!(
        evidence(finding, "first seen"),
        Some("commit 4ead00000000 by Anna on 2026-03-02")
    );
}

#[test]
fn a_key_that_was_there_before_is_no_finding_until_visitors_get_it() {
    let text = "const key = 'sk_live~_4eC39HqLyjWDarjtT1zdp8dc';\n";
    let bench = Bench::new().both("src/pay.ts", text);
    assert!(bench.found("site: false").is_empty());
    let served = bench.file("dist/app.js", text);
    assert_eq!(
        served.found("site: false"),
        ["secrets/stripe-secret-key dist/app.js:1"]
    );
    let site = served
        .page("/", "<script src=/app.js></script>")
        .page("/app.js", text);
    assert_eq!(
        site.found("build: []"),
        ["secrets/stripe-secret-key tidegate.yaml:1"]
    );
}
