use std::sync::Arc;

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::{Response, Sharing};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::recorder::Reply;
use tidegate_testkit::tls::{Certificate, TlsApp};

use super::*;
use crate::client::Client;
use crate::testing::{cause, client, trusting};

/// A client for which the provider is this server on loopback.
fn client_of(provider: &TlsApp, home: &str) -> (Client, Arc<Exchanges>) {
    let (mut client, exchanges) = client(home, EnvironmentKind::Production);
    client.reach_providers(trusting(provider));
    (client, exchanges)
}

/// An address as if it stood in the code.
fn written(url: String) -> &'static str {
    Box::leak(url.into_boxed_str())
}

fn asking(url: String) -> Request {
    let mut request = Request::new("GET", Target::Provider(written(url)), "/me", cause());
    request.headers = vec![("private-token".into(), "the-key".into())];
    request
}

fn provider() -> TlsApp {
    TlsApp::start(Certificate::Valid, |request| match request.path() {
        "/away" => Reply::redirect(302, "/me"),
        _ => Reply::text(200, &"x".repeat(PROVIDER_BODY_CAP + 1)).header("set-cookie", "sid=1"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_gets_the_headers_of_the_request_and_nothing_else() {
    let provider = provider();
    // At the same origin, where the environment's headers, cookies and body would go along.
    let (client, exchanges) = client_of(&provider, provider.url());
    let session = client.open_session(None, Sharing::Fresh);
    for _ in 0..2 {
        let request = Request {
            session: Some(session),
            query: vec![("q".into(), "the-key".into())],
            body: Body::Text("the-key".into()),
            redirects: 3,
            ..asking(format!("{}/me", provider.url()))
        };
        let response: Response = client.send(request).await.unwrap();
        assert_eq!(
            (response.status, response.body.len()),
            (200, PROVIDER_BODY_CAP)
        );
        assert!(response.truncated && response.timings.connect.is_some());
    }
    for request in provider.requests() {
        assert_eq!(request.header("private-token"), Some("the-key"));
        assert_eq!(request.header("user-agent"), Some("tidegate/test"));
        assert_eq!(request.header("x-bypass"), None);
        assert_eq!(request.header("cookie"), None);
        assert_eq!(request.query_value("q"), None);
        assert!(request.body.is_empty());
    }
    assert_eq!(exchanges.sent(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_of_a_provider_is_the_answer() {
    let provider = provider();
    let (client, _) = client_of(&provider, "https://portal.example");
    let request = Request {
        redirects: 3,
        ..asking(format!("{}/away", provider.url()))
    };
    assert_eq!(client.send(request).await.unwrap().status, 302);
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_for_its_own_request_and_for_looking_alone() {
    let provider = provider();
    let (client, _) = client_of(&provider, "https://portal.example");
    client
        .send(asking(format!("{}/me", provider.url())))
        .await
        .unwrap();
    let declared = Request {
        target: Target::Url(format!("{}/me", provider.url()).as_str().into()),
        ..asking(String::new())
    };
    let refused = client.send(declared).await;
    assert!(matches!(refused, Err(HttpError::UndeclaredOrigin { .. })));
    let writing = Request {
        method: "POST".into(),
        ..asking(format!("{}/me", provider.url()))
    };
    let refused = client.send(writing).await;
    assert!(matches!(refused, Err(HttpError::InvalidHeader { .. })));
    let open = provider.url().replace("https:", "http:");
    let refused = client.send(asking(format!("{open}/me"))).await;
    assert!(matches!(refused, Err(HttpError::InvalidUrl { .. })));
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_on_this_machine_is_refused() {
    let provider = provider();
    let (client, _) = client("https://portal.example", EnvironmentKind::Local);
    for url in [
        provider.url().to_owned(),
        provider.url().replace("127.0.0.1", "localhost"),
        "https://10.0.0.1/me".to_owned(),
        "https://169.254.169.254/me".to_owned(),
    ] {
        let refused = client.send(asking(url)).await;
        assert!(matches!(refused, Err(HttpError::ForbiddenAddress { .. })));
    }
    assert!(provider.requests().is_empty());
}
