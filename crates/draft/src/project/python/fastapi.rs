//! FastAPI

use std::collections::BTreeSet;

use tidegate_kinds::reading::{Language, Source};

use super::super::commands::Python;
use super::super::names::{and_above, from, is_word, last, split};
use super::super::part::Part;
use super::super::survey::Survey;
use super::super::{App, Serve, Told, loose};
use super::MANIFESTS;
use super::modules::{base, is_identifier, module};

/// How much of a call is looked at, in bytes.
const CALL: usize = 4000;

/// The most objects that one file is taken to make.
const OBJECT_LIMIT: usize = 20;

/// The most functions that make one whose calls are looked for.
const FACTORY_LIMIT: usize = 20;

/// Folders whose programs nobody deploys.
const SHOWN: [&str; 5] = ["docs", "docs_src", "examples", "scripts", "templates"];

/// An app of FastAPI: where its object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct FastApi {
    /// The file that makes it.
    pub(in super::super) file: String,
    /// The module of that file, as it is imported from the base.
    module: String,
    /// The name of the object, or of the function that makes it.
    object: String,
    /// Whether it is the function.
    is_factory: bool,
    /// The folder that imports start from.
    base: String,
    /// The path at which it serves its document.
    document: Option<String>,
}

/// The folders of apps that have no manifest: those that their imports start from.
pub(in super::super) fn folders(survey: &Survey<'_>) -> BTreeSet<String> {
    let sources = survey
        .sources
        .iter()
        .filter(|source| !objects(source).is_empty());
    let lone = sources.filter(|source| {
        let mut above = and_above(split(&source.path).0);
        let has = |folder: &str| survey.first_of(folder, &MANIFESTS).is_some();
        !is_shown(&source.path) && !above.any(has)
    });
    lone.map(|source| base(survey, &source.path, &source.text, ""))
        .collect()
}

fn is_shown(path: &str) -> bool {
    split(path).0.split('/').any(|step| SHOWN.contains(&step))
}

impl FastApi {
    /// The app of a part: the likeliest of the objects that its files make.
    pub(in super::super) fn of(part: &Part<'_, '_>) -> Option<Self> {
        let own = part.sources().filter(|source| !is_shown(&source.path));
        let own: Vec<&Source> = own
            .filter(|source| source.language == Language::Python)
            .collect();
        let mut found: Vec<(Found, &Source)> = Vec::new();
        for source in &own {
            found.extend(objects(source).into_iter().map(|object| (object, *source)));
        }
        let made = of_factories(&found, &own);
        found.extend(made);
        found.sort_by_cached_key(|(object, source)| unlikeliness(object, &source.path));
        found.into_iter().find_map(|(object, source)| {
            let base = base(part.survey, &source.path, &source.text, &part.folder);
            Some(Self {
                file: source.path.clone(),
                module: module(&source.path, &base)?,
                object: object.name,
                is_factory: object.is_factory,
                base,
                document: object.document,
            })
        })
    }

    /// How it is started.
    pub(in super::super) fn complete(&self, part: &Part<'_, '_>, port: u16, app: &mut App) {
        let document = self.document.clone();
        app.served_document =
            document.map(|path| Told::new(path, &self.file, "FastAPI serves it there"));
        let factory = if self.is_factory { " --factory" } else { "" };
        let folder = match from(&part.folder, &self.base) {
            "" => String::new(),
            folder if is_word(folder) => format!(" --app-dir {folder}"),
            _ => return,
        };
        let target = format!("{}:{}", self.module, self.object);
        let command = format!("uvicorn {target} --host 127.0.0.1 --port {port}{factory}{folder}");
        let serve = Serve {
            command: Python::of(part).program(&command),
            port,
            environment: Vec::new(),
            ready: String::new(),
        };
        let because = format!("it makes the app as {}", self.object);
        app.serve = Some(Told::new(serve, &self.file, because));
    }
}

