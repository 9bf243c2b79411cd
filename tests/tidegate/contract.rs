//! `tidegate contract` and the kind, with a real repository.

use crate::support::{Project, codes};

const OLD: &str = "\
openapi: 3.1.0
info: { title: t, version: '1' }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths:
  /records:
    get: { security: [{ token: [] }], responses: { '200': { description: ok } } }
";

fn open(document: &str) -> String {
    document.replace("security: [{ token: [] }], ", "")
}

/// A project whose branch takes the login away from an operation.
fn project() -> Project {
    let project = Project::checking(
        "http://127.0.0.1:9",
        "  interface: { contract: { operations: off } }\n",
    );
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    project.write("tidegate.yaml", gate + "openapi: openapi.yaml\n");
    project.write("openapi.yaml", OLD);
    project.git(&["init", "--quiet", "--initial-branch", "main"]);
    project.git(&["add", "--all"]);
    project.git(&["commit", "--quiet", "--message", "first"]);
    project.git(&["checkout", "--quiet", "-b", "change"]);
    project.write("openapi.yaml", open(OLD));
    project
}

#[test]
fn the_command_says_what_breaks_and_ends_by_it() {
    let project = project();
    project.write("old.yaml", OLD);
    let compare = |more: &[&str]| {
        let arguments = ["contract", "old.yaml", "openapi.yaml"];
        project.tidegate(&[&arguments, more].concat())
    };
    compare(&[])
        .expect(1)
        .says("contract/authentication-removed")
        .says("base old.yaml:6");
    compare(&["--fail-on", "never", "--format", "markdown"])
        .expect(0)
        .says("## Breaking");
    let ran = compare(&["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.expect(1).stdout).expect("JSON");
    assert_eq!(report["changes"][0]["severity"], "critical");
    let back = [
        "contract",
        "openapi.yaml",
        "git:main:openapi.yaml",
        "--format",
        "json",
    ];
    project
        .tidegate(&back)
        .expect(1)
        .says("contract/authentication-added");
    let same = [
        "contract",
        "git:main:openapi.yaml",
        "old.yaml",
        "--fail-on",
        "any",
    ];
    project.tidegate(&same).expect(0).says("No change");
}

#[test]
fn what_the_command_cannot_read_is_told_with_how_to_mend_it() {
    let project = project();
    project.write("broken.yaml", "openapi: [\n");
    for (base, wanted) in [
        (
            "gone.yaml",
            "gone.yaml cannot be read: there is no such file",
        ),
        ("broken.yaml", "broken.yaml"),
        ("git:nowhere:openapi.yaml", "`nowhere` is not a revision"),
        ("git:main:gone.yaml", "there is no gone.yaml at `main`"),
        ("git:main", "git:origin/main:openapi.yaml"),
        ("https://acme.example/openapi.json", "contacts nobody"),
    ] {
        project
            .tidegate(&["contract", base, "openapi.yaml"])
            .expect(2)
            .says(wanted);
    }
}

#[test]
fn a_gate_blocks_what_its_branch_breaks() {
    let project = project();
    let (ran, report) = project.run(&["--no-preflight"]);
    ran.expect(1);
    assert_eq!(codes(&report), ["contract/authentication-removed"]);
    project.write("openapi.yaml", OLD);
    project.run(&["--no-preflight"]).0.expect(0);
}
