//! The languages that a plugin is written in, and how a project shows which one is its own.

use std::path::Path;

/// A language that a plugin is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// JavaScript or TypeScript.
    JavaScript,
    /// Python.
    Python,
}

impl Language {
    /// Every language that there are templates for.
    pub const ALL: [Self; 3] = [Self::Rust, Self::JavaScript, Self::Python];

    /// Its name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::JavaScript => "JavaScript",
            Self::Python => "Python",
        }
    }

    /// The file that a project in it has in its folder.
    pub fn marker(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::JavaScript => "package.json",
            Self::Python => "requirements.txt",
        }
    }

    /// The languages that a folder has the file of, in the order of [`Language::ALL`].
    pub fn of(folder: &Path) -> Vec<Self> {
        let has = |language: &Self| folder.join(language.marker()).is_file();
        Self::ALL.into_iter().filter(has).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_shows_its_language_by_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(Language::of(folder.path()), []);
        std::fs::write(folder.path().join("requirements.txt"), "").expect("written");
        assert_eq!(Language::of(folder.path()), [Language::Python]);
        std::fs::write(folder.path().join("Cargo.toml"), "").expect("written");
        assert_eq!(
            Language::of(folder.path()),
            [Language::Rust, Language::Python]
        );
    }
}
