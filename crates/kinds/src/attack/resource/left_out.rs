//! What a document has and is not tried.

use std::collections::BTreeMap;

/// The names of what is not tried, by the reason.
#[derive(Debug, Default)]
pub(crate) struct LeftOut(BTreeMap<&'static str, Vec<String>>);

impl LeftOut {
    /// Adds what is not tried.
    pub(crate) fn add(&mut self, reason: &'static str, name: String) {
        self.0.entry(reason).or_default().push(name);
    }

    /// It for the reader of a report, a sentence for each reason.
    pub(crate) fn notes(&self) -> Vec<String> {
        let all = self.0.iter();
        all.map(|(reason, names)| format!("Not tried, because {reason}: {}.", names.join(", ")))
            .collect()
    }
}
