use std::time::Duration;

use tidegate_core::check::CheckReport;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Body, PROVIDER_BODY_CAP, PROVIDER_TIMEOUT, Request, Target};

use super::endpoints::ENDPOINTS;
use super::{Answer, MOST};
use crate::scan::rule::Class;
use crate::scan::rules;
use crate::secrets::testing::{Bench, evidence, parse};

const STRIPE: &str = "sk_live~_514eC39HqLyjWDarjtT1zdp8dcK2mXq7";
const OLD_STRIPE: &str = "sk_live~_4eC39HqLyjWDarjtT1zdp8dc";
const GROQ: &str = "gsk~_a8Kq2ZxV7mB4nRt9WcY1pLs6HdJf3GvE5uTy0QeXi2MoPbNkA1zR";
/// So many characters as a generator of keys would choose them.
fn drawn(length: usize) -> String {
    const LETTERS: &[u8; 61] = b"q7Zx2Vb9Mn4Kt1Wp6Hs8Jd3Fg5Lr0YcQeUi2OaXzBvNmTkSwPhDjRyCEuAGIl";
    let letter = |at: usize| char::from(LETTERS[at * at * 7 % 61]);
    (0..length).map(letter).collect()
}

fn bench(key: &str) -> Bench {
    Bench::new().head("src/keys.ts", &format!("const key = '{key}';\n"))
}

fn answering(key: &str, status: u16, body: &str) -> CheckReport {
    let bench = Bench {
        provider: Some((status, body.to_owned())),
        ..bench(key)
    };
    bench.run("site: false\nverify: true")
}

fn asked(bench: &Bench) -> Vec<Request> {
    let asked = bench.asked.lock().unwrap();
    asked.iter().map(|(_, request)| request.clone()).collect()
}

/// The severity of the only finding, and what it says of the try.
fn told(report: &CheckReport) -> (Severity, Option<&str>, Option<&str>) {
    let [finding] = report.findings.as_slice() else {
        panic!("{:?}", report.findings);
    };
    let [verified, tried] = ["verified", "tried"].map(|label| evidence(finding, label));
    (finding.severity, verified, tried)
}

#[test]
fn nobody_is_asked_unless_the_gate_file_says_so() {
    for config in ["site: false", "site: false\nverify: false"] {
        let bench = bench(STRIPE);
        assert_eq!(told(&bench.run(config)), (Severity::Critical, None, None));
        assert!(asked(&bench).is_empty());
        assert!(parse(config).unwrap().forecast().asks.is_empty());
    }
}

#[test]
fn a_plan_says_who_may_be_asked_and_does_not_count_it_as_the_candidates() {
    let forecast = parse("site: false\nverify: true").unwrap().forecast();
    assert_eq!(
        forecast.asks,
        ["the providers of at most 20 found keys whether these still work"]
    );
    assert_eq!(forecast.requests, 0);
    assert_eq!(forecast.worst, Duration::from_secs(300 + 220));
}

#[test]
fn a_key_is_tried_once_with_a_bare_request() {
    let bench = Bench {
        provider: Some((200, "{}".into())),
        ..bench(STRIPE).head("src/more.ts", &format!("const key = '{STRIPE}';\n"))
    };
    let report = bench.run("site: false\nverify: true");
    let asked = asked(&bench);
    let [request] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(request.method, "GET");
    assert_eq!(
        request.target,
        Target::Provider("https://api.stripe.com/v1/balance")
    );
    let bearer = format!("Bearer {}", STRIPE.replace('~', ""));
    assert_eq!(
        request.headers,
        [("authorization".to_owned(), bearer.as_str().into())]
    );
    assert_eq!(request.body, Body::Empty);
    assert!(request.query.is_empty() && request.session.is_none());
    assert_eq!(request.redirects, 0);
    assert_eq!(
        (request.timeout, request.body_cap),
        (PROVIDER_TIMEOUT, PROVIDER_BODY_CAP)
    );
    let verified = Some("it still opens Stripe today");
    assert_eq!(told(&report), (Severity::Critical, verified, None));
    let note = "1 found key was tried once at Stripe";
    assert!(report.notes.iter().any(|one| one == note), "{report:?}");
}

#[test]
fn a_key_goes_into_the_header_that_its_provider_wants() {
    let key = format!("sk-ant-api03-{}AA", drawn(93));
    let bench = bench(&key);
    bench.run("site: false\nverify: true");
    let headers = asked(&bench).remove(0).headers;
    assert_eq!(
        headers,
        [
            ("x-api-key".to_owned(), key.as_str().into()),
            ("anthropic-version".to_owned(), "2023-06-01".into())
        ]
    );
}

