use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{HttpError, Response};

use super::kind;
use crate::testing::{Asked, FakeFiles, FakePortal, Trial, Tried, answer, busy, examples};

/// How a portal answers origins.
#[derive(Clone)]
pub(super) struct Policy {
    /// What it writes into `Access-Control-Allow-Origin`.
    pub(super) lets: fn(&str) -> Option<String>,
    /// Whether it allows credentials.
    pub(super) credentials: bool,
    /// Whether it says that the answer depends on the origin.
    pub(super) varies: bool,
    /// The status of its answers.
    pub(super) status: u16,
    /// The status of its preflights.
    pub(super) preflight: u16,
    /// What it writes into `Access-Control-Allow-Headers`.
    pub(super) headers: &'static str,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            lets: |_| None,
            credentials: false,
            varies: true,
            status: 200,
            preflight: 204,
            headers: "Authorization, Content-Type",
        }
    }
}

impl Policy {
    fn answer(&self, asked: &Asked) -> Result<Response, HttpError> {
        let is_preflight = asked.method == "OPTIONS";
        let status = if is_preflight {
            self.preflight
        } else {
            self.status
        };
        let mut response = answer(status, "{}")?;
        let mut add =
            |name: &str, value: &str| response.headers.push((name.to_owned(), value.to_owned()));
        if let Some(lets) = asked.header("origin").and_then(self.lets) {
            add("access-control-allow-origin", &lets);
            if self.credentials {
                add("access-control-allow-credentials", "true");
            }
        }
        if self.varies {
            add("vary", "Accept-Encoding, Origin");
        }
        if is_preflight {
            add("access-control-allow-methods", "GET, PUT");
            add("access-control-allow-headers", self.headers);
        }
        Ok(response)
    }
}

/// Runs the check in production against a portal with a policy.
pub(super) fn try_as(who: Option<&'static str>, config: &str, policy: Policy) -> Tried {
    trial(who).run(config, &FakePortal::new(move |asked| policy.answer(asked)))
}

fn trial(who: Option<&'static str>) -> Trial {
    let mut trial = Trial::of(kind());
    trial.who = who;
    trial.environment = EnvironmentKind::Production;
    trial
}

fn only(lets: fn(&str) -> Option<String>) -> Policy {
    Policy {
        lets,
        credentials: true,
        ..Policy::default()
    }
}

fn app(origin: &str) -> Option<String> {
    (origin == "https://app.acme.example").then(|| origin.to_owned())
}

const CONFIG: &str = "{ allowed: [https://app.acme.example], routes: [GET /api/me] }";

#[test]
fn a_portal_that_lets_nobody_in_passes_once_its_route_answers() {
    let tried = try_as(Some("anna"), "{ routes: [GET /api/me] }", Policy::default());
    assert!(
        tried.codes().is_empty() && tried.doubt().is_empty(),
        "{:#?}",
        tried.report
    );
    assert!(tried.report().evaluated > 1);
    let asked = tried.portal.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|asked| matches!(asked.method.as_str(), "GET" | "OPTIONS"))
    );
}

#[test]
fn a_route_that_does_not_answer_proves_nothing() {
    for (status, told) in [(401, "`as:`"), (404, "404"), (500, "500")] {
        let policy = Policy {
            status,
            ..Policy::default()
        };
        let tried = try_as(None, "{ routes: [GET /api/me] }", policy);
        assert!(tried.doubt().contains(told), "{status}: {}", tried.doubt());
    }
    // What is found is told all the same.
    let policy = Policy {
        status: 401,
        ..only(|origin| Some(origin.to_owned()))
    };
    let tried = try_as(None, "{ routes: [GET /api/me] }", policy);
    assert_eq!(tried.codes(), ["cors/reflected-with-credentials"]);
}

#[test]
fn a_portal_that_wants_no_more_requests_is_not_judged() {
    let mut answered = 0;
    let portal = FakePortal::new(move |asked| {
        answered += 1;
        if answered < 3 {
            return Policy::default().answer(asked);
        }
        busy()
    });
    let tried = trial(Some("anna")).run("{ routes: [GET /api/me] }", &portal);
    assert!(
        tried.doubt().contains("no more requests"),
        "{}",
        tried.doubt()
    );
    assert_eq!(portal.lines().len(), 3);
}

