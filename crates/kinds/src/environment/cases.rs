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
        "{}.{}.c2lnbmF0dXJl",
        part(r#"{"alg":"HS256"}"#),
        part(claims)
    )
}

/// The cases that two files decide.
fn cases() -> Vec<Case> {
    let own_database = "D=postgres://a:Zp1@db.acme.example/app";
    let anon = |project: &str| {
        format!(
            "K={}",
            token(&format!(r#"{{"role":"anon","ref":"{project}"}}"#))
        )
    };
    let service = |project: &str| {
        format!(
            "K={}",
            token(&format!(r#"{{"role":"service_role","ref":"{project}"}}"#))
        )
    };
    let url = |project: &str| format!("SUPABASE_URL=https://{project}.supabase.co");
    let demo = |role: &str| token(&format!(r#"{{"role":"{role}","iss":"supabase-demo"}}"#));
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
            "environment/test-key",
            ("STRIPE_KEY=sk_~test_51Habcdefghijklmnop", ""),
            (
                "STRIPE_KEY=sk_~live_51Habcdefghijklmnop\nSTRIPE_TEST_KEY=sk_~test_51Habcdefghijklmnop",
                "",
            ),
        ),
        case(
            "environment/live-key",
            ("", "STRIPE_KEY=sk_~live_51Habcdefghijklmnop"),
            ("", "STRIPE_KEY=sk_~test_51Habcdefghijklmnop"),
        ),
        case(
            "environment/shared-database",
            (
                own_database,
                "DATABASE_URL=postgresql://b:Qw2@db.acme.example:5432/app",
            ),
            (
                own_database,
                "D=postgres://a:Zp3@db.acme.example/app_preview",
            ),
        ),
        case(
            "environment/shared-service-key",
            (
                "A=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6",
                "B=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6",
            ),
            (
                "A=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6",
                "B=sb_~secret_w3Bn6q7Xv2Lm9Rt4Kp8Z",
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
            (&url("abcd"), &url("abcd")),
            (&url("abcd"), &url("efgh")),
        ),
        case(
            "environment/public-secret",
            (
                "NEXT_PUBLIC_SERVICE_ROLE_KEY=sb_~secret_q7Xv2Lm9Rt4Kp8Zw3Bn6",
                "",
            ),
            (
                &format!(
                    "NEXT_PUBLIC_ANON={}\nVITE_MAP_KEY={SECRET}",
                    token(r#"{"role":"anon","ref":"abcd"}"#)
                ),
                "",
            ),
        ),
        case(
            "environment/debug-on",
            ("DEBUG=*", ""),
            ("DEBUG=false\nAPP_DEBUG=0", "DEBUG=true"),
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
        case(
            "environment/key-mismatch",
            (&format!("{}\n{}", url("abcd"), anon("efgh")), ""),
            (&format!("{}\n{}", url("abcd"), anon("abcd")), ""),
        ),
        case(
            "environment/key-mismatch",
            (
                "P=pk_~live_51Habcdefghijklmnop\nS_TEST=sk_~test_51Habcdefghijklmnop",
                "",
            ),
            (
                "P=pk_~live_51Habcdefghijklmnop\nS=sk_~live_51Habcdefghijklmnop",
                "",
            ),
        ),
        case(
            "environment/demo-issuer",
            (&format!("K={}", demo("anon")), ""),
            (&anon("abcd"), ""),
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
        case(
            "environment/shared-project",
            (
                &format!("{}\n{}", url("abcd"), service("abcd")),
                &url("abcd"),
            ),
            (
                &format!("{}\n{}", url("abcd"), service("abcd")),
                &format!("{}\n{}", url("efgh"), service("efgh")),
            ),
        ),
    ]
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
