use std::sync::Arc;

use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{HttpError, Response};

use super::kind;
use crate::testing::{Asked, FakePortal, Trial, Tried, answer, busy, examples};

mod left_out;

/// What a site says to an address that it does not know.
type Unknown = fn(&Asked) -> Result<Response, HttpError>;

/// A site that serves these paths.
#[derive(Clone)]
pub(super) struct Site {
    files: Vec<(&'static str, &'static str, Vec<u8>)>,
    header: Option<(&'static str, &'static str)>,
    unknown: Unknown,
}

impl Site {
    /// A site with a start page and nothing else.
    pub(super) fn new() -> Self {
        Self {
            files: vec![(
                "/",
                "text/html",
                b"<!doctype html><h1>Portal</h1><script src=/assets/a.js></script>".to_vec(),
            )],
            header: None,
            unknown: |_| answer(404, "<!doctype html><h1>There is no such page</h1>"),
        }
    }

    /// With a text at a path.
    pub(super) fn with(self, path: &'static str, text: &str) -> Self {
        let kind = if text.starts_with(['{', '[']) {
            "application/json"
        } else if text.starts_with('<') {
            "text/html"
        } else {
            "text/plain"
        };
        self.bytes(path, kind, text.as_bytes())
    }

    /// With bytes at a path.
    pub(super) fn bytes(mut self, path: &'static str, kind: &'static str, bytes: &[u8]) -> Self {
        self.files.retain(|(known, _, _)| *known != path);
        self.files.push((path, kind, bytes.to_vec()));
        self
    }

    /// With a header on every answer.
    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    fn unknown(mut self, unknown: Unknown) -> Self {
        self.unknown = unknown;
        self
    }

    fn portal(self) -> Arc<FakePortal> {
        FakePortal::new(move |asked| {
            let path = asked
                .path
                .strip_prefix("http://127.0.0.1")
                .unwrap_or(&asked.path);
            let mut files = self.files.iter();
            let mut response = match files.find(|(known, _, _)| *known == path) {
                Some((_, kind, bytes)) => {
                    let mut response = answer(200, "")?;
                    response.headers = vec![("content-type".to_owned(), (*kind).to_owned())];
                    response.body = bytes.clone().into();
                    response
                }
                None => (self.unknown)(asked)?,
            };
            if let Some((name, value)) = self.header {
                response.headers.push((name.to_owned(), value.to_owned()));
            }
            Ok(response)
        })
    }

    /// Runs the check in a preview.
    pub(super) fn run(self, config: &str) -> Tried {
        Trial::of(kind()).run(config, &self.portal())
    }

    fn run_in(self, environment: EnvironmentKind) -> Tried {
        let mut trial = Trial::of(kind());
        trial.environment = environment;
        trial.run("{}", &self.portal())
    }
}

#[test]
fn a_site_with_nothing_to_find_passes_within_its_budget() {
    let preview = Site::new().run_in(EnvironmentKind::Preview);
    assert!(
        preview.codes().is_empty() && preview.doubt().is_empty(),
        "{:?}",
        preview.report
    );
    let requests = preview.portal.lines().len();
    assert!((90..=120).contains(&requests), "{requests}");
    let production = Site::new().run_in(EnvironmentKind::Production);
    let requests = production.portal.lines().len();
    assert!(requests <= 75, "{requests}");
    let asked = production.portal.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|asked| asked.method == "GET" && asked.who.is_none())
    );
}

