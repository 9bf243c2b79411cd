//! The files of a project in Rust.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "rust":
    ".gitignore",
    "Cargo.toml",
    "README.md",
    "check.md",
    "src/lib.rs",
    "tests/finds-it/case.yaml",
    "tests/leaves-it-alone/case.yaml",
};

/// A line of a table: a file of the SDK, which is a room of its own, by its path in it.
macro_rules! sdk {
    ($($path:literal,)*) => {
        &[$(Template {
            path: concat!("sdk/", $path),
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin-sdk/", $path)),
        },)*]
    };
}

pub(super) const SDK: &[Template] = sdk! {
    "Cargo.toml",
    "README.md",
    "src/bindings.rs",
    "src/capability.rs",
    "src/check.rs",
    "src/client.rs",
    "src/code.rs",
    "src/context.rs",
    "src/failure.rs",
    "src/files.rs",
    "src/host.rs",
    "src/lib.rs",
    "src/log.rs",
    "src/outcome.rs",
    "src/recorded.rs",
    "src/request.rs",
    "src/response.rs",
    "src/table.rs",
    "src/testing/answer.rs",
    "src/testing/faults.rs",
    "src/testing/glob.rs",
    "src/testing/grants.rs",
    "src/testing/host.rs",
    "src/testing/mod.rs",
    "src/testing/target.rs",
    "src/testing/tests.rs",
};

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
        let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-sdk");
        let mut found = BTreeSet::from(["sdk/Cargo.toml".to_owned(), "sdk/README.md".to_owned()]);
        sources(&sdk.join("src"), "sdk/src/", &mut found);
        let listed = SDK
            .iter()
            .map(|template| template.path.to_owned())
            .collect();
        assert_eq!(found, listed);
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
