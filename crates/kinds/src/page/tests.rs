use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{HttpError, Redirect, Response};

use super::kind;
use crate::testing::{Asked, FakePortal, Trial, Tried, answer, busy, examples};

mod bounds;

/// What a build wrote: a page with a module, what that imports, a stylesheet, a font and pictures.
const PAGE: &str = "<!doctype html><html><head><title>Acme</title><link rel=icon href=/favicon.svg>\
    <link rel=stylesheet href=/assets/index-c3.css integrity=\"sha256-GXnrqISCnP5L9rRy5l7Qq2QYIar5+vLG4/siWnF3LWc=\">\
    <link rel=modulepreload href=/assets/chunk-b2.js>\
    <script type=module crossorigin src=/assets/index-a1.js></script>\
    <script src=https://analytics.example/a.js></script></head>\
    <body><div id=root></div><img src=/logo.png></body></html>";

const STYLE: &str = "@font-face{src:url(./f.woff2)}";

/// Files of a site, each with its status, its type and its content.
#[derive(Clone)]
pub(super) struct Site {
    files: BTreeMap<&'static str, (u16, &'static str, &'static str)>,
    headers: Vec<(&'static str, &'static str)>,
    address: &'static str,
}

impl Site {
    /// A site as a build leaves it.
    pub(super) fn built() -> Self {
        let files = [
            ("/", "text/html; charset=utf-8", PAGE),
            (
                "/assets/index-a1.js",
                "text/javascript",
                "import{a}from\"./chunk-b2.js\";a()",
            ),
            (
                "/assets/chunk-b2.js",
                "application/javascript",
                "export const a=1",
            ),
            ("/assets/index-c3.css", "text/css", STYLE),
            ("/assets/f.woff2", "font/woff2", "wOF2"),
            ("/favicon.svg", "image/svg+xml", "<svg xmlns='a'/>"),
            ("/logo.png", "image/png", "png"),
        ];
        Self {
            files: files
                .map(|(path, kind, body)| (path, (200, kind, body)))
                .into(),
            headers: Vec::new(),
            address: "http://127.0.0.1",
        }
    }

    /// With this file.
    pub(super) fn with(
        mut self,
        path: &'static str,
        kind: &'static str,
        body: &'static str,
    ) -> Self {
        self.files.insert(path, (200, kind, body));
        self
    }

    /// With this status at a path.
    pub(super) fn failing(mut self, path: &'static str, status: u16) -> Self {
        self.files
            .insert(path, (status, "text/html", "<h1>Something else</h1>"));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.files.remove(path);
        self
    }

    fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// At an address that everybody can reach.
    pub(super) fn public(mut self) -> Self {
        self.address = "https://portal.acme.example";
        self
    }

