//! Programs of Node.js that answer requests.

use std::collections::BTreeSet;

use super::super::names::{is_word, plain};
use super::super::part::Part;
use super::super::{App, Serve, Told, loose};

/// Frameworks for servers.
const SERVERS: [&str; 6] = [
    "express",
    "fastify",
    "koa",
    "hono",
    "@nestjs/core",
    "@hapi/hapi",
];

/// Scripts that start a production build, the surest first.
const STARTS: [&str; 3] = ["start:prod", "start:production", "start"];

/// Words of scripts that start something for development, or that only start other scripts.
const FOR_DEVELOPMENT: [&str; 29] = [
    "nodemon",
    "ts-node-dev",
    "--watch",
    "tsx watch",
    "next dev",
    "vite dev",
    "vite serve",
    "ng serve",
    "nx serve",
    "nx run",
    "react-scripts start",
    "react-app-rewired start",
    "craco start",
    "webpack serve",
    "webpack-dev-server",
    "astro dev",
    "nuxt dev",
    "nuxi dev",
    "expo start",
    "gatsby develop",
    "vue-cli-service serve",
    "storybook",
    "remix dev",
    "electron",
    "wrangler dev",
    "concurrently",
    "turbo",
    "npm run shell",
    "firebase ",
];

/// Usual files that start a server where no script does.
const ENTRIES: [&str; 8] = [
    "server.js",
    "index.js",
    "app.js",
    "server.mjs",
    "index.mjs",
    "src/index.js",
    "src/server.js",
    "src/app.js",
];

/// The script that starts what was built, with its name.
pub(in super::super) fn production_start<'s>(
    part: &Part<'s, '_>,
) -> Option<(&'static str, &'s str)> {
    let scripts = STARTS
        .iter()
        .filter_map(|name| Some((*name, part.script(name)?)));
    let mut fit = scripts.filter(|(_, script)| !is_for_development(script));
    fit.next()
}

fn is_for_development(script: &str) -> bool {
    let bare = matches!(script, "vite" | "parcel" | "vitepress" | "docusaurus start");
    let by_vite = script.starts_with("vite ") && !script.contains("preview");
    bare || by_vite || FOR_DEVELOPMENT.iter().any(|word| script.contains(word))
}

/// Whether a part is a server: it needs a framework for servers to run, and something starts it.
pub(in super::super) fn is_server(part: &Part<'_, '_>) -> bool {
    if part.runs_with(&SERVERS).is_none() {
        return false;
    }
    let starts = production_start(part);
    match starts {
        Some((_, script)) => !script.contains("vite preview"),
        None => !super::is_vite(part) && entry(part).is_some(),
    }
}

/// A file that listens, where the manifest or its usual name tells it.
fn entry(part: &Part<'_, '_>) -> Option<String> {
    let body = &part.package()?.body;
    let named = body
        .get("main")
        .and_then(serde_json::Value::as_str)
        .and_then(plain);
    let mut files = named.into_iter().chain(ENTRIES.map(str::to_owned));
    files.find(|file| {
        let text = part.survey.text(&part.path(file));
        text.is_some_and(|text| text.contains(".listen("))
    })
}

/// How it is built and started.
pub(in super::super) fn complete(
    part: &Part<'_, '_>,
    port: u16,
    names: &BTreeSet<String>,
    app: &mut App,
) {
    let mut told = serve(part, port, names);
    // What answers 2xx is known once the routes are read.
    if let Some(told) = &mut told {
        told.value.ready.clear();
    }
    app.serve = told;
    app.served_document = served_document(part);
    if super::is_vite(part) {
        let config = super::configuration(part, "vite");
        let folder = config.and_then(|(_, text)| loose::text_of(&text, "outDir"));
        let folder = folder.and_then(|folder| plain(&folder));
        let folder = folder.filter(|folder| is_word(folder));
        app.output.push(folder.unwrap_or_else(|| "dist".to_owned()));
    }
}

/// How the start script, or the file that listens, is started on a port.
pub(in super::super) fn serve(
    part: &Part<'_, '_>,
    port: u16,
    names: &BTreeSet<String>,
) -> Option<Told<Serve>> {
    let (command, script, because) = match production_start(part) {
        Some((name, script)) => (
            part.words().run(name),
            script.to_owned(),
            format!("it has a script {name}"),
        ),
        None => {
            let file = entry(part).filter(|file| is_word(file))?;
            let command = format!("node {file}");
            (command.clone(), command, format!("{file} listens"))
        }
    };
    let at = listens(part, port, &script, names)?;
    let variable = at.to_string();
    let environment: &[(&str, &str)] = if at == port {
        &[("PORT", &variable)]
    } else {
        &[]
    };
    Some(super::serve(part, at, command, environment, &because))
}

/// The port that it listens on: the one it is given, where it takes one; else the one in its code.
fn listens(part: &Part<'_, '_>, port: u16, script: &str, names: &BTreeSet<String>) -> Option<u16> {
    let fixed = ["PORT=", "--port ", "--port=", "-p "];
    let mut fixed = fixed
        .iter()
        .filter_map(|word| number(script.split_once(word)?.1));
    if let Some(fixed) = fixed.next() {
        return Some(fixed);
    }
    let files = script.split_whitespace().filter_map(plain);
    let started: Vec<_> = files
        .filter_map(|file| part.survey.text(&part.path(&file)))
        .collect();
    let takes = |text: &str| text.contains("process.env.PORT");
    // Some servers take the port by themselves.
    let by_itself = script.contains("next start")
        || script.contains("react-router-serve")
        || script.contains("remix-serve");
    if by_itself || names.contains("PORT") || started.iter().any(|text| takes(text)) {
        return Some(port);
    }
    let texts = started
        .iter()
        .map(|text| &**text)
        .chain(part.sources().map(|source| source.text.as_str()));
    texts.into_iter().find_map(literal_port)
}

/// The number in `app.listen(3000)`, or in `const port = 3000` beside a `listen`.
fn literal_port(text: &str) -> Option<u16> {
    let (_, behind) = text.split_once(".listen(")?;
    number(behind.trim_start()).or_else(|| {
        let names = ["port", "PORT"];
        names
            .iter()
            .find_map(|name| number(loose::word_of(text, name)?))
    })
}

fn number(text: &str) -> Option<u16> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end)?.parse().ok().filter(|port| *port > 0)
}

/// Where NestJS serves the document that it makes of its code.
fn served_document(part: &Part<'_, '_>) -> Option<Told<String>> {
    part.runs_with(&["@nestjs/swagger"])?;
    let mut own = part
        .sources()
        .filter_map(|source| Some((source, source.text.split_once("SwaggerModule.setup(")?.1)));
    let (source, behind) = own.next()?;
    let url = loose::text_of(behind, "jsonDocumentUrl");
    let path = url.or_else(|| Some(format!("{}-json", loose::literal(behind.trim_start())?)))?;
    let path = format!("/{}", path.trim_start_matches('/'));
    Some(Told::new(
        path,
        &source.path,
        "SwaggerModule.setup serves it there",
    ))
}
