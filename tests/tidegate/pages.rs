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
       boris: { tenant: globex, role: member, bearer: \"${BORIS_TOKEN}\" }\n  \
       greta: { tenant: globex, role: admin, bearer: \"${GRETA_TOKEN}\" }",
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
    "plugins",
    "policy",
    "protect",
    "run-budget",
    "waivers",
];

/// What the pages of the kinds leave out, in place of what stands under the same key in [`REST`].
const REST_OF_KINDS: &[&str] = &[
    "environments:\n  \
       preview: { kind: preview, url: \"https://preview.acme.example\" }\n  \
       staging: { kind: staging, url: \"https://staging.acme.example\" }\n  \
       local: { kind: local, url: \"http://127.0.0.1:3000\" }\n  \
       production: { url: \"https://portal.acme.example\" }",
    "apis:\n  \
       db: { url: \"https://acme.supabase.co\", headers: { apikey: \"${SUPABASE_ANON_KEY}\" } }\n  \
       rtdb: { url: \"https://acme-default-rtdb.firebaseio.com\" }\n  \
       firestore: { url: \"https://firestore.googleapis.com\" }\n  \
       storage: { url: \"https://firebasestorage.googleapis.com\" }\n  \
       accounts: { url: \"https://identitytoolkit.googleapis.com\" }",
    "identities:\n  \
       anna: { tenant: acme, role: member, login: { post: /api/login, json: { email: a, password: \"${ANNA_PASSWORD}\" } } }\n  \
       adam: { tenant: acme, role: admin, bearer: \"${ADAM_TOKEN}\" }\n  \
       carla: { tenant: acme, role: member, bearer: \"${CARLA_TOKEN}\" }\n  \
       boris: { tenant: globex, role: member, bearer: \"${BORIS_TOKEN}\" }",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page for people, by its path from the root.
fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages = BTreeMap::new();
    for folder in ["", "docs", "docs/checks", "docs/cookbook", "fuzz"] {
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
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
}

/// The text of a page without its blocks of code, and these.
pub(crate) fn parted(page: &str) -> (String, Vec<Block>) {
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

#[test]
fn the_contents_of_the_guide_name_every_page_once() {
    let pages = pages();
    let contents = Path::new("docs/SUMMARY.md");
    let mut named = links(&pages[contents]);
    named.sort();
    let paths = pages.keys().filter(|path| *path != contents);
    let mut there: Vec<String> = paths
        .filter_map(|path| Some(path.strip_prefix("docs").ok()?.display().to_string()))
        .collect();
    there.sort();
    assert_eq!(named, there);
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
pub(crate) fn keys(text: &str) -> Vec<&str> {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '-']));
    lines
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect()
}

pub(crate) fn key_of(part: &str) -> &str {
    part.split(':').next().unwrap_or_default()
}

/// Whether a YAML text is for something else than Tidegate's gate: a workflow, steps of one, a job of GitLab, or the
/// case of a plugin's test.
fn is_for_another(text: &str) -> bool {
    let keys = keys(text);
    let steps = text.starts_with("- ") && keys.is_empty();
    steps
        || keys.contains(&"jobs")
        || text.contains("\n  script:\n")
        || text.contains("/case.yaml\n")
}

/// Whether this build knows what the text is about.
fn is_built_in(text: &str) -> bool {
    cfg!(feature = "plugins") || !keys(text).contains(&"plugins")
}

/// A gate file of what a page shows and what it leaves out.
fn completed(path: &Path, shown: &str) -> String {
    let kind = path.parent() == Some(Path::new("docs/checks"));
    let shown = if kind {
        part_of_kind(path, shown)
    } else {
        shown.to_owned()
    };
    let shown_keys = keys(&shown);
    let first: &[&str] = if kind { REST_OF_KINDS } else { &[] };
    let first_keys: Vec<&str> = first.iter().copied().map(key_of).collect();
    let others = REST
        .iter()
        .filter(|part| !first_keys.contains(&key_of(part)));
    let missing = first.iter().chain(others);
    let rest: Vec<&str> = missing
        .copied()
        .filter(|part| !shown_keys.contains(&key_of(part)))
        .collect();
    format!("{}\n{shown}", rest.join("\n"))
}

/// What the page of a kind shows, at its place in a gate file: it may be the settings alone, or an entry.
fn part_of_kind(path: &Path, shown: &str) -> String {
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let keys = keys(shown);
    let indented = |by: &str| {
        let lines = shown.lines().map(|line| format!("{by}{line}\n"));
        lines.collect::<String>()
    };
    let is_gate = |key: &&str| KEYS.contains(key) || REST.iter().any(|part| key_of(part) == *key);
    match &keys[..] {
        [key] if Some(*key) == name && OBSERVERS.contains(key) => {
            format!("observers:\n{}", indented("  "))
        }
        [key] if Some(*key) == name => {
            format!("checks:\n  shown:\n    as: anna\n{}", indented("    "))
        }
        keys if keys.iter().all(is_gate) => shown.to_owned(),
        _ => format!("checks:\n{}", indented("  ")),
    }
}

const OBSERVERS: [&str; 5] = [
    "conformance",
    "error-hygiene",
    "learned",
    "response-secrets",
    "slowest-routes",
];

/// Reads a gate file that a page shows, with the documents and the addresses that pages name.
pub(crate) fn load(text: &str) -> Result<Gate, tidegate::Error> {
    let project = Project::new(text);
    let document = "openapi: 3.1.0\ninfo: { title: a, version: '1' }\npaths: {}\n";
    for name in ["openapi.yaml", "openapi.json"] {
        project.write(name, document);
    }
    let environments = tidegate_config::environments(&project.gate());
    let first = environments.ok().and_then(|names| names.into_iter().next());
    Gate::builder(project.gate())
        .environment(first.unwrap_or_default())
        .without_process_environment()
        .variable("PREVIEW_URL", "https://preview.acme.example")
        .variable("SUPABASE_URL", "https://acme.supabase.co")
        .load()
}

/// What is wrong with a gate file, beside plugins that a page names and nobody has.
fn faults(text: &str) -> Vec<String> {
    let Err(error) = load(text) else {
        return Vec::new();
    };
    let told = error.diagnostics().iter().map(|one| format!("{one:?}"));
    told.filter(|one| !one.contains("is not in tidegate.lock"))
        .collect()
}

/// The gate files that a page shows, each with what it leaves out.
pub(crate) fn gate_files(path: &Path, page: &str) -> Vec<String> {
    let blocks = parted(page).1;
    let yaml = blocks.iter().filter(|block| block.language == "yaml");
    let of_gates = yaml.filter(|block| !is_for_another(&block.text));
    let known = of_gates.filter(|block| is_built_in(&block.text));
    known.map(|block| completed(path, &block.text)).collect()
}

#[test]
fn every_gate_file_on_a_page_is_right() {
    let mut looked_at = 0;
    let mut wrong = Vec::new();
    for (path, page) in pages() {
        for text in gate_files(&path, &page) {
            looked_at += 1;
            let faults = faults(&text);
            if !faults.is_empty() {
                wrong.push(format!(
                    "{}:\n{text}\n{}",
                    path.display(),
                    faults.join("\n")
                ));
            }
        }
    }
    assert!(looked_at > 80, "only {looked_at} gate files were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
