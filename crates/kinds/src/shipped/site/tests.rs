use std::collections::BTreeMap;
use std::sync::Mutex;

use proptest::prelude::*;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::{Credentials, Http, Purpose, Request, SessionId, Sharing};

use super::*;
use crate::testing::{FakeCleanup, answer, block_on, context, path};

mod pages;

const ORIGIN: &str = "http://127.0.0.1";

/// A site that answers by path; whatever it does not know gets its fallback.
#[derive(Default)]
struct Site {
    files: BTreeMap<String, (u16, String, Vec<u8>)>,
    fallback: Option<String>,
    requests: Mutex<Vec<(String, Purpose)>>,
}

impl Site {
    fn with(mut self, path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let file = (200, content_type.to_owned(), body.into());
        self.files.insert(path.to_owned(), file);
        self
    }

    fn page(self, path: &str, body: &str) -> Self {
        self.with(path, "text/html; charset=utf-8", body)
    }

    fn script(self, path: &str, body: &str) -> Self {
        self.with(path, "text/javascript", body)
    }

    /// Answers with its start page whatever is asked for.
    fn single_page(mut self, body: &str) -> Self {
        self.fallback = Some(body.to_owned());
        self
    }

    fn context(self: &Arc<Self>, kind: EnvironmentKind) -> Context {
        let check = crate::testing::parse("[{ get: / }]").unwrap();
        context(check, kind, self.clone(), Arc::new(FakeCleanup::default()))
    }

    fn crawl_with(self, pages: &[&str], limits: &CrawlLimits) -> (Crawl, Arc<Self>) {
        let site = Arc::new(self);
        let context = site.context(EnvironmentKind::Preview);
        let pages: Vec<String> = pages.iter().map(|page| (*page).to_owned()).collect();
        let crawl = block_on(crawl(&context, &pages, limits)).unwrap();
        (crawl, site)
    }

    fn crawl(self) -> (Crawl, Arc<Self>) {
        self.crawl_with(&["/"], &CrawlLimits::of(EnvironmentKind::Preview))
    }

    fn probe(self) -> Probed {
        let site = Arc::new(self);
        block_on(probe(&site.context(EnvironmentKind::Production))).unwrap()
    }

    fn asked(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|(path, _)| path.clone()).collect()
    }
}

impl Http for Site {
    fn open_session(&self, _: Option<&IdentityName>, _: Sharing) -> SessionId {
        SessionId(1)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, _: SessionId) {}

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        Vec::new()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("nothing here copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("nothing here plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let address = path(&request);
        let path = address.strip_prefix(ORIGIN).unwrap_or(&address).to_owned();
        let purpose = request.purpose;
        self.requests.lock().unwrap().push((path.clone(), purpose));
        let mut response = answer(404, "no such page").unwrap();
        response.headers = vec![("content-type".into(), "text/plain".into())];
        response.url = format!("{ORIGIN}{path}");
        if let Some((status, content_type, body)) = self.files.get(&path) {
            response.status = *status;
            response.headers = vec![("content-type".into(), content_type.clone())];
            response.truncated = body.len() > request.body_cap;
            response.body = body[..body.len().min(request.body_cap)].into();
        } else if let Some(fallback) = &self.fallback {
            response = answer(200, fallback.clone()).unwrap();
            response.url = format!("{ORIGIN}{path}");
        }
        Box::pin(async { Ok(response) })
    }
}

const MAP: &str = r#"{"version":3,"sources":["../../src/a.ts"],"mappings":"AAAA"}"#;

fn found(crawl: &Crawl) -> Vec<(&str, FetchedKind)> {
    let fetched = crawl.fetched.iter();
    fetched.map(|one| (one.route.as_str(), one.kind)).collect()
}

fn routes(crawl: &Crawl) -> Vec<&str> {
    crawl.fetched.iter().map(|one| one.route.as_str()).collect()
}

