//! Requests of plugins: to granted hosts, and to the declared places that they may be led to.

use std::process::Command;
use std::time::Duration;

use tidegate_core::ports::http::{Request, Response, Target};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use crate::support::{World, cause, get, request};

/// Names the address that a child process asks.
const CHILD: &str = "TIDEGATE_TEST_ASK";

/// A server that redirects to the address after `to=`.
fn app() -> App {
    App::start(|request| match request.query_value("to") {
        Some(to) => Reply::redirect(302, &to),
        None => Reply::text(200, "hello"),
    })
}

fn granted(url: &str, origin: &str) -> Request {
    let target = Target::Granted {
        url: url.into(),
        origins: [origin.to_owned()].into(),
    };
    Request::new("GET", target, "/x", cause())
}

/// The environment and its api `db`, and a request of the environment that leads to an address.
fn led(app: &App, api: &App, to: &str, within: Option<&[Option<&str>]>) -> Response {
    let world = World::builder(app.url()).api("db", api.url(), &[]).build();
    let within = within.map(|places| {
        let places = places.iter();
        places.map(|place| place.map(Into::into)).collect()
    });
    let request = Request {
        redirects: 3,
        query: vec![("to".into(), to.into())],
        headers: vec![("host".into(), "another.example".into())],
        within,
        ..get("/away")
    };
    world.send(request).unwrap()
}

#[test]
fn a_redirect_leads_only_to_the_places_that_the_request_names() {
    let (app, api) = (app(), app());
    let (home, db) = (format!("{}/x", app.url()), format!("{}/x", api.url()));
    let followed = |to: &str, within| led(&app, &api, to, within).refused_redirect.is_none();
    assert!(followed(&home, None) && followed(&db, None));
    assert!(followed(&home, Some(&[None])) && followed(&db, Some(&[Some("db")])));
    let before = (app.requests_to("/x").len(), api.requests_to("/x").len());
    assert!(!followed(&db, Some(&[None])));
    assert!(!followed(&home, Some(&[Some("db")])));
    assert!(!followed(&home, Some(&[])));
    assert_eq!(
        (app.requests_to("/x").len(), api.requests_to("/x").len()),
        before
    );
}

#[test]
fn a_host_header_stays_on_the_origin_that_it_was_written_for() {
    let (app, api) = (app(), app());
    led(&app, &api, &format!("{}/x", api.url()), None);
    led(&app, &api, "/x", None);
    assert_eq!(
        app.requests_to("/away")[0].header("host"),
        Some("another.example")
    );
    assert_eq!(
        app.requests_to("/x")[0].header("host"),
        Some("another.example")
    );
    let own = api.address().to_string();
    assert_eq!(api.requests_to("/x")[0].header("host"), Some(own.as_str()));
}

#[test]
fn a_declared_place_at_a_metadata_address_is_refused_behind_a_redirect_too() {
    let app = app();
    let metadata = "http://169.254.169.254/latest/";
    let world = World::builder(app.url()).api("db", metadata, &[]).build();
    let refused = world.send(Request {
        redirects: 3,
        query: vec![("to".into(), metadata.into())],
        ..get("/away")
    });
    assert!(
        matches!(refused, Err(HttpError::ForbiddenAddress { .. })),
        "{refused:?}"
    );
}

#[test]
fn the_authority_of_the_environment_vouches_for_no_granted_host() {
    let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "fine"));
    let world = World::builder(app.url())
        .authority(app.authority_pem())
        .build();
    assert!(world.get("/").is_ok());
    let refused = world.send(granted(app.url(), app.url()));
    assert!(matches!(refused, Err(HttpError::Tls { .. })), "{refused:?}");
}

#[test]
fn a_granted_host_keeps_to_the_rate_and_is_counted_and_not_published() {
    let app = app();
    let world = World::builder("http://127.0.0.1:9").rate(2).build();
    let send = || world.client.send(granted(app.url(), app.url()));
    for sent in [send(), send()] {
        crate::support::block_on(sent).unwrap();
    }
    assert!(world.machine.sleeps() > 0);
    let exchanges = &world.exchanges;
    assert_eq!((exchanges.sent(), exchanges.recorded().len()), (2, 0));
}

#[test]
fn a_granted_host_is_neither_measured_nor_asked_together_with_others() {
    use tidegate_core::ports::Volley;
    let app = app();
    let world = World::at(app.url());
    let requests = vec![granted(app.url(), app.url())];
    let refused = crate::support::block_on(world.client.release(requests, &[]));
    assert!(matches!(refused, Err(HttpError::NoWay { .. })));
    assert!(app.requests().is_empty());
}

/// The test calls itself with the variables set.
#[test]
fn proxy_variables_of_the_machine_are_not_read() {
    if let Ok(url) = std::env::var(CHILD) {
        let world = World::at(&url);
        assert_eq!(world.send(granted(&url, &url)).unwrap().status, 200);
        assert_eq!(world.send(request("GET", &url)).unwrap().status, 200);
        let long = Duration::from_secs(20);
        assert_eq!(tidegate_net::download(&url, 100, long).unwrap(), b"hello");
        return;
    }
    let (app, proxy) = (app(), app());
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "granted::proxy_variables_of_the_machine_are_not_read",
    ]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, proxy.url());
        child.env(name.to_lowercase(), proxy.url());
    }
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child.env(CHILD, app.url()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(app.requests().len(), 3);
    assert!(proxy.requests().is_empty());
}
