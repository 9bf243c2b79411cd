//! A change that weakens the gate that judges it: told first, stopped where the base protects it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tidegate::ci::{Beginning, Occasion, Search, Situation};
use tidegate::{Error, Gate, RunOptions, Verdict};
use tidegate_client_portal::{Options, RunningPortal, start_blocking};

use crate::support::{Project, Ran};

/// What stands in the gate file behind the environment.
const CHECKS: &str = r#"checks:
  healthy:
    flow:
      - name: the portal is healthy
        get: /health
        expect: { status: 200, time: { lt: 20s }, json: { $.status: ok } }
  strangers-stay-out:
    flow:
      - { get: /api/me, expect: 401 }
  page:
    flow:
      - { get: /, expect: 200 }
"#;

const WAIVER: &str = "waivers:\n  - { code: flow/status, check: page, owner: mia, reason: later, expires: 2099-12-31 }\n";

/// A repository in whose base the gate file is right, and a portal that it looks at.
struct Change {
    project: Project,
    portal: RunningPortal,
}

impl Change {
    fn new(before: &str) -> Self {
        let portal = start_blocking(Options::default()).expect("the portal starts");
        let project = Project::new("");
        let change = Self { project, portal };
        change.git(&["init", "-q", "-b", "main"]);
        change.write(before);
        change.commit("the gate");
        change.git(&["switch", "-q", "-c", "change"]);
        change
    }

    /// Writes the gate file: what stands behind the environment, or before it.
    fn write(&self, rest: &str) {
        self.write_as("tidegate.yaml", rest);
    }

    fn write_as(&self, name: &str, rest: &str) {
        let url = self.portal.url();
        let text = format!(
            "version: 1\nname: acme-portal\nenvironments:\n  local: {{ kind: local, url: \"{url}\" }}\n{rest}"
        );
        self.project.write(name, text);
    }

    fn git(&self, arguments: &[&str]) {
        self.project.git(arguments);
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", subject]);
    }

    fn run(&self) -> (Ran, Value) {
        self.project.run(&["--changed-since", "main"])
    }

    fn load(&self) -> Gate {
        let builder = Gate::builder(self.project.gate()).without_process_environment();
        builder.load().expect("the gate file is right")
    }
}

fn titles(report: &Value) -> Vec<String> {
    let first = &report["results"][0];
    if first["kind"] != "gate" {
        return Vec::new();
    }
    let findings = first["findings"].as_array().into_iter().flatten();
    findings
        .filter_map(|finding| finding["title"].as_str().map(str::to_owned))
        .collect()
}

/// One check less, a longer wait, and a waiver.
fn weaker() -> String {
    let checks = CHECKS
        .replace(
            "  strangers-stay-out:\n    flow:\n      - { get: /api/me, expect: 401 }\n",
            "",
        )
        .replace("lt: 20s", "lt: 60s");
    format!("{checks}{WAIVER}")
}

const WEAKER: [&str; 3] = [
    "The check `strangers-stay-out` was removed",
    "`expect.time.lt` in `the portal is healthy` of the check `healthy` was widened from 20s to 60s",
    "The waiver for `flow/status` was added, and does not apply to this change",
];

#[test]
fn a_change_that_weakens_its_gate_is_told_first_and_let_through_with_warnings() {
    let change = Change::new(CHECKS);
    change.write(&weaker());
    change.commit("make it pass");
    let (ran, report) = change.run();
    ran.expect(0).says("3 things want a look").says(WEAKER[0]);
    assert_eq!(titles(&report), WEAKER);
    assert_eq!(report["verdict"]["verdict"], "allow-with-warnings");
    let finding = &report["results"][0]["findings"][0];
    assert_eq!(finding["code"], "gate/weakened");
    assert_eq!(finding["location"]["file"], "tidegate.yaml");
    assert_eq!(finding["related"][0]["location"]["line"], 11);
}

#[test]
fn where_the_base_protects_the_gate_the_change_is_stopped_and_cannot_help_itself() {
    let change = Change::new(&format!("protect: true\n{CHECKS}"));
    change.write(&weaker());
    let (ran, report) = change.run();
    ran.expect(1)
        .says(WEAKER[0])
        .says("a change cannot take that back for itself");
    let told = titles(&report);
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(
        told.iter()
            .any(|title| title.contains("no longer protected")),
        "{told:?}"
    );
    for key in [
        "waivers: [{ code: gate/weakened, owner: a, reason: b, expires: 2099-01-01 }]",
        "policy: { levels: { gate/weakened: allow } }",
    ] {
        change.write(&format!("{CHECKS}{key}\n"));
        change.run().0.expect(2).says("gate/weakened");
    }
}

