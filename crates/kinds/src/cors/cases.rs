//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::{Policy, try_as};
use crate::testing::each_code_has_a_case;

const CONFIG: &str = "{ allowed: [https://app.acme.example], routes: [GET /api/me] }";

struct Case {
    code: &'static str,
    bad: Policy,
    good: Policy,
}

/// Lets the one origin in that may.
fn careful(origin: &str) -> Option<String> {
    (origin == "https://app.acme.example").then(|| origin.to_owned())
}

fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn with(lets: fn(&str) -> Option<String>) -> Policy {
    Policy {
        lets,
        credentials: true,
        ..Policy::default()
    }
}

fn echo(origin: &str, is_let_in: bool) -> Option<String> {
    is_let_in.then(|| origin.to_owned())
}

fn cases() -> Vec<Case> {
    let good = || with(careful);
    let bad = |code, lets| Case {
        code,
        bad: with(lets),
        good: good(),
    };
    vec![
        bad("cors/reflected-with-credentials", |origin| {
            Some(origin.to_owned())
        }),
        Case {
            code: "cors/reflected",
            bad: Policy {
                credentials: false,
                ..with(|origin| Some(origin.to_owned()))
            },
            good: Policy {
                credentials: false,
                ..good()
            },
        },
        bad("cors/suffix", |origin| {
            echo(origin, origin.starts_with("https://app.acme.example"))
        }),
        bad("cors/prefix", |origin| {
            let is_evil = origin.starts_with("https://") && origin.ends_with("acme.example");
            echo(origin, is_evil || careful(origin).is_some())
        }),
        bad("cors/null", |origin| {
            echo(origin, origin == "null" || careful(origin).is_some())
        }),
        bad("cors/downgrade", |origin| {
            echo(origin, host(origin) == "app.acme.example")
        }),
        bad("cors/subdomain", |origin| {
            echo(
                origin,
                origin.starts_with("https://")
                    && origin.ends_with(".acme.example")
                    && !origin.contains("evil"),
            )
        }),
        bad("cors/other-port", |origin| {
            echo(
                origin,
                origin.starts_with("https://app.acme.example:") || careful(origin).is_some(),
            )
        }),
        bad("cors/localhost", |origin| {
            echo(
                origin,
                origin.contains("localhost") || careful(origin).is_some(),
            )
        }),
        Case {
            code: "cors/wildcard",
            bad: Policy {
                credentials: false,
                ..with(|_| Some("*".to_owned()))
            },
            good: good(),
        },
        Case {
            code: "cors/missing-vary",
            bad: Policy {
                varies: false,
                ..good()
            },
            good: Policy {
                varies: false,
                lets: |_| Some("https://app.acme.example".to_owned()),
                ..good()
            },
        },
        bad("cors/legitimate-refused", |_| None),
    ]
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    let cases = cases();
    each_code_has_a_case(&META, cases.iter().map(|case| case.code));
    for case in cases {
        let bad = try_as(Some("anna"), CONFIG, case.bad);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let good = try_as(Some("anna"), CONFIG, case.good);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert!(
            good.report().evaluated > 0 && good.doubt().is_empty(),
            "{}",
            case.code
        );
    }
}
