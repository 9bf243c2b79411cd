use tidegate_core::gate::{Credential, EnvironmentKind};
use tidegate_core::meta::Severity;
use tidegate_core::template::Template;

use super::kind;
use crate::testing::{FakeFiles, FakePortal, Trial, Tried, answer, busy, examples};

/// What a page has that is as it should be.
pub(super) const GOOD: &[(&str, &str)] = &[
    ("content-type", "text/html; charset=utf-8"),
    (
        "content-security-policy",
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("cache-control", "private, no-store"),
];

/// A site whose every page is the same but for the name of who looks at it.
#[derive(Clone)]
pub(super) struct Site {
    headers: Vec<(&'static str, &'static str)>,
    body: &'static str,
    status: u16,
    is_personal: bool,
}

impl Site {
    /// A page with everything.
    pub(super) fn page() -> Self {
        Self {
            headers: GOOD.to_vec(),
            body: "<!doctype html><h1>Grüße an ",
            status: 200,
            is_personal: true,
        }
    }

    fn data() -> Self {
        let site = Self::page()
            .without("content-security-policy")
            .without("referrer-policy");
        Self {
            body: "{\"name\":\"",
            ..site.with("content-type", "application/json")
        }
    }

    /// With this header in the place of the one of the same name.
    pub(super) fn with(self, name: &'static str, value: &'static str) -> Self {
        let mut site = self.without(name);
        site.headers.push((name, value));
        site
    }

    /// Without this header.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    fn portal(self) -> std::sync::Arc<FakePortal> {
        let portal = FakePortal::new(move |asked| {
            let who = if self.is_personal {
                asked.name()
            } else {
                "all"
            };
            let mut response = answer(self.status, format!("{}{who}", self.body))?;
            let headers = self.headers.iter();
            response.headers = headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            Ok(response)
        });
        "https://portal.acme.example".clone_into(&mut portal.address.lock().unwrap());
        portal
    }
}

/// Runs the check in production.
pub(super) fn try_as(who: Option<&'static str>, config: &str, site: Site) -> Tried {
    trial(who).run(config, &site.portal())
}

fn trial(who: Option<&'static str>) -> Trial {
    let mut trial = Trial::of(kind());
    trial.who = who;
    trial.environment = EnvironmentKind::Production;
    trial
}

const PAGE: &str = "{ pages: [/dashboard] }";

#[test]
fn a_page_without_any_is_told_what_is_missing_and_only_frames_block() {
    let bare = Site {
        headers: vec![("content-type", "text/html; charset=utf-8")],
        ..Site::page()
    };
    let tried = try_as(Some("anna"), PAGE, bare.clone());
    assert_eq!(
        tried.codes(),
        [
            "headers/framing",
            "headers/csp",
            "headers/hsts",
            "headers/nosniff"
        ]
    );
    let severities: Vec<Severity> = tried
        .report()
        .findings
        .iter()
        .map(|one| one.severity)
        .collect();
    assert_eq!(severities[..2], [Severity::Medium, Severity::Low]);
    let table = &tried.report().tables[0];
    assert_eq!(table.columns, ["header", "/dashboard"]);
    assert_eq!(table.rows[0], ["all of it", "F"]);
    assert_eq!(table.rows[1], ["content-security-policy", "F missing"]);
    // What nobody is logged in to is a warning, unless it asks for a password.
    let tried = try_as(None, PAGE, bare.clone());
    assert!(
        tried
            .report()
            .findings
            .iter()
            .all(|one| one.severity <= Severity::Low)
    );
    let login = Site {
        body: "<!doctype html><input type=\"password\">",
        ..bare
    };
    let tried = try_as(None, PAGE, login);
    assert_eq!(tried.report().findings[0].severity, Severity::Medium);
}

#[test]
fn a_page_with_everything_is_an_a() {
    let tried = try_as(Some("anna"), PAGE, Site::page());
    assert_eq!(tried.report().tables[0].rows[0][1], "A");
    let mut rows = tried.report().tables[0].rows.iter();
    assert!(rows.any(|row| row[0] == "cache-control"));
}

