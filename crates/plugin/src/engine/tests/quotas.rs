//! What a plugin asks of the host.

use super::*;
use crate::limits::LOG_LINE;

/// Sends the request again and again.
const SEND_FOREVER: &str =
    "(loop $more (call $send (global.get $request) (global.get $answer)) (br $more)) unreachable";

fn sending(run: &str) -> Guest {
    Guest::new(run)
        .request("request", &request())
        .words("answer", &[0; 64])
}

#[test]
fn a_flood_of_log_lines_ends_it() {
    let guest = Guest::new(
        "(loop $more (call $log (i32.const 0) (i32.const 0) (i32.const 4)) (br $more)) unreachable",
    );
    let limits = Limits { log: 20, ..ample() };
    assert_limit(&ended(&guest, limits), LimitName::Log);
    assert_eq!(run(&guest, limits, Nothing).log.len(), 20);
}

#[test]
fn a_long_line_is_cut_and_says_so() {
    let line = "é".repeat(LOG_LINE);
    let guest = Guest::answering_after(
        "(call $log (i32.const 1) (global.get $line) (global.get $line-length))",
        &guest::outcome(),
    )
    .text("line", line.as_bytes());
    let ran = run(&guest, ample(), Nothing);
    assert_eq!(ran.result, Ok(guest::outcome()));
    let (_, logged) = &ran.log[0];
    assert!(logged.ends_with(" … (cut: 8192 bytes in all)"), "{logged}");
    assert!(logged.len() < LOG_LINE + 40);
}

#[test]
fn one_request_too_many_ends_it() {
    let limits = Limits {
        requests: 3,
        ..ample()
    };
    let guest = sending(SEND_FOREVER);
    assert_limit(
        &ended_with(&guest, limits, World::answering(1)),
        LimitName::Requests,
    );
    assert_eq!(run(&guest, limits, World::answering(1)).used.requests, 3);
}

#[test]
fn answers_and_bodies_count_as_traffic() {
    let limits = Limits {
        traffic: 100_000,
        ..ample()
    };
    let error = ended_with(&sending(SEND_FOREVER), limits, World::answering(30_000));
    assert_limit(&error, LimitName::Traffic);
    let body = http::Request {
        body: Some(vec![b'x'; 120_000]),
        ..request()
    };
    let guest = Guest::new(SEND_FOREVER)
        .request("request", &body)
        .words("answer", &[0; 64]);
    let ran = run(&guest, limits, World::answering(1));
    assert_limit(&ran.result.expect_err("too much"), LimitName::Traffic);
    assert_eq!(ran.used.requests, 1);
}

#[test]
fn a_body_may_be_as_large_as_the_limit_of_traffic() {
    // The body is what stands in new memory: 6 MiB of zeros.
    let guest = Guest::answering_after(
        "(i32.store offset=60 (global.get $request) (i32.const 1))
         (i32.store offset=64 (global.get $request)
           (i32.mul (memory.grow (i32.const 96)) (i32.const 65536)))
         (i32.store offset=68 (global.get $request) (i32.const 6291456))
         (call $send (global.get $request) (global.get $answer))",
        &guest::outcome(),
    )
    .request("request", &request())
    .words("answer", &[0; 64]);
    let ran = run(&guest, ample(), World::answering(1_048_576));
    assert_eq!(ran.result, Ok(guest::outcome()));
    assert_eq!(ran.used.traffic, 7 * 1024 * 1024 + "GET/api/invoices".len());
    let little = Limits {
        traffic: 4 * 1024 * 1024,
        ..ample()
    };
    let ran = run(&guest, little, World::answering(1));
    assert_limit(&ran.result.expect_err("too much"), LimitName::Transfer);
}

#[test]
fn too_many_headers_and_redirects_are_the_plugins_fault() {
    let header = http::Header {
        name: "x-a".to_owned(),
        value: "1".to_owned(),
    };
    let many = http::Request {
        headers: vec![header; 101],
        ..request()
    };
    let far = http::Request {
        redirects: 11,
        ..request()
    };
    for request in [many, far] {
        // It ends by `unreachable` unless the answer is an error of kind `invalid`.
        let guest = Guest::answering_after(
            "(call $send (global.get $request) (global.get $answer))
             (if (i32.ne (i32.load8_u (global.get $answer)) (i32.const 1)) (then unreachable))
             (if (i32.ne (i32.load8_u offset=8 (global.get $answer)) (i32.const 1)) (then unreachable))",
            &guest::outcome(),
        )
        .request("request", &request)
        .words("answer", &[0; 64]);
        assert_eq!(
            run(&guest, ample(), World::answering(1)).result,
            Ok(guest::outcome())
        );
    }
}

#[test]
fn files_and_exchanges_count_as_reading() {
    let limits = Limits {
        reading: 100_000,
        ..ample()
    };
    let read = Guest::new(
        "(loop $more
           (call $read (i32.const 0) (i32.const 1) (i32.const 50000) (global.get $answer))
           (br $more))
         unreachable",
    )
    .words("answer", &[0; 16]);
    assert_limit(
        &ended_with(&read, limits, World::answering(40_000)),
        LimitName::Reading,
    );
    let page = Guest::new(
        "(loop $more (call $page (i64.const 0) (i32.const 9) (global.get $answer)) (br $more)) unreachable",
    )
    .words("answer", &[0; 16]);
    assert_limit(
        &ended_with(&page, limits, World::answering(20_000)),
        LimitName::Reading,
    );
    let find = Guest::new(
        "(loop $more (call $find (i32.const 0) (i32.const 1) (global.get $answer)) (br $more)) unreachable",
    )
    .words("answer", &[0; 16]);
    let little = Limits {
        reading: 1_000,
        ..limits
    };
    assert_limit(
        &ended_with(&find, little, World::answering(1)),
        LimitName::Reading,
    );
}

#[test]
fn a_slow_answer_ends_with_the_limit_of_time() {
    let guest = Guest::answering_after(
        "(call $send (global.get $request) (global.get $answer))",
        &guest::outcome(),
    )
    .request("request", &request())
    .words("answer", &[0; 64]);
    let ran = run(&guest, brief(), World::late());
    assert_limit(&ran.result.expect_err("too late"), LimitName::Time);
    assert_eq!(ran.used.requests, 1);
}

#[test]
fn a_result_after_the_deadline_does_not_count() {
    let limits = Limits {
        time: Duration::ZERO,
        ..ample()
    };
    let guest = Guest::answering(&guest::outcome());
    assert_limit(&ended(&guest, limits), LimitName::Time);
}

#[test]
fn what_is_denied_is_told_to_the_plugin() {
    let guest = Guest::answering_after(
        "(call $send (global.get $request) (global.get $answer))
         (if (i32.ne (i32.load8_u (global.get $answer)) (i32.const 1)) (then unreachable))
         (if (i32.ne (i32.load8_u offset=8 (global.get $answer)) (i32.const 0)) (then unreachable))",
        &guest::outcome(),
    )
    .request("request", &request())
    .words("answer", &[0; 64]);
    let ran = run(&guest, ample(), Nothing);
    assert_eq!(ran.result, Ok(guest::outcome()));
    assert_eq!(ran.used.requests, 1);
}
