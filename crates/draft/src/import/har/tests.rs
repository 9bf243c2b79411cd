use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::super::Format;
use super::super::tests::{imported, shown};

fn har(log: &Json) -> String {
    shown(&imported(
        Some(Format::Har),
        "portal.har",
        json!({ "log": log }).to_string().as_bytes(),
    ))
}

fn headers(pairs: &[(&str, &str)]) -> Json {
    pairs
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// An entry with a JSON answer.
fn entry(method: &str, url: &str, sent: Option<Json>, status: i64, answered: &Json) -> Json {
    let body = sent.map(|sent| json!({ "mimeType": "application/json", "text": sent.to_string() }));
    json!({
        "_resourceType": "fetch",
        "request": { "method": method, "url": url, "headers": headers(&[("Accept", "*/*"), ("User-Agent", "Mozilla/5.0")]), "postData": body },
        "response": { "status": status, "headers": headers(&[("Content-Type", "application/json")]),
            "content": { "mimeType": "application/json; charset=utf-8", "text": answered.to_string() } },
    })
}

fn with(mut entry: Json, request: &[(&str, &str)], response: &[(&str, &str)]) -> Json {
    for (side, pairs) in [("request", request), ("response", response)] {
        if let Some(all) = entry[side]["headers"].as_array_mut() {
            all.extend(headers(pairs).as_array().cloned().unwrap_or_default());
        }
    }
    entry
}

const TOKEN: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

fn recording() -> Json {
    let portal = |path: &str| format!("https://portal.acme.example{path}");
    let bearer = format!("Bearer {TOKEN}");
    let as_anna = |entry: Json| with(entry, &[("Authorization", &bearer)], &[]);
    json!({
        "version": "1.2", "creator": { "name": "WebInspector" },
        "pages": [{ "title": portal("/"), "startedDateTime": "2026-11-20T10:00:00Z" }],
        "entries": [
            { "_resourceType": "document", "request": { "method": "GET", "url": portal("/"), "headers": [] },
              "response": { "status": 200, "headers": [], "content": { "mimeType": "text/html", "encoding": "base64",
                  "text": "PGh0bWw+PGhlYWQ+PHRpdGxlPkNsaWVudCBwb3J0YWw8L3RpdGxlPjwvaGVhZD48L2h0bWw+" } } },
            { "_resourceType": "script", "request": { "method": "GET", "url": portal("/assets/app.js") },
              "response": { "status": 200, "content": { "mimeType": "text/javascript" } } },
            { "_resourceType": "ping", "request": { "method": "POST", "url": "https://www.google-analytics.com/g/collect?v=2" },
              "response": { "status": 204 } },
            { "_resourceType": "preflight", "request": { "method": "OPTIONS", "url": portal("/api/login") }, "response": { "status": 204 } },
            entry("POST", &portal("/api/login"), Some(json!({ "email": "anna@acme.example", "password": "anna-demo-password" })), 200,
                &json!({ "token": TOKEN, "expires_at": "2026-11-20T11:00:00Z", "user": { "id": "usr_anna", "name": "Anna" } })),
            as_anna(entry("GET", &portal("/api/me"), None, 200, &json!({ "id": "usr_anna", "email": "anna@acme.example", "active": true }))),
            as_anna(entry("GET", &portal("/api/me"), None, 200, &json!({ "id": "usr_anna" }))),
            as_anna(entry("POST", &portal("/api/records"), Some(json!({ "title": "Roof repair", "amount": 4200, "status": "open" })), 201,
                &json!({ "id": 731, "title": "Roof repair", "amount": 4200, "status": "open", "created_at": "2026-11-20T10:01:00Z" }))),
            as_anna(entry("GET", &portal("/api/records?page=1"), None, 200,
                &json!({ "items": [{ "id": 12, "title": "Old" }, { "id": 731, "title": "Roof repair" }], "total": 2 }))),
            as_anna(entry("GET", &portal("/api/records/731"), None, 200, &json!({ "id": 731, "title": "Roof repair", "status": "open" }))),
            as_anna(entry("GET", &portal("/api/search?q=Roof%20repair"), None, 200, &json!({ "items": [{ "id": 731 }] }))),
            as_anna(entry("POST", &portal("/api/records/731/notes"), Some(json!({ "record_id": 731, "text": "hi" })), 201, &json!({ "id": 9, "record_id": 731 }))),
            as_anna(entry("DELETE", &portal("/api/records/731"), None, 204, &Json::Null)),
            as_anna(entry("GET", &portal("/api/records/731"), None, 404, &json!({ "error": "not found" }))),
            as_anna(entry("DELETE", &portal("/api/records/12"), None, 204, &Json::Null)),
            as_anna(entry("GET", &portal("/api/broken"), None, 500, &json!({}))),
            as_anna(entry("POST", &portal("/api/logout"), None, 204, &Json::Null)),
            { "request": { "method": "GET", "url": portal("/api/cancelled") }, "response": { "status": 0 } },
        ],
    })
}

#[test]
fn a_recording_becomes_a_journey() {
    assert_snapshot!(har(&recording()));
}

#[test]
fn a_form_with_a_csrf_token_and_a_cookie_becomes_a_login() {
    let page = |status: i64, html: &str| json!({ "status": status, "headers": [], "content": { "mimeType": "text/html", "text": html } });
    let form = format!("<form><input type=hidden name=\"csrf_token\" value=\"{TOKEN}\"></form>");
    let log = json!({ "entries": [
        { "request": { "method": "GET", "url": "http://localhost:3000/login", "headers": [] }, "response": page(200, &form) },
        { "request": { "method": "POST", "url": "http://localhost:3000/login", "headers": [],
            "postData": { "mimeType": "application/x-www-form-urlencoded", "text": format!("email=mia%40acme.example&password=correct+horse&csrf_token={TOKEN}") } },
          "response": { "status": 302, "headers": headers(&[("Location", "/home"), ("Set-Cookie", "sid=s%3Aabcdef0123456789; Path=/; HttpOnly")]), "content": {} } },
        { "request": { "method": "GET", "url": "http://localhost:3000/home", "headers": headers(&[("Cookie", "sid=s%3Aabcdef0123456789")]) },
          "response": page(200, "<html><head><title>Home</title></head></html>") },
        { "request": { "method": "GET", "url": "http://localhost:3000/invoices.csv", "headers": headers(&[("Cookie", "sid=s%3Aabcdef0123456789; theme=dark")]) },
          "response": { "status": 200, "content": { "mimeType": "text/csv", "text": "a,b" } } },
    ] });
    assert_snapshot!(har(&log));
}

#[test]
fn a_recording_without_cookies_and_tokens_is_guessed() {
    let mut log = recording();
    for entry in log["entries"].as_array_mut().unwrap() {
        if let Some(all) = entry["request"]["headers"].as_array_mut() {
            all.retain(|pair| pair["name"] != "Authorization");
        }
    }
    let text = har(&log);
    assert!(
        text.contains("as: anna") && text.contains("Guess: the recording has neither"),
        "{text}"
    );
    assert!(
        !text.contains("anna-demo-password") && !text.contains(TOKEN),
        "{text}"
    );
}

#[test]
fn no_secret_of_a_recording_is_in_the_gate_file() {
    let text = har(&recording());
    for secret in ["anna-demo-password", TOKEN] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn hostile_and_cut_files_are_told_with_their_place() {
    let whole = json!({ "log": recording() }).to_string();
    let deep = format!(
        "{{\"log\": {{\"entries\": [], \"x\": {}",
        "[".repeat(100_000)
    );
    let huge = "{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"http://x\"}, \"response\": {\"status\": 1e999}}]}}";
    let cases: Vec<Vec<u8>> = vec![
        whole.as_bytes()[..whole.len() / 2].to_vec(),
        deep.into_bytes(),
        huge.as_bytes().to_vec(),
        b"{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"http://x\", \"headers\": \"secret-value\"}, \"response\": {\"status\": 200}}]}}".to_vec(),
        b"{\"log\": {\"entries\": [{\"request\": {\"method\": 7}}]}}".to_vec(),
        b"{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"http://x\"}, \"response\": {\"status\": \"200\"}}]}}".to_vec(),
        b"{\"log\": {}}".to_vec(),
        b"{\"log\": {\"entries\": [\x00]}}".to_vec(),
        b"{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"http://x/\xff\"}}]}}".to_vec(),
        b"[1, 2]".to_vec(),
    ];
    let mut text = String::new();
    for case in cases {
        text.push_str(&shown(&imported(Some(Format::Har), "portal.har", &case)));
    }
    assert!(!text.contains("secret-value"), "{text}");
    assert_snapshot!(text);
}

#[test]
fn odd_addresses_and_bodies_do_no_harm() {
    let entry = |url: &str, body: Json| {
        json!({
            "request": { "method": "POST", "url": url, "headers": headers(&[("", "x"), ("a b", "y"), ("x", "line\nbreak")]), "postData": body },
            "response": { "status": 200, "headers": [], "content": { "mimeType": "application/json", "text": "{\"a\": [" } },
        })
    };
    let deep = "[".repeat(60) + &"]".repeat(60);
    let log = json!({ "entries": [
        entry("http://x/\u{0}\u{202e}a?q=\u{0}", json!({ "mimeType": "text/plain", "text": "\u{0}\u{7f}" })),
        entry("http://x/${HOME}/$${a}?x=${b}", json!({ "mimeType": "application/json", "text": "{\"n\": 1e400, \"m\": 99999999999999999999}" })),
        entry("http://x/b", json!({ "mimeType": "application/json", "text": deep })),
        entry("http://x/c", json!({ "mimeType": "text/plain", "text": "y".repeat(100_000) })),
        entry("http://x/d", json!({ "mimeType": "multipart/form-data; boundary=b", "text": "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b--\r\n" })),
        entry("http://x/e", json!({ "mimeType": "multipart/form-data", "params": [{ "name": "f", "fileName": "x.pdf", "contentType": "application/pdf" }] })),
        entry("data:text/html,x", Json::Null),
        entry("http://[::1", Json::Null),
    ] });
    assert_snapshot!(har(&log));
}

#[test]
fn values_that_are_sent_again_and_again_are_captured_once() {
    let fields = |begin: &str| -> Json {
        let all = (0..600).map(|number| {
            (
                format!("{begin}{number}_id"),
                format!("{begin}-0a1b2c3d4e5f{number}").into(),
            )
        });
        Json::Object(all.collect())
    };
    let inputs: String = (0..600)
        .map(|number| {
            format!("<input name=\"field-{number}\" value=\"field-0a1b2c3d4e5f{number}\">")
        })
        .collect();
    let mut entries = Vec::new();
    for round in 0..4 {
        let url = |path: &str| format!("http://localhost:3000{path}{round}");
        let mut page = entry("GET", &url("/page"), None, 200, &Json::Null);
        page["response"]["content"] = json!({ "mimeType": "text/html", "text": inputs });
        entries.push(page);
        entries.push(entry(
            "POST",
            &url("/a"),
            Some(fields("field")),
            200,
            &fields("other"),
        ));
        entries.push(entry(
            "POST",
            &url("/b"),
            Some(fields("other")),
            200,
            &fields("field"),
        ));
    }
    let text = har(&json!({ "entries": entries }));
    assert!(text.contains("get: /page3"));
    // Each field is captured once, from the first page, and named by each of the four forms.
    assert_eq!(text.matches("{ regex: ").count(), 600);
    for field in ["${field_0}", "${field_599}"] {
        assert!(text.matches(field).count() >= 4, "{field}");
    }
}

#[test]
fn names_of_captures_are_the_same_each_time() {
    let id = json!({ "id": "0a1b2c3d", "other_id": "0a1b2c3d" });
    let log = json!({ "entries": [
        entry("POST", "http://localhost:3000/api/records", Some(json!({ "a": 1 })), 201, &id),
        entry("GET", "http://localhost:3000/api/records/0a1b2c3d?other_id=0a1b2c3d", None, 200, &id),
    ] });
    let first = har(&log);
    assert!(first.contains("get: /api/records/${record}"), "{first}");
    for _ in 0..5 {
        assert_eq!(har(&log), first);
    }
}

#[test]
fn keys_that_are_data_are_no_places() {
    let answer = json!({ "rec_8f3a21b7": { "id": "0a1b2c3d4e", "name": "Roof" }, "first": { "id": "9f8e7d6c5b" } });
    let log = json!({ "entries": [
        entry("GET", "http://localhost:3000/api/records", None, 200, &answer),
        entry("GET", "http://localhost:3000/api/records/0a1b2c3d4e", None, 200, &json!({})),
        entry("GET", "http://localhost:3000/api/records/9f8e7d6c5b", None, 200, &json!({})),
    ] });
    let text = har(&log);
    assert!(
        !text.contains("rec_8f3a21b7") && text.contains("$.first.id"),
        "{text}"
    );
}

#[test]
fn cookies_and_queries_that_are_told_beside_the_request_are_read() {
    let log = json!({ "entries": [{
        "request": { "method": "GET", "url": "http://localhost:3000/a", "headers": [],
            "cookies": [{ "name": "sid", "value": "hunter22x", "httpOnly": true }],
            "queryString": [{ "name": "page", "value": "2" }] },
        "response": { "status": 200 },
    }, {
        "request": { "method": "POST", "url": "http://localhost:3000/b?page=3", "headers": headers(&[("X-A", "1"), ("X-A", "2")]),
            "queryString": [{ "name": "page", "value": "3" }],
            "postData": { "mimeType": "application/x-www-form-urlencoded", "params": [{ "name": "tag", "value": "a" }, { "name": "tag", "value": "b" }] } },
        "response": { "status": 200 },
    }] });
    let text = har(&log);
    for part in [
        "sid: \"${USER_SID}\"",
        "query: { page: \"2\" }",
        "query: { page: \"3\" }",
        "x-a: \"1, 2\"",
        "tag=a&tag=b",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("hunter22x"), "{text}");
}
