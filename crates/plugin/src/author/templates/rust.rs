//! The files of a project in Rust.

use std::collections::BTreeMap;

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "rust":
    ".gitignore",
    "Cargo.toml",
    "README.md",
    "check.md",
    "src/lib.rs",
    "tests/finds-it/case.yaml",
    "tests/finds-it/expect.json",
    "tests/leaves-it-alone/case.yaml",
    "tests/leaves-it-alone/expect.json",
};

/// The SDK, a room of its own, as one JSON object of paths and texts: what crates.io has of this crate holds nothing
/// from outside its folder. `cargo xtask generate` makes it.
const SDK: &str = include_str!("../../../sdk/rust.json");

/// The files of the SDK by their paths in a project, and what each says.
pub(super) fn sdk() -> Vec<(String, String)> {
    let files: BTreeMap<String, String> = serde_json::from_str(SDK).unwrap_or_default();
    let placed = |(path, text)| (format!("{}/{path}", super::SDK), text);
    files.into_iter().map(placed).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The Rust sources below a folder of the SDK, by their paths as a project has them.
    fn sources(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() {
                sources(&entry.path(), &format!("{prefix}{name}/"), found);
            } else {
                found.insert(format!("{prefix}{name}"));
            }
        }
    }

    #[test]
    fn a_project_gets_the_whole_sdk() {
        let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-sdk");
        let mut found = BTreeSet::from(["sdk/Cargo.toml".to_owned(), "sdk/README.md".to_owned()]);
        sources(&room.join("src"), "sdk/src/", &mut found);
        let listed = sdk().into_iter().map(|(path, _)| path).collect();
        assert_eq!(found, listed);
        for (path, text) in sdk() {
            let there = std::fs::read_to_string(room.join(&path["sdk/".len()..])).expect(&path);
            assert!(there == text, "run `cargo xtask generate`: {path} is old");
        }
    }

    #[test]
    fn the_sdk_has_the_interface_of_the_host() {
        let copy = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../plugin-sdk/wit/check.wit"
        ));
        assert!(copy == super::super::WIT, "crates/plugin-sdk/wit is old");
    }
}
