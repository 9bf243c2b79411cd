//! What the manifests of a project depend on.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tidegate_core::ports::Files;

use super::Framework;
use crate::routes::is_foreign;

/// The largest manifest that is read, in bytes.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The most manifests that are read; a monorepo has one for each part.
const FILE_LIMIT: usize = 100;

/// The frameworks that the manifests below a folder name.
pub(super) fn found(files: &dyn Files) -> BTreeSet<Framework> {
    let mut found = BTreeSet::new();
    for path in paths(files) {
        let Ok(bytes) = files.read(&path, SIZE_LIMIT) else {
            continue;
        };
        let Ok(manifest) = Manifest::read(&path, &String::from_utf8_lossy(&bytes)) else {
            continue;
        };
        let names = manifest.dependencies.iter();
        found.extend(names.filter_map(|one| Framework::named(&one.name)));
    }
    found
}

/// The manifests of a project; those at its top when its folders cannot be listed.
fn paths(files: &dyn Files) -> Vec<String> {
    const NAMES: [&str; 8] = [
        "package.json",
        "pyproject.toml",
        "requirements.txt",
        "Pipfile",
        "Gemfile",
        "composer.json",
        "Cargo.toml",
        "firebase.json",
    ];
    let globs = NAMES.iter().map(|name| format!("**/{name}"));
    let globs = globs.chain(["**/requirements*.txt".to_owned()]);
    let listed = files.list(&globs.collect::<Vec<_>>());
    let listed = listed.unwrap_or_else(|_| NAMES.map(str::to_owned).to_vec());
    let mut paths: Vec<String> = listed
        .into_iter()
        .filter(|path| is_manifest(path))
        .collect();
    paths.sort_by_key(|path| (path.matches('/').count(), path.clone()));
    paths.truncate(FILE_LIMIT);
    paths
}

/// Whether a file lists dependencies, and not those of a dependency or of tests.
fn is_manifest(path: &str) -> bool {
    !is_foreign(path) && Manifest::is_one(path)
}

/// What a manifest says.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Its path relative to the project's folder.
    pub path: String,
    /// What it depends on, in the order it is written.
    pub dependencies: Vec<Dependency>,
    /// Everything in it; null where it is a list of lines.
    pub body: Json,
}

/// Something that a project depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name in its registry; a gem's begins with `gem:`.
    pub name: String,
    /// What it is needed for.
    pub need: Need,
}

/// What a dependency is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Running what was built.
    Running,
    /// Building and testing alone.
    Development,
    /// Nothing by itself: whoever uses the project has to bring it.
    Peer,
}

/// Where a manifest cannot be read; holds no word of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: this is no proper {format}")]
pub struct Broken {
    /// The manifest's path.
    pub path: String,
    /// The 1-based line.
    pub line: usize,
    /// The 1-based column.
    pub column: usize,
    /// What it should be: `JSON`, `TOML`.
    pub format: &'static str,
}

impl Broken {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Mend the file here; the program that uses it would refuse it, too."
    }
}

impl Manifest {
    /// Whether a file is a manifest, by its name.
    pub fn is_one(path: &str) -> bool {
        Format::of(path).is_some()
    }

    /// Reads a manifest, whose format its name tells; a file that is none depends on nothing.
    ///
    /// # Errors
    /// The first place that is no proper JSON or TOML.
    pub fn read(path: &str, text: &str) -> Result<Self, Broken> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let body = match Format::of(path) {
            Some(Format::Package | Format::Composer | Format::Firebase) => json(path, text)?,
            Some(Format::Toml) => toml(path, text)?,
            Some(Format::Requirements | Format::Gemfile) | None => Json::Null,
        };
        let dependencies = match Format::of(path) {
            Some(Format::Package) => of_package(&body),
            Some(Format::Composer) => of_composer(&body),
            Some(Format::Toml) => of_toml(&body),
            Some(Format::Requirements) => of_requirements(path, text),
            Some(Format::Gemfile) => of_gemfile(text),
            Some(Format::Firebase) => vec![Dependency::running("firebase")],
            None => Vec::new(),
        };
        Ok(Self {
            path: path.to_owned(),
            dependencies,
            body,
        })
    }
}

impl Dependency {
    fn running(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            need: Need::Running,
        }
    }
}

