//! The pages for people: what they link to is there, their commands are taken, their gate files are right.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tidegate::Gate;

use crate::support::Project;

/// What a part of a gate file on a page leaves out, each beginning with its key.
const REST: &[&str] = &[
    "version: 1",
    "name: acme-portal",
    "environments: { preview: { kind: preview, url: \"https://preview.acme.example\" } }",
    "variables: { PREVIEW_URL: {}, SUPABASE_URL: {} }",
    "identities:\n  \
       anna: { tenant: acme, role: member, bearer: \"${ANNA_TOKEN}\" }\n  \
       adam: { tenant: acme, role: admin, bearer: \"${ADAM_TOKEN}\" }\n  \
       cora: { role: consultant, bearer: \"${CORA_TOKEN}\" }\n  \
       boris: { tenant: globex, role: member, bearer: \"${BORIS_TOKEN}\" }",
    "openapi: openapi.yaml",
    "checks: { list: { flow: [{ get: /, expect: 200 }] } }",
];

/// Keys of a gate file beside those of [`REST`].
const KEYS: &[&str] = &[
    "apis",
    "contract",
    "handover",
    "include",
    "observers",
    "policy",
    "protect",
    "run-budget",
    "waivers",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page for people, by its path from the root.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages = BTreeMap::new();
    for folder in ["", "docs", "fuzz"] {
        for entry in fs::read_dir(root().join(folder)).expect("the folder is read") {
            let name = entry.expect("an entry").file_name();
            let path = Path::new(folder).join(name);
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = fs::read_to_string(root().join(&path)).expect("the page is read");
                pages.insert(path, text);
            }
        }
    }
    assert!(pages.contains_key(Path::new("README.md")), "{pages:?}");
    pages
}

/// A block of code, without the indentation that it has as part of a list.
struct Block {
    language: String,
    text: String,
}

/// The text of a page without its blocks of code, and these.
fn parted(page: &str) -> (String, Vec<Block>) {
    let (mut prose, mut blocks) = (String::new(), Vec::new());
    let mut open: Option<(usize, Block)> = None;
    for line in page.lines() {
        let fence = line.trim_start().strip_prefix("```");
        match (&mut open, fence) {
            (Some(_), Some(_)) => blocks.extend(open.take().map(|(_, block)| block)),
            (Some((indent, block)), None) => {
                block.text += line.get(*indent..).unwrap_or_default();
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let indent = line.len() - line.trim_start().len();
                let language = language.to_owned();
                let text = String::new();
                open = Some((indent, Block { language, text }));
            }
            (None, None) => {
                prose += line;
                prose.push('\n');
            }
        }
    }
    (prose, blocks)
}

/// The anchor that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text: String = heading.trim().chars().filter(kept).collect();
    text.to_lowercase().replace(' ', "-")
}

fn anchors(page: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    for line in parted(page).0.lines().filter(|line| line.starts_with('#')) {
        let first = anchor(line.trim_start_matches('#'));
        let mut anchor = first.clone();
        let mut number = 0;
        while !anchors.insert(anchor) {
            number += 1;
            anchor = format!("{first}-{number}");
        }
    }
    anchors
}

/// What the links and the pictures of a page lead to; code has none.
fn links(page: &str) -> Vec<String> {
    let prose = parted(page).0;
    // Between every second pair of backticks stands code.
    let text: String = prose.split('`').step_by(2).collect();
    let after = text.split("](").skip(1);
    after
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let pages = pages();
    let mut looked_at = 0;
    let mut broken = Vec::new();
    for (path, page) in &pages {
        for link in links(page).iter().filter(|link| !link.contains(':')) {
            looked_at += 1;
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let folder = path.parent().unwrap_or(path);
            let target = match file {
                "" => root().join(path),
                file => root().join(folder).join(file),
            };
            let there = match fs::read_to_string(&target) {
                Ok(text) if !heading.is_empty() => anchors(&text).contains(heading),
                _ => target.exists(),
            };
            if !there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(looked_at > 50, "only {looked_at} links were found");
    assert_eq!(broken, Vec::<String>::new());
}

/// The arguments of a command on a page, as far as it is one of Tidegate.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let command = line.strip_prefix("$ tidegate ")?;
    let command = command.split(" #").next()?.split(" > ").next()?;
    Some(command.split_whitespace().collect())
}

#[test]
fn every_command_on_a_page_is_one_that_the_program_takes() {
    let project = Project::new("");
    let mut looked_at = 0;
    for (path, page) in pages() {
        let blocks = parted(&page).1;
        for line in blocks.iter().flat_map(|block| block.text.lines()) {
            let Some(mut command) = arguments(line) else {
                continue;
            };
            looked_at += 1;
            // What stands before it is read first, and a mistake in that is told instead.
            command.push("--help");
            let ran = project.tidegate(&command);
            assert_eq!(ran.code, Some(0), "{}: {line}\n{ran:?}", path.display());
        }
    }
    assert!(looked_at > 20, "only {looked_at} commands were found");
}

/// The keys of a YAML text that stand at its left edge.
fn keys(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '-']));
    lines
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect()
}

/// A gate file of what a page shows and what it leaves out; nothing when it shows something else.
fn completed(shown: &str) -> Option<String> {
    let key_of = |part: &'static str| part.split(':').next().unwrap_or_default();
    let shown_keys = keys(shown);
    let known = |key: &&str| KEYS.contains(key) || REST.iter().any(|part| key_of(part) == *key);
    if shown_keys.is_empty() || !shown_keys.iter().all(known) {
        return None;
    }
    let missing = REST
        .iter()
        .filter(|part| !shown_keys.contains(&key_of(part)));
    let rest: Vec<&str> = missing.copied().collect();
    Some(format!("{}\n{shown}", rest.join("\n")))
}

/// The gate files that a page shows, each with what it leaves out.
pub(crate) fn gate_files(page: &str) -> Vec<String> {
    let blocks = parted(page).1;
    let yaml = blocks.iter().filter(|block| block.language == "yaml");
    yaml.filter_map(|block| completed(&block.text)).collect()
}

#[test]
fn every_gate_file_on_a_page_is_right() {
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    let mut pages = pages();
    // The pages of the kinds, whose parts are tested beside them.
    pages.remove(Path::new("docs/checks.md"));
    for (path, page) in pages {
        for text in gate_files(&page) {
            looked_at += 1;
            let project = Project::new(&text);
            project.write(
                "openapi.yaml",
                "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\n",
            );
            let environments = tidegate_config::environments(&project.gate());
            let first = environments.ok().and_then(|names| names.into_iter().next());
            let loaded = Gate::builder(project.gate())
                .environment(first.unwrap_or_default())
                .without_process_environment()
                .variable("PREVIEW_URL", "https://preview.acme.example")
                .variable("SUPABASE_URL", "https://acme.supabase.co")
                .load();
            if let Err(error) = loaded {
                wrong.push(format!(
                    "{}:\n{text}\n{:?}",
                    path.display(),
                    error.diagnostics()
                ));
            }
        }
    }
    assert!(looked_at > 15, "only {looked_at} gate files were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
