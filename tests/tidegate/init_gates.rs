//! First gate files are read as gate files: as they are written, and with everything in them switched on.

use tidegate::Gate;
use tidegate::init::{App, Host, Serve, Technology, Told, Wish, gate, places};

use crate::support::Project;

/// A gate file with the `# ` taken away in every block that is switched off: one of comments that begins
/// with `##`.
fn switched_on(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        let (margin, rest) = line.split_at(line.len() - line.trim_start().len());
        inside = rest.starts_with("## ") || (inside && rest.starts_with('#'));
        match rest.strip_prefix("# ") {
            Some(yaml) if inside => format!("{margin}{yaml}\n"),
            _ => format!("{line}\n"),
        }
    });
    lines.collect()
}

fn told<T>(value: T) -> Told<T> {
    Told {
        value,
        file: "package.json".to_owned(),
        because: "it says so".to_owned(),
    }
}

fn app(folder: &str, technologies: &[Technology], hosts: &[Host]) -> App {
    App {
        folder: folder.to_owned(),
        name: "acme-portal".to_owned(),
        technologies: technologies.iter().copied().map(told).collect(),
        hosts: hosts.iter().copied().map(told).collect(),
        ..App::default()
    }
}

fn serve(command: &str, ready: &str) -> Option<Told<Serve>> {
    Some(told(Serve {
        command: command.to_owned(),
        port: 4300,
        environment: vec![("PORT".to_owned(), "4300".to_owned())],
        ready: ready.to_owned(),
    }))
}

fn wish(app: Option<App>) -> Wish {
    Wish {
        name: "Acme: Portal".to_owned(),
        app,
        ..Wish::default()
    }
}

/// A wish for each technology with and without what may be known.
fn wishes() -> Vec<Wish> {
    use Technology as T;

    let technologies: [&[T]; 16] = [
        &[],
        &[T::Next],
        &[T::Next, T::Supabase, T::Stripe],
        &[T::Remix],
        &[T::SvelteKit],
        &[T::Vite],
        &[T::Vite, T::Supabase, T::Lovable],
        &[T::Vite, T::Firebase],
        &[T::Vite, T::Bolt],
        &[T::Express],
        &[T::FastApi],
        &[T::Django],
        &[T::Rails],
        &[T::Laravel],
        &[T::Supabase],
        &[T::Firebase, T::Supabase],
    ];
    let hosts: [&[Host]; 3] = [&[], &[Host::Vercel], &[Host::Netlify]];
    let folders = ["", "apps/web", "apps/it's \"odd\": #1 {x}"];
    let of_each = technologies.iter().enumerate();
    let of_each =
        of_each.map(|(at, technologies)| (*technologies, hosts[at % 3], folders[at / 3 % 3]));
    let mut kinds: Vec<_> = of_each.collect();
    for hosts in hosts {
        kinds.extend(folders.map(|folder| (technologies[5], hosts, folder)));
    }
    let mut all = Vec::new();
    for (technologies, hosts, folder) in kinds {
        let mut app = app(folder, technologies, hosts);
        all.push(wish(Some(app.clone())));
        app.serve = serve("npx serve -l ${PORT:-4300} # \"x\"", "/");
        app.output = vec!["dist".to_owned(), "a: b".to_owned()];
        all.push(Wish {
            url: Some("https://staging.acme.example".to_owned()),
            kind: Some(tidegate::init::EnvironmentKind::Staging),
            production: Some("https://portal.acme.example".to_owned()),
            ..wish(Some(app.clone()))
        });
        app.serve = serve("uvicorn app:app", "/health?deep=1");
        all.push(Wish {
            document: Some("openapi.json".to_owned()),
            ..wish(Some(app))
        });
    }
    for url in [
        "https://portal.example",
        "https://acme.vercel.app",
        "https://acme.netlify.app",
        "http://127.0.0.1:3000/app",
        "https://portal.example/a'b%22",
    ] {
        all.push(Wish {
            url: Some(url.to_owned()),
            ..wish(None)
        });
    }
    all
}

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{}}"#;

#[track_caller]
fn loads(project: &Project, text: &str, wish: &Wish, checks: usize) {
    project.write("tidegate.yaml", text);
    for place in places(wish) {
        let gate = Gate::builder(project.gate())
            .environment(place.name)
            .without_process_environment()
            .variable("PREVIEW_URL", "https://preview.acme.example")
            .variable("SUPABASE_URL", "https://abc.supabase.co")
            .load();
        let gate = match gate {
            Ok(gate) => gate,
            Err(error) => panic!("{:#?}\nin\n{text}", error.diagnostics()),
        };
        let definition = gate.definition();
        assert_eq!(definition.environment.kind, place.kind, "{text}");
        assert_eq!(
            definition.environment.start.is_some(),
            place.starts,
            "{text}"
        );
        assert!(definition.checks.len() >= checks, "{text}");
    }
}

#[test]
fn every_first_gate_file_is_valid_and_stays_so_when_all_of_it_is_switched_on() {
    let project = Project::empty();
    project.write("openapi.json", DOCUMENT);
    let wishes = wishes();
    assert!(wishes.len() > 70);
    for wish in wishes {
        let text = gate(&wish);
        loads(&project, &text, &wish, 5);
        let all = switched_on(&text);
        assert_ne!(all, text);
        loads(&project, &all, &wish, 8);
    }
}
