//! `contract: learn` where the snapshot cannot be read or written, and `tidegate contract` on bad documents.

use std::fs;
#[cfg(target_os = "linux")]
use std::os::unix::{
    fs::{MetadataExt as _, PermissionsExt as _},
    process::CommandExt as _,
};
#[cfg(target_os = "linux")]
use std::process::Command;

use serde_json::{Value, json};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, codes};

const SNAPSHOT: &str = "tidegate.contract.json";

fn app() -> App {
    App::start(|_| Reply::json(200, &json!({ "id": 7, "name": "Ms. Confidential" })))
}

fn learning(url: &str, key: &str) -> Project {
    Project::new(&format!(
        "version: 1\nname: test\nenvironments: {{ local: {{ kind: local, url: \"{url}\" }} }}\ncontract: {key}\nchecks:\n  a: {{ flow: [{{ get: /things, expect: 200 }}] }}\n"
    ))
}

#[test]
fn what_is_learned_holds_no_value() {
    let app = app();
    let project = learning(app.url(), "learn");
    project.run(&["--no-preflight"]).0.expect(0).says(SNAPSHOT);
    let text = fs::read_to_string(project.path().join(SNAPSHOT)).expect("the snapshot");
    assert!(
        text.contains("\"name\"") && !text.contains("Confidential"),
        "{text}"
    );
}

#[test]
fn a_snapshot_that_is_damaged_is_named_and_left_as_it_is() {
    let app = app();
    for damaged in [
        "{\"version\":",
        "",
        "[]",
        "{\"version\": 99, \"answers\": {}}",
        "\u{0}\u{1}",
    ] {
        for arguments in [&["--no-preflight"][..], &["--no-preflight", "--update"]] {
            let project = learning(app.url(), "learn");
            project.write(SNAPSHOT, damaged);
            let (ran, _) = project.run(arguments);
            ran.expect(3).says(SNAPSHOT).never_says("panicked");
            let left = fs::read_to_string(project.path().join(SNAPSHOT)).expect("it is there");
            assert_eq!(left, damaged, "{arguments:?}");
        }
    }
}

#[test]
fn a_snapshot_outside_the_folder_is_neither_read_nor_written() {
    let app = app();
    for path in ["../contract.json", "/proc/nowhere/contract.json"] {
        let project = learning(app.url(), &format!("{{ learn: {path} }}"));
        project.run(&["--no-preflight"]).0.expect(3).says(path);
    }
}

#[test]
fn a_snapshot_below_a_file_is_an_error_with_its_line() {
    let app = app();
    let project = learning(app.url(), "{ learn: taken/contract.json }");
    project.write("taken", "a file");
    let (ran, _) = project.run(&["--no-preflight"]);
    ran.expect(3)
        .says("taken/contract.json")
        .says("tidegate.yaml:4:20");
}

/// The kernel lets root write everywhere, so root gives the rights up.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_said() {
    const NOBODY: u32 = 65_534;
    let app = app();
    let project = learning(app.url(), "learn");
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o555)).expect("chmod");
    // Cargo's folders may be closed to others.
    let programs = tempfile::tempdir().expect("a temporary folder");
    fs::set_permissions(programs.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
    let program = programs.path().join("tidegate");
    fs::copy(env!("CARGO_BIN_EXE_tidegate"), &program).expect("a copy of the binary");
    let mut command = Command::new(program);
    command.args(["run", "--no-preflight"]).env_clear();
    if fs::metadata("/proc/self").expect("/proc").uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.current_dir(project.path()).output();
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
    let ran = Ran::of(output.expect("the binary runs"));
    ran.says(SNAPSHOT)
        .says("could not be written")
        .never_says("panicked");
    assert!(!project.path().join(SNAPSHOT).exists());
}

/// Two files compared without a gate.
fn compared(base: &str, head: &str) -> Ran {
    let project = Project::new("");
    project.write("base.json", base);
    project.write("head.json", head);
    let ran = project.tidegate(&["contract", "base.json", "head.json"]);
    ran.never_says("panicked");
    ran
}

fn document(title: &str) -> Value {
    json!({ "openapi": "3.1.0", "info": { "title": title, "version": "1" }, "paths": {} })
}

#[test]
fn documents_that_cannot_be_read_are_wrong_usage_of_the_comparison() {
    let good = document("Things").to_string();
    compared(&good, &good).expect(0);
    for bad in ["", "{", "\u{0}", "{\"swagger\": \"2.0\", \"paths\": {}}"] {
        compared(&good, bad).expect(2).says("head.json");
        compared(bad, &good).expect(2).says("base.json");
    }
    let project = Project::new("");
    project.write("base.json", &good);
    let ran = project.tidegate(&["contract", "base.json", "nowhere.json"]);
    ran.expect(2).says("nowhere.json");
}

#[test]
fn a_comparison_survives_circles_and_references_over_the_network() {
    let mut circle = document("Things");
    circle["paths"] = json!({ "/things": { "$ref": "#/paths/~1things" } });
    circle["components"] = json!({ "schemas": {
        "A": { "$ref": "#/components/schemas/A" },
        "B": { "$ref": "https://schemas.example/b.json" },
        "C": { "properties": { "c": { "$ref": "#/components/schemas/C" } } },
    } });
    let circle = circle.to_string();
    let ran = compared(&circle, &circle);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_served_document_that_is_none_is_no_agreement() {
    let head = "contract: { changes: { base: base.json, head: /openapi.json } }";
    for (status, body) in [
        (404, "{}"),
        (200, "<html>"),
        (200, "{\"openapi\": \"3.1.0\""),
    ] {
        let app = App::start(move |_| Reply::bytes(status, "application/json", body));
        let project = Project::checking(app.url(), &format!("  agreed: {{ {head} }}\n"));
        project.write("base.json", document("Things").to_string());
        let (ran, report) = project.run(&["--no-preflight"]);
        ran.expect(3).says("/openapi.json").never_says("panicked");
        assert_eq!(codes(&report), [""; 0], "{body}");
    }
}
