//! Lines put into a gate file, of which everything else stays as it is.

use std::io;
use std::path::Path;

use tidegate_config::{Disk, Reader};

use super::super::output::Usage;

/// The largest gate file that is changed, in bytes: 1 MiB, as large as one may be.
const LIMIT: usize = 1024 * 1024;

/// The section that plugins are declared in.
const SECTION: &str = "plugins:";

/// What became of the lines.
pub(super) enum Inserted {
    /// The gate file has them.
    Written,
    /// They cannot be put in without touching something else, and why.
    Unsafe(String),
}

/// A gate file that was not written yet.
struct Proposed<'t>(&'t str);

impl Reader for Proposed<'_> {
    fn read(&self, _: &Path, _: usize) -> io::Result<Vec<u8>> {
        Ok(self.0.as_bytes().to_vec())
    }
}

/// Whether a gate file declares plugins already.
pub(super) fn has_section(gate: &Path) -> bool {
    let text = Disk.read(gate, LIMIT).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().any(|line| line.starts_with(SECTION))
}

/// Puts the lines that declare a plugin at the end of `plugins:`, or that section at the end of the gate file.
///
/// # Errors
/// When the gate file cannot be read or written.
pub(super) fn insert(gate: &Path, name: &str, lines: &str) -> Result<Inserted, Usage> {
    let fault = |error: io::Error| Usage {
        message: format!("{} cannot be changed: {error}", gate.display()),
        help: "The lock file is written; leave out `--write` to see the lines.".to_owned(),
    };
    let bytes = Disk.read(gate, LIMIT + 1).map_err(fault)?;
    let before = match String::from_utf8(bytes) {
        Ok(text) if text.len() <= LIMIT => text,
        _ => {
            return Ok(Inserted::Unsafe(
                "it is no text of at most 1 MiB".to_owned(),
            ));
        }
    };
    let after = match with(&before, lines) {
        Ok(after) => after,
        Err(why) => return Ok(Inserted::Unsafe(why.to_owned())),
    };
    let declared = |text: &str| {
        let read = tidegate_config::plugins(gate, &Proposed(text));
        read.map(|all| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>())
    };
    let (old, new) = match (declared(&before), declared(&after)) {
        (Ok(old), Ok(new)) => (old, new),
        _ => return Ok(Inserted::Unsafe("it has faults".to_owned())),
    };
    let expected = old.into_iter().chain([name.to_owned()]);
    if !expected.eq(new) {
        return Ok(Inserted::Unsafe(
            "the lines would not mean what they should there".to_owned(),
        ));
    }
    tidegate_plugin::lock::replace(gate, after.as_bytes()).map_err(fault)?;
    Ok(Inserted::Written)
}

/// The text with the lines in it.
fn with(text: &str, lines: &str) -> Result<String, &'static str> {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = lines.replace('\n', ending);
    if text
        .lines()
        .any(|line| line.starts_with("...") || line.starts_with("---"))
    {
        return Err("it marks where its document begins or ends");
    }
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let Some(section) = starts.find(|at| text[*at..].starts_with(SECTION)) else {
        let gap = match text {
            "" => "",
            text if text.ends_with('\n') => ending,
            _ => return Ok(format!("{text}{ending}{ending}{SECTION}{ending}{lines}")),
        };
        return Ok(format!("{text}{gap}{SECTION}{ending}{lines}"));
    };
    let (head, rest) = text[section..]
        .split_once('\n')
        .unwrap_or((&text[section..], ""));
    let inline = head
        .trim_end()
        .strip_prefix(SECTION)
        .unwrap_or_default()
        .trim_start();
    if !inline.is_empty() && !inline.starts_with('#') {
        return Err("its `plugins:` are written in one line");
    }
    // The last line of the section is the last one that is indented.
    let mut end = section + head.len() + usize::from(head.len() < text.len() - section);
    let mut at = end;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        let plain = line.trim_end();
        if line.starts_with(' ') && !plain.is_empty() {
            end = at;
        } else if !plain.is_empty() && !plain.starts_with('#') {
            break;
        }
    }
    let said = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let first = rest.lines().find(said);
    let by_two = |line: &str| {
        line.strip_prefix("  ")
            .is_some_and(|rest| !rest.starts_with(' '))
    };
    if first.is_some_and(|first| first.starts_with(' ') && !by_two(first)) {
        return Err("its `plugins:` are indented in another way");
    }
    let (before, after) = text.split_at(end);
    let gap = if before.ends_with('\n') { "" } else { ending };
    Ok(format!("{before}{gap}{lines}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "  b:\n    path: \"b.wasm\"\n";

    #[test]
    fn a_section_is_added_at_the_end_or_grows() {
        for (before, after) in [
            (
                "name: a\n",
                "name: a\n\nplugins:\n  b:\n    path: \"b.wasm\"\n",
            ),
            (
                "name: a",
                "name: a\n\nplugins:\n  b:\n    path: \"b.wasm\"\n",
            ),
            (
                "name: a\r\n",
                "name: a\r\n\r\nplugins:\r\n  b:\r\n    path: \"b.wasm\"\r\n",
            ),
            (
                "plugins: # ours\n  a:\n    path: a.wasm\n\n# the checks\nchecks: {}\n",
                "plugins: # ours\n  a:\n    path: a.wasm\n  b:\n    path: \"b.wasm\"\n\n# the checks\nchecks: {}\n",
            ),
            ("plugins:\n", "plugins:\n  b:\n    path: \"b.wasm\"\n"),
            ("plugins:", "plugins:\n  b:\n    path: \"b.wasm\"\n"),
            (
                "plugins:\n  a: { path: a.wasm }",
                "plugins:\n  a: { path: a.wasm }\n  b:\n    path: \"b.wasm\"\n",
            ),
        ] {
            assert_eq!(with(before, LINES).as_deref(), Ok(after), "{before:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_left_alone() {
        for text in [
            "plugins: {}\n",
            "plugins: { a: { path: a.wasm } }\n",
            "a: 1\n...\n",
            "---\na: 1\n",
        ] {
            assert!(with(text, LINES).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_written_only_when_it_means_the_same_and_more() {
        let folder = tempfile::tempdir().unwrap();
        let gate = folder.path().join("tidegate.yaml");
        let tried = |text: &str| {
            std::fs::write(&gate, text).unwrap();
            let inserted = insert(&gate, "b", LINES).unwrap();
            (
                matches!(inserted, Inserted::Written),
                std::fs::read_to_string(&gate).unwrap(),
            )
        };
        let (written, text) = tried("name: a # kept\n");
        assert!(written && text.starts_with("name: a # kept\n"));
        // Inside of a text of several lines nothing is a key.
        for odd in [
            "about: |\n  plugins:\nplugins:\n    a:\n        path: a.wasm\n",
            "a: [\n",
            "plugins:\n  - a\n",
        ] {
            let (written, text) = tried(odd);
            assert!(!written, "{odd}");
            assert_eq!(text, odd);
        }
    }
}
