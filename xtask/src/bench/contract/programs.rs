//! The programs that are measured and their exact command lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::command::Prepared;
use crate::bench::portal::Portal;
use crate::failure::Failure;
use crate::process::{build, root, run};

pub(super) const SCHEMATHESIS_VERSION: &str = "4.32.5";

const GATE: &str = "tidegate.yaml";
const DOCUMENT: &str = "src/openapi.json";

/// The demo people of the portal's example gate.
const PEOPLE: [&str; 5] = ["anna", "adam", "cora", "boris", "tess"];

/// The exit codes with which each has looked at everything: the second says that it found something.
const TIDEGATE_CODES: &[i32] = &[0, 1];
const SCHEMATHESIS_CODES: &[i32] = &[0, 1];

/// How schemathesis logs in, as its documentation shows it.
const LOGIN: &str = r#"[auth.dynamic.openapi.bearer]
path = "/api/login"
payload = { email = "anna@acme.example", password = "anna-demo-password" }
extract_selector = "/token"
"#;

/// What ends the session that schemathesis works with.
const LEFT_OUT: [&str; 2] = ["logOut", "changePassword"];

/// Ours, built.
pub(super) struct Programs {
    tidegate: PathBuf,
    portal: PathBuf,
}

impl Programs {
    /// Builds ours for release, with the features that are on by default.
    ///
    /// # Errors
    /// [`Failure`] when one does not build.
    pub(super) fn build() -> Result<Self, Failure> {
        eprintln!("building for release; this takes some minutes the first time");
        let package = ["--release", "--package", "tidegate-client-portal"];
        Ok(Self {
            tidegate: build("tidegate", &["--release"])?,
            portal: build("client-portal", &package)?,
        })
    }

    /// The server.
    pub(super) fn portal(&self) -> &Path {
        &self.portal
    }

    /// A run of one of the gates in the portal's folder.
    pub(super) fn gate(&self, portal: &Portal, gate: &str) -> Prepared {
        let mut command = Command::new(&self.tidegate);
        command
            .args(["--gate", gate, "run", "--all"])
            .env("PORTAL_URL", portal.url())
            .env("PORTAL_PASSWORD", "anna-demo-password");
        prepared(command, portal.folder())
    }

    /// Two documents of the portal's folder compared.
    pub(super) fn diff(&self, portal: &Portal, base: &str, head: &str) -> Prepared {
        let mut command = Command::new(&self.tidegate);
        command.args(["contract", base, head]);
        prepared(command, portal.folder()).ending_with(TIDEGATE_CODES)
    }

    /// A document compared with itself: it is loaded and walked, and nothing is found.
    pub(super) fn load(&self, portal: &Portal, document: &Path) -> Prepared {
        let mut command = Command::new(&self.tidegate);
        command.arg("contract").args([document; 2]);
        prepared(command, portal.folder())
    }

    /// The portal's example gate, every check of it, in a copy.
    ///
    /// # Errors
    /// [`Failure::Io`] when it cannot be copied.
    pub(super) fn example(&self, portal: &Portal, report: &Path) -> Result<Prepared, Failure> {
        let copied = Failure::io("copy the example gate");
        copy_example(portal.folder()).map_err(copied)?;
        let mut command = Command::new(&self.tidegate);
        command
            .args(["--gate", GATE, "run", "--all", "--report"])
            .arg(format!("json={}", report.display()))
            .env("PORTAL_URL", portal.url());
        for name in PEOPLE {
            let variable = format!("{}_PASSWORD", name.to_uppercase());
            command.env(variable, format!("{name}-demo-password"));
        }
        Ok(prepared(command, portal.folder()).ending_with(TIDEGATE_CODES))
    }
}

fn prepared(mut command: Command, folder: &Path) -> Prepared {
    command.current_dir(folder);
    Prepared::new(command, folder)
}

fn example() -> PathBuf {
    root().join("examples/client-portal")
}

/// Copies the example gate and the document that it names.
fn copy_example(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    for name in [GATE, DOCUMENT] {
        fs::copy(example().join(name), folder.join(name))?;
    }
    Ok(())
}

/// Schemathesis, installed.
pub(super) struct Peer {
    program: PathBuf,
}

impl Peer {
    /// Installs it into the scratch folder, once.
    ///
    /// # Errors
    /// [`Failure`] when Python or PyPI is not there.
    pub(super) fn install(scratch: &Path) -> Result<Self, Failure> {
        let python = scratch.join(format!("schemathesis-{SCHEMATHESIS_VERSION}"));
        let program = python.join("bin/schemathesis");
        if !program.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
            let package = format!("schemathesis=={SCHEMATHESIS_VERSION}");
            run(Command::new(python.join("bin/pip")).args(["install", "--quiet", &package]))?;
        }
        Ok(Self { program })
    }

    /// All its checks and phases on the portal, logged in as a member.
    ///
    /// # Errors
    /// [`Failure::Io`] when its settings cannot be written.
    pub(super) fn on(&self, portal: &Portal, report: &Path) -> Result<Prepared, Failure> {
        let settings = portal.folder().join("schemathesis.toml");
        fs::write(settings, LOGIN).map_err(Failure::io("write the peer's settings"))?;
        let mut command = Command::new(&self.program);
        command.arg("run").arg(example().join(DOCUMENT));
        command.args(["--url", portal.url(), "--seed", "7"]);
        for operation in LEFT_OUT {
            command.args(["--exclude-operation-id", operation]);
        }
        command.args(["--report", "json", "--report-json-path"]);
        command.arg(report);
        Ok(prepared(command, portal.folder()).ending_with(SCHEMATHESIS_CODES))
    }
}
