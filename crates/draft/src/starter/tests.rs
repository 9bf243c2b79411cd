use super::*;
use crate::project::{Api, Manager, Records, Serve, Told, Variable};

fn told<T>(value: T, file: &str) -> Told<T> {
    Told {
        value,
        file: file.to_owned(),
        because: "it says so".to_owned(),
    }
}

/// An app with these technologies that starts on this port.
fn app(technologies: &[Technology], command: &str, port: u16) -> App {
    App {
        name: "acme-portal".to_owned(),
        technologies: technologies
            .iter()
            .map(|one| told(*one, "package.json"))
            .collect(),
        manager: Some(told(Manager::Npm, "package-lock.json")),
        install: Some(told("npm ci".to_owned(), "package-lock.json")),
        build: Some(told("npm run build".to_owned(), "package.json")),
        serve: Some(told(
            Serve {
                command: command.to_owned(),
                port,
                environment: Vec::new(),
                ready: "/".to_owned(),
            },
            "package.json",
        )),
        output: vec!["dist".to_owned()],
        ..App::default()
    }
}

fn wish(app: App) -> Wish {
    Wish {
        name: app.name.clone(),
        app: Some(app),
        ..Wish::default()
    }
}

/// A portal of Next.js with Supabase at Vercel.
fn next() -> Wish {
    let technologies = [Technology::Next, Technology::Supabase];
    let mut app = app(&technologies, "npm run start -- -p 4300", 4300);
    app.hosts = vec![told(Host::Vercel, "vercel.json")];
    app.output = vec![".next/static".to_owned()];
    Wish {
        production: Some("https://portal.acme.example".to_owned()),
        ..wish(app)
    }
}

/// A page of Vite in a monorepo below the root of its repository.
fn vite() -> Wish {
    let mut app = app(
        &[Technology::Vite],
        "npx vite preview --port ${PORT:-4301}",
        4301,
    );
    app.folder = "apps/web".to_owned();
    app.output = vec!["apps/web/dist".to_owned()];
    app.manager = Some(told(Manager::Pnpm, "pnpm-lock.yaml"));
    app.install = Some(told(
        "pnpm install --frozen-lockfile".to_owned(),
        "pnpm-lock.yaml",
    ));
    let variable = |name: &str, public| {
        let name = name.to_owned();
        told(Variable { name, public }, ".env.example")
    };
    app.variables = vec![variable("VITE_API_URL", true), variable("TOKEN", false)];
    Wish {
        versions: vec!["apps/web/.nvmrc".to_owned()],
        folder: "code".to_owned(),
        ..wish(app)
    }
}

/// An interface of FastAPI with a document and routes that are known.
fn fastapi() -> Wish {
    let mut app = app(&[Technology::FastApi], "uv run uvicorn app.main:app", 8000);
    app.manager = Some(told(Manager::Uv, "uv.lock"));
    app.install = Some(told("uv sync --frozen".to_owned(), "uv.lock"));
    app.build = None;
    app.output = Vec::new();
    if let Some(serve) = &mut app.serve {
        serve.value.ready = "/health".to_owned();
        serve.value.environment = vec![("PORT".to_owned(), "8000".to_owned())];
    }
    let read = Some("/v1/items".to_owned());
    app.api = Some(told(
        Api {
            routes: 4,
            read,
            open: true,
        },
        "app/main.py",
    ));
    app.login_route = Some(told("/v1/token".to_owned(), "app/main.py"));
    let records = Records {
        list: "/v1/items".to_owned(),
        item: Some("/v1/items/{id}".to_owned()),
        removes: true,
    };
    app.records = Some(told(records, "app/main.py"));
    Wish {
        document: Some("docs/openapi.yaml".to_owned()),
        ..wish(app)
    }
}

fn django() -> Wish {
    let mut app = app(
        &[Technology::Django],
        "python3 manage.py runserver 4300",
        4300,
    );
    app.manager = Some(told(Manager::Pip, "requirements.txt"));
    app.install = Some(told(
        "pip install -r requirements.txt".to_owned(),
        "requirements.txt",
    ));
    app.build = None;
    wish(app)
}

fn firebase() -> Wish {
    let technologies = [Technology::Vite, Technology::Firebase];
    let mut app = app(&technologies, "npx vite preview --port 4300", 4300);
    app.hosts = vec![told(Host::Netlify, "netlify.toml")];
    wish(app)
}

