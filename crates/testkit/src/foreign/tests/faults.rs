//! Each fault does what it says, and nothing without it.

use serde_json::{Value, json};

use super::super::{Account, Fault, ForeignApp, HANNAH, LEON, MARTA, TILDA};
use super::{Browser, cookie, csrf, sign_in, submit};
use crate::client::{self, Answer};

/// Tells whether a probe holds with the fault and not without it.
fn only_with(fault: Fault, misbehaves: impl Fn(&ForeignApp) -> bool) {
    let broken = ForeignApp::start_with(&[fault]);
    assert!(misbehaves(&broken), "{fault:?} changes nothing");
    assert!(
        !misbehaves(&ForeignApp::start()),
        "the good app does as {fault:?}"
    );
}

/// What the app answers to one person.
fn seen(app: &ForeignApp, account: Account, method: &str, target: &str, body: &str) -> Answer {
    sign_in(app, account).send(method, target, body)
}

fn get(app: &ForeignApp, account: Account, target: &str) -> Answer {
    seen(app, account, "GET", target, "")
}

#[test]
fn orders_may_be_read_across_tenants() {
    only_with(Fault::OrderReadable, |app| {
        let page = get(app, HANNAH, "/orders/1002")
            .text()
            .contains("Reed boat");
        let data = get(app, HANNAH, "/api/orders/1002")
            .text()
            .contains("Reed boat");
        assert_eq!(page, data);
        page
    });
    only_with(Fault::ListShared, |app| {
        get(app, HANNAH, "/api/orders?search=reed")
            .text()
            .contains("Reed boat")
    });
    only_with(Fault::ExportShared, |app| {
        get(app, HANNAH, "/export/orders.csv")
            .text()
            .contains("Reed boat")
    });
}

#[test]
fn orders_may_be_changed_across_tenants() {
    let change = |app: &ForeignApp| {
        let body = json!({ "title": "Taken" }).to_string();
        let answer = seen(app, HANNAH, "PUT", "/api/orders/1002", &body).json();
        let changed = app.stored_titles("lagoon").contains(&"Taken".to_owned());
        (answer["status"] == "ok", changed)
    };
    only_with(Fault::OrderWritable, |app| change(app) == (true, true));
    only_with(Fault::OrderWritableSilently, |app| {
        change(app) == (false, true)
    });
    only_with(Fault::OrderDeletable, |app| {
        seen(app, HANNAH, "DELETE", "/api/orders/1002", "");
        app.stored_titles("lagoon").len() == 1
    });
    only_with(Fault::TenantChosen, |app| {
        let body = json!({ "title": "Planted", "tenant": "lagoon" }).to_string();
        seen(app, HANNAH, "POST", "/api/orders", &body);
        app.stored_titles("lagoon").contains(&"Planted".to_owned())
    });
}

#[test]
fn strangers_and_clerks_may_do_more_than_they_should() {
    only_with(Fault::PagesOpen, |app| {
        assert_eq!(client::get(app.address(), "/orders/1001").status, 302);
        let page = client::get(app.address(), "/dashboard");
        page.status == 200 && page.text().contains("Mooring rope")
    });
    only_with(Fault::WriteOpen, |app| {
        let body = json!({ "title": "Strange" }).to_string();
        client::send(app.address(), "POST", "/api/orders", &[], &body);
        app.stored_titles("harbour").contains(&"Strange".to_owned())
    });
    only_with(Fault::RoleBypass, |app| {
        let body = json!({ "markup": 3 }).to_string();
        seen(app, HANNAH, "PUT", "/api/settings", &body);
        let page = get(app, HANNAH, "/settings").status == 200;
        let changed = get(app, MARTA, "/api/settings").json()["data"]["markup"] == 3;
        assert_eq!(page, changed);
        changed
    });
    only_with(Fault::ExtraFieldStored, |app| {
        let hannah = sign_in(app, HANNAH);
        let order = json!({ "title": "Anchor", "approved": true });
        let id = hannah.data("POST", "/api/orders", &order)["id"].clone();
        hannah.data("GET", &format!("/api/orders/{id}"), &Value::Null)["approved"] == true
    });
}

