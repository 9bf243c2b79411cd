//! Prints the acceptance table of the statistics as Markdown: how often budgets and comparisons are judged
//! how on times whose true p95 is known, beside what was computed and what the reference measured.
//!
//! Ends with an error when a bar is missed. `cargo xtask bench latency --accuracy` runs it.

#[path = "../src/statistics/acceptance/mod.rs"]
mod acceptance;

use std::io::{Error, Result, Write as _};

use acceptance::{Effort, SECTIONS, Section};
use tidegate_kinds::statistics::{
    Claim, Conclusion, Paired, Seeded, Sequential, Timed, compare, conclude, fixed, is_over,
    nearest_rank, normalise,
};

/// Runs of each line; a share of 5 % of 20,000 strays by 0.15 %.
const EFFORT: Effort = Effort {
    budget: 20_000,
    paired: 4_000,
    visible: 1_000,
    every_line: true,
};

fn main() -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(
        output,
        "Runs of each line: {} of budgets, {} of comparisons, {} of what they could see. Shares are \
         percentages of runs. A share may be past its bar b by 4 √(b (1 − b) / runs) and 2 runs.\n",
        EFFORT.budget, EFFORT.paired, EFFORT.visible
    )?;
    let mut missed = 0;
    for section in SECTIONS {
        missed += print(&mut output, &section(EFFORT))?;
    }
    match missed {
        0 => Ok(()),
        missed => Err(Error::other(format!("{missed} lines miss their bars"))),
    }
}

/// Prints a part, and says how many of its lines miss a bar.
fn print(output: &mut impl std::io::Write, section: &Section) -> Result<usize> {
    writeln!(output, "## {}\n", section.title)?;
    writeln!(output, "| {} | met |", section.columns.join(" | "))?;
    writeln!(output, "|{}", "---|".repeat(section.columns.len() + 1))?;
    for line in &section.lines {
        let met = match line.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        writeln!(output, "| {} | {met} |", line.cells.join(" | "))?;
    }
    writeln!(output)?;
    let missed = section.lines.iter().filter(|line| line.met == Some(false));
    Ok(missed.count())
}
