use tidegate_core::meta::Severity;

use super::testing::{Bench, evidence, faults};

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

#[test]
fn the_base_is_what_the_ci_system_tells() {
    let bench = Bench::new().variable("GITHUB_BASE_REF", "main");
    let report = bench.run("site: false");
    let note = "0 changed files were compared with `origin/main`";
    assert_eq!(report.notes, [note]);
}

#[test]
fn a_config_that_is_wrong_is_told() {
    for (config, message) in [
        ("pages: [login]", "a page is a path of the site"),
        (
            "without: [stripe-secret-kye]",
            "there is no rule `stripe-secret-kye`",
        ),
        (
            "history-since: main",
            "`history-since` needs `history: true`",
        ),
    ] {
        let faults = faults(config);
        assert!(faults[0].message.contains(message), "{faults:?}");
        assert!(faults[0].help.is_some(), "{config}");
    }
}

#[test]
fn a_source_map_that_cannot_be_read_is_told() {
    let bench = Bench::new()
        .file(
            "dist/a.js",
            "const key = 'sk_live~_4eC39HqLyjWDarjtT1zdp8dc';\n",
        )
        .file("dist/a.js.map", "{\"version\":2}");
    let report = bench.run("site: false");
    assert_eq!(report.findings.len(), 1);
    let note = |note: &String| note.contains("dist/a.js was not looked at whole");
    assert!(report.notes.iter().any(note), "{:?}", report.notes);
}

#[test]
fn a_key_of_google_is_only_told_among_the_settings_of_firebase() {
    const KEY: &str = "AIza~SyD3k9Q7Xv2Lm9Rt4Kp8Zw3Bn6Hq5Tf1WcA";
    for (text, severity) in [
        (
            format!("const c={{apiKey:\"{KEY}\",authDomain:\"acme.firebaseapp.com\"}};"),
            Severity::Info,
        ),
        (format!("VITE_FIREBASE_API_KEY={KEY}\n"), Severity::Info),
        (format!("const c={{apiKey:\"{KEY}\"}};"), Severity::Low),
        (
            format!(
                "const c={{authDomain:\"acme.firebaseapp.com\"}};new GoogleGenAI({{apiKey:\"{KEY}\"}});"
            ),
            Severity::Low,
        ),
        (
            format!(
                "new GoogleGenAI({{apiKey:\"{KEY}\"}});const c={{authDomain:\"acme.firebaseapp.com\"}};"
            ),
            Severity::Low,
        ),
        (
            format!("const c={{mapsKey:\"{KEY}\",authDomain:\"acme.firebaseapp.com\"}};"),
            Severity::Low,
        ),
    ] {
        let report = Bench::new().head("src/a.txt", &text).run("site: false");
        let [finding] = report.findings.as_slice() else {
            panic!("{text}: {:?}", report.findings);
        };
        assert_eq!(finding.code.as_str(), "secrets/google-web-key", "{text}");
        assert_eq!(finding.severity, severity, "{text}");
    }
}
