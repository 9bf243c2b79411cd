use tidegate_core::ports::http::{HttpError as PortError, Response, Target};
use tidegate_core::span::Location;

use super::*;
use crate::deadline::Stop;
use crate::interface::files::FilesError;
use crate::interface::http::{Header, HttpError, Place, Request};
use crate::interface::types::Power;
use crate::testing::{FakeFiles, FakeHttp, FakeSecrets, KEY, answer, exchange};
use std::time::Duration;
use tidegate_core::located::Located;
use tidegate_core::plugin::{Destination, Grant, GrantedSecret};
use tidegate_core::span::{Source, Span};

fn deadline() -> Deadline {
    Deadline::new(Duration::from_secs(3_600), Stop::new())
}

fn at(text: &str) -> Located<String> {
    let span = Span::new(Source::new("tidegate.yaml", ""), 0, 0);
    Located {
        value: text.to_owned(),
        span,
    }
}

/// A plugin that asks for everything and is granted this.
fn powers(change: impl FnOnce(&mut Grant)) -> Powers {
    let mut grant = Grant {
        target: Some(Access::Read),
        apis: vec!["db".into()],
        hosts: vec![at("https://api.stripe.com")],
        secrets: vec![GrantedSecret {
            name: at("KEY"),
            to: vec![Destination::Host("https://api.stripe.com".into())],
        }],
        files: vec![at("exports/**")],
        recorded: true,
        identities: vec!["boris".into()],
        span: None,
    };
    change(&mut grant);
    let asked = [
        Power::TargetWrite,
        Power::Apis,
        Power::Host("https://api.stripe.com".into()),
        Power::Secret("KEY".into()),
        Power::Files("**/*.csv".into()),
        Power::Recorded,
    ];
    let asked = asked.map(|power| crate::interface::types::Capability {
        power,
        reason: String::new(),
        optional: false,
    });
    Powers::of(&asked, &grant)
}

struct World {
    granted: Granted,
    http: Arc<FakeHttp>,
}

fn world(http: Arc<FakeHttp>, powers: Powers) -> World {
    let granted = Granted {
        powers: Arc::new(powers),
        http: http.clone(),
        files: FakeFiles::new(&[
            ("exports/a.csv", "1,2"),
            ("exports/b.txt", "x"),
            ("exports/.git/a.csv", "token"),
            ("private/a.csv", "x"),
            ("exports/key.csv", KEY),
        ]),
        exchanges: Arc::default(),
        secrets: FakeSecrets::new(),
        cause: Cause {
            check: "totals".into(),
            location: Location::line_of("tidegate.yaml", 3),
        },
        identity: Some("anna".into()),
        environment: EnvironmentKind::Preview,
        declared: vec![
            (None, "http://127.0.0.1".into()),
            (Some("db".into()), "http://127.0.0.1:8080".into()),
        ],
        sessions: Vec::new(),
    };
    World { granted, http }
}

fn with(change: impl FnOnce(&mut Grant)) -> World {
    world(FakeHttp::new(|_| Ok(answer(&[], "ok"))), powers(change))
}

fn answering(response: Response) -> World {
    world(FakeHttp::new(move |_| Ok(response.clone())), powers(|_| {}))
}

fn request(place: Place) -> Request {
    Request {
        method: "GET".into(),
        place,
        route: None,
        identity: None,
        headers: Vec::new(),
        body: None,
        timeout: Some(30_000),
        redirects: 0,
        body_limit: Some(1_000),
    }
}

fn get(path: &str) -> Request {
    request(Place::Target(path.into()))
}

fn stripe() -> Request {
    request(Place::Url(
        "https://api.stripe.com/v1/charges?limit=3".into(),
    ))
}

fn header(name: &str, value: &str) -> Vec<Header> {
    vec![Header {
        name: name.into(),
        value: value.into(),
    }]
}

impl World {
    fn send(&mut self, request: Request) -> Result<http::Response, HttpError> {
        self.granted.send(request, deadline())
    }

