//! No learned secret survives, whatever stands around it and however it is encoded.
//!
//! Input: a second secret, the secret, what stands before and what stands after it, each ending
//! with a NUL.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tidegate_core::redact::Redactor;

/// Stands in brackets in the place of a secret; no secret here holds any of it.
const NAME: &str = "\u{e000}";

/// The ways in which a portal, a proxy or a log may write a text, each by other code than core's.
const ENCODINGS: &[fn(&str) -> String] = &[
    str::to_owned,
    |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
    |text| form_urlencoded::byte_serialize(text.as_bytes()).collect(),
    |text| {
        let quoted = serde_json::Value::from(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    },
    |text| {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        escaped
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    },
];

fuzz_target!(|text: &str| {
    let mut fields = text.split('\0');
    let mut field = || fields.next().unwrap_or_default();
    let (other, secret, before, after) = (field(), field(), field(), field());
    // What a placeholder is made of may make a secret whole.
    let placeholder = |secret: &str| secret.contains(['[', ']', '\u{e000}']);
    let redactor = Redactor::new();
    if placeholder(secret) || placeholder(other) || !redactor.learn(NAME, secret) {
        return;
    }
    redactor.learn(NAME, other);
    for encode in ENCODINGS {
        let [hidden, before, after] = [secret, before, after].map(encode);
        // The end of an escape may begin what looks like the secret's own encoding.
        if before.contains(&hidden) || after.contains(&hidden) {
            continue;
        }
        let shown = redactor.redact(&format!("{before}{hidden}{after}"));
        assert!(!shown.contains(&hidden), "{secret:?} survives in {shown:?}");
        assert!(!shown.contains(secret), "{secret:?} is in {shown:?}");
    }
    let whole = format!("{before}{secret}{after}");
    for engine in [&STANDARD, &URL_SAFE_NO_PAD] {
        let encoded = engine.encode(&whole);
        let shown = redactor.redact(&encoded);
        assert_ne!(shown, encoded, "{secret:?} survives as base64");
    }
});
