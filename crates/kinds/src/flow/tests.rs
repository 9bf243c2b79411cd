use std::time::Duration;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{
    Cookie, HttpError, LoginError, Purpose, Redirect, Response, Sharing,
};
use tidegate_core::span::Location;

use super::*;
use crate::testing::{Kept, Ran, answer, block_on, parse, parse_as, path, run, run_check};

type Answer = Result<Response, HttpError>;

fn with(change: impl FnOnce(&mut Response), answer: Answer) -> Answer {
    let mut response = answer.unwrap();
    change(&mut response);
    Ok(response)
}

fn cookie(attributes: &[&str]) -> Cookie {
    Cookie {
        name: "sid".into(),
        value: "0123456789".into(),
        attributes: attributes
            .iter()
            .map(|name| ((*name).into(), None))
            .collect(),
    }
}

fn lost() -> Answer {
    Err(HttpError::Broken {
        phase: "while reading the body",
        reason: "reset".into(),
    })
}

fn refused_login() -> Answer {
    Err(HttpError::Login(LoginError {
        identity: "anna".into(),
        reason: "the login answered 401".into(),
        help: "Try it by hand.".into(),
        location: Location::line_of("tidegate.yaml", 3),
        status: Some(401),
    }))
}

const CREATE: &str = "
- name: create
  post: /api/records
  json: { title: '${unique}' }
  expect: 201
  capture: { record: $.id }
  cleanup: { delete: '/api/records/${record}', find: { get: '/api/records?q=${unique}', capture: { record: '$.items[*].id' } } }
- name: open
  get: /api/records/${record}
  expect: { status: 200, json: { $.title: '${unique}' } }
";

const MARK: &str = "tidegate-00c0ffee-000000c0ffee";

/// One flow, answers that raise the code and nothing else, and answers that raise nothing.
struct Case {
    code: &'static str,
    flow: &'static str,
    bad: fn() -> Vec<Answer>,
    good: fn() -> Vec<Answer>,
}

