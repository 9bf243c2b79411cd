//! The SDK for plugins in Rust as one file, for `tidegate plugin new` to write into a project.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::process::root;

/// What a project gets beside the sources.
const BESIDE: [&str; 2] = ["Cargo.toml", "README.md"];

/// The files of the SDK by their paths, and what each says, as JSON.
///
/// # Errors
/// [`Failure::Io`] when one cannot be read.
pub(super) fn bundle() -> Result<String, Failure> {
    let sdk = root().join("crates/plugin-sdk");
    let mut files = BTreeMap::new();
    for name in BESIDE {
        read(&sdk, name, &mut files)?;
    }
    below(&sdk, "src", &mut files)?;
    let text = serde_json::to_string_pretty(&files);
    let text = text.map_err(|error| Failure::Found(format!("write the SDK as JSON: {error}")))?;
    Ok(text + "\n")
}

fn below(sdk: &Path, folder: &str, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let io = || Failure::io(format!("list {folder}"));
    for entry in fs::read_dir(sdk.join(folder)).map_err(io())? {
        let entry = entry.map_err(io())?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            below(sdk, &path, files)?;
        } else {
            read(sdk, &path, files)?;
        }
    }
    Ok(())
}

fn read(sdk: &Path, path: &str, files: &mut BTreeMap<String, String>) -> Result<(), Failure> {
    let text = fs::read_to_string(sdk.join(path)).map_err(Failure::io(format!("read {path}")))?;
    files.insert(path.to_owned(), text);
    Ok(())
}
