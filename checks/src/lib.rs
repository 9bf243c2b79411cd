//! Ready-made check packs for Tidegate, each a gate-file fragment with parameters.

#![forbid(unsafe_code)]

use tidegate_core::pack::{PackFile, PackSource};

/// Name and text of every pack, sorted by name.
static PACKS: &[(&str, &str)] = &[(
    "client-portal",
    include_str!("../packs/client-portal/pack.yaml"),
)];

/// A file of rules for secrets in gitleaks' format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleFile {
    /// Its name.
    pub name: &'static str,
    /// Its TOML text.
    pub text: &'static str,
    /// The licence it is under, which goes wherever it goes.
    pub licence: &'static str,
}

/// The files of rules that come with Tidegate beside its own rules.
pub static RULE_FILES: &[RuleFile] = &[RuleFile {
    name: "betterleaks",
    text: include_str!("../rules/betterleaks.toml"),
    licence: include_str!("../rules/betterleaks.LICENSE"),
}];

/// The packs that come with Tidegate.
#[derive(Debug, Clone, Copy, Default)]
pub struct Packs;

impl PackSource for Packs {
    fn pack(&self, name: &str) -> Option<PackFile> {
        PACKS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| PackFile {
                file: format!("pack:{name}"),
                text: (*text).to_owned(),
            })
    }

    fn names(&self) -> Vec<String> {
        PACKS.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_found_by_name_and_sorted() {
        assert!(PACKS.is_sorted_by(|(one, _), (next, _)| one < next));
        assert_eq!(
            Packs.pack("client-portal").unwrap().file,
            "pack:client-portal"
        );
        assert_eq!(Packs.pack("nope"), None);
    }

    #[test]
    fn a_file_of_rules_goes_with_its_licence() {
        for file in RULE_FILES {
            assert!(file.text.contains("[[rules]]"), "{}", file.name);
            assert!(file.licence.contains("Copyright"), "{}", file.name);
        }
    }
}
