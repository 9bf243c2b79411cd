//! A bad case that raises it and a good case that it leaves alone, for every code.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::{HttpError, Response};

use super::codes::META;
use super::testing::Project;
use crate::testing::answer;

const BOTH: &str =
    "{ environments: { production: [{ env-file: prod.env }], preview: [{ env-file: pre.env }] } }";
const SECRET: &str = "q7Xv2Lm9Rt4Kp8Zw3Bn6";

/// Files of production and of preview.
struct Case {
    code: &'static str,
    bad: (String, String),
    good: (String, String),
}

fn case(code: &'static str, bad: (&str, &str), good: (&str, &str)) -> Case {
    let owned = |(production, preview): (&str, &str)| (production.to_owned(), preview.to_owned());
    Case {
        code,
        bad: owned(bad),
        good: owned(good),
    }
}

fn token(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.q7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4Hx",
        part(r#"{"alg":"HS256"}"#),
        part(claims)
    )
}

/// The cases that two files decide.
fn cases() -> Vec<Case> {
    let mut all = hosts();
    all.extend(keys());
    all.extend(switches());
    all.extend(shared());
    all
}

fn hosts() -> Vec<Case> {
    vec![
        case(
            "environment/local-host",
            ("API_URL=http://localhost:4000", ""),
            (
                "API_URL=https://api.acme.example\nHOST=0.0.0.0\nNO_PROXY=localhost,127.0.0.1",
                "API_URL=http://localhost:4000",
            ),
        ),
        case(
            "environment/staging-host",
            ("API_URL=https://api.staging.acme.example", ""),
            (
                "API_URL=https://devices.acme.example\nSTAGING_URL=https://staging.acme.example",
                "API_URL=https://api.staging.acme.example",
            ),
        ),
        case(
            "environment/oauth-redirect",
            ("NEXTAUTH_URL=http://localhost:3000", ""),
            (
                "NEXTAUTH_URL=https://portal.acme.example",
                "NEXTAUTH_URL=http://localhost:3000",
            ),
        ),
        case(
            "environment/cors-origin",
            (
                "CORS_ORIGINS=https://portal.acme.example,http://localhost:3000",
                "",
            ),
            (
                "CORS_ORIGINS=https://portal.acme.example",
                "CORS_ORIGINS=http://localhost:3000",
            ),
        ),
    ]
}