#[test]
fn a_refused_key_is_a_warning() {
    let body = r#"{ "error": { "message": "Invalid API Key provided: sk_live_*******" } }"#;
    let tried = Some("Stripe refuses it, so it was replaced or ended already");
    let report = answering(STRIPE, 401, body);
    assert_eq!(told(&report), (Severity::Low, None, tried));
}

#[test]
fn what_is_no_clear_refusal_changes_nothing() {
    for (key, status, body) in [
        (STRIPE, 403, "the key does not have the permission"),
        (STRIPE, 401, "your address is not on the list of this key"),
        (STRIPE, 429, "too many requests"),
        (STRIPE, 302, ""),
        (STRIPE, 503, ""),
        (OLD_STRIPE, 401, "Invalid API Key provided"),
    ] {
        let why = format!("could not tell (status {status})");
        let report = answering(key, status, body);
        assert_eq!(
            told(&report),
            (Severity::Critical, None, Some(why.as_str()))
        );
    }
}

#[test]
fn a_provider_that_does_not_answer_ends_nothing() {
    let bench = bench(GROQ);
    let report = bench.run("site: false\nverify: true");
    let (severity, _, tried) = told(&report);
    assert_eq!(severity, Severity::High);
    assert!(tried.unwrap().starts_with("could not tell ("), "{tried:?}");
    assert_eq!(asked(&bench).len(), 1);
}

#[test]
fn what_the_base_knows_and_what_has_no_endpoint_is_not_tried() {
    let text = format!("const key = '{STRIPE}';\n");
    let known = Bench::new().both("src/keys.ts", &text);
    known.run("site: false\nverify: true");
    assert!(asked(&known).is_empty());
    let listed = bench(STRIPE).both(".gitleaksignore", "src/keys.ts:stripe-secret-key:1\n");
    assert!(listed.found("site: false\nverify: true").is_empty());
    assert!(asked(&listed).is_empty());
    let other = bench(&format!("xai-{}", drawn(80)));
    let report = other.run("site: false\nverify: true");
    assert_eq!(told(&report).2, None);
    assert!(asked(&other).is_empty());
}

#[test]
fn at_most_twenty_keys_are_tried_one_a_second() {
    let keys: String = (10..32)
        .map(|number| format!("const k{number} = '{}{number}';\n", &GROQ[..GROQ.len() - 2]))
        .collect();
    let bench = Bench::new().head("src/keys.ts", &keys);
    let report = bench.run("site: false\nverify: true");
    assert_eq!(report.findings.len(), 22);
    let asked = bench.asked.lock().unwrap();
    let moments: Vec<u64> = asked.iter().map(|(moment, _)| moment.as_secs()).collect();
    assert_eq!(moments, (0..u64::from(MOST)).collect::<Vec<_>>());
    let note = "2 found keys were not tried: a run tries at most 20";
    assert!(report.notes.iter().any(|one| one == note), "{report:?}");
}

#[test]
fn the_answers_of_providers_with_words_of_their_own_are_understood() {
    let answer = |slug: &str, status, body| {
        let endpoint = ENDPOINTS.iter().find(|endpoint| endpoint.slug == slug);
        endpoint.unwrap().answer(status, body)
    };
    let slack = |body| answer("slack-token", 200, body);
    assert_eq!(slack(r#"{"ok":true,"team":"Acme"}"#), Answer::Opens);
    assert_eq!(
        slack(r#"{"ok":false,"error":"token_revoked"}"#),
        Answer::Refused
    );
    let unclear = Answer::Unclear("status 200".into());
    assert_eq!(slack(r#"{"ok":false,"error":"invalid_auth"}"#), unclear);
    let resend = |status, body| answer("resend-api-key", status, body);
    assert_eq!(
        resend(401, r#"{"name":"restricted_api_key"}"#),
        Answer::Opens
    );
    assert_eq!(
        resend(403, r#"{"name":"invalid_api_key"}"#),
        Answer::Refused
    );
    let unclear = Answer::Unclear("status 401".into());
    assert_eq!(answer("openai-api-key", 401, "ip_not_authorized"), unclear);
    assert_eq!(answer("gitlab-token", 401, "401 Unauthorized"), unclear);
}

#[test]
fn every_address_is_one_of_a_rule_and_has_no_place_for_a_key() {
    for endpoint in ENDPOINTS {
        let rule = rules::all().find(|rule| rule.slug == endpoint.slug);
        assert_eq!(rule.unwrap().class, Class::Secret, "{endpoint:?}");
        assert!(endpoint.url.starts_with("https://"), "{endpoint:?}");
        assert!(!endpoint.url.contains(['?', '#', '{']), "{endpoint:?}");
        assert!(!endpoint.begins.is_empty() && !endpoint.opens.is_empty());
        let names = endpoint.also.iter().map(|(name, _)| *name);
        for name in names.chain([endpoint.header]) {
            assert_eq!(name, name.to_lowercase());
        }
    }
}
