//! `tidegate publish` and `tidegate previous` against a GitHub that holds every request against GitHub's
//! own description.

use serde_json::json;
use tidegate_testkit::github::{Fault, GitHub};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran};

const TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
const COMMIT: &str = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

/// A project with the report of a run that found a problem.
struct Scene {
    github: GitHub,
    project: Project,
}

impl Scene {
    /// Nothing, and a word about it, when the description was not fetched.
    #[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
    fn set() -> Option<Self> {
        let Some(github) = GitHub::start() else {
            eprintln!("skipped: TIDEGATE_GITHUB_DESCRIPTION names no folder");
            return None;
        };
        let portal = App::start(|request| match request.path() {
            "/" => Reply::text(200, "hello"),
            _ => Reply::new(500),
        });
        let project = Project::checking(
            portal.url(),
            "  sign-in:\n    flow:\n      - { get: /api/me, expect: 200 }\n",
        );
        let (ran, _) = project.run(&[]);
        ran.expect(1);
        Some(Self { github, project })
    }

    /// The command as a step of a workflow that a push started.
    fn step(&self, arguments: &[&str], more: &[(&str, &str)]) -> Ran {
        let mut command = self.project.command(arguments);
        command.envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", self.github.url()),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "acme/portal"),
            ("GITHUB_SHA", COMMIT),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_RUN_ID", "99"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_EVENT_NAME", "push"),
            ("GITHUB_TOKEN", TOKEN),
        ]);
        for (name, value) in more {
            command.env(name, value);
        }
        let ran = Ran::of(command.output().expect("the binary runs"));
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!told.contains(TOKEN), "{told}");
        assert_eq!(self.github.wrong(), Vec::<String>::new());
        ran
    }

    fn publish(&self, to: &str, more: &[&str]) -> Ran {
        let arguments = [&["publish", "report.json", "--to", to][..], more].concat();
        self.step(&arguments, &[])
    }
}

#[test]
fn a_run_is_told_at_every_place_that_is_named() {
    let Some(scene) = Scene::set() else { return };
    scene
        .github
        .with(|state| state.processing = Some("complete"));
    scene.project.write(
        "event.json",
        json!({ "deployment": { "id": 42 } }).to_string(),
    );
    let places = "check-run,comment,status,deployment,code-scanning";
    let ran = scene.step(
        &["publish", "report.json", "--to", places],
        &[("GITHUB_EVENT_PATH", "event.json")],
    );
    ran.expect(0);
    assert_eq!(ran.stdout, "");
    ran.says("check-run: the check run is complete")
        .says("comment: this run is about no pull request")
        .says("status: the commit status is set")
        .says("deployment: the deployment status is set")
        .says("code-scanning: code scanning has the findings");
    scene.github.with(|state| {
        let run = &state.check_runs[0];
        assert_eq!(run["name"], "Tidegate / test (local)");
        assert_eq!(run["head_sha"], COMMIT);
        assert_eq!(run["conclusion"], "failure");
        let id = run["id"].as_u64().expect("an id");
        assert_eq!(state.annotations[&id][0]["path"], "tidegate.yaml");
        assert_eq!(state.statuses[0]["context"], "tidegate/test/local");
        assert_eq!(state.deployment_statuses[0]["state"], "failure");
        assert_eq!(state.uploads[0]["ref"], "refs/heads/main");
        assert_eq!(state.comments.len(), 0);
    });
}

#[test]
fn a_report_that_a_stranger_may_have_written_is_not_published() {
    let Some(scene) = Scene::set() else { return };
    let event = json!({
        "action": "completed",
        "repository": { "full_name": "acme/portal", "default_branch": "main" },
        "workflow_run": {
            "conclusion": "success", "head_sha": COMMIT, "head_branch": "change",
            "head_repository": { "full_name": "eve/portal" }, "pull_requests": [],
        },
    });
    scene.project.write("event.json", event.to_string());
    let ran = scene.step(
        &["publish", "report.json", "--to", "status"],
        &[
            ("GITHUB_EVENT_NAME", "workflow_run"),
            ("GITHUB_EVENT_PATH", "event.json"),
        ],
    );
    ran.expect(2)
        .says("another run made this report, for a change that is not trusted");
    scene
        .github
        .with(|state| assert_eq!(state.statuses.len(), 0));
}