#[test]
fn what_a_change_says_it_can_live_with_counts_from_the_next_change_on() {
    let broken = CHECKS.replace("get: /, expect: 200", "get: /, expect: 204");
    let change = Change::new(&broken);
    change.write(&format!("{broken}{WAIVER}"));
    change
        .run()
        .0
        .expect(1)
        .says("was added, and does not apply");
    change.project.tidegate(&["baseline", "accept"]).expect(0);
    let (ran, report) = change.run();
    ran.expect(1);
    assert!(titles(&report).len() == 1, "{:?}", titles(&report));

    change.write(&broken);
    change.project.tidegate(&["baseline", "accept"]).expect(0);
    let (ran, report) = change.run();
    ran.expect(1).says("1 finding was added to the baseline");
    assert_eq!(report["results"][0]["findings"][0]["code"], "gate/weakened");

    change.commit("accept it");
    change.git(&["switch", "-q", "main"]);
    change.git(&["merge", "-q", "change"]);
    change.git(&["switch", "-q", "-c", "next"]);
    let (ran, report) = change.run();
    ran.expect(0);
    assert_eq!(titles(&report), Vec::<String>::new());
    assert_eq!(
        report["results"][2]["findings"][0]["suppressed"]["by"],
        "baseline"
    );
}

#[test]
fn a_waiver_of_the_base_applies_as_long_as_both_say() {
    let broken = CHECKS.replace("get: /, expect: 200", "get: /, expect: 204");
    let change = Change::new(&format!("{broken}{WAIVER}"));
    change.run().0.expect(0);
    change.write(&format!(
        "{broken}{}",
        WAIVER.replace("2099-12-31", "2999-12-31")
    ));
    change.run().0.expect(0).says("ends later");
    change.write(&broken);
    change.run().0.expect(1).never_says("gate/weakened");
}

#[test]
fn formatting_and_more_checks_are_nothing_to_tell() {
    let change = Change::new(CHECKS);
    let stricter = CHECKS.replace("lt: 20s", "lt: 10s").replace(
        "checks:\n",
        "\n# what must hold\nchecks:\n  more: { flow: [{ get: /health }] }\n",
    );
    change.write(&stricter);
    let (ran, report) = change.run();
    ran.expect(0).never_says("weaken");
    assert_eq!(titles(&report), Vec::<String>::new());
    assert_eq!(report["verdict"]["verdict"], "allow");
}

#[test]
fn a_branch_that_is_behind_has_removed_nothing() {
    let change = Change::new(CHECKS);
    change.git(&["switch", "-q", "main"]);
    change.write(&format!(
        "{CHECKS}  newer: {{ flow: [{{ get: /health }}] }}\n"
    ));
    change.commit("another check");
    change.git(&["switch", "-q", "change"]);
    let (ran, report) = change.run();
    ran.expect(0);
    assert_eq!(titles(&report), Vec::<String>::new());
}

#[test]
fn a_gate_file_that_moved_is_held_against_what_it_was() {
    let change = Change::new(CHECKS);
    let folder = change.project.path().join("deploy");
    fs::create_dir(&folder).expect("a folder is made");
    change.git(&["mv", "tidegate.yaml", "deploy/gate.yaml"]);
    change.write_as("deploy/gate.yaml", &weaker());
    let (ran, report) =
        change
            .project
            .run(&["--gate", "deploy/gate.yaml", "--changed-since", "main"]);
    ran.expect(0)
        .says("the gate file was `tidegate.yaml` at `main`");
    assert_eq!(titles(&report), WEAKER);
    let gone = &report["results"][0]["findings"][0]["related"][0]["location"];
    assert_eq!(gone["file"], "tidegate.yaml");

    let foreign = "# rewritten so that nothing resembles it\n".repeat(80);
    let text = fs::read_to_string(folder.join("gate.yaml")).expect("the file is there");
    change
        .project
        .write("deploy/gate.yaml", format!("{foreign}{text}"));
    let (_, report) =
        change
            .project
            .run(&["--gate", "deploy/gate.yaml", "--changed-since", "main"]);
    assert_eq!(titles(&report), WEAKER);
}

#[test]
fn a_gate_in_a_folder_is_found_with_its_packs_and_its_baseline() {
    let change = Change::new(CHECKS);
    let folder = change.project.path().join("apps/portal/packs");
    fs::create_dir_all(&folder).expect("a folder is made");
    let gate = format!("{CHECKS}include: [{{ pack: ./packs/own.yaml, as: own }}]\n");
    change.write_as("apps/portal/tidegate.yaml", &gate);
    let pack = "checks:\n  one: { flow: [{ get: /health, expect: 200 }] }\n";
    change.project.write("apps/portal/packs/own.yaml", pack);
    change.commit("a gate for one app");
    change.git(&["branch", "-q", "start"]);
    change
        .project
        .write("apps/portal/packs/own.yaml", pack.replace("200", "2xx"));
    let baseline = r#"{"version":1,"findings":[{"check":"page","code":"flow/status","fingerprint":"0123456789abcdef","title":"wrong","accepted":"2026-11-01"}]}"#;
    change
        .project
        .write("apps/portal/tidegate.baseline.json", baseline);
    let arguments = [
        "--gate",
        "apps/portal/tidegate.yaml",
        "--changed-since",
        "start",
    ];
    let (ran, report) = change.project.run(&arguments);
    ran.expect(0);
    assert_eq!(
        titles(&report),
        [
            "`expect` in `GET /health` of the check `own/one` was widened from 200 to 2xx",
            "1 finding was added to the baseline, and still counts in this change",
        ]
    );
}

