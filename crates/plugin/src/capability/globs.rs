//! Globs of files, asked for and granted.

use globset::{Glob, GlobBuilder, GlobMatcher, GlobSet, GlobSetBuilder};
use tidegate_core::plugin::Grant;

use crate::interface::types::{Capability, Power};

/// The files that match a glob that is asked for and one that is granted.
#[derive(Debug, Clone, Default)]
pub struct Globs {
    asked: Vec<String>,
    granted: Vec<String>,
    both: Option<(GlobSet, GlobSet)>,
}

impl Globs {
    /// The globs of a plugin; a malformed one matches nothing.
    pub(super) fn of(asked: &[Capability], grant: &Grant) -> Self {
        let asked: Vec<String> = asked
            .iter()
            .filter_map(asked_glob)
            .map(str::to_owned)
            .collect();
        let granted: Vec<String> = grant.files.iter().map(|glob| glob.value.clone()).collect();
        let granted = overlapping(granted, &asked);
        let asked = overlapping(asked, &granted);
        let both = (!asked.is_empty()).then(|| (set(&asked), set(&granted)));
        Self {
            asked,
            granted,
            both,
        }
    }

    /// Whether there is a file that it could match.
    pub fn is_empty(&self) -> bool {
        self.both.is_none()
    }

    /// The granted globs that a glob of the plugin may have something in common with.
    pub(crate) fn granted(&self) -> &[String] {
        &self.granted
    }

    /// Whether a path from the folder of the gate file may be read.
    pub fn allows(&self, path: &str) -> bool {
        let both = self.both.as_ref();
        both.is_some_and(|(asked, granted)| asked.is_match(path) && granted.is_match(path))
    }

    /// What it reads, as a person reads it.
    pub(super) fn sentence(&self) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let granted = self.granted.join(" or ");
        let narrower = self.asked != self.granted;
        let and = if narrower {
            format!(" and {}", self.asked.join(" or "))
        } else {
            String::new()
        };
        Some(format!("reads files that match {granted}{and}"))
    }
}

/// The glob of a capability.
fn asked_glob(capability: &Capability) -> Option<&str> {
    match &capability.power {
        Power::Files(glob) => Some(glob),
        _ => None,
    }
}

/// Those that could match a file that one of the others matches.
fn overlapping(globs: Vec<String>, others: &[String]) -> Vec<String> {
    let overlaps = |glob: &String| others.iter().any(|other| may_overlap(glob, other));
    globs.into_iter().filter(overlaps).collect()
}

/// Whether a file could match both: true unless their beginnings without wildcards lead apart.
pub(super) fn may_overlap(one: &str, other: &str) -> bool {
    let (one, other) = (beginning(one), beginning(other));
    one.starts_with(other) || other.starts_with(one)
}

/// What stands before the first wildcard.
fn beginning(glob: &str) -> &str {
    let end = glob.find(['*', '?', '[', '{', '\\']).unwrap_or(glob.len());
    &glob[..end]
}

/// As [`tidegate_core::ports::Files::list`] reads globs: `*` stops at a slash.
fn set(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs.iter().filter_map(|glob| read(glob)) {
        set.add(glob);
    }
    set.build().unwrap_or_default()
}

/// One glob, unless it is malformed.
pub(crate) fn glob(text: &str) -> Option<GlobMatcher> {
    read(text).map(|glob| glob.compile_matcher())
}

fn read(text: &str) -> Option<Glob> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.ok()
}
