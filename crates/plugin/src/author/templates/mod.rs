//! The files of a new project, which are part of the program: nothing is fetched to begin one.
//!
//! A template lies in `templates/LANGUAGE/` of this crate under the path that it has in the project, with `.in`
//! behind it, so that neither cargo nor git nor npm takes it for a file of its own. Each has one line in the table of
//! its language. `{{…}}` in it is replaced; the words are in `project.rs`.

mod js;
mod py;
mod rust;

use super::Language;

/// One file of a new project.
#[derive(Debug, Clone, Copy)]
pub(super) struct Template {
    /// Its path from the folder of the project, with forward slashes.
    pub(super) path: &'static str,
    /// What it says before names are filled in.
    pub(super) text: &'static str,
}

/// A line of a table: the path in the project, and the text of the file below `templates/` of this crate.
macro_rules! templates {
    ($folder:literal: $($path:literal,)*) => {
        &[$(crate::author::templates::Template {
            path: $path,
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $folder, "/", $path, ".in")),
        },)*]
    };
}
use templates;

/// A line of a table: a file of the SDK by its path below `sdk/LANGUAGE/` of this crate. A project has it in its own
/// folder `sdk/`.
macro_rules! parts {
    ($folder:literal: $($path:literal,)*) => {
        &[$(crate::author::templates::Template {
            path: concat!("sdk/", $path),
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sdk/", $folder, "/", $path)),
        },)*]
    };
}
use parts;

/// The folder of a project that the SDK lies in.
pub(super) const SDK: &str = "sdk";

/// Where a project has the interface.
pub(super) const INTERFACE: &str = "sdk/wit/check.wit";

/// The interface, as this program has it.
pub const WIT: &str = include_str!("../../../wit/check.wit");

/// The files of a project, those of the SDK included; the interface is beside them.
pub(super) fn of(language: Language) -> impl Iterator<Item = &'static Template> {
    let (files, sdk) = match language {
        Language::Rust => (rust::FILES, rust::SDK),
        Language::JavaScript => (js::FILES, js::SDK),
        Language::Python => (py::FILES, py::SDK),
    };
    files.iter().chain(sdk)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The files below a folder, by their paths from it.
    fn below(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry"))
        {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                below(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name);
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_table() {
        for (language, folder) in [
            (Language::Rust, "rust"),
            (Language::JavaScript, "js"),
            (Language::Python, "py"),
        ] {
            let mut found = BTreeSet::new();
            below(
                &Path::new(env!("CARGO_MANIFEST_DIR"))
                    .join("templates")
                    .join(folder),
                "",
                &mut found,
            );
            let listed = of(language)
                .filter(|template| !template.path.starts_with("sdk/"))
                .map(|template| format!("{}.in", template.path))
                .collect();
            assert_eq!(found, listed, "{}", language.title());
        }
    }

    #[test]
    fn every_language_has_what_the_commands_and_people_look_for() {
        for language in Language::ALL {
            let has = |path: &str| of(language).any(|template| template.path == path);
            for path in [
                language.marker(),
                "README.md",
                ".gitignore",
                "tests/finds-it/case.yaml",
            ] {
                assert!(has(path), "{} needs {path}", language.title());
            }
        }
    }
}