#[test]
fn a_base_without_a_gate_a_broken_one_and_a_change_without_one_are_said() {
    let change = Change::new(CHECKS);
    fs::remove_file(change.project.gate()).expect("the gate file is removed");
    change
        .run()
        .0
        .expect(2)
        .says("there is no file")
        .says("this change removes its own gate");

    change.git(&["switch", "-q", "main"]);
    change.git(&["checkout", "-q", "."]);
    change.project.write("tidegate.yaml", "checks: [\n");
    change.commit("break it");
    change.git(&["switch", "-q", "-c", "mend"]);
    change.write(CHECKS);
    let (ran, report) = change.run();
    ran.expect(0)
        .says("whether this change weakens its gate is not known");
    assert_eq!(report["warnings"].as_array().map(Vec::len), Some(1));

    let first = Change::new(CHECKS);
    first.git(&["switch", "-q", "--orphan", "empty"]);
    first.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    first.git(&["switch", "-q", "-c", "adopt"]);
    first.write(&format!("{CHECKS}{WAIVER}"));
    let ran = first.project.run(&["--changed-since", "empty"]).0;
    ran.expect(0)
        .says("`empty` has no gate file")
        .never_says("weakened");
}

fn untrusted(base: Option<&str>) -> RunOptions {
    let mut options = RunOptions::default();
    options.provenance.untrusted = Some("it comes from a fork".to_owned());
    options.provenance.base = base.map(str::to_owned);
    options
}

#[test]
fn a_change_that_is_not_trusted_is_judged_by_the_gate_of_its_base() {
    let broken = CHECKS.replace("get: /, expect: 200", "get: /, expect: 204");
    let change = Change::new(&broken);
    change.write(&format!(
        "{}{WAIVER}",
        CHECKS.replace("get: /api/me, expect: 401", "get: /health")
    ));
    change.project.tidegate(&["baseline", "accept"]).expect(0);
    let summary = change
        .load()
        .run(untrusted(Some("main")), |_| ())
        .expect("the run begins");
    assert_eq!(summary.judgement.verdict, Verdict::Block);
    let ids: Vec<&str> = summary
        .results
        .iter()
        .map(|result| result.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "gate",
            "healthy",
            "strangers-stay-out",
            "page",
            "error-hygiene",
            "response-secrets",
            "slowest-routes"
        ]
    );
    assert!(summary.results[3].findings[0].suppressed.is_none());
    let note = &summary.plan.notes[0];
    assert!(
        note.contains("it comes from a fork") && note.contains("`main`"),
        "{note}"
    );
}

/// What a gate judges a change by that is not trusted, by the ids of its checks.
fn judged_by(gate: &Path) -> Result<Vec<String>, Error> {
    let builder = Gate::builder(gate).without_process_environment();
    let plan = builder.load()?.plan(&untrusted(Some("main")))?;
    Ok(plan
        .checks
        .iter()
        .map(|check| check.id.to_string())
        .collect())
}

#[cfg(unix)]
#[test]
fn a_change_that_is_not_trusted_leads_to_no_other_judge() {
    let change = Change::new(CHECKS);
    change.git(&["switch", "-q", "main"]);
    let root = change.project.path();
    for folder in ["apps/portal", "examples", "deploy"] {
        fs::create_dir_all(root.join(folder)).expect("a folder is made");
    }
    change.write_as("apps/portal/tidegate.yaml", CHECKS);
    change.write_as("deploy/tidegate.yaml", CHECKS);
    let weak = "checks:\n  page: { flow: [{ get: / }] }\n";
    change.write_as("examples/tidegate.yaml", weak);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, root.join(name)).expect("a link is made");
    };
    link("deploy/tidegate.yaml", "linked.yaml");
    change.commit("more gates");
    change.git(&["switch", "-q", "-C", "change"]);
    let own = judged_by(&root.join("apps/portal/tidegate.yaml")).expect("there is a judge");
    assert!(own.len() > 2, "{own:?}");

    fs::remove_dir_all(root.join("apps/portal")).expect("the folder goes");
    link("../examples", "apps/portal");
    fs::remove_file(root.join("linked.yaml")).expect("the link goes");
    link("examples/tidegate.yaml", "linked.yaml");
    change.git(&["mv", "examples/tidegate.yaml", "examples/other.yaml"]);
    fs::copy(
        root.join("examples/other.yaml"),
        root.join("examples/tidegate.yaml"),
    )
    .expect("it is copied");
    for gate in ["apps/portal/tidegate.yaml", "linked.yaml"] {
        let judge = judged_by(&root.join(gate)).expect("there is a judge");
        assert_eq!(judge, own, "{gate}");
    }
    let error = judged_by(&root.join("examples/other.yaml")).expect_err("the base has none there");
    assert!(
        error.to_string().contains("there is no gate file"),
        "{error}"
    );
}