    fn answer(&self, asked: &Asked) -> Result<Response, HttpError> {
        let path = asked
            .path
            .strip_prefix("http://127.0.0.1")
            .unwrap_or(&asked.path);
        let path = path.split('?').next().unwrap_or_default();
        let (status, kind, body) =
            self.files
                .get(path)
                .copied()
                .unwrap_or((404, "text/html", "gone"));
        let mut response = answer(status, body)?;
        response.headers = vec![("content-type".to_owned(), kind.to_owned())];
        let headers = self.headers.iter();
        response
            .headers
            .extend(headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Ok(response)
    }

    fn portal(&self) -> Arc<FakePortal> {
        let site = self.clone();
        let portal = FakePortal::new(move |asked| site.answer(asked));
        self.address.clone_into(&mut portal.address.lock().unwrap());
        portal
    }
}

/// Runs the check against a site.
pub(super) fn try_as(who: Option<&'static str>, config: &str, site: &Site) -> Tried {
    let mut trial = Trial::of(kind());
    trial.who = who;
    trial.run(config, &site.portal())
}

fn silence() -> HttpError {
    HttpError::Timeout {
        limit: Duration::from_secs(15),
        phase: "the answer",
    }
}

fn severities(tried: &Tried) -> Vec<Severity> {
    tried
        .report()
        .findings
        .iter()
        .map(|finding| finding.severity)
        .collect()
}

#[test]
fn a_page_that_is_there_with_all_it_needs_passes() {
    let tried = try_as(None, "", &Site::built());
    assert!(
        tried.codes().is_empty() && tried.doubt().is_empty(),
        "{:#?}",
        tried.report
    );
    let asked = tried.portal.lines();
    for path in [
        "/assets/index-a1.js",
        "/assets/chunk-b2.js",
        "/assets/f.woff2",
        "/logo.png",
    ] {
        let times = asked.iter().filter(|line| line.ends_with(path)).count();
        assert_eq!(times, 1, "{path}: {asked:?}");
    }
    assert!(
        !asked.iter().any(|line| line.contains("analytics")),
        "{asked:?}"
    );
    let report = tried.report();
    assert_eq!(report.evaluated, 7);
    assert!(
        report.notes[0].contains("https://analytics.example (1)"),
        "{:?}",
        report.notes
    );
    assert_eq!(report.tables[0].rows[0][2..], ["2", "1", "3"]);
}

#[test]
fn what_a_page_can_do_without_does_not_block() {
    let site = Site::built()
        .without("/favicon.svg")
        .without("/logo.png")
        .without("/assets/f.woff2");
    let tried = try_as(None, "{}", &site);
    assert_eq!(tried.codes(), ["page/asset-missing", "page/asset-missing"]);
    assert_eq!(severities(&tried), [Severity::Low, Severity::Info]);
    // A script, and what it imports, does; the preload of the same file says less.
    for (path, severity) in [
        ("/assets/index-a1.js", Severity::High),
        ("/assets/chunk-b2.js", Severity::High),
        ("/assets/index-c3.css", Severity::Medium),
    ] {
        let tried = try_as(None, "{}", &Site::built().without(path));
        assert_eq!(severities(&tried), [severity], "{path}");
        // The name of a file changes with each build.
        let ending = path.rsplit('.').next().unwrap();
        let subject = format!("/ /assets/*.{ending}");
        assert_eq!(tried.report().findings[0].subject, subject);
    }
}

#[test]
fn an_empty_stylesheet_is_only_told() {
    let empty = |path, kind| Site::built().with(path, kind, "");
    let style = "<!doctype html><h1>Acme</h1><link rel=stylesheet href=/styles.css>";
    let site = empty("/styles.css", "text/css").with("/", "text/html", style);
    let tried = try_as(None, "{}", &site);
    assert_eq!(tried.codes(), ["page/asset-empty"]);
    assert_eq!(severities(&tried), [Severity::Info]);
    // Another one that names it later makes it no worse.
    let both = "<!doctype html><h1>Acme</h1><link rel=stylesheet href=/styles.css><link rel=stylesheet href=/all.css>";
    let site =
        site.with("/", "text/html", both)
            .with("/all.css", "text/css", "@import '/styles.css';");
    assert_eq!(severities(&try_as(None, "{}", &site)), [Severity::Info]);
    let script = empty("/assets/index-a1.js", "text/javascript");
    assert_eq!(severities(&try_as(None, "{}", &script)), [Severity::High]);
}

#[test]
fn what_is_allowed_or_switched_off_is_not_asked_for() {
    let site = Site::built().without("/assets/index-a1.js");
    let tried = try_as(None, "{ allow: ['/assets/index-*'] }", &site);
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
    let tried = try_as(None, "{ assets: false }", &site);
    assert!(tried.codes().is_empty());
    assert_eq!(tried.portal.lines(), ["- GET /"]);
}

#[test]
fn several_pages_make_one_finding_and_load_what_they_share_once() {
    let site = Site::built()
        .with("/login", "text/html", PAGE)
        .failing("/a", 404)
        .failing("/b", 500);
    let tried = try_as(None, "{ paths: [/, /login, /a, /b] }", &site);
    assert_eq!(tried.codes(), ["page/status"]);
    let finding = &tried.report().findings[0];
    assert_eq!(finding.title, "/a answers with 404; and 1 more");
    assert_eq!(finding.subject, "/a, /b");
    let lines = tried.portal.lines();
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.ends_with("index-a1.js"))
            .count(),
        1
    );
}