/// A page that nobody knows how to start.
fn unknown() -> Wish {
    Wish {
        name: "acme".to_owned(),
        app: Some(App::default()),
        ..Wish::default()
    }
}

fn address_only(url: &str) -> Wish {
    Wish {
        name: "acme".to_owned(),
        url: Some(url.to_owned()),
        ..Wish::default()
    }
}

fn all() -> Vec<(&'static str, Wish)> {
    vec![
        ("next", next()),
        ("vite", vite()),
        ("fastapi", fastapi()),
        ("django", django()),
        ("firebase", firebase()),
        ("unknown", unknown()),
        ("address", address_only("https://portal.example")),
    ]
}

#[test]
fn gate_files_read_as_they_did() {
    for (name, wish) in all() {
        insta::assert_snapshot!(format!("gate_{name}"), gate(&wish));
    }
}

#[test]
fn workflows_read_as_they_did() {
    for (name, wish) in all() {
        insta::assert_snapshot!(format!("workflow_{name}"), workflow(&wish).unwrap());
    }
}

#[test]
fn variables_read_as_they_did() {
    for (name, wish) in [("next", next()), ("django", django())] {
        insta::assert_snapshot!(format!("sample_{name}"), sample(&wish, "").unwrap());
    }
}

#[test]
fn a_starter_set_has_five_to_twelve_checks_with_names_of_their_own() {
    for (name, wish) in all() {
        let checks = checks(&wish);
        let mut ids: Vec<_> = checks.iter().map(|check| check.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), checks.len(), "{name}");
        assert!((5..=12).contains(&checks.len()), "{name}");
    }
}

#[test]
fn the_home_page_is_looked_at_and_not_what_tells_that_an_app_is_ready() {
    let mut wish = fastapi();
    assert!(gate(&wish).contains("page: { paths: [/health] }"));
    if let Some(app) = &mut wish.app {
        app.home = Some("/".to_owned());
    }
    let gate = gate(&wish);
    assert!(gate.contains("page: {}") && gate.contains("ready: { get: /health }"));
    assert!(gate.contains("latency: { get: /, p95: 500ms"));
}

#[test]
fn environments_follow_from_what_is_known() {
    let named = |wish: &Wish| -> Vec<&str> { places(wish).iter().map(|one| one.name).collect() };
    assert_eq!(named(&next()), ["local", "preview", "production"]);
    assert_eq!(named(&unknown()), ["preview"]);
    assert_eq!(named(&Wish::default()), ["preview"]);
    for (url, name) in [
        ("https://portal.example", "production"),
        ("http://localhost:3000", "local"),
        ("http://[::1]:3000", "local"),
        ("https://acme-git-main-team.vercel.app", "preview"),
        ("https://deploy-preview-7--acme.netlify.app", "preview"),
        ("https://acme.vercel.app", "production"),
    ] {
        assert_eq!(named(&address_only(url)), [name], "{url}");
    }
    let mut staging = next();
    staging.url = Some("https://staging.acme.example".to_owned());
    staging.kind = Some(EnvironmentKind::Staging);
    assert_eq!(
        named(&staging),
        ["local", "preview", "staging", "production"]
    );
    // Somebody's own server is not started once more; elsewhere the app can be.
    let mut running = next();
    running.url = Some("http://localhost:9999".to_owned());
    let starts = |wish: &Wish| -> Vec<&str> {
        let starting = places(wish).into_iter().filter(|one| one.starts);
        starting.map(|one| one.name).collect()
    };
    assert_eq!(named(&running), ["local", "built", "preview", "production"]);
    assert_eq!(starts(&running), ["built"]);
    let text = gate(&running);
    assert!(
        text.contains(
            "  built:\n    kind: local\n    url: \"http://127.0.0.1:4300\"\n    start:\n"
        )
    );
    running.url = Some("http://localhost:4300".to_owned());
    assert_eq!(named(&running), ["local", "preview", "production"]);
    assert_eq!(starts(&running), ["local"]);
}

#[test]
fn a_workflow_looks_where_there_is_something_to_look_at() {
    assert_eq!(watch(&next()), Watch::Deployments(Host::Vercel));
    assert_eq!(watch(&firebase()), Watch::Deployments(Host::Netlify));
    assert_eq!(watch(&vite()), Watch::Changes);
    assert!(workflow(&vite()).unwrap().contains("environment: local"));
    // GitHub does not reach an address of this machine, and starts the app by itself.
    let mut running = vite();
    running.url = Some("http://localhost:9999".to_owned());
    assert_eq!(watch(&running), Watch::Changes);
    assert!(workflow(&running).unwrap().contains("environment: built"));
    assert_eq!(
        watch(&address_only("https://portal.example")),
        Watch::Address
    );
    let here = address_only("http://localhost:3000");
    assert_eq!(workflow(&here), Err(NoWorkflow::Unreachable));
    assert_eq!(watch(&unknown()), Watch::ByHand);
}

