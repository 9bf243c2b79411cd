//! Plugins through the binary: declared, locked, run, changed, and refused.

mod lock_files;
mod updates;

use std::path::Path;

use serde_json::Value;
use tidegate_plugin::interface::types::{
    Capability, Code, Description, Effort, Outcome, Power, Severity,
};

use crate::guest::{self, Guest};
use crate::support::{Project, Ran};

/// The component's place in a project.
const FILE: &str = "plugins/invoice-totals.wasm";

const GATE: &str = "version: 1
name: test
environments:
  local: { kind: local, url: \"http://127.0.0.1:9\" }
plugins:
  invoice-totals:
    path: plugins/invoice-totals.wasm
    grant: { target: read }
checks:
  totals: { plugin/invoice-totals: { currency: EUR } }
";

/// A plugin: which version, what it asks for beyond reading, and whether it finds something.
struct Made {
    version: &'static str,
    more: Vec<(Power, bool)>,
    finds: bool,
}

fn made(version: &'static str) -> Made {
    Made {
        version,
        more: Vec::new(),
        finds: false,
    }
}

impl Made {
    fn finding(mut self) -> Self {
        self.finds = true;
        self
    }

    fn asking(mut self, power: Power, optional: bool) -> Self {
        self.more.push((power, optional));
        self
    }

    fn description(&self) -> Description {
        let asks = |power: Power, optional: bool| Capability {
            power,
            reason: "to read the invoices".to_owned(),
            optional,
        };
        let mut capabilities = vec![asks(Power::TargetRead, false)];
        for (power, optional) in &self.more {
            capabilities.push(asks(power.clone(), *optional));
        }
        Description {
            version: self.version.to_owned(),
            config_schema: r#"{
              "type": "object",
              "properties": { "currency": { "type": "string", "description": "Of the invoices." } },
              "additionalProperties": false
            }"#
            .to_owned(),
            codes: vec![Code {
                slug: "total-differs".to_owned(),
                summary: "An invoice has another total than its lines".to_owned(),
                severity: Severity::High,
                impact: "A client pays the wrong amount.".to_owned(),
                remedy: "Compute the total from the lines.".to_owned(),
                effort: Effort::Small,
            }],
            capabilities,
            ..guest::description()
        }
    }

    fn component(&self) -> Vec<u8> {
        let findings = if self.finds {
            vec![guest::finding()]
        } else {
            Vec::new()
        };
        let outcome = Outcome {
            findings,
            ..guest::outcome()
        };
        Guest::described(&self.description(), "")
            .answers(&outcome)
            .component()
    }
}

/// A project with a component and the gate file above.
fn project(made: &Made) -> Project {
    let project = Project::new(GATE);
    std::fs::create_dir(project.path().join("plugins")).expect("a folder");
    project.write(FILE, made.component());
    project
}

/// The program in a project, with a cache of its own.
fn tidegate(project: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = project.command(arguments);
    command
        .env("TIDEGATE_CACHE", project.path().join("cache"))
        .envs(variables.iter().copied());
    let ran = Ran::of(command.output().expect("the binary runs"));
    Ran {
        stdout: unfolded(&ran.stdout),
        stderr: unfolded(&ran.stderr),
        ..ran
    }
}

/// A text without the line breaks that the width of a page asks for.
fn unfolded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn run(project: &Project, arguments: &[&str]) -> (Ran, Value) {
    let mut all = vec![
        "run",
        "--no-preflight",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ];
    all.extend(arguments);
    (tidegate(project, &[], &all), project.report())
}

fn lock_of(project: &Project) -> Value {
    let text = std::fs::read_to_string(project.path().join("tidegate.lock"));
    serde_json::from_str(&text.expect("a lock file")).expect("JSON")
}

