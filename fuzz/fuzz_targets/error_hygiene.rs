//! The observers look at any answer without a panic, and raise no code but their own.
//!
//! Input: `500 text/html`, a line feed and the body.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use tidegate_core::check::{Observer, ObserverScope};
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::ports::http::{Cause, Purpose, Timings};
use tidegate_core::span::Location;
use tidegate_fuzz::Answer;

static OBSERVERS: LazyLock<Vec<(String, Arc<dyn Observer>)>> = LazyLock::new(|| {
    let registry = tidegate_kinds::registry();
    let observers = registry.observers().iter();
    observers
        .filter_map(|kind| {
            let observer = kind.parse(None, &ObserverScope::default()).ok()??;
            Some((kind.meta().name.to_string(), observer))
        })
        .collect()
});

fn exchange(answer: &Answer<'_>) -> Exchange {
    Exchange {
        number: 1,
        cause: Cause {
            check: "list".into(),
            location: Location::line_of("tidegate.yaml", 1),
        },
        identity: None,
        purpose: Purpose::Normal,
        method: "GET".into(),
        route: "/api/records".into(),
        url: "http://127.0.0.1/api/records".into(),
        request_headers: Vec::new(),
        request_body: Arc::from([]),
        status: Some(answer.status),
        response_headers: vec![("content-type".into(), answer.content_type.into())],
        response_body: Arc::from(answer.body),
        truncated: false,
        timings: Timings::default(),
    }
}

fuzz_target!(|input: &[u8]| {
    let Some(answer) = Answer::read(input) else {
        return;
    };
    let exchange = exchange(&answer);
    for (name, observer) in OBSERVERS.iter() {
        let report = observer.observe(&Observed::new(&exchange));
        for finding in &report.findings {
            assert_eq!(finding.code.kind(), name, "{}", finding.code);
        }
    }
});
