//! Gets from `origin` what a shallow clone lacks, by the `git` program, because its credentials are
//! git's own business.
//!
//! Only ids of commits are asked for, so that no reference of the clone changes. What git says is not
//! repeated: an address in it may hold a password.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tidegate_core::ports::{Repository as _, RepositoryError};

use super::{GitRepository, program, unreadable};

/// How many commits more each step asks for.
const STEPS: [u32; 3] = [50, 500, 5_000];

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// The most bytes of an answer about references that are read.
const ANSWER: u64 = 64 * 1024;

impl GitRepository {
    /// The best common commit of two revisions, fetched step by step where the clone lacks it.
    ///
    /// The base is the full id of a commit. Nothing is asked when the clone knows the answer.
    ///
    /// # Errors
    /// When the commits cannot be fetched, or have nothing in common within some thousand commits.
    pub fn fetch_merge_base(&self, base: &str, head: &str) -> Result<String, RepositoryError> {
        if let Ok(found) = self.merge_base(base, head) {
            return Ok(found);
        }
        let head = self.resolve(head)?;
        let shallow = self.shallow()?;
        if self.resolve(base).is_err() {
            let depth: &[&str] = if shallow { &["--depth=1"] } else { &[] };
            self.fetch(depth, &[base])?;
        }
        for step in STEPS.iter().filter(|_| shallow) {
            if let Ok(found) = self.merge_base(base, &head) {
                return Ok(found);
            }
            self.fetch(&[&format!("--deepen={step}")], &[base, &head])?;
        }
        self.merge_base(base, &head)
    }

    /// Fetches the parents of a commit where the clone ends at it.
    ///
    /// # Errors
    /// When they cannot be fetched.
    pub fn fetch_parents(&self, revision: &str) -> Result<(), RepositoryError> {
        if !self.shallow()? {
            return Ok(());
        }
        let commit = self.resolve(revision)?;
        self.fetch(&["--deepen=1"], &[&commit])
    }

    /// The full id of a branch's last commit, as `origin` has it.
    ///
    /// # Errors
    /// When `origin` does not answer or has no such branch.
    pub fn remote_branch(&self, branch: &str) -> Result<String, RepositoryError> {
        let name = format!("refs/heads/{branch}");
        let mut command = self.asking("ls-remote");
        command.args(["--exit-code", "--", "origin", &name]);
        let answer = ended(command, "ls-remote")?;
        let mut lines = answer.lines().filter_map(|line| line.split_once('\t'));
        let found = lines.find(|(_, reference)| *reference == name);
        found
            .map(|(id, _)| id.to_owned())
            .ok_or_else(|| unreadable(format!("`origin` has no branch `{branch}`")))
    }

    fn fetch(&self, depth: &[&str], commits: &[&str]) -> Result<(), RepositoryError> {
        // What is no id could be an option.
        let proper = |commit: &&str| commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(odd) = commits.iter().find(|commit| !proper(commit)) {
            return Err(RepositoryError::UnknownRevision {
                revision: (*odd).to_owned(),
            });
        }
        let mut command = self.asking("fetch");
        command
            .args(["--quiet", "--no-tags", "--no-recurse-submodules"])
            .args(["--no-write-fetch-head", "--no-auto-maintenance"])
            .args(depth)
            .args(["--", "origin"])
            .args(commits);
        ended(command, "fetch").map(drop)
    }

    /// A command of git that asks `origin` and nobody else: no terminal, no window, no person.
    fn asking(&self, name: &str) -> Command {
        let mut command = program::git(&self.root);
        command
            .args(["-c", "credential.interactive=false", name])
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "")
            .env("SSH_ASKPASS", "")
            .env("GCM_INTERACTIVE", "never")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes");
        }
        command
    }
}

/// What a program wrote, once it ended well and in time.
fn ended(mut command: Command, name: &str) -> Result<String, RepositoryError> {
    let mut child = command.spawn().map_err(|error| program::missing(&error))?;
    let output = child.stdout.take();
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(output) = output {
            // What could not be read is missing in the answer.
            let _ = output.take(ANSWER).read_to_end(&mut text);
        }
        text
    });
    let until = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().map_err(unreadable)? {
            Some(status) => break status,
            None if Instant::now() < until => std::thread::sleep(LOOK),
            None => {
                // It may have ended by itself meanwhile.
                let _ = child.kill();
                let _ = child.wait();
                return Err(unreadable(format!(
                    "`git {name}` got no answer from `origin` within 60 s"
                )));
            }
        }
    };
    if !status.success() {
        return Err(unreadable(format!("`git {name}` from `origin` failed")));
    }
    let text = reader.join().unwrap_or_default();
    Ok(String::from_utf8_lossy(&text).into_owned())
}
