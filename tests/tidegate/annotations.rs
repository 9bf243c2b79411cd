//! Runs in GitHub Actions: what stands in the log, on the lines of the change, in the step's summary
//! and in its outputs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran};

/// A check that creates a record and wants 201.
fn creating(id: &str) -> String {
    format!(
        r#"  {id}:
    as: anna
    flow:
      - post: /api/records
        json: {{ title: "${{unique}}" }}
        expect: 201
        capture: {{ record: $.id }}
        cleanup: {{ delete: "/api/records/${{record}}" }}
"#
    )
}

fn gate(url: &str, checks: &str) -> String {
    let password = Passwords::default();
    let password = password.of("anna");
    format!(
        "version: 1
name: portal
environments:
  local: {{ kind: local, url: \"{url}\" }}
identities:
  anna: {{ login: {{ post: /api/login, json: {{ email: anna@acme.example, password: \"{}\" }}, bearer: $.token }} }}
checks:
{checks}",
        password.reveal()
    )
}

/// A repository whose gate file lies in `apps/portal`, and the files of a step of a workflow.
struct Step {
    repository: Project,
    files: tempfile::TempDir,
    base: String,
}

impl Step {
    /// A repository with one commit on `main`; what comes next is a change on a branch.
    fn new(gate: &str) -> Self {
        let mut step = Self {
            repository: Project::new("not this one\n"),
            files: tempfile::tempdir().expect("a folder"),
            base: String::new(),
        };
        step.git(&["init", "--quiet", "--initial-branch=main"]);
        step.write("apps/portal/tidegate.yaml", gate);
        step.base = step.commit();
        step.git(&["checkout", "--quiet", "-b", "change"]);
        step
    }

    fn path(&self, name: &str) -> PathBuf {
        self.repository.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        fs::write(path, content).expect("the file is written");
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.repository.git(arguments)
    }

    fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Runs the gate as a step of a pull request's workflow.
    fn run(&self, arguments: &[&str]) -> Ran {
        let head = self.git(&["rev-parse", "HEAD"]);
        let repository = json!({ "full_name": "acme/portal", "default_branch": "main" });
        let event = json!({
            "repository": repository,
            "pull_request": {
                "number": 7,
                "user": { "login": "mia" },
                "head": { "sha": head, "ref": "change", "repo": repository },
                "base": { "sha": self.base, "ref": "main", "repo": repository },
            },
        });
        let file = |name: &str| self.files.path().join(name);
        fs::write(file("event.json"), event.to_string()).expect("the event is written");
        let all = [
            "run",
            "--gate",
            "apps/portal/tidegate.yaml",
            "--no-preflight",
        ];
        let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
        let mut command = self.repository.command(&all);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("CI", "true")
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_EVENT_PATH", file("event.json"))
            .env("GITHUB_SHA", head)
            .env("GITHUB_REPOSITORY", "acme/portal")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_RUN_ID", "42")
            .env("GITHUB_STEP_SUMMARY", file("summary.md"))
            .env("GITHUB_OUTPUT", file("outputs"));
        Ran::of(command.output().expect("the binary runs"))
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.files.path().join(name)).unwrap_or_default()
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = self.file("outputs");
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// The commands that GitHub's runner would obey in a log: the name, and the properties by name.
fn commands(log: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let heads = log.split(['\n', '\r']).filter_map(|line| {
        let newer = line.trim_start().strip_prefix("::");
        let newer = newer.and_then(|rest| Some(rest.split_once("::")?.0));
        let older = || Some(line.split_once("##[")?.1.split_once(']')?.0);
        newer.or_else(older)
    });
    let read = heads.map(|head| {
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let pairs = properties
            .split(',')
            .filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        (name.to_owned(), pairs.collect())
    });
    read.collect()
}

const ALL: &[&str] = &[
    "--report",
    "terminal",
    "--report",
    "annotations",
    "--report",
    "step-summary",
    "--report",
    "outputs",
];

/// The line on which a text stands the last time.
fn line_of(path: &Path, text: &str) -> String {
    let content = fs::read_to_string(path).expect("the file is there");
    let found = content
        .lines()
        .enumerate()
        .filter(|(_, line)| line.contains(text));
    let (index, _) = found.last().expect("the text is there");
    (index + 1).to_string()
}

#[test]
fn a_pull_request_has_its_findings_on_its_lines_first() {
    let options = Options {
        breaks: [Break::Create500].into_iter().collect(),
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let old = format!(
        "  no-new-secrets: {{ secrets: {{}} }}\n{}",
        creating("create-record")
    );
    let step = Step::new(&gate(&portal.url(), &old));
    let new = format!("{old}{}", creating("create-another"));
    step.write("apps/portal/tidegate.yaml", &gate(&portal.url(), &new));
    let key = format!("sk_live{}", "_4eC39HqLyjWDarjtT1zdp8dcX");
    step.write("lib/pay.js", &format!("// pays\nconst key = \"{key}\";\n"));
    let head = step.commit();
    fs::write(step.files.path().join("summary.md"), "What others wrote").expect("written");
    fs::write(step.files.path().join("outputs"), "before=1\n").expect("written");

    let ran = step.run(ALL);
    ran.expect(1).never_says(&key);
    let told = commands(&(ran.stdout.clone() + &ran.stderr));
    let errors = told.iter().filter(|(name, _)| name == "error");
    let places: Vec<(&str, &str, &str)> = errors
        .map(|(name, properties)| (&**name, &*properties["file"], &*properties["line"]))
        .collect();
    let gate_file = "apps/portal/tidegate.yaml";
    let added = line_of(&step.path(gate_file), "expect: 201");
    let unchanged = (added.parse::<usize>().expect("a number") - 8).to_string();
    assert_eq!(
        places,
        [
            ("error", "lib/pay.js", "2"),
            ("error", gate_file, &*added),
            ("error", gate_file, &*unchanged),
        ],
        "{}",
        ran.stdout
    );
    // What could not be removed again is told where it was to be removed.
    let warned = |line: &str| {
        let line = line_of(&step.path(gate_file), line);
        told.iter()
            .any(|(name, one)| name == "warning" && one["line"] == line)
    };
    assert!(warned("cleanup:"), "{told:?}");
    assert!(
        ran.stdout
            .contains("title=flow/status in create-record (high)::")
    );
    let last_words = ran.stdout.find("::error").expect("there are annotations");
    assert!(
        !ran.stdout[last_words..]
            .lines()
            .any(|line| !line.starts_with("::"))
    );

    let summary = step.file("summary.md");
    let mut lines = summary.lines();
    assert_eq!(lines.next(), Some("What others wrote"));
    let first = lines.next().unwrap_or_default();
    assert!(first.starts_with("❌ **This deploy is blocked: 3 of 3 checks found a problem.** 3 of 3 checks ran. It keeps the pull request"), "{first}");
    let link = format!("https://github.com/acme/portal/blob/{head}/{gate_file}#L{added}");
    assert!(summary.contains(&link), "{link} in {summary}");
    assert!(summary.contains("on a line of this change"));
    assert!(!summary.contains(&key));

    let outputs = step.outputs();
    let expected = [
        ("before", "1"),
        ("verdict", "block"),
        ("exit-code", "1"),
        ("executed", "3"),
        ("total", "3"),
        ("blocking", "3"),
    ];
    for (name, value) in expected {
        assert_eq!(
            outputs.get(name).map(String::as_str),
            Some(value),
            "{name}: {outputs:?}"
        );
    }
}

#[test]
fn what_a_portal_answers_is_no_command_anywhere_in_the_log() {
    let hostile = "x\n::set-env name=PATH::/tmp\n  ::add-mask::a\n##[error]b\n\u{1b}[1m::stop-commands::t\r::error::c\u{85}::debug::d";
    let app = App::start(|_| Reply::text(500, hostile).header("x-hostile", "::error::in a header"));
    let checks = "  home:
    flow:
      - get: /
        expect: { status: 200, body: { contains: \"::error::wanted\" } }
  \"::warning::named\":
    flow:
      - name: \"##[group]a step\"
        get: /a
        expect: 200
";
    let step = Step::new("version: 1\n");
    let gate = format!(
        "version: 1\nname: \"::error::gate\"\nenvironments:\n  local: {{ kind: local, url: \"{}\" }}\nchecks:\n{checks}",
        app.url()
    );
    step.write("apps/portal/tidegate.yaml", &gate);
    step.commit();
    let formats = [
        "json",
        "junit",
        "markdown",
        "sarif",
        "gitlab",
        "html",
        "outputs",
        "step-summary",
    ];
    let printed = formats.map(|format| format!("{format}=-"));
    let printed = printed
        .iter()
        .map(|report| vec!["--report", report.as_str()]);
    for arguments in std::iter::once(ALL.to_vec()).chain(printed) {
        let ran = step.run(&arguments);
        for (name, properties) in commands(&(ran.stdout.clone() + "\n" + &ran.stderr)) {
            let known = ["error", "warning"].contains(&&*name);
            assert!(known, "{name} in {}{}", ran.stdout, ran.stderr);
            assert_eq!(
                properties["file"], "apps/portal/tidegate.yaml",
                "{arguments:?}"
            );
        }
    }
}

#[test]
fn an_argument_that_is_repeated_is_no_command() {
    let project = Project::new("version: 1\n");
    for argument in [
        "--x\n::add-mask::y",
        "--##[add-path]x",
        "--report=\n::error::x",
    ] {
        let ran = project.tidegate(&["run", argument]);
        let told = commands(&(ran.stdout.clone() + &ran.stderr));
        assert!(
            ran.expect(2).stderr.contains("error:") && told.is_empty(),
            "{told:?}"
        );
    }
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_has_its_exit_code() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let checks = "  home:\n    flow: [{ get: /, expect: 200 }]\n";
    let gate = format!(
        "version: 1\nname: portal\nenvironments:\n  local: {{ kind: local, url: \"{}\" }}\nchecks:\n{checks}",
        app.url()
    );
    let step = Step::new(&gate);
    step.write("taken", "a file, where a folder would have to be");
    let ran = step.run(&["--report", "outputs", "--report", "json=taken/gate.json"]);
    ran.expect(5)
        .says("the json report could not be written to taken/gate.json");
    assert_eq!(step.outputs()["exit-code"], "5");
    assert_eq!(step.outputs()["verdict"], "allow");
    let ran = step.run(&["--report", "json=taken/gate.json?"]);
    ran.expect(0).says("could not be written");

    let full = vec![b'x'; 1024 * 1024];
    fs::write(step.files.path().join("summary.md"), full).expect("written");
    step.run(&["--report", "step-summary"])
        .expect(5)
        .says("the step-summary report could not be written")
        .says("GitHub takes at most 1 MiB");
}

#[test]
fn outside_of_a_step_there_is_no_file_for_its_summary() {
    let project = Project::checking(
        "http://127.0.0.1:9",
        "  home:\n    flow: [{ get: /, expect: 200 }]\n",
    );
    project
        .tidegate(&["run", "--report", "step-summary"])
        .expect(2)
        .says("there is no file for the step-summary report: GITHUB_STEP_SUMMARY is not set");
    let ran = project.tidegate(&[
        "run",
        "--no-preflight",
        "--report",
        "outputs?",
        "--report",
        "step-summary=gate.md",
    ]);
    ran.expect(1);
    let summary = fs::read_to_string(project.path().join("gate.md")).expect("the summary");
    assert!(
        summary.starts_with("❌ **This deploy is blocked"),
        "{summary}"
    );
}
