//! Where the judged change begins in the repository around the gate file.

use std::path::Path;

use tidegate_core::ports::Repository as _;
use tidegate_repo::GitRepository;
use tidegate_runner::below;

use super::{Beginning, Occasion, Search, Situation};
use crate::judge::shortened;

/// Events whose checkout is the merge of the judged commit into its base.
const MERGED: [&str; 3] = [
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
];

/// Adds what the repository says: the judged commit, the start of the change, and where the gate
/// file stands.
pub(super) fn look(
    situation: &mut Situation,
    gate: &Path,
    occasion: &Occasion,
    search: &Search<'_>,
) {
    let folder = gate.parent().filter(|parent| *parent != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    // The gate itself tells what is wrong with a repository, as soon as something needs it.
    let Ok(repository) = GitRepository::discover(folder) else {
        return;
    };
    situation.provenance.folder = below(repository.root(), folder);
    let Ok(head) = repository.resolve("HEAD") else {
        return;
    };
    let judged = situation.provenance.commit.get_or_insert(head.clone());
    let judged = judged.clone();
    let finder = Finder {
        repository: &repository,
        occasion,
        deepen: search.deepen,
        head,
    };
    match search.since {
        Some(since) => finder.named(situation, since),
        None if finder.is_checked_out(&judged) => finder.of_event(situation, &judged, search),
        None => {
            situation.notes.push(format!(
                "the checkout is at `{}`, and the event is about `{}`, so nothing is known of the \
                 change; check that commit out",
                shortened(&finder.head),
                shortened(&judged)
            ));
            finder.compare(situation, &judged, search);
        }
    }
    if situation.provenance.untrusted.is_some() {
        let judge = match search.since {
            Some(since) => finder.end(since),
            None => finder.judge(&judged),
        };
        situation.provenance.base = judge.or(situation.provenance.base.take());
    }
}

struct Finder<'f> {
    repository: &'f GitRepository,
    occasion: &'f Occasion,
    deepen: bool,
    head: String,
}

impl Finder<'_> {
    /// Whether what is checked out is the judged commit, or its merge into the base.
    fn is_checked_out(&self, judged: &str) -> bool {
        self.head == judged || self.is_merge()
    }

    fn is_merge(&self) -> bool {
        let event = self.occasion.provenance.event.as_deref();
        event.is_some_and(|event| MERGED.contains(&event))
            && self.occasion.checkout.as_ref() == Some(&self.head)
    }

    /// Takes the start that somebody named; one that cannot be found is told by whatever needs it.
    fn named(&self, situation: &mut Situation, since: &str) {
        let Some(base) = self.begins(&named(since)) else {
            return;
        };
        // Deepening made the commit of a branch known, not its name.
        if self.repository.resolve(since).is_err() {
            situation.changed_since = Some(base.clone());
        }
        situation.provenance.base = Some(base);
    }

    /// Takes the first start of the event that can be found.
    fn of_event(&self, situation: &mut Situation, judged: &str, search: &Search<'_>) {
        let mut same = false;
        for beginning in &self.occasion.beginnings {
            match self.begins(beginning) {
                Some(base) if base == self.head => same = true,
                Some(base) => {
                    situation.changed_since = Some(base.clone());
                    situation.provenance.base = Some(base);
                    return;
                }
                None => {}
            }
        }
        if same || self.occasion.beginnings.is_empty() {
            return;
        }
        if !self.compare(situation, judged, search) {
            situation.notes.push(
                "the clone does not reach back to where this change begins, so everything counts \
                 as new; check out with `fetch-depth: 0`"
                    .into(),
            );
        }
    }

    /// The commit whose gate judges a change that is not trusted: the base's last one, because who is
    /// not trusted chooses where the change left it. What GitHub checks out by itself, when that is
    /// not the change, is the base.
    fn judge(&self, judged: &str) -> Option<String> {
        if !self.is_checked_out(judged) {
            let own = self.occasion.checkout.as_ref() == Some(&self.head);
            return own.then(|| self.head.clone());
        }
        let beginnings = &self.occasion.beginnings;
        let ends = beginnings.iter().filter_map(|beginning| match beginning {
            Beginning::MergedInto => self.begins(beginning),
            Beginning::Branch(branch) => self.here(self.tip(branch)?),
            Beginning::Commit(_) | Beginning::Parent => None,
        });
        // The commit that an event names was the last one when the change was made, perhaps long ago.
        let named = beginnings.iter().filter_map(|beginning| match beginning {
            Beginning::Commit(commit) => self.repository.resolve(commit).ok(),
            _ => None,
        });
        ends.chain(named).next()
    }

    /// The commit, fetched where that is allowed and needed.
    fn here(&self, commit: String) -> Option<String> {
        if self.repository.resolve(&commit).is_err() {
            // Whether it helped is seen at the next look.
            let _ = self.left(&commit);
        }
        self.repository.resolve(&commit).ok()
    }

    /// The last commit of a start that somebody named.
    fn end(&self, since: &str) -> Option<String> {
        match named(since) {
            Beginning::Branch(branch) => self.here(self.tip(&branch)?),
            _ => self.repository.resolve(since).ok(),
        }
    }

    /// The commit at which the change begins, fetched where that is allowed and needed.
    fn begins(&self, beginning: &Beginning) -> Option<String> {
        match beginning {
            Beginning::MergedInto if !self.is_merge() => None,
            Beginning::MergedInto => {
                self.fetch_parents();
                self.repository.resolve("HEAD^2").ok()?;
                self.repository.resolve("HEAD^1").ok()
            }
            Beginning::Parent => {
                self.fetch_parents();
                self.repository.resolve("HEAD^1").ok()
            }
            Beginning::Commit(commit) => self.left(commit),
            Beginning::Branch(branch) => self.left(&self.tip(branch)?),
        }
    }

    fn fetch_parents(&self) {
        if self.deepen && self.repository.resolve("HEAD^1").is_err() {
            // Whether it helped is seen at the next look.
            let _ = self.repository.fetch_parents("HEAD");
        }
    }

    /// Where the checked-out commit left another one.
    fn left(&self, commit: &str) -> Option<String> {
        let found = if self.deepen {
            self.repository.fetch_merge_base(commit, "HEAD")
        } else {
            self.repository.merge_base(commit, "HEAD")
        };
        found.ok()
    }

    /// The last commit of a branch, as the clone knows it or else as `origin` does.
    fn tip(&self, branch: &str) -> Option<String> {
        let known = self.repository.resolve(&format!("origin/{branch}"));
        match known {
            Ok(known) => Some(known),
            Err(_) if self.deepen => self.repository.remote_branch(branch).ok(),
            Err(_) => None,
        }
    }

    /// Asks somebody else which files changed; whether there was an answer.
    fn compare(&self, situation: &mut Situation, judged: &str, search: &Search<'_>) -> bool {
        let mut beginnings = self.occasion.beginnings.iter();
        let base = beginnings.find_map(|beginning| match beginning {
            Beginning::Commit(name) | Beginning::Branch(name) => Some(name),
            Beginning::MergedInto | Beginning::Parent => None,
        });
        let files = base
            .zip(search.compare)
            .and_then(|(base, compare)| compare(base, judged));
        let answered = files.is_some();
        situation.changed_files = files;
        answered
    }
}

/// What somebody names as the start of a change.
fn named(since: &str) -> Beginning {
    match since.strip_prefix("origin/") {
        Some(branch) => Beginning::Branch(branch.to_owned()),
        None => Beginning::Commit(since.to_owned()),
    }
}