#[test]
fn a_site_that_answers_everything_alike_has_nothing() {
    const ANSWERS: &[Unknown] = &[
        |_| answer(200, "<!doctype html><html><div id=root></div></html>"),
        // Another nonce and the path in every page.
        |asked| {
            let nonce = asked.path.len() * 7919;
            answer(
                200,
                format!(
                    "<!doctype html><script nonce=\"{nonce}abc\"></script><p>No page {}</p>",
                    asked.path
                ),
            )
        },
        |asked| {
            answer(
                200,
                format!("{{\"error\":\"not found\",\"path\":\"{}\"}}", asked.path),
            )
        },
        |_| answer(200, ""),
        |_| answer(200, "OK=1\nA=b\n"),
        |_| answer(403, "{\"message\":\"forbidden\"}"),
        // What looks like everything at once.
        |_| {
            answer(
                200,
                "ref: refs/heads/main\n# TYPE a counter\nCREATE TABLE a\n",
            )
        },
        // A browser of files for which every address is a folder.
        |asked| {
            answer(
                200,
                format!(
                    "<html><head><title>Index of {0}</title></head><pre><a href=\"../\">up</a> <a href=\"{0}a.txt\">{1}</a></pre></html>",
                    asked.path,
                    "many different words here ".repeat(asked.path.len() % 5)
                ),
            )
        },
        |asked| {
            answer(
                200,
                format!(
                    "<html><head><title>Not found</title></head><body>Index of {} Parent Directory <a href=\"../\">x</a></body></html>",
                    asked.path
                ),
            )
        },
    ];
    for unknown in ANSWERS {
        let tried = Site::new().unknown(*unknown).run("{}");
        assert!(tried.codes().is_empty(), "{:#?}", tried.report().findings);
    }
}

#[test]
fn what_only_looks_alike_is_no_finding() {
    let tried = Site::new()
        .with("/.env", "<!doctype html>A=1")
        .with("/metrics", "<!doctype html><h1># TYPE a counter</h1>")
        .with("/uploads/", "<html><head><title>How to switch Index of / pages off</title></head><pre><a href=\"../\">a</a></pre></html>")
        .with("/static/", "<html><head><title>Index of /other/</title></head><pre><a href=\"../\">a</a></pre></html>")
        .with("/console", "<!doctype html><h1>Interactive Console for your cloud</h1>")
        .with("/actuator", "{\"_links\":{\"self\":{\"href\":\"/actuator\"},\"health\":{\"href\":\"/actuator/health\"}}}")
        .with("/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D", "{\"errors\":[{\"message\":\"__schema queryType is off\"}]}")
        .with("/package.json", "{\"error\":\"name unknown\"}")
        .with("/backup.zip", "<!doctype html>PK")
        .with("/dump.sql", "There is no dump here.")
        .with("/docs", "<!doctype html><title>Documentation</title><p>How to use swagger-ui</p>")
        .with("/admin/", "<!doctype html><title>Our admin</title>")
        .with("/.env.example", "DATABASE_URL=postgres://user:password@localhost/db")
        .run("{}");
    assert!(tried.codes().is_empty(), "{:#?}", tried.report().findings);
}

#[test]
fn a_finding_shows_where_and_how_much_and_never_what() {
    let tried = Site::new()
        .with("/.env", "DATABASE_PASSWORD=hunter2hunter2\n")
        .with("/.env.local", "DATABASE_PASSWORD=hunter2hunter2\n")
        .run("{}");
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "Strangers can fetch environment variables: /.env and 1 more"
    );
    assert_eq!(
        finding.subject,
        "environment variables at /.env, /.env.local"
    );
    let attack = &finding.evidence[1].text;
    assert!(
        attack.starts_with("GET /.env without a login: 200, text/plain, 33 bytes"),
        "{attack}"
    );
    let told = format!("{:?}", tried.report());
    assert!(!told.contains("hunter2"), "{told}");
    assert_eq!(tried.codes().len(), 1);
}

#[test]
fn allowed_paths_and_public_documents_are_left_alone() {
    let site = Site::new()
        .with("/metrics", "# TYPE up gauge\nup 1\n")
        .with(
            "/openapi.json",
            "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"a\"}}",
        );
    let tried = site.clone().run("{}");
    assert_eq!(tried.codes(), ["exposure/metrics", "exposure/api-docs"]);
    assert_eq!(tried.report().findings[1].severity, Severity::Info);
    let tried = site.run("{ allow: [/metrics], public-docs: true }");
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
}