/// What files outside of functions make by the functions that were found: `app = create_app()` in a file of
/// its own is what a server is told.
fn of_factories<'s>(found: &[(Found, &Source)], own: &[&'s Source]) -> Vec<(Found, &'s Source)> {
    let factories = found.iter().map(|(object, _)| object);
    let factories = factories.filter(|object| object.is_factory);
    let mut made = Vec::new();
    for factory in factories.take(FACTORY_LIMIT) {
        for source in own {
            let object = made_by(&source.text, &factory.name).map(|name| Found {
                name,
                is_factory: false,
                document: factory.document.clone(),
            });
            made.extend(object.map(|object| (object, *source)));
        }
    }
    made
}

/// Orders what was found: objects before functions, and usual names, at the top, first.
fn unlikeliness(object: &Found, path: &str) -> (bool, bool, usize, usize, String) {
    let stem = last(path).trim_end_matches(".py");
    let usual = ["main", "app", "asgi", "server", "index", "api", "__init__"];
    let place = usual.iter().position(|name| *name == stem);
    (
        object.is_factory,
        object.name != "app",
        place.unwrap_or(usual.len()),
        path.matches('/').count(),
        path.to_owned(),
    )
}

/// Something in a file that is an app.
struct Found {
    name: String,
    is_factory: bool,
    document: Option<String>,
}

/// The objects of FastAPI that a file makes, and the functions that make one.
fn objects(source: &Source) -> Vec<Found> {
    let mut found = Vec::new();
    if source.language != Language::Python || !source.text.contains("FastAPI(") {
        return found;
    }
    let mut function: Option<&str> = None;
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        let here = at;
        at += line.len();
        if found.len() >= OBJECT_LIMIT {
            break;
        }
        let is_outermost = !line.starts_with([' ', '\t']);
        if is_outermost {
            if let Some(name) = defined(line) {
                function = Some(name);
            } else if !line.trim().is_empty() && !line.starts_with([')', '#', '@']) {
                function = None;
            }
        }
        let Some((before, _)) = line.split_once("FastAPI(") else {
            continue;
        };
        let Some((name, _)) = before.split_once('=') else {
            // `return FastAPI(…)`
            let returns = before.trim().starts_with("return");
            found.extend(function.filter(|_| returns).map(|name| Found {
                name: name.to_owned(),
                is_factory: true,
                document: document(source, here),
            }));
            continue;
        };
        let name = name.split(':').next().unwrap_or_default().trim();
        match (is_identifier(name), is_outermost, function) {
            (true, true, _) => found.push(Found {
                name: name.to_owned(),
                is_factory: false,
                document: document(source, here),
            }),
            (true, false, Some(function)) => found.push(Found {
                name: function.to_owned(),
                is_factory: true,
                document: document(source, here),
            }),
            _ => {}
        }
    }
    found
}

/// The name of a function that needs nothing to be called.
fn defined(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("def ")?.split_once('(')?;
    let inside = rest.split_once(')').map_or(rest, |(inside, _)| inside);
    let needs_none = inside
        .split(',')
        .all(|one| one.trim().is_empty() || one.contains('='));
    let name = name.trim();
    (needs_none && is_identifier(name)).then_some(name)
}

/// The path at which an app serves its document; nothing when it serves none or computes the path.
fn document(source: &Source, at: usize) -> Option<String> {
    let rest = source.text.get(at..)?;
    let rest = rest.get(..rest.floor_char_boundary(CALL))?;
    // The call ends where the next statement begins.
    let mut lines = rest.split_inclusive('\n');
    let first = lines.next().map_or(0, str::len);
    let more = lines.take_while(|line| line.starts_with([' ', '\t', ')', '\r', '\n']));
    let end = first + more.map(str::len).sum::<usize>();
    let call = rest.get(..end)?;
    let call = call.split_once("\n\n").map_or(call, |(call, _)| call);
    if !call.contains("openapi_url") {
        return Some("/openapi.json".to_owned());
    }
    loose::text_of(call, "openapi_url").filter(|path| path.starts_with('/'))
}

/// The name that a file outside of functions gives to what a function makes.
fn made_by(text: &str, function: &str) -> Option<String> {
    let call = format!("{function}(");
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        let is_name = !name.starts_with([' ', '\t']) && is_identifier(name.trim());
        (is_name && value.trim_start().starts_with(&call)).then(|| name.trim().to_owned())
    })
}
