//! A case as text for people.

use std::fmt::Write as _;

use tidegate::report::text::{clip, defuse, one_line, visible};
use tidegate_core::words::{count, number, time};
use tidegate_plugin::author::test::CaseRan;
use tidegate_plugin::interface::log::Level;

use super::Judged;

/// The longest line of a plugin that is shown whole.
const WIDTH: usize = 400;
/// The most lines of a difference that are shown.
const LINES: usize = 200;

/// What one case came to: what it used, what it asked for, what it logged, and what differs.
pub(super) fn case(name: &str, ran: &CaseRan, judged: &Judged) -> String {
    let used = &ran.ran.used;
    let word = match judged {
        Judged::Same => "as expected",
        Judged::Written => "written: look at expect.json, and commit it",
        Judged::Wrong(_) => "NOT as expected",
    };
    let mut text = format!(
        "{name}: {word} ({}, {}, {} KiB of memory)\n",
        time(used.time.as_secs_f64() * 1e3),
        count(used.requests.into(), "request"),
        number(used.memory.div_ceil(1024) as u64),
    );
    for request in &ran.asked.requests {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {}", shown(request));
    }
    for (level, message) in &ran.ran.log {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
        };
        let _ = writeln!(text, "  {level}: {}", shown(message));
    }
    if let Judged::Wrong(what) = judged {
        if let Err(error) = &ran.ran.result {
            let _ = writeln!(
                text,
                "  {}\n  {}",
                shown(&error.to_string()),
                shown(&error.help())
            );
        }
        let lines: Vec<&str> = what.lines().collect();
        for line in lines.iter().take(LINES) {
            let _ = writeln!(text, "{}", defuse(&visible(&clip(line, WIDTH), true)));
        }
        if lines.len() > LINES {
            let _ = writeln!(
                text,
                "  … and {}",
                count((lines.len() - LINES) as u64, "more line")
            );
        }
        text.push_str("  `--update` takes what came as what is expected\n");
    }
    text
}

/// A text of a plugin, which may be anything.
fn shown(text: &str) -> String {
    one_line(&clip(text, WIDTH), true)
}
