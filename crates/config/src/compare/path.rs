//! Where a value stands in a check, in words.

use super::remark::clip;

/// The way from a check to a value in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    /// Where: lists and maps that were passed, innermost last.
    within: Vec<String>,
    /// The keys since then.
    keys: Vec<String>,
}

impl Path {
    /// One key deeper.
    #[must_use]
    pub(super) fn key(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.keys.push(clip(key));
        path
    }

    /// An element of the list, or an entry of the map, that stands here.
    #[must_use]
    pub(super) fn item(&self, label: &str) -> Self {
        let mut path = self.clone();
        let keys = std::mem::take(&mut path.keys);
        if !keys.is_empty() {
            path.within.push(format!("`{}`", keys.join(".")));
        }
        path.within.push(format!("`{}`", clip(label)));
        path
    }

    /// As in `` `expect.status` in `the home page loads` ``.
    pub(super) fn shown(&self) -> String {
        let mut parts = Vec::new();
        if !self.keys.is_empty() {
            parts.push(format!("`{}`", self.keys.join(".")));
        }
        parts.extend(self.within.iter().rev().cloned());
        parts.join(" in ")
    }
}
