use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::{Body, Response, Sharing};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::hostile::{Behaviour, Hostile};
use tidegate_testkit::recorder::{App, RecordedRequest, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use super::*;
use crate::client::Client;
use crate::testing::{KEY, cause, client, trusting};

/// A server that redirects to the address after `to=`, and else says hello.
fn app() -> App {
    App::start(answer)
}

fn answer(request: &RecordedRequest) -> Reply {
    match request.path() {
        "/away" => Reply::redirect(302, &request.query_value("to").unwrap()),
        "/keep" => Reply::redirect(307, &request.query_value("to").unwrap()),
        "/close" => Reply::text(200, "bye").header("connection", "close"),
        _ => Reply::text(200, "hello").header("set-cookie", "sid=1"),
    }
}

fn asking(url: &str, origins: &[&str]) -> Request {
    let target = Target::Granted {
        url: url.into(),
        origins: origins.iter().map(|one| (*one).to_owned()).collect(),
    };
    Request {
        redirects: 3,
        ..Request::new("GET", target, "/x", cause())
    }
}

fn local(home: &str) -> (Client, Arc<Exchanges>) {
    client(home, EnvironmentKind::Local)
}

async fn get(client: &Client, url: &str, origins: &[&str]) -> Result<Response, HttpError> {
    client.send(asking(url, origins)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_host_gets_the_request_and_nothing_of_the_portal() {
    let app = app();
    // At the same origin, where the environment's headers and cookies would go along.
    let (client, exchanges) = local(app.url());
    let session = client.open_session(None, Sharing::Fresh);
    for _ in 0..2 {
        let request = Request {
            method: "POST".into(),
            session: Some(session),
            query: vec![("q".into(), "a b".into())],
            headers: vec![("x-key".into(), KEY.into())],
            body: Body::Json("{}".into()),
            ..asking(&format!("{}/x?y=1", app.url()), &[app.url()])
        };
        let response = client.send(request).await.unwrap();
        assert_eq!((response.status, response.authenticated), (200, false));
    }
    for request in app.requests() {
        assert_eq!(request.method, "POST");
        assert_eq!(request.header("x-key"), Some(KEY));
        assert_eq!(request.query_value("q").as_deref(), Some("a b"));
        assert_eq!(request.text(), "{}");
        assert_eq!(request.header("x-bypass"), None);
        assert_eq!(request.header("cookie"), None);
    }
    assert_eq!((exchanges.sent(), exchanges.recorded().len()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_granted_scheme_host_and_port_are_asked() {
    let (app, other) = (app(), app());
    let (client, exchanges) = local("http://127.0.0.1:9");
    let port = app.address().port();
    for url in [
        other.url().to_owned(),
        format!("https://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://127.0.0.1.:{port}/"),
        format!("http://127.0.0.1.evil.example:{port}/"),
    ] {
        let refused = get(&client, &url, &[app.url()]).await;
        let ungranted = matches!(
            refused,
            Err(HttpError::UngrantedOrigin { .. } | HttpError::InvalidUrl { .. })
        );
        // WHATWG URL reads a number with a dot at its end as the number.
        assert!(ungranted || url.contains("1.:"), "{url}: {refused:?}");
    }
    for url in [
        format!("http://user:{KEY}@127.0.0.1:{port}/"),
        format!("http://granted@127.0.0.1:{port}/"),
        "ftp://127.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,x".to_owned(),
        "/x".to_owned(),
    ] {
        let refused = get(&client, &url, &[app.url(), "null"]).await.unwrap_err();
        let said = format!("{refused} {refused:?} {}", refused.help());
        assert!(matches!(refused, HttpError::InvalidUrl { .. }), "{said}");
        assert!(!said.contains(KEY), "{said}");
    }
    assert!(other.requests().is_empty());
    // What differs only in how it is written is the same address, and that one is sent.
    let before = app.requests().len();
    for host in [
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "１２７.0.0.1",
    ] {
        let url = format!("http://{host}:{port}\\x");
        assert_eq!(get(&client, &url, &[app.url()]).await.unwrap().status, 200);
    }
    let requests = app.requests().split_off(before);
    assert!(requests.iter().all(|request| request.path() == "/x"));
    assert_eq!(requests.len(), 5);
    assert_eq!(exchanges.sent(), app.requests().len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_followed_to_granted_origins_alone() {
    let (app, other, stranger) = (app(), app(), app());
    let (client, _) = local("http://127.0.0.1:9");
    let granted = [app.url(), other.url()];
    let away = |path: &str, to: &str| format!("{}{path}?to={to}", app.url());
    for to in [
        stranger.url().to_owned(),
        format!("//{}/", stranger.address()),
        format!("http://user@{}/", other.address()),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let response = get(&client, &away("/away", &to), &granted).await.unwrap();
        assert_eq!(response.status, 302, "{to}");
        assert!(response.refused_redirect.is_some(), "{to}");
    }
    let request = Request {
        method: "POST".into(),
        body: Body::Text("text".into()),
        headers: vec![
            ("x-key".into(), KEY.into()),
            ("authorization".into(), "Bearer mine".into()),
            ("x-plain".into(), "plain".into()),
        ],
        ..asking(&away("/keep", &format!("{}/there", other.url())), &granted)
    };
    let response = client.send(request).await.unwrap();
    assert_eq!(response.url, format!("{}/there", other.url()));
    let seen = &other.requests()[0];
    assert_eq!(
        (seen.method.as_str(), seen.text().as_ref()),
        ("POST", "text")
    );
    assert_eq!(seen.header("x-plain"), Some("plain"));
    assert_eq!(
        (seen.header("x-key"), seen.header("authorization")),
        (None, None)
    );
    assert_eq!(
        seen.header("host"),
        Some(other.address().to_string().as_str())
    );
    assert!(stranger.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_metadata_address_is_refused_however_it_is_reached() {
    let app = app();
    let (client, _) = local(app.url());
    let granted = [
        app.url(),
        "http://169.254.169.254",
        "http://[::ffff:a9fe:a9fe]",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
    ];
    for place in &granted[1..] {
        let there = get(&client, place, &granted).await;
        let redirected = format!("{}/away?to={place}/latest/", app.url());
        for refused in [there, get(&client, &redirected, &granted).await] {
            let told = matches!(refused, Err(HttpError::ForbiddenAddress { .. }));
            assert!(told, "{place}: {refused:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_environment_is_public_only_public_addresses_are_asked() {
    let app = app();
    let port = app.address().port();
    for home in [
        "https://93.184.215.14",
        "http://93.184.215.14",
        "https://portal.example",
    ] {
        let (mut client, _) = local(home);
        client.resolve(Names::told(|_| vec!["93.184.215.14"]));
        for place in [
            format!("http://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
            "https://10.0.0.1".to_owned(),
            "https://[::1]".to_owned(),
            "https://[::ffff:192.168.0.1]".to_owned(),
            "https://100.64.0.1".to_owned(),
        ] {
            let origin = Url::parse(&place).unwrap().origin().ascii_serialization();
            let refused = get(&client, &place, &[&origin]).await;
            let told = matches!(refused, Err(HttpError::ForbiddenAddress { .. }));
            assert!(told, "{home} {place}: {refused:?}");
        }
    }
    assert!(app.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_connection_is_for_this_machine_and_private_environments() {
    let app = app();
    let granted = format!("http://mail.example:{}", app.address().port());
    for (home, open) in [
        ("http://web:3000", true),
        ("https://web:3000", false),
        ("https://portal.example", false),
        ("http://nowhere.example", false),
    ] {
        let (mut client, _) = local(home);
        client.resolve(Names::told(|name| match name {
            "web" | "mail.example" => vec!["127.0.0.1"],
            "portal.example" => vec!["93.184.215.14"],
            _ => Vec::new(),
        }));
        let answer = get(&client, &granted, &[&granted]).await;
        match answer {
            Ok(response) => assert!(open && response.status == 200, "{home}"),
            Err(HttpError::InvalidUrl { .. }) => assert!(!open, "{home}"),
            Err(other) => panic!("{home}: {other:?}"),
        }
    }
    assert_eq!(app.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_changes_its_answer_gains_nothing() {
    let app = app();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let (mut client, _) = local("http://127.0.0.1:9");
    // Each answer but the first leads to what nobody may reach.
    client.resolve(Names::told(move |_| {
        match counted.fetch_add(1, Ordering::SeqCst) {
            0 => vec!["127.0.0.1"],
            _ => vec!["169.254.169.254"],
        }
    }));
    let place = format!("http://rebind.example:{}", app.address().port());
    let close = format!("{place}/close");
    let first = get(&client, &close, &[&place]).await;
    // The checked address is the one that is connected to: nobody is asked twice for one connection.
    assert_eq!(
        (first.unwrap().status, asked.load(Ordering::SeqCst)),
        (200, 1)
    );
    let second = get(&client, &close, &[&place]).await;
    assert!(matches!(second, Err(HttpError::ForbiddenAddress { .. })));
    assert_eq!((app.requests().len(), asked.load(Ordering::SeqCst)), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_the_portal_and_of_granted_hosts_are_kept_apart() {
    let app = app();
    let (client, _) = local(app.url());
    let own = || client.send(Request::get("/own", cause()));
    let granted = || async { get(&client, app.url(), &[app.url()]).await.unwrap() };
    assert!(own().await.unwrap().timings.connect.is_some());
    assert!(granted().await.timings.connect.is_some());
    assert!(granted().await.timings.connect.is_none());
    assert!(own().await.unwrap().timings.connect.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_the_environment_vouches_for_no_granted_host() {
    let server = TlsApp::start(Certificate::Valid, answer);
    let (mut client, _) = local("http://127.0.0.1:9");
    let granted = [server.url()];
    let refused = get(&client, server.url(), &granted).await;
    assert!(matches!(refused, Err(HttpError::Tls { .. })), "{refused:?}");
    client.reach_providers(trusting(&server));
    assert_eq!(
        get(&client, server.url(), &granted).await.unwrap().status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_the_connection_are_not_the_plugins() {
    let app = app();
    let (client, _) = local(app.url());
    for name in OF_THE_CLIENT
        .iter()
        .chain(&["Content-Length", "Connection", "HOST"])
    {
        let request = Request {
            headers: vec![((*name).to_owned(), "x".into())],
            ..asking(app.url(), &[app.url()])
        };
        let refused = client.send(request).await;
        assert!(
            matches!(refused, Err(HttpError::InvalidHeader { .. })),
            "{name}"
        );
    }
    assert!(app.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn production_is_only_looked_at_under_any_name() {
    let (app, other) = (app(), app());
    let (client, _) = client(app.url(), EnvironmentKind::Production);
    let hook = format!("http://localhost:{}", other.address().port());
    let granted = [app.url(), hook.as_str()];
    let post = |url: &str| Request {
        method: "POST".into(),
        ..asking(url, &granted)
    };
    let refused = client.send(post(app.url())).await;
    assert!(matches!(refused, Err(HttpError::ReadOnly { .. })));
    let redirected = format!("{hook}/keep?to={}/x", app.url());
    let refused = client.send(post(&redirected)).await;
    assert!(matches!(refused, Err(HttpError::ReadOnly { .. })));
    assert!(app.requests().is_empty());
    assert_eq!(client.send(post(&hook)).await.unwrap().status, 200);
    assert_eq!(get(&client, app.url(), &granted).await.unwrap().status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_answer_cannot_unfold_into_a_large_one() {
    let server = Hostile::start();
    let (client, _) = local(server.url());
    for behaviour in [Behaviour::GzipBomb, Behaviour::Huge] {
        let request = Request {
            body_cap: 1 << 16,
            ..asking(&server.url_of(behaviour), &[server.url()])
        };
        let response = client.send(request).await.unwrap();
        assert_eq!((response.truncated, response.body.len()), (true, 1 << 16));
    }
    let beyond = Request {
        body_cap: usize::MAX,
        ..asking(server.url(), &[])
    };
    assert_eq!(bounded(beyond).body_cap, DEFAULT_BODY_CAP);
}
