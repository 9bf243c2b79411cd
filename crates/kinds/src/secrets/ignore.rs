//! What a team has looked at before and lets be: `.gitleaksignore` and a report of gitleaks' as a
//! baseline.
//!
//! Only what the base of the judged change has counts: what the change adds itself is told and not
//! applied, so that nobody silences a finding in the change that brings it.

mod baseline;
mod line;

use crate::scan::counterpart;

pub(crate) use baseline::BaselineError;
use line::Entry;

/// The most entries that are read of one file.
const MOST: usize = 100_000;
/// The most entries that are told one by one in notes.
const TOLD: usize = 10;

/// A secret that was seen, as the files know secrets.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'t> {
    /// The file, relative to the repository's root, with forward slashes.
    pub(crate) file: &'t str,
    /// The slug of the rule, or the id of a rule of the user's.
    pub(crate) rule: &'t str,
    /// The 1-based line it begins on.
    pub(crate) line: usize,
    /// The secret.
    pub(crate) value: &'t str,
    /// The full id of the commit that brought it, where it is known.
    pub(crate) commit: Option<&'t str>,
}

/// What the files say about a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is known and let be.
    Known,
    /// The judged change itself says so, which does not count.
    AddedByChange,
    /// Nothing.
    Nothing,
}

/// Secrets that a team knows and lets be.
#[derive(Debug, Default)]
pub(crate) struct Ignores {
    /// From `.gitleaksignore`.
    listed: Entries,
    /// From a report of gitleaks'.
    reported: Entries,
    notes: Vec<String>,
}

/// The entries of one file.
#[derive(Debug, Default)]
struct Entries {
    applied: Vec<Entry>,
    added: Vec<Entry>,
}

impl Ignores {
    /// Reads `.gitleaksignore` as it is in the base of the judged change and in its head; `None` where
    /// there is no such file. Without a change to judge, both are the file as it is.
    pub(crate) fn of(base: Option<&str>, head: Option<&str>) -> Self {
        let mut ignores = Self::default();
        let known = base.map(|text| line::entries(text, &mut Vec::new()));
        let now = head.map(|text| line::entries(text, &mut ignores.notes));
        ignores.listed = Entries::of(known.unwrap_or_default(), now.unwrap_or_default());
        ignores
    }

    /// Adds a report of gitleaks' (`--report-format json`) as a baseline, as it is in the base and in
    /// the head.
    ///
    /// # Errors
    /// When the head's is no such report. A base's that is none counts as absent.
    pub(crate) fn with_baseline(
        mut self,
        base: Option<&str>,
        head: Option<&str>,
    ) -> Result<Self, BaselineError> {
        let known = base.and_then(|text| baseline::entries(text).ok());
        let now = head.map(baseline::entries).transpose()?;
        self.reported = Entries::of(known.unwrap_or_default(), now.unwrap_or_default());
        Ok(self)
    }

    /// What the files say about a secret; an entry that is asked for is no longer told as unused.
    pub(crate) fn say(&mut self, seen: &Seen<'_>) -> Said {
        let files = [&mut self.listed, &mut self.reported];
        let said = files.map(|entries| entries.say(seen));
        if said.contains(&Said::Known) {
            Said::Known
        } else if said.contains(&Said::AddedByChange) {
            Said::AddedByChange
        } else {
            Said::Nothing
        }
    }

    /// What a reader should know when everything has been looked at: entries that were added by the
    /// change, that match nothing, or that cannot be read.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        tell(
            &mut notes,
            self.added(),
            "is added by this change and not applied",
        );
        let unused = [&self.listed, &self.reported]
            .into_iter()
            .flat_map(|entries| &entries.applied)
            .filter(|entry| !entry.used);
        tell(&mut notes, unused, "matches nothing any more; take it out");
        notes
    }

    fn added(&self) -> impl Iterator<Item = &Entry> {
        [&self.listed, &self.reported]
            .into_iter()
            .flat_map(|entries| &entries.added)
    }
}

impl Entries {
    /// Entries of the head count when the base has them, too.
    fn of(base: Vec<Entry>, head: Vec<Entry>) -> Self {
        let known: std::collections::HashSet<_> = base.iter().map(Entry::identity).collect();
        let (applied, added) = head
            .into_iter()
            .partition(|entry| known.contains(&entry.identity()));
        Self { applied, added }
    }

    fn say(&mut self, seen: &Seen<'_>) -> Said {
        let mut said = Said::Nothing;
        for entry in &mut self.applied {
            if entry.is_about(seen) {
                entry.used = true;
                said = Said::Known;
            }
        }
        let added = || self.added.iter().any(|entry| entry.is_about(seen));
        if said == Said::Nothing && added() {
            said = Said::AddedByChange;
        }
        said
    }
}

/// Tells entries one by one, and of many only how many more there are.
fn tell<'e>(notes: &mut Vec<String>, entries: impl Iterator<Item = &'e Entry>, what: &str) {
    let mut more = 0_usize;
    for (at, entry) in entries.enumerate() {
        if at < TOLD {
            notes.push(format!("{} {what}", entry.name()));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        notes.push(format!("the same holds for {more} entries more"));
    }
}

#[cfg(test)]
mod tests;
