//! The variables that code and files of variables name.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_kinds::reading::{Language, assigned, is_public};

use super::loose::end_of;
use super::names::{and_above, is_below, is_variable, last, split};
use super::part::Part;
use super::{Told, Variable, loose};

/// The most variables that are told of an app.
const LIMIT: usize = 500;

/// How long a list of names in code may be, in bytes.
const LIST_LIMIT: usize = 4_000;

/// What the machine, a builder or a host sets by itself.
const GIVEN: [&str; 24] = [
    "NODE_ENV",
    "PORT",
    "HOST",
    "HOSTNAME",
    "CI",
    "PATH",
    "HOME",
    "PWD",
    "USER",
    "TZ",
    "LANG",
    "TMPDIR",
    "MODE",
    "DEV",
    "PROD",
    "SSR",
    "BASE_URL",
    "NEXT_RUNTIME",
    "RAILS_ENV",
    "RACK_ENV",
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY_BASE_DUMMY",
    "PYTHONPATH",
    "VIRTUAL_ENV",
];

/// Beginnings of what hosts and package managers set by themselves.
const GIVEN_BY: [&str; 9] = [
    "VERCEL_", "NETLIFY_", "RENDER_", "FLY_", "GITHUB_", "npm_", "CF_PAGES", "RAILWAY_", "TURBO_",
];

/// Ways in which JavaScript asks for a variable by its name.
const JAVASCRIPT: [&str; 4] = [
    "process.env.",
    "import.meta.env.",
    "Bun.env.",
    "Deno.env.get(",
];

