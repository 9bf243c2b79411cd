//! The files of a project in Python.

use super::Template;

pub(super) const FILES: &[Template] = super::templates! { "py":
    ".gitignore",
    "README.md",
    "check.md",
    "check.py",
    "pyproject.toml",
    "requirements.txt",
    "test_check.py",
    "tests/finds-it/case.yaml",
    "tests/finds-it/expect.json",
    "tests/leaves-it-alone/case.yaml",
    "tests/leaves-it-alone/expect.json",
};

pub(super) const SDK: &[Template] = super::parts! { "py":
    "componentize_py_types.py",
    "tidegate_plugin/__init__.py",
    "tidegate_plugin/check.py",
    "tidegate_plugin/engine.py",
    "tidegate_plugin/errors.py",
    "tidegate_plugin/options.py",
    "tidegate_plugin/py.typed",
    "tidegate_plugin/sending.py",
    "tidegate_plugin/testing.py",
    "wit_world/__init__.py",
    "wit_world/imports/__init__.py",
    "wit_world/imports/files.py",
    "wit_world/imports/http.py",
    "wit_world/imports/log.py",
    "wit_world/imports/recorded.py",
    "wit_world/imports/types.py",
};
