//! Staging hosts in what was built and is served on a developer's machine.
//!
//! That is the code that will be deployed. But there the variables of a developer may name a staging
//! host, and libraries always may. So a host counts only if the project's own sources name it, too.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tidegate_core::finding::Finding;
use tidegate_core::ports::{Files, FoundFile};
use tidegate_core::size::Size;

use super::super::codes;
use super::super::facts::{self, HostSort};
use super::super::judge::found;
use super::super::model::Role;
use super::super::text::{SIZE_LIMIT, place};
use super::{BROWSED, FINDING_LIMIT, doubted, is_foreign, literals::literals};
use crate::blocking::Stop;
use crate::shipped::output;

/// The most bytes of built files that are read, and of one of them.
const BUILT_LIMIT: u64 = 64 * 1024 * 1024;
const FILE_LIMIT: u64 = 8 * 1024 * 1024;
/// The most different addresses that are remembered.
const ADDRESS_LIMIT: usize = 1_000;
/// The most sources that are read.
const SOURCE_LIMIT: usize = 5_000;

/// What built code ends in.
const BUILT: &[&str] = &["js", "mjs", "cjs", "html", "json", "rsc", "body"];

/// Sources of what is served.
const SOURCES: &str = "**/*.{js,jsx,ts,tsx,mjs,cjs,mts,cts,vue,svelte,astro,html,htm,py,rb,erb,php,twig,jinja,j2,hbs,ejs,liquid,go,cs,cshtml,java,kt,ex,heex,rs}";

/// Folders and parts of names of files that are not deployed.
const BESIDE: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "e2e",
    "cypress",
    "playwright",
    "fixtures",
    "stories",
    "vendor",
];

/// What only the code of a development server holds.
const DEVELOPMENT: &[&[u8]] = &[
    b"/@vite/client",
    b"webpackHotUpdate",
    b"hmr-client",
    b"webpack-hmr",
];

/// Whether a page or script comes from a development server.
pub(super) fn is_of_development_server(body: &[u8]) -> bool {
    let has = |mark: &&[u8]| memchr::memmem::find(body, mark).is_some();
    DEVELOPMENT.iter().any(has)
}

/// The addresses of staging hosts that built and served texts name.
#[derive(Default)]
pub(super) struct Named {
    /// Each with where it was seen first.
    addresses: BTreeMap<String, String>,
    /// How many texts were looked at.
    pub(super) texts: u32,
    /// What was left out.
    pub(super) notes: Vec<String>,
}

impl Named {
    /// Takes in what a text names.
    pub(super) fn see(&mut self, text: &[u8], at: &str) {
        self.texts = self.texts.saturating_add(1);
        let text = String::from_utf8_lossy(text);
        for address in addresses(&text) {
            let is_known = self.addresses.contains_key(address);
            if !is_known && self.addresses.len() < ADDRESS_LIMIT && is_staging(address) {
                self.addresses.insert(address.to_owned(), at.to_owned());
            }
        }
    }

    /// Takes in what the folders name that builds write into, until the stop.
    pub(super) fn look_into_builds(&mut self, files: &dyn Files, stop: &Stop) {
        let folders = [output::SERVED, output::ON_SERVER].concat();
        let mut left = BUILT_LIMIT;
        for folder in output::there(files, &folders) {
            let mut found: Vec<FoundFile> = Vec::new();
            // What cannot be listed was not built.
            let _ = files.walk(folder, &mut |file| {
                found.extend(file.ok().filter(is_built));
                if stop.requested() {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
            for file in found {
                if stop.requested() {
                    return;
                }
                if file.size > left {
                    self.notes.push(format!(
                        "Of what was built {} were looked at for staging hosts, and no more.",
                        Size::words(BUILT_LIMIT)
                    ));
                    return;
                }
                left -= file.size;
                let limit = usize::try_from(FILE_LIMIT).unwrap_or(usize::MAX);
                if let Ok(bytes) = files.read(&file.path, limit) {
                    self.see(&bytes, &file.path);
                }
            }
        }
    }

    /// What of it the project's own sources name as well, at the place where they do, until the stop.
    pub(super) fn judge(&self, files: &dyn Files, stop: &Stop) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.addresses.is_empty() {
            return findings;
        }
        let sources = files.list(&[SOURCES.to_owned()]).unwrap_or_default();
        for path in sources
            .iter()
            .filter(|path| is_source(path))
            .take(SOURCE_LIMIT)
        {
            let Ok(bytes) = files.read(path, SIZE_LIMIT) else {
                continue;
            };
            self.judge_source(path, &String::from_utf8_lossy(&bytes), &mut findings);
            if findings.len() >= FINDING_LIMIT || stop.requested() {
                break;
            }
        }
        findings.truncate(FINDING_LIMIT);
        findings
    }

    fn judge_source(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        for literal in literals(text) {
            if literal.is_no_call() {
                continue;
            }
            let named =
                addresses(literal.text).find_map(|address| self.addresses.get_key_value(address));
            let Some((address, seen)) = named else {
                continue;
            };
            let [sort, ..] = facts::hosts_of(address)[..] else {
                continue;
            };
            let at = place(path, literal.line, literal.column());
            let finding = found(
                &codes::BUNDLE_HOST,
                at,
                format!("{path} names {}", sort.name()),
            );
            let finding = finding.evidence("is in what is deployed", seen.clone());
            findings.push(doubted(finding, &literal));
        }
    }
}

fn is_staging(address: &str) -> bool {
    let foreign = |sort: &HostSort| is_foreign(Role::Local, *sort);
    facts::hosts_of(address).iter().any(foreign)
}

/// Scheme and host, with the port, of each address that a browser could call.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let before = text.get(..at)?;
        let scheme = before.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let name = before.get(scheme.len()..)?;
        let is_browsed = BROWSED.iter().any(|known| name.eq_ignore_ascii_case(known));
        let host = text.get(at + mark.len()..)?;
        let ends = |letter: char| !(letter.is_ascii_alphanumeric() || ".-:_".contains(letter));
        let length = host.find(ends).unwrap_or(host.len());
        let end = at + mark.len() + length;
        is_browsed.then(|| text.get(scheme.len()..end)).flatten()
    })
}

fn is_built(file: &FoundFile) -> bool {
    let ending = file.path.rsplit_once('.').map(|(_, ending)| ending);
    file.size <= FILE_LIMIT && ending.is_some_and(|ending| BUILT.contains(&ending))
}

/// Whether a file is a source of what is deployed: no output of a build, no test, no settings of a
/// tool.
fn is_source(path: &str) -> bool {
    let mut folders = output::SERVED.iter().chain(output::ON_SERVER);
    let is_output = |folder: &&str| {
        let rest = path.strip_prefix(*folder);
        rest.is_some_and(|rest| rest.starts_with('/'))
    };
    let is_beside = path.split(['/', '.']).any(|part| BESIDE.contains(&part));
    let is_of_tool = path.starts_with('.') || path.contains(".config.");
    !is_beside && !is_of_tool && !folders.any(is_output)
}

#[cfg(test)]
mod tests;