fn keys() -> Vec<Case> {
    let anon = |project: &str| supabase("anon", project);
    let demo = token(r#"{"role":"anon","iss":"supabase-demo"}"#);
    vec![
        case(
            "environment/test-key",
            (
                "STRIPE_KEY=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
                "",
            ),
            (
                "STRIPE_KEY=sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nSTRIPE_TEST_KEY=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
                "STRIPE_KEY=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
            ),
        ),
        case(
            "environment/live-key",
            (
                "",
                "STRIPE_KEY=sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
            ),
            (
                "",
                "STRIPE_KEY=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
            ),
        ),
        case(
            "environment/public-secret",
            (
                "NEXT_PUBLIC_SERVICE_ROLE_KEY=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2",
                "",
            ),
            (
                &format!(
                    "NEXT_PUBLIC_ANON_KEY={}\nVITE_MAP_KEY={SECRET}",
                    anon("abcd")
                ),
                "",
            ),
        ),
        case(
            "environment/key-mismatch",
            (&format!("{}\nK={}", address("abcd"), anon("efgh")), ""),
            (&format!("{}\nK={}", address("abcd"), anon("abcd")), ""),
        ),
        case(
            "environment/key-mismatch",
            (
                "P=pk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nS_TEST=sk_~test_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
                "",
            ),
            (
                "P=pk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4\nS=sk_~live_51Hq7Xv2Lm9Rt4Kp8Zw3Bn6Jd5Gf1Sc0Ya7Ue8Wi3Oq4",
                "",
            ),
        ),
        case(
            "environment/demo-issuer",
            (&format!("K={demo}"), ""),
            (&format!("K={}", anon("abcd")), ""),
        ),
    ]
}

fn switches() -> Vec<Case> {
    vec![
        case(
            "environment/debug-on",
            ("DEBUG=*", ""),
            ("DEBUG=false\nAPP_DEBUG=0", "DEBUG=true"),
        ),
        case(
            "environment/debug-on",
            ("APP_ENV=local", ""),
            ("APP_ENV=production", "APP_ENV=local"),
        ),
        case(
            "environment/node-env",
            ("NODE_ENV=development", ""),
            ("NODE_ENV=production", "NODE_ENV=development"),
        ),
        case(
            "environment/sentry-environment",
            ("SENTRY_ENVIRONMENT=preview", ""),
            (
                "SENTRY_ENVIRONMENT=production",
                "SENTRY_ENVIRONMENT=preview",
            ),
        ),
        case(
            "environment/sentry-environment",
            ("", "VITE_SENTRY_ENVIRONMENT=production"),
            ("", "VITE_SENTRY_ENVIRONMENT=pr-7"),
        ),
    ]
}

fn shared() -> Vec<Case> {
    let database = "D=postgres://a:Zp1@db.acme.example/app";
    let whole = |project: &str| {
        let key = supabase("service_role", project);
        format!("{}\nK={key}", address(project))
    };
    vec![
        case(
            "environment/shared-database",
            (
                database,
                "DATABASE_URL=postgresql://b:Qw2@db.acme.example:5432/app",
            ),
            (database, "D=postgres://a:Zp3@db.acme.example/app_preview"),
        ),
        case(
            "environment/shared-service-key",
            (
                "A=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2",
                "B=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2",
            ),
            (
                "A=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6Qd_h4Jk9Ls2",
                "B=sb_~secret_w3Bn6q7Xv2Lm9Rt4Kp8ZQd_h4Jk9Ls2",
            ),
        ),
        case(
            "environment/shared-secret",
            (
                "AUTH_SECRET=q7Xv2Lm9Rt4Kp8Zw3Bn6",
                "JWT_SECRET=q7Xv2Lm9Rt4Kp8Zw3Bn6",
            ),
            (
                "AUTH_SECRET=q7Xv2Lm9Rt4Kp8Zw3Bn6\nPASSWORD=hunter2",
                "AUTH_SECRET=w3Bn6q7Xv2Lm9Rt4Kp8Z\nPASSWORD=hunter2",
            ),
        ),
        case(
            "environment/shared-project",
            (&address("abcd"), &address("abcd")),
            (&address("abcd"), &address("efgh")),
        ),
        case(
            "environment/shared-project",
            (&whole("abcd"), &address("abcd")),
            (&whole("abcd"), &whole("efgh")),
        ),
        case(
            "environment/shared-analytics",
            (
                "NEXT_PUBLIC_GA_ID=G-ABCDE12345",
                "NEXT_PUBLIC_GA_ID=G-ABCDE12345",
            ),
            (
                "NEXT_PUBLIC_GA_ID=G-ABCDE12345",
                "NEXT_PUBLIC_GA_ID=G-FGHIJ67890",
            ),
        ),
    ]
}

fn address(project: &str) -> String {
    format!("SUPABASE_URL=https://{project}.supabase.co")
}

fn supabase(role: &str, project: &str) -> String {
    token(&format!(r#"{{"role":"{role}","ref":"{project}"}}"#))
}

/// Codes whose cases have a portal or an example file, or are in the tests of the bundle.
const ELSEWHERE: &[&str] = &[
    "environment/noindex",
    "environment/missing-key",
    "environment/extra-key",
    "environment/wrong-environment",
    "environment/wrong-revision",
    "environment/bundle-host",
];

fn codes((production, preview): &(String, String)) -> Vec<String> {
    let project = Project::with(&[
        ("prod.env", &format!("PLAIN=x\n{production}\n")),
        ("pre.env", &format!("PLAIN=x\n{preview}\n")),
    ]);
    assert!(project.run(BOTH).evaluated > 0);
    project.codes(BOTH)
}

#[test]
fn every_code_has_a_bad_and_a_good_case() {
    let listed: BTreeSet<&str> = cases().iter().map(|case| case.code).collect();
    let listed: BTreeSet<&str> = listed
        .union(&ELSEWHERE.iter().copied().collect())
        .copied()
        .collect();
    let declared: BTreeSet<&str> = META.codes.iter().map(|info| info.code.as_str()).collect();
    assert_eq!(listed, declared);
}

#[test]
fn bad_files_raise_their_code_and_good_ones_nothing() {
    for case in cases() {
        assert_eq!(codes(&case.bad), [case.code], "{:?}", case.bad);
        assert_eq!(
            codes(&case.good),
            Vec::<String>::new(),
            "{} {:?}",
            case.code,
            case.good
        );
    }
}

#[test]
fn names_are_held_against_the_example_file() {
    let project = |production: &str| {
        Project::with(&[
            (".env.example", "A=\nB=\n"),
            (".env.production", production),
        ])
    };
    assert_eq!(project("A=1\n").codes("{}"), ["environment/missing-key"]);
    assert_eq!(
        project("A=1\nB=\n").codes("{}"),
        ["environment/missing-key"]
    );
    assert_eq!(
        project("A=1\nB=2\nC=3\n").codes("{}"),
        ["environment/extra-key"]
    );
    assert!(project("A=1\nB=2\n").codes("{}").is_empty());
}

fn page(path: &str, header: Option<(&str, &str)>) -> Result<Response, HttpError> {
    let mut response = answer(
        200,
        if path == "/" {
            "<html></html>"
        } else {
            "User-agent: *\nAllow: /"
        },
    )?;
    response
        .headers
        .extend(header.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(response)
}

#[test]
fn a_portal_that_hides_from_search_engines_is_told_in_production_alone() {
    let hidden = |path: &str, _: Option<&str>| page(path, Some(("x-robots-tag", "noindex")));
    let project = Project::with(&[]).portal(move |_, path, origin| hidden(path, origin));
    assert_eq!(project.codes("{}"), ["environment/noindex"]);
    let project = project.at("preview", EnvironmentKind::Preview);
    assert!(project.codes("{}").is_empty());
    let open = Project::new().portal(|_, path, _| page(path, None));
    assert!(open.codes("{}").is_empty());
    assert!(open.run("{}").evaluated > 0);
}

#[test]
fn a_portal_that_lets_local_pages_in_is_told_and_worse_with_credentials() {
    let portal = |credentials: bool, allowed: fn(&str) -> bool| {
        Project::new().portal(move |method, path, origin| {
            let mut response = page(path, None)?;
            if let Some(origin) = origin.filter(|origin| method == "OPTIONS" && allowed(origin)) {
                let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
                response
                    .headers
                    .push(header("access-control-allow-origin", origin));
                if credentials {
                    response
                        .headers
                        .push(header("access-control-allow-credentials", "true"));
                }
            }
            Ok(response)
        })
    };
    let severity = |project: &Project| project.run("{}").findings[0].severity;
    let open = portal(true, |_| true);
    assert_eq!(open.codes("{}"), ["environment/cors-origin"]);
    assert_eq!(severity(&open), tidegate_core::meta::Severity::High);
    assert_eq!(
        severity(&portal(false, |_| true)),
        tidegate_core::meta::Severity::Low
    );
    assert!(
        portal(true, |origin| origin == "https://portal.acme.example")
            .codes("{}")
            .is_empty()
    );
    let staging = portal(true, |origin| origin == "https://staging.acme.example");
    staging.write(
        ".env.staging",
        b"NEXT_PUBLIC_SITE_URL=https://staging.acme.example/x",
    );
    assert_eq!(staging.codes("{}"), ["environment/cors-origin"]);
}

const HEALTH: &str = "{ health: { path: /health, environment: $.env, revision: $.git } }";

fn health(environment: &str, revision: &str) -> Project {
    let body = serde_json::json!({ "env": environment, "git": revision }).to_string();
    Project::new()
        .revision("HEAD", "0123456789abcdef0123456789abcdef01234567")
        .revision("HEAD^2", "fedcba9876543210fedcba9876543210fedcba98")
        .portal(move |_, path, _| match path {
            "/health" => answer(200, body.clone()),
            _ => page(path, None),
        })
}

#[test]
fn a_portal_that_says_it_is_something_else_is_told() {
    for good in ["production", "PRODUCTION", "prod"] {
        assert!(
            health(good, "0123456789abcdef0123456789abcdef01234567")
                .codes(HEALTH)
                .is_empty(),
            "{good}"
        );
    }
    assert_eq!(
        health("staging", "0123456").codes(HEALTH),
        ["environment/wrong-environment"]
    );
    assert_eq!(
        health("production", "1111111").codes(HEALTH),
        ["environment/wrong-revision"]
    );
    assert_eq!(
        health("production", "unknown").codes(HEALTH),
        ["environment/wrong-revision"]
    );
    assert!(health("production", "fedcba98").codes(HEALTH).is_empty());
}

#[test]
fn a_health_page_that_says_nothing_is_no_evidence() {
    let silent = Project::new().portal(|_, path, _| match path {
        "/health" => answer(500, "no"),
        _ => page(path, None),
    });
    let report = silent.run(HEALTH);
    assert!(report.inconclusive.unwrap().text.contains("answered 500"));
    let other = health("", "0123456").run(HEALTH);
    assert!(other.inconclusive.unwrap().text.contains("$.env"));
}

/// A portal whose script was made from a source of its own and one of a library.
fn built(own: &'static str, served: &'static str) -> Project {
    let library = "export const URL = 'http://localhost:9999'";
    let map = serde_json::json!({
        "version": 3,
        "sources": ["../src/api.ts", "../node_modules/@supabase/auth-js/src/constants.ts"],
        "sourcesContent": [own, library],
        "names": [],
        "mappings": "AAAA",
    });
    Project::new().portal(move |_, path, _| match path {
        "/" => answer(
            200,
            "<html><script src=\"/assets/index.js\"></script></html>",
        ),
        "/assets/index.js" => answer(
            200,
            format!("{served}var u='http://localhost:9999';\n//# sourceMappingURL=index.js.map\n"),
        ),
        "/assets/index.js.map" => answer(200, map.to_string()),
        _ => answer(404, "nothing"),
    })
}

#[test]
fn a_bundle_is_judged_by_the_sources_behind_it() {
    let bad = built(
        "const url = 'http://localhost:4000/api'",
        "var a='http://localhost:4000/api';",
    );
    assert_eq!(bad.codes("{}"), ["environment/bundle-host"]);
    let finding = bad.run("{}").findings.remove(0);
    assert_eq!(
        (finding.location.file.as_str(), finding.location.line),
        ("src/api.ts", 1)
    );
    let good = built(
        "const url = import.meta.env.VITE_API",
        "var a='https://api.acme.example';",
    );
    assert!(good.codes("{}").is_empty());
    let preview = bad.at("preview", EnvironmentKind::Preview);
    assert_eq!(preview.codes("{}"), ["environment/bundle-host"]);
}

#[test]
fn a_preview_may_lead_to_staging_and_production_may_not() {
    let staging = built(
        "const url = 'https://api.staging.acme.example'",
        "var a='https://api.staging.acme.example';",
    );
    let preview = staging.at("preview", EnvironmentKind::Preview);
    assert!(preview.codes("{}").is_empty());
    let named = preview.codes("{ production: [preview] }");
    assert_eq!(named, ["environment/bundle-host"]);
}
