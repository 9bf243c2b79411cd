use std::collections::BTreeSet;

use super::*;

#[test]
fn every_path_is_looked_for_once_and_begins_with_a_slash() {
    let mut seen = BTreeSet::new();
    for probe in all() {
        assert!(
            probe.path.starts_with('/') && seen.insert(probe.path),
            "{}",
            probe.path
        );
    }
    let telling: Vec<bool> = all().map(|probe| probe.is_telling).collect();
    assert!(telling.is_sorted_by_key(|telling| !telling));
    assert!(
        all()
            .filter(|probe| probe.holds_keys)
            .all(|probe| probe.form == Form::File)
    );
}

#[test]
fn a_path_beside_has_the_same_folder_and_ending() {
    for (path, expected) in [
        ("/.env", "/.000000000000002a"),
        ("/.git/HEAD", "/.git/000000000000002a"),
        ("/backup.tar.gz", "/000000000000002a.gz"),
        ("/debug/pprof/", "/debug/000000000000002a/"),
        ("/console", "/000000000000002a"),
        ("/graphql?query=a", "/000000000000002a"),
    ] {
        assert_eq!(beside(path, 42), expected, "{path}");
    }
}

fn page(path: &str, text: &str) -> (String, tidegate_core::ports::http::Response) {
    let mut response = crate::testing::answer(200, text).unwrap();
    let kind = if text.trim_start().starts_with('<') {
        "text/html"
    } else {
        "text/plain"
    };
    response.headers = vec![("content-type".to_owned(), kind.to_owned())];
    (path.to_owned(), response)
}

fn listing(path: &str, text: &str) -> Option<&'static str> {
    let (path, response) = page(path, text);
    is_listing(&Look::new(&path, &response))
}

#[test]
fn lists_of_real_servers_are_known() {
    for (path, text, server) in [
        (
            "/uploads/",
            "<html>\r\n<head><title>Index of /uploads/</title></head>\r\n<body>\r\n<h1>Index of /uploads/</h1><hr><pre><a href=\"../\">../</a>\r\n<a href=\"a.txt\">a.txt</a></pre><hr></body>\r\n</html>",
            "nginx",
        ),
        (
            "/uploads/",
            "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n  <title>Index of /uploads</title>\n </head>\n <body>\n<h1>Index of /uploads</h1>\n  <table>\n   <tr><th><a href=\"?C=N;O=D\">Name</a></th></tr><tr><td><a href=\"/\">Parent Directory</a></td></tr></table></body></html>",
            "Apache",
        ),
        (
            "/uploads/",
            "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Directory listing for /uploads/</title>\n</head>\n<body>\n<h1>Directory listing for /uploads/</h1>\n<hr>\n<ul>\n<li><a href=\"a.txt\">a.txt</a></li>\n</ul>\n<hr>\n</body>\n</html>\n",
            "Python",
        ),
        (
            "/uploads/",
            "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset='utf-8'>\n    <title>listing directory /uploads/</title></head><body class=\"directory\"><h1><a href=\"/\">~</a> / </h1><ul id=\"files\" class=\"view-tiles\"><li><a href=\"/uploads/a.txt\">a.txt</a></li></ul></body></html>",
            "serve-index",
        ),
        (
            "/uploads/",
            "<!DOCTYPE html><html lang=\"en\"> <head> <title>Files within www&#47;uploads&#47;</title></head><body> <main> <header><h1><i>Index of&nbsp;</i></h1></header><ul id=\"files\"><li><a href=\"/uploads/a.txt\" title=\"a.txt\">a.txt</a></li></ul></main></body></html>",
            "serve",
        ),
        (
            "/",
            "<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'><Name>acme-files</Name><Contents><Key>a.pdf</Key></Contents></ListBucketResult>",
            "bucket",
        ),
    ] {
        let known = listing(path, text).unwrap_or_default();
        assert!(known.contains(server), "{server}: {known}");
    }
    // A list of another folder is the page of something else.
    let other = "<html><head><title>Index of /other/</title></head><body><pre><a href=\"../\">../</a></pre></body></html>";
    assert_eq!(listing("/uploads/", other), None);
}

#[test]
fn pages_of_real_tools_are_known() {
    for (path, text) in [
        (
            "/console",
            "<!doctype html>\n<html lang=en>\n  <head>\n    <title>Console // Werkzeug Debugger</title>\n    <script>\n      var CONSOLE_MODE = true,\n          EVALEX = true,\n          EVALEX_TRUSTED = false,\n          SECRET = \"x\";\n    </script>\n  </head>",
        ),
        (
            "/metrics",
            "# HELP python_info Python platform information\n# TYPE python_info gauge\npython_info{major=\"3\"} 1.0\n",
        ),
        (
            "/docs",
            "\n    <!DOCTYPE html>\n    <html>\n    <head>\n    <title>FastAPI - Swagger UI</title>\n    </head>\n    <body>\n    <div id=\"swagger-ui\">\n    </div>\n    <script>\n    const ui = SwaggerUIBundle({",
        ),
        (
            "/admin/login/",
            "<!DOCTYPE html>\n\n<html lang=\"en-us\" dir=\"ltr\">\n<head>\n<title>Log in | Django site admin</title>",
        ),
        (
            "/openapi.json",
            "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"FastAPI\",\"version\":\"0.1.0\"},\"paths\":{",
        ),
        (
            "/debug/pprof/",
            "<html>\n<head>\n<title>/debug/pprof/</title>\n</head>\n<body>\n/debug/pprof/\n<br>\n<p>Types of profiles available:</p>",
        ),
        (
            "/nginx_status",
            "Active connections: 2 \nserver accepts handled requests\n 10 10 12 \nReading: 0 Writing: 1 Waiting: 1 \n",
        ),
        (
            "/_cat/indices",
            "green open invoices a1 1 0 12 0 20kb 20kb\n",
        ),
    ] {
        let probe = all().find(|probe| probe.path == path).unwrap();
        let (path, response) = page(path, text);
        assert!(probe.is(&Look::new(&path, &response)), "{path}");
    }
}

#[test]
fn a_debug_page_for_an_unknown_address_is_known() {
    let django = "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Page not found at /nope</title><p>\n      You\u{2019}re seeing this error because you have <code>DEBUG = True</code> in\n      your Django settings file. Change that to <code>False</code>, and Django\n      will display a standard 404 page.\n    </p>";
    let (path, response) = page("/nope", django);
    assert_eq!(
        everywhere(&Look::new(&path, &response)),
        Some((Sort::Development, "Django with DEBUG = True"))
    );
    let (path, response) = page("/nope", "<!doctype html><h1>How to set DEBUG = True</h1>");
    assert_eq!(everywhere(&Look::new(&path, &response)), None);
}