#[test]
fn managers_change_the_settings_of_their_own_tenant() {
    let app = ForeignApp::start();
    let marta = sign_in(&app, MARTA);
    assert_eq!(
        marta.data("PUT", "/api/settings", &json!({ "markup": 7 }))["markup"],
        7
    );
    assert!(
        marta
            .send("GET", "/settings", "")
            .text()
            .contains("Markup: 7 percent")
    );
    let leon = sign_in(&app, LEON);
    assert_eq!(
        leon.data("GET", "/api/settings", &Value::Null)["markup"],
        20
    );
    assert_eq!(
        leon.failure("PUT", "/api/settings", "{}"),
        "only a manager may do this"
    );
    assert_eq!(leon.send("GET", "/settings", "").status, 403);
}

#[test]
fn sessions_are_named_kept_and_ended_badly() {
    only_with(Fault::SessionFixed, |app| {
        let form = client::get(app.address(), "/login");
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("email", HANNAH.email)
            .append_pair("password", HANNAH.password)
            .append_pair("csrf", csrf(&form.text()))
            .finish();
        let anonymous = cookie(&form);
        let sent = [("cookie", anonymous.as_str())];
        client::send(app.address(), "POST", "/login", &sent, &body);
        let planted = client::send(app.address(), "GET", "/dashboard", &sent, "");
        planted.status == 200
    });
    only_with(Fault::LogoutForgotten, |app| {
        let browser = sign_in(app, HANNAH);
        let page = browser.send("GET", "/dashboard", "").text();
        browser.send("POST", "/logout", &format!("csrf={}", csrf(&page)));
        browser.send("GET", "/dashboard", "").status == 200
    });
    only_with(Fault::CookieBare, |app| {
        let form = client::get(app.address(), "/login");
        !form.header("set-cookie").unwrap().contains("HttpOnly")
    });
}

#[test]
fn guessing_passwords_goes_on_and_tells_who_is_known() {
    only_with(Fault::ThrottleMissing, |app| {
        for _ in 0..10 {
            submit(app, TILDA, "wrong", true, "");
        }
        sign_in(app, HANNAH);
        submit(app, TILDA, TILDA.password, true, "").status == 303
    });
    only_with(Fault::Enumeration, |app| {
        let nobody = Account {
            email: "nobody@harbour.example",
            ..HANNAH
        };
        let said = |account| submit(app, account, "wrong", true, "").text();
        let known = said(HANNAH).contains("The email or the password is wrong.");
        assert!(known);
        said(nobody).contains("Nobody signs in with this email.")
    });
}

#[test]
fn other_sites_and_caches_may_do_more_than_they_should() {
    only_with(Fault::CorsReflected, |app| {
        let sent = [("origin", "https://other.example")];
        let answer = client::send(app.address(), "GET", "/api/me", &sent, "");
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(
            allowed.is_some(),
            answer.header("access-control-allow-credentials").is_some()
        );
        allowed == Some("https://other.example")
    });
    only_with(Fault::FramingAllowed, |app| {
        let page = client::get(app.address(), "/login");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        let policy = page.header("content-security-policy").unwrap_or_default();
        page.header("x-frame-options").is_none() && !policy.contains("frame-ancestors")
    });
    only_with(Fault::HeadersMissing, |app| {
        client::get(app.address(), "/login")
            .header("x-content-type-options")
            .is_none()
    });
    only_with(Fault::PublicCache, |app| {
        get(app, HANNAH, "/api/orders").header("cache-control") == Some("public, max-age=600")
    });
    only_with(Fault::EnvServed, |app| {
        client::get(app.address(), "/.env")
            .text()
            .contains("\nDATABASE_URL=postgresql://")
    });
}

#[test]
fn lists_show_too_much() {
    let listed = |browser: &Browser<'_>, target: &str| {
        browser
            .data("GET", target, &Value::Null)
            .as_array()
            .unwrap()
            .len()
    };
    only_with(Fault::LimitIgnored, |app| {
        let hannah = sign_in(app, HANNAH);
        listed(&hannah, "/api/orders?limit=1") == 3
    });
    only_with(Fault::SensitiveField, |app| {
        get(app, HANNAH, "/api/orders")
            .text()
            .contains("password_hash")
    });
    let app = ForeignApp::start();
    let hannah = sign_in(&app, HANNAH);
    for _ in 0..55 {
        hannah.data("POST", "/api/orders", &json!({ "title": "Shackle" }));
    }
    assert_eq!(listed(&hannah, "/api/orders?limit=1000"), 50);
}
