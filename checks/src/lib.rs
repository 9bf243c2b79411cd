//! Ready-made check packs for Tidegate, each a gate-file fragment with parameters.

#![forbid(unsafe_code)]

use tidegate_core::pack::{PackFile, PackSource};

/// A pack that comes with Tidegate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pack {
    /// Its name, which a gate file includes it by.
    pub name: &'static str,
    /// Its YAML text.
    pub text: &'static str,
    /// Its page in Markdown; `<!-- parameters -->` and `<!-- checks -->` stand for what its text says.
    pub page: &'static str,
}

/// The files of the packs in `packs/NAME`.
macro_rules! packs {
    ($($name:literal),+ $(,)?) => {
        &[$(Pack {
            name: $name,
            text: include_str!(concat!("../packs/", $name, "/pack.yaml")),
            page: include_str!(concat!("../packs/", $name, "/pack.md")),
        }),+]
    };
}

/// Every pack, sorted by name.
pub static PACKS: &[Pack] = packs![
    "client-portal",
    "express-postgres",
    "fastapi",
    "lovable-supabase",
    "next-supabase",
    "rails",
    "stripe-billing",
    "vite-firebase",
];

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
        let pack = PACKS.iter().find(|pack| pack.name == name)?;
        Some(PackFile {
            file: format!("pack:{name}"),
            text: pack.text.to_owned(),
        })
    }

    fn names(&self) -> Vec<String> {
        PACKS.iter().map(|pack| pack.name.to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_found_by_name_and_sorted() {
        assert!(PACKS.is_sorted_by(|one, next| one.name < next.name));
        assert_eq!(
            Packs.pack("client-portal").unwrap().file,
            "pack:client-portal"
        );
        assert_eq!(Packs.pack("nope"), None);
    }

    #[test]
    fn every_folder_is_a_pack_with_a_page() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/packs");
        let folders = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = folders
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, Packs.names());
        for pack in PACKS {
            let headings: Vec<&str> = pack
                .page
                .lines()
                .filter(|line| line.starts_with('#'))
                .collect();
            let expected = [
                &format!("# {}", pack.name),
                "## What it guards against",
                "## Example",
                "## Parameters",
                "## Checks",
                "## What it writes and sends",
                "## What it cannot see",
            ];
            assert_eq!(headings, expected, "{}", pack.name);
            for mark in ["\n<!-- parameters -->\n", "\n<!-- checks -->\n"] {
                assert_eq!(pack.page.matches(mark).count(), 1, "{}: {mark}", pack.name);
            }
        }
    }

    #[test]
    fn a_file_of_rules_goes_with_its_licence() {
        for file in RULE_FILES {
            assert!(file.text.contains("[[rules]]"), "{}", file.name);
            assert!(file.licence.contains("Copyright"), "{}", file.name);
        }
    }
}