#[test]
fn data_is_asked_for_little() {
    let tried = try_as(Some("anna"), PAGE, Site::data());
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
    let tried = try_as(
        Some("anna"),
        PAGE,
        Site::data().without("x-content-type-options"),
    );
    assert_eq!(tried.codes(), ["headers/nosniff"]);
}

#[test]
fn what_everybody_is_shown_may_be_kept_by_every_cache() {
    let shared = Site {
        is_personal: false,
        ..Site::page().with("cache-control", "public, max-age=600")
    };
    assert!(try_as(Some("anna"), PAGE, shared).codes().is_empty());
}

#[test]
fn what_differs_from_request_to_request_is_not_taken_for_personal() {
    let mut number = 0;
    let portal = FakePortal::new(move |_| {
        number += 1;
        let mut response = answer(200, format!("{{\"uptime\":{number}}}"))?;
        let headers = [
            ("x-content-type-options", "nosniff"),
            ("cache-control", "public, max-age=1"),
            ("content-type", "application/json"),
        ];
        response.headers = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Ok(response)
    });
    let tried = trial(Some("anna")).run(PAGE, &portal);
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
    assert_eq!(portal.lines().len(), 3);
}

#[test]
fn a_personal_page_behind_a_cookie_must_say_so() {
    let site = Site::page().without("cache-control");
    assert!(try_as(Some("anna"), PAGE, site.clone()).codes().is_empty());
    let mut trial = trial(Some("anna"));
    trial.people[0].credential =
        Credential::Cookies(vec![("sid".to_owned(), Template::literal("abc"))]);
    let tried = trial.run(PAGE, &site.portal());
    assert_eq!(tried.codes(), ["headers/cacheable"]);
    assert_eq!(tried.report().findings[0].severity, Severity::Low);
}

#[test]
fn tls_is_not_asked_for_where_there_is_none() {
    for address in [
        "http://preview.acme.example",
        "https://127.0.0.1",
        "https://localhost:3000",
    ] {
        let portal = Site::page().without("strict-transport-security").portal();
        address.clone_into(&mut portal.address.lock().unwrap());
        let tried = trial(Some("anna")).run(PAGE, &portal);
        assert!(tried.codes().is_empty(), "{address}");
    }
    for (value, told) in [
        ("max-age=0", "F"),
        ("max-age=86400", "C for 24 hours only"),
        ("includeSubDomains", "F"),
        ("MAX-AGE=\"31536000\"", "A"),
    ] {
        let tried = try_as(
            Some("anna"),
            PAGE,
            Site::page().with("strict-transport-security", value),
        );
        let rows = &tried.report().tables[0].rows;
        let row = rows
            .iter()
            .find(|row| row[0] == "strict-transport-security");
        assert!(
            row.is_some_and(|row| row[1].starts_with(told)),
            "{value}: {rows:?}"
        );
    }
}

#[test]
fn a_policy_in_the_markup_counts_and_says_nothing_about_frames() {
    let markup = "<!doctype html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'; frame-ancestors 'none'\">ü";
    let site = Site {
        body: markup,
        ..Site::page().without("content-security-policy")
    };
    assert_eq!(
        try_as(Some("anna"), PAGE, site).codes(),
        ["headers/framing"]
    );
}

#[test]
fn ignored_headers_are_not_judged() {
    let config = "{ pages: [/dashboard], ignore: [content-security-policy, frame-ancestors] }";
    let tried = try_as(
        Some("anna"),
        config,
        Site::page().without("content-security-policy"),
    );
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
}

#[test]
fn nobody_may_show_it_when_the_gate_says_nobody() {
    let config = "{ pages: [/dashboard], embedded-by: [] }";
    let listed = "default-src 'self'; base-uri 'none'; frame-ancestors https://b.example";
    let tried = try_as(
        Some("anna"),
        config,
        Site::page().with("content-security-policy", listed),
    );
    assert_eq!(tried.codes(), ["headers/framing"]);
    let tried = try_as(
        Some("anna"),
        PAGE,
        Site::page().with("content-security-policy", listed),
    );
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
}

