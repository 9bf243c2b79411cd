//! Apps in Python.

mod django;
mod fastapi;
mod modules;

pub(super) use django::Django;
pub(super) use fastapi::{FastApi, folders};

/// The manifests of Python.
const MANIFESTS: [&str; 3] = ["pyproject.toml", "requirements.txt", "Pipfile"];
