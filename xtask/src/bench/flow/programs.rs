//! The programs that are measured and their exact command lines.

use std::process::Command;

use super::inputs;
use crate::bench::command::Prepared;
use crate::bench::ours::Ours;
use crate::bench::portal::Portal;
use crate::failure::Failure;
use crate::process::{answers, output};

/// The demo password of the portal; given to both programs as a secret, so that both redact it.
const PASSWORD: &str = "anna-demo-password";

/// What hurl's two reports are called.
const HURL_REPORTS: [&str; 2] = ["hurl.xml", "hurl-json"];

/// The programs, built or found.
#[derive(Debug)]
pub(crate) struct Programs {
    /// Ours.
    pub(crate) ours: Ours,
    /// The first line of hurl's `--version`; none when it is not installed.
    pub(crate) hurl: Option<String>,
}

impl Programs {
    /// Builds ours for release, with the features that are on by default, and looks for hurl.
    ///
    /// # Errors
    /// [`Failure`] when one does not build.
    pub(crate) fn build() -> Result<Self, Failure> {
        Ok(Self {
            ours: Ours::build()?,
            hurl: find_hurl(),
        })
    }

    /// The ten steps with both reports.
    pub(crate) fn tidegate_flow(&self, portal: &Portal) -> Prepared {
        let reports = [
            "--report",
            "junit=tidegate.xml",
            "--report",
            "json=tidegate.json",
        ];
        self.tidegate(portal, &["--gate", inputs::FLOW_GATE, "run"], &reports)
    }

    /// Nothing but the start of the program.
    pub(crate) fn tidegate_version(&self, portal: &Portal) -> Prepared {
        self.tidegate(portal, &["--version"], &[])
    }

    /// Reading a large gate file.
    pub(crate) fn tidegate_plan(&self, portal: &Portal) -> Prepared {
        self.tidegate(portal, &["--gate", inputs::LARGE_GATE, "plan"], &[])
    }

    /// The many flows.
    pub(crate) fn tidegate_many(&self, portal: &Portal) -> Prepared {
        self.tidegate(portal, &["--gate", inputs::MANY_GATE, "run"], &["--all"])
    }

    /// The ten steps with both of hurl's reports; hurl appends to reports that are there already.
    pub(crate) fn hurl_flow(&self, portal: &Portal) -> Option<Prepared> {
        let [junit, json] = HURL_REPORTS;
        let reports = [
            "--report-junit",
            junit,
            "--report-json",
            json,
            inputs::FLOW_HURL,
        ];
        Some(self.hurl(portal, &reports)?.without(&HURL_REPORTS))
    }

    /// The many flows.
    pub(crate) fn hurl_many(&self, portal: &Portal) -> Option<Prepared> {
        self.hurl(portal, &["--test", "--parallel", inputs::MANY_HURL])
    }

    fn tidegate(&self, portal: &Portal, first: &[&str], then: &[&str]) -> Prepared {
        let mut command = Command::new(&self.ours.tidegate);
        command
            .args(first)
            .args(then)
            .env("PORTAL_URL", portal.url())
            .env("PORTAL_PASSWORD", PASSWORD);
        prepared(command, portal)
    }

    fn hurl(&self, portal: &Portal, arguments: &[&str]) -> Option<Prepared> {
        self.hurl.as_ref()?;
        let mut command = Command::new("hurl");
        command
            .args(["--variable", &format!("url={}", portal.url())])
            .args(["--secret", &format!("password={PASSWORD}")])
            .args(arguments);
        Some(prepared(command, portal))
    }
}

fn prepared(mut command: Command, portal: &Portal) -> Prepared {
    command.current_dir(portal.folder());
    Prepared::new(command, portal.folder())
}

fn find_hurl() -> Option<String> {
    if answers(Command::new("hurl").arg("--version")) {
        let text = output(Command::new("hurl").arg("--version")).ok()?;
        return text.lines().next().map(str::to_owned);
    }
    eprintln!(
        "hurl is not installed, so Tidegate is measured alone; to compare: install libxml2, libcurl \
         and libclang with their headers, then `cargo install hurl --version 8.0.1 --locked`"
    );
    None
}