#[test]
fn a_page_that_does_not_answer_is_not_judged() {
    for (status, told) in [(401, "`as:`"), (404, "404"), (500, "500")] {
        let tried = try_as(
            None,
            PAGE,
            Site {
                status,
                ..Site::page()
            },
        );
        assert!(tried.doubt().contains(told), "{}", tried.doubt());
        assert_eq!(tried.report().evaluated, 0);
    }
}

#[test]
fn a_site_that_wants_no_more_requests_is_not_passed() {
    let portal = FakePortal::new(|_| busy());
    let tried = trial(None).run("{ pages: [/, /a] }", &portal);
    assert!(
        tried.doubt().contains("no more requests"),
        "{}",
        tried.doubt()
    );
    assert_eq!(portal.lines().len(), 1);
}

#[test]
fn one_finding_names_all_pages() {
    let tried = try_as(
        Some("anna"),
        "{ pages: [/, /a] }",
        Site::page().without("x-content-type-options"),
    );
    let finding = &tried.report().findings[0];
    assert_eq!(finding.title, "Browsers may guess what / and 1 more is");
    assert_eq!(finding.subject, "/, /a");
    assert_eq!(finding.evidence[0].text.lines().count(), 2);
}

#[test]
fn pages_come_from_the_document_too() {
    let document = r#"{ "openapi": "3.0.3", "info": { "title": "a", "version": "1" },
        "paths": { "/api/health": { "get": { "responses": {} } } } }"#;
    let mut trial = trial(None);
    trial.openapi = Some("openapi.json");
    trial.files = FakeFiles::new(&[("openapi.json", document)]);
    let portal = Site::page().portal();
    trial.run("{}", &portal);
    assert_eq!(portal.lines(), ["- GET /", "- GET /api/health"]);
}

#[test]
fn hostile_answers_neither_panic_nor_hang() {
    let huge = "x".repeat(1 << 20);
    let values = [
        "",
        ";;;,,,",
        "'",
        "frame-ancestors \u{fffd}",
        "max-age=99999999999999999999",
        huge.as_str(),
    ];
    for value in values {
        let value = value.to_owned();
        let portal = FakePortal::new(move |_| {
            let mut response = answer(200, "<meta http-equiv content-security-policy content=")?;
            for name in GOOD
                .iter()
                .map(|(name, _)| *name)
                .chain(["x-frame-options", "x-xss-protection"])
            {
                for _ in 0..3 {
                    response.headers.push((name.to_owned(), value.clone()));
                }
            }
            response.body = [0xff, 0xfe].repeat(1 << 20).into();
            Ok(response)
        });
        let tried =
            trial(Some("anna")).run("{ pages: [/], embedded-by: [https://a.example] }", &portal);
        let told = format!("{:?}", tried.report());
        assert!(told.len() < 20_000, "{}", told.len());
    }
}

#[test]
fn a_config_that_is_wrong_says_where_and_how() {
    for config in [
        "{ pages: [dashboard] }",
        "{ pages: ['/a/${id}'] }",
        "{ embedded-by: ['https://a.example/'] }",
        "{ embedded-by: ['*'] }",
        "{ embedded-by: ['https://*.a.example'] }",
        "{ ignore: [permission-policy] }",
        "{ page: / }",
    ] {
        let Err(faults) = trial(None).parse(config) else {
            panic!("{config}");
        };
        assert_eq!(faults.len(), 1, "{config}");
    }
}

#[test]
fn the_example_of_the_page_can_be_read() {
    let gate = examples(&super::META.docs.text()).remove(0);
    let config = gate["checks"]["pages-are-protected"]["headers"].to_string();
    trial(Some("anna")).parse(&config).unwrap();
}
