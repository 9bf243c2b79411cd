//! The page of a plugin, in the shape that every kind's page has.

use std::fmt::Write as _;

use crate::capability;
use crate::interface::types::{Capability, Code};
use crate::lock::Locked;

/// Puts the page together; `kind` is `plugin/NAME`.
pub(super) fn page(kind: &str, locked: &Locked) -> String {
    let described = &locked.describes;
    let mut page = format!(
        "# {kind}\n\n## What it does\n\n{}.\n\n{}",
        described.summary.trim_end_matches('.'),
        demoted(&described.documentation)
    );
    if !described.capabilities.is_empty() {
        page.push_str("\nIt asks for powers, which the gate file grants under `grant:`:\n\n");
        described
            .capabilities
            .iter()
            .for_each(|one| asks(&mut page, one));
    }
    page.push_str("\n## Why it is bad\n\n");
    for code in &described.codes {
        let _ = writeln!(page, "- {}: {}", code.summary, code.impact);
    }
    let _ = write!(
        page,
        "\n## Example\n\n```yaml\nacme-{}:\n  {kind}: {}\n```\n",
        kind.rsplit('/').next().unwrap_or(kind),
        example(locked)
    );
    page.push_str("\n## How to fix\n\nEvery finding says what to do about it.\n");
    described
        .codes
        .iter()
        .for_each(|one| code(&mut page, kind, one));
    let _ = write!(
        page,
        "\n## References\n\n- Version {}, from `{}`\n- SHA-256 `{}`\n- Made for `{}`\n",
        described.version, locked.source, locked.sha256, locked.interface
    );
    page
}

fn asks(page: &mut String, asked: &Capability) {
    let optional = if asked.optional {
        " It does without, too."
    } else {
        ""
    };
    let _ = writeln!(
        page,
        "- It {}: {}.{optional}",
        capability::phrase(&asked.power),
        asked.reason.trim_end_matches('.')
    );
}

fn code(page: &mut String, kind: &str, code: &Code) {
    let _ = write!(
        page,
        "\n### `{kind}/{}`\n\n{}.\n\n{}\n",
        code.slug,
        code.summary.trim_end_matches('.'),
        in_section(&code.remedy)
    );
}

/// A config that the schema itself gives as an example, on one line.
fn example(locked: &Locked) -> String {
    let schema = &locked.describes.config_schema;
    let examples = schema.get("examples").and_then(|all| all.get(0));
    examples.map_or_else(|| "{}".to_owned(), ToString::to_string)
}

/// Foreign Markdown whose headings lie below the section that it stands in, so that it takes no part of the page for
/// its own.
fn demoted(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let start = line.trim_start();
        fenced ^= start.starts_with("```") || start.starts_with("~~~");
        if !fenced && start.starts_with('#') {
            let level = start.bytes().take_while(|byte| *byte == b'#').count();
            let title = start.trim_start_matches('#');
            let level = (level + 1).clamp(3, 6);
            out.push_str(&"#".repeat(level));
            out.push_str(title);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    if fenced {
        out.push_str("```\n");
    }
    out
}

/// The same without headings.
fn in_section(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let start = line.trim_start();
        start
            .strip_prefix('#')
            .map_or(line, |rest| rest.trim_start_matches(['#', ' ']))
    });
    lines.collect::<Vec<_>>().join("\n")
}
