use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::meta::Confidence;
use tidegate_core::ports::http::Purpose;

use super::*;
use crate::testing::{exchange, node};

/// A key as its provider would write it, made here so that no scanner finds it in this file.
fn key() -> String {
    format!("sk_live{}", "_4eC39HqLyjWDarjtT1zdp8dcX")
}

fn json_answer(body: &Json) -> Exchange {
    exchange(200, "application/json", &body.to_string())
}

fn report_with(config: Option<&str>, exchange: &Exchange) -> CheckReport {
    let config = config.map(node);
    let observer = kind()
        .parse(config.as_ref(), &ObserverScope::default())
        .unwrap()
        .unwrap();
    observer.observe(&Observed::new(exchange))
}

fn found(exchange: &Exchange) -> Vec<Finding> {
    let report = report_with(None, exchange);
    assert_eq!(report.evaluated, 1);
    report.findings
}

#[track_caller]
fn one(exchange: &Exchange) -> Finding {
    let mut found = found(exchange);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

fn evidence<'f>(finding: &'f Finding, label: &str) -> Option<&'f str> {
    let of_label = finding.evidence.iter().find(|one| one.label == label);
    of_label.map(|one| one.text.as_str())
}

/// A signed token of these claims; its signature is no real one.
fn token(claims: &Json) -> String {
    let part = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let head = part(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signature = part("qX7b0Zk3mV9sT2wL5yRfN8hJ1cGdPaUe");
    format!("{head}.{}.{signature}", part(&claims.to_string()))
}

fn service_role() -> String {
    let issued = json!({ "iss": "supabase", "ref": "qzjxkvwmtyhrbnsfgdlp", "role": "service_role",
        "iat": 1_700_000_000, "exp": 2_900_000_000_u32 });
    token(&issued)
}

#[test]
fn a_key_in_an_answer_is_told_at_the_line_that_asked() {
    let answer = json_answer(&json!({ "billing": { "plans": [1, { "secret": key() }] } }));
    let finding = one(&answer);
    assert_eq!(finding.code, SECRET.code);
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(finding.confidence, Confidence::High);
    assert_eq!(
        finding.title,
        "POST /api/records shows a Stripe secret key (live mode)"
    );
    assert_eq!(
        finding.subject,
        "response-secrets/secret POST /api/records stripe-secret-key"
    );
    assert_eq!(finding.cause.as_ref().unwrap().as_str(), "records");
    assert_eq!(finding.location.line, 12);
    assert_eq!(
        evidence(&finding, "path"),
        Some("$.billing.plans[1].secret")
    );
    assert_eq!(
        evidence(&finding, "value"),
        Some("sk_live_… (33 characters)")
    );
    assert_eq!(evidence(&finding, "request"), Some("POST /api/records"));
    let size = answer.response_body.len();
    assert_eq!(
        evidence(&finding, "response").unwrap(),
        format!("200, application/json, {size} bytes")
    );
    assert!(finding.advice.starts_with("Treat it as stolen"));
    assert!(
        finding
            .advice
            .ends_with("`tidegate explain secrets/stripe-secret-key`")
    );
}

#[test]
fn ordinary_answers_and_public_keys_raise_nothing() {
    let anon = token(
        &json!({ "iss": "supabase", "ref": "qzjxkvwmtyhrbnsfgdlp", "role": "anon",
        "iat": 1_700_000_000, "exp": 2_900_000_000_u32 }),
    );
    for body in [
        json!({}),
        json!({ "items": [{ "id": "0191c3a0-77ab-7cc2-9d3e-1a2b3c4d5e6f" }] }),
        json!({ "key": format!("pk_live{}", "_4eC39HqLyjWDarjtT1zdp8dcX") }),
        json!({ "supabase": { "anon": anon } }),
        json!({ "maps": format!("AIza{}", "SyD3kf9LmQ2xV7bN0pR5tW8yZ1cE4gH6j") }),
        json!({ "key": "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx" }),
        json!({ "password": "hK7vQ2mZ9xT4wL5y" }),
        json!({ "hint": "set STRIPE_SECRET_KEY" }),
    ] {
        assert_eq!(found(&json_answer(&body)), [], "{body}");
    }
}

#[test]
fn error_pages_and_the_answers_to_attacks_count() {
    let page = format!("<html>\n<p>é DATABASE_KEY={}</p>", key());
    for purpose in [Purpose::Negative, Purpose::Attack, Purpose::Cleanup] {
        let mut answer = exchange(500, "text/html; charset=utf-8", &page);
        answer.purpose = purpose;
        let finding = one(&answer);
        assert_eq!(evidence(&finding, "path"), Some("line 2, column 19"));
    }
}

#[test]
fn what_signs_the_caller_in_is_left_alone() {
    let session = token(&json!({ "sub": "anna", "exp": 2_900_000_000_u32 }));
    let mut answer = json_answer(&json!({ "access_token": session }));
    for name in ["set-cookie", "authorization"] {
        let header = (name.to_owned(), format!("id={}", key()));
        answer.response_headers.push(header);
    }
    assert_eq!(found(&answer), []);
    let google = format!("ghu{}", "_16C7e42F292c6912E7710c838347Ae178B4a");
    let mut login = json_answer(&json!({ "provider_token": google }));
    let outside = found(&login).len();
    login.purpose = Purpose::Login;
    assert_eq!(
        (outside, found(&login).len()),
        (0, 0),
        "its checksum is wrong"
    );
    let token = format!("hf{}", "_kQzWvXmBnLpRtYsDfGhJcVbNxMzQwErTyU");
    let mut login = json_answer(&json!({ "provider_token": token }));
    assert_eq!(found(&login).len(), 1);
    login.purpose = Purpose::Login;
    assert_eq!(found(&login), []);
}

#[test]
fn a_login_that_hands_out_the_key_of_the_whole_database_is_told() {
    let mut login = json_answer(&json!({ "token": service_role(), "stripe": key() }));
    login.purpose = Purpose::Login;
    let slugs: Vec<String> = found(&login)
        .into_iter()
        .map(|finding| finding.subject)
        .collect();
    assert_eq!(
        slugs,
        [
            "response-secrets/secret POST /api/records supabase-service-role-key",
            "response-secrets/secret POST /api/records stripe-secret-key"
        ]
    );
}

#[test]
fn what_the_key_says_about_itself_is_told() {
    let finding = one(&json_answer(&json!({ "key": service_role() })));
    let says = evidence(&finding, "it says").unwrap();
    assert!(says.contains("service_role"), "{says}");
}

#[test]
fn a_header_is_named() {
    let mut answer = json_answer(&json!({}));
    let header = ("x-debug-config".to_owned(), format!("stripe={}", key()));
    answer.response_headers.push(header);
    let finding = one(&answer);
    assert_eq!(evidence(&finding, "path"), Some("header x-debug-config"));
}

#[test]
fn a_key_behind_an_encoding_is_found() {
    let hidden = STANDARD.encode(format!("{{\"stripe\":\"{}\"}}", key()));
    let finding = one(&json_answer(&json!({ "state": hidden })));
    assert_eq!(evidence(&finding, "path"), Some("$.state"));
    assert_eq!(evidence(&finding, "hidden by"), Some("base64"));
}

#[test]
fn a_presigned_address_is_left_alone_and_its_id_elsewhere_is_not() {
    let id = format!("AKIA{}", "Q7X2MZ5KWV3TNB6R");
    let address = format!(
        "https://files.example/a.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={id}%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature=00"
    );
    assert_eq!(found(&json_answer(&json!({ "url": address }))), []);
    let older = format!("https://files.example/a.pdf?AWSAccessKeyId={id}&Signature=00");
    assert_eq!(found(&json_answer(&json!({ "url": older }))), []);
    let finding = one(&json_answer(&json!({ "accessKeyId": id })));
    assert_eq!(finding.severity, Severity::Medium);
}

#[test]
fn what_the_request_brought_is_no_find_of_the_answer() {
    let mut answer = json_answer(&json!({ "title": key() }));
    answer.request_body = key().into_bytes().into();
    assert_eq!(found(&answer), []);
    answer.request_body = b"{\"title\":\"[STRIPE_KEY]\"}"[..].into();
    assert_eq!(found(&answer).len(), 1, "a declared secret is replaced");
}

#[test]
fn keys_of_a_sandbox_are_told_apart_and_are_no_disaster() {
    let test = key().replace("live", "test");
    let body = json!({ "a": test, "b": key(), "c": key().replace("8dcX", "8dcY") });
    let found = found(&json_answer(&body));
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            let more = evidence(one, "more of them in this answer");
            (one.severity, one.subject.ends_with(" test"), more)
        })
        .collect();
    assert_eq!(
        told,
        [
            (Severity::Medium, true, None),
            (Severity::Critical, false, Some("1"))
        ]
    );
}

