//! Reports made later from the JSON report, and what changed since the last gate.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;
use tidegate_client_portal::{Options, start_blocking};

use crate::support::{Project, Ran, watched};

/// One check that passes and one that a word in the page fails.
fn project(url: &str, word: &str) -> Project {
    Project::checking(url, &checks(word))
}

fn checks(word: &str) -> String {
    format!(
        "  alive: {{ flow: [{{ get: /health, expect: 200 }}] }}\n  \
         page:\n    flow:\n      - get: /health\n        expect: {{ status: 200, body: {{ contains: {word} }} }}\n"
    )
}

/// The reports that a run and `render` are held against each other in.
const FORMATS: [&str; 6] = ["json", "junit", "markdown", "sarif", "gitlab", "html"];

fn asked(prefix: &str) -> Vec<String> {
    FORMATS
        .iter()
        .flat_map(|format| ["--report".to_owned(), format!("{format}={prefix}.{format}")])
        .collect()
}

fn read(project: &Project, name: &str) -> String {
    fs::read_to_string(project.path().join(name)).expect("the report is there")
}

/// A report of a run that blocked, as `report.json`.
fn blocked() -> Project {
    let portal = start_blocking(Options::default()).expect("the portal starts");
    let project = project(&portal.url(), "absent-word");
    let (ran, _) = project.run(&[]);
    ran.expect(1);
    project
}

#[test]
fn every_report_made_later_is_the_one_that_the_run_wrote() {
    let portal = start_blocking(Options::default()).expect("the portal starts");
    let project = project(&portal.url(), "absent-word");
    let arguments = asked("run");
    let mut run = vec!["run"];
    run.extend(arguments.iter().map(String::as_str));
    project.tidegate(&run).expect(1);
    let arguments = asked("later");
    let mut render = vec!["render", "run.json"];
    render.extend(arguments.iter().map(String::as_str));
    let rendered = project.tidegate(&render);
    rendered.expect(0);
    assert_eq!(rendered.stdout, "");
    for format in FORMATS {
        let text = read(&project, &format!("run.{format}"));
        assert!(text.len() > 100, "{format}");
        assert!(
            text == read(&project, &format!("later.{format}")),
            "{format}"
        );
    }
}

#[test]
fn rendering_judges_nothing_and_shows_the_terminal_report_by_default() {
    let project = blocked();
    let shown = project.tidegate(&["render", "report.json"]);
    shown.expect(0).says("This deploy is blocked");
    let mut command = project.command(&["render", "-", "--report", "gitlab=-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the binary runs");
    let text = read(&project, "report.json");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(text.as_bytes()).expect("it reads all");
    drop(stdin);
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    ran.expect(0);
    let issues: Value = serde_json::from_str(&ran.stdout).expect("JSON alone");
    assert_eq!(issues[0]["check_name"], "flow/body");
}

#[test]
fn what_is_no_report_is_said_with_its_place() {
    let project = blocked();
    let whole = read(&project, "report.json");
    let cases = [
        ("{\"version\": 2}", "written by a newer Tidegate; update"),
        ("not json", "not JSON"),
        (&whole[..whole.len() / 2], "ends in the middle"),
        ("{}", "not a report of Tidegate"),
        (
            &whole.replacen("\"advisory\": false", "\"advisory\": 7", 1),
            "`run.advisory` of the report is wrong",
        ),
    ];
    for (text, told) in cases {
        project.write("bad.json", text);
        let ran = project.tidegate(&["render", "bad.json", "--report", "html=out.html"]);
        ran.expect(2).says("bad.json").says(told);
        assert!(!project.path().join("out.html").exists());
    }
    project
        .tidegate(&["render", "absent.json"])
        .expect(2)
        .says("absent.json cannot be read");
}

#[test]
fn a_huge_file_is_refused_in_little_memory() {
    let project = blocked();
    let file = fs::File::create(project.path().join("huge.json")).expect("a file is made");
    file.set_len(1024 * 1024 * 1024).expect("it becomes large");
    let mut command = project.command(&["render", "huge.json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (output, peak) = watched(command.spawn().expect("the binary runs"));
    Ran::of(output).expect(2).says("larger than 64 MiB");
    assert!(peak < 250_000, "{peak} kilobytes");
}

#[test]
fn a_required_report_that_cannot_be_written_is_a_failure_of_its_own() {
    let project = blocked();
    project
        .tidegate(&["render", "report.json", "--report", "html=absent/x.html"])
        .expect(5)
        .says("the html report could not be written to absent/x.html: its folder is not there");
    project
        .tidegate(&["render", "report.json", "--report", "html=absent/x.html?"])
        .expect(0);
    project
        .tidegate(&["render", "report.json", "--report", "yaml=x"])
        .expect(2)
        .says("`yaml` is not a report format")
        .says("help: The formats are terminal, json,");
}

#[test]
fn what_changed_since_the_last_gate_is_told() {
    let portal = start_blocking(Options::default()).expect("the portal starts");
    let project = project(&portal.url(), "absent-word");
    let (ran, _) = project.run(&[]);
    ran.expect(1);
    fs::rename(
        project.path().join("report.json"),
        project.path().join("last.json"),
    )
    .expect("it is kept");
    let gate = fs::read_to_string(project.gate()).expect("the gate file");
    project.write("tidegate.yaml", gate.replace("absent-word", "ok"));
    let (ran, report) = project.run(&["--previous", "last.json"]);
    ran.expect(0).says("1 fixed");
    assert_eq!(report["since"]["fixed"][0]["code"], "flow/body");
    assert_eq!(report["since"]["before"]["verdict"], "block");
    // It stands in the JSON report, so every report made later tells it, too.
    project
        .tidegate(&["render", "report.json"])
        .says("1 fixed; ")
        .expect(0);
    // What is back after it was fixed comes and goes.
    let back = project.tidegate(&["render", "last.json", "--previous", "report.json"]);
    back.expect(0).says("1 flaky");
}

#[test]
fn an_earlier_report_that_cannot_be_used_is_said_and_changes_nothing() {
    let project = blocked();
    let other =
        read(&project, "report.json").replacen("\"gate\": \"test\"", "\"gate\": \"shop\"", 1);
    project.write("other.json", other);
    project.write("broken.json", "{");
    let cases = [
        ("other.json", "the earlier report is of the gate `shop`"),
        ("broken.json", "ends in the middle"),
        ("absent.json", "absent.json cannot be read"),
    ];
    for (name, told) in cases {
        let (ran, report) = project.run(&["--previous", name, "--no-preflight"]);
        ran.says("nothing is compared with an earlier run")
            .says(told);
        assert_ne!(ran.code, Some(2), "{name}");
        assert_eq!(report.get("since"), None);
    }
}