#[test]
fn tools_are_as_bad_as_what_they_can_do() {
    for (path, text, severity) in [
        (
            "/console",
            "<!doctype html><script>var CONSOLE_MODE = true, EVALEX = true;</script>",
            Severity::Critical,
        ),
        (
            "/actuator/env",
            "{\"activeProfiles\":[],\"propertySources\":[]}",
            Severity::Critical,
        ),
        (
            "/phpmyadmin/",
            "<!doctype html><title>phpMyAdmin</title>",
            Severity::Medium,
        ),
        (
            "/wp-login.php",
            "<!doctype html><input id=\"user_login\"><input name=\"wp-submit\">",
            Severity::Low,
        ),
        (
            "/graphiql",
            "<!doctype html><title>GraphiQL</title>",
            Severity::Low,
        ),
    ] {
        let tried = Site::new().with(path, text).run("{}");
        assert_eq!(tried.report().findings[0].severity, severity, "{path}");
    }
}

#[test]
fn the_page_for_unknown_addresses_may_show_the_inside() {
    let tried = Site::new()
        .unknown(|_| {
            answer(
                404,
                "<!DOCTYPE html><h1>Page not found</h1><p>You're seeing this error because you have <code>DEBUG = True</code> in \
                 your Django settings file. Change that, and Django will display a standard 404 page.</p>",
            )
        })
        .run("{}");
    assert_eq!(tried.codes(), ["exposure/debug-console"]);
    let finding = &tried.report().findings[0];
    assert!(!finding.subject.contains("00000"), "{}", finding.subject);
}

#[test]
fn a_server_of_nothing_but_figures_is_told() {
    let figures = "# HELP a b\n# TYPE a counter\na 1\n";
    let tried = Site::new()
        .with("/", figures)
        .unknown(|_| answer(200, "# HELP a b\n# TYPE a counter\na 1\n"))
        .run("{}");
    assert_eq!(tried.codes(), ["exposure/metrics"]);
    let tried = Site::new()
        .unknown(|_| answer(200, "# HELP a b\n# TYPE a counter\na 1\n"))
        .run("{ allow: [/metrics] }");
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
}

#[test]
fn folders_that_pages_load_from_are_looked_at() {
    let listing = "<html>\n<head><title>Index of /build/js/</title></head>\n<body>\n<h1>Index of /build/js/</h1><hr><pre><a href=\"../\">../</a>\n</pre></body></html>";
    let tried = Site::new()
        .with("/", "<!doctype html><script src=/build/js/a.js></script>")
        .bytes("/build/js/a.js", "text/javascript", b"x()")
        .with("/build/js/", listing)
        .run("{}");
    assert_eq!(tried.codes(), ["exposure/directory-listing"]);
}

#[test]
fn a_path_beside_that_answers_alike_clears_it() {
    let tried = Site::new()
        .unknown(|asked| {
            // A store of notes that answers every text file.
            let is_text = asked.path.contains(".sql") || asked.path.contains("/.env");
            if is_text {
                answer(200, "A=1\nCREATE TABLE a (b int);\n")
            } else {
                answer(404, "<!doctype html>no")
            }
        })
        .run("{}");
    // A name that begins with a dot is beside one, an ending beside the same.
    assert!(
        !tried.codes().contains(&"exposure/backup"),
        "{:?}",
        tried.report().findings
    );
}

#[test]
fn own_paths_are_known_by_their_text() {
    let config = "{ paths: [{ path: /internal/export.csv, contains: 'customer;email' }] }";
    let tried = Site::new()
        .with("/internal/export.csv", "customer;email\na;b\n")
        .run(config);
    assert_eq!(tried.codes(), ["exposure/custom"]);
    let tried = Site::new()
        .unknown(|_| answer(200, "customer;email"))
        .run(config);
    assert!(tried.codes().is_empty(), "{:?}", tried.codes());
}

#[test]
fn a_site_that_wants_fewer_requests_while_it_is_crawled_is_asked_no_more() {
    let tried = Site::new()
        .unknown(|asked| {
            let mut response = answer(
                if asked.path.contains("a.js") {
                    429
                } else {
                    404
                },
                "",
            )?;
            let header = ("retry-after".to_owned(), "600".to_owned());
            response.headers.push(header);
            Ok(response)
        })
        .run("{}");
    assert!(
        tried.doubt().contains("wants fewer requests"),
        "{}",
        tried.doubt()
    );
    assert!(tried.portal.lines().len() < 10);
}

