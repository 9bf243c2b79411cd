use super::*;
use crate::testing::node;

fn signature(text: &str) -> Signature {
    Signature::parse(&node(text)).unwrap()
}

fn message(body: &[u8]) -> Message<'_> {
    Message {
        body,
        seconds: 1_800_000_000,
        id: "msg_1",
    }
}

fn verify(
    signature: &Signature,
    key: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<(), SignatureFault> {
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    signature.verify(key, &header, body)
}

const SCHEMES: &[&str] = &[
    "{ secret: k, header: X-Sig }",
    "{ secret: k, header: x-sig, prefix: 'sha256=', encoding: base64 }",
    "{ secret: k, header: x-sig, timestamp: x-time }",
    "{ secret: k, header: x-sig, timestamp: x-time, signs: 'v0:${timestamp}:${body}' }",
    "{ secret: k, scheme: github }",
    "{ secret: k, scheme: stripe }",
    "{ secret: k, scheme: standard-webhooks }",
];

#[test]
fn what_was_signed_fits_and_anything_else_does_not() {
    for text in SCHEMES {
        let signature = signature(text);
        let headers = signature.sign("a key", &message(b"{}"));
        assert_eq!(
            verify(&signature, "a key", &headers, b"{}"),
            Ok(()),
            "{text}"
        );
        for (key, body) in [("another", &b"{}"[..]), ("a key", b"{ }")] {
            let verdict = verify(&signature, key, &headers, body);
            assert!(
                matches!(verdict, Err(SignatureFault::Wrong(_))),
                "{text}: {verdict:?}"
            );
        }
        for at in 0..headers.len() {
            let mut less = headers.clone();
            let (missing, _) = less.remove(at);
            let verdict = verify(&signature, "a key", &less, b"{}");
            assert_eq!(verdict, Err(SignatureFault::Missing(missing)), "{text}");
        }
    }
}

#[test]
fn codes_are_those_that_others_compute() {
    // printf '1800000000.{}' | openssl dgst -sha256 -hmac key
    let expected = "7321475872b03ff21bdc2dfd86ea2d99ec29c479fbe4a77aa6acf4509505493f";
    let portal = signature("{ secret: k, header: x-sig, timestamp: x-time }");
    let headers = portal.sign("key", &message(b"{}"));
    assert_eq!(headers[0], ("x-time".into(), "1800000000".into()));
    assert_eq!(headers[1], ("x-sig".into(), expected.into()));
    let stripe = signature("{ secret: k, scheme: stripe }");
    let header = format!("t=1800000000,v1={expected}");
    assert_eq!(
        stripe.sign("key", &message(b"{}")),
        [(STRIPE.into(), header)]
    );
    // The example of the Standard Webhooks specification's own libraries.
    let standard = signature("{ secret: k, scheme: standard-webhooks }");
    let body = br#"{"test": 2432232314}"#;
    let given = [
        (WEBHOOK_ID, "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        (WEBHOOK_TIMESTAMP, "1614265330"),
        (
            WEBHOOK_SIGNATURE,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let key = ["whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].join("_");
    assert_eq!(verify(&standard, &key, &given, body), Ok(()));
}

#[test]
fn several_codes_of_which_one_fits_will_do() {
    let stripe = signature("{ secret: k, scheme: stripe }");
    let (name, value) = stripe.sign("key", &message(b"{}")).remove(0);
    let rolled = [(name, value.replace("v1=", "v1=00ff,v1="))];
    assert_eq!(verify(&stripe, "key", &rolled, b"{}"), Ok(()));
}

#[test]
fn a_signature_of_another_form_is_malformed() {
    for (text, header, value) in [
        (SCHEMES[0], "x-sig", "zz"),
        (SCHEMES[0], "x-sig", "abc"),
        (SCHEMES[0], "x-sig", "é"),
        (SCHEMES[1], "x-sig", "AAAA"),
        (SCHEMES[5], STRIPE, "v1=00"),
        (SCHEMES[5], STRIPE, "t=1"),
        (SCHEMES[5], STRIPE, "t=1,v1=x"),
    ] {
        let verdict = verify(
            &signature(text),
            "key",
            &[(header.into(), value.into())],
            b"{}",
        );
        assert_eq!(
            verdict,
            Err(SignatureFault::Malformed(header.into())),
            "{value}"
        );
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_remedy() {
    for (text, message) in [
        ("{ secret: k }", "a signature without a header"),
        (
            "{ secret: k, scheme: stripe, header: x }",
            "this is settled by the scheme",
        ),
        (
            "{ secret: k, header: x, signs: '${timestamp}.${body}' }",
            "this cannot be signed",
        ),
        (
            "{ secret: k, header: x, signs: '${unique}${body}' }",
            "this cannot be signed",
        ),
        (
            "{ secret: k, header: x, signs: nothing }",
            "this cannot be signed",
        ),
        ("{ header: x }", "`secret` is missing"),
    ] {
        let faults = Signature::parse(&node(text)).unwrap_err();
        assert_eq!(faults[0].message, message, "{text}");
        assert!(
            faults[0].span.is_some() && faults[0].help.is_some(),
            "{text}"
        );
    }
}
