use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use super::*;

/// Texts with `~` where a scanner would see a key.
fn plain(text: &str) -> String {
    text.replace('~', "")
}

#[test]
fn what_stands_for_a_key_is_a_placeholder() {
    for value in [
        "",
        "xxxx",
        "XXXXXXXXXXXXXXXX",
        "sk_live_~xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk_test_~1234567890abcdefghijklmnop",
        "sk_live_~0123456789abcdef",
        "ghp_~xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIA~XXXXXXXXXXXXXXXX",
        "AKIA~1234567890ABCDEF",
        "AIza~XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "AC~XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789012345678901234567890123456789",
        "deadbeefdeadbeefdeadbeefdeadbeef",
        "00000000-0000-0000-0000-000000000000",
        "aaaa",
        "your-api-key-here",
        "YOUR_STRIPE_SECRET_KEY",
        "yourApiKeyHere",
        "sk_test_~your_key_here",
        "sk-ant-~your-key",
        "changeme",
        "change-me-in-production",
        "super-secret-jwt-token-with-at-least-32-characters-long",
        "password",
        "password123",
        "postgres",
        "example",
        "example-token-123",
        "<your key>",
        "sk_live_<your-key>",
        "${STRIPE_KEY}",
        "sk_live_${KEY}",
        "{{ secrets.KEY }}",
        "$STRIPE_KEY",
        "%STRIPE_KEY%",
        "%s",
        "sk_live_%s",
        "process.env.STRIPE_KEY",
        "import.meta.env.VITE_KEY",
        "sk_live_~********************",
        "sk_live_~...abcd",
        "sk_live_~51H…",
        "[REDACTED]",
        "REDACTED",
        "postgres://user:password@localhost:5432/app",
        "postgres://user:pass@db.internal/app",
        "postgres://app:Zk3vQ9xTb2@db.example.com/app",
        "mysql://root:${DB_PASSWORD}@10.0.0.5/app",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    ] {
        let value = plain(value);
        assert!(is_placeholder(&value).is_some(), "{value}");
    }
}

#[test]
fn documented_samples_are_placeholders_and_say_whose_they_are() {
    for (value, whose) in [
        ("AKIA~IOSFODNN7~EXAMPLE", "AWS"),
        ("wJalrXUtnFEMI/~K7MDENG/~bPxRfiCYEXAMPLEKEY", "AWS"),
        ("sk_~test_~4eC39HqLyj~WDarjtT1zdp7dc", "Stripe"),
        ("ghp_~16C7e42F292c6912~E7710c838347Ae178B4a", "GitHub"),
        (
            "xoxb-~17653672481-~19874698323-~pdFZKVeTuE8sk7oOcBrzbqgy",
            "Slack",
        ),
    ] {
        let reason = is_placeholder(&plain(value)).unwrap_or_default();
        assert!(reason.contains(whose), "{value}: {reason}");
    }
}

#[test]
fn the_sample_of_jwt_io_is_a_placeholder() {
    let token = [
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#),
        ["SflKxwRJSMeKKF2QT4fw", "pMeJf36POk6yJV_adQssw5c"].concat(),
    ]
    .join(".");
    assert_eq!(is_placeholder(&token), Some("the sample of jwt.io"));
}

#[test]
fn what_may_be_a_key_is_none() {
    for value in [
        "sk_live_~4fKq0ZxV7yPb2Wc9NtRd8LmH",
        "sk_live_~testK0ZxV7yPb2Wc9NtRd8LmH",
        "sk_test_~51HexampleZxV7yPb2Wc9NtRd8LmH",
        "sk_live_~xxxx0ZxV7yPb2Wc9NtRd8LmH",
        "AKIA~Q3EGXAMPLE7ZK2VB",
        "ghp_~1234fKq0ZxV7yPb2Wc9NtRd8LmHs6TgJe5U",
        "your-Zk3vQ9xTb2LmH8RdNtc9Wb2Py7Vx",
        "hunter2-Ke7!",
        "example-9fK2xQ",
        "correct-horse-battery-staple",
        "p%s5ora!9",
        "a<b>c9Kq!",
        "postgres://app:Zk3vQ9xTb2@db.acme.io/app",
        "postgres://app:Zk3vQ9xTb2@localhost/app",
        "3f9a1c77-52be-4d60-9a3e-7c1b0f8e2d45",
    ] {
        let value = plain(value);
        assert_eq!(is_placeholder(&value), None, "{value}");
    }
}

#[test]
fn the_key_of_supabases_local_demo_opens_something_and_is_none() {
    let token = [
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"iss":"supabase-demo","role":"anon","exp":1983812996}"#),
        ["CRXP1A7WOeoJeXxjNni4", "3kdQwgnWNReilDMblYTn_I0"].concat(),
    ]
    .join(".");
    assert_eq!(is_placeholder(&token), None);
}

#[test]
fn a_value_without_end_is_not_looked_at() {
    assert_eq!(is_placeholder(&"x".repeat(LONGEST + 1)), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_random_text_is_never_a_placeholder(value in "[A-Za-z0-9]{24,64}") {
        prop_assert_eq!(is_placeholder(&value), None);
    }

    #[test]
    fn a_random_key_behind_its_head_is_never_a_placeholder(value in "(sk_live_|ghp_|AKIA|whsec_)[A-Za-z0-9]{24,40}") {
        prop_assert_eq!(is_placeholder(&value), None);
    }

    #[test]
    fn no_value_panics(value in ".{0,60}") {
        let _ = is_placeholder(&value);
    }
}