#[test]
fn a_site_that_wants_no_more_requests_is_not_passed() {
    let tried = Site::new()
        .unknown(|asked| {
            if asked.path.contains(".git") {
                return busy();
            }
            answer(404, "no")
        })
        .run("{}");
    assert!(
        tried.doubt().contains("no more requests"),
        "{}",
        tried.doubt()
    );
    assert!(tried.portal.lines().len() < 50);
}

#[test]
fn a_site_behind_a_wall_says_so() {
    let portal = FakePortal::new(|_| answer(401, "{}"));
    let tried = Trial::of(kind()).run("{}", &portal);
    let notes = &tried.report().notes;
    assert!(
        notes.iter().any(|note| note.contains("sent away")),
        "{notes:?}"
    );
}

#[test]
fn a_site_that_answers_nothing_is_not_passed() {
    let portal = FakePortal::new(|_| {
        Err(HttpError::Connect {
            origin: "http://127.0.0.1".to_owned(),
            reason: "refused".to_owned(),
        })
    });
    let tried = Trial::of(kind()).run("{}", &portal);
    assert!(
        tried.doubt().contains("answered nothing"),
        "{}",
        tried.doubt()
    );
    assert_eq!(tried.report().evaluated, 0);
}

#[test]
fn archives_are_asked_for_by_their_beginning() {
    let tried = Site::new().run("{}");
    let asked = tried.portal.asked.lock().unwrap();
    let zip = asked
        .iter()
        .find(|asked| asked.path == "/backup.zip")
        .unwrap();
    assert_eq!(zip.header("range"), Some("bytes=0-4095"));
    let env = asked.iter().find(|asked| asked.path == "/.env").unwrap();
    assert_eq!(env.header("range"), None);
}

#[test]
fn hostile_answers_neither_panic_nor_hang() {
    let huge = "<title>Index of ".repeat(1 << 16);
    let portal = FakePortal::new(move |_| {
        let mut response = answer(200, huge.clone())?;
        response.headers = vec![("server".to_owned(), "1.1".repeat(100_000)); 3];
        Ok(response)
    });
    let tried = Trial::of(kind()).run("{}", &portal);
    assert_eq!(tried.codes(), ["exposure/version-banner"]);
    assert!(format!("{:?}", tried.report()).len() < 5_000);
    let portal = FakePortal::new(|_| {
        let mut response = answer(200, "")?;
        response.headers.clear();
        response.body = [0xff, 0xc3, 0x28, 0x00].repeat(1 << 18).into();
        Ok(response)
    });
    assert!(Trial::of(kind()).run("{}", &portal).codes().is_empty());
}

#[test]
fn a_config_that_is_wrong_says_where_and_how() {
    let trial = Trial::of(kind());
    for config in [
        "{ allow: [metrics] }",
        "{ paths: [{ path: export, contains: abc }] }",
        "{ paths: [{ path: /export, contains: a }] }",
        "{ paths: [{ path: /export }] }",
        "{ most: 3 }",
        "{ allowed: [] }",
    ] {
        let Err(faults) = trial.parse(config) else {
            panic!("{config}");
        };
        assert_eq!(faults.len(), 1, "{config}");
    }
}

#[test]
fn the_example_of_the_page_can_be_read() {
    let gate = examples(&super::META.docs.text()).remove(0);
    let config = gate["checks"]["nothing-lies-around"]["exposure"].to_string();
    Trial::of(kind()).parse(&config).unwrap();
}

#[test]
fn a_developers_machine_may_show_what_belongs_to_development() {
    let site = || {
        Site::new()
            .with("/@vite/client", "import.meta.hot; vite hmr")
            .with(
                "/wp-login.php",
                "<!doctype html><input id=\"user_login\"><input name=\"wp-submit\">",
            )
            .with(
                "/console",
                "<!doctype html><script>var CONSOLE_MODE = true, EVALEX = true;</script>",
            )
    };
    let severities = |environment| {
        let tried = site().run_in(environment);
        let findings = tried.report().findings.iter();
        findings.map(|one| one.severity).collect::<Vec<_>>()
    };
    use Severity::{Critical, High, Info, Low};
    assert_eq!(severities(EnvironmentKind::Local), [Critical, Low, Info]);
    assert_eq!(severities(EnvironmentKind::Preview), [Critical, High, Low]);
}