#[test]
fn a_site_of_vite_is_fetched_with_its_chunks_and_maps() {
    let index = r#"<!doctype html><html><head>
        <script type="module" crossorigin src="/assets/index-1.js"></script>
        <link rel="modulepreload" href="/assets/vendor-2.js">
        <link rel=stylesheet href='/assets/index-3.css'>
        <link rel="icon" href="/favicon.ico">
    </head></html>"#;
    let (crawl, site) = Site::default()
        .page("/", index)
        .script(
            "/assets/index-1.js",
            "m.f=[\"assets/lazy-4.js\"];\n//# sourceMappingURL=index-1.js.map",
        )
        .script("/assets/vendor-2.js", "x")
        .script("/assets/lazy-4.js", "x")
        .with("/assets/index-3.css", "text/css", "a{}")
        .with("/assets/index-1.js.map", "application/json", MAP)
        .with("/assets/vendor-2.js.map", "application/octet-stream", MAP)
        .crawl();
    let expected = [
        ("/", FetchedKind::Page),
        ("/assets/index-1.js", FetchedKind::Script),
        ("/assets/vendor-2.js", FetchedKind::Script),
        ("/assets/index-3.css", FetchedKind::Style),
        ("/assets/index-1.js.map", FetchedKind::Map),
        ("/assets/lazy-4.js", FetchedKind::Script),
        ("/assets/vendor-2.js.map", FetchedKind::Map),
    ];
    assert_eq!(found(&crawl), expected);
    let map = &crawl.fetched[4];
    assert_eq!(
        map.named_by.as_deref(),
        Some("http://127.0.0.1/assets/index-1.js")
    );
    assert!(!site.asked().contains(&"/favicon.ico".to_owned()));
    assert!(crawl.reached.is_empty() && crawl.unanswered.is_empty());
}

#[test]
fn the_start_page_in_place_of_an_asset_is_not_taken_for_it() {
    let index = "<!doctype html><script src=/assets/a.js></script>";
    let (crawl, site) = Site::default()
        .page("/", index)
        .script("/assets/a.js", "import('./gone.js')")
        .single_page(index)
        .crawl();
    assert_eq!(routes(&crawl), ["/", "/assets/a.js"]);
    let asked = site.asked();
    for path in ["/config.json", "/assets/a.js.map", "/assets/gone.js"] {
        assert!(asked.contains(&path.to_owned()), "{path}");
    }
}

#[test]
fn every_request_of_a_crawl_is_one_of_a_survey() {
    let (_, site) = Site::default()
        .page("/", "<script src=a.js></script>")
        .script("/a.js", "x")
        .crawl();
    let requests = site.requests.lock().unwrap();
    assert!(requests.len() > 2, "{requests:?}");
    assert!(
        requests
            .iter()
            .all(|(_, purpose)| *purpose == Purpose::Survey)
    );
}

