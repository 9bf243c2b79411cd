use super::*;

#[test]
fn an_address_is_taken_apart() {
    let one = address(
        "https://Mia:p%40ss@Acme.example:443/a%20b?q=x+y&t=%24%7Bz#top",
        "http",
    );
    assert_eq!(one.target.origin.as_deref(), Some("https://acme.example"));
    assert_eq!(one.target.path, "/a%20b");
    assert_eq!(
        one.query,
        [("q".into(), "x y".into()), ("t".into(), "$${z".into())]
    );
    assert_eq!(one.user, Some(("Mia".into(), "p@ss".into())));
    let one = address("${BASE_URL}/v1?flag", "http");
    assert_eq!(one.target.origin.as_deref(), Some("${BASE_URL}"));
    assert_eq!(one.target.path, "/v1?flag");
    let one = address("localhost:3000", "http");
    assert_eq!(one.target.origin.as_deref(), Some("http://localhost:3000"));
    assert_eq!(one.target.path, "/");
    let one = address("/x?id=${id}", "http");
    assert_eq!(one.target.origin, None);
    assert_eq!(one.query, [("id".into(), "${id}".into())]);
}

#[test]
fn references_outside_of_quotes_keep_their_type() {
    let value = json(r#"{"id": ${record}, "t": "\"${x}"}"#).unwrap();
    assert_eq!(
        value,
        serde_json::json!({ "id": "${record}", "t": "\"${x}" })
    );
    assert_eq!(json("\"text\""), None);
    assert_eq!(json(&"[".repeat(100)), None);
    assert_eq!(json(r#"{"n": 18446744073709551615}"#), None);
}

#[test]
fn what_escapes_come_to_is_no_reference() {
    let value =
        json(r#"{"a": "\u0024{HOME}", "b": "$\u007BHOME}", "c": "\\u0024{x}", "d": "${x}\u00e9"}"#);
    assert_eq!(
        value.unwrap(),
        serde_json::json!({ "a": "$${HOME}", "b": "$${HOME}", "c": "\\u0024{x}", "d": "${x}é" })
    );
    let one = address("https://acme.example/$\u{1}{HOME}?a", "https");
    assert_eq!(one.target.path, "/$${HOME}?a");
}

#[test]
fn what_stands_twice_is_carried_over_in_another_form() {
    let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        let all = all.iter();
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    let mut step = Step {
        headers: pairs(&[("x-a", "1"), ("x-b", "2"), ("x-a", "3"), ("x-b", "2")]),
        body: Body::Form(pairs(&[("tag", "a b"), ("tag", "${c}")])),
        ..Step::default()
    };
    once(&mut step);
    assert_eq!(step.body, Body::Text("tag=a%20b&tag=${c}".to_owned()));
    assert_eq!(
        step.headers,
        pairs(&[
            ("x-a", "1, 3"),
            ("x-b", "2"),
            ("content-type", "application/x-www-form-urlencoded")
        ])
    );
    let mut step = Step {
        body: Body::Form(pairs(&[("a", "1"), ("b", "2")])),
        ..Step::default()
    };
    once(&mut step);
    assert!(matches!(step.body, Body::Form(_)) && step.headers.is_empty());
}

#[test]
fn a_multipart_body_is_read_by_its_boundary() {
    let text = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\nho\r\n--b--\r\n";
    let parts = multipart(text, "b").unwrap();
    assert_eq!(parts[0].1.content, Content::Text("1".into()));
    assert_eq!(parts[1].1.content, Content::Text("hi\nho".into()));
    assert_eq!(parts[1].1.name.as_deref(), Some("x.txt"));
    assert_eq!(multipart("nothing", "b"), None);
}
