mod reading;
mod requests;
mod secrets;

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
