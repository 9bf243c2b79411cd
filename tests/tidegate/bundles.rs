//! Real minified bundles of popular SDKs: what is public by design never blocks, what is planted is found.
//!
//! `node tests/bundles/build.mjs FOLDER` builds them from npm's packages; TIDEGATE_BUNDLES names the folder.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tidegate::finding::Finding;
use tidegate::meta::Level;
use tidegate::{Gate, RunOptions, Summary};
use tidegate_testkit::recorder::{App, Reply};

const APPS: [&str; 3] = ["portal", "map", "next"];

/// Of a hundred planted secrets this many must be found.
const FOUND_OF_100: usize = 97;

/// The folder with the bundles; none, and said so, where they were not built.
#[allow(
    clippy::print_stderr,
    reason = "a test that looks at nothing must not pass in silence"
)]
fn bundles() -> Option<PathBuf> {
    let folder = std::env::var_os("TIDEGATE_BUNDLES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!(
            "SKIPPED: TIDEGATE_BUNDLES names no folder; make one with `node tests/bundles/build.mjs FOLDER`"
        );
    }
    folder
}

/// Runs these checks, indented by two spaces, as production at this address.
fn gate(folder: &Path, url: &str, checks: &str) -> Summary {
    let text = format!(
        "version: 1\nname: bundles\nenvironments:\n  production: {{ url: \"{url}\" }}\nchecks:\n{checks}"
    );
    let path = folder.join("tidegate.yaml");
    std::fs::write(&path, text).expect("the gate file is written");
    let gate = Gate::builder(&path)
        .without_process_environment()
        .load()
        .expect("the gate is right");
    let options = RunOptions {
        all: true,
        ..RunOptions::default()
    };
    gate.run(options, |_| {}).expect("the run begins")
}

fn findings(summary: &Summary) -> impl Iterator<Item = &Finding> {
    summary.results.iter().flat_map(|result| &result.findings)
}

/// Serves the files of a folder, `index.html` for the root.
fn serve(folder: PathBuf) -> App {
    App::start(move |request| {
        let path = match request.path().trim_start_matches('/') {
            "" => "index.html",
            path => path,
        };
        let kind = match Path::new(path)
            .extension()
            .and_then(|ending| ending.to_str())
        {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("map" | "json") => "application/json",
            _ => "application/octet-stream",
        };
        let content = std::fs::read(folder.join(path));
        content.map_or_else(
            |_| Reply::new(404),
            |content| Reply::bytes(200, kind, content),
        )
    })
}

#[test]
fn public_keys_in_the_bundles_of_popular_sdks_never_block() {
    let Some(folder) = bundles() else {
        return;
    };
    let folder = folder.join("clean");
    for app in APPS {
        let server = serve(folder.join(app).join("dist"));
        let checks = format!(
            "  no-secret-is-shipped: {{ secrets: {{ change: false, build: [{app}/dist] }} }}\n  \
             environments-apart: {{ environment: {{ production: [production] }} }}\n"
        );
        let summary = gate(&folder, server.url(), &checks);
        let blocking: Vec<&Finding> = findings(&summary)
            .filter(|finding| finding.level == Level::Deny)
            .collect();
        assert!(blocking.is_empty(), "{app}: {blocking:#?}");
        let secrets = &summary.results[0];
        assert!(
            secrets.evaluated > 0,
            "{app}: nothing was looked at: {secrets:#?}"
        );
    }
}

#[test]
fn planted_secrets_are_found_at_the_line_of_their_source() {
    let Some(folder) = bundles() else {
        return;
    };
    let folder = folder.join("planted");
    let manifest = std::fs::read(folder.join("manifest.json")).expect("the manifest is there");
    let manifest: Vec<Value> = serde_json::from_slice(&manifest).expect("the manifest is JSON");
    let build = APPS.map(|app| format!("{app}/dist")).join(", ");
    let checks = format!(
        "  no-secret-is-shipped: {{ secrets: {{ change: false, site: false, build: [{build}] }} }}\n"
    );
    let app = App::start(|_| Reply::text(200, "fine"));
    let summary = gate(&folder, app.url(), &checks);

    let missed: Vec<&Value> = manifest
        .iter()
        .filter(|planted| !findings(&summary).any(|finding| is_at(finding, planted)))
        .map(|planted| &planted["name"])
        .collect();
    let found = manifest.len() - missed.len();
    assert!(manifest.len() >= 43, "only {} are planted", manifest.len());
    assert!(
        found * 100 >= manifest.len() * FOUND_OF_100,
        "{found} of {} are found at their place; missed: {missed:?}; found: {:#?}",
        manifest.len(),
        findings(&summary)
            .map(|finding| format!(
                "{} {}:{}",
                finding.code, finding.location.file, finding.location.line
            ))
            .collect::<Vec<_>>()
    );
    let told = format!("{summary:?}");
    let shown: Vec<&Value> = manifest
        .iter()
        .filter(|planted| told.contains(planted["value"].as_str().expect("a value")))
        .map(|planted| &planted["name"])
        .collect();
    assert!(shown.is_empty(), "the results show: {shown:?}");
}

/// Whether the finding blocks and names the rule, the source file and the line of a planted secret.
fn is_at(finding: &Finding, planted: &Value) -> bool {
    let text = |name: &str| planted[name].as_str().unwrap_or_default();
    let line = u64::try_from(finding.location.line).ok();
    finding.level == Level::Deny
        && finding.code.as_str() == format!("secrets/{}", text("slug"))
        && finding.location.file.ends_with(text("file"))
        && line == planted["line"].as_u64()
}