static CASES: &[Case] = &[
    Case {
        code: "flow/status",
        flow: "[{ get: /, expect: 200 }]",
        bad: || vec![answer(500, "{}")],
        good: || vec![answer(200, "{}")],
    },
    Case {
        code: "flow/status",
        flow: "[{ put: /plan, expect: [403, 404] }]",
        bad: || vec![answer(200, "{}")],
        good: || vec![answer(404, "{}")],
    },
    Case {
        code: "flow/header",
        flow: "[{ get: /, expect: { headers: { Content-Type: { starts-with: text/html } } } }]",
        bad: || vec![answer(200, "{}")],
        good: || vec![answer(200, "<p>")],
    },
    Case {
        code: "flow/cookie",
        flow: "[{ post: /login, expect: { cookies: { sid: { http-only: true, length: 10 } } } }]",
        bad: || {
            vec![with(
                |response| response.cookies = vec![cookie(&[])],
                answer(200, "{}"),
            )]
        },
        good: || {
            let set = |response: &mut Response| response.cookies = vec![cookie(&["httponly"])];
            vec![with(set, answer(200, "{}"))]
        },
    },
    Case {
        code: "flow/json",
        flow: "[{ get: /, expect: { json: { $.total: 2, '$.items[*].id': { contains: 7 } } } }]",
        bad: || vec![answer(200, r#"{"total":2,"items":[]}"#)],
        good: || vec![answer(200, r#"{"total":2.0,"items":[{"id":7}]}"#)],
    },
    Case {
        code: "flow/json",
        flow: "[{ get: /, expect: { json: { $.a: 1, $.b: 2 } } }]",
        bad: || vec![answer(200, "<html>")],
        good: || vec![answer(200, r#"{"a":1,"b":2}"#)],
    },
    Case {
        code: "flow/body",
        flow: "[{ get: /, expect: { body: 'Report ${unique}', size: { gt: 10 } } }]",
        bad: || vec![answer(200, "Report tidegate-00")],
        good: || vec![answer(200, format!("Report {MARK}"))],
    },
    Case {
        code: "flow/time",
        flow: "[{ get: /, expect: { time: { lt: 1s } } }]",
        bad: || {
            vec![with(
                |response| response.elapsed = Duration::from_secs(2),
                answer(200, ""),
            )]
        },
        good: || vec![answer(200, "")],
    },
    Case {
        code: "flow/redirect",
        flow: "[{ get: /, expect: 200 }]",
        bad: || {
            let around = |response: &mut Response| {
                response.headers.push(("location".into(), "/".into()));
                let again = Redirect {
                    status: 302,
                    url: "http://127.0.0.1/?t=secret".into(),
                };
                response.redirects = vec![again; 10];
            };
            vec![with(around, answer(302, ""))]
        },
        good: || vec![answer(200, "")],
    },
    Case {
        code: "flow/redirect",
        flow: "[{ get: /, expect: { url: { ends-with: /home } } }]",
        bad: || {
            vec![with(
                |response| response.url = "http://127.0.0.1/login".into(),
                answer(200, ""),
            )]
        },
        good: || {
            vec![with(
                |response| response.url = "http://127.0.0.1/home".into(),
                answer(200, ""),
            )]
        },
    },
    Case {
        code: "flow/capture",
        flow: "[{ post: /, capture: { record: $.id } }]",
        bad: || vec![answer(201, r#"{"id":""}"#)],
        good: || vec![answer(201, r#"{"id":"a"}"#)],
    },
    Case {
        code: "flow/unreachable",
        flow: "[{ get: / }]",
        bad: || vec![lost()],
        good: || vec![answer(200, "")],
    },
    Case {
        code: "flow/login",
        flow: "[{ get: / }]",
        bad: || vec![refused_login()],
        good: || vec![answer(200, "")],
    },
    Case {
        code: "flow/intermittent-auth",
        flow: "[{ get: /, expect: 200 }]",
        bad: || vec![answer(401, "{}"), answer(200, "{}")],
        good: || vec![answer(200, "{}")],
    },
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    for info in META.codes.iter() {
        assert!(
            CASES.iter().any(|case| case.code == info.code.as_str()),
            "{}",
            info.code
        );
    }
    for case in CASES {
        let bad = run(case.flow, (case.bad)());
        assert_eq!(bad.codes(), [case.code], "{}", case.flow);
        let good = run(case.flow, (case.good)());
        assert!(good.codes().is_empty(), "{}: {:?}", case.flow, good.codes());
        assert!(good.report.unwrap().evaluated > 0, "{}", case.flow);
    }
}

#[test]
fn the_examples_of_the_page_are_read_and_fit_the_schema() {
    let schema = jsonschema::draft7::new(&kind().schema()).unwrap();
    let mut examples = 0;
    for block in META.docs.text().split("```yaml\n").skip(1) {
        let yaml = block.split("```").next().unwrap();
        let entries: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
        for entry in entries.as_object().unwrap().values() {
            let who = entry["as"].as_str();
            assert!(parse_as(&entry["flow"].to_string(), who).is_ok(), "{entry}");
            schema.validate(&entry["flow"]).unwrap();
            examples += 1;
        }
    }
    assert_eq!(examples, 2);
}

#[test]
fn all_failures_of_a_step_are_told_at_once_each_at_its_line() {
    let flow = "\n- name: list\n  get: /\n  expect:\n    json:\n      $.total: 1\n      $.title: { starts-with: a, length: 3 }\n- get: /next\n";
    let ran = run(
        flow,
        vec![answer(200, r#"{"total":2,"title":"Mia Meyer"}"#)],
    );
    assert_eq!(ran.codes(), ["flow/json", "flow/json", "flow/json"]);
    let report = ran.report.unwrap();
    let lines: Vec<usize> = report
        .findings
        .iter()
        .map(|finding| finding.location.line)
        .collect();
    assert_eq!(lines, [6, 7, 7]);
    assert_eq!(report.findings[1].location.column, 18);
    assert_eq!(
        report.notes,
        ["Not run after the failed step: “GET /next”."]
    );
    let text = format!("{:?}", report.findings);
    assert!(
        text.contains("a text of 9 characters") && !text.contains("Mia Meyer"),
        "{text}"
    );
}

#[test]
fn a_local_portal_may_be_quoted() {
    let flow = parse("[{ get: /, expect: { json: { $.name: zoe } } }]").unwrap();
    let ran = run_check(
        flow,
        vec![answer(200, r#"{"name":"mia"}"#)],
        Vec::new(),
        EnvironmentKind::Local,
    );
    let findings = ran.report.unwrap().findings;
    assert_eq!(findings[0].evidence[1].text, "\"mia\"");
}

#[test]
fn what_a_page_holds_is_moot_when_the_page_is_an_unexpected_error() {
    let flow =
        "[{ get: /, expect: { status: 200, json: { $.a: 1, $.b: 2 } }, capture: { c: $.c } }]";
    let ran = run(flow, vec![answer(500, "{}")]);
    assert_eq!(ran.codes(), ["flow/status"]);
    let finding = &ran.report.unwrap().findings[0];
    assert!(
        finding
            .evidence
            .iter()
            .any(|one| one.label == "further expectations" && one.text.starts_with('2'))
    );
    assert_eq!(finding.title, "“GET /” answered 500 instead of 200");
}

#[test]
fn a_failed_step_ends_the_flow_unless_it_says_continue() {
    let stops = run(
        "[{ get: /a, expect: 200 }, { get: /b }]",
        vec![answer(404, "")],
    );
    assert_eq!(stops.http.requests.lock().unwrap().len(), 1);
    let goes_on = run(
        "[{ get: /a, expect: 200, continue: true }, { get: /b, expect: 204 }]",
        vec![answer(404, ""), answer(200, "")],
    );
    assert_eq!(goes_on.codes(), ["flow/status", "flow/status"]);
}

#[test]
fn what_a_step_creates_is_removed_by_what_it_captured() {
    let shown = format!(r#"{{"id":17,"title":"{MARK}"}}"#);
    let ran = run(CREATE, vec![answer(201, shown.clone()), answer(200, shown)]);
    assert!(ran.codes().is_empty());
    assert_eq!(
        ran.cleanup.kept(),
        [Kept::Fulfilled("DELETE /api/records/17".into())]
    );
    assert_eq!(ran.cleanup.promises.lock().unwrap()[0].0.marker, MARK);
    assert_eq!(
        path(&ran.http.requests.lock().unwrap()[1]),
        "/api/records/17"
    );
}

#[test]
fn a_refusal_releases_the_promise_and_a_lost_answer_keeps_it() {
    assert_eq!(
        run(CREATE, vec![answer(422, "{}")]).cleanup.kept(),
        [Kept::Released]
    );
    assert_eq!(
        run(CREATE, vec![answer(408, "{}")]).cleanup.kept(),
        [Kept::Open]
    );
    assert_eq!(
        run(CREATE, vec![answer(500, "{}")]).cleanup.kept(),
        [Kept::Open]
    );
    assert_eq!(run(CREATE, vec![lost()]).cleanup.kept(), [Kept::Open]);
    assert_eq!(
        run(CREATE, vec![refused_login()]).cleanup.kept(),
        [Kept::Released]
    );
    let nothing_to_go_by = run(CREATE, vec![answer(201, "{}")]);
    assert_eq!(nothing_to_go_by.cleanup.kept(), [Kept::Open]);
}

#[test]
fn a_lost_create_is_found_by_its_mark() {
    let ran = run(
        CREATE,
        vec![lost(), answer(200, r#"{"items":[{"id":3},{"id":4}]}"#)],
    );
    let promise = ran.cleanup.promises.lock().unwrap().remove(0).0;
    let removals = block_on(promise.recover.unwrap()()).unwrap();
    let paths: Vec<String> = removals.iter().map(path).collect();
    assert_eq!(paths, ["/api/records/3", "/api/records/4"]);
    let sent = ran.http.requests.lock().unwrap();
    assert_eq!(path(&sent[1]), format!("/api/records?q={MARK}"));
    assert_eq!(sent[1].purpose, Purpose::Cleanup);
    assert_eq!(ran.http.sessions.lock().unwrap()[1].1, Sharing::Fresh);
}

#[test]
fn an_intermittent_refusal_fails_for_good_and_what_the_repetition_created_is_removed() {
    let ran = run(
        CREATE,
        vec![answer(401, "{}"), answer(201, r#"{"id":"r1"}"#)],
    );
    assert_eq!(ran.codes(), ["flow/intermittent-auth"]);
    assert_eq!(
        ran.cleanup.kept(),
        [
            Kept::Released,
            Kept::Fulfilled("DELETE /api/records/r1".into())
        ]
    );
    assert!(ran.report.unwrap().decisive);
}

#[test]
fn a_refusal_that_stays_is_a_wrong_status_and_may_be_tried_again() {
    let ran = run(
        "[{ get: /, expect: 200 }]",
        vec![answer(403, ""), answer(403, "")],
    );
    assert_eq!(ran.codes(), ["flow/status"]);
    assert!(!ran.report.unwrap().decisive);
}

#[test]
fn a_refusal_that_is_expected_or_without_a_login_is_not_repeated() {
    let expected = run("[{ get: /, expect: [401, 403] }]", vec![answer(401, "")]);
    assert!(expected.codes().is_empty());
    let anonymous = |response: &mut Response| response.authenticated = false;
    let ran = run("[{ get: / }]", vec![with(anonymous, answer(401, ""))]);
    assert_eq!(ran.codes(), ["flow/status"]);
}

#[test]
fn a_retry_goes_on_until_the_step_passes_and_cannot_hide_a_refusal() {
    let flow = "[{ get: /, retry: { every: 1s, within: 3s }, expect: { json: { $.n: 1 } } }]";
    let wrong = || answer(200, r#"{"n":0}"#);
    let right = || answer(200, r#"{"n":1}"#);
    assert!(
        run(flow, vec![wrong(), wrong(), wrong(), right()])
            .codes()
            .is_empty()
    );
    let never = run(flow, vec![wrong(), wrong(), wrong(), wrong()]);
    assert_eq!(never.codes(), ["flow/json"]);
    let refused = || answer(401, "{}");
    let wavering = run(flow, vec![refused(), refused(), right()]);
    assert_eq!(wavering.codes(), ["flow/intermittent-auth"]);
    assert!(wavering.report.unwrap().decisive);
}

#[test]
fn sessions_are_one_per_identity_and_sharing() {
    let flow = "[{ get: /a }, { get: /b, as: boris }, { get: /c }, { get: /d, session: fresh }, { get: /e, session: fresh }]";
    let answers = || (0..5).map(|_| answer(200, "")).collect::<Vec<_>>();
    let ran = run(flow, answers());
    let anna: Option<IdentityName> = Some("anna".into());
    let opened = ran.http.sessions.lock().unwrap().clone();
    assert_eq!(
        opened,
        [
            (anna.clone(), Sharing::Shared),
            (Some("boris".into()), Sharing::Shared),
            (anna, Sharing::Fresh)
        ]
    );
    let anonymous = run_check(
        parse_as("[{ get: /a }, { get: /b }]", None).unwrap(),
        answers(),
        Vec::new(),
        EnvironmentKind::Preview,
    );
    assert_eq!(
        *anonymous.http.sessions.lock().unwrap(),
        [(None, Sharing::Fresh)]
    );
}

#[test]
fn redirects_are_followed_unless_one_is_expected() {
    let redirects = |flow: &str| -> u8 {
        let ran = run(flow, vec![answer(302, "")]);
        ran.http.requests.lock().unwrap()[0].redirects
    };
    assert_eq!(redirects("[{ get: /, expect: 200 }]"), 10);
    assert_eq!(redirects("[{ get: /, expect: 302 }]"), 0);
    assert_eq!(redirects("[{ get: /, redirects: none }]"), 0);
    assert_eq!(redirects("[{ get: /, redirects: 2 }]"), 2);
}

#[test]
fn a_redirect_to_a_foreign_origin_is_told_without_its_query() {
    let away = |response: &mut Response| {
        response.headers.push(("location".into(), "x".into()));
        response.refused_redirect = Some("https://staging.example/cb?token=abc".into());
    };
    let ran = run("[{ get: / }]", vec![with(away, answer(302, ""))]);
    let finding = &ran.report.unwrap().findings[0];
    assert_eq!(finding.code.as_str(), "flow/redirect");
    assert!(
        finding.advice.contains("https://staging.example,") && !finding.advice.contains("token")
    );
}

#[test]
fn a_header_about_the_page_is_quoted_and_an_address_loses_its_query() {
    let flow = "[{ get: /, expect: { headers: { content-type: a, etag: b }, url: c } }]";
    let change = |response: &mut Response| {
        response.headers.push(("etag".into(), "mia".into()));
        response.url = "http://127.0.0.1/cb?code=zzz".into();
    };
    let report = run(flow, vec![with(change, answer(200, "{}"))])
        .report
        .unwrap();
    let actual = |at: usize| report.findings[at].evidence[1].text.as_str();
    assert_eq!(actual(0), "http://127.0.0.1/cb");
    assert_eq!(actual(1), "\"application/json\"");
    assert_eq!(actual(2), "a text of 3 characters");
}

#[test]
fn a_cookie_of_the_session_is_found_and_no_value_is_shown() {
    let flow = parse("[{ get: /, expect: { cookies: { sid: { equals: other, secure: true } } } }]")
        .unwrap();
    let ran = run_check(
        flow,
        vec![answer(200, "")],
        vec![cookie(&[])],
        EnvironmentKind::Local,
    );
    assert_eq!(ran.codes(), ["flow/cookie", "flow/cookie"]);
    assert!(!format!("{:?}", ran.report).contains("0123456789"));
}

#[test]
fn secrets_are_held_against_values_and_never_shown() {
    let ran = run(
        "[{ get: /, expect: { json: { $.a: '${KEY}' } } }]",
        vec![answer(200, r#"{"a":"x"}"#)],
    );
    let report = ran.report.unwrap();
    assert_eq!(report.findings[0].evidence[0].text, "\"${KEY}\"");
    assert!(!format!("{report:?}").contains("s3cret-value"));
    let same = run(
        "[{ get: /, expect: { json: { $.a: '${KEY}' } } }]",
        vec![answer(200, r#"{"a":"s3cret-value"}"#)],
    );
    assert!(same.codes().is_empty());
}

#[test]
fn an_optional_capture_that_is_missing_fails_the_step_that_needs_it() {
    let flow = "[{ get: /a, capture: { next: { jsonpath: $.next, optional: true } } }, { get: '/b/${next}' }]";
    let ran = run(flow, vec![answer(200, "{}")]);
    assert_eq!(ran.codes(), ["flow/capture"]);
}

#[test]
fn what_the_gate_file_has_wrong_is_an_error_and_no_finding() {
    let undeclared = Err(HttpError::UndeclaredOrigin {
        origin: "https://x.example".into(),
    });
    let error = run("[{ get: / }]", vec![undeclared]).report.unwrap_err();
    assert_eq!(error.location.unwrap().line, 1);
    let unset = run("[{ get: '/${NOT_SET}' }]", Vec::new())
        .report
        .unwrap_err();
    assert!(unset.message.contains("NOT_SET"));
}

#[test]
fn a_step_that_expects_only_refusals_is_wrong_on_purpose() {
    let purpose = |flow: &str| -> Purpose {
        let Ran { http, .. } = run(flow, vec![answer(404, "")]);
        http.requests.lock().unwrap()[0].purpose
    };
    assert_eq!(
        purpose("[{ get: /, expect: [400, 4xx] }]"),
        Purpose::Negative
    );
    assert_eq!(purpose("[{ get: /, expect: [200, 404] }]"), Purpose::Normal);
}

#[test]
fn the_forecast_tells_writes_time_identities_and_secrets() {
    let check = parse(
        "
- { post: /a, timeout: 2s, json: { k: '${KEY}' }, capture: { id: $.id }, cleanup: { delete: '/a/${id}' } }
- { get: /b, as: boris, timeout: 1s, retry: { within: 5s } }
",
    )
    .unwrap();
    let forecast = check.forecast();
    assert_eq!(forecast.writes, ["POST /a", "DELETE /a/${id}"]);
    assert_eq!(forecast.requests, 3);
    assert_eq!(forecast.worst, Duration::from_secs(8));
    assert_eq!(forecast.identities, ["anna".into(), "boris".into()]);
    assert_eq!(forecast.secrets, ["KEY"]);
}

/// A flow, what the fault says, and what stands beside its caret.
static BAD: &[(&str, &str, &str)] = &[
    ("[]", "a flow without a step", "at least one step"),
    ("{ get: / }", "this is a map", "expected a list of steps"),
    ("[{ gett: / }]", "no method", "did you mean `get`?"),
    (
        "[{ get: /, expcet: 200 }]",
        "unknown key `expcet`",
        "did you mean `expect`?",
    ),
    (
        "[{ get: /, expect: 2000 }]",
        "this is not a status",
        "expected a status",
    ),
    (
        "[{ get: /, expect: { stats: 2 } }]",
        "unknown key `stats`",
        "did you mean `status`?",
    ),
    (
        "[{ get: /, expect: { json: { $.a: { containz: 2 } } } }]",
        "unknown predicate",
        "did you mean `contains`?",
    ),
    (
        "[{ get: /, expect: { json: { status: 2 } } }]",
        "`status` is not a JSONPath",
        "starts with `$`",
    ),
    (
        "[{ get: /, expect: { json: { '$.a[': 2 } } }]",
        "is not a JSONPath",
        "",
    ),
    (
        "[{ get: /, expect: { json: { '$.a[*]': 2 } } }]",
        "never equal to one value",
        "list of everything",
    ),
    (
        "[{ get: /, expect: { body: { matches: '(' } } }]",
        "not a regular expression",
        "",
    ),
    (
        "[{ get: /, expect: { time: 2s } }]",
        "compared with a limit",
        "gt, gte, lt",
    ),
    (
        "[{ get: /, expect: { cookies: { sid: { http-onli: true } } } }]",
        "unknown attribute",
        "`http-only`",
    ),
    (
        "[{ get: /, capture: { unique: $.id } }]",
        "`unique` is built in",
        "another name",
    ),
    (
        "[{ get: /, capture: { Id: $.id } }]",
        "cannot be a capture's name",
        "lowercase",
    ),
    (
        "[{ get: /, capture: { id: { header: a, body: true } } }]",
        "one source",
        "needs one of",
    ),
    (
        "[{ get: /a, capture: { record: $.id } }, { get: '/${recrod}' }]",
        "unknown capture `recrod`",
        "`record`",
    ),
    (
        "[{ get: '/${later}' }, { get: /, capture: { later: $.id } }]",
        "unknown capture `later`",
        "",
    ),
    (
        "[{ get: /, as: ana }]",
        "unknown identity `ana`",
        "did you mean `anna`?",
    ),
    (
        "[{ get: /, on: bd }]",
        "unknown api `bd`",
        "did you mean `db`?",
    ),
    (
        "[{ get: /, redirects: many }]",
        "number of redirects",
        "`none`",
    ),
    (
        "[{ get: /, retry: { within: 2h } }]",
        "repeats too much",
        "10m",
    ),
    (
        "[{ post: /, cleanup: { delete: '/${id}' } }]",
        "unknown capture `id`",
        "",
    ),
    (
        "[{ post: /, cleanup: { delete: /, find: { get: /, capture: {} } } }]",
        "captures one name",
        "",
    ),
];

#[test]
fn bad_flows_are_refused_with_a_place_and_a_remedy() {
    for (flow, message, label) in BAD {
        let faults = parse(flow).err().unwrap_or_default();
        let fault = faults.iter().find(|fault| fault.message.contains(message));
        let fault = fault.unwrap_or_else(|| panic!("{flow}: {faults:?}"));
        assert!(
            fault.label.as_deref().unwrap_or_default().contains(label),
            "{flow}: {fault:?}"
        );
        assert!(fault.span.is_some(), "{flow}");
    }
}

#[test]
fn all_faults_of_a_flow_are_told_at_once() {
    let faults = parse("[{ get: /, expect: 9, as: ana, retry: { within: 2h } }, { gett: / }]")
        .err()
        .unwrap();
    assert_eq!(faults.len(), 4, "{faults:?}");
}