#[test]
fn a_large_body_is_looked_at_as_far_as_it_goes_and_the_rest_is_said() {
    let filler = "lorem ipsum ".repeat(9 * 1024 * 1024 / 12);
    let early = exchange(200, "text/plain", &format!("{} {filler}", key()));
    let late = exchange(200, "text/plain", &format!("{filler} {}", key()));
    for (answer, wanted) in [(&early, 1), (&late, 0)] {
        let report = report_with(None, answer);
        assert_eq!((report.findings.len(), report.notes.len()), (wanted, 1));
    }
    let mut cut = json_answer(&json!({ "a": [{ "b": key() }, 1] }));
    cut.truncated = true;
    let length = cut.response_body.len() - 4;
    cut.response_body = cut.response_body[..length].into();
    let report = report_with(None, &cut);
    assert_eq!(evidence(&report.findings[0], "path"), Some("$.a[0].b"));
    assert_eq!(report.notes.len(), 1);
}

#[test]
fn what_is_no_text_is_left_alone_whatever_it_calls_itself() {
    let image = format!("\u{0}{}", key());
    assert_eq!(found(&exchange(200, "text/plain", &image)), []);
    let settings = format!("STRIPE_SECRET_KEY={}\n", key());
    let kind = "application/octet-stream";
    assert_eq!(found(&exchange(200, kind, &settings)).len(), 1);
}

