use serde_json::{Value, json};

use super::{Account, Fault, ForeignApp, HANNAH, LEON};
use crate::client::{self, Answer};

mod faults;

/// A signed-in browser.
struct Browser<'a> {
    app: &'a ForeignApp,
    cookie: String,
}

impl Browser<'_> {
    fn send(&self, method: &str, target: &str, body: &str) -> Answer {
        client::send(
            self.app.address(),
            method,
            target,
            &[("cookie", &self.cookie)],
            body,
        )
    }

    fn data(&self, method: &str, target: &str, body: &Value) -> Value {
        let answer = self.send(method, target, &body.to_string()).json();
        assert_eq!(answer["status"], "ok", "{answer}");
        answer["data"].clone()
    }

    fn failure(&self, method: &str, target: &str, body: &str) -> Value {
        let answer = self.send(method, target, body);
        assert_eq!(answer.status, 200);
        let answer = answer.json();
        assert_eq!(answer["status"], "fail", "{answer}");
        answer["message"].clone()
    }
}

fn cookie(answer: &Answer) -> String {
    let header = answer.header("set-cookie").expect("a cookie is set");
    header.split(';').next().unwrap().to_owned()
}

fn csrf(page: &str) -> &str {
    page.split_once("name=\"csrf\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
}

/// Opens the form and submits it, with the CSRF token unless told otherwise.
fn submit(app: &ForeignApp, account: Account, password: &str, echo: bool, next: &str) -> Answer {
    let form = client::get(app.address(), "/login");
    let page = form.text();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("email", account.email)
        .append_pair("password", password)
        .append_pair("csrf", if echo { csrf(&page) } else { "forged" })
        .append_pair("next", next)
        .finish();
    client::send(
        app.address(),
        "POST",
        "/login",
        &[("cookie", &cookie(&form))],
        &body,
    )
}

fn sign_in(app: &ForeignApp, account: Account) -> Browser<'_> {
    let answer = submit(app, account, account.password, true, "");
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/dashboard"))
    );
    Browser {
        app,
        cookie: cookie(&answer),
    }
}

#[test]
fn a_page_without_a_session_redirects_to_the_form() {
    let app = ForeignApp::start();
    for target in ["/dashboard", "/orders/1001", "/export/orders.csv"] {
        let answer = client::get(app.address(), target);
        let next = target.replace('/', "%2F");
        assert_eq!(answer.status, 302);
        assert_eq!(
            answer.header("location"),
            Some(format!("/login?next={next}").as_str())
        );
    }
    assert_eq!(
        client::get(app.address(), "/").header("location"),
        Some("/dashboard")
    );
}

#[test]
fn the_form_needs_its_token_and_the_right_password() {
    let app = ForeignApp::start();
    let forged = submit(&app, HANNAH, HANNAH.password, false, "");
    assert_eq!((forged.status, forged.header("set-cookie")), (403, None));
    let wrong = submit(&app, HANNAH, "wrong", true, "");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (200, None));
    assert!(wrong.text().contains("password is wrong"));
    let browser = sign_in(&app, LEON);
    assert!(
        browser
            .send("GET", "/dashboard", "")
            .text()
            .contains("Orders of lagoon")
    );
}

#[test]
fn the_sign_in_leads_on_within_the_app_only() {
    let app = ForeignApp::start();
    for (next, location) in [
        ("/orders/1001", "/orders/1001"),
        ("//other.example", "/dashboard"),
        ("https://other.example", "/dashboard"),
        ("/\\other.example", "/dashboard"),
        ("/a\r\nset-cookie: b=c", "/dashboard"),
    ] {
        let answer = submit(&app, HANNAH, HANNAH.password, true, next);
        assert_eq!(answer.header("location"), Some(location), "{next:?}");
    }
}

#[test]
fn signing_in_voids_the_anonymous_session() {
    let app = ForeignApp::start();
    let form = client::get(app.address(), "/login");
    let anonymous = cookie(&form);
    let signed_in = sign_in(&app, HANNAH);
    assert_ne!(anonymous, signed_in.cookie);
    let planted = Browser {
        app: &app,
        cookie: anonymous,
    };
    assert_eq!(
        planted.failure("GET", "/api/me", ""),
        "you are not signed in"
    );
}

#[test]
fn sessions_end_by_signing_out_and_by_expiry() {
    let app = ForeignApp::start();
    let browser = sign_in(&app, HANNAH);
    let page = browser.send("GET", "/dashboard", "").text();
    assert_eq!(browser.send("POST", "/logout", "csrf=forged").status, 403);
    let answer = browser.send("POST", "/logout", &format!("csrf={}", csrf(&page)));
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/login"))
    );
    assert_eq!(browser.send("GET", "/dashboard", "").status, 302);
    let browser = sign_in(&app, HANNAH);
    assert_eq!(browser.send("GET", "/dashboard", "").status, 200);
    app.expire_sessions();
    assert_eq!(browser.send("GET", "/dashboard", "").status, 302);
}

