//! Starting and stopping, and what goes wrong with it.

use std::net::{SocketAddr, TcpListener, TcpStream};

use serde_json::json;
use tidegate_client_portal::{Options, StartError, start, start_blocking};

use crate::client::Portal;

#[test]
fn a_portal_runs_without_the_callers_runtime_and_stops_listening() {
    let portal = start_blocking(Options::default()).expect("start");
    let address = portal.address();
    assert_eq!(portal.url(), format!("http://{address}"));
    TcpStream::connect(address).expect("it listens");
    portal.stop_blocking().expect("stop");
    TcpStream::connect(address).expect_err("it has stopped");
}

#[tokio::test]
async fn a_dropped_portal_stops_listening() {
    let portal = start(Options::default()).await.expect("start");
    let address = portal.address();
    drop(portal);
    TcpStream::connect(address).expect_err("it has stopped");
}

#[test]
fn a_taken_port_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let listen = listener.local_addr().expect("address");
    let error = start_blocking(Options {
        listen,
        ..Options::default()
    })
    .expect_err("taken");
    assert!(
        matches!(error, StartError::Listen { address, .. } if address == listen),
        "{error}"
    );
    assert!(error.to_string().contains(&listen.to_string()), "{error}");
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().expect("file");
    let data = Some(file.path().join("below-a-file"));
    let error = start_blocking(Options {
        data,
        ..Options::default()
    })
    .expect_err("no folder");
    assert!(matches!(error, StartError::Folder { .. }), "{error}");
    assert!(error.to_string().contains("below-a-file"), "{error}");
}

#[test]
fn a_database_that_is_none_is_named() {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("portal.sqlite"), "x".repeat(5000)).expect("write");
    let data = Some(folder.path().to_owned());
    let error = start_blocking(Options {
        data,
        ..Options::default()
    })
    .expect_err("no database");
    assert!(matches!(error, StartError::Database { .. }), "{error}");
}

#[test]
fn an_origin_that_is_none_is_named() {
    let allowed_origins = vec!["portal.example".to_owned()];
    let options = Options {
        allowed_origins,
        ..Options::default()
    };
    let error = start_blocking(options).expect_err("no origin");
    assert!(
        matches!(&error, StartError::Origin(text) if text == "portal.example"),
        "{error}"
    );
}

#[test]
fn a_portal_that_listens_everywhere_is_reached_on_loopback() {
    let listen = SocketAddr::from(([0, 0, 0, 0], 0));
    let portal = start_blocking(Options {
        listen,
        ..Options::default()
    })
    .expect("start");
    assert_eq!(
        portal.url(),
        format!("http://127.0.0.1:{}", portal.address().port())
    );
}

#[tokio::test]
async fn data_in_a_named_folder_outlive_the_portal() {
    let folder = tempfile::tempdir().expect("folder");
    let options = Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let portal = Portal::with(options.clone()).await;
    let created = portal
        .log_in("anna")
        .await
        .post("/api/records", json!({ "title": "Kept" }))
        .await;
    drop(portal);
    let portal = Portal::with(options).await;
    let read = portal
        .log_in("anna")
        .await
        .get(created.header("location"))
        .await;
    assert_eq!(read.json()["title"], "Kept");
}
