//! What the codes of findings mean, and the kinds that no version of Tidegate knows.

use std::collections::BTreeMap;

use tidegate_core::meta::CodeInfo;
use tidegate_core::plugin::KIND_PREFIX;
use tidegate_core::registry::Registry;

/// Everything that can be found, by code; collected from `Registry::codes`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    codes: BTreeMap<String, CodeInfo>,
    /// What plugins check, by the names of their kinds.
    plugins: BTreeMap<String, String>,
}

impl Codes {
    /// What is known about a code.
    pub fn get(&self, code: &str) -> Option<&CodeInfo> {
        self.codes.get(code)
    }

    /// What the plugin of this kind, `plugin/NAME`, checks: its own words, in one line.
    pub fn plugin(&self, kind: &str) -> Option<&str> {
        self.plugins.get(kind).map(String::as_str)
    }

    /// Adds what the plugins of a registry say that they check.
    #[must_use]
    pub fn with_plugins(mut self, registry: &Registry) -> Self {
        let metas = registry.kinds().iter().map(|kind| kind.meta());
        let plugins = metas.filter(|meta| meta.name.starts_with(KIND_PREFIX));
        let summaries = plugins.map(|meta| (meta.name.to_string(), meta.summary.to_string()));
        self.plugins.extend(summaries);
        self
    }

    /// Adds what the plugin of a kind checks.
    pub(crate) fn add_plugin(&mut self, kind: String, summary: String) {
        self.plugins.insert(kind, summary);
    }

    /// These codes, and what only `others` know.
    ///
    /// Of a code whose line is not known here, as in an older report, the others' word is taken.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        for (code, info) in &others.codes {
            match self.codes.get_mut(code) {
                Some(known) if !known.summary.is_empty() => {}
                Some(known) => known.clone_from(info),
                None => drop(self.codes.insert(code.clone(), info.clone())),
            }
        }
        for (kind, summary) in &others.plugins {
            let known = self.plugins.entry(kind.clone());
            known.or_insert_with(|| summary.clone());
        }
        self
    }
}

impl FromIterator<CodeInfo> for Codes {
    fn from_iter<I: IntoIterator<Item = CodeInfo>>(codes: I) -> Self {
        Self {
            codes: codes
                .into_iter()
                .map(|info| (info.code.as_str().to_owned(), info))
                .collect(),
            plugins: BTreeMap::new(),
        }
    }
}
