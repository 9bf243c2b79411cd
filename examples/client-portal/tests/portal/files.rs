use axum::http::Method;

use crate::client::{Caller, Portal};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest";

async fn anna() -> (Portal, Caller) {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    (portal, anna)
}

#[tokio::test]
async fn what_is_uploaded_is_downloaded() {
    let (_portal, anna) = anna().await;
    for (name, content_type, content, served_as) in [
        (
            "notes.txt",
            "text/plain",
            "grüß dich".as_bytes(),
            "text/plain; charset=utf-8",
        ),
        ("logo.png", "image/png", PNG, "image/png"),
    ] {
        let uploaded = anna.upload(name, content_type, content).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text());
        assert_eq!(uploaded.json()["size"], content.len());
        let path = uploaded.header("location").to_owned();
        assert_eq!(anna.get(&path).await.json(), uploaded.json());
        let download = anna.get(&format!("{path}/content")).await;
        assert_eq!(download.body, content);
        assert_eq!(download.header("content-type"), served_as);
        assert!(
            download
                .header("content-disposition")
                .starts_with("attachment; ")
        );
        assert_eq!(download.header("x-content-type-options"), "nosniff");
        assert_eq!(download.header("cache-control"), "private, no-store");
        assert!(
            download
                .header("content-security-policy")
                .contains("sandbox")
        );
    }
}

#[tokio::test]
async fn what_does_not_belong_here_is_refused() {
    let (_portal, anna) = anna().await;
    let large = vec![b'x'; 2 * 1024 * 1024 + 1];
    for (name, content_type, content, expected) in [
        ("large.txt", "text/plain", &large[..], "413 too-large"),
        ("a.png", "image/png", b"no picture", "415 unsupported-type"),
        (
            "a.svg",
            "image/svg+xml",
            b"<svg><script/></svg>",
            "415 unsupported-type",
        ),
        (
            "a.txt",
            "text/plain",
            b"<svg><script/></svg>",
            "415 unsupported-type",
        ),
        ("../a.txt", "text/plain", b"x", "422 invalid-input"),
        ("a.php.txt", "text/plain", b"x", "422 invalid-input"),
        ("a.txt", "text/plain", b"", "422 invalid-input"),
    ] {
        let answer = anna.upload(name, content_type, content).await;
        assert_eq!(answer.error(), expected, "{name} {content_type}");
        assert_eq!(answer.fields(), ["file"], "{name}");
    }
    let full = anna.upload("full.txt", "text/plain", &large[1..]).await;
    assert_eq!(full.status, 201);
}

#[tokio::test]
async fn a_body_of_many_megabytes_is_refused_with_an_answer() {
    let (_portal, anna) = anna().await;
    let answer = anna
        .upload("large.txt", "text/plain", &vec![b'x'; 12 * 1024 * 1024])
        .await;
    assert_eq!(answer.error(), "413 too-large");
}

#[tokio::test]
async fn forms_that_are_broken_are_refused() {
    let (_portal, anna) = anna().await;
    let send = async |content_type: &str, body: &str| {
        let call = anna
            .call(Method::POST, "/api/files")
            .header("content-type", content_type);
        call.body(body.to_owned()).send().await.error()
    };
    let form = "multipart/form-data; boundary=b";
    let part = "--b\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\nx\r\n";
    assert_eq!(send("application/json", "{}").await, "415 unsupported-type");
    assert_eq!(send(form, "--b--\r\n").await, "422 invalid-input");
    assert_eq!(
        send(form, &format!("{part}--b--\r\n")).await,
        "422 invalid-input"
    );
    assert_eq!(send(form, "--b\r\ncontent-dispo").await, "400 invalid-form");
}

#[tokio::test]
async fn files_are_private_to_their_tenant_and_can_be_deleted() {
    let (portal, anna) = anna().await;
    let boris = portal.log_in("boris").await;
    let uploaded = anna.upload("a.txt", "text/plain", b"for Acme only").await;
    let path = uploaded.header("location");
    let content = format!("{path}/content");
    for address in [path, &content] {
        assert_eq!(boris.get(address).await.error(), "404 not-found");
        assert_eq!(
            portal.anonymous().get(address).await.error(),
            "401 unauthenticated"
        );
    }
    assert_eq!(boris.delete(path).await.error(), "404 not-found");
    assert_eq!(anna.get(&content).await.text(), "for Acme only");
    assert_eq!(anna.delete(path).await.status, 204);
    assert_eq!(anna.get(&content).await.error(), "404 not-found");
}
