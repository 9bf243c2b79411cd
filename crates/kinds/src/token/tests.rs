//! What happens when the portal is not as expected, and what is said about it.

use tidegate_core::check::Doubt;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::LoginError;
use tidegate_core::ports::http::{Cookie, Credentials, HttpError, Purpose};
use tidegate_core::span::Location;

use super::testing::{Style, World};
use crate::testing::{FakePortal, Trial, answer};

const PLAIN: &str = "probe: { get: /api/me }";

mod password;

fn trial() -> Trial {
    let mut trial = Trial::of(super::kind());
    trial.who = Some("anna");
    trial
}

fn faults(config: &str) -> Vec<String> {
    let faults = trial().parse(config).err().unwrap();
    faults.into_iter().map(|fault| fault.message).collect()
}

#[test]
fn what_is_wrong_with_a_gate_file_is_told() {
    for (config, expected) in [
        ("{}", "probe"),
        ("probe: { post: /api/me }", "the probe may change something"),
        (
            "{ probe: { get: /api/me }, logoot: { post: /x } }",
            "logoot",
        ),
        (
            "{ probe: { get: /api/me }, most: 3 }",
            "this is no budget of requests",
        ),
        ("{ probe: { get: '/api/${id}' } }", "id"),
        (
            "{ probe: { get: /api/me }, identities: [nobody] }",
            "nobody",
        ),
        (
            "{ probe: { get: /api/me }, refresh: { post: /r, login: { post: /l }, grace: 10m } }",
            "this is too long to wait for",
        ),
        (
            "{ probe: { get: /api/me }, refresh: { post: /r, json: { a: '${refresh}' }, login: { post: /l } } }",
            "refresh",
        ),
        (
            "{ probe: { get: /api/me }, password-change: { post: /p } }",
            "restore",
        ),
    ] {
        let faults = faults(config);
        assert!(
            faults.iter().any(|fault| fault.contains(expected)),
            "{config}: {faults:?}"
        );
    }
    let mut beside = trial();
    beside.apis = vec![crate::testing::api("db", &[])];
    for elsewhere in [
        "{ probe: { get: /api/me, on: db } }",
        "{ probe: { get: 'https://db.example/me' } }",
    ] {
        let faults = beside.parse(elsewhere).err().unwrap();
        assert!(faults[0].message.contains("another origin"), "{faults:?}");
    }
    let mut nobody = trial();
    nobody.who = None;
    assert!(nobody.parse(PLAIN).is_err());
    assert!(
        nobody
            .parse("{ probe: { get: /api/me }, identities: [anna] }")
            .is_ok()
    );
}

#[test]
fn the_plan_names_what_is_written_and_by_whom() {
    let config = "
probe: { get: /api/me }
logout: { post: /api/logout }
password-change:
  as: boris
  post: /api/me/password
  json: { new: '${unique}' }
  restore:
    - { post: /api/login, json: { password: '${unique}' }, capture: { token: $.token } }
    - { post: /api/me/password, headers: { authorization: 'Bearer ${token}' }, json: { new: '${KEY}' } }
";
    let forecast = trial().parse(config).unwrap().forecast();
    assert_eq!(
        forecast.writes,
        [
            "POST /api/logout",
            "POST /api/me/password",
            "POST /api/login",
            "POST /api/me/password"
        ]
    );
    assert_eq!(
        forecast.identities,
        [IdentityName::from("anna"), "boris".into()]
    );
    assert_eq!(forecast.secrets, ["KEY"]);
    assert!(forecast.exclusive);
    assert!(!trial().parse(PLAIN).unwrap().forecast().exclusive);
}

