//! The files beside a case.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path};

use crate::limits::LARGEST_FILE;

/// The most files that are looked through.
const MOST: usize = 10_000;

/// The content of a file by its path from a folder; at most as much as a plugin may read at once.
///
/// # Errors
/// In words, when it leads out of the folder or cannot be read.
pub(super) fn beside(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    if !inside(path) {
        return Err("the path leads out of the folder".to_owned());
    }
    let mut content = Vec::new();
    let limit = u64::from(LARGEST_FILE);
    let file = File::open(folder.join(path)).map_err(|error| error.to_string())?;
    file.take(limit + 1)
        .read_to_end(&mut content)
        .map_err(|error| error.to_string())?;
    if content.len() as u64 > limit {
        return Err(format!("it has more than {limit} bytes"));
    }
    Ok(content)
}

/// Whether a path stays in the folder that it begins in.
pub(super) fn inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The files below a folder, sorted: paths from it, with forward slashes. Links are not followed.
///
/// # Errors
/// When a folder cannot be listed, or there are too many files.
pub(super) fn all(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let sort = entry.file_type()?;
            if sort.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else if sort.is_file() {
                found.push(name);
            }
            if found.len() + open.len() > MOST {
                return Err(io::Error::other(format!(
                    "there are more than {MOST} files"
                )));
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_paths_and_none_outside() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("a/b")).expect("made");
        fs::write(folder.path().join("a/b/c.csv"), "1").expect("written");
        fs::write(folder.path().join("z.csv"), "2").expect("written");
        assert_eq!(all(folder.path()).expect("listed"), ["a/b/c.csv", "z.csv"]);
        assert_eq!(beside(folder.path(), "a/b/c.csv"), Ok(b"1".to_vec()));
        for outside in ["../z.csv", "/etc/passwd", "a/../../x", ""] {
            assert!(
                beside(&folder.path().join("a"), outside).is_err(),
                "{outside}"
            );
        }
    }
}
