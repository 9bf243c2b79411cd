//! Any expectation can be held against any answer, and what is not met points into the gate file.
//!
//! Input: the value of `expect:` as JSON on one line, then an answer as `error_hygiene` reads it.

#![no_main]

use std::sync::Arc;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use tidegate_core::ports::http::{Response, Timings};
use tidegate_fuzz::{Answer, node, split_line};
use tidegate_kinds::fuzzing::judge;

fn response(answer: &Answer<'_>) -> Response {
    Response {
        status: answer.status,
        version: "HTTP/1.1".into(),
        headers: vec![("content-type".into(), answer.content_type.into())],
        body: Arc::from(answer.body),
        truncated: false,
        url: "http://127.0.0.1/api/records".into(),
        redirects: Vec::new(),
        refused_redirect: None,
        cookies: Vec::new(),
        timings: Timings::default(),
        elapsed: Duration::from_millis(5),
        authenticated: true,
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((expectation, answer)) = split_line(input) else {
        return;
    };
    let (Some(expectation), Some(answer)) = (node(expectation), Answer::read(answer)) else {
        return;
    };
    if let Some((evaluated, unmet)) = judge(&expectation, &response(&answer)) {
        assert!(evaluated > 0 || unmet == 0);
    }
});