#[test]
fn a_failed_login_proves_nothing() {
    let portal = FakePortal::new(|_| answer(200, "{}"));
    portal.admit(|login| {
        Err(HttpError::Login(LoginError {
            identity: login.who.as_str().into(),
            reason: "the server refused".into(),
            help: "Check ANNA_PASSWORD.".into(),
            location: Location::line_of("tidegate.yaml", 1),
            status: Some(401),
        }))
    });
    let tried = trial().run(PLAIN, &portal);
    assert!(tried.codes().is_empty());
    assert_eq!(tried.report().evaluated, 0);
    assert!(
        tried.doubt().contains("could not log in"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_probe_that_refuses_its_own_identity_proves_nothing() {
    let portal = FakePortal::new(|_| answer(403, "{}"));
    portal.admit(|_| Ok(bearer("opaque-token-of-anna")));
    let tried = trial().run(PLAIN, &portal);
    assert!(tried.codes().is_empty());
    assert!(
        tried.doubt().contains("does not answer anna"),
        "{}",
        tried.doubt()
    );
    assert_eq!(
        tried.report().inconclusive.as_ref().unwrap().reason,
        Doubt::NoEvidence
    );
}

#[test]
fn a_probe_for_everybody_is_a_finding_and_proves_nothing_more() {
    let tried = World::bad(Style::Signed, "none").run(PLAIN);
    assert_eq!(tried.codes(), ["token/none"]);
    assert!(
        tried.doubt().contains("needs no credential"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_probe_that_tells_strangers_that_they_are_nobody_is_a_good_one() {
    let tried = World::bad(Style::Bearer, "says-nobody").run(PLAIN);
    assert!(tried.codes().is_empty(), "{:#?}", tried.report());
    assert_eq!(tried.doubt(), "");
}

#[test]
fn an_answer_that_is_neither_that_of_a_stranger_nor_that_of_the_identity_proves_nothing() {
    let tried = World::bad(Style::Bearer, "says-why").run(PLAIN);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried.doubt().contains("say with `refused:`"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_portal_that_wants_fewer_requests_is_obeyed_and_not_passed() {
    let tried = World::bad(Style::Bearer, "limited").run(PLAIN);
    assert!(tried.codes().is_empty());
    assert!(
        tried.doubt().contains("wants no more requests"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_credential_that_makes_the_portal_fail_opens_nothing_and_is_noted() {
    let tried = World::bad(Style::Bearer, "crashes").run(PLAIN);
    assert!(tried.codes().is_empty());
    assert_eq!(tried.doubt(), "");
    let notes = tried.report().notes.join(" ");
    assert!(notes.contains("fails with status 500"), "{notes}");
}

#[test]
fn tokens_that_cannot_be_taken_apart_are_skipped_with_the_reason() {
    let giant = format!("eyJhIjoxfQ.{}.c", "e".repeat(20_000));
    for (token, why) in [
        ("opaque-token-of-anna", "it is opaque"),
        ("eyJhIjoxfQ.a.b.c.d", "it is encrypted"),
        ("eyJhIjoxfQ.WzFd.c", "it cannot be read"),
        (giant.as_str(), "larger than 16 KiB"),
    ] {
        let whole = format!("Bearer {token}");
        let portal = FakePortal::new(move |asked| {
            let known = asked.header("authorization") == Some(whole.as_str());
            answer(
                if known { 200 } else { 401 },
                if known { r#"{"id":1}"# } else { "{}" },
            )
        });
        let token = token.to_owned();
        portal.admit(move |_| Ok(bearer(&token)));
        let tried = trial().run(PLAIN, &portal);
        assert!(tried.codes().is_empty(), "{why}");
        let notes = tried.report().notes.join(" ");
        assert!(notes.contains(why), "{notes}");
        assert!(tried.report().evaluated >= 4);
    }
}

#[test]
fn two_things_that_are_only_good_together_are_tried_one_by_one() {
    let portal = FakePortal::new(|asked| {
        let has_key = asked.header("x-tenant") == Some("acme");
        let token = asked.header("authorization").unwrap_or_default();
        // Any token is good, with the right tenant.
        let known = has_key && token.starts_with("Bearer ");
        answer(
            if known { 200 } else { 401 },
            if known { r#"{"id":1}"# } else { "{}" },
        )
    });
    portal.admit(|_| {
        let mut shown = bearer("opaque-token-of-anna");
        shown.headers.push(("x-tenant".into(), "acme".into()));
        Ok(shown)
    });
    let tried = trial().run(PLAIN, &portal);
    assert_eq!(tried.codes(), ["token/junk"]);
    assert!(tried.report().findings[0].title.contains("`authorization`"));
}

#[test]
fn production_is_only_looked_at() {
    let config = "{ probe: { get: /api/me }, logout: { post: /api/logout } }";
    let tried =
        World::bad(Style::Bearer, "alive-after-logout").run_in(config, EnvironmentKind::Production);
    assert!(tried.codes().is_empty());
    let notes = tried.report().notes.join(" ");
    assert!(notes.contains("left out in production"), "{notes}");
    assert!(
        tried
            .portal
            .lines()
            .iter()
            .all(|line| line.contains(" GET "))
    );
}

#[test]
fn attacks_are_sent_as_attacks_and_by_nobody() {
    let tried = World::good(Style::Signed).run(PLAIN);
    let asked = tried.portal.asked.lock().unwrap();
    let attacks: Vec<_> = asked
        .iter()
        .filter(|asked| asked.purpose == Purpose::Attack)
        .collect();
    assert!(attacks.len() > 10);
    assert!(
        attacks
            .iter()
            .all(|asked| asked.who.is_none() && asked.method == "GET")
    );
}

#[test]
fn a_logout_that_is_refused_proves_nothing() {
    let config = "{ probe: { get: /api/me }, logout: { post: /api/sign-out } }";
    let tried = World::good(Style::Bearer).run(config);
    assert!(tried.codes().is_empty());
    assert!(
        tried.doubt().contains("POST /api/sign-out did not succeed"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_short_signed_token_after_a_logout_is_told_softly() {
    let config = "{ probe: { get: /api/me }, logout: { post: /api/logout } }";
    let portal = FakePortal::new(|asked| {
        let known = asked
            .header("authorization")
            .is_some_and(|text| text.contains(".eyJ"));
        match asked.line().as_str() {
            "POST /api/logout" => answer(204, ""),
            _ if known && !asked.header("authorization").unwrap().contains("none") => {
                let jwt =
                    super::jwt::Jwt::read(&asked.header("authorization").unwrap()[7..]).unwrap();
                let good = jwt.is_signed_with(b"Zk3vR9qWx81LmN0pTtBvY2c5");
                answer(
                    if good { 200 } else { 401 },
                    if good { r#"{"id":1}"# } else { "{}" },
                )
            }
            _ => answer(401, "{}"),
        }
    });
    let claims = serde_json::json!({ "sub": "u1", "iat": 0, "exp": 600 });
    let token = super::jwt::made("HS256", &claims, "Zk3vR9qWx81LmN0pTtBvY2c5");
    portal.admit(move |_| Ok(bearer(&token)));
    let tried = trial().run(config, &portal);
    assert_eq!(tried.codes(), ["token/alive-after-logout"]);
    assert_eq!(tried.report().findings[0].severity, Severity::Low);
}

#[test]
fn cookies_that_are_no_session_and_those_for_scripts_are_left_alone() {
    let portal = FakePortal::new(|asked| {
        let known = asked
            .header("cookie")
            .is_some_and(|text| text.contains("sid=session-of-anna-1"));
        answer(
            if known { 200 } else { 401 },
            if known { r#"{"id":1}"# } else { "{}" },
        )
    });
    portal.admit(|_| {
        let bare = |name: &str, value: &str| cookie(name, value, &[]);
        Ok(Credentials {
            headers: Vec::new(),
            cookies: vec![
                bare("theme", "dark"),
                bare("_ga", "GA1.2.3"),
                bare("locale", "de"),
                bare("csrf_token", "abcdefgh"),
                bare("XSRF-TOKEN", "abcdefgh"),
                cookie(
                    "sid",
                    "session-of-anna-1",
                    &[("httponly", None), ("samesite", Some("Lax"))],
                ),
            ],
        })
    });
    let tried = trial().run(PLAIN, &portal);
    assert!(tried.codes().is_empty(), "{:#?}", tried.report());
}

#[test]
fn a_login_that_brings_endless_cookies_ends() {
    let portal = FakePortal::new(|asked| {
        let is_known = asked
            .header("cookie")
            .is_some_and(|text| text.contains("session-0=abcdefghijklmnop"));
        answer(if is_known { 200 } else { 401 }, "{}")
    });
    portal.admit(|_| {
        let cookies =
            (0..5_000).map(|at| cookie(&format!("session-{at}"), "abcdefghijklmnop", &[]));
        Ok(Credentials {
            headers: Vec::new(),
            cookies: cookies.collect(),
        })
    });
    let tried = trial().run(PLAIN, &portal);
    assert!(tried.codes().len() <= 20, "{}", tried.codes().len());
    let notes = tried.report().notes.join(" ");
    assert!(
        notes.contains("5000 tokens and cookies; only the first 20"),
        "{notes}"
    );
}

#[test]
fn identities_with_the_same_fault_are_told_once() {
    let config = "{ probe: { get: /api/me }, identities: [anna, boris] }";
    let tried = World::bad(Style::Bearer, "junk").run(config);
    assert_eq!(tried.codes(), ["token/junk"]);
}

#[test]
fn findings_hold_no_credential() {
    for (style, fault) in [
        (Style::Bearer, "junk"),
        (Style::Signed, "unverified"),
        (Style::Cookie, "fixation"),
    ] {
        let tried = World::bad(style, fault).run(PLAIN);
        let told = format!("{:?}", tried.report());
        assert!(
            !told.contains("opaque-session") && !told.contains("eyJ"),
            "{told}"
        );
    }
}

fn bearer(token: &str) -> Credentials {
    Credentials {
        headers: vec![("authorization".into(), format!("Bearer {token}").into())],
        cookies: Vec::new(),
    }
}

fn cookie(name: &str, value: &str, attributes: &[(&str, Option<&str>)]) -> Cookie {
    let attributes = attributes.iter();
    let attributes = attributes.map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
    Cookie {
        name: name.into(),
        value: value.into(),
        attributes: attributes.collect(),
    }
}