#[test]
fn a_plugin_is_added_locked_and_blocks_a_deploy() {
    let project = Project::new(GATE.split("plugins:").next().expect("a head"));
    std::fs::create_dir(project.path().join("plugins")).expect("a folder");
    project.write(FILE, made("1.2.0").finding().component());
    let added = tidegate(&project, &[], &["plugin", "add", "invoice-totals", FILE]);
    added
        .expect(0)
        .says("It asks for powers")
        .says("sends requests that read from the environment")
        .says("what for: to read the invoices")
        .says("tidegate.lock is written: commit it.");
    let lines =
        "plugins: invoice-totals: path: \"plugins/invoice-totals.wasm\" grant: target: read";
    assert_eq!(added.stdout, lines);
    let written = tidegate(
        &project,
        &[],
        &["plugin", "add", "invoice-totals", FILE, "--write"],
    );
    written.expect(0).says("tidegate.lock has it already");
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file");
    project.write(
        "tidegate.yaml",
        format!("{gate}checks:\n  totals: {{ plugin/invoice-totals: {{ currency: EUR }} }}\n"),
    );
    let (ran, report) = run(&project, &[]);
    ran.expect(1).says("plugin/invoice-totals/total-differs");
    assert!(
        report
            .to_string()
            .contains("plugin/invoice-totals/total-differs")
    );
    project.write(FILE, made("1.2.1").component());
    let (ran, _) = run(&project, &[]);
    ran.expect(0)
        .says("version 1.2.0 became 1.2.1")
        .says("locked anew");
}

#[test]
fn what_a_plugin_says_needs_no_component() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    std::fs::remove_file(project.path().join(FILE)).expect("it was there");
    tidegate(&project, &[], &["plan"])
        .expect(0)
        .says("sends requests that read from the environment");
    tidegate(&project, &[], &["checks"])
        .expect(0)
        .says("plugin/invoice-totals");
    tidegate(
        &project,
        &[],
        &["explain", "plugin/invoice-totals/total-differs"],
    )
    .expect(0)
    .says("A client pays the wrong amount.");
    tidegate(&project, &[], &["explain", "plugin/invoice-totals"])
        .expect(0)
        .says("1.2.0");
    let schema = tidegate(&project, &[], &["schema"]);
    let schema: Value = serde_json::from_str(&schema.stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let gate = |currency: Value| {
        serde_json::json!({
            "version": 1, "name": "a",
            "environments": { "local": { "kind": "local", "url": "http://127.0.0.1:9" } },
            "checks": { "totals": { "plugin/invoice-totals": { "currency": currency } } },
        })
    };
    assert!(validator.is_valid(&gate("EUR".into())));
    assert!(!validator.is_valid(&gate(7.into())));
    let (ran, _) = run(&project, &[]);
    ran.expect(3).says("cannot be read");
    tidegate(&project, &[], &["plugin", "list"])
        .expect(0)
        .says("1.2.0");
}

#[test]
fn a_check_of_a_plugin_is_wrong_at_its_line() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("`invoice-totals` is not in tidegate.lock")
        .says("tidegate plugin update invoice-totals");
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    project.write("tidegate.yaml", GATE.replace("currency:", "curency:"));
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("tidegate.yaml:10")
        .says("curency");
    project.write(
        "tidegate.yaml",
        GATE.replace("grant: { target: read }", "grant: {}"),
    );
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("needs a power that is not granted")
        .says("target: read");
    project.write(
        "tidegate.yaml",
        GATE.replace("{ target: read }", "{ target: read, recorded: true }"),
    );
    tidegate(&project, &[], &["run", "--no-preflight"])
        .expect(0)
        .says("granted what it does not ask for");
}

#[test]
fn another_component_is_refused_where_nobody_agreed() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    project.write(FILE, made("1.2.1").component());
    let before = lock_of(&project);
    tidegate(&project, &[], &["plan", "--locked"])
        .expect(2)
        .says("tidegate.yaml:7")
        .says("is not the one in tidegate.lock")
        .says("tidegate plugin update invoice-totals");
    tidegate(&project, &[("CI", "true")], &["plan"]).expect(2);
    assert_eq!(lock_of(&project), before);
    tidegate(&project, &[], &["plan"])
        .expect(0)
        .says("locked anew");
    assert_ne!(lock_of(&project), before);
    let host = Power::Host("https://api.stripe.com".to_owned());
    project.write(FILE, made("1.3.0").asking(host, true).component());
    tidegate(&project, &[], &["plan"])
        .expect(2)
        .says("changed and asks for more")
        .says("https://api.stripe.com");
}

