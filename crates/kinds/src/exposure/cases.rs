//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use super::META;
use super::tests::Site;
use crate::testing::each_code_has_a_case;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: Site,
    good: Site,
}

fn case(code: &'static str, path: &'static str, bad: &str, good: &str) -> Case {
    Case {
        code,
        config: "{}",
        bad: Site::new().with(path, bad),
        good: Site::new().with(path, good),
    }
}

const MAP: &str = r#"{"version":3,"sources":["../src/a.ts"],"mappings":"AAAA"}"#;

fn cases() -> Vec<Case> {
    let script = || Site::new().bytes("/assets/a.js", "text/javascript", b"x()");
    vec![
        case(
            "exposure/dotenv",
            "/.env",
            "API_KEY=abc",
            "<!doctype html>API_KEY=abc",
        ),
        case(
            "exposure/settings",
            "/docker-compose.yml",
            "services:\n  a:\n    image: b\n",
            "services: none",
        ),
        case(
            "exposure/repository",
            "/.git/HEAD",
            "ref: refs/heads/main\n",
            "ref",
        ),
        Case {
            code: "exposure/backup",
            config: "{}",
            bad: Site::new().bytes("/backup.zip", "application/zip", b"PK\x03\x04abc"),
            good: Site::new().bytes("/backup.zip", "application/zip", b"no such file"),
        },
        case(
            "exposure/debug-console",
            "/phpinfo.php",
            "<!doctype html><title>PHP 8.2.1 - phpinfo()</title><h1>PHP Version 8.2.1</h1>",
            "<!doctype html><title>About phpinfo()</title>",
        ),
        case(
            "exposure/actuator",
            "/actuator",
            r#"{"_links":{"self":{},"env":{},"heapdump":{}}}"#,
            r#"{"_links":{"self":{},"health":{}}}"#,
        ),
        case(
            "exposure/metrics",
            "/metrics",
            "# HELP a b\n# TYPE a counter\na 1\n",
            "# TYPE of invoice: counter",
        ),
        case(
            "exposure/directory-listing",
            "/uploads/",
            "<html><head><title>Index of /uploads</title></head><body><h1>Index of /uploads</h1><table><tr><td><a href=\"/\">Parent Directory</a></td></tr></table></body></html>",
            "<html><head><title>Uploads</title></head><body><table><tr><td><a href=\"/\">Back</a></td></tr></table></body></html>",
        ),
        Case {
            code: "exposure/source-map",
            config: "{}",
            bad: script().with("/assets/a.js.map", MAP),
            good: script().with(
                "/assets/a.js.map",
                r#"{"version":3,"sources":[],"mappings":""}"#,
            ),
        },
        case(
            "exposure/admin-page",
            "/wp-login.php",
            "<!doctype html><input id=user_login><input name=wp-submit>",
            "<!doctype html>login",
        ),
        case(
            "exposure/api-docs",
            "/openapi.json",
            r#"{"openapi":"3.1.0","info":{"title":"a"}}"#,
            r#"{"error":"openapi"}"#,
        ),
        case(
            "exposure/manifest",
            "/package.json",
            r#"{"name":"a","dependencies":{}}"#,
            r#"{"name":"package.json","error":true}"#,
        ),
        Case {
            code: "exposure/version-banner",
            config: "{}",
            bad: Site::new().header("server", "nginx/1.18.0 (Ubuntu)"),
            good: Site::new().header("server", "nginx"),
        },
        Case {
            config: "{ paths: [{ path: /secret.txt, contains: the-plan }] }",
            ..case("exposure/custom", "/secret.txt", "the-plan", "another")
        },
    ]
}

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    let cases = cases();
    each_code_has_a_case(&META, cases.iter().map(|case| case.code));
    for case in cases {
        let bad = case.bad.run(case.config);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let good = case.good.run(case.config);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert!(
            good.report().evaluated > 0 && good.doubt().is_empty(),
            "{}",
            case.code
        );
    }
}