#[test]
fn an_opening_weighs_less_without_cookies_and_less_still_without_a_login() {
    let reflect = |credentials| Policy {
        credentials,
        ..only(|origin| Some(origin.to_owned()))
    };
    for (who, credentials, expected) in [
        (Some("anna"), true, Severity::Critical),
        (None, true, Severity::Critical),
        (Some("anna"), false, Severity::Medium),
        (None, false, Severity::Low),
    ] {
        let tried = try_as(who, "{ routes: [GET /api/me] }", reflect(credentials));
        assert_eq!(tried.report().findings[0].severity, expected);
    }
    let star = Policy {
        credentials: false,
        ..only(|_| Some("*".to_owned()))
    };
    let tried = try_as(None, "{ routes: [GET /] }", star);
    assert_eq!(tried.report().findings[0].severity, Severity::Info);
}

#[test]
fn a_finding_names_the_routes_and_shows_what_was_sent() {
    let config = "{ routes: [GET /api/me, GET /api/records] }";
    let tried = try_as(Some("anna"), config, only(|origin| Some(origin.to_owned())));
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "A page of any web site can read GET /api/me and 1 more in the name of whoever is logged in"
    );
    assert_eq!(finding.subject, "GET /api/me, GET /api/records");
    let attack = &finding
        .evidence
        .iter()
        .find(|one| one.label == "attack")
        .unwrap()
        .text;
    assert!(
        attack.starts_with("GET /api/me as anna from https://evil.example: 200, lets https://evil.example in, with credentials\n"),
        "{attack}"
    );
    assert!(attack.lines().count() <= 9, "{attack}");
}

#[test]
fn all_origins_are_tried_where_the_route_works() {
    let portal = FakePortal::new(|asked| match asked.path.as_str() {
        "/gone" => answer(404, "{}"),
        _ => only(|origin| {
            let known = app(origin).is_some() || origin.starts_with("http://app.");
            known.then(|| origin.to_owned())
        })
        .answer(asked),
    });
    let config = "{ allowed: [https://app.acme.example], routes: [GET /gone, GET /api/me] }";
    let tried = trial(Some("anna")).run(config, &portal);
    assert_eq!(tried.codes(), ["cors/downgrade"]);
    assert!(tried.doubt().contains("GET /gone"), "{}", tried.doubt());
}

#[test]
fn a_form_of_a_foreign_page_needs_no_preflight() {
    let config = "{ allowed: [https://app.acme.example], routes: [GET /api/me, { post: /api/form, headers: [] }] }";
    let tried = try_as(
        Some("anna"),
        config,
        Policy {
            preflight: 404,
            ..only(app)
        },
    );
    assert_eq!(tried.codes(), ["cors/legitimate-refused"]);
    assert_eq!(tried.report().findings[0].subject, "GET /api/me");
    assert!(tried.doubt().is_empty(), "{}", tried.doubt());
}

#[test]
fn a_route_of_its_own_is_found_beside_one_that_is_right() {
    let portal = FakePortal::new(|asked| {
        let lets = if asked.path == "/api/export" {
            |origin: &str| Some(origin.to_owned())
        } else {
            app
        };
        only(lets).answer(asked)
    });
    let config = "{ allowed: [https://app.acme.example], routes: [GET /api/me, GET /api/export] }";
    let tried = trial(Some("anna")).run(config, &portal);
    assert_eq!(tried.codes(), ["cors/reflected-with-credentials"]);
    assert_eq!(tried.report().findings[0].subject, "GET /api/export");
}

#[test]
fn a_write_is_never_sent_and_its_preflight_is_judged() {
    let config = "{ allowed: [https://app.acme.example], routes: [GET /api/me, { put: /api/me, headers: [Content-Type, X-Request-Id] }] }";
    let tried = try_as(Some("anna"), config, only(app));
    assert_eq!(tried.codes(), ["cors/legitimate-refused"]);
    let told = &tried.report().findings[0].evidence[1].text;
    assert_eq!(
        told,
        "PUT /api/me from https://app.acme.example: Access-Control-Allow-Headers does not have x-request-id"
    );
    let asked = tried.portal.asked.lock().unwrap();
    let preflights: Vec<_> = asked
        .iter()
        .filter(|asked| asked.method == "OPTIONS")
        .collect();
    assert!(preflights.iter().all(|asked| asked.who.is_none()));
    let put = preflights
        .iter()
        .find(|asked| asked.header("access-control-request-method") == Some("PUT"))
        .unwrap();
    assert_eq!(
        put.header("access-control-request-headers"),
        Some("content-type,x-request-id")
    );
}

#[test]
fn a_preflight_that_asks_for_a_login_locks_the_frontend_out() {
    let policy = Policy {
        preflight: 401,
        ..only(app)
    };
    let tried = try_as(Some("anna"), CONFIG, policy);
    assert_eq!(tried.codes(), ["cors/legitimate-refused"]);
    // A reading request without headers of its own needs no preflight.
    let policy = Policy {
        preflight: 401,
        ..only(app)
    };
    assert!(try_as(None, CONFIG, policy).codes().is_empty());
}