#[test]
fn a_submodule_is_no_judge_of_a_change_that_is_not_trusted() {
    let (change, other) = (Change::new(CHECKS), Change::new(CHECKS));
    let from = other.project.path().display().to_string();
    change.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "-b",
        "main",
        &from,
        "inner",
    ]);
    let error = judged_by(&change.project.path().join("inner/tidegate.yaml"));
    let error = error.expect_err("the submodule is the change's own");
    assert!(
        error.to_string().contains("not in a git repository"),
        "{error}"
    );
}

#[test]
fn without_a_judge_a_change_that_is_not_trusted_does_not_run() {
    let change = Change::new(CHECKS);
    for (base, said) in [
        (None, "its base is not known"),
        (Some("nowhere"), "not a revision"),
    ] {
        let error = change
            .load()
            .run(untrusted(base), |_| ())
            .expect_err("there is no judge");
        assert!(matches!(error, Error::Judge(_)), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(error.exit_code(), 2);
        assert!(error.help().contains("fetch-depth"), "{}", error.help());
    }
    change.git(&["switch", "-q", "main"]);
    change.project.write("tidegate.yaml", "version: 7\n");
    change.commit("break it");
    change.git(&["switch", "-q", "change"]);
    let error = change
        .load()
        .run(untrusted(Some("main")), |_| ())
        .expect_err("there is no judge");
    assert!(
        error.to_string().contains("version 7 is not known"),
        "{error}"
    );
}

/// What a pull request from a fork is run with.
fn of_a_fork(change: &Change) -> Situation {
    let mut occasion = Occasion::default();
    occasion.provenance.untrusted = Some("it comes from a fork".to_owned());
    occasion.beginnings = vec![Beginning::Commit("main".to_owned())];
    let gate = change.project.gate();
    Situation::of(&gate, Some(occasion), &Search::default())
}

#[test]
fn the_base_judges_also_where_the_change_has_no_gate_that_can_be_read() {
    let change = Change::new(&CHECKS.replace("get: /, expect: 200", "get: /, expect: 204"));
    let gate = change.project.gate();
    let unreadable: [(&str, &dyn Fn()); 4] = [
        ("version 7 is not known", &|| {
            change.project.write("tidegate.yaml", "version: 7\n");
        }),
        ("line 1", &|| {
            change.project.write("tidegate.yaml", "checks: [\n");
        }),
        ("", &|| {
            fs::remove_file(&gate).expect("the gate file is there");
        }),
        ("tidegate.baseline.json", &|| {
            change.git(&["checkout", "-q", "main", "--", "tidegate.yaml"]);
            change.project.write("tidegate.baseline.json", "no JSON");
        }),
    ];
    for (reason, break_it) in unreadable {
        break_it();
        change.commit("break it");
        let situation = of_a_fork(&change);
        let builder = Gate::builder(&gate).without_process_environment();
        let loaded = situation
            .choose(builder)
            .load()
            .expect("the base has a gate");
        let summary = loaded.run(situation.options(RunOptions::default()), |_| ());
        let summary = summary.expect("the run begins");
        assert_eq!(summary.judgement.verdict, Verdict::Block, "{reason}");
        let warnings: Vec<&str> = summary
            .warnings
            .iter()
            .map(|one| one.message.as_str())
            .collect();
        let told = warnings
            .iter()
            .any(|one| one.contains("the base judges this change") && one.contains(reason));
        assert!(told, "{reason}: {warnings:?}");
    }
    // A change that is trusted has to mend its own.
    change.project.write("tidegate.yaml", "version: 7\n");
    let ran = change.project.tidegate(&["run", "--changed-since", "main"]);
    ran.expect(2).says("version 7 is not known");
}

#[test]
fn the_plan_and_the_pages_say_it_too() {
    let change = Change::new(CHECKS);
    change.write(&weaker());
    let ran = change
        .project
        .tidegate(&["plan", "--changed-since", "main"]);
    ran.expect(0)
        .says("this change makes its own gate less strict in 3 places");
    let ran = change.project.tidegate(&["explain", "gate/weakened"]);
    ran.expect(0).says("protect: true");
}
