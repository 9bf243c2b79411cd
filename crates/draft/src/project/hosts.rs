//! Where an app is deployed, by the configuration of the one who hosts it.

use serde_json::Value as Json;

use super::names::{and_above, is_below, last, plain, split, within};
use super::part::Part;
use super::{Host, Told};

/// The hosts that an app is deployed to.
pub(super) fn of(part: &Part<'_, '_>, folders: &[String]) -> Vec<Told<Host>> {
    let files = configurations(part, folders);
    let told = files.into_iter().map(|(host, path)| {
        let name = match host {
            Host::Vercel => "Vercel",
            Host::Netlify => "Netlify",
            Host::Render => "Render",
            Host::Fly => "Fly.io",
        };
        Told::new(host, &path, format!("it configures {name}"))
    });
    let mut told: Vec<Told<Host>> = told.collect();
    told.dedup_by_key(|one| one.value);
    told
}

/// The configurations of hosts that are about a part.
pub(super) fn configurations(part: &Part<'_, '_>, folders: &[String]) -> Vec<(Host, String)> {
    let mut found = Vec::new();
    for host in [Host::Vercel, Host::Netlify, Host::Render, Host::Fly] {
        let above = and_above(&part.folder).flat_map(|folder| {
            let names = named(part, host, folder);
            names
                .into_iter()
                .filter(|path| part.folder == split(path).0 || is_about(part, host, path, folders))
        });
        found.extend(above.map(|path| (host, path)));
    }
    found
}

/// The configurations of a host in a folder.
fn named(part: &Part<'_, '_>, host: Host, folder: &str) -> Vec<String> {
    let names: &[&str] = match host {
        Host::Vercel => &["vercel.json"],
        Host::Netlify => &["netlify.toml"],
        Host::Render => &["render.yaml", "render.yml"],
        Host::Fly => &["fly.toml"],
    };
    let usual = names
        .iter()
        .map(|name| within(folder, name))
        .filter(|path| part.survey.has(path));
    let mut found: Vec<String> = usual.collect();
    if host == Host::Fly && found.is_empty() {
        // `fly.production.toml`, `fly.staging.toml`.
        let others = part.survey.below(folder).filter(|path| {
            split(path).0 == folder && last(path).starts_with("fly.") && path.ends_with(".toml")
        });
        found.extend(others.map(str::to_owned));
    }
    found
}

/// Whether a configuration above a part is about it: it names the part's folder, or there is no other app
/// that it could be about.
fn is_about(part: &Part<'_, '_>, host: Host, path: &str, folders: &[String]) -> bool {
    let top = split(path).0;
    let names = |value: Option<&Json>| {
        let folder = value.and_then(Json::as_str).and_then(plain);
        folder.is_some_and(|folder| is_below(&within(top, &folder), &part.folder))
    };
    let Some(read) = part.survey.configuration(path) else {
        return false;
    };
    let named = match host {
        Host::Netlify => {
            names(read.pointer("/build/base")) || names(read.pointer("/build/publish"))
        }
        Host::Render => {
            let services = read.get("services").and_then(Json::as_array);
            let mut services = services.into_iter().flatten();
            services.any(|service| {
                names(service.get("rootDir")) || names(service.get("staticPublishPath"))
            })
        }
        Host::Fly => names(read.pointer("/build/dockerfile")),
        Host::Vercel => names(read.get("outputDirectory")),
    };
    let others = folders
        .iter()
        .filter(|folder| is_below(folder, top))
        .count();
    named || others == 1
}