/// Ways in which code asks for a variable by a text.
const QUOTED: [(&str, Code); 13] = [
    ("process.env[", Code::JavaScript),
    ("import.meta.env[", Code::JavaScript),
    ("Deno.env.get(", Code::JavaScript),
    ("os.environ[", Code::Python),
    ("os.environ.get(", Code::Python),
    ("os.getenv(", Code::Python),
    ("environ[", Code::Python),
    ("environ.get(", Code::Python),
    ("getenv(", Code::Python),
    ("ENV[", Code::Ruby),
    ("ENV.fetch(", Code::Ruby),
    ("env(", Code::Php),
    ("getenv(", Code::Php),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Code {
    JavaScript,
    Python,
    Ruby,
    Php,
}

/// The variables of an app.
pub(super) struct Variables {
    /// Those that somebody has to set, sorted by name.
    pub(super) told: Vec<Told<Variable>>,
    /// The names of all.
    pub(super) names: BTreeSet<String>,
}

/// The variables that a part's code and its files of variables name.
pub(super) fn of(part: &Part<'_, '_>, folders: &[String]) -> Variables {
    let mut found: BTreeMap<String, (String, &'static str)> = BTreeMap::new();
    let workspace = part.workspace();
    let is_ours =
        |path: &str| part.owns(path) || workspace.iter().any(|folder| is_below(path, folder));
    for path in files(part, folders) {
        let Some(Ok(set)) = part
            .survey
            .text(&path)
            .and_then(|text| assigned(&path, &text))
        else {
            continue;
        };
        for one in set {
            keep(&mut found, &one.name, &path, "it names the variable");
        }
    }
    let sources = part.survey.sources.iter().map(|source| {
        let code = match source.language {
            Language::JavaScript => Code::JavaScript,
            Language::Python => Code::Python,
        };
        (source.path.as_str(), source.text.as_str(), code)
    });
    let others = part.survey.others.iter().map(|(path, text)| {
        let code = match path.rsplit('.').next() {
            Some("rb") => Code::Ruby,
            Some("php") => Code::Php,
            _ => Code::JavaScript,
        };
        (path.as_str(), text.as_str(), code)
    });
    for (path, text, code) in sources.chain(others) {
        if is_ours(path) {
            asked(text, code, &mut |name| {
                keep(&mut found, name, path, "its code asks for it");
            });
        }
    }
    let is_built = part.package().is_some() || part.has("project.json");
    let names = found.keys().cloned().collect();
    let told = found
        .into_iter()
        .filter(|(name, _)| !is_given(name))
        .take(LIMIT);
    let told = told.map(|(name, (file, because))| {
        let public = is_built && is_public(&name);
        Told::new(Variable { name, public }, &file, because)
    });
    Variables {
        told: told.collect(),
        names,
    }
}

fn keep(
    found: &mut BTreeMap<String, (String, &'static str)>,
    name: &str,
    path: &str,
    because: &'static str,
) {
    if found.len() < LIMIT * 2 && is_variable(name) && !found.contains_key(name) {
        found.insert(name.to_owned(), (path.to_owned(), because));
    }
}

/// The files of variables of a part: samples first, those of its own folder before those above it.
fn files(part: &Part<'_, '_>, folders: &[String]) -> Vec<String> {
    let is_wanted = |path: &&str| {
        let name = last(path);
        name.starts_with(".env")
            || matches!(
                name,
                "fly.toml" | "vercel.json" | "netlify.toml" | "render.yaml"
            )
    };
    let mut files: Vec<(usize, bool, String)> = Vec::new();
    for (step, folder) in and_above(&part.folder).enumerate() {
        // What a host gives to the apps of a monorepo, it may give to any of them.
        let shared = step == 0 || folders.len() == 1;
        let here = part
            .survey
            .below(folder)
            .filter(|path| split(path).0 == folder)
            .filter(is_wanted);
        for path in here.filter(|path| shared || last(path).starts_with(".env")) {
            let sample = ["example", "sample", "template", "dist"]
                .iter()
                .any(|word| path.contains(word));
            files.push((step, !sample, path.to_owned()));
        }
    }
    files.sort();
    files.into_iter().map(|(_, _, path)| path).collect()
}

fn is_given(name: &str) -> bool {
    GIVEN.contains(&name)
        || GIVEN_BY.iter().any(|start| name.starts_with(start))
        || matches!(name, "VERCEL" | "NETLIFY" | "RENDER")
}

/// Tells the names that code asks for.
fn asked(text: &str, code: Code, tell: &mut dyn FnMut(&str)) {
    if code == Code::JavaScript {
        if !text.contains("env") {
            return;
        }
        for start in JAVASCRIPT {
            for at in places(text, start) {
                let behind = text.get(at + start.len()..).unwrap_or_default();
                told_name(name_at(behind), tell);
            }
        }
        taken_apart(text, tell);
        of_svelte(text, tell);
    }
    for (start, of) in QUOTED {
        if of != code {
            continue;
        }
        for at in places(text, start) {
            let inside = text.get(..at).and_then(|before| before.chars().next_back());
            let inside = inside.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
            let behind = text
                .get(at + start.len()..)
                .unwrap_or_default()
                .trim_start();
            let quoted = behind.strip_prefix(['"', '\'']).filter(|_| !inside);
            told_name(quoted.and_then(name_at), tell);
        }
    }
    if code == Code::Python {
        of_libraries(text, tell);
    }
}

/// Where a word stands in a text. Most texts have none of the words that are looked for, which a search for
/// one alone tells much sooner than one for all.
fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> {
    let text = if text.contains(word) { text } else { "" };
    text.match_indices(word).map(|(at, _)| at)
}

fn told_name(name: Option<&str>, tell: &mut dyn FnMut(&str)) {
    if let Some(name) = name {
        tell(name);
    }
}

/// The name that a text begins with: capitals, digits and low lines, as names of variables are.
fn name_at(text: &str) -> Option<&str> {
    let of_name =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let end = text.find(|letter| !of_name(letter)).unwrap_or(text.len());
    let name = text.get(..end)?;
    let follows = text.get(end..)?.chars().next();
    let ends = !follows.is_some_and(char::is_alphanumeric);
    let begins = name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_');
    (begins && ends && name.len() > 1).then_some(name)
}

/// The names in `const { A, B: b } = process.env`.
fn taken_apart(text: &str, tell: &mut dyn FnMut(&str)) {
    for source in ["process.env", "import.meta.env"] {
        for at in places(text, source) {
            let before = end_of(text.get(..at).unwrap_or_default(), LIST_LIMIT).trim_end();
            let Some(before) = before.strip_suffix('=').map(str::trim_end) else {
                continue;
            };
            let Some(inside) = before.strip_suffix('}') else {
                continue;
            };
            let start = inside.rfind('{').unwrap_or(inside.len());
            let names = inside
                .get(start..)
                .unwrap_or_default()
                .trim_start_matches('{');
            for name in names.split(',') {
                told_name(name_at(name.trim()), tell);
            }
        }
    }
}

/// The names that SvelteKit's modules are asked for.
fn of_svelte(text: &str, tell: &mut dyn FnMut(&str)) {
    for at in places(text, "$env/static/") {
        let before = end_of(text.get(..at).unwrap_or_default(), LIST_LIMIT);
        let Some((_, names)) = before.rsplit_once('{') else {
            continue;
        };
        for name in names.split('}').next().unwrap_or_default().split(',') {
            told_name(name_at(name.trim()), tell);
        }
    }
    if text.contains("$env/dynamic/") {
        for at in places(text, "env.") {
            let inside = text.get(..at).and_then(|before| before.chars().next_back());
            let whole =
                !inside.is_some_and(|letter| letter.is_alphanumeric() || "_.".contains(letter));
            let behind = text.get(at + 4..).unwrap_or_default();
            told_name(name_at(behind).filter(|_| whole), tell);
        }
    }
}

/// The names that django-environ, environs and python-decouple are asked for.
fn of_libraries(text: &str, tell: &mut dyn FnMut(&str)) {
    let libraries: [(&[&str], &[&str]); 2] = [
        (
            &[
                "import environ",
                "from environs",
                "import environs",
                "from environ ",
            ],
            &[
                "env(",
                "env.str(",
                "env.bool(",
                "env.int(",
                "env.list(",
                "env.db(",
                "env.url(",
            ],
        ),
        (&["from decouple"], &["config("]),
    ];
    for (imports, calls) in libraries {
        if !imports.iter().any(|import| text.contains(import)) {
            continue;
        }
        for call in calls {
            for at in places(text, call) {
                let behind = text.get(at + call.len()..).unwrap_or_default().trim_start();
                let name = loose::literal(behind);
                told_name(name.as_deref().and_then(name_at), tell);
            }
        }
    }
}
