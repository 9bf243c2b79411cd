//! What observers are given.

use std::sync::Arc;

use tidegate_core::exchange::Exchange;
use tidegate_core::gate::{Api, Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::ports::http::{Cause, Purpose, Timings};
use tidegate_core::span::{Location, Source, Span};

/// An exchange that the line 12 of the gate file caused.
pub(crate) fn exchange(status: u16, kind: &str, body: &str) -> Exchange {
    Exchange {
        number: 1,
        cause: Cause {
            check: "records".into(),
            location: Location::line_of("tidegate.yaml", 12),
        },
        identity: None,
        purpose: Purpose::Normal,
        method: "POST".into(),
        route: "/api/records".into(),
        url: "http://127.0.0.1/api/records".into(),
        request_headers: Vec::new(),
        request_body: Arc::from([]),
        status: Some(status),
        response_headers: vec![
            ("content-type".into(), kind.into()),
            ("x-request-id".into(), "r1".into()),
        ],
        response_body: body.as_bytes().into(),
        truncated: false,
        timings: Timings::default(),
    }
}

/// An environment at `http://127.0.0.1` with the api `db` at `https://db.example`.
pub(crate) fn environment() -> Arc<Environment> {
    let located = |url: &str| Located {
        value: url.to_owned(),
        span: Span::new(Source::new("tidegate.yaml", ""), 0, 0),
    };
    Arc::new(Environment {
        name: "preview".into(),
        kind: EnvironmentKind::Preview,
        url: located("http://127.0.0.1"),
        headers: Vec::new(),
        apis: vec![Api {
            name: "db".into(),
            url: located("https://db.example"),
            headers: Vec::new(),
        }],
        start: None,
        certificate_authority: None,
        rate: None,
    })
}
