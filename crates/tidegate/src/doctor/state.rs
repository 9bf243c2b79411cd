//! What Tidegate itself writes: the folder of what outlives a run.

use std::io;
use std::path::Path;

use tidegate_core::baseline::day;

use super::Line;
use crate::gate::{Gate, STATE_FOLDER};

pub(super) fn lines(folder: &Path, gate: Option<&Gate>) -> Vec<Line> {
    let mut lines = vec![writable(folder)];
    lines.extend(gate.and_then(baseline));
    lines
}

fn writable(folder: &Path) -> Line {
    let state = folder.join(STATE_FOLDER);
    let place = if state.is_dir() { &state } else { folder };
    match tried(place) {
        Ok(()) if state.is_dir() => Line::ok(format!("`{STATE_FOLDER}` can be written to")),
        Ok(()) => Line::ok(format!("`{STATE_FOLDER}` can be made")),
        Err(error) => Line::warning(format!("`{}` cannot be written to: {error}", place.display())).remedy(
            "Make it writable: without it recent failures are forgotten, and `tidegate clean` cannot know what a lost \
             run left behind.",
        ),
    }
}

/// Makes a file that has no name, or is gone at once.
fn tried(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder).map(drop)
}

/// The findings that are known, and whether they end.
fn baseline(gate: &Gate) -> Option<Line> {
    let baseline = match gate.baseline() {
        Ok(baseline) => baseline,
        Err(error) => return Some(Line::stop(error.to_string()).remedy(error.help())),
    };
    let today = day(jiff::Timestamp::now());
    let known = baseline.findings.len();
    let expired = baseline
        .findings
        .iter()
        .filter(|one| one.expired(today))
        .count();
    match (known, expired) {
        (0, _) => None,
        (_, 0) => Some(Line::ok(format!("{} known in the baseline", findings(known)))),
        _ => Some(
            Line::warning(format!(
                "{} known in the baseline, {expired} of them until a day that is over: those count",
                findings(known)
            ))
            .remedy("Mend what was found. `tidegate baseline accept --for 30d --extend` accepts it for longer."),
        ),
    }
}

fn findings(number: usize) -> String {
    match number {
        1 => "1 finding is".to_owned(),
        _ => format!("{number} findings are"),
    }
}
