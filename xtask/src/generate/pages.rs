//! What the program says about itself, as text for `docs/`.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{output, root};

const HEAD: &str = "\
# The checks

<!-- Made by `cargo xtask generate`; edit the check.md beside each kind instead. -->

Every kind and observer with the codes of what it finds, of many the worst, as `tidegate checks` lists
them; below, the page of each, and last those of what comes before the first check: `gate`, the look at the gate
file itself, and `preflight`, the look at the candidate.
`tidegate explain CODE` shows the part that belongs to one code.

";

const PACKS_HEAD: &str = "\
# The packs

<!-- Made by `cargo xtask generate`; edit the pack.md and pack.yaml of each pack in checks/packs instead. -->

A pack is a set of checks for one sort of portal, chosen for what really goes wrong there. An include brings it into a
gate file, under its own name or the one behind `as:`, and `with:` gives its parameters. `without:` leaves out checks
that do not fit, or that the gate file has already. [The gate file](gate-file.md#packs) says how packs of your own are
written. `tidegate packs` prints the list, `tidegate packs NAME` the page of one.

";

/// What is looked at before any check, and has a page like a kind.
const BESIDE: [&str; 2] = ["gate", "preflight"];

/// Asks the program for the texts.
#[derive(Debug)]
pub(crate) struct Pages {
    program: PathBuf,
}

impl Pages {
    /// Asks this program.
    pub(crate) fn of(program: PathBuf) -> Self {
        Self { program }
    }

    /// The JSON Schema of the gate file.
    pub(crate) fn schema(&self) -> Result<String, Failure> {
        self.ask(&["schema"])
    }

    /// The list of checks and the page of each.
    pub(crate) fn checks(&self) -> Result<String, Failure> {
        let list = self.ask(&["checks"])?;
        let names = names(&list);
        if names.is_empty() {
            return Err(Failure::Found(
                "`tidegate checks` names no check".to_owned(),
            ));
        }
        let mut text = format!("{HEAD}```text\n{}\n```\n", list.trim_end());
        for name in names.into_iter().chain(BESIDE) {
            let page = self.ask(&["explain", name, "--markdown"])?;
            text.push('\n');
            text.push_str(&demoted(&page));
        }
        Ok(text)
    }

    /// The list of packs and the page of each.
    pub(crate) fn packs(&self) -> Result<String, Failure> {
        let list = self.ask(&["packs"])?;
        let names = names(&list);
        if names.is_empty() {
            return Err(Failure::Found("`tidegate packs` names no pack".to_owned()));
        }
        let mut text = format!("{PACKS_HEAD}```text\n{}\n```\n", list.trim_end());
        for name in names {
            let page = self.ask(&["packs", name, "--markdown"])?;
            text.push('\n');
            text.push_str(&demoted(&page));
        }
        Ok(text)
    }

    /// The program's output, the same on every terminal and in every language.
    fn ask(&self, arguments: &[&str]) -> Result<String, Failure> {
        output(
            Command::new(&self.program)
                .args(arguments)
                .current_dir(root())
                .env("NO_COLOR", "1")
                .env("COLUMNS", "100")
                .env("LC_ALL", "C"),
        )
    }
}

/// The names of kinds and observers in the list: what stands alone on a line two columns in.
fn names(list: &str) -> Vec<&str> {
    list.lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|name| !name.is_empty() && !name.contains(' '))
        .collect()
}

/// The page with every heading one level deeper; lines of fenced code are left alone.
fn demoted(page: &str) -> String {
    let mut fenced = false;
    let mut text = String::with_capacity(page.len() + 64);
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if line.starts_with('#') && !fenced {
            text.push('#');
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_summaries_and_codes() {
        let list = "Check kinds\n\n  flow\n    Sends requests.\n    - flow/status (high): another status\n\n\
                    Observers\n\n  error-hygiene\n    Reads answers.\n\n`tidegate explain NAME` tells all.\n";
        assert_eq!(names(list), ["flow", "error-hygiene"]);
    }

    #[test]
    fn headings_go_one_level_deeper_but_not_in_code() {
        let page = "# flow\ntext\n```yaml\n# a comment\n```\n## Example\n";
        assert_eq!(
            demoted(page),
            "## flow\ntext\n```yaml\n# a comment\n```\n### Example\n"
        );
    }
}