/// How a manifest is written.
#[derive(Clone, Copy)]
enum Format {
    Package,
    Composer,
    Firebase,
    Toml,
    Requirements,
    Gemfile,
}

impl Format {
    fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        Some(match name {
            "package.json" => Self::Package,
            "composer.json" => Self::Composer,
            "firebase.json" => Self::Firebase,
            "pyproject.toml" | "Pipfile" | "Cargo.toml" => Self::Toml,
            "Gemfile" => Self::Gemfile,
            _ if name.starts_with("requirements") && name.ends_with(".txt") => Self::Requirements,
            _ => return None,
        })
    }
}

fn json(path: &str, text: &str) -> Result<Json, Broken> {
    serde_json::from_str(text).map_err(|error| Broken {
        path: path.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
        format: "JSON",
    })
}

fn toml(path: &str, text: &str) -> Result<Json, Broken> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let before = before.unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Broken {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            format: "TOML",
        }
    })
}

fn of_package(json: &Json) -> Vec<Dependency> {
    let maps = [
        ("dependencies", Need::Running),
        ("devDependencies", Need::Development),
        ("peerDependencies", Need::Peer),
    ];
    keys(json, &maps)
}

fn of_composer(json: &Json) -> Vec<Dependency> {
    let maps = [
        ("require", Need::Running),
        ("require-dev", Need::Development),
    ];
    keys(json, &maps)
}

fn keys(json: &Json, maps: &[(&str, Need)]) -> Vec<Dependency> {
    let maps = maps
        .iter()
        .filter_map(|(map, need)| Some((json.get(map)?.as_object()?, *need)));
    let dependencies = maps.flat_map(|(map, need)| {
        map.keys().map(move |name| Dependency {
            name: name.clone(),
            need,
        })
    });
    dependencies.collect()
}

/// Cargo, Poetry and Pipenv have maps of dependencies, Python itself has lists of requirements.
fn of_toml(root: &Json) -> Vec<Dependency> {
    let mut found = Vec::new();
    for (path, need) in [
        ("/dependencies", Need::Running),
        ("/workspace/dependencies", Need::Running),
        ("/packages", Need::Running),
        ("/tool/poetry/dependencies", Need::Running),
        ("/dev-packages", Need::Development),
    ] {
        let map = root.pointer(path).and_then(Json::as_object);
        // Python compares names without regard to case.
        let names = map.into_iter().flat_map(|map| map.keys());
        found.extend(names.map(|name| Dependency {
            name: name.to_ascii_lowercase(),
            need,
        }));
    }
    let own = root.pointer("/project/dependencies");
    let own = own.map(|list| (list, Need::Running));
    let lists = [
        ("/project/optional-dependencies", Need::Running),
        ("/dependency-groups", Need::Development),
    ];
    let lists = lists
        .iter()
        .filter_map(|(path, need)| Some((root.pointer(path)?.as_object()?, *need)))
        .flat_map(|(map, need)| map.values().map(move |list| (list, need)));
    for (list, need) in own.into_iter().chain(lists) {
        let entries = list.as_array().into_iter().flatten();
        let names = entries.filter_map(|entry| requirement(entry.as_str()?));
        found.extend(names.map(|name| Dependency { name, need }));
    }
    found
}

/// What `requirements.txt` lists; `requirements-dev.txt` and its like are for development.
fn of_requirements(path: &str, text: &str) -> Vec<Dependency> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let words = ["dev", "test", "lint", "doc"];
    let need = if words.iter().any(|word| name.contains(word)) {
        Need::Development
    } else {
        Need::Running
    };
    let names = text.lines().filter_map(requirement);
    names.map(|name| Dependency { name, need }).collect()
}

/// The name in `fastapi[standard]>=0.115  # web`, in small letters.
fn requirement(line: &str) -> Option<String> {
    let line = line.trim();
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let end = line.find(|letter| !letters(letter)).unwrap_or(line.len());
    let name = line.get(..end)?.to_ascii_lowercase();
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

fn of_gemfile(text: &str) -> Vec<Dependency> {
    let gems = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("gem")?;
        let rest = rest.trim_start_matches([' ', '(', '\t']);
        let quote = rest.chars().next().filter(|one| "\"'".contains(*one))?;
        let (name, _) = rest.get(1..)?.split_once(quote)?;
        Some(Dependency::running(&format!("gem:{name}")))
    });
    gems.collect()
}
