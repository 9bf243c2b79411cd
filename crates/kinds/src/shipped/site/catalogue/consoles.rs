//! Consoles, profilers and figures that show the inside of a running program.

use tidegate_core::meta::Severity::{Critical, Low, Medium};

use super::{Form, Look, Probe, Sort};

const fn console(path: &'static str, what: &'static str, is_it: fn(&Look<'_>) -> bool) -> Probe {
    Probe::new(path, what, Sort::Console, Form::Page, is_it)
}

const fn development(
    path: &'static str,
    what: &'static str,
    is_it: fn(&Look<'_>) -> bool,
) -> Probe {
    Probe::new(path, what, Sort::Development, Form::Page, is_it)
}

const fn page(
    path: &'static str,
    what: &'static str,
    sort: Sort,
    is_it: fn(&Look<'_>) -> bool,
) -> Probe {
    Probe::new(path, what, sort, Form::Page, is_it)
}

/// All of them.
pub(super) static CONSOLES: &[Probe] = &[
    console("/console", "a console of Werkzeug (Flask)", |look| {
        look.page(&["EVALEX", "CONSOLE_MODE"])
    })
    .telling()
    .severity(Critical),
    console(
        "/_ignition/health-check",
        "the error page of Laravel that runs code",
        |look| look.json(&["can_execute_commands"]),
    )
    .telling()
    .severity(Critical),
    console("/telescope/requests", "Laravel Telescope", |look| {
        look.titled("Telescope") && look.has(&["vendor/telescope"])
    })
    .telling(),
    development("/rails/info/routes", "the routes of Rails", |look| {
        look.page(&["Helper", "HTTP Verb", "Controller#Action"])
    })
    .telling(),
    console("/phpinfo.php", "phpinfo()", is_phpinfo).telling(),
    development("/_profiler/", "the profiler of Symfony", |look| {
        look.titled("Symfony Profiler") || look.page(&["sf-profiler", "sf-toolbar"])
    })
    .telling(),
    development("/@vite/client", "the development server of Vite", |look| {
        look.has(&["vite", "import.meta", "hmr"]) && !look.is_html()
    })
    .telling(),
    development(
        "/_next/static/development/_buildManifest.js",
        "the development server of Next.js",
        |look| !look.is_html() && look.has(&["__BUILD_MANIFEST"]),
    )
    .telling(),
    development(
        "/webpack-dev-server",
        "the development server of webpack",
        |look| look.page(&["Assets Report"]),
    )
    .telling(),
    console("/elmah.axd", "the error log of ELMAH", |look| {
        look.page(&["Error Log for", "ELMAH"])
    }),
    console("/admin/queues", "Bull Board without a login", |look| {
        look.titled("Bull Dashboard")
    })
    .telling(),
    page(
        "/actuator",
        "the actuator of Spring Boot",
        Sort::Actuator,
        is_actuator,
    )
    .telling(),
    page(
        "/actuator/env",
        "the environment of Spring Boot",
        Sort::Actuator,
        |look| look.json(&["propertySources", "activeProfiles"]),
    )
    .telling()
    .severity(Critical),
    page(
        "/manage/env",
        "the environment of Spring Boot",
        Sort::Actuator,
        |look| look.json(&["propertySources", "activeProfiles"]),
    )
    .severity(Critical),
    page(
        "/debug/pprof/",
        "the profiler of Go",
        Sort::Console,
        |look| look.page(&["/debug/pprof/", "Types of profiles available"]),
    )
    .telling(),
    page(
        "/debug/vars",
        "the variables of a Go program",
        Sort::Metrics,
        |look| look.json(&["cmdline", "memstats"]),
    )
    .telling(),
    page(
        "/metrics",
        "the figures of the program (Prometheus)",
        Sort::Metrics,
        is_prometheus,
    )
    .telling(),
    page(
        "/actuator/prometheus",
        "the figures of the program (Prometheus)",
        Sort::Metrics,
        is_prometheus,
    ),
    page(
        "/server-status",
        "the status of Apache",
        Sort::Metrics,
        |look| look.titled("Apache Status") && look.has(&["Apache Server Status for"]),
    )
    .telling(),
    page(
        "/nginx_status",
        "the status of nginx",
        Sort::Metrics,
        |look| {
            look.text().starts_with("Active connections:")
                && look.has(&["server accepts handled requests"])
        },
    )
    .severity(Low),
    page(
        "/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D",
        "the schema of GraphQL (introspection)",
        Sort::Docs,
        |look| look.json(&["data", "__schema", "queryType"]),
    )
    .telling()
    .severity(Low),
    page("/graphiql", "GraphiQL", Sort::Docs, |look| {
        look.titled("GraphiQL")
    })
    .severity(Low),
    page(
        "/_cat/indices",
        "the lists of Elasticsearch",
        Sort::Console,
        |look| {
            let first = look.text().lines().next().unwrap_or_default();
            ["green open ", "yellow open ", "red open "]
                .iter()
                .any(|start| first.starts_with(start))
        },
    )
    .severity(Critical),
    page(
        "/flower/",
        "Flower, the tasks of Celery",
        Sort::Console,
        |look| look.titled("Flower") && look.has(&["Celery"]),
    )
    .severity(Medium),
];

fn is_phpinfo(look: &Look<'_>) -> bool {
    look.titled("phpinfo()") && look.has(&["PHP Version"])
}

fn is_prometheus(look: &Look<'_>) -> bool {
    !look.is_html() && look.text().lines().any(is_type)
}

/// `# TYPE name counter`, as the text format has it.
fn is_type(line: &str) -> bool {
    let mut words = line.strip_prefix("# TYPE ").unwrap_or_default().split(' ');
    let name = words.next().unwrap_or_default();
    let kind = words.next().unwrap_or_default();
    !name.is_empty()
        && matches!(
            kind.trim(),
            "counter" | "gauge" | "histogram" | "summary" | "untyped"
        )
}

/// More than the health alone, which is made for strangers.
fn is_actuator(look: &Look<'_>) -> bool {
    const INSIDE: &[&str] = &[
        "env",
        "heapdump",
        "beans",
        "configprops",
        "mappings",
        "loggers",
        "threaddump",
        "httpexchanges",
    ];
    look.json(&["_links", "self"]) && INSIDE.iter().any(|name| look.json(&[name]))
}

/// Whether figures are all that the server has, whatever is asked for.
pub(super) fn is_metrics_server(look: &Look<'_>) -> bool {
    let text = look.text();
    (text.starts_with("# HELP ") || text.starts_with("# TYPE ")) && is_prometheus(look)
}

/// What the page for an address that cannot be there tells.
pub(super) fn debug_page(look: &Look<'_>) -> Option<(Sort, &'static str)> {
    if look.page(&["EVALEX", "The debugger caught an exception"]) {
        return Some((Sort::Console, "the debugger of Werkzeug (Flask)"));
    }
    const PAGES: &[(&str, &[&str])] = &[
        (
            "Django with DEBUG = True",
            &["DEBUG = True", "Django", "standard 404 page"],
        ),
        (
            "Django with DEBUG = True",
            &["DEBUG = True", "Django", "Request Method"],
        ),
        (
            "the error page of Laravel with APP_DEBUG on",
            &["Illuminate\\", "Stack trace"],
        ),
        ("Rails in development", &["Rails.root:", "Routing Error"]),
        (
            "Symfony in debug mode",
            &["Symfony Exception", "exception-message"],
        ),
        (
            "ASP.NET with its developer page",
            &["Microsoft.AspNetCore.Diagnostics", "Stack"],
        ),
        (
            "the development server of Vite",
            &["/@vite/client", "type=\"module\""],
        ),
    ];
    let mut pages = PAGES.iter();
    let found = pages.find(|(_, parts)| look.page(parts));
    found.map(|(what, _)| (Sort::Development, *what))
}
