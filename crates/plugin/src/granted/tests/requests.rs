use super::*;

#[test]
fn granted_places_are_reached_as_the_check_itself() {
    let mut world = with(|_| {});
    world.send(get("/api/invoices?page=2")).unwrap();
    world
        .send(request(Place::Api(("db".into(), "/rows".into()))))
        .unwrap();
    world.send(stripe()).unwrap();
    assert_eq!(
        world.http.sent(),
        [
            "GET /api/invoices?page=2",
            "GET db:/rows",
            "GET https://api.stripe.com/v1/charges?limit=3"
        ]
    );
    let requests = world.http.requests.lock().unwrap();
    assert_eq!(requests[0].route, "/api/invoices");
    assert_eq!(requests[0].cause.check.as_str(), "totals");
    assert_eq!(requests[0].session, requests[1].session);
    assert!(
        requests[0]
            .within
            .as_ref()
            .is_some_and(|within| within.len() == 2)
    );
    let Target::Granted { origins, .. } = &requests[2].target else {
        panic!("{:?}", requests[2].target)
    };
    assert_eq!(**origins, ["https://api.stripe.com".to_owned()]);
    assert_eq!(requests[2].session, None, "another host gets no session");
    let sessions = world.http.sessions.lock().unwrap();
    assert_eq!(*sessions, [(Some("anna".into()), Sharing::Shared)]);
}

#[test]
fn what_is_not_granted_is_denied_and_not_sent() {
    let mut world = with(|grant| *grant = Grant::default());
    let told = [
        (get("/"), "target: read"),
        (request(Place::Api(("db".into(), "/".into()))), "apis: [db]"),
        (stripe(), "hosts: [\"https://api.stripe.com\"]"),
    ];
    for (request, grant) in told {
        let reason = world.denied(request);
        assert!(reason.contains(grant), "{reason}");
    }
    let mut world = with(|_| {});
    let others = [
        "https://api.stripe.com:444/",
        "http://api.stripe.com/",
        "https://api.stripe.com./",
        "https://api.stripe.com.evil.example/",
        "https://user@api.stripe.com/",
        "https://api.stripe.com\\@evil.example/",
        "https://evil.example#@api.stripe.com/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//api.stripe.com/",
        "https://api.stripe.com/\n",
    ];
    for address in others {
        world.denied(request(Place::Url(address.into())));
    }
    // Reading alone is granted for the environment, by whatever address it is called.
    for own in [
        "http://127.0.0.1/x",
        "http://127.0.0.1:80/x",
        "http://127.1:8080/x",
    ] {
        let reason = world.denied(request(Place::Url(own.into())));
        assert!(reason.contains("send to the place"), "{reason}");
    }
    world
        .send(request(Place::Url("https://API.stripe.com:443/x".into())))
        .unwrap();
}

#[test]
fn a_path_stays_below_its_address() {
    let mut world = with(|_| {});
    for path in [
        "",
        "x",
        "//../x",
        "/../auth",
        "/a/%2e%2E/b",
        "/a/.%2e/b",
        "/a/./b",
        "/a\\..\\b",
        "/a b",
        "/a\nb",
    ] {
        world.denied(get(path));
        world.denied(request(Place::Api(("db".into(), path.into()))));
    }
    for path in ["/", "/a/..b/c", "/a?x=/../y", "/%C3%BC", "/a.b/...x"] {
        world.send(get(path)).unwrap();
    }
}

#[test]
fn only_who_may_change_things_sends_what_changes_them() {
    let with_method = |method: &str, place: Place| Request {
        method: method.into(),
        ..request(place)
    };
    let mut reads = with(|_| {});
    for method in ["POST", "DELETE", "PROPFIND"] {
        let reason = reads.denied(with_method(method, Place::Target("/".into())));
        assert!(reason.contains("target: write"), "{reason}");
        reads.denied(with_method(method, Place::Api(("db".into(), "/".into()))));
    }
    for method in ["", "get", "GET /", "GET\r\n", "CONNECT", "TRACE"] {
        reads.denied(with_method(method, Place::Target("/".into())));
    }
    let mut overriding = get("/");
    overriding.headers = header("X-HTTP-Method-Override", "DELETE");
    reads.denied(overriding.clone());
    let mut writes = with(|grant| grant.target = Some(Access::Write));
    writes
        .send(with_method("POST", Place::Target("/".into())))
        .unwrap();
    writes.send(overriding).unwrap();
    assert_eq!(writes.http.sessions.lock().unwrap()[0].1, Sharing::Fresh);
    writes.granted.environment = EnvironmentKind::Production;
    let host = Place::Url("https://api.stripe.com/".into());
    for place in [Place::Target("/".into()), host] {
        let reason = writes.denied(with_method("POST", place));
        assert!(reason.contains("production"), "{reason}");
    }
}

#[test]
fn identities_are_its_own_and_the_granted_ones() {
    let mut world = with(|_| {});
    let as_whom = |name: &str| Request {
        identity: Some(name.into()),
        ..get("/")
    };
    for name in ["boris", "anna", "", "boris"] {
        world.send(as_whom(name)).unwrap();
    }
    let sessions = world.http.sessions.lock().unwrap().clone();
    let who: Vec<Option<&str>> = sessions
        .iter()
        .map(|(name, _)| name.as_ref().map(IdentityName::as_str))
        .collect();
    assert_eq!(who, [Some("boris"), Some("anna"), None]);
    let reason = world.denied(as_whom("carla"));
    assert!(reason.contains("identities: [carla]"), "{reason}");
    let elsewhere = Request {
        identity: Some("anna".into()),
        ..stripe()
    };
    world.denied(elsewhere);
}

#[test]
fn headers_of_the_connection_and_credentials_are_not_the_plugins() {
    let mut world = with(|_| {});
    for name in [
        "Host",
        "connection",
        "Transfer-Encoding",
        "content-length",
        "TE",
        "upgrade",
        "Proxy-Authorization",
        "proxy-connection",
        "Cookie",
        "authorization",
        ":authority",
        "accept-encoding",
        "Range",
        "expect",
    ] {
        let mut request = get("/");
        request.headers = header(name, "x");
        let reason = world.denied(request);
        assert!(reason.contains("cannot set"), "{reason}");
    }
    let mut nobody = get("/");
    nobody.identity = Some(String::new());
    nobody.headers = header("Authorization", "Bearer wrong");
    world.send(nobody).unwrap();
    assert_eq!(
        world.http.header("authorization").as_deref(),
        Some("Bearer wrong")
    );
}

#[test]
fn a_request_that_hangs_ends_with_a_stop() {
    let http = FakeHttp::slow(|_| Box::pin(std::future::pending()));
    let mut world = world(http, powers(|_| {}));
    let stop = Stop::new();
    let deadline = Deadline::new(Duration::from_secs(3_600), stop.clone());
    let stopping = std::thread::spawn(move || stop.ask());
    let error = world.granted.send(get("/"), deadline).unwrap_err();
    assert!(matches!(error, HttpError::Timeout(_)));
    stopping.join().unwrap();
}

#[test]
fn the_route_is_one_line() {
    let mut world = with(|_| {});
    let routed = |route: &str| Request {
        route: Some(route.into()),
        ..get("/a/7")
    };
    world.send(routed("/a/{id}")).unwrap();
    assert_eq!(world.http.requests.lock().unwrap()[0].route, "/a/{id}");
    for route in ["", "/a\n::error::x", &"x".repeat(501)] {
        world.denied(routed(route));
    }
}