#[test]
fn what_is_not_for_strangers_is_no_fault_and_no_proof() {
    for (status, told) in [(401, "`as:`"), (403, "`as:`")] {
        let tried = try_as(None, "{}", &Site::built().failing("/", status));
        assert!(
            tried.codes().is_empty() && tried.doubt().contains(told),
            "{status}: {:?}",
            tried.report
        );
        assert_eq!(tried.report().evaluated, 0);
        // For somebody who is logged in it is one.
        let tried = try_as(Some("anna"), "{}", &Site::built().failing("/", status));
        assert_eq!(tried.codes(), ["page/status"]);
    }
    // A server that has nothing to show says it in its own words.
    let mut site = Site::built().failing("/", 403);
    site.files.insert(
        "/",
        (
            403,
            "text/html",
            "<title>403 Forbidden</title><h1>403 Forbidden</h1><hr>nginx",
        ),
    );
    assert_eq!(try_as(None, "{}", &site).codes(), ["page/status"]);
}

#[test]
fn a_page_that_leads_to_the_login_is_none_for_somebody_who_is_logged_in() {
    let mut trial = Trial::of(kind());
    let config = "{ paths: [/auth/login], assets: false }";
    let built = Site::built().with("/auth/login", "text/html", "<h1>Sign in</h1>");
    let answering = move |asked: &Asked| {
        let mut response = built.answer(asked)?;
        response.redirects.push(Redirect {
            status: 302,
            url: String::new(),
        });
        Ok(response)
    };
    let tried = trial.run(config, &FakePortal::new(answering.clone()));
    assert!(tried.codes().is_empty());
    assert_eq!(
        tried.report().tables[0].rows[0][0],
        "/auth/login, leads to /auth/login"
    );
    trial.who = Some("anna");
    assert_eq!(
        trial.run(config, &FakePortal::new(answering)).codes(),
        ["page/status"]
    );
}

#[test]
fn without_an_answer_nothing_is_proven() {
    let portal = FakePortal::new(|_| Err(silence()));
    let tried = Trial::of(kind()).run("{}", &portal);
    assert!(
        tried.codes().is_empty() && tried.doubt().contains("could not be opened"),
        "{:?}",
        tried.report
    );
    assert_eq!(tried.report().evaluated, 0);
    // The same for a script, and less for a picture.
    for (silent, is_doubt) in [("/assets/index-a1.js", true), ("/logo.png", false)] {
        let site = Site::built();
        let portal = FakePortal::new(move |asked| {
            if asked.path.ends_with(silent) {
                return Err(silence());
            }
            site.answer(asked)
        });
        let tried = Trial::of(kind()).run("{}", &portal);
        assert_eq!(
            !tried.doubt().is_empty(),
            is_doubt,
            "{silent}: {:?}",
            tried.report
        );
    }
}

#[test]
fn nosniff_makes_a_wrong_type_a_fault_of_classic_scripts() {
    let site = Site::built()
        .with(
            "/",
            "text/html",
            "<!doctype html><h1>Acme</h1><script src=/a.js></script>",
        )
        .with("/a.js", "text/plain", "let a=1");
    assert!(try_as(None, "{}", &site).codes().is_empty());
    let site = site.header("x-content-type-options", "nosniff");
    assert_eq!(try_as(None, "{}", &site).codes(), ["page/asset-type"]);
}

#[test]
fn a_source_that_was_never_built_is_told_as_such() {
    let site = Site::built()
        .with(
            "/",
            "text/html",
            "<!doctype html><div id=root></div><script type=module src=/src/main.tsx></script>",
        )
        .with(
            "/src/main.tsx",
            "application/octet-stream",
            "const a: number = 1",
        );
    let tried = try_as(None, "{}", &site);
    assert_eq!(tried.codes(), ["page/asset-type"]);
    assert!(tried.report().findings[0].advice.contains("npm run build"));
}

#[test]
fn a_start_page_of_a_framework_blocks_only_away_from_its_developer() {
    let page = "<!doctype html><title>The install worked successfully! Congratulations!</title><h1>django</h1>";
    let site = Site::built().with("/", "text/html", page);
    assert_eq!(severities(&try_as(None, "{}", &site)), [Severity::Info]);
    assert_eq!(
        severities(&try_as(None, "{}", &site.public())),
        [Severity::High]
    );
}

