//! The cookbook: with its fault each page's check finds what the page shows, and without it nothing that blocks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use tidegate::{Gate, RunOptions, Summary, Verdict};
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};

use crate::pages::{key_of, keys, parted};
use crate::support::Project;

/// What the pages leave out, for the example portal; each begins with its key.
const REST: [&str; 4] = [
    "version: 1",
    "name: client-portal",
    "environments: { local: { kind: local, url: \"${PORTAL_URL:-http://127.0.0.1:8080}\" } }",
    "identities:\n  \
       anna: { tenant: acme, role: member, login: { post: /api/login, json: { email: \"${ANNA_EMAIL}\", password: \"${ANNA_PASSWORD}\" }, bearer: $.token } }\n  \
       greta: { tenant: globex, role: admin, login: { post: /api/login, json: { email: \"${GRETA_EMAIL}\", password: \"${GRETA_PASSWORD}\" }, bearer: $.token } }",
];

/// Variables beside the passwords.
const VARIABLES: [(&str, &str); 5] = [
    ("ANNA_EMAIL", "anna@acme.example"),
    ("ADAM_EMAIL", "adam@acme.example"),
    ("BORIS_EMAIL", "boris@globex.example"),
    ("GRETA_EMAIL", "greta@globex.example"),
    ("WEBHOOK_SECRET", "demo-webhook-signing-key"),
];

/// What a page has.
#[derive(Debug)]
struct Recipe {
    name: String,
    /// The switches of the portal that make the fault; none where files do.
    switches: Vec<Break>,
    /// A whole gate file.
    gate: String,
    /// Files by name; the last makes the fault where no switch does.
    files: Vec<(String, String)>,
    /// The checks and codes of what the page shows.
    shown: BTreeSet<(String, String)>,
}

impl Recipe {
    fn read(name: &str, page: &str) -> Self {
        let (prose, blocks) = parted(page);
        let of = |language: &str| {
            let blocks = blocks.iter().filter(|block| block.language == language);
            blocks.map(|block| &*block.text).collect::<Vec<_>>()
        };
        let words: Vec<&str> = prose.split(['`', ' ', '\n', ')']).collect();
        let switches = words.windows(2).filter(|pair| pair[0] == "--break");
        Self {
            name: name.to_owned(),
            switches: switches
                .map(|pair| pair[1].parse().expect("a switch"))
                .collect(),
            gate: whole(of("yaml").first().expect("a check")),
            files: of("dotenv").into_iter().map(file).collect(),
            shown: shown(of("console").first().expect("a transcript")),
        }
    }

    /// Whether it sends the same again and again; a measurement is alone.
    fn is_measured(&self) -> bool {
        self.shown
            .iter()
            .any(|(_, code)| code.starts_with("latency/") || code.starts_with("race/"))
    }

    /// Gates the portal with the fault or without it.
    fn run(&self, broken: bool) -> Summary {
        let breaks = self.switches.iter().copied().filter(|_| broken);
        let options = Options {
            breaks: breaks.collect(),
            ..Options::default()
        };
        let portal = start_blocking(options).expect("the portal starts");
        let project = Project::new(&self.gate);
        let document =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/client-portal/src/openapi.json");
        fs::copy(document, project.path().join("openapi.json")).expect("the document is copied");
        let kept = self.files.len().saturating_sub(usize::from(!broken));
        for (name, text) in &self.files[..kept] {
            project.write(name, text);
        }
        let passwords = Passwords::default();
        let gate = passwords.variables().fold(
            Gate::builder(project.gate()),
            |builder, (name, password)| builder.variable(name, password.reveal()),
        );
        let gate = VARIABLES.iter().fold(gate, |builder, (name, value)| {
            builder.variable(*name, *value)
        });
        let gate = gate.variable("PORTAL_URL", portal.url()).load();
        let gate = gate.unwrap_or_else(|error| panic!("{}: {:?}", self.name, error.diagnostics()));
        let options = RunOptions {
            all: true,
            jobs: Some(1),
            seed: Some(7),
            ..RunOptions::default()
        };
        gate.run(options, |_| {}).expect("the run begins")
    }
}

/// The gate file that a part of one belongs to.
fn whole(part: &str) -> String {
    let shown = keys(part);
    let missing: Vec<&str> = REST
        .into_iter()
        .filter(|rest| !shown.contains(&key_of(rest)))
        .collect();
    format!("{}\n{part}", missing.join("\n"))
}

/// A file whose first line is a comment with its name.
fn file(block: &str) -> (String, String) {
    let (name, text) = block.split_once('\n').expect("a first line");
    (name.trim_start_matches("# ").to_owned(), text.to_owned())
}

/// The checks and codes in lines such as `  tenants-apart, isolation/read, critical`.
fn shown(transcript: &str) -> BTreeSet<(String, String)> {
    let lines = transcript
        .lines()
        .filter_map(|line| line.strip_prefix("  "));
    lines
        .filter_map(|line| {
            let mut parts = line.split(", ");
            let (check, code, severity) = (parts.next()?, parts.next()?, parts.next()?);
            let is_code = code.contains('/') && !check.contains(' ');
            (is_code && ["low", "medium", "high", "critical"].contains(&severity))
                .then(|| (check.to_owned(), code.to_owned()))
        })
        .collect()
}

fn recipes() -> Vec<Recipe> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cookbook");
    let mut recipes: Vec<Recipe> = fs::read_dir(folder)
        .expect("the folder is read")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            Recipe::read(&name, &fs::read_to_string(&path).expect("the page is read"))
        })
        .collect();
    recipes.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(recipes.len() > 10, "{recipes:?}");
    recipes
}

fn found(summary: &Summary) -> BTreeSet<(String, String)> {
    let results = summary.results.iter();
    let found = results.flat_map(|result| {
        let of = |finding: &tidegate_core::finding::Finding| {
            (result.id.to_string(), finding.code.to_string())
        };
        result.findings.iter().map(of)
    });
    found.collect()
}

/// Each page's fault is found by the check, and with the codes, that the page shows.
fn faults_are_found(measured: bool) {
    let mut wrong = Vec::new();
    for recipe in recipes()
        .iter()
        .filter(|recipe| recipe.is_measured() == measured)
    {
        let summary = recipe.run(true);
        let found = found(&summary);
        if recipe.shown.is_empty()
            || !recipe.shown.is_subset(&found)
            || summary.judgement.verdict != Verdict::Block
        {
            wrong.push(format!(
                "{}: shows {:?}, found {found:?}",
                recipe.name, recipe.shown
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_fault_of_the_cookbook_is_found_as_its_page_shows() {
    faults_are_found(false);
}

// Nothing runs beside this: `.config/nextest.toml` says so, by its name.
#[test]
fn measured_faults_of_the_cookbook_are_found_as_their_pages_show() {
    faults_are_found(true);
}

#[test]
fn without_its_fault_no_check_of_the_cookbook_blocks() {
    let mut wrong = Vec::new();
    for recipe in recipes().iter().filter(|recipe| !recipe.is_measured()) {
        let summary = recipe.run(false);
        if !matches!(
            summary.judgement.verdict,
            Verdict::Allow | Verdict::AllowWithWarnings
        ) {
            wrong.push(format!("{}: {:?}", recipe.name, summary.judgement));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