#[test]
fn a_site_of_next_is_fetched_from_its_manifest() {
    let index = r#"<html><script src="/_next/static/b1/_buildManifest.js" defer></script>
        <script>self.__next_f.push([1,"static/chunks/app/page-9.js\"])</script></html>"#;
    let (crawl, _) = Site::default()
        .page("/", index)
        .script(
            "/_next/static/b1/_buildManifest.js",
            r#"self.__BUILD_MANIFEST={"/a":["static/chunks/pages/a-2.js","static/css/b-3.css"]}"#,
        )
        .script("/_next/static/chunks/pages/a-2.js", "x")
        .with("/_next/static/css/b-3.css", "text/css", "x")
        .crawl();
    let expected = [
        "/",
        "/_next/static/b1/_buildManifest.js",
        "/_next/static/chunks/pages/a-2.js",
        "/_next/static/css/b-3.css",
    ];
    assert_eq!(routes(&crawl), expected);
}

#[test]
fn nothing_is_fetched_from_undeclared_origins() {
    let index = r#"<script src="https://cdn.example/a.js"></script><a href="https://other.example/">x</a>
        <script src="//127.0.0.1/own.js"></script>"#;
    let (crawl, site) = Site::default()
        .page("/", index)
        .script("/own.js", "x")
        .crawl();
    assert_eq!(routes(&crawl), ["/", "/own.js"]);
    assert_eq!(crawl.undeclared, ["https://cdn.example"]);
    assert!(site.asked().iter().all(|path| path.starts_with('/')));
}

#[test]
fn some_links_are_followed_and_none_that_does_something() {
    let links: String = (0..30)
        .map(|page| format!("<a href=/page/{page}#x>x</a>"))
        .collect();
    let index = format!(
        "<a href=/logout>x</a><a href=/api/x>x</a><a href=/a.pdf>x</a><a href=/?x=1>x</a><a href='/'>x</a>
         <a href=mailto:x@y>x</a><a href='javascript:x()'>x</a>{links}"
    );
    let (crawl, site) = Site::default()
        .page("/", &index)
        .page("/page/0", "<p>")
        .crawl();
    let limits = CrawlLimits::of(EnvironmentKind::Preview);
    let pages = site
        .asked()
        .iter()
        .filter(|path| path.starts_with("/page/"))
        .count();
    assert_eq!(pages, limits.pages as usize);
    assert_eq!(site.asked().len(), 1 + pages + 4);
    assert_eq!(found(&crawl)[1], ("/page/0", FetchedKind::Page));
    assert!(CrawlLimits::of(EnvironmentKind::Production).requests < limits.requests);
}

#[test]
fn relative_addresses_are_relative_to_the_base() {
    let index = "<base href=/app/><script src=a.js></script><base href=/other/>";
    let (crawl, _) = Site::default()
        .page("/", index)
        .script("/app/a.js", "x")
        .crawl();
    assert_eq!(routes(&crawl), ["/", "/app/a.js"]);
}

#[test]
fn limits_that_are_reached_are_told() {
    let scripts: String = (0..50)
        .map(|at| format!("<script src=/{at}.js></script>"))
        .collect();
    let limits = CrawlLimits {
        requests: 10,
        ..CrawlLimits::of(EnvironmentKind::Preview)
    };
    let (crawl, site) = Site::default()
        .page("/", &scripts)
        .crawl_with(&["/"], &limits);
    assert_eq!(site.asked().len(), 10);
    assert_eq!(crawl.reached, [CrawlLimit::Requests(10)]);
    let limits = CrawlLimits {
        bytes: 700,
        body: 300,
        ..limits
    };
    let script = "x".repeat(1000);
    let (crawl, _) = Site::default()
        .page("/", &scripts[..270])
        .script("/0.js", &script)
        .script("/1.js", &script)
        .script("/2.js", &script)
        .crawl_with(&["/"], &limits);
    assert_eq!(crawl.reached, [CrawlLimit::Bytes(700)]);
    let sizes: usize = crawl.fetched.iter().map(|one| one.body.len()).sum();
    assert!(sizes <= 700, "{sizes}");
    assert!(crawl.fetched[1].truncated);
    let told = crawl.reached[0].to_string();
    assert!(
        told.contains("not fetched") && !crawl.reached[0].help().is_empty(),
        "{told}"
    );
}

#[test]
fn guesses_that_always_miss_are_given_up() {
    let scripts: String = (0..60)
        .map(|at| format!("<script src=/{at}.js></script>"))
        .collect();
    let names: String = (0..60).map(|at| format!("\"./lib/{at}.js\",")).collect();
    let mut site = Site::default().page("/", &scripts);
    for at in 0..60 {
        site = site.script(&format!("/{at}.js"), &names);
    }
    let (crawl, site) = site.crawl();
    assert_eq!(crawl.fetched.len(), 61);
    let asked = site.asked();
    let maps = asked.iter().filter(|path| path.ends_with(".map")).count();
    let chunks = asked
        .iter()
        .filter(|path| path.starts_with("/lib/"))
        .count();
    // Four of the others are the well-known files.
    assert_eq!((maps, chunks), (25, 21));
}

#[test]
fn a_crawl_can_be_run_on_any_thread() {
    fn is_send<T: Send>(_: &T) {}
    let context = Arc::new(Site::default()).context(EnvironmentKind::Preview);
    is_send(&crawl(
        &context,
        &[],
        &CrawlLimits::of(EnvironmentKind::Preview),
    ));
    is_send(&probe(&context));
}

#[test]
fn headers_and_bodies_are_not_shown_by_debug() {
    let (crawl, _) = Site::default().page("/", "hidden-word").crawl();
    let shown = format!("{:?}", crawl.fetched[0]);
    assert!(
        shown.contains("Page") && !shown.contains("hidden"),
        "{shown}"
    );
}

#[test]
fn files_that_must_not_be_served_are_known_by_their_content() {
    let probed = Site::default()
        .with("/.env", "text/plain", "# settings\n\nexport API_KEY=x\n")
        .with("/.env.local", "application/octet-stream", "NAME = \"x\"")
        .with("/.git/HEAD", "text/plain", "ref: refs/heads/main\n")
        .with("/.git/config", "text/plain", "[core]\n\tbare = false\n")
        .with(
            "/.npmrc",
            "text/plain",
            "//registry.npmjs.org/:_authToken=x",
        )
        .with(
            "/.aws/credentials",
            "text/plain",
            "[default]\naws_access_key_id = x",
        )
        .with("/.htpasswd", "text/plain", "anna:$apr1$x$y")
        .with(
            "/docker-compose.yml",
            "text/plain",
            "services:\n  db:\n    image: postgres\n",
        )
        .with(
            "/dump.sql",
            "text/plain",
            "--\n-- PostgreSQL database dump\n--\n",
        )
        .probe();
    let paths: Vec<&str> = probed.exposed.iter().map(|one| one.path).collect();
    let expected = [
        "/.env",
        "/.env.local",
        "/.git/HEAD",
        "/.git/config",
        "/.npmrc",
        "/.aws/credentials",
        "/.htpasswd",
        "/docker-compose.yml",
        "/dump.sql",
    ];
    assert_eq!(paths, expected);
    assert_eq!(probed.exposed[0].what, "environment variables");
}

#[test]
fn a_site_that_answers_everything_serves_no_such_file() {
    for body in [
        "<!doctype html><html><body>A=1</body></html>",
        "\n  <HTML>",
        "APP=ready",
        "{\"error\":\"A=1\"}",
        "Not found: /.env",
        "",
    ] {
        let probed = Site::default().single_page(body).probe();
        assert_eq!(probed.exposed.len(), 0, "{body}");
    }
    // Another text for each path.
    let mut site = Site::default();
    for path in [
        "/.env",
        "/.git/HEAD",
        "/.npmrc",
        "/backup.sql",
        "/.htpasswd",
    ] {
        site = site.with(path, "text/plain", format!("There is no {path} here: 404"));
    }
    assert_eq!(site.probe().exposed.len(), 0);
}

proptest! {
    #[test]
    fn no_html_makes_it_panic(text in "[<>/!a-zA-Z =\"'&;#\\-ü\n]{0,200}") {
        html::read(&text);
    }

    #[test]
    fn no_page_made_of_tags_makes_it_panic(
        parts in proptest::collection::vec(prop_oneof![
            Just("<script src="), Just("</script"), Just("<!--"), Just("-->"), Just("<a href='"), Just("\""),
            Just(">"), Just("<link rel=stylesheet href=//["), Just("<base href=http://"), Just("</"), Just("="),
            Just("<title>"), Just("data:x"), Just("http://127.0.0.1:99999/"), Just("ü"), Just("\0"), Just("/../"),
        ], 0..40)
    ) {
        let (crawl, _) = Site::default().page("/", &parts.concat()).crawl();
        prop_assert_eq!(routes(&crawl)[0], "/");
    }

    #[test]
    fn no_script_makes_it_panic(text in any::<Vec<u8>>(), name in "[a-z/.\"?:%]{0,20}") {
        let at = url::Url::parse("https://a.example/static/a.js").unwrap();
        chunks::named_in(&text, &at);
        chunks::named_in(format!("\"{name}.js\" .u=\"a/\"+e+\".\"+{{{name}}}[e]+\".js\"").as_bytes(), &at);
    }
}
