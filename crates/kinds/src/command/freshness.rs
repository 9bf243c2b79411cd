//! Tells a report that the command wrote from one that was lying there.
//!
//! A report counts when two things hold: it differs from what was there before the command began,
//! in its time or in its content (some file systems count time in steps of two seconds), and its
//! time is not before that moment by more than such a step, so that a copy restored with its old
//! time is no new report.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tidegate_core::ports::{Clock, Files, FilesError};

use super::config::ReportSource;
use super::report::CAPACITY;

/// The coarsest step in which a file system counts time: FAT's two seconds.
const STEP: Duration = Duration::from_secs(2);

/// What was there before the command began.
pub(super) struct Before {
    started: Duration,
    stamps: BTreeMap<String, Stamp>,
}

#[derive(PartialEq)]
struct Stamp {
    modified: Duration,
    /// The digest of the content; `None` when it could not be read.
    content: Option<u64>,
}

/// The reports that are there after the command ended.
#[derive(Debug, PartialEq, Default)]
pub(super) struct After {
    /// Those that it wrote.
    pub(super) fresh: Vec<String>,
    /// Those that it did not touch.
    pub(super) stale: Vec<String>,
}

impl Before {
    /// Looks at the reports that are there.
    pub(super) fn look(
        files: &dyn Files,
        clock: &dyn Clock,
        source: &ReportSource,
    ) -> Result<Self, FilesError> {
        let started = u64::try_from(clock.wall().as_millisecond()).unwrap_or_default();
        Ok(Self {
            started: Duration::from_millis(started),
            stamps: stamps(files, source)?,
        })
    }

    /// Looks again, once the command has ended.
    pub(super) fn compare(
        &self,
        files: &dyn Files,
        source: &ReportSource,
    ) -> Result<After, FilesError> {
        let mut after = After::default();
        for (path, stamp) in stamps(files, source)? {
            let touched = self.stamps.get(&path).is_none_or(|before| *before != stamp);
            let recent = stamp.modified + STEP >= self.started;
            if touched && recent {
                after.fresh.push(path);
            } else {
                after.stale.push(path);
            }
        }
        Ok(after)
    }
}

fn stamps(files: &dyn Files, source: &ReportSource) -> Result<BTreeMap<String, Stamp>, FilesError> {
    let paths = match source {
        ReportSource::Path(path) => vec![path.clone()],
        ReportSource::Glob(glob) => files.list(std::slice::from_ref(glob))?,
        ReportSource::Output => Vec::new(),
    };
    let mut stamps = BTreeMap::new();
    for path in paths {
        if let Some(modified) = files.modified(&path)? {
            let content = files
                .read(&path, CAPACITY)
                .ok()
                .map(|content| digest(&content));
            stamps.insert(path, Stamp { modified, content });
        }
    }
    Ok(stamps)
}

fn digest(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
