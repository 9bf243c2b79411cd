//! Routes of Next.js: by the names of files, and by what they export.

mod matcher;
mod place;

use std::collections::HashMap;
use std::ops::Range;

use tidegate_core::ports::Files;
use tidegate_core::span::Location;

use super::guards::{both, named, stands_guard, within};
use super::javascript::Module;
use super::path::joined;
use super::sources::{Language, Source};
use super::{Guard, Method, Route};
use crate::frameworks::{Manifest, Need};
use matcher::Watch;
use place::{FileKind, Place, places};

/// The largest manifest or configuration that is read, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;

/// The methods that a route handler may export.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The most methods that one file is taken to export.
const EXPORT_LIMIT: usize = 20;

/// What is known of one app.
struct App {
    is_next: Option<bool>,
    base: String,
    watch: Option<Watch>,
}

/// The apps of Next.js among the sources of a project.
pub(super) struct Apps<'p> {
    files: &'p dyn Files,
    sources: &'p [Source],
    /// By the folder that they are in.
    known: HashMap<String, App>,
    /// The routes of the modules that were read.
    pub(super) routes: Vec<Route>,
    /// What could not be read.
    pub(super) unread: Vec<String>,
}

impl<'p> Apps<'p> {
    /// No module was read yet.
    pub(super) fn new(files: &'p dyn Files, sources: &'p [Source]) -> Self {
        Self {
            files,
            sources,
            known: HashMap::new(),
            routes: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Adds the routes of a module, when it is a part of an app.
    pub(super) fn read(&mut self, module: &Module<'_>) {
        let mut places = places(module.path);
        for place in &places {
            if !self.known.contains_key(&place.project) {
                let app = app(self.files, &place.project, self.sources);
                self.known.insert(place.project.clone(), app);
            }
        }
        let app = |place: &Place| self.known.get(&place.project);
        let proven = |place: &Place| app(place).and_then(|app| app.is_next) == Some(true);
        let chosen = places.iter().position(proven).unwrap_or(0);
        if chosen >= places.len() {
            return;
        }
        let place = places.swap_remove(chosen);
        let Some(app) = app(&place) else {
            return;
        };
        // What stands in `pages` may belong to any other framework.
        let needs_proof = !matches!(place.page, FileKind::Handler | FileKind::Page);
        if app.is_next == Some(false) || (needs_proof && app.is_next.is_none()) {
            return;
        }
        for (method, line, guard) in answers(module, &place, &mut self.unread) {
            for path in &place.paths {
                let watched = app.watch.as_ref().and_then(|watch| watch.over(path));
                let guard = match (&guard, watched) {
                    (Guard::Seen(_), _) | (_, None) => guard.clone(),
                    (_, Some(watch)) => Guard::Seen(watch.to_owned()),
                };
                self.routes.push(Route {
                    path: joined(&app.base, path),
                    method,
                    source: Location::line_of(module.path, line),
                    guard,
                });
            }
        }
    }
}

fn app(files: &dyn Files, project: &str, sources: &[Source]) -> App {
    let within = |name: &str| joined(project, name).trim_start_matches('/').to_owned();
    let manifest = files.read(&within("package.json"), SIZE_LIMIT).ok();
    let is_next = manifest.map(|bytes| {
        let manifest = Manifest::read("package.json", &String::from_utf8_lossy(&bytes));
        let needs = manifest.map_or_else(|_| Vec::new(), |manifest| manifest.dependencies);
        needs
            .iter()
            .any(|one| one.name == "next" && one.need != Need::Peer)
    });
    let names = ["js", "mjs", "ts", "cjs"].map(|ending| within(&format!("next.config.{ending}")));
    let mut configs = names.iter().filter_map(|path| {
        let bytes = files.read(path, SIZE_LIMIT).ok()?;
        String::from_utf8(bytes).ok()
    });
    let config = configs.next();
    let base = config.as_deref().and_then(base_path);
    let watches = ["middleware", "proxy", "src/middleware", "src/proxy"].map(within);
    let watch = sources.iter().find(|source| {
        let stem = source.path.rsplit_once('.').map(|(stem, _)| stem);
        let is_watch = watches.iter().any(|path| Some(path.as_str()) == stem);
        is_watch && source.language == Language::JavaScript
    });
    App {
        is_next: is_next.or(config.as_ref().map(|_| true)),
        base: base.unwrap_or_default(),
        watch: watch.and_then(Watch::read),
    }
}

/// The value of `basePath:` in a configuration.
fn base_path(text: &str) -> Option<String> {
    let tokens = super::lex::javascript(text);
    let at = (0..tokens.len()).find(|&index| tokens.are(index, &["basePath", ":"]))?;
    tokens.text(at + 2)
}

/// The methods that a file answers to, with the line and what keeps strangers out.
fn answers(
    module: &Module<'_>,
    place: &Place,
    unread: &mut Vec<String>,
) -> Vec<(Method, usize, Guard)> {
    match place.page {
        FileKind::Handler => handlers(module, unread),
        FileKind::Page | FileKind::OldPage => {
            let tokens = &module.tokens;
            let exports =
                (0..tokens.len()).find(|&index| tokens.are(index, &["export", "default"]));
            // A page often leaves the question to its layout or to what it calls.
            let guard = both(within(tokens, 0..tokens.len()), Guard::Unknown);
            let line = exports.map(|index| tokens.at(index).line);
            line.map(|line| (Method::Get, line, guard))
                .into_iter()
                .collect()
        }
        FileKind::OldHandler => old_handler(module),
    }
}

/// The methods that a route handler exports.
fn handlers(module: &Module<'_>, unread: &mut Vec<String>) -> Vec<(Method, usize, Guard)> {
    let tokens = &module.tokens;
    let mut found = Vec::new();
    for index in 0..tokens.len() {
        if !tokens.is(index, "export") || !tokens.is_outermost(index) {
            continue;
        }
        if found.len() > EXPORT_LIMIT {
            break;
        }
        if tokens.is(index + 1, "*") {
            let line = tokens.at(index).line;
            unread.push(format!(
                "{}:{line}: what is passed on whole was not followed",
                module.path
            ));
        }
        for (name, range) in exported(module, index) {
            let method = METHODS
                .contains(&name.as_str())
                .then(|| Method::named(&name))
                .flatten();
            let Some(method) = method else {
                continue;
            };
            let line = tokens.at(index).line;
            let guard = range.map_or(Guard::Unknown, |range| guard(module, range));
            found.push((method, line, guard));
        }
    }
    found
}

/// The names that an `export` here gives, each with where it is written when that is in this file.
fn exported(module: &Module<'_>, index: usize) -> Vec<(String, Option<Range<usize>>)> {
    let tokens = &module.tokens;
    let mut at = index + 1;
    if tokens.is(at, "async") {
        at += 1;
    }
    match tokens.name(at) {
        Some("function") => {
            let range = at..end_of_export(module, index);
            tokens
                .name(at + 1)
                .map(|name| (name.to_owned(), Some(range)))
                .into_iter()
                .collect()
        }
        Some("const" | "let" | "var") if tokens.is(at + 1, "{") => {
            let parts = tokens.parts(at + 1).into_iter();
            let names = parts.filter_map(|part| tokens.name(part.end.checked_sub(1)?));
            names.map(|name| (name.to_owned(), None)).collect()
        }
        Some("const" | "let" | "var") => {
            let range = at + 2..end_of_export(module, index);
            tokens
                .name(at + 1)
                .map(|name| (name.to_owned(), Some(range)))
                .into_iter()
                .collect()
        }
        None if tokens.is(at, "{") => {
            let elsewhere = tokens.is(tokens.close(at) + 1, "from");
            let parts = tokens.parts(at).into_iter();
            let names = parts.filter_map(|part| {
                let local = tokens.name(part.start)?;
                let name = tokens.name(part.end.checked_sub(1)?)?;
                if !METHODS.contains(&name) {
                    return None;
                }
                let written = (!elsewhere).then(|| written(module, local)).flatten();
                Some((name.to_owned(), written))
            });
            names.take(EXPORT_LIMIT).collect()
        }
        _ => Vec::new(),
    }
}

/// Where a name of a module is given its value.
fn written(module: &Module<'_>, name: &str) -> Option<Range<usize>> {
    let tokens = &module.tokens;
    let declares = |index: &usize| {
        let word = tokens.name(*index);
        matches!(word, Some("const" | "let" | "var" | "function")) && tokens.is(index + 1, name)
    };
    let at = (0..tokens.len()).find(declares)?;
    Some(at + 2..end_of_export(module, at))
}

/// Where what is declared at a place ends: before the next declaration outside of brackets.
fn end_of_export(module: &Module<'_>, index: usize) -> usize {
    const DECLARES: [&str; 8] = [
        "export",
        "const",
        "let",
        "var",
        "function",
        "class",
        "type",
        "interface",
    ];
    let tokens = &module.tokens;
    let mut at = index + 1;
    while at < tokens.len() {
        let token = tokens.at(at);
        let declares = token.first && tokens.name(at).is_some_and(|word| DECLARES.contains(&word));
        if declares && tokens.is_outermost(at) {
            return at;
        }
        at = tokens.after(at, tokens.len());
    }
    tokens.len()
}

/// What keeps strangers out of a handler that is written here, or is wrapped here.
fn guard(module: &Module<'_>, range: Range<usize>) -> Guard {
    let tokens = &module.tokens;
    let value = if tokens.is(range.start, "=") {
        range.start + 1..range.end
    } else {
        range.clone()
    };
    let end = if tokens.is(value.end.wrapping_sub(1), ";") {
        value.end - 1
    } else {
        value.end
    };
    if let Some((last, whole)) = named(tokens, value.start..end) {
        if stands_guard(&last) {
            return Guard::Seen(whole);
        }
        let inside = within(tokens, range);
        // A handler that another function makes was not read.
        return both(inside, Guard::Unknown);
    }
    within(tokens, range)
}

/// The methods of a handler in `pages/api`, which are those it compares with.
fn old_handler(module: &Module<'_>) -> Vec<(Method, usize, Guard)> {
    let tokens = &module.tokens;
    let export = (0..tokens.len()).find(|&index| {
        tokens.are(index, &["export", "default"])
            || tokens.are(index, &["module", ".", "exports", "="])
    });
    let Some(export) = export else {
        return Vec::new();
    };
    let guard = guard(module, 0..tokens.len());
    let compared = (0..tokens.len()).filter_map(|index| {
        let after = tokens.is(index.wrapping_sub(1), "case")
            || (matches!(
                tokens.at(index.wrapping_sub(1)).raw,
                "===" | "==" | "!==" | "!="
            ) && tokens.is(index.wrapping_sub(2), "method"));
        let text = tokens.text(index).filter(|_| after)?;
        METHODS
            .contains(&text.as_str())
            .then(|| Method::named(&text))
            .flatten()
    });
    let mut methods: Vec<Method> = compared
        .filter(|method| *method != Method::Options)
        .collect();
    methods.sort_unstable();
    methods.dedup();
    if methods.is_empty() {
        methods.push(Method::Any);
    }
    let line = tokens.at(export).line;
    methods
        .into_iter()
        .map(|method| (method, line, guard.clone()))
        .collect()
}

#[cfg(test)]
mod tests;
