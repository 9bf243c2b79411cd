//! Addresses of production that files tell.

use super::*;

fn address(files: &[(&str, &str)]) -> Option<(String, String)> {
    let mut all: Vec<(&str, &str)> = vec![("index.html", "")];
    all.retain(|(path, _)| files.iter().all(|(other, _)| other != path));
    if files.iter().all(|(path, _)| *path != "package.json") {
        all.push(("package.json", r#"{"name": "x", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#));
    }
    all.extend(files);
    only(&all).production.map(|told| (told.value, told.file))
}

#[test]
fn files_that_tell_the_address_of_production() {
    let home = r#"{"name": "x", "homepage": "https://portal.acme.io/", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#;
    let cases: [(&str, &str, &str); 11] = [
        ("package.json", home, "https://portal.acme.io"),
        (
            ".env.production",
            "NEXT_PUBLIC_SITE_URL=https://portal.acme.io\n",
            "https://portal.acme.io",
        ),
        (
            "vercel.json",
            r#"{"alias": ["portal.acme.io"]}"#,
            "https://portal.acme.io",
        ),
        ("public/CNAME", "portal.acme.io\n", "https://portal.acme.io"),
        (
            "fly.toml",
            "app = \"acme-portal\"\n[http_service]\ninternal_port = 80\n",
            "https://acme-portal.fly.dev",
        ),
        (
            "netlify.toml",
            "[context.production.environment]\nVITE_SITE_URL = \"https://portal.acme.io\"\n",
            "https://portal.acme.io",
        ),
        (
            "render.yaml",
            "services:\n- type: web\n  domains: [portal.acme.io]\n",
            "https://portal.acme.io",
        ),
        (
            "index.html",
            "<link rel=\"canonical\" href=\"https://portal.acme.io/\" />",
            "https://portal.acme.io",
        ),
        (
            "index.html",
            "<meta content='https://portal.acme.io/a' property=\"og:url\">",
            "https://portal.acme.io",
        ),
        (
            "public/robots.txt",
            "User-agent: *\nSitemap: https://portal.acme.io/sitemap.xml\n",
            "https://portal.acme.io",
        ),
        (
            "firebase.json",
            r#"{"hosting": {"site": "acme-portal"}}"#,
            "https://acme-portal.web.app",
        ),
    ];
    for (path, text, expected) in cases {
        assert_eq!(
            address(&[(path, text)]),
            Some((expected.to_owned(), path.to_owned())),
            "{path}: {text}"
        );
    }
}

#[test]
fn files_that_only_seem_to_tell_an_address() {
    let home = r#"{"name": "x", "homepage": "https://github.com/acme/portal#readme", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#;
    let below = r#"{"name": "x", "homepage": "https://acme.github.io/portal", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}"#;
    for (path, text) in [
        ("package.json", home),
        ("package.json", below),
        (
            ".env.example",
            "NEXT_PUBLIC_SITE_URL=https://portal.acme.io\n",
        ),
        (".env", "SITE_URL=https://portal.acme.io\n"),
        (
            ".env.production",
            "VITE_API_URL=https://api.acme.io\nBASE_URL=https://other.acme.io\nSITE_URL=http://localhost:3000\n",
        ),
        ("fly.toml", "app = \"acme-worker\"\n"),
        ("CNAME", "your-domain.com\n"),
        (
            "index.html",
            "<!-- canonical --><link rel=\"canonical\" href=\"/\">",
        ),
        ("src/a.ts", "fetch('https://portal.acme.io')"),
    ] {
        assert_eq!(address(&[(path, text)]), None, "{path}: {text}");
    }
}

#[test]
fn the_hosts_that_django_answers_for_tell_its_address() {
    let with = |hosts: &str| {
        let settings = format!("ROOT_URLCONF = 'acme.urls'\nALLOWED_HOSTS = {hosts}\n");
        let app = only(&[
            (
                "manage.py",
                "os.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"acme.settings\")",
            ),
            ("acme/settings.py", &settings),
        ]);
        app.production.map(|told| told.value)
    };
    assert_eq!(
        with("['localhost', 'portal.acme.io']").as_deref(),
        Some("https://portal.acme.io")
    );
    for none in [
        "[]",
        "['*']",
        "['.acme.io']",
        "env.list('HOSTS')",
        "['127.0.0.1']",
    ] {
        assert_eq!(with(none), None, "{none}");
    }
}
