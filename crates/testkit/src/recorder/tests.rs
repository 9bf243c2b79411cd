use std::sync::mpsc;
use std::time::Duration;

use super::{App, Reply};
use crate::client;

#[test]
fn records_method_target_headers_and_body() {
    let app = App::start(|_| Reply::new(204));
    let answer = client::send(
        app.address(),
        "POST",
        "/things%20here?q=a%20b",
        &[("x-one", "1"), ("cookie", "a=1; sid=abc")],
        "name=J%C3%BCrgen+S&empty=",
    );
    assert_eq!(answer.status, 204);
    let requests = app.requests();
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.path(), "/things%20here");
    assert_eq!(request.query_value("q").as_deref(), Some("a b"));
    assert_eq!(request.query_value("missing"), None);
    assert_eq!(request.header("X-One"), Some("1"));
    assert_eq!(request.cookie("sid"), Some("abc"));
    assert_eq!(request.cookie("id"), None);
    assert_eq!(request.form_value("name").as_deref(), Some("Jürgen S"));
}

#[test]
fn answers_what_the_handler_says() {
    let app = App::start(|request| match request.path() {
        "/json" => Reply::json(201, &serde_json::json!({ "got": request.json() })),
        "/there" => Reply::redirect(302, "/json").header("set-cookie", "a=b"),
        _ => Reply::html(404, "<p>no</p>"),
    });
    let answer = client::send(app.address(), "PUT", "/json", &[], "[1]");
    assert_eq!(
        (answer.status, answer.json()),
        (201, serde_json::json!({ "got": [1] }))
    );
    let answer = client::get(app.address(), "/there");
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("/json"))
    );
    assert_eq!(answer.header("set-cookie"), Some("a=b"));
    let answer = client::get(app.address(), "/other");
    assert_eq!((answer.status, answer.text().as_str()), (404, "<p>no</p>"));
    assert_eq!(app.requests_to("/json").len(), 1);
}

#[test]
fn a_lost_answer_is_handled_and_never_arrives() {
    let app = App::start(|_| Reply::lost());
    let (bytes, _) = client::exchange(app.address(), "POST /records HTTP/1.1\r\nhost: a\r\n\r\n");
    assert!(bytes.is_empty());
    assert_eq!(app.requests().len(), 1);
}

#[test]
fn a_delayed_answer_holds_up_no_other() {
    let app = App::start(|request| match request.path() {
        "/slow" => Reply::new(200).after(Duration::from_secs(30)),
        _ => Reply::new(200),
    });
    let address = app.address();
    let (arrived, slow) = mpsc::channel();
    std::thread::spawn(move || {
        arrived.send(client::exchange(
            address,
            "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n",
        ))
    });
    while app.requests_to("/slow").is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(client::get(address, "/fast").status, 200);
    assert!(slow.try_recv().is_err());
    drop(app);
    assert!(
        slow.recv().unwrap().0.is_empty(),
        "dropping the app ends the connection"
    );
}

#[test]
fn a_body_over_the_limit_is_refused() {
    let app = App::start(|_| Reply::new(200));
    let (bytes, _) = client::exchange(
        app.address(),
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 20000000\r\n\r\n",
    );
    assert!(bytes.starts_with(b"HTTP/1.1 413 "));
    assert!(app.requests().is_empty());
}

#[test]
fn a_panicking_handler_spoils_only_its_connection() {
    let app = App::start(|request| {
        assert_ne!(request.path(), "/panic", "asked to panic");
        Reply::new(200)
    });
    let (bytes, _) = client::exchange(app.address(), "GET /panic HTTP/1.1\r\nhost: a\r\n\r\n");
    assert!(bytes.is_empty());
    assert_eq!(client::get(app.address(), "/").status, 200);
}
