//! What the codes of findings mean.

use std::collections::BTreeMap;

use tidegate_core::meta::CodeInfo;

/// Everything that can be found, by code; collected from `Registry::codes`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes(BTreeMap<String, CodeInfo>);

impl Codes {
    /// What is known about a code.
    pub fn get(&self, code: &str) -> Option<&CodeInfo> {
        self.0.get(code)
    }

    /// These codes, and what only `others` know.
    ///
    /// Of a code whose line is not known here, as in an older report, the others' word is taken.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        for (code, info) in &others.0 {
            match self.0.get_mut(code) {
                Some(known) if !known.summary.is_empty() => {}
                Some(known) => known.clone_from(info),
                None => drop(self.0.insert(code.clone(), info.clone())),
            }
        }
        self
    }
}

impl FromIterator<CodeInfo> for Codes {
    fn from_iter<I: IntoIterator<Item = CodeInfo>>(codes: I) -> Self {
        Self(
            codes
                .into_iter()
                .map(|info| (info.code.as_str().to_owned(), info))
                .collect(),
        )
    }
}
