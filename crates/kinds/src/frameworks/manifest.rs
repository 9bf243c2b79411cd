//! What the manifests of a project depend on.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use tidegate_core::ports::Files;
use toml::Value as Toml;

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
        let text = String::from_utf8_lossy(&bytes);
        for name in names(&path, &text) {
            found.extend(framework(&name));
        }
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
    !is_foreign(path) && reader(path).is_some()
}

type Read = fn(&str) -> Vec<String>;

/// How a manifest is read.
fn reader(path: &str) -> Option<Read> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Some(match name {
        "package.json" => of_package,
        "pyproject.toml" | "Pipfile" | "Cargo.toml" => of_toml,
        "Gemfile" => of_gemfile,
        "composer.json" => of_composer,
        "firebase.json" => |_| vec!["firebase".to_owned()],
        _ if name.starts_with("requirements") && name.ends_with(".txt") => of_requirements,
        _ => return None,
    })
}

/// The names that a manifest depends on.
fn names(path: &str, text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    reader(path).map_or_else(Vec::new, |read| read(text))
}

fn of_package(text: &str) -> Vec<String> {
    keys(
        text,
        &["dependencies", "devDependencies", "peerDependencies"],
    )
}

fn of_composer(text: &str) -> Vec<String> {
    keys(text, &["require", "require-dev"])
}

fn keys(text: &str, maps: &[&str]) -> Vec<String> {
    let Ok(json) = serde_json::from_str::<Json>(text) else {
        return Vec::new();
    };
    let maps = maps.iter().filter_map(|map| json.get(map)?.as_object());
    maps.flat_map(|map| map.keys().cloned()).collect()
}

/// Cargo, Poetry and Pipenv have maps of dependencies, Python itself has lists of requirements.
fn of_toml(text: &str) -> Vec<String> {
    let Ok(root) = text.parse::<toml::Table>() else {
        return Vec::new();
    };
    let at = |path: &[&str]| -> Option<&Toml> {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(root.get(*first)?, |value, key| value.get(key))
    };
    let mut names = Vec::new();
    for path in [
        &["dependencies"][..],
        &["workspace", "dependencies"],
        &["packages"],
        &["tool", "poetry", "dependencies"],
    ] {
        let map = at(path).and_then(Toml::as_table);
        names.extend(map.into_iter().flat_map(|map| map.keys().cloned()));
    }
    let lists = [
        &["project", "optional-dependencies"][..],
        &["dependency-groups"],
    ];
    let lists = lists.iter().filter_map(|path| at(path)?.as_table());
    let lists = lists.flat_map(|map| map.values());
    for list in at(&["project", "dependencies"]).into_iter().chain(lists) {
        let entries = list.as_array().into_iter().flatten();
        names.extend(entries.filter_map(|entry| requirement(entry.as_str()?)));
    }
    names
}

fn of_requirements(text: &str) -> Vec<String> {
    text.lines().filter_map(requirement).collect()
}

/// The name in `fastapi[standard]>=0.115  # web`, in small letters.
fn requirement(line: &str) -> Option<String> {
    let line = line.trim();
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let end = line.find(|letter| !letters(letter)).unwrap_or(line.len());
    let name = line.get(..end)?.to_ascii_lowercase();
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

fn of_gemfile(text: &str) -> Vec<String> {
    let gems = text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("gem")?;
        let rest = rest.trim_start_matches([' ', '(', '\t']);
        let quote = rest.chars().next().filter(|one| "\"'".contains(*one))?;
        let (name, _) = rest.get(1..)?.split_once(quote)?;
        Some(format!("gem:{name}"))
    });
    gems.collect()
}

fn framework(name: &str) -> Option<Framework> {
    Some(match name {
        "next" => Framework::Next,
        "@remix-run/node"
        | "@remix-run/react"
        | "@remix-run/server-runtime"
        | "@react-router/node"
        | "@react-router/dev" => Framework::Remix,
        "@sveltejs/kit" => Framework::SvelteKit,
        "express" => Framework::Express,
        "fastify" => Framework::Fastify,
        "koa" => Framework::Koa,
        "hono" | "@hono/zod-openapi" => Framework::Hono,
        "@nestjs/core" | "@nestjs/common" => Framework::Nest,
        "fastapi" | "fastapi-slim" => Framework::FastApi,
        "django" | "djangorestframework" => Framework::Django,
        "flask" => Framework::Flask,
        "gem:rails" => Framework::Rails,
        "laravel/framework" | "laravel/lumen-framework" => Framework::Laravel,
        "axum" => Framework::Axum,
        "actix-web" => Framework::Actix,
        "@supabase/supabase-js" | "@supabase/ssr" | "supabase" => Framework::Supabase,
        "firebase" | "firebase-admin" => Framework::Firebase,
        "prisma" | "@prisma/client" => Framework::Prisma,
        "drizzle-orm" => Framework::Drizzle,
        _ => return None,
    })
}
