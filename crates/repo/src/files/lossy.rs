//! Names that are not UTF-8, asked for as they were told.

use std::path::{Component, Path, PathBuf};

/// What stands for the bytes that could not be told.
const UNTOLD: char = char::REPLACEMENT_CHARACTER;

/// The real path of a file whose name was told lossily: in each folder the first entry that is told
/// the same.
pub(super) fn find(root: &Path, relative: &Path) -> Option<PathBuf> {
    if !relative.to_str()?.contains(UNTOLD) {
        return None;
    }
    let mut found = root.to_owned();
    for component in relative.components() {
        let Component::Normal(name) = component else {
            continue;
        };
        let told = name.to_str()?;
        let next = found.join(told);
        found = if told.contains(UNTOLD) && next.symlink_metadata().is_err() {
            alike(&found, told)?
        } else {
            next
        };
    }
    found.canonicalize().ok()
}

fn alike(folder: &Path, told: &str) -> Option<PathBuf> {
    let mut alike: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy() == told)
        .map(|entry| entry.path())
        .collect();
    alike.sort_unstable();
    alike.into_iter().next()
}
