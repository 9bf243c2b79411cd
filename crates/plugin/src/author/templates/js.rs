//! The files of a project in JavaScript.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "js":
    ".gitignore",
    "README.md",
    "check.js",
    "check.md",
    "check.test.js",
    "package-lock.json",
    "package.json",
    "tests/finds-it/case.yaml",
    "tests/finds-it/expect.json",
    "tests/leaves-it-alone/case.yaml",
    "tests/leaves-it-alone/expect.json",
};

pub(super) const SDK: &[Template] = super::parts! { "js":
    "check.js",
    "engine.js",
    "errors.js",
    "host.js",
    "host.node.js",
    "index.d.ts",
    "index.js",
    "interface.d.ts",
    "markdown.d.ts",
    "package.json",
    "register.js",
    "response.js",
    "sender.js",
    "testing.d.ts",
    "testing.js",
    "text.js",
};