#[test]
fn a_rule_can_be_silent_and_an_unknown_one_names_the_nearest() {
    let answer = json_answer(&json!({ "a": key() }));
    let report = report_with(Some("{ without: [stripe-secret-key] }"), &answer);
    assert_eq!((report.findings.len(), report.evaluated), (0, 1));
    let faults = kind().parse(
        Some(&node("{ without: [stripe-secret-kye] }")),
        &ObserverScope::default(),
    );
    let faults = faults.err().unwrap();
    assert!(faults[0].message.contains("stripe-secret-kye"));
    assert!(
        faults[0]
            .help
            .as_deref()
            .unwrap()
            .contains("`stripe-secret-key`")
    );
    let faults = kind()
        .parse(Some(&node("{ witout: [] }")), &ObserverScope::default())
        .err()
        .unwrap();
    assert_eq!(faults[0].label.as_deref(), Some("did you mean `without`?"));
}

#[test]
fn it_is_on_by_default_and_can_be_switched_off() {
    assert!(
        kind()
            .parse(None, &ObserverScope::default())
            .unwrap()
            .is_some()
    );
    assert!(
        kind()
            .parse(Some(&node("off")), &ObserverScope::default())
            .unwrap()
            .is_none()
    );
    assert!(
        kind()
            .parse(Some(&node("false")), &ObserverScope::default())
            .unwrap()
            .is_none()
    );
}

#[test]
fn an_exchange_without_an_answer_is_no_evidence() {
    let mut answer = json_answer(&json!({ "a": key() }));
    answer.status = None;
    assert_eq!(report_with(None, &answer), CheckReport::default());
}

#[test]
fn the_example_of_the_page_is_read_and_fits_the_schema() {
    let page = META.docs.text();
    let (_, example) = page.split_once("```yaml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let config = node(example);
    let config = config.get("response-secrets");
    assert!(
        kind()
            .parse(config, &ObserverScope::default())
            .unwrap()
            .is_some()
    );
    let json: Json = serde_saphyr::from_str(example).unwrap();
    let schema = jsonschema::draft7::new(&kind().schema()).unwrap();
    assert!(schema.is_valid(&json["response-secrets"]));
}

/// How a portal may give a key away.
fn leaking(way: usize, key: &str, around: &str) -> Exchange {
    let body = match way {
        0 => json!({ around: { "a": [around, key] } }).to_string(),
        1 => json!({ key: { around: key } }).to_string(),
        2 => format!("<p>{around} {key}</p>"),
        3 => json!({ "a": STANDARD.encode(format!("key {key} {around}")) }).to_string(),
        4 => json!({ STANDARD.encode(format!("key {key} ")): { "b": key } }).to_string(),
        5 => format!("{{\"{key}\": {{\"x\": \"{around} {key}"),
        6 => format!("{key}={key}"),
        _ => String::new(),
    };
    let mut exchange = exchange(500, "application/json", &body);
    if way == 7 {
        exchange.response_headers = vec![
            ("content-type".into(), key.into()),
            ("x-config".into(), format!("{around}={key}")),
        ];
    }
    exchange
}

proptest! {
    #[test]
    fn no_finding_shows_a_value(way in 0..8_usize, around in "[ -~]{0,12}", end in "[A-Za-z0-9]{4}") {
        let url = format!("postgres://admin:{}{end}@db.acme-portal.example:5432/portal", "vK8mQ2xZ7pT");
        for (key, secret) in [
            (key().replace("8dcX", &end), format!("4eC39HqLyjWDarjtT1zdp{end}")),
            (service_role(), service_role()[60..90].to_owned()),
            (url, format!("vK8mQ2xZ7pT{end}")),
        ] {
            let exchange = leaking(way, &key, &around);
            let shown = format!("{:?}", report_with(None, &exchange));
            prop_assert!(!shown.contains(&secret), "{shown}");
        }
    }
}