#[test]
fn what_github_would_take_for_an_expression_is_in_no_workflow() {
    let mut hostile = vite();
    hostile.folder = "a${{ github.token }}".to_owned();
    assert_eq!(workflow(&hostile), Err(NoWorkflow::Expression));
    let mut hostile = vite();
    if let Some(app) = &mut hostile.app {
        app.folder = "${{ secrets.A }}".to_owned();
    }
    assert_eq!(workflow(&hostile), Err(NoWorkflow::Expression));
    let mut hostile = vite();
    hostile.file = Some("${{ secrets.A }}.yaml".to_owned());
    assert_eq!(workflow(&hostile), Err(NoWorkflow::Expression));
}

/// A monorepo's page whose texts end whatever they stand in.
fn hostile(text: &str) -> Wish {
    let mut wish = vite();
    wish.name = text.to_owned();
    wish.url = Some(format!("https://a.example/{text}"));
    wish.document = Some(format!("{text}/openapi.yaml"));
    wish.folder = text.to_owned();
    wish.file = Some(text.to_owned());
    if let Some(app) = &mut wish.app {
        app.folder = text.to_owned();
        app.output = vec![text.to_owned()];
        app.build = Some(told(text.to_owned(), text));
        app.manager = Some(told(Manager::Npm, text));
        app.install = Some(told("npm ci".to_owned(), &format!("{text}/package.json")));
        app.login_route = Some(told(format!("/{text}"), text));
        app.serve = Some(told(
            Serve {
                command: text.to_owned(),
                port: 4300,
                environment: vec![(text.to_owned(), text.to_owned())],
                ready: format!("/{text}"),
            },
            text,
        ));
        let name = format!("VITE_{text}");
        app.variables = vec![told(Variable { name, public: true }, text)];
    }
    wish.versions = vec![format!("{text}/.nvmrc")];
    wish
}

/// The keys of a text in YAML, at every depth, without its values.
fn keys(text: &str) -> Vec<String> {
    fn gather(value: &serde_json::Value, keys: &mut Vec<String>) {
        if let Some(map) = value.as_object() {
            for (key, value) in map {
                keys.push(key.clone());
                gather(value, keys);
            }
        }
        value
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|one| gather(one, keys));
    }
    let read: serde_json::Value = serde_saphyr::from_str(text).unwrap();
    let mut keys = Vec::new();
    gather(&read, &mut keys);
    keys
}

#[test]
fn no_text_of_a_project_adds_anything_to_what_is_written() {
    let counts = |wish: &Wish| {
        let written = [gate(wish), workflow(wish).unwrap()];
        written.map(|text| keys(&text).len())
    };
    let harmless = counts(&hostile("plain"));
    for text in [
        "a\nrun: evil",
        "a\r\n      - run: evil",
        "a\u{85}evil: 1",
        "a\u{2028}evil: 1",
        "a\"\n  evil: \"",
        "'a",
        "a: evil",
        "a # evil",
        "- evil",
        "&a *a",
        "{evil: 1}",
        "!!binary a",
        "a\tb",
        "${evil}",
    ] {
        let wish = hostile(text);
        assert_eq!(counts(&wish), harmless, "{text:?}");
        let written = workflow(&wish).unwrap();
        let lines = written.lines().filter(|line| line.contains("vars."));
        assert_eq!(lines.count(), 0, "{written}");
    }
    // A name that is one stays.
    let written = workflow(&vite()).unwrap();
    assert!(written.contains("#   VITE_API_URL: ${{ vars.VITE_API_URL }}\n"));
}

#[test]
fn names_that_a_sample_has_are_not_added_again() {
    let whole = sample(&django(), "").unwrap();
    assert_eq!(sample(&django(), &whole), None);
    let some = sample(
        &django(),
        "export ANNA_EMAIL=a\n#BORIS_PASSWORD =\nANNA_PASSWORDS=\n",
    )
    .unwrap();
    assert!(!some.contains("ANNA_EMAIL") && !some.contains("BORIS_PASSWORD"));
    assert!(some.contains("ANNA_PASSWORD=") && some.contains("BORIS_EMAIL="));
}
