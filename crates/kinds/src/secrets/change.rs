//! What the change brings into the repository, and what was there before.

use std::collections::HashSet;
use std::ops::ControlFlow;

use tidegate_core::ports::{ChangedBlob, Content, Head, Repository, RepositoryError, TreeFile};

use super::collect::Collected;
use super::content::{Looked, Looker};
use super::exposure::{Exposure, Id, Known, Surface, Way};
use crate::base::Base;
use crate::blocking::Stop;
use crate::scan::Scanner;
use crate::scan::custom::Place;

/// How many bytes of a value are looked for before a file of the base is looked at whole.
const NEEDLE: usize = 12;

/// The values that comments allow.
fn allowed(looked: &Looked, known: &Known) -> HashSet<Id> {
    let sightings = looked.seen.iter().map(|seen| &seen.located.sighting);
    let allowed = sightings.filter(|sighting| sighting.allowed);
    allowed.map(|sighting| known.id(sighting)).collect()
}

/// Looks at git contents with one scanner.
pub(super) struct Git<'r> {
    pub(super) repository: &'r dyn Repository,
    pub(super) scanner: &'r Scanner,
    pub(super) stop: &'r Stop,
}

impl Git<'_> {
    /// The values that a change shows and its base did not.
    ///
    /// # Errors
    /// When the repository cannot say what changed.
    pub(super) fn change(
        &self,
        base: &Base,
        head: &Head,
        known: &mut Known,
    ) -> Result<Collected, RepositoryError> {
        let revision = base.revision();
        let mut collected = Collected::default();
        let mut looker = Looker::new(self.scanner);
        self.repository.visit_changes(revision, head, &mut |blob| {
            let ChangedBlob { file, old, new } = blob;
            let Some(new) = new else {
                return self.going();
            };
            let looked = looker.content(new, &Place::of(&file.path));
            let old = old.filter(|_| !looked.seen.is_empty());
            let now = allowed(&looked, known);
            collected.take(&file.path, looked, Surface::Repository, Way::Change);
            let path = file.renamed_from.as_deref().unwrap_or(&file.path);
            let before = old.map(|old| looker.content(old, &Place::of(path)));
            let before = before.unwrap_or_default();
            for seen in &before.seen {
                known.shows(&seen.located.sighting, Surface::Repository);
            }
            for id in &now - &allowed(&before, known) {
                known.allows_anew(id);
            }
            self.going()
        })?;
        collected
            .exposures
            .retain(|one| known.new_at(&one.sighting, one.surface));
        if let Some(revision) = revision.filter(|_| !collected.exposures.is_empty()) {
            self.learn_tree(revision, &collected.exposures, known)?;
            collected
                .exposures
                .retain(|one| known.new_at(&one.sighting, one.surface));
        }
        Ok(collected)
    }

    /// Notes which of the values stand anywhere in a revision: a value that moved to another file
    /// is not new.
    fn learn_tree(
        &self,
        revision: &str,
        exposures: &[Exposure],
        known: &mut Known,
    ) -> Result<(), RepositoryError> {
        let needles: Vec<&[u8]> = exposures
            .iter()
            .map(|one| one.sighting.value.expose().as_bytes())
            .map(|value| &value[..value.len().min(NEEDLE)])
            .collect();
        let needles = aho_corasick::AhoCorasick::new(needles).ok();
        let mut looker = Looker::new(self.scanner);
        self.repository.visit_tree(revision, &mut |file: TreeFile| {
            let there = match (&file.content, &needles) {
                (Content::Whole(bytes), Some(needles)) => needles.is_match(bytes),
                _ => true,
            };
            if there {
                for seen in looker.content(file.content, &Place::of(&file.path)).seen {
                    known.shows(&seen.located.sighting, Surface::Repository);
                }
            }
            self.going()
        })
    }

    /// The values that a revision shows, whatever changed.
    ///
    /// # Errors
    /// When the revision is unknown.
    pub(super) fn tree(&self, revision: &str) -> Result<Collected, RepositoryError> {
        let mut collected = Collected::default();
        let mut looker = Looker::new(self.scanner);
        self.repository
            .visit_tree(revision, &mut |file: TreeFile| {
                let looked = looker.content(file.content, &Place::of(&file.path));
                collected.take(&file.path, looked, Surface::Repository, Way::Tree);
                self.going()
            })?;
        Ok(collected)
    }

    /// The values that commits brought, whether they are still there or not: whoever has the
    /// repository has its history.
    ///
    /// # Errors
    /// When a revision is unknown.
    pub(super) fn history(&self, since: Option<&str>) -> Result<Collected, RepositoryError> {
        let mut collected = Collected::default();
        let mut looker = Looker::new(self.scanner);
        self.repository
            .visit_history(since, "HEAD", &mut |commit, blob| {
                if let Some(new) = blob.new {
                    let place = Place {
                        path: Some(&blob.file.path),
                        commit: Some(&commit.id),
                    };
                    let looked = looker.content(new, &place);
                    let from = collected.exposures.len();
                    collected.take(&blob.file.path, looked, Surface::Repository, Way::History);
                    for one in &mut collected.exposures[from..] {
                        one.commit = Some(commit.clone());
                    }
                }
                self.going()
            })?;
        Ok(collected)
    }

    /// Adds the commit that first showed each value.
    pub(super) fn date(&self, head: &Head, exposures: &mut [Exposure]) {
        let head = match head {
            Head::Revision(revision) => revision.as_str(),
            Head::WorkingTree | Head::Staged => "HEAD",
        };
        for one in exposures {
            let in_git =
                matches!(one.way, Way::Change | Way::Tree) && one.sighting.encoding.is_none();
            if one.commit.is_none() && in_git && !one.sighting.is_file() {
                let value = one.sighting.value.expose().as_bytes();
                let needle = &value[..value.len().min(64)];
                // Without an answer the finding is as true as with one.
                let found = self.repository.first_seen(head, &one.place.file, needle);
                one.commit = found.ok().flatten();
            }
        }
    }

    fn going(&self) -> ControlFlow<()> {
        if self.stop.requested() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