#[test]
fn links_to_a_developers_machine_are_leftovers() {
    let site = Site::built().public().with(
        "/",
        "text/html",
        "<!doctype html><a href='http://user:secret@localhost:3000/login?next=1'>Sign in</a><form action=http://127.0.0.1:8000/x></form>",
    );
    let tried = try_as(None, "{}", &site);
    assert_eq!(tried.codes(), ["page/development"]);
    let told = format!("{:?}", tried.report().findings);
    assert!(
        told.contains("http://localhost:3000/login") && !told.contains("secret"),
        "{told}"
    );
}

#[test]
fn a_policy_that_asks_for_tls_mends_mixed_content() {
    let page = "<!doctype html><h1>Acme</h1><script src=http://portal.acme.example/a.js></script>";
    let site = Site::built().public().with("/", "text/html", page);
    assert_eq!(try_as(None, "{}", &site).codes(), ["page/mixed-content"]);
    let site = site.header("content-security-policy", "upgrade-insecure-requests");
    assert!(try_as(None, "{}", &site).codes().is_empty());
}

#[test]
fn a_picture_without_tls_does_not_hide_a_script_at_the_same_path() {
    let page = "<!doctype html><h1>Acme</h1><img src=http://a.example/x?png><img src=http://a.example/x?gif><script src=http://a.example/x?js></script>";
    let site = Site::built().public().with("/", "text/html", page);
    let tried = try_as(None, "{}", &site);
    assert_eq!(tried.codes(), ["page/mixed-content", "page/mixed-content"]);
    assert_eq!(severities(&tried)[1], Severity::Low);
    assert!(severities(&tried)[0] > Severity::Low);
    let mut findings = tried.report().findings.iter();
    assert!(!findings.any(|finding| finding.title.contains("more")));
}

#[test]
fn a_site_that_wants_no_more_requests_is_not_passed() {
    let portal = FakePortal::new(|_| busy());
    let tried = Trial::of(kind()).run("{ paths: [/, /a] }", &portal);
    assert!(
        tried.doubt().contains("no more requests"),
        "{}",
        tried.doubt()
    );
    assert_eq!(portal.lines().len(), 1);
}

#[test]
fn a_config_that_is_wrong_says_where_and_how() {
    for config in [
        "{ paths: [login] }",
        "{ paths: ['//a.example/x'] }",
        "{ paths: ['/a/${id}'] }",
        "{ contains: [Acme] }",
        "{ contains: { /: [] , login: a } }",
        "{ contains: { /: { a: b } } }",
        "{ contains: { /: ' ' } }",
        "{ allow: ['*.js'] }",
        "{ most: 1 }",
        "{ page: / }",
    ] {
        let Err(faults) = Trial::of(kind()).parse(config) else {
            panic!("{config}");
        };
        assert_eq!(faults.len(), 1, "{config}");
    }
    let many: Vec<String> = (0..60).map(|at| format!("/{at}")).collect();
    let config = format!("{{ paths: [{}] }}", many.join(", "));
    assert_eq!(
        Trial::of(kind())
            .parse(&config)
            .err()
            .map(|faults| faults.len()),
        Some(1)
    );
}

#[test]
fn a_page_with_a_text_is_opened_without_being_listed() {
    let site = Site::built().with(
        "/login",
        "text/html",
        "<!doctype html><h1>Sign\n  in</h1><p>R&amp;D",
    );
    let tried = try_as(None, "{ contains: { /login: [Sign in, R&D] } }", &site);
    assert!(tried.codes().is_empty(), "{:?}", tried.report);
    assert!(tried.portal.lines().contains(&"- GET /login".to_owned()));
}

#[test]
fn the_example_of_the_page_can_be_read() {
    for gate in examples(&super::META.docs.text()) {
        for (_, check) in gate["checks"].as_object().unwrap() {
            Trial::of(kind()).parse(&check["page"].to_string()).unwrap();
        }
    }
}
