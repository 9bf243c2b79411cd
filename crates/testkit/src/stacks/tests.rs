use super::{ANNA, BORIS, CARLA, express, fastapi, next, rails, single_page, stripe};
use crate::client::{self, Answer};
use crate::recorder::App;

fn cookie(answer: &Answer) -> String {
    let header = answer.header("set-cookie").expect("a cookie is set");
    header.split(';').next().unwrap().to_owned()
}

fn send(app: &App, cookie: &str, method: &str, target: &str, body: &str) -> Answer {
    let headers = [("cookie", cookie), ("content-type", "application/json")];
    client::send(app.address(), method, target, &headers, body)
}

fn login(person: super::Person) -> String {
    format!(
        r#"{{"email":"{}","password":"{}"}}"#,
        person.email, person.password
    )
}

#[test]
fn every_portal_starts_with_each_of_its_faults() {
    for fault in express::FAULTS {
        express::start(fault);
    }
    for fault in fastapi::FAULTS {
        fastapi::start(fault);
    }
    for fault in next::FAULTS {
        next::start(fault);
    }
    for fault in rails::FAULTS {
        rails::start(fault);
    }
    for fault in single_page::FAULTS {
        single_page::start(single_page::Backend::Supabase, fault);
    }
    for fault in stripe::FAULTS {
        stripe::start(fault);
    }
}

#[test]
fn tenants_of_the_good_portals_see_what_is_theirs() {
    let app = express::start("");
    let anna = cookie(&send(&app, "", "POST", "/api/login", &login(ANNA)));
    let boris = cookie(&send(&app, "", "POST", "/api/login", &login(BORIS)));
    let made = send(
        &app,
        &anna,
        "POST",
        "/api/records",
        r#"{"title":"Rope","role":"admin"}"#,
    );
    assert_eq!((made.status, made.json()["role"].is_null()), (201, true));
    let path = format!("/api/records/{}", made.json()["id"]);
    assert_eq!(send(&app, &boris, "GET", &path, "").status, 404);
    assert_eq!(send(&app, &anna, "GET", &path, "").json()["title"], "Rope");
    assert_eq!(send(&app, "", "GET", &path, "").status, 401);
    assert_eq!(send(&app, &anna, "DELETE", &path, "").status, 204);
    let wrong = login(CARLA).replace("davit", "other");
    let answers: Vec<u16> = (0..10)
        .map(|_| send(&app, "", "POST", "/api/login", &wrong).status)
        .collect();
    assert_eq!((answers[0], answers[9]), (401, 429));
}

#[test]
fn next_sends_strangers_to_the_login_whatever_they_send() {
    let app = next::start("");
    let skip = "middleware:middleware:middleware:middleware:middleware";
    let headers = [("x-middleware-subrequest", skip)];
    let answer = client::send(app.address(), "GET", "/dashboard", &headers, "");
    assert_eq!(answer.status, 307);
    let app = next::start("middleware-skipped");
    let answer = client::send(app.address(), "GET", "/dashboard", &headers, "");
    assert_eq!(answer.status, 200);
}

#[test]
fn stripe_events_need_a_fresh_signature() {
    let app = stripe::start("");
    let body = r#"{"id":"evt_1"}"#;
    let sent = |time: i64| {
        let text = format!("{time}.{body}");
        let signature = super::signed::hex(stripe::WEBHOOK_SECRET, text.as_bytes());
        let header = format!("t={time},v1={signature}");
        let headers = [("stripe-signature", header.as_str())];
        client::send(
            app.address(),
            "POST",
            "/api/webhooks/stripe",
            &headers,
            body,
        )
        .status
    };
    let now = jiff::Timestamp::now().as_second();
    assert_eq!((sent(now), sent(now - 86_400)), (200, 400));
    let unsigned = client::send(app.address(), "POST", "/api/webhooks/stripe", &[], body);
    assert_eq!(unsigned.status, 400);
}
