//! The deployed site: what a visitor gets, and what must not be there for one.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use tidegate_client_portal::{Break, Options, start_blocking};
use tidegate_testkit::recorder::{App, Reply};

use super::support::{Bench, Look, database, service_role, settings, stripe};

const PAGE: &str =
    "<html><link rel=stylesheet href=/style.css><script src=/app.js></script></html>";

/// What the gate says about a site.
#[track_caller]
fn look_at(bench: &Bench, url: &str, secrets: &str) -> Look {
    bench.gate(secrets, url, "");
    bench.run(&["--no-preflight"], &[])
}

#[test]
fn a_key_in_a_script_a_header_a_cookie_or_an_open_env_is_found() {
    let env = format!("MODE=production\nDATABASE_URL={}\n", database(0).whole);
    let script = format!("const k=\"{}\";", service_role(0).whole);
    let app = App::start(move |request| match request.path() {
        "/" => Reply::html(200, PAGE)
            .header("x-upstream-key", &stripe(0).whole)
            .header("set-cookie", &format!("pay={}; Path=/", stripe(1).whole)),
        "/app.js" => Reply::bytes(200, "text/javascript", script.clone()),
        "/style.css" => Reply::bytes(
            200,
            "text/css",
            format!("a{{b:url(/?k={})}}", stripe(2).whole),
        ),
        "/.env" => Reply::bytes(200, "text/plain", env.clone()),
        _ => Reply::new(404),
    });
    let look = look_at(&Bench::folder(), app.url(), "");
    look.ran.expect(1);
    look.says("/.env")
        .says("x-upstream-key")
        .says("pay")
        .says("/style.css")
        .says("/app.js");
    let codes: Vec<&str> = look
        .findings()
        .iter()
        .filter_map(|one| one["code"].as_str())
        .collect();
    let count = |code: &str| codes.iter().filter(|one| **one == code).count();
    assert_eq!(count("secrets/stripe-secret-key"), 3, "{codes:?}");
    assert_eq!(count("secrets/supabase-service-role-key"), 1, "{codes:?}");
    assert_eq!(count("secrets/file-served"), 1, "{codes:?}");
    assert_eq!(count("secrets/database-url"), 1, "{codes:?}");
}

#[test]
fn a_key_of_the_repository_that_is_served_is_new_and_told_at_its_source() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    bench.commit("Keep the key on the server");
    let map = json!({
        "version": 3,
        "sources": ["src/pay.ts"],
        "sourcesContent": [settings(&stripe(0))],
        "mappings": "AACA",
    })
    .to_string();
    let script = format!(
        "const k=\"{}\";\n//# sourceMappingURL=app.js.map\n",
        stripe(0).whole
    );
    let app = App::start(move |request| match request.path() {
        "/" => Reply::html(200, PAGE),
        "/app.js" => Reply::bytes(200, "text/javascript", script.clone()),
        "/app.js.map" => Reply::bytes(200, "application/json", map.clone()),
        _ => Reply::new(404),
    });
    let look = look_at(&bench, app.url(), "");
    look.ran.expect(1);
    let found = look.found();
    assert!(
        found.contains(&"stripe-secret-key src/pay.ts:2".to_owned()),
        "{found:?}"
    );
    assert!(
        found.iter().any(|one| one.starts_with("source-map-served")),
        "{found:?}"
    );
    look.says("/app.js");
}

#[test]
fn a_site_that_does_not_answer_is_no_clean_site() {
    let nobody = tidegate_testkit::hostile::RefusingPort::take();
    let look = look_at(&Bench::folder(), &nobody.url(), "");
    look.ran
        .expect(3)
        .says("the deployed site answered nothing");
    look.says("it was not looked at: ")
        .never_says("not looked at whole");
}

#[test]
fn a_site_that_answers_everything_with_its_page_serves_no_env() {
    let app = App::start(|_| Reply::html(200, PAGE));
    look_at(&Bench::folder(), app.url(), "").finds(&[]);
}

#[test]
fn the_regressions_of_the_portal_are_caught_and_no_report_repeats_a_key() {
    let cases: [(&[Break], &[&str]); 4] = [
        (&[], &[]),
        (
            &[Break::SecretInBundle],
            &[
                "secrets/stripe-secret-key",
                "secrets/supabase-service-role-key",
            ],
        ),
        (&[Break::PublicSourcemap], &["secrets/source-map-served"]),
        (
            &[Break::DotenvServed],
            &["secrets/database-url", "secrets/file-served"],
        ),
    ];
    for (breaks, wanted) in cases {
        let options = Options {
            breaks: breaks.iter().copied().collect(),
            ..Options::default()
        };
        let portal = start_blocking(options).expect("the portal starts");
        let look = look_at(&Bench::folder(), &portal.url(), "");
        let codes = look
            .findings()
            .into_iter()
            .filter_map(|one| one["code"].as_str());
        let codes: BTreeSet<&str> = codes.collect();
        assert_eq!(codes, wanted.iter().copied().collect(), "{breaks:?}");
    }
}

#[test]
fn what_a_site_says_in_thousands_of_ways_is_one_finding() {
    let pages: Arc<str> = (0..300)
        .map(|page| format!("<a href=/p/{page}>"))
        .collect::<String>()
        .into();
    let app = App::start(move |request| match request.path() {
        "/" => Reply::html(200, &pages),
        "/.env" | "/.git/config" => Reply::new(404),
        _ => Reply::html(200, &format!("<i data-key='{}'></i>", stripe(0).whole)),
    });
    let look = look_at(&Bench::folder(), app.url(), "");
    look.ran.expect(1);
    assert_eq!(look.findings().len(), 1);
}
