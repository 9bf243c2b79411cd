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
