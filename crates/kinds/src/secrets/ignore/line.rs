//! The entries of `.gitleaksignore`, and how any entry is held against a secret.

use tidegate_core::secret::Sensitive;

use super::{MOST, Seen, counterpart};

/// One secret that is let be.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// What people know the file by that it stands in, with its line where it has one.
    pub(super) origin: String,
    /// The beginning of the id of the commit it is for.
    pub(super) commit: Option<String>,
    /// The file, with forward slashes.
    pub(super) file: String,
    /// gitleaks' id of the rule, one of Tidegate's slugs, or the id of a rule of the user's.
    pub(super) rule: String,
    /// The 1-based line.
    pub(super) line: usize,
    /// The secret; the line counts when it is not told.
    pub(super) value: Option<Sensitive>,
    /// Whether it was about a secret that was seen.
    pub(super) used: bool,
}

impl Entry {
    /// What makes it the same entry in another version of its file.
    pub(super) fn identity(&self) -> (Option<String>, String, String, usize, Option<Sensitive>) {
        (
            self.commit.clone(),
            self.file.clone(),
            self.rule.clone(),
            self.line,
            self.value.clone(),
        )
    }

    /// Whether it is about what was seen. Of a commit only what is known is compared.
    pub(super) fn is_about(&self, seen: &Seen<'_>) -> bool {
        let here = match &self.value {
            Some(value) => value.expose() == seen.value,
            None => self.line == seen.line,
        };
        let commit = match (&self.commit, seen.commit) {
            (Some(start), Some(commit)) => commit.starts_with(start),
            _ => true,
        };
        here && commit && self.file == seen.file && self.is_for(seen.rule)
    }

    fn is_for(&self, rule: &str) -> bool {
        self.rule == rule || counterpart::of(&self.rule).contains(&rule)
    }

    /// How it is told to people: never its value.
    pub(super) fn name(&self) -> String {
        let Self {
            origin,
            file,
            rule,
            line,
            ..
        } = self;
        format!("{origin}: `{file}:{rule}:{line}`")
    }
}

/// Reads `file:rule:line` and `commit:file:rule:line`, one a line; `#` begins a comment. What is
/// neither is told.
pub(super) fn entries(text: &str, notes: &mut Vec<String>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if entries.len() >= MOST {
            notes.push(format!(
                ".gitleaksignore has more than {MOST} entries; the rest is not read"
            ));
            break;
        }
        let origin = format!(".gitleaksignore line {}", at + 1);
        match entry(line, &origin) {
            Some(entry) => entries.push(entry),
            None => notes.push(format!(
                "{origin} is not read: write `file:rule:line` or `commit:file:rule:line`"
            )),
        }
    }
    entries
}

fn entry(line: &str, origin: &str) -> Option<Entry> {
    let (rest, number) = line.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let (commit, file) = match rest.split_once(':') {
        Some((commit, file)) if is_commit(commit) => (Some(commit.to_lowercase()), file),
        _ => (None, rest),
    };
    let line = number.trim().parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty() && !rule.is_empty()).then(|| Entry {
        origin: origin.to_owned(),
        commit,
        file: path(file),
        rule: rule.to_owned(),
        line,
        value: None,
        used: false,
    })
}

/// A path as Tidegate writes it.
pub(super) fn path(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    path.strip_prefix("./").map(str::to_owned).unwrap_or(path)
}

fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