#[test]
fn a_token_that_only_reads_is_a_notice() {
    let Some(scene) = Scene::set() else { return };
    scene.github.fail(
        "checks/create",
        Fault::status(403, "Resource not accessible by integration"),
    );
    let ran = scene.publish("check-run,status", &[]);
    ran.expect(0);
    ran.says("::notice title=Tidegate::The token may not publish to: check-run.");
    ran.says("checks: write");
    scene
        .github
        .with(|state| assert_eq!(state.statuses.len(), 1));
}

#[test]
fn what_matters_and_fails_is_exit_code_5() {
    let Some(scene) = Scene::set() else { return };
    let refuse = || {
        scene.github.fail(
            "repos/create-commit-status",
            Fault::status(422, "no\n::error::x"),
        );
    };
    refuse();
    let ran = scene.publish("status", &[]);
    ran.expect(5);
    ran.says("GitHub refused to write the commit status (422): no");
    assert!(
        !ran.stderr
            .lines()
            .any(|line| line.trim_start().starts_with("::error")),
        "{}",
        ran.stderr
    );
    refuse();
    scene.publish("status?", &[]).expect(0);
    refuse();
    scene.publish("status", &["--optional"]).expect(0);
}

#[test]
fn without_a_token_a_repository_or_a_report_the_usage_is_wrong() {
    let Some(scene) = Scene::set() else { return };
    let arguments = ["publish", "report.json", "--to", "status"];
    for (name, value, message) in [
        ("GITHUB_TOKEN", "", "there is no token for GitHub"),
        (
            "GITHUB_API_URL",
            "http://ghe.example",
            "is no address of GitHub's REST interface",
        ),
    ] {
        let ran = scene.step(&arguments, &[(name, value)]);
        ran.expect(2);
        ran.says(message);
    }
    let ran = scene.project.tidegate(&arguments);
    ran.expect(2);
    let ran = scene.step(
        &[&arguments[..], &["--optional"]].concat(),
        &[("GITHUB_TOKEN", "")],
    );
    ran.expect(0);
    let ran = scene.publish("nowhere", &[]);
    ran.expect(2);
    ran.says("`nowhere` is no place to publish to");
    let ran = scene.publish("code-scanning", &["--sarif", "absent.sarif"]);
    ran.expect(2);
    ran.says("absent.sarif cannot be read")
        .says("`--report sarif=FILE`");
    for broken in ["", "{", "[]", r#"{"version":99}"#] {
        scene.project.write("report.json", broken);
        let ran = scene.publish("status", &[]);
        ran.expect(2);
    }
}

#[test]
fn the_last_report_is_fetched_or_said_to_be_absent() {
    let Some(scene) = Scene::set() else { return };
    let fetch = |more: &[&str]| {
        scene.step(
            &[&["previous", "--output", "last.json"][..], more].concat(),
            &[],
        )
    };
    let last = scene.project.path().join("last.json");
    let ran = fetch(&[]);
    ran.expect(0);
    ran.says("there is no earlier report");
    assert!(!last.exists());
    scene.github.fail(
        "actions/list-artifacts-for-repo",
        Fault::status(403, "Resource not accessible by integration"),
    );
    let ran = fetch(&[]);
    ran.expect(0);
    ran.says("::notice title=Tidegate::There is nothing to compare with");
    scene
        .github
        .fail("repos/get", Fault::status(404, "Not Found"));
    let ran = fetch(&[]);
    ran.expect(5);
    ran.says("GitHub knows no repository acme/portal");
    scene
        .github
        .fail("repos/get", Fault::status(404, "Not Found"));
    fetch(&["--optional"]).expect(0);
}
