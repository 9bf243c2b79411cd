//! The files of a project in Python.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "py":
    ".gitignore",
    "README.md",
    "requirements.txt",
    "tests/finds-it/case.yaml",
};