#[test]
fn a_missing_vary_weighs_by_who_keeps_the_answer() {
    for (keeping, severity, told) in [
        (
            "private, no-store",
            Severity::Low,
            "as long as it says no-store",
        ),
        ("max-age=60", Severity::Low, "decides for itself"),
        ("public, max-age=60", Severity::Medium, "shared caches"),
    ] {
        let portal = FakePortal::new(move |asked| {
            let mut response = Policy {
                varies: false,
                ..only(app)
            }
            .answer(asked)?;
            response
                .headers
                .push(("cache-control".to_owned(), keeping.to_owned()));
            Ok(response)
        });
        let tried = trial(Some("anna")).run(CONFIG, &portal);
        let finding = &tried.report().findings[0];
        assert_eq!(
            (finding.code.as_str(), finding.severity),
            ("cors/missing-vary", severity)
        );
        assert!(
            finding.evidence[0].text.contains(told),
            "{:?}",
            finding.evidence
        );
    }
}

#[test]
fn cookies_make_the_second_header_necessary() {
    let config =
        "{ allowed: [https://app.acme.example], routes: [GET /api/me], credentials: true }";
    let tried = try_as(
        None,
        config,
        Policy {
            credentials: false,
            ..only(app)
        },
    );
    assert_eq!(tried.codes(), ["cors/legitimate-refused"]);
    assert!(try_as(None, config, only(app)).codes().is_empty());
}

#[test]
fn routes_come_from_the_document_else_it_is_the_start_page() {
    let document = r#"{
        "openapi": "3.0.3", "info": { "title": "a", "version": "1" },
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
        "paths": {
            "/api/health": { "get": { "responses": {} } },
            "/api/records": {
                "get": { "security": [{ "token": [] }], "responses": {} },
                "post": { "security": [{ "token": [] }], "responses": {} }
            }
        }
    }"#;
    let mut trial = trial(Some("anna"));
    trial.openapi = Some("openapi.json");
    trial.files = FakeFiles::new(&[("openapi.json", document)]);
    let portal = FakePortal::new(|asked| Policy::default().answer(asked));
    trial.run("{}", &portal);
    let lines = portal.lines();
    assert!(
        lines.contains(&"anna GET /api/records".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"- OPTIONS /api/records".to_owned()),
        "{lines:?}"
    );
    let tried = try_as(None, "{}", Policy::default());
    assert!(tried.portal.lines().iter().all(|line| line == "- GET /"));
}

#[test]
fn odd_answers_neither_panic_nor_let_anybody_in() {
    for value in [
        "https://evil.example, https://evil.example",
        "https://evil.example/",
        "\u{fffd}",
        "",
        " ",
        "**",
    ] {
        let portal = FakePortal::new(move |_| {
            let mut response = answer(200, "x".repeat(1 << 20))?;
            for _ in 0..1000 {
                response
                    .headers
                    .push(("access-control-allow-origin".to_owned(), value.to_owned()));
            }
            Ok(response)
        });
        let tried = trial(None).run("{ routes: [GET /] }", &portal);
        assert!(tried.codes().is_empty(), "{value}: {:?}", tried.codes());
    }
}

#[test]
fn a_config_that_is_wrong_says_where_and_how() {
    for (config, told) in [
        (
            "{ allowed: [https://app.acme.example/] }",
            "browsers write this origin as",
        ),
        ("{ allowed: ['*'] }", "expected scheme and host"),
        ("{ routes: [FETCH /a] }", "expected a method"),
        ("{ routes: [GET a] }", "expected a path"),
        ("{ routes: [{ headers: [a] }] }", "expected one of"),
        ("{ routes: [{ get: /a, post: /b }] }", "expected one of"),
        ("{ most: 1 }", "expected a number"),
    ] {
        let Err(faults) = trial(None).parse(config) else {
            panic!("{config}");
        };
        assert!(
            faults
                .iter()
                .any(|fault| fault.label.as_deref().unwrap_or_default().contains(told)),
            "{config}: {faults:?}"
        );
    }
    assert!(trial(None).parse("{ origins: [] }").is_err());
}

#[test]
fn the_examples_of_the_page_can_be_read() {
    let mut read = 0;
    for gate in examples(&super::META.docs.text()) {
        for check in gate["checks"].as_object().unwrap().values() {
            trial(Some("anna"))
                .parse(&check["cors"].to_string())
                .unwrap();
            read += 1;
        }
    }
    assert_eq!(read, 2);
}
