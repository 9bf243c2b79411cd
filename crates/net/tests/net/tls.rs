//! Secure connections.

use std::sync::Arc;

use tidegate_core::ports::HttpError;
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use crate::support::World;

#[test]
fn an_authority_of_the_environment_is_trusted_and_http2_spoken() {
    let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "fine"));
    let world = World::builder(app.url())
        .authority(app.authority_pem())
        .build();
    let first = world.get("/").unwrap();
    assert_eq!((first.status, first.version.as_str()), (200, "HTTP/2.0"));
    assert!(first.timings.tls.is_some() && first.timings.connect.is_some());
    let second = world.get("/").unwrap();
    assert_eq!((second.timings.tls, second.timings.connect), (None, None));
    assert!(app.requests()[0].header("cookie").is_none());
}

#[test]
fn http2_shares_one_connection() {
    let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "fine"));
    let world = World::builder(app.url())
        .authority(app.authority_pem())
        .build();
    world.get("/").unwrap();
    let many: Vec<_> = (0..20)
        .map(|_| tidegate_core::ports::Http::send(&world.client, crate::support::get("/")))
        .collect();
    for sent in many {
        let response = crate::support::block_on(sent).unwrap();
        assert_eq!(response.timings.connect, None);
    }
}

#[test]
fn a_bad_certificate_is_refused_with_its_reason() {
    for (certificate, trusted, reason) in [
        (
            Certificate::Valid,
            false,
            "an authority that this machine does not trust",
        ),
        (Certificate::WrongHost, true, "for another host"),
        (Certificate::Expired, true, "has expired"),
    ] {
        let app = TlsApp::start(certificate, |_| Reply::new(200));
        let builder = World::builder(app.url());
        let world = if trusted {
            builder.authority(app.authority_pem()).build()
        } else {
            // An authority that signed nothing here, so that the test needs none on this machine.
            let other = rcgen::generate_simple_self_signed(["other.example".to_owned()]).unwrap();
            builder.authority(&other.cert.pem()).build()
        };
        match world.get("/") {
            Err(HttpError::Tls {
                origin,
                reason: told,
            }) => {
                assert_eq!(origin, app.url());
                assert!(told.contains(reason), "{told}");
            }
            other => panic!("{certificate:?}: {other:?}"),
        }
        assert!(app.requests().is_empty());
    }
}

#[test]
fn a_server_that_speaks_no_tls_is_told_as_such() {
    let app = App::start(|_| Reply::new(200));
    let other = TlsApp::start(Certificate::Valid, |_| Reply::new(200));
    let world = World::builder(&app.url().replace("http:", "https:"))
        .authority(other.authority_pem())
        .build();
    let error = world.get("/").unwrap_err();
    assert!(matches!(error, HttpError::Tls { .. }), "{error:?}");
}

#[test]
fn an_unusable_authority_is_refused_at_once() {
    let built = World::builder("https://127.0.0.1:1")
        .authority("no PEM")
        .try_build();
    assert!(matches!(built, Err(HttpError::Tls { .. })));
}

#[test]
fn the_program_around_keeps_its_own_provider() {
    let own = rustls::crypto::CryptoProvider {
        cipher_suites: Vec::new(),
        ..rustls::crypto::ring::default_provider()
    };
    // A provider without a cipher suite: were it used, no handshake could succeed.
    let installed = own.install_default();
    let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "fine"));
    let world = World::builder(app.url())
        .authority(app.authority_pem())
        .build();
    assert_eq!(world.get("/").unwrap().status, 200);
    let current = rustls::crypto::CryptoProvider::get_default().map(Arc::clone);
    assert!(
        installed.is_err() || current.is_some_and(|provider| provider.cipher_suites.is_empty())
    );
}
