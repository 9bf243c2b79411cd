//! Shows what is read of a project's folder, and how long that takes.
//!
//! `cargo run --release -p tidegate-draft --example project -- FOLDER`

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tidegate_core::ports::{Files, FilesError, FoundFile};

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let files = Disk(PathBuf::from(folder));
    let begun = Instant::now();
    let project = tidegate_draft::project::read(&files);
    let took = begun.elapsed();
    let mut out = io::stdout().lock();
    writeln!(out, "{project:#?}")?;
    writeln!(out, "read in {} ms", took.as_millis())
}

/// A folder that is trusted: what a gate reads goes through `tidegate-repo`.
struct Disk(PathBuf);

impl Files for Disk {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let content = fs::read(self.0.join(path)).map_err(|error| unreadable(path, &error))?;
        if content.len() > limit {
            let path = path.to_owned();
            return Err(FilesError::TooLarge { path, limit });
        }
        Ok(content)
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        let mut found = Vec::new();
        list(&self.0, "", &mut found).map_err(|error| unreadable(".", &error))?;
        Ok(found)
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        let file = File::open(self.0.join(path));
        Ok(Box::new(file.map_err(|error| unreadable(path, &error))?))
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}

fn list(folder: &Path, shown: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if shown.is_empty() {
            name.clone()
        } else {
            format!("{shown}/{name}")
        };
        let is_skipped = [".git", "node_modules", "target"].contains(&name.as_str());
        if entry.file_type()?.is_dir() {
            if !is_skipped {
                list(&entry.path(), &path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &str, error: &io::Error) -> FilesError {
    FilesError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
