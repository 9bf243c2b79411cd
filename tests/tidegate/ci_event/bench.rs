//! Repositories, checkouts and events of GitHub Actions for tests of the binary.

use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tidegate::ci::{Occasion, github};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran};

/// A repository in a folder of its own, with the gate file in its first commit on `main`.
pub(super) struct Repository(pub(super) Project);

impl Repository {
    pub(super) fn new(gate: &str) -> Self {
        let repository = Self(Project::new(gate));
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository.commit("README.md", "first");
        repository
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.0.git(arguments)
    }

    /// Writes a file and commits everything; gives the id of the commit.
    pub(super) fn commit(&self, path: &str, content: &str) -> String {
        let file = self.0.path().join(path);
        let folder = file.parent().expect("a file has a folder");
        std::fs::create_dir_all(folder).expect("the folder is made");
        std::fs::write(file, content).expect("the file is written");
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", path]);
        self.head()
    }

    pub(super) fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// A change on a branch, with `main` gone on since; gives the ends of both.
    pub(super) fn with_change(&self) -> (String, String) {
        self.git(&["checkout", "--quiet", "-b", "change"]);
        for number in 0..5 {
            self.commit("notes.md", &format!("note {number}"));
        }
        let change = self.commit("src/changed.rs", "changed");
        self.git(&["checkout", "--quiet", "main"]);
        let main = self.commit("src/other.rs", "other");
        (main, change)
    }

    /// A repository with a change, and the ends of `main` and of the change.
    pub(super) fn changed(gate: &str) -> (Self, String, String) {
        let repository = Self::new(gate);
        let (main, change) = repository.with_change();
        (repository, main, change)
    }

    /// The merge of the change into `main`, as GitHub makes it for a pull request.
    pub(super) fn merge(&self) -> String {
        self.git(&["checkout", "--quiet", "--detach", "main"]);
        self.git(&["merge", "--quiet", "--no-ff", "--no-edit", "change"]);
        let merge = self.head();
        self.git(&["update-ref", "refs/pull/7/merge", &merge]);
        merge
    }

    /// A clone that holds one commit and nothing before it, as actions/checkout makes it.
    pub(super) fn checkout(&self, commit: &str) -> Self {
        let clone = Self(Project::new(""));
        let from = format!("file://{}", self.0.path().display());
        clone.git(&["init", "--quiet"]);
        clone.git(&["remote", "add", "origin", &from]);
        clone.git(&["fetch", "--quiet", "--depth=1", "origin", commit]);
        clone.git(&["checkout", "--quiet", "--force", "--detach", commit]);
        clone
    }

    /// A run that this event started.
    pub(super) fn run(&self, event: &Event<'_>, arguments: &[&str]) -> (Ran, Value) {
        let all = [
            "run",
            "--report",
            "terminal",
            "--report",
            "json=report.json",
        ];
        let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
        let ran = event.start(&self.0, &all);
        (ran, self.0.report())
    }

    pub(super) fn plan(&self, event: &Event<'_>, arguments: &[&str]) -> Ran {
        let all: Vec<&str> = ["plan"].iter().chain(arguments).copied().collect();
        event.start(&self.0, &all)
    }
}

/// An event of GitHub Actions.
pub(super) struct Event<'e> {
    name: &'e str,
    sha: &'e str,
    payload: Value,
    variables: Vec<(&'e str, &'e str)>,
}

impl<'e> Event<'e> {
    pub(super) fn new(name: &'e str, sha: &'e str, mut payload: Value) -> Self {
        payload["repository"] = json!({ "full_name": "acme/portal", "default_branch": "main" });
        Self {
            name,
            sha,
            payload,
            variables: Vec::new(),
        }
    }

    /// A pull request from a repository, from a base to a head, with a commit checked out.
    pub(super) fn pull_request(sha: &'e str, (base, head): (&str, &str), from: &str) -> Self {
        Self::new("pull_request", sha, pull_request(base, head, from))
    }

    pub(super) fn with(mut self, name: &'e str, value: &'e str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// What the library makes of it.
    pub(super) fn occasion(&self) -> Option<Occasion> {
        let file = self.file();
        let path = file.path().to_str();
        github(&|name| {
            let value = match name {
                "GITHUB_ACTIONS" => "true",
                "GITHUB_EVENT_NAME" => self.name,
                "GITHUB_EVENT_PATH" => path?,
                "GITHUB_SHA" => self.sha,
                _ => return None,
            };
            Some(value.to_owned())
        })
    }

    fn file(&self) -> NamedTempFile {
        let file = NamedTempFile::new().expect("a file for the event");
        std::fs::write(file.path(), self.payload.to_string()).expect("the event is written");
        file
    }

    pub(super) fn start(&self, project: &Project, arguments: &[&str]) -> Ran {
        let file = self.file();
        let mut command = project.command(arguments);
        command
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", self.name)
            .env("GITHUB_EVENT_PATH", file.path())
            .env("GITHUB_SHA", self.sha)
            .env("GITHUB_REPOSITORY", "acme/portal")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env("GITHUB_RUN_ID", "42")
            .envs(self.variables.iter().copied());
        let ran = Ran::of(command.output().expect("the binary runs"));
        Ran {
            stdout: unfolded(&ran.stdout),
            stderr: unfolded(&ran.stderr),
            ..ran
        }
    }
}

/// A text without the line breaks that the width of a page asks for.
fn unfolded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn pull_request(base: &str, head: &str, from: &str) -> Value {
    json!({ "pull_request": {
        "number": 7,
        "user": { "login": "eve" },
        "head": { "sha": head, "ref": "change", "repo": { "full_name": from } },
        "base": { "sha": base, "ref": "main", "repo": { "full_name": "acme/portal" } },
    }})
}

pub(super) fn deployment(sha: &str, state: &str, environment: &str, url: &str) -> Value {
    json!({
        "deployment": { "sha": sha, "ref": "change", "environment": environment },
        "deployment_status": {
            "state": state, "environment": environment, "environment_url": url,
        },
    })
}

pub(super) fn app() -> App {
    App::start(|_| Reply::text(200, "fine"))
}

/// Why a check of a report is in or out.
pub(super) fn reason<'r>(report: &'r Value, id: &str) -> &'r str {
    let checks = report["plan"]["checks"].as_array().into_iter().flatten();
    let mut found = checks.filter(|check| check["id"] == id);
    found
        .next()
        .and_then(|check| check["reason"].as_str())
        .unwrap_or_default()
}
