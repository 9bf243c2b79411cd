//! Ready-made check packs for Tidegate, each a gate-file fragment with parameters.

#![forbid(unsafe_code)]

use tidegate_core::pack::{PackFile, PackSource};

/// Name and text of every pack, sorted by name.
static PACKS: &[(&str, &str)] = &[(
    "client-portal",
    include_str!("../packs/client-portal/pack.yaml"),
)];

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
}
