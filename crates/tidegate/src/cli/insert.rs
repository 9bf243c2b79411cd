//! Lines put into a gate file, of which everything else stays as it is.

use std::io;
use std::path::Path;

use tidegate::node::{Node, Value};
use tidegate_config::{Disk, Reader};

use super::output::Usage;

/// The largest gate file that is changed, in bytes: 1 MiB, as large as one may be.
const LIMIT: usize = 1024 * 1024;

/// Lines for a section of a gate file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addition<'a> {
    /// The section, such as `plugins`.
    pub(crate) section: &'a str,
    /// Its new entries, indented by two.
    pub(crate) lines: &'a str,
}

/// What became of the lines.
pub(crate) enum Inserted {
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

/// Whether a gate file has a section already.
#[cfg(feature = "plugins")]
pub(crate) fn has_section(gate: &Path, section: &str) -> bool {
    let text = Disk.read(gate, LIMIT).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let begins = format!("{section}:");
    text.lines().any(|line| line.starts_with(&begins))
}

/// Puts lines at the end of sections, or sections at the end of the gate file; all of them or none.
///
/// # Errors
/// When the gate file cannot be read or written.
pub(crate) fn insert(gate: &Path, additions: &[Addition<'_>]) -> Result<Inserted, Usage> {
    let fault = |error: io::Error| Usage {
        message: format!("{} cannot be changed: {error}", gate.display()),
        help: "Check that it may be read and written, or have the lines printed instead."
            .to_owned(),
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
    let mut after = before.clone();
    for addition in additions {
        after = match with(&after, addition.section, addition.lines) {
            Ok(after) => after,
            Err(why) => return Ok(Inserted::Unsafe(why)),
        };
    }
    if after.len() > LIMIT {
        return Ok(Inserted::Unsafe(
            "it would become larger than 1 MiB".to_owned(),
        ));
    }
    let read = |text: &str| tidegate_config::document(&Proposed(text), gate, "the gate file");
    let (Ok(old), Ok(new)) = (read(&before), read(&after)) else {
        return Ok(Inserted::Unsafe("it has faults".to_owned()));
    };
    if !only_more(&old, &new, additions) {
        return Ok(Inserted::Unsafe(
            "the lines would not mean what they should there".to_owned(),
        ));
    }
    tidegate_runner::replace(gate, after.as_bytes()).map_err(fault)?;
    Ok(Inserted::Written)
}

/// Whether nothing of a gate file is another than before, and everything new is what was added.
fn only_more(old: &Node, new: &Node, additions: &[Addition<'_>]) -> bool {
    let added = |section: &str| -> Option<Node> {
        let lines = additions.iter().filter(|one| one.section == section);
        let lines: String = lines.map(|one| one.lines).collect();
        let read =
            tidegate_config::document(&Proposed(&lines), Path::new("added"), "what was added");
        read.ok().filter(|_| !lines.is_empty())
    };
    let known = old.entries().iter().all(|(key, value)| {
        let now = new.get(&key.text);
        match added(&key.text) {
            None => now.is_some_and(|now| same(value, now)),
            Some(more) => now.is_some_and(|now| grown(value, now, &more)),
        }
    });
    let fresh = new
        .entries()
        .iter()
        .filter(|(key, _)| old.get(&key.text).is_none());
    let mut fresh =
        fresh.map(|(key, value)| added(&key.text).is_some_and(|more| same(&more, value)));
    known && fresh.all(|fits| fits) && matches!(old.value, Value::Map(_) | Value::Null)
}

/// Whether a section has what it had, and then what was added.
fn grown(old: &Node, new: &Node, more: &Node) -> bool {
    let is_section = matches!(old.value, Value::Map(_) | Value::Null);
    let wanted = old.entries().iter().chain(more.entries());
    let all = new.entries();
    is_section
        && all.len() == old.entries().len() + more.entries().len()
        && wanted
            .zip(all)
            .all(|((key, value), (now, other))| key.text == now.text && same(value, other))
}

/// Whether two values are the same, wherever they stand.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((key, value), (name, twin))| key.text == name.text && same(value, twin))
        }
        (Value::Sequence(one), Value::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(value, twin)| same(value, twin))
        }
        (one, other) => one == other,
    }
}

/// The text with the lines in it.
fn with(text: &str, section: &str, lines: &str) -> Result<String, String> {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = lines.replace('\n', ending);
    let name = format!("{section}:");
    if text
        .lines()
        .any(|line| line.starts_with("...") || line.starts_with("---"))
    {
        return Err("it marks where its document begins or ends".to_owned());
    }
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    let Some(section) = starts.find(|at| text[*at..].starts_with(&name)) else {
        let gap = match text {
            "" => "",
            text if text.ends_with('\n') => ending,
            _ => return Ok(format!("{text}{ending}{ending}{name}{ending}{lines}")),
        };
        return Ok(format!("{text}{gap}{name}{ending}{lines}"));
    };
    let (head, rest) = text[section..]
        .split_once('\n')
        .unwrap_or((&text[section..], ""));
    let inline = head
        .trim_end()
        .strip_prefix(&name)
        .unwrap_or_default()
        .trim_start();
    if !inline.is_empty() && !inline.starts_with('#') {
        return Err(format!("its `{name}` are written in one line"));
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
        return Err(format!("its `{name}` are indented in another way"));
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
            assert_eq!(
                with(before, "plugins", LINES).as_deref(),
                Ok(after),
                "{before:?}"
            );
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
            assert!(with(text, "plugins", LINES).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_is_written_only_when_it_means_the_same_and_more() {
        let folder = tempfile::tempdir().unwrap();
        let gate = folder.path().join("tidegate.yaml");
        let tried = |text: &str| {
            std::fs::write(&gate, text).unwrap();
            let inserted = insert(
                &gate,
                &[Addition {
                    section: "plugins",
                    lines: LINES,
                }],
            )
            .unwrap();
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

    #[test]
    fn several_sections_are_added_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let gate = folder.path().join("tidegate.yaml");
        let additions = [
            Addition {
                section: "identities",
                lines: "  boris: { bearer: x }\n",
            },
            Addition {
                section: "checks",
                lines: "  # new\n  b: { flow: [{ get: / }] }\n",
            },
        ];
        let before =
            "name: a\nchecks: # ours\n  a: { flow: [{ get: / }] }\n\n# the end\npolicy: {}\n";
        std::fs::write(&gate, before).unwrap();
        assert!(matches!(
            insert(&gate, &additions).unwrap(),
            Inserted::Written
        ));
        assert_eq!(
            std::fs::read_to_string(&gate).unwrap(),
            "name: a\nchecks: # ours\n  a: { flow: [{ get: / }] }\n  # new\n  b: { flow: [{ get: / }] }\n\n# the end\npolicy: {}\n\nidentities:\n  boris: { bearer: x }\n"
        );
        // A second time the names are taken, and a key that stands twice is no gate file.
        assert!(matches!(
            insert(&gate, &additions).unwrap(),
            Inserted::Unsafe(_)
        ));
        let odd = "checks: { a: { flow: [{ get: / }] } }\n";
        std::fs::write(&gate, odd).unwrap();
        assert!(matches!(
            insert(&gate, &additions).unwrap(),
            Inserted::Unsafe(_)
        ));
        assert_eq!(std::fs::read_to_string(&gate).unwrap(), odd);
    }
}