#[test]
fn an_embedder_uses_plugins_as_they_are_locked_or_not_at_all() {
    let project = project(&made("1.2.0"));
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    let builder = || tidegate::Gate::builder(project.gate());
    assert!(builder().load().is_ok());
    let off = builder()
        .plugins(false)
        .load()
        .err()
        .expect("it is refused");
    assert_eq!(off.diagnostics()[0].message, "plugins are switched off");
    project.write(FILE, made("1.2.1").component());
    assert!(builder().load().is_err());
    assert!(builder().locked(false).load().is_ok());
    assert!(builder().load().is_ok(), "it was locked anew");
}

/// A project in a repository whose base is committed.
fn committed(made: &Made) -> Project {
    let project = project(made);
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    project.write(".gitignore", "cache\n.tidegate\nreport.json\n");
    project.git(&["init", "--quiet", "--initial-branch=main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message=base"]);
    project
}

#[test]
fn a_change_of_a_plugin_is_told_and_one_from_a_fork_is_refused() {
    let project = committed(&made("1.2.0"));
    project.git(&["checkout", "--quiet", "-b", "topic"]);
    project.write(FILE, made("2.0.0").component());
    tidegate(&project, &[], &["plugin", "update"]).expect(0);
    project.git(&["add", "."]);
    project.git(&["commit", "--quiet", "--message=another"]);
    let (ran, _) = run(&project, &["--changed-since", "main"]);
    ran.expect(0)
        .says("The plugin `invoice-totals` is another component");
    let (head, base) = (
        project.git(&["rev-parse", "topic"]),
        project.git(&["rev-parse", "main"]),
    );
    let event = serde_json::json!({ "pull_request": {
        "number": 7,
        "user": { "login": "eve" },
        "head": { "sha": head, "ref": "topic", "repo": { "full_name": "eve/portal" } },
        "base": { "sha": base, "ref": "main", "repo": { "full_name": "acme/portal" } },
    }});
    let file = project.path().join("cache/event.json");
    std::fs::write(&file, event.to_string()).expect("the event is written");
    let variables = [
        ("GITHUB_ACTIONS", "true"),
        ("CI", "true"),
        ("GITHUB_EVENT_NAME", "pull_request"),
        ("GITHUB_EVENT_PATH", file.to_str().expect("Unicode")),
        ("GITHUB_SHA", head.as_str()),
        ("GITHUB_REPOSITORY", "acme/portal"),
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_RUN_ID", "42"),
    ];
    let refused = tidegate(&project, &variables, &["run", "--no-preflight"]);
    refused.expect(2).says("is not the one in tidegate.lock");
}

#[test]
fn the_lock_file_is_read_where_the_gate_file_is() {
    let project = project(&made("1.2.0"));
    std::fs::create_dir(project.path().join("portal")).expect("a folder");
    let gate = GATE.replace("path: plugins", "path: ../plugins");
    project.write("portal/tidegate.yaml", gate);
    let at = |arguments: &[&str]| {
        let mut all = vec!["--gate", "portal/tidegate.yaml"];
        all.extend(arguments);
        tidegate(&project, &[], &all)
    };
    at(&["plugin", "update"]).expect(0);
    assert!(Path::new(&project.path().join("portal/tidegate.lock")).is_file());
    at(&["run", "--no-preflight", "--locked"]).expect(0);
    at(&["checks"]).expect(0).says("plugin/invoice-totals");
    tidegate(&project, &[], &["checks"])
        .expect(0)
        .never_says("plugin/invoice-totals");
}
