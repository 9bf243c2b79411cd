//! The exact command lines that are measured.

use std::path::Path;
use std::process::Command;

use crate::bench::command::Prepared;
use crate::bench::ours::Ours;
use crate::bench::portal::Portal;

/// The exit codes with which a comparison has looked at everything: the second says that it found
/// something.
const CODES: &[i32] = &[0, 1];

/// A run of one of the gates in the portal's folder.
pub(super) fn gate(ours: &Ours, portal: &Portal, gate: &str) -> Prepared {
    let mut command = Command::new(&ours.tidegate);
    command
        .args(["--gate", gate, "run", "--all"])
        .env("PORTAL_URL", portal.url())
        .env("PORTAL_PASSWORD", "anna-demo-password");
    prepared(command, portal.folder())
}

/// Two documents of the portal's folder compared.
pub(super) fn diff(ours: &Ours, portal: &Portal, base: &str, head: &str) -> Prepared {
    let mut command = Command::new(&ours.tidegate);
    command.args(["contract", base, head]);
    prepared(command, portal.folder()).ending_with(CODES)
}

/// A document compared with itself: it is loaded and walked, and nothing is found.
pub(super) fn load(ours: &Ours, portal: &Portal, document: &Path) -> Prepared {
    let mut command = Command::new(&ours.tidegate);
    command.arg("contract").args([document; 2]);
    prepared(command, portal.folder())
}

fn prepared(mut command: Command, folder: &Path) -> Prepared {
    command.current_dir(folder);
    Prepared::new(command, folder)
}
