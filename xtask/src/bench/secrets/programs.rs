//! The programs that are measured and their exact command lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::files;
use super::inputs::{Input, Subject};
use crate::bench::command::Prepared;
use crate::failure::Failure;
use crate::process::{build, output, run};

const TIDEGATE: &str = "Tidegate";
const KINGFISHER: &str = "kingfisher";
const GITLEAKS: &str = "gitleaks";

/// The columns of the table; ratios are of the first.
pub(super) const PEERS: [&str; 3] = [KINGFISHER, "kingfisher, cold", GITLEAKS];

const KINGFISHER_VERSION: &str = "2.14.0";

/// Where kingfisher keeps its compiled rules, in the scratch folder.
const WARM: &str = "kingfisher-rules";
const COLD: &str = "kingfisher-no-rules";

/// The exit codes with which each has looked at everything: the second says that it found something.
const TIDEGATE_CODES: &[i32] = &[0, 1];
const KINGFISHER_CODES: &[i32] = &[0, 200];
const GITLEAKS_CODES: &[i32] = &[0, 3];

/// The programs, built, installed or found.
pub(super) struct Programs {
    scratch: PathBuf,
    tidegate: PathBuf,
    kingfisher: PathBuf,
    /// What it says of itself; none when it is not installed.
    gitleaks: Option<String>,
}

impl Programs {
    /// Builds ours for release, installs kingfisher into the scratch folder and looks for gitleaks.
    ///
    /// # Errors
    /// [`Failure`] when one does not build or cannot be installed.
    pub(super) fn build(scratch: &Path) -> Result<Self, Failure> {
        eprintln!("building for release; this takes some minutes the first time");
        Ok(Self {
            scratch: scratch.to_owned(),
            tidegate: build("tidegate", &["--release"])?,
            kingfisher: install_kingfisher(scratch)?,
            gitleaks: find_gitleaks(),
        })
    }

    /// What the peers are.
    pub(super) fn versions(&self) -> Vec<String> {
        let gitleaks = self.gitleaks.as_deref().unwrap_or("not installed");
        vec![
            format!("kingfisher {KINGFISHER_VERSION}"),
            format!("gitleaks {gitleaks}"),
        ]
    }

    /// Tidegate looks at the input.
    pub(super) fn tidegate(&self, input: &Input) -> Prepared {
        let mut command = Command::new(&self.tidegate);
        command
            .args(["--gate", "tidegate.yaml", "run", "--no-preflight"])
            .args(["--only", input.check])
            .arg("--report")
            .arg(format!("json={}", self.report(TIDEGATE).display()));
        self.prepared(command, input).ending_with(TIDEGATE_CODES)
    }

    /// What each of [`PEERS`] does with the input.
    pub(super) fn peers(&self, input: &Input) -> Vec<Option<Prepared>> {
        vec![
            Some(self.kingfisher(input, WARM)),
            Some(self.kingfisher(input, COLD).without(&[COLD])),
            self.gitleaks(input),
        ]
    }

    /// Each program, by name, with the report that it writes about the input.
    pub(super) fn reporting(&self, input: &Input) -> Vec<(&'static str, Prepared, PathBuf)> {
        let all = [
            (TIDEGATE, Some(self.tidegate(input))),
            (KINGFISHER, Some(self.kingfisher(input, WARM))),
            (GITLEAKS, self.gitleaks(input)),
        ];
        let each = all.into_iter();
        each.filter_map(|(name, prepared)| Some((name, prepared?, self.report(name))))
            .collect()
    }

    /// Where a program writes its report.
    ///
    /// Never `/dev/null`: gitleaks removes what is there before it writes, and may well be root.
    fn report(&self, program: &str) -> PathBuf {
        self.scratch.join(format!("{program}.json"))
    }

    fn prepared(&self, mut command: Command, input: &Input) -> Prepared {
        command.current_dir(&input.folder);
        Prepared::new(command, &self.scratch)
    }

