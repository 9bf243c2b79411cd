//! Proposals of checks, for people who have no gate file yet or want to extend theirs.
//!
//! Everything is read from the files of the project: nothing is asked of the portal, and nothing is
//! decided. What comes out is YAML to review.

mod documented;
mod guess;
mod yaml;

use std::collections::BTreeMap;

use tidegate_core::check::CheckError;
use tidegate_core::ports::Files;

use crate::documents;
use crate::hosted::amount;
use crate::routes::{Code, Method, Route, in_document, is_foreign};
use crate::scan::Scanner;
use crate::shipped::path::is_invisible;
use guess::{Pattern, Row, Told, guess};

pub use crate::naming::{is_data, words};
pub use documented::{Documented, Scheme, Thing, documented};
pub use yaml::{commented, quoted, scalar};

/// The most documents that are read when none is named.
const DOCUMENT_LIMIT: usize = 5;

/// Whether a key or a password that is known by its shape stands in a text.
pub fn holds_secret(text: &str) -> bool {
    let sightings = Scanner::built_in().scan(text.as_bytes());
    sightings.iter().any(crate::scan::Sighting::holds_value)
}

/// How OpenAPI documents are usually named.
const DOCUMENTS: [&str; 3] = ["openapi.yaml", "openapi.yml", "openapi.json"];

/// What a proposal is made from.
pub struct Input<'i> {
    /// The files of the project.
    pub files: &'i dyn Files,
    /// The folders that are searched for routes; everything when there are none.
    pub code: &'i [String],
    /// The OpenAPI document; looked for by its usual names when it is not named.
    pub document: Option<&'i str>,
    /// The roles of the identities that the gate file declares.
    pub roles: Vec<String>,
}

/// A proposal for the check kind `access`.
#[derive(Debug, Default)]
pub struct AccessDraft {
    /// YAML that stands under `checks:` of a gate file.
    pub text: String,
    /// How many routes it lists.
    pub routes: usize,
    /// What was read, each in a phrase.
    pub read: Vec<String>,
    /// What could not be read, each in a phrase that begins with the place.
    pub unread: Vec<String>,
}

/// Proposes who may use which route, from the documents and the source code of a project.
pub fn access(input: &Input<'_>) -> AccessDraft {
    let mut draft = AccessDraft::default();
    let mut routes = draft.documents(input);
    let code = Code::read(input.files, input.code);
    let files = code.files;
    if files > 0 {
        let (files, routes) = (many(files, "source file"), many(code.routes.len(), "route"));
        draft.read.push(format!("{files} with {routes}"));
    }
    draft.unread.extend(code.unread);
    let folders = folders(input.code, &code.routes);
    routes.extend(code.routes.into_iter().map(|route| (route, false)));
    let (rows, unnamed) = rows(routes, &input.roles);
    if unnamed > 0 {
        let routes = many(unnamed, "route");
        draft.unread.push(format!(
            "{routes} with a path that cannot be written in a gate file"
        ));
    }
    // Names of files are shown on terminals and in logs.
    for told in draft.read.iter_mut().chain(&mut draft.unread) {
        *told = told.replace(is_invisible, "\u{fffd}");
    }
    draft.routes = rows.len();
    draft.text = yaml::access(&rows, &folders, &code.supabase);
    draft
}

impl AccessDraft {
    /// The routes of the documents, each with whether a document has it.
    fn documents(&mut self, input: &Input<'_>) -> Vec<(Route, bool)> {
        let mut paths = match input.document {
            Some(path) => vec![path.to_owned()],
            None => usual_documents(input.files),
        };
        for path in paths.drain(paths.len().min(DOCUMENT_LIMIT)..) {
            self.unread
                .push(format!("{path}: only {DOCUMENT_LIMIT} documents are read"));
        }
        let mut routes = Vec::new();
        for path in paths {
            match documents::open_api(&path, input.files) {
                Ok(api) => {
                    let found = in_document(&api, "");
                    let count = many(found.len(), "route");
                    self.read.push(format!("{path} with {count}"));
                    routes.extend(found.into_iter().map(|route| (route, true)));
                }
                Err(error) => self.unread.push(format!("{path}: {}", error.message)),
            }
        }
        routes
    }
}

fn many(count: usize, what: &str) -> String {
    amount(u64::try_from(count).unwrap_or(u64::MAX), what)
}

/// Reads an OpenAPI document, and gives how many operations it has.
///
/// # Errors
/// When it cannot be read or is none.
pub fn operations(files: &dyn Files, path: &str) -> Result<usize, CheckError> {
    Ok(documents::open_api(path, files)?.operations.len())
}

/// Whether a file is probably an OpenAPI document of the project, by its usual name.
pub fn is_document(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    DOCUMENTS.contains(&name) && !is_foreign(path)
}

/// The OpenAPI documents of a project by their usual names.
fn usual_documents(files: &dyn Files) -> Vec<String> {
    let globs = DOCUMENTS.map(|name| format!("**/{name}"));
    let mut paths = files.list(&globs).unwrap_or_default();
    paths.retain(|path| is_document(path));
    paths.sort_by_key(|path| (path.matches('/').count(), path.clone()));
    paths
}

/// The folders that a gate searches for routes: those that were named, else those that have some.
fn folders(named: &[String], routes: &[Route]) -> Vec<String> {
    if !named.is_empty() {
        return named.to_vec();
    }
    let tops = routes.iter().map(|route| {
        let top = route.source.file.split_once('/');
        top.map_or(".", |(folder, _)| folder).to_owned()
    });
    let mut tops: Vec<String> = tops.collect();
    tops.sort_unstable();
    tops.dedup();
    if tops.iter().any(|top| top == ".") {
        return vec![".".to_owned()];
    }
    tops
}

/// One row for each route, whatever its parameters are called, with what all its places say.
/// Also counts the routes that no row can name.
fn rows(routes: Vec<(Route, bool)>, roles: &[String]) -> (Vec<Row>, usize) {
    let mut found: BTreeMap<String, (Pattern, Told)> = BTreeMap::new();
    let mut unnamed = 0;
    for (route, documented) in routes {
        if matches!(route.method, Method::Head | Method::Options) {
            continue;
        }
        let Some(pattern) = Pattern::of(&route) else {
            unnamed += 1;
            continue;
        };
        match found.get_mut(&pattern.key()) {
            None => {
                found.insert(pattern.key(), (pattern, Told::new(route, documented)));
            }
            Some((_, known)) => known.add(&route.guard, documented),
        }
    }
    let of_all: BTreeMap<String, Told> = found
        .iter()
        .filter(|(_, (_, told))| told.route.method == Method::Any)
        .map(|(key, (_, told))| (key.clone(), told.clone()))
        .collect();
    let rows = found.into_values().map(|(pattern, mut told)| {
        if let Some(of_all) = of_all.get(&pattern.key_of_all()) {
            told.add_all(of_all);
        }
        guess(pattern, &told, roles)
    });
    (rows.collect(), unnamed)
}

#[cfg(test)]
mod tests;