    fn denied(&mut self, request: Request) -> String {
        let sent = self.http.sent().len();
        let error = self.send(request).unwrap_err();
        assert_eq!(self.http.sent().len(), sent, "something was sent");
        match error {
            HttpError::Denied(reason) | HttpError::Invalid(reason) => reason,
            other => panic!("{other:?}"),
        }
    }
}

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
fn recorded_exchanges_come_page_by_page_without_its_own() {
    let mut world = with(|_| {});
    let exchanges = Arc::new(Exchanges::default());
    world.granted.exchanges = exchanges.clone();
    exchanges.publish(exchange(
        "other",
        format!("{{\"key\":\"{KEY}\"}}").as_bytes(),
    ));
    exchanges.publish(exchange("totals", b"its own"));
    for _ in 0..3 {
        exchanges.publish(exchange("other", b"{}"));
    }
    let (first, next) = world.granted.page(0, 2).unwrap();
    assert_eq!((first.len(), next), (2, Some(3)));
    assert_eq!(first[0].body, b"{\"key\":\"[KEY]\"}");
    assert_eq!(first[0].identity.as_deref(), Some("anna"));
    assert!(first[0].headers.iter().all(|one| one.name != "set-cookie"));
    let (rest, next) = world.granted.page(3, 10).unwrap();
    assert_eq!((rest.len(), next), (2, None));
    assert_eq!(world.granted.page(99, 10).unwrap(), (Vec::new(), None));
    let mut denied = with(|grant| grant.recorded = false);
    assert!(
        denied
            .granted
            .page(0, 1)
            .unwrap_err()
            .contains("recorded: true")
    );
}

#[test]
fn a_page_of_large_exchanges_ends_early_and_never_stands_still() {
    let mut world = with(|_| {});
    let exchanges = Arc::new(Exchanges::default());
    world.granted.exchanges = exchanges.clone();
    for _ in 0..3 {
        exchanges.publish(exchange("other", &vec![b'x'; 5 * 1024 * 1024]));
    }
    let (page, next) = world.granted.page(0, 1_000).unwrap();
    assert_eq!((page.len(), next), (1, Some(1)));
    let (page, next) = world.granted.page(2, 0).unwrap();
    assert_eq!((page.len(), next), (1, None));
}

#[test]
fn files_match_a_glob_that_is_asked_and_one_that_is_granted() {
    let mut world = with(|_| {});
    assert_eq!(
        world.granted.find("**").unwrap(),
        ["exports/a.csv", "exports/key.csv"]
    );
    assert_eq!(
        world.granted.find("exports/a.*").unwrap(),
        ["exports/a.csv"]
    );
    assert_eq!(world.granted.read("exports/a.csv", 10).unwrap(), b"1,2");
    assert_eq!(
        world.granted.read("exports/key.csv", 100).unwrap(),
        b"[KEY]"
    );
    assert_eq!(
        world.granted.read("exports/a.csv", 2),
        Err(FilesError::TooLarge(2))
    );
    assert_eq!(
        world.granted.read("exports/c.csv", 2),
        Err(FilesError::Missing("exports/c.csv".into()))
    );
    for path in [
        "exports/b.txt",
        "private/a.csv",
        "exports/../private/a.csv",
        "/exports/a.csv",
        "exports//a.csv",
        "./exports/a.csv",
        "exports\\a.csv",
        "exports/.git/a.csv",
        "exports/.GIT/a.csv",
        "C:/a.csv",
        "",
    ] {
        let read = world.granted.read(path, 10);
        assert!(
            matches!(read, Err(FilesError::Denied(_))),
            "{path}: {read:?}"
        );
    }
    assert!(matches!(
        world.granted.find("[a"),
        Err(FilesError::Denied(_))
    ));
    let mut denied = with(|grant| grant.files.clear());
    assert!(matches!(
        denied.granted.find("**"),
        Err(FilesError::Denied(_))
    ));
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