    /// Without a look whether a secret is live, which would ask its provider.
    fn kingfisher(&self, input: &Input, rules: &str) -> Prepared {
        let mut command = Command::new(&self.kingfisher);
        command.arg("scan");
        match input.subject {
            Subject::Change => command
                .args([".", "--git-history", "none"])
                .args(["--since-commit", "main"]),
            Subject::Folder(name) => command.arg(name),
        };
        command
            .args(["--no-validate", "--no-update-check"])
            .arg("--rule-cache-dir")
            .arg(self.scratch.join(rules))
            .args(["--format", "json", "--output"])
            .arg(self.report(KINGFISHER));
        self.prepared(command, input).ending_with(KINGFISHER_CODES)
    }

    fn gitleaks(&self, input: &Input) -> Option<Prepared> {
        self.gitleaks.as_ref()?;
        let mut command = Command::new("gitleaks");
        match input.subject {
            Subject::Change => command.args(["git", "--log-opts", "main..HEAD", "."]),
            Subject::Folder(name) => command.args(["dir", name]),
        };
        command
            .args(["--no-banner", "--exit-code", "3"])
            .args(["--report-format", "json", "--report-path"])
            .arg(self.report(GITLEAKS));
        Some(self.prepared(command, input).ending_with(GITLEAKS_CODES))
    }
}

/// The program itself, without the Python script that starts it.
fn install_kingfisher(scratch: &Path) -> Result<PathBuf, Failure> {
    let python = scratch.join("python");
    if !python.join("bin/kingfisher").exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
        let package = format!("kingfisher-bin=={KINGFISHER_VERSION}");
        run(Command::new(python.join("bin/pip")).args(["install", "--quiet", &package]))?;
    }
    let program = files::below(&python)?
        .into_iter()
        .find(|file| file.ends_with("kingfisher/bin/kingfisher"));
    program.ok_or_else(|| Failure::Found("kingfisher-bin has no program".to_owned()))
}

/// Debian's package knows its version; the program in it does not.
fn find_gitleaks() -> Option<String> {
    let mut packages = Command::new("dpkg-query");
    packages.args([
        "--show",
        "--showformat",
        "${Version} from Debian",
        "gitleaks",
    ]);
    let version =
        output(&mut packages).or_else(|_| output(Command::new("gitleaks").arg("version")));
    match version {
        Ok(version) => Some(version.trim().to_owned()),
        Err(_) => {
            eprintln!(
                "gitleaks is not installed, so it is left out; Debian has it: apt-get install gitleaks"
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs() -> Programs {
        Programs {
            scratch: PathBuf::from("/scratch"),
            tidegate: PathBuf::from("/bin/tidegate"),
            kingfisher: PathBuf::from("/bin/kingfisher"),
            gitleaks: Some("8.26.0".to_owned()),
        }
    }

    fn shown(subject: Subject) -> Vec<String> {
        let input = Input {
            folder: PathBuf::from("/inputs/one"),
            subject,
            check: "one",
        };
        let ours = programs().tidegate(&input);
        let theirs = programs().peers(&input).into_iter().flatten();
        std::iter::once(ours)
            .chain(theirs)
            .map(|prepared| prepared.show())
            .collect()
    }

    #[test]
    fn all_look_at_the_same_change() {
        let shown = shown(Subject::Change);
        assert!(
            shown[0].contains("run --no-preflight --only one"),
            "{shown:?}"
        );
        assert!(shown[1].contains("scan . --git-history none --since-commit main"));
        assert!(shown[2].contains("kingfisher-no-rules"));
        assert!(shown[3].contains("git --log-opts main..HEAD ."));
    }

    #[test]
    fn no_report_goes_to_a_device() {
        for command in shown(Subject::Change) {
            assert!(!command.contains("/dev/"), "{command}");
        }
    }

    #[test]
    fn all_look_at_the_same_folder() {
        let shown = shown(Subject::Folder("dist"));
        assert!(shown[1].contains("scan dist "), "{shown:?}");
        assert!(shown[3].contains("gitleaks dir dist "));
    }
}
