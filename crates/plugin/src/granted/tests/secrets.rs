use super::*;

#[test]
fn a_secret_goes_into_headers_towards_its_destination_alone() {
    let mut world = with(|_| {});
    let bearer = header("authorization", "Bearer ${KEY}");
    world
        .send(Request {
            headers: bearer.clone(),
            ..stripe()
        })
        .unwrap();
    assert_eq!(
        world.http.header("authorization"),
        Some(format!("Bearer {KEY}"))
    );
    let nobody = Request {
        headers: bearer,
        identity: Some(String::new()),
        ..get("/")
    };
    let reason = world.denied(nobody);
    assert!(reason.contains("secrets: { KEY: target }"), "{reason}");
    for value in ["${OTHER}", "${HOME}", "${KEY", "${KEY}${OTHER}"] {
        world.denied(Request {
            headers: header("x-key", value),
            ..stripe()
        });
    }
    let literal = header("x-note", "$${KEY} ${lower} $5");
    world
        .send(Request {
            headers: literal,
            ..stripe()
        })
        .unwrap();
    assert_eq!(
        world.http.header("x-note").as_deref(),
        Some("${KEY} ${lower} $5")
    );
}

#[test]
fn a_secret_is_never_put_into_an_address_or_a_body() {
    let mut world = with(|_| {});
    let with_body = |body: &str| Request {
        body: Some(body.into()),
        ..stripe()
    };
    let in_query = Place::Url("https://api.stripe.com/?k=${KEY}".into());
    for request in [
        with_body("{\"key\": \"${KEY}\"}"),
        request(in_query),
        get("/${KEY}"),
    ] {
        let reason = world.denied(request);
        assert!(reason.contains("headers alone"), "{reason}");
    }
    world.send(with_body("a template ${OTHER}")).unwrap();
}

#[test]
fn an_unset_secret_is_told() {
    let mut world = with(|grant| grant.secrets[0].name = at("KEY"));
    Arc::get_mut(&mut world.granted.powers).unwrap().secrets[0].0 = "UNSET".into();
    let reason = world.denied(Request {
        headers: header("x-key", "${UNSET}"),
        ..stripe()
    });
    assert!(reason.contains("`UNSET` is not set"), "{reason}");
}

#[test]
fn an_echo_gives_no_secret_and_no_cookie_away() {
    use tidegate_core::ports::http::Redirect;
    let body = format!("{{\"authorization\":\"Bearer {KEY}\",\"amount\":7}}");
    let mut response = answer(
        &[
            ("set-cookie", "session=abcdefgh"),
            ("x-echo", &format!("Bearer {KEY}")),
            (KEY, "x"),
            ("content-type", "application/json"),
        ],
        body,
    );
    response.url = format!("https://api.stripe.com/?k={KEY}");
    response.redirects = vec![Redirect {
        status: 302,
        url: response.url.clone(),
    }];
    let mut world = answering(response);
    let echo = world.send(stripe()).unwrap();
    assert!(!format!("{echo:?}").contains(KEY));
    let names: Vec<&str> = echo.headers.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["x-echo", "[KEY]", "content-type"]);
    let json: serde_json::Value = serde_json::from_slice(&echo.body).unwrap();
    assert_eq!(json["authorization"], "Bearer [KEY]");
}

#[test]
fn a_plugin_cannot_cut_a_secret_into_pieces() {
    let body = format!("key={KEY};");
    for limit in 0..=30u32 {
        let mut world = answering(answer(&[], body.clone()));
        let part = world
            .send(Request {
                body_limit: Some(limit),
                ..stripe()
            })
            .unwrap();
        let text = String::from_utf8(part.body).unwrap();
        assert!(!text.contains("s3c"), "{limit}: {text}");
        assert!("key=[KEY];".starts_with(&text) && text.len() <= limit as usize);
        assert_eq!(part.truncated, text != "key=[KEY];");
    }
    // The port's own cap may cut one, too: its end is held back.
    let mut response = answer(&[], "x".repeat(clean::CUT + 100) + &KEY[..12]);
    response.truncated = true;
    let mut world = answering(response);
    let part = world
        .send(Request {
            body_limit: Some(1_000_000),
            ..stripe()
        })
        .unwrap();
    assert!(part.truncated && part.body.iter().all(|byte| *byte == b'x'));
    let requests = world.http.requests.lock().unwrap();
    assert_eq!(requests[0].body_cap, 1_000_000 + clean::CUT);
}

#[test]
fn bytes_that_are_no_text_stay_as_they_are_unless_a_secret_is_in_them() {
    let binary = vec![0xff, 0xfe, 0, 1, 2];
    let mut world = answering(answer(&[], binary.clone()));
    assert_eq!(world.send(get("/")).unwrap().body, binary);
    let mut hiding = binary;
    hiding.extend(KEY.as_bytes());
    let mut world = answering(answer(&[], hiding));
    let shown = world.send(get("/")).unwrap().body;
    assert!(!shown.windows(KEY.len()).any(|part| part == KEY.as_bytes()));
}

#[test]
fn errors_of_the_port_keep_their_sort_and_no_secret() {
    let broken = |error: PortError| {
        let http = FakeHttp::new(move |_| Err(error.clone()));
        world(http, powers(|_| {})).send(get("/")).unwrap_err()
    };
    let connect = broken(PortError::Connect {
        origin: "http://a".into(),
        reason: KEY.into(),
    });
    assert!(matches!(&connect, HttpError::Connect(text) if text.contains("[KEY]")));
    let forbidden = PortError::ForbiddenAddress {
        host: "a".into(),
        address: "169.254.169.254".into(),
    };
    assert!(matches!(broken(forbidden), HttpError::Denied(_)));
    let limit = Duration::from_secs(1);
    assert!(matches!(
        broken(PortError::Timeout { limit, phase: "x" }),
        HttpError::Timeout(_)
    ));
}
