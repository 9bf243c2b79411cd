//! The files of a project in JavaScript.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "js":
    ".gitignore",
    "README.md",
    "package.json",
    "tests/finds-it/case.yaml",
};
