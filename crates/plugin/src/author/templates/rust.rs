//! The files of a project in Rust.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "rust":
    ".gitignore",
    "README.md",
    "Cargo.toml",
    "tests/finds-it/case.yaml",
};

pub(super) const SDK: &[Template] = &[];
