//! Bounded reads under a root.

mod lossy;
#[cfg(test)]
mod tests;
mod walk;

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use tidegate_core::ports::{Files, FilesError, FoundFile};

/// Folders that hold nothing a person wrote.
const SKIPPED: [&str; 5] = [".git", "node_modules", "target", ".venv", "site-packages"];

/// Reads files below a folder; neither `..` nor a link leads out of it.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    root: PathBuf,
}

impl LocalFiles {
    /// Grants the files below `root`.
    pub fn new(root: &Path) -> Self {
        let here = if root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            root
        };
        Self {
            root: here.canonicalize().unwrap_or_else(|_| here.to_owned()),
        }
    }

    /// The real path of a file below the root.
    fn inside(&self, path: &str) -> Result<PathBuf, FilesError> {
        let outside = || FilesError::Outside { path: path.into() };
        let relative = Path::new(path);
        if !leads_down(relative) {
            return Err(outside());
        }
        let real = self.root.join(relative).canonicalize();
        let real = real.or_else(|error| lossy::find(&self.root, relative).ok_or(error));
        let real = real.map_err(|error| failed(path, &error))?;
        if real.starts_with(&self.root) {
            Ok(real)
        } else {
            Err(outside())
        }
    }

    /// Opens a plain file; to open a pipe would wait for its other end.
    fn plain(&self, path: &str) -> Result<File, FilesError> {
        if let Some(file) = self.quickly(path) {
            return Ok(file);
        }
        let real = self.inside(path)?;
        let fault = |error: io::Error| failed(path, &error);
        let found = std::fs::metadata(&real).map_err(fault)?;
        if !found.is_file() {
            let what = if found.is_dir() {
                "it is a folder"
            } else {
                "it is no plain file"
            };
            return Err(FilesError::Unreadable {
                path: path.to_owned(),
                reason: what.to_owned(),
            });
        }
        File::open(real).map_err(fault)
    }

    /// The same with fewer questions to the system, when nothing is special about the file.
    fn quickly(&self, path: &str) -> Option<File> {
        let relative = Path::new(path);
        if !leads_down(relative) {
            return None;
        }
        let path = self.root.join(relative);
        if !std::fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let file = File::open(path).ok()?;
        place(&file)?.starts_with(&self.root).then_some(file)
    }
}

impl Files for LocalFiles {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let file = self.plain(path)?;
        let mut content = Vec::new();
        let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        file.take(bound)
            .read_to_end(&mut content)
            .map_err(|error| failed(path, &error))?;
        if content.len() > limit {
            let path = path.into();
            return Err(FilesError::TooLarge { path, limit });
        }
        Ok(content)
    }

    fn list(&self, globs: &[String]) -> Result<Vec<String>, FilesError> {
        let globs = compile(globs)?;
        let mut found = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            self.list_folder(&folder, &globs, &mut folders, &mut found)?;
        }
        found.sort_unstable();
        Ok(found)
    }

    fn walk(
        &self,
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        let start = if folder.is_empty() { "." } else { folder };
        walk::each(&self.root, self.inside(start)?, start, visit)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        Ok(Box::new(self.plain(path)?))
    }

    fn modified(&self, path: &str) -> Result<Option<Duration>, FilesError> {
        let real = match self.inside(path) {
            Err(FilesError::Missing { .. }) => return Ok(None),
            other => other?,
        };
        let written = std::fs::metadata(real).and_then(|metadata| metadata.modified());
        let written = written.map_err(|error| failed(path, &error))?;
        // A file from before 1970 is as old as can be told.
        let since = written.duration_since(std::time::UNIX_EPOCH);
        Ok(Some(since.unwrap_or_default()))
    }
}

impl LocalFiles {
    /// Adds the files of one folder that the globs fit, and the folders to look into next. Links
    /// to folders are not followed, so that none leads in circles.
    fn list_folder(
        &self,
        folder: &str,
        globs: &GlobSet,
        folders: &mut Vec<String>,
        found: &mut Vec<String>,
    ) -> Result<(), FilesError> {
        let shown = if folder.is_empty() { "." } else { folder };
        let fault = |error: io::Error| failed(shown, &error);
        let entries = match std::fs::read_dir(self.root.join(folder)) {
            Err(error) if !folder.is_empty() && is_out_of_reach(&error) => return Ok(()),
            entries => entries.map_err(fault)?,
        };
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            let kind = entry.file_type().map_err(fault)?;
            if kind.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if globs.is_match(&path) {
                // Only a link can lead elsewhere: where every other file really lies need not be asked.
                let linked = || self.inside(&path).is_ok_and(|real| real.is_file());
                if kind.is_file() || (kind.is_symlink() && linked()) {
                    found.push(path);
                }
            }
        }
        Ok(())
    }
}

/// Whether a folder belongs to somebody else, as what a database in a container writes does, or is gone by now.
fn is_out_of_reach(error: &io::Error) -> bool {
    use io::ErrorKind::{NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | PermissionDenied)
}

/// Whether a path names something and has no step upwards.
fn leads_down(path: &Path) -> bool {
    let down = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    !path.as_os_str().is_empty() && path.components().all(down)
}

/// Where an open file really lies, asked with one call instead of one for each folder above it.
#[cfg(target_os = "linux")]
fn place(file: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd as _;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

#[cfg(not(target_os = "linux"))]
fn place(_: &File) -> Option<PathBuf> {
    None
}

fn failed(path: &str, error: &io::Error) -> FilesError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => FilesError::Missing { path },
        _ => FilesError::Unreadable {
            path,
            reason: error.to_string(),
        },
    }
}

fn compile(globs: &[String]) -> Result<GlobSet, FilesError> {
    let mut set = GlobSetBuilder::new();
    let fault = |glob: &str, error: &globset::Error| FilesError::Glob {
        glob: glob.to_owned(),
        reason: error.kind().to_string(),
    };
    for glob in globs {
        let built = GlobBuilder::new(glob).literal_separator(true).build();
        set.add(built.map_err(|error| fault(glob, &error))?);
    }
    set.build()
        .map_err(|error| fault(&globs.join(", "), &error))
}
