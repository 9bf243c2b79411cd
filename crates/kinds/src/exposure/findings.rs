//! What `exposure` says: one finding for each thing, with every path it was found at.

use std::collections::BTreeMap;

use tidegate_core::check::Context;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::Files;

use super::codes;
use crate::attack::{Story, lines, several};
use crate::frameworks::{Topic, advise};

/// Something that strangers get.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    /// Its code.
    pub(super) info: CodeInfo,
    /// What it is.
    pub(super) what: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// Where.
    pub(super) path: String,
    /// The request and the answer, without anything of its content.
    pub(super) line: String,
}

/// All findings, the worst first.
pub(super) fn all(
    things: &[Thing],
    banners: &[(String, String)],
    control: &str,
    context: &Context,
    files: &dyn Files,
) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Thing>> = BTreeMap::new();
    for thing in things {
        let key = (thing.info.code.as_str(), thing.what.as_str());
        groups.entry(key).or_default().push(thing);
    }
    let groups = groups.into_values();
    let mut findings: Vec<Finding> = groups
        .filter_map(|things| of(&things, control, context))
        .collect();
    findings.extend(versions(banners, context));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    advise(&mut findings, files, |_| Some(Topic::Exposure));
    findings
}

fn of(things: &[&Thing], control: &str, context: &Context) -> Option<Finding> {
    let first = things.first()?;
    let severity = things.iter().map(|thing| thing.severity).max()?;
    let verb = match first.info.code.as_str() {
        "exposure/debug-console" | "exposure/admin-page" | "exposure/actuator" => "reach",
        _ => "fetch",
    };
    let paths: Vec<&str> = things.iter().map(|thing| thing.path.as_str()).collect();
    let title = format!("Strangers can {verb} {}: {}", first.what, several(&paths));
    let story = Story {
        before: control.to_owned(),
        attack: lines(things.iter().map(|thing| thing.line.clone())),
        after: String::new(),
    };
    let finding = Finding::new(&first.info, context.span().location(), title)
        .severity(severity)
        .subject(subject(first, &paths))
        .advice(advice(&first.info));
    Some(story.told(finding))
}

/// Names of source maps change with each build.
fn subject(first: &Thing, paths: &[&str]) -> String {
    if first.info.code == codes::SOURCE_MAP.code {
        first.what.clone()
    } else {
        format!("{} at {}", first.what, paths.join(", "))
    }
}

fn versions(banners: &[(String, String)], context: &Context) -> Option<Finding> {
    let (_, first) = banners.first()?;
    let names: Vec<&str> = banners.iter().map(|(name, _)| name.as_str()).collect();
    let lines: Vec<String> = banners
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let title = format!("Answers name the exact version of what runs: {first}");
    let finding = Finding::new(&codes::VERSION_BANNER, context.span().location(), title)
        .subject(names.join(", "))
        .evidence("headers", lines.join("\n"))
        .advice(advice(&codes::VERSION_BANNER));
    Some(finding)
}

fn advice(info: &CodeInfo) -> &'static str {
    match info.code.as_str() {
        "exposure/dotenv" | "exposure/settings" => {
            "Take the file out of the folder that is served, have the server refuse names that begin with a dot, and \
             treat every password and key in it as stolen: replace them first."
        }
        "exposure/repository" => {
            "Deploy what the build wrote and not the working copy, have the server refuse names that begin with a dot, \
             and replace every key that was ever committed."
        }
        "exposure/backup" => {
            "Delete the copy from the server, look into the access log for who has fetched it, and keep copies in a \
             storage that nothing serves."
        }
        "exposure/debug-console" => {
            "Switch it off where others than its developers can reach the portal: it belongs to development."
        }
        "exposure/actuator" | "exposure/metrics" => {
            "Serve it on a port or an address that only your own machines reach, or ask for a login there. If it is meant \
             for everybody, list the path under `allow`."
        }
        "exposure/directory-listing" => {
            "Switch lists of folders off (nginx: `autoindex off`; Apache: `Options -Indexes`), and let private files be \
             fetched through the portal only, which knows who may."
        }
        "exposure/source-map" => {
            "Let the bundler write hidden source maps, upload them to your error tracker, and leave them out of the deploy."
        }
        "exposure/admin-page" => {
            "Let only your own network or a login in front of it reach the page. If it is meant to be open, list the path \
             under `allow`."
        }
        "exposure/api-docs" => {
            "If strangers are to use the interface say so with `public-docs: true`; else switch the pages off in production."
        }
        "exposure/manifest" => "Serve the folder that the build wrote, and nothing above it.",
        "exposure/version-banner" => {
            "Switch the version off (nginx: `server_tokens off`; PHP: `expose_php = Off`; Express: `app.disable('x-powered-by')`)."
        }
        _ => "Take it away, or put it behind a login.",
    }
}
