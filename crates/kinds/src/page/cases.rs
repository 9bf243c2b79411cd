//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::{Site, try_as};
use crate::testing::each_code_has_a_case;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: Site,
    good: Site,
}

/// A site that is as it should be, but for this file.
fn with(code: &'static str, path: &'static str, kind: &'static str, body: &'static str) -> Case {
    Case {
        code,
        config: "{}",
        bad: Site::built().with(path, kind, body),
        good: Site::built(),
    }
}

fn page(code: &'static str, body: &'static str) -> Case {
    with(code, "/", "text/html", body)
}

fn cases() -> Vec<Case> {
    const SCRIPT: &str = "/assets/index-a1.js";
    const FALLBACK: &str =
        "<!doctype html><div id=root></div><script src=/assets/index-a1.js></script>";
    vec![
        Case {
            bad: Site::built().failing("/", 500),
            ..page("page/status", "")
        },
        page("page/error-page", "<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>"),
        Case {
            // An article about it is no such page.
            good: Site::built().with(
                "/",
                "text/html",
                "<!doctype html><title>Acme</title><h1>News</h1><p>We moved from nginx: no more Welcome to nginx! pages.",
            ),
            ..page("page/error-page", "<pre>Cannot GET /</pre><title>Error</title>")
        },
        page("page/empty", "  \n"),
        Case {
            good: Site::built(),
            ..page("page/empty", "<!doctype html><title>Portal</title><div id=root></div>")
        },
        Case {
            good: Site::built().with("/", "application/json", "{\"service\":\"acme\"}"),
            ..with("page/not-html", "/", "text/plain", "<!doctype html><h1>Acme</h1>")
        },
        Case {
            config: "{ contains: { /: Acme } }",
            bad: Site::built().with("/", "text/html", "<!doctype html><h1>Globex</h1>"),
            ..page("page/text-missing", "")
        },
        Case {
            bad: Site::built().failing(SCRIPT, 404),
            ..page("page/asset-missing", "")
        },
        Case {
            bad: Site::built().failing("/assets/chunk-b2.js", 404),
            ..page("page/asset-missing", "")
        },
        with("page/asset-fallback", SCRIPT, "text/html", FALLBACK),
        with("page/asset-fallback", "/assets/index-c3.css", "text/html", FALLBACK),
        with("page/asset-type", SCRIPT, "text/plain", "let a=1"),
        with("page/asset-type", "/assets/index-c3.css", "text/plain", "p{margin:0}"),
        with("page/asset-empty", SCRIPT, "text/javascript", ""),
        with("page/integrity", "/assets/index-c3.css", "text/css", "p{margin:9px}"),
        Case {
            bad: Site::built().public().with(
                "/",
                "text/html",
                "<!doctype html><h1>Acme</h1><script src=http://cdn.acme.example/a.js></script>",
            ),
            good: Site::built().public().with(
                "/",
                "text/html",
                "<!doctype html><h1>Acme</h1><script src=//cdn.acme.example/a.js></script><a href=http://a.example>a</a>",
            ),
            ..page("page/mixed-content", "")
        },
        Case {
            bad: Site::built().public().with(
                "/",
                "text/html",
                "<!doctype html><h1>Acme</h1><script type=module src=/@vite/client></script>",
            ),
            // On a developer's own machine it is right.
            good: Site::built().with(
                "/",
                "text/html",
                "<!doctype html><h1>Acme</h1><a href=http://localhost:3000>a</a><script>import('/@react-refresh')</script>",
            ),
            ..page("page/development", "")
        },
    ]
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    let cases = cases();
    each_code_has_a_case(&META, cases.iter().map(|case| case.code));
    for case in cases {
        let bad = try_as(None, case.config, &case.bad);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let good = try_as(None, case.config, &case.good);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert!(
            good.report().evaluated > 0 && good.doubt().is_empty(),
            "{}",
            case.code
        );
    }
}
