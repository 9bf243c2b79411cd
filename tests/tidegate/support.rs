//! What the end-to-end tests share: gate files in temporary folders and runs of the real binary.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// A gate file in a folder of its own.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A folder without a gate file.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { folder }
    }

    pub(crate) fn new(gate: &str) -> Self {
        let project = Self::empty();
        project.write("tidegate.yaml", gate);
        project
    }

    /// A gate of one local environment at `url` with these checks, indented by two spaces.
    pub(crate) fn checking(url: &str, checks: &str) -> Self {
        Self::new(&format!(
            "version: 1\nname: test\nenvironments:\n  local: {{ kind: local, url: \"{url}\" }}\nchecks:\n{checks}"
        ))
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn gate(&self) -> PathBuf {
        self.folder.path().join("tidegate.yaml")
    }

    /// Makes a folder below the project's.
    pub(crate) fn make(&self, name: &str) {
        std::fs::create_dir_all(self.folder.path().join(name)).expect("the folder is made");
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), content).expect("the file is written");
    }

    /// Runs git in the folder, and gives what it prints.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=mia", "-c", "user.email=mia@acme.example"])
            .args(["-c", "protocol.file.allow=always"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The binary in the project's folder, with nothing of this process' environment but the path.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn tidegate(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the binary runs"))
    }

    /// A run with a JSON report beside the terminal's.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Ran, Value) {
        self.run_with(&[], arguments)
    }

    /// The same with these variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> (Ran, Value) {
        let mut command = self.command(&[
            "run",
            "--report",
            "terminal",
            "--report",
            "json=report.json",
        ]);
        command.args(arguments).envs(variables.iter().copied());
        let ran = Ran::of(command.output().expect("the binary runs"));
        (ran, self.report())
    }

    pub(crate) fn report(&self) -> Value {
        let text =
            std::fs::read_to_string(self.folder.path().join("report.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// What a run of the binary left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(
            said,
            "missing `{text}` in\n{}\n{}",
            self.stdout, self.stderr
        );
        self
    }

    #[track_caller]
    pub(crate) fn never_says(&self, text: &str) -> &Self {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(
            !said,
            "`{text}` must not be in\n{}\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

/// Sends a signal to a run.
pub(crate) fn signal(name: &str, child: &Child) {
    let signalled = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(signalled.success());
}

/// Waits for a run and gives the most memory that it held, in kilobytes.
pub(crate) fn watched(mut child: Child) -> (Output, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut pipes = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        let stdout = scope.spawn(move || all_of(pipes.0.take()));
        let stderr = scope.spawn(move || all_of(pipes.1.take()));
        let mut peak = 0;
        let status = loop {
            if let Ok(text) = std::fs::read_to_string(&status) {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kilobytes =
                    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
                peak = peak.max(kilobytes.unwrap_or(0));
            }
            if let Some(ended) = child.try_wait().expect("the child is ours") {
                break ended;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let read = |pipe: ScopedJoinHandle<'_, Vec<u8>>| pipe.join().expect("the pipe is read");
        let output = Output {
            status,
            stdout: read(stdout),
            stderr: read(stderr),
        };
        (output, peak)
    })
}

fn all_of(pipe: Option<impl Read>) -> Vec<u8> {
    let mut all = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut all).expect("the pipe is read");
    }
    all
}

/// The codes of all findings of a JSON report, sorted and without doubles.
pub(crate) fn codes(report: &Value) -> Vec<String> {
    let findings = report["results"].as_array().into_iter().flatten();
    let mut codes: Vec<String> = findings
        .flat_map(|result| result["findings"].as_array().into_iter().flatten())
        .filter_map(|finding| finding["code"].as_str().map(str::to_owned))
        .collect();
    codes.sort();
    codes.dedup();
    codes
}
