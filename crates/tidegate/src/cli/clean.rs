//! `tidegate clean`

use std::fmt::Write as _;

use tidegate::{Cleaned, Stop, exit};

use super::arguments::GateArguments;
use super::output::Output;
use super::signals;

/// Removes what lost runs left behind; the exit code is 3 when something is still there.
pub(crate) fn clean(gate: &GateArguments, output: &Output) -> anyhow::Result<u8> {
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let cleaned = gate.load()?.clean(stop)?;
    output.print(&text(&cleaned))?;
    Ok(if cleaned.left.is_empty() {
        exit::ALLOW
    } else {
        exit::INCONCLUSIVE
    })
}

fn text(cleaned: &Cleaned) -> String {
    let mut text = match (cleaned.removed.len(), cleaned.left.len()) {
        (0, 0) => "Nothing was left behind.\n".to_owned(),
        (removed, left) => format!("{removed} removed, {left} left.\n"),
    };
    // Writing to a string does not fail.
    for one in &cleaned.removed {
        let _ = writeln!(text, "  removed  {} ({})", one.created_by, one.marker);
    }
    for one in &cleaned.left {
        let with = one.remove_with.as_deref().unwrap_or("by hand");
        let _ = writeln!(
            text,
            "  left     {} ({}): {}; remove with: {with}",
            one.created_by, one.marker, one.reason
        );
    }
    if cleaned.running > 0 {
        let _ = writeln!(
            text,
            "Runs that still go on: {}; theirs is left alone.",
            cleaned.running
        );
    }
    text
}
