//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::{GOOD, Site, try_as};
use crate::testing::each_code_has_a_case;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: Site,
    good: Site,
}

const PAGE: &str = "{ pages: [/dashboard] }";

fn case(code: &'static str, name: &'static str, bad: &'static str) -> Case {
    Case {
        code,
        config: PAGE,
        bad: Site::page().with(name, bad),
        good: Site::page(),
    }
}

fn cases() -> Vec<Case> {
    const EMBEDDED: &str = "{ pages: [/dashboard], embedded-by: [https://intranet.acme.example] }";
    const LISTED: &str =
        "default-src 'self'; base-uri 'none'; frame-ancestors 'self' https://intranet.acme.example";
    vec![
        case("headers/csp", "content-security-policy", "frame-ancestors 'none'"),
        Case {
            bad: Site::page().without("content-security-policy").with("x-frame-options", "DENY"),
            ..case("headers/csp", "", "")
        },
        Case {
            good: Site::page()
                .with("content-security-policy", "default-src 'self'")
                .with("x-frame-options", "SAMEORIGIN"),
            ..case("headers/framing", "content-security-policy", "default-src 'self'")
        },
        Case {
            config: EMBEDDED,
            bad: Site::page().with(
                "content-security-policy",
                "default-src 'self'; frame-ancestors https://intranet.acme.example https://b.example",
            ),
            good: Site::page().with("content-security-policy", LISTED),
            ..case("headers/framing", "", "")
        },
        Case {
            config: EMBEDDED,
            bad: Site::page().with("content-security-policy", LISTED).with("x-frame-options", "DENY"),
            good: Site::page()
                .with("content-security-policy", LISTED)
                .with("x-frame-options", "SAMEORIGIN"),
            ..case("headers/framing-conflict", "", "")
        },
        Case {
            config: EMBEDDED,
            good: Site::page().with("content-security-policy", LISTED),
            ..case("headers/embedding-refused", "x-other", "a")
        },
        case("headers/hsts", "strict-transport-security", "max-age=86400"),
        case("headers/nosniff", "x-content-type-options", "nosniff1"),
        case("headers/referrer-policy", "referrer-policy", "unsafe-url"),
        case("headers/cacheable", "cache-control", "public, max-age=60"),
        case("headers/charset", "content-type", "text/html"),
        case("headers/xss-protection", "x-xss-protection", "1; mode=block"),
    ]
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    let cases = cases();
    each_code_has_a_case(&META, cases.iter().map(|case| case.code));
    for case in cases {
        let bad = try_as(Some("anna"), case.config, case.bad);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let good = try_as(Some("anna"), case.config, case.good);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert!(
            good.report().evaluated > 0 && good.doubt().is_empty(),
            "{}",
            case.code
        );
    }
    assert!(GOOD.len() > 4);
}