#[test]
fn the_api_answers_200_whatever_happens() {
    let app = ForeignApp::start();
    let browser = sign_in(&app, HANNAH);
    assert_eq!(
        browser.failure("GET", "/api/orders/9999", ""),
        "there is no such order"
    );
    assert_eq!(
        browser.failure("GET", "/api/orders/x", ""),
        "there is no such order"
    );
    assert_eq!(
        browser.failure("POST", "/api/orders", "no"),
        "the body is not JSON"
    );
    assert_eq!(
        browser.failure("POST", "/api/orders", "{}"),
        "the title is missing"
    );
    assert_eq!(
        browser.failure("PATCH", "/api/orders/1001", "{}"),
        "this method is not supported"
    );
    assert_eq!(
        client::get(app.address(), "/api/me").json()["message"],
        "you are not signed in"
    );
}

#[test]
fn orders_are_created_read_found_changed_and_deleted() {
    let app = ForeignApp::start();
    let browser = sign_in(&app, HANNAH);
    assert_eq!(
        browser.data("GET", "/api/me", &Value::Null)["tenant"],
        "harbour"
    );
    let order = json!({ "title": "Anchor", "quantity": 3 });
    let first = browser.data("POST", "/api/orders", &order)["id"]
        .as_u64()
        .unwrap();
    let second = browser.data("POST", "/api/orders", &order)["id"]
        .as_u64()
        .unwrap();
    assert_eq!(second, first + 1);
    let path = format!("/api/orders/{first}");
    let stored = browser.data("GET", &path, &Value::Null);
    assert_eq!(
        stored,
        json!({ "id": first, "title": "Anchor", "quantity": 3, "approved": false })
    );
    let changed = json!({ "title": "Anchor, <large>", "quantity": 1 });
    assert_eq!(browser.data("PUT", &path, &changed), json!({ "id": first }));
    let found = browser.data("GET", "/api/orders?search=LARGE", &Value::Null);
    assert_eq!(found.as_array().unwrap().len(), 1);
    let page = browser.send("GET", &format!("/orders/{first}"), "").text();
    assert!(page.contains("Anchor, &lt;large&gt;"));
    assert_eq!(browser.data("DELETE", &path, &Value::Null), Value::Null);
    browser.failure("DELETE", &path, "");
    assert_eq!(
        app.stored_titles("harbour"),
        ["Mooring rope", "Buoy, red", "Fender", "Anchor"]
    );
}

#[test]
fn tenants_do_not_see_each_other_and_a_foreign_put_lands_with_the_caller() {
    let app = ForeignApp::start();
    let (hannah, leon) = (sign_in(&app, HANNAH), sign_in(&app, LEON));
    hannah.failure("GET", "/api/orders/1002", "");
    hannah.failure("DELETE", "/api/orders/1002", "");
    assert_eq!(hannah.send("GET", "/orders/1002", "").status, 404);
    let written = hannah.data("PUT", "/api/orders/1002", &json!({ "title": "Taken" }));
    assert_ne!(written["id"], 1002);
    assert_eq!(app.stored_titles("harbour").last().unwrap(), "Taken");
    assert_eq!(
        leon.data("GET", "/api/orders/1002", &Value::Null)["title"],
        "Reed boat"
    );
}

#[test]
fn the_export_is_an_attachment_with_quoted_titles() {
    let app = ForeignApp::start();
    let answer = sign_in(&app, LEON).send("GET", "/export/orders.csv", "");
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert!(
        answer
            .header("content-disposition")
            .unwrap()
            .starts_with("attachment")
    );
    let expected =
        "id,title,quantity\r\n1002,\"Reed boat\",1\r\n1004,\"Bird \"\"hide\"\" kit\",2\r\n";
    assert_eq!(answer.text(), expected);
}

#[test]
fn every_unknown_path_is_the_same_page() {
    let app = ForeignApp::start();
    let pages = ["/nowhere", "/.env", "/api/unknown", "/assets/app.js.map"]
        .map(|target| client::get(app.address(), target))
        .map(|answer| (answer.status, answer.text()));
    assert!(pages.iter().all(|page| page.0 == 200 && *page == pages[0]));
    assert!(pages[0].1.contains("id=\"root\""));
}

#[test]
fn each_fault_changes_what_it_says() {
    let app = ForeignApp::start_with(&[Fault::LoginRefused]);
    let refused = submit(&app, HANNAH, HANNAH.password, true, "");
    assert_eq!((refused.status, refused.header("set-cookie")), (200, None));
    let app = ForeignApp::start_with(&[Fault::CreateForgotten]);
    let browser = sign_in(&app, HANNAH);
    let before = app.stored_titles("harbour");
    let id = browser.data("POST", "/api/orders", &json!({ "title": "Anchor" }))["id"].clone();
    browser.failure("GET", &format!("/api/orders/{id}"), "");
    assert_eq!((before.len(), app.stored_titles("harbour")), (3, before));
    let app = ForeignApp::start_with(&[Fault::ExportTruncated]);
    let export = sign_in(&app, HANNAH)
        .send("GET", "/export/orders.csv", "")
        .text();
    assert!(export.contains("Buoy, red") && !export.contains("Fender"));
}
