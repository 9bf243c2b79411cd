//! `tidegate plugin new` and `tidegate plugin test`, for whoever writes a plugin. What builds needs the tools of a
//! language and is run by a step of its own in `.ci/run`.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Project, Ran};

/// A folder without anything in it.
fn empty() -> Project {
    let project = Project::new("");
    fs::remove_file(project.gate()).expect("the gate file is removed");
    project
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn new(project: &Project, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = ["plugin", "new"]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let ran = project.tidegate(&all);
    ran.never_says("panicked");
    ran
}

#[test]
fn a_project_is_made_with_everything_it_needs_and_the_next_commands() {
    for (lang, own) in [
        ("rust", "src/lib.rs"),
        ("js", "check.js"),
        ("py", "check.py"),
    ] {
        let project = empty();
        let ran = new(&project, &["invoice-totals", "--lang", lang]);
        ran.expect(0)
            .says("cd invoice-totals")
            .says("tidegate plugin build")
            .says("tidegate plugin test")
            .says(own);
        let folder = project.path().join("invoice-totals");
        for file in [
            own,
            "README.md",
            ".gitignore",
            "tests/finds-it/case.yaml",
            "sdk/wit/check.wit",
        ] {
            assert!(folder.join(file).is_file(), "{lang} {file}");
        }
        assert_eq!(names(project.path()), ["invoice-totals"]);
    }
}

#[test]
fn missing_tools_are_told_at_once_with_how_to_get_them() {
    for (lang, help) in [
        ("rust", "rustup.rs"),
        ("js", "nodejs.org"),
        ("py", "python.org"),
    ] {
        let project = empty();
        let mut command = project.command(&["plugin", "new", "x", "--lang", lang]);
        let ran = Ran::of(
            command
                .env("PATH", "")
                .env_remove("RUSTC")
                .output()
                .expect("the binary runs"),
        );
        ran.expect(0).says(help);
        assert!(project.path().join("x/README.md").is_file());
    }
}

#[test]
fn a_folder_that_is_empty_is_filled_and_one_that_is_not_is_left_alone() {
    let project = empty();
    new(&project, &["totals", "--lang", "py", "--path", "."]).expect(0);
    let before = names(project.path());
    assert!(
        before.contains(&"requirements.txt".to_owned()),
        "{before:?}"
    );
    new(&project, &["totals", "--lang", "py", "--path", "."])
        .expect(2)
        .says("is not empty")
        .says("Nothing is overwritten");
    assert_eq!(names(project.path()), before);
    new(&project, &["totals", "--lang", "js"]).expect(0);
    let readme = project.path().join("totals/README.md");
    fs::write(&readme, "mine").expect("written");
    new(&project, &["totals", "--lang", "js"])
        .expect(2)
        .says("is not empty");
    assert_eq!(fs::read_to_string(readme).ok().as_deref(), Some("mine"));
}

#[test]
fn a_name_that_cannot_be_one_is_refused_with_a_better_one() {
    let project = empty();
    for (name, help) in [
        ("InvoiceTotals", "`invoice-totals`"),
        ("../escape", "`escape`"),
        ("a--b", "`a-b`"),
        ("std", "`std-rules`"),
        ("", "`invoice-totals`"),
    ] {
        new(&project, &[name, "--lang", "rust"])
            .expect(2)
            .says(help);
    }
    new(&project, &["x", "--lang", "cobol"])
        .expect(2)
        .says("rust");
    assert_eq!(names(project.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = empty();
    let locked = project.path().join("locked");
    fs::create_dir(&locked).expect("made");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).expect("locked");
    // Who may write everywhere is not kept out.
    let kept_out = fs::write(locked.join("probe"), "").is_err();
    if kept_out {
        new(&project, &["x", "--lang", "py", "--path", "locked/x"])
            .expect(2)
            .says("cannot be written");
        new(&project, &["x", "--lang", "py", "--path", "locked"])
            .expect(2)
            .says("cannot be written");
        assert_eq!(names(&locked), [""; 0]);
    }
    fs::write(project.path().join("file"), "").expect("written");
    new(&project, &["x", "--lang", "py", "--path", "file"])
        .expect(2)
        .says("is a file");
    new(&project, &["x", "--lang", "py", "--path", "file/x"]).expect(2);
}

/// A project with the golden guest as its component, and one case.
struct Golden(Project);

/// What answers everything that the golden guest asks for.
const CASE: &str = "as: anna
config: {}
context: { now: 2026-02-03T04:05:06Z, seed: 7 }
files: files
target:
  - { post: /api/invoices, on: db, json: [] }
recorded:
  - { check: list, get: /api/invoices, json: [] }
";

impl Golden {
    fn new(case: &str) -> Self {
        let project = empty();
        let text = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/plugin/golden/0.1.0.wat");
        project.write("golden.wasm", wat::parse_file(text).expect("a component"));
        fs::create_dir_all(project.path().join("tests/all/files/exports")).expect("made");
        project.write("tests/all/files/exports/a.csv", "1,2");
        project.write("tests/all/case.yaml", case);
        Self(project)
    }

    fn test(&self, arguments: &[&str]) -> Ran {
        let all: Vec<&str> = ["plugin", "test"]
            .into_iter()
            .chain(arguments.iter().copied())
            .collect();
        let mut command = self.0.command(&all);
        command.env("TIDEGATE_CACHE", self.0.path().join("cache"));
        let ran = Ran::of(command.output().expect("the binary runs"));
        ran.never_says("panicked");
        ran
    }

    fn expected(&self) -> PathBuf {
        self.0.path().join("tests/all/expect.json")
    }
}

#[test]
fn the_first_run_writes_what_came_and_the_next_ones_hold_it_against_that() {
    let golden = Golden::new(CASE);
    golden
        .test(&[])
        .expect(0)
        .says("all: written")
        .says("POST db:/api/invoices as anna → 200")
        .says("info: golden")
        .says("1 request");
    let text = fs::read_to_string(golden.expected()).expect("written");
    let written: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(written["evaluated"], 3);
    assert_eq!(written["findings"][0]["severity"], "critical");
    golden
        .test(&[])
        .expect(0)
        .says("all: as expected")
        .says("1 of 1 case as expected");

    fs::write(
        golden.expected(),
        text.replace("\"evaluated\": 3", "\"evaluated\": 4"),
    )
    .expect("written");
    golden
        .test(&["all"])
        .expect(1)
        .says("NOT as expected")
        .says("-  \"evaluated\": 4,")
        .says("+  \"evaluated\": 3,");
    golden.test(&["--update"]).expect(0).says("written");
    assert_eq!(fs::read_to_string(golden.expected()).ok(), Some(text));
}

#[test]
fn a_ci_system_does_not_write_what_is_expected() {
    let golden = Golden::new(CASE);
    let mut command = golden.0.command(&["plugin", "test"]);
    let ran = Ran::of(command.env("CI", "true").output().expect("the binary runs"));
    ran.expect(1).says("there is no expect.json");
    assert!(!golden.expected().exists());
}

#[test]
fn a_refusal_of_the_config_can_be_what_is_expected() {
    let golden = Golden::new(&CASE.replace("config: {}", "config: { wrong: 1 }"));
    golden.test(&[]).expect(0);
    let text = fs::read_to_string(golden.expected()).expect("written");
    assert!(text.contains("\"pointer\": \"/wrong\""), "{text}");
}

#[test]
fn a_request_without_an_answer_fails_the_case_and_names_the_nearest() {
    let golden = Golden::new(&CASE.replace("/api/invoices, on", "/api/invoice, on"));
    golden
        .test(&[])
        .expect(1)
        .says("no answer to POST db:/api/invoices as anna; the nearest is POST db:/api/invoice");
    assert!(!golden.expected().exists());
}

#[test]
fn limits_hold_in_tests_too() {
    let golden = Golden::new(&format!("{CASE}limits: {{ requests: 0 }}\n"));
    golden.test(&[]).expect(0);
    let text = fs::read_to_string(golden.expected()).expect("written");
    assert!(text.contains("limit `requests`"), "{text}");
}

#[test]
fn what_is_not_granted_is_denied_in_tests_too() {
    let golden = Golden::new(&format!("{CASE}grant: {{ target: read }}\n"));
    golden.test(&[]).expect(0).says("denied");
}

#[test]
fn what_a_cassette_does_not_have_is_told() {
    let golden = Golden::new("as: anna\ncassette: cassette.json\n");
    golden
        .test(&[])
        .expect(2)
        .says("not there yet")
        .says("--record");
    let context = serde_json::json!({
        "check": "all", "target": "https://portal.example", "environment": "preview", "environment_kind": "Preview",
        "deploy": null, "identity": "anna", "identities": ["anna"], "apis": ["db"], "now": 1, "seed": 2, "mark": "m",
    });
    let request = serde_json::json!({
        "method": "POST", "place": { "Api": ["db", "/api/other"] }, "route": null, "identity": null, "headers": [],
        "body": null, "timeout": null, "redirects": 0, "body_limit": null,
    });
    let call = serde_json::json!({ "send": { "request": request, "answer": { "Err": { "Connect": "gone" } } } });
    let tape = serde_json::json!({ "version": 1, "context": context, "calls": [call] });
    golden.0.write("tests/all/cassette.json", tape.to_string());
    golden.test(&[]).expect(1).says(
        "no answer to POST db:/api/invoices as anna; the nearest is POST db:/api/other as anna",
    );
    golden.0.write("tests/all/cassette.json", "{}");
    golden.test(&[]).expect(2).says("is no cassette");
}

#[test]
fn whatever_cannot_be_run_is_told_with_what_to_do() {
    let golden = Golden::new("target: [{ get: /a, sttus: 200 }]\n");
    golden
        .test(&[])
        .expect(2)
        .says("`sttus`")
        .says("tests/all/case.yaml");
    golden.test(&["al"]).expect(2).says("Did you mean `all`?");
    golden
        .test(&["--component", "nothing.wasm"])
        .expect(2)
        .says("tidegate plugin build");
    golden.0.write("other.wasm", "no component");
    golden.test(&[]).expect(2).says("several components");
    golden
        .test(&["--component", "other.wasm"])
        .expect(2)
        .says("no WebAssembly");
    let nothing = empty();
    nothing
        .tidegate(&["plugin", "test"])
        .expect(2)
        .says("has no case");
    nothing
        .tidegate(&["plugin", "build"])
        .expect(2)
        .says("tidegate plugin new");
    nothing.write("Cargo.toml", "");
    nothing.write("package.json", "");
    nothing
        .tidegate(&["plugin", "build"])
        .expect(2)
        .says("Cargo.toml and package.json");
}

#[test]
fn a_component_that_is_older_than_its_source_is_told() {
    let golden = Golden::new(CASE);
    let built = fs::metadata(golden.0.path().join("golden.wasm")).expect("a file");
    let later = built.modified().expect("a time") + std::time::Duration::from_secs(3_600);
    golden.0.write("check.py", "");
    let source = fs::File::options()
        .write(true)
        .open(golden.0.path().join("check.py"))
        .expect("opened");
    source.set_modified(later).expect("changed");
    golden
        .test(&[])
        .expect(0)
        .says("check.py was changed after");
}
