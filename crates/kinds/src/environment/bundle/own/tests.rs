use tidegate_core::meta::Confidence;

use super::*;
use crate::environment::testing::Project;
use crate::testing::answer;
use tidegate_core::check::CheckReport;
use tidegate_core::gate::EnvironmentKind;

const STAGING: &str = "https://api.staging.acme.example";
const CALL: &str = "export const load = () => fetch(`https://api.staging.acme.example/records`);\n";
const BUNDLE: &str = "var a=()=>fetch(`https://api.staging.acme.example/records`);";
const PAGE: &str = "<script type=module src=/assets/index.js></script>";

fn local(files: &[(&str, &str)], page: &'static str, script: &'static str) -> CheckReport {
    let project = Project::with(files).at("local", EnvironmentKind::Local);
    let project = project.portal(move |_, path, _| match path {
        "/" => answer(200, page),
        "/assets/index.js" => answer(200, script),
        _ => answer(404, "nothing"),
    });
    project.run("{}")
}

fn found(report: &CheckReport) -> Vec<String> {
    let findings = report.findings.iter();
    findings
        .map(|one| format!("{} {}:{}", one.code, one.location.file, one.location.line))
        .collect()
}

#[test]
fn a_staging_host_of_a_source_is_found_where_it_was_built_or_is_served() {
    for (files, page, script) in [
        (
            vec![("src/api.ts", CALL), ("dist/assets/index.js", BUNDLE)],
            "",
            "",
        ),
        (
            vec![("src/api.ts", CALL), (".next/server/app/page.js", BUNDLE)],
            "",
            "",
        ),
        (vec![("src/api.ts", CALL)], PAGE, BUNDLE),
        (
            vec![(
                "home/templates/home.html",
                "<a href=\"https://api.staging.acme.example/x\">",
            )],
            "<a href=\"https://api.staging.acme.example/x\">",
            "",
        ),
    ] {
        let report = local(&files, page, script);
        assert_eq!(
            found(&report),
            [format!("environment/bundle-host {}:1", files[0].0)]
        );
        assert_eq!(report.findings[0].confidence, Confidence::High);
    }
}

#[test]
fn what_only_a_library_or_a_variable_of_the_developer_brings_is_no_finding() {
    for files in [
        // Of a library, or of `.env.local`.
        vec![
            ("src/api.ts", "fetch(import.meta.env.VITE_API_URL)"),
            ("dist/a.js", BUNDLE),
        ],
        vec![
            ("node_modules/vendor/index.js", CALL),
            ("dist/a.js", BUNDLE),
        ],
        // In no code that is deployed.
        vec![
            ("src/api.test.ts", CALL),
            ("e2e/a.ts", CALL),
            ("dist/a.js", BUNDLE),
        ],
        vec![("playwright.config.ts", CALL), ("dist/a.js", BUNDLE)],
        // Left out by the build.
        vec![("src/api.ts", CALL), ("dist/a.js", "var a=1")],
        // A note, a comparison, and a table of environments.
        vec![
            ("src/api.ts", "// https://api.staging.acme.example/records"),
            ("dist/a.js", BUNDLE),
        ],
        vec![
            (
                "src/api.ts",
                "if (here === 'https://api.staging.acme.example') warn()",
            ),
            ("dist/a.js", BUNDLE),
        ],
        vec![
            (
                "src/api.ts",
                "const apis = { staging: 'https://api.staging.acme.example' }",
            ),
            ("dist/a.js", BUNDLE),
        ],
        // The machine itself.
        vec![
            ("src/api.ts", "fetch('http://localhost:4000')"),
            ("dist/a.js", "fetch('http://localhost:4000')"),
        ],
    ] {
        let report = local(&files, "<p>", "");
        assert!(found(&report).is_empty(), "{files:?} {:?}", found(&report));
        assert!(report.inconclusive.is_none());
    }
}

#[test]
fn the_scripts_of_a_development_server_are_left_out() {
    let files = [("src/api.ts", CALL)];
    let page = "<script src=/@vite/client></script><script src=/assets/index.js></script>";
    assert!(found(&local(&files, page, BUNDLE)).is_empty());
}

#[test]
fn a_fallback_is_a_hint() {
    let files = [
        (
            "src/api.ts",
            "const api = import.meta.env.VITE_API ?? 'https://api.staging.acme.example'",
        ),
        ("dist/a.js", BUNDLE),
    ];
    let report = local(&files, "", "");
    assert_eq!(report.findings[0].confidence, Confidence::Low);
}

#[test]
fn a_machine_that_serves_nothing_and_built_nothing_has_no_evidence() {
    let project = Project::new().at("local", EnvironmentKind::Local);
    assert!(project.run("{}").inconclusive.is_some());
}

#[test]
fn addresses_are_what_a_browser_could_call() {
    let text = "a='HTTPS://api.staging.acme.example:8443/x?y', `wss://ws.dev.acme.example`, postgres://db.dev.acme.example, ://x, https://";
    let found: Vec<_> = addresses(text).collect();
    assert_eq!(
        found,
        [
            "HTTPS://api.staging.acme.example:8443",
            "wss://ws.dev.acme.example",
            "https://"
        ]
    );
    assert!(is_staging(STAGING) && !is_staging("https://react.dev") && !is_staging("https://"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a:/é.sthp -]{0,60}") {
        let _ = addresses(&text).count();
    }
}
