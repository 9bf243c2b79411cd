use super::*;

/// Whether both versions take a value by a format.
fn fits(format: &str, value: &Json) -> bool {
    let text = format!("{{ format: {format} }}");
    let fits = response(&text, value).is_empty();
    assert_eq!(old(&text, value).is_empty(), fits, "{format}");
    fits
}

#[test]
fn formats_of_text_are_held() {
    let cases = [
        ("date-time", "2026-01-31T10:00:00Z", "2026-01-31 10:00"),
        ("date", "2026-01-31", "2026-02-31"),
        ("time", "10:00:00+01:00", "25:00:00Z"),
        ("duration", "P1DT2H", "1 day"),
        ("email", "anna@acme.example", "anna"),
        ("uuid", "00000000-0000-4000-8000-000000000000", "0000"),
        ("uri", "https://acme.example/a", "acme"),
        ("uri-reference", "../a", "a b"),
        ("ipv4", "127.0.0.1", "256.0.0.1"),
        ("ipv6", "::1", "127.0.0.1"),
        ("hostname", "acme.example", "-acme"),
        ("json-pointer", "/a", "a"),
        ("regex", "^a$", "("),
        ("byte", "aGVsbG8=", "a*"),
        ("base64url", "a-_b", "a+/b"),
    ];
    for (format, good, bad) in cases {
        assert!(fits(format, &json!(good)), "{format}: {good}");
        assert!(!fits(format, &json!(bad)), "{format}: {bad}");
        assert!(
            fits(format, &json!(5)),
            "{format} says nothing about numbers"
        );
    }
    assert!(fits("byte", &json!("aGVsbG8")), "padding may be left out");
    assert!(
        fits("order-number", &json!("anything")),
        "unknown formats say nothing"
    );
    assert!(fits("password", &json!("")));
}

#[test]
fn formats_of_numbers_are_held() {
    let cases = [
        ("int32", json!(i32::MIN), json!(i64::from(i32::MAX) + 1)),
        ("int64", json!(i64::MAX), json!(u64::MAX)),
        ("uint64", json!(u64::MAX), json!(-1)),
        ("int8", json!(127.0), json!(128)),
        ("float", json!(3.4e38), json!(3.5e38)),
    ];
    for (format, good, bad) in cases {
        assert!(fits(format, &good), "{format}: {good}");
        assert!(!fits(format, &bad), "{format}: {bad}");
        assert!(
            fits(format, &json!("x")),
            "{format} says nothing about text"
        );
    }
    assert!(fits("double", &json!(1e300)));
    let text = "type: integer\nformat: int32\n";
    assert_eq!(
        response(text, &json!(1e10)),
        ["$: must match the format int32"]
    );
    assert_eq!(
        response(text, &json!(1.5)),
        ["$: must be an integer, not a number"]
    );
}

#[test]
fn a_format_is_a_constraint_at_its_own_line() {
    let library = library("type: integer\nformat: int32\n");
    let schemas = Schemas::new(Dialect::OpenApi30);
    let value = json!(99_999_999_999_i64);
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    assert_eq!(verdict.mismatches[0].location.to_string(), "api.yaml:2:1");
    let keyword = "format".to_owned();
    assert_eq!(
        verdict.mismatches[0].kind,
        MismatchKind::Constraint { keyword }
    );
}

#[test]
fn numbers_beyond_64_bits_are_compared_as_near_as_they_are_known() {
    let huge: Json = serde_json::from_str("123456789012345678901234567890").unwrap();
    assert_eq!(response("type: integer", &huge), NOTHING);
    assert_eq!(
        response("{ type: integer, maximum: 10 }", &huge),
        ["$: must not be above 10"]
    );
    let text = "{ maximum: 1234567890123456789012345678901 }";
    assert_eq!(response(text, &huge), NOTHING);
    assert!(!fits("int64", &huge));
}

#[test]
fn what_many_servers_write_is_told_apart_from_what_nobody_can_read() {
    let is_slight = |format: &str, value: &str| {
        let library = library(&format!("{{ format: {format} }}"));
        let schemas = Schemas::new(Dialect::Draft202012);
        let value = json!(value);
        let verdict = schemas.check(library.root(), Direction::Response, &value);
        verdict.unwrap().mismatches[0].is_slight()
    };
    for (format, value) in [
        ("date-time", "2026-01-02T10:00:00.123456"),
        ("date-time", "2026-01-02 10:00:00"),
        ("date-time", "2026-01-02T10:00:00.000+0000"),
        ("time", "10:00:00"),
        ("uri", "/media/a.png"),
        ("uri", ""),
        ("email", ""),
    ] {
        assert!(is_slight(format, value), "{format}: {value}");
    }
    for (format, value) in [
        ("date-time", "2026-01-02"),
        ("date-time", "02.01.2026 10:00"),
        ("date-time", "2026-13-02T10:00:00"),
        ("date-time", "1767348000"),
        ("date-time", ""),
        ("time", "25:00"),
        ("uri", "acme"),
        ("uri", "/a b"),
        ("email", "anna"),
        ("date", "2026-01-02T00:00:00Z"),
    ] {
        assert!(!is_slight(format, value), "{format}: {value}");
    }
}
