//! Files that are written whole, all of them or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use tidegate_runner::{replace, staged};

use super::InitError;
use super::changes::Change;

/// Writes all changes in their order, or takes back what was written.
pub(super) fn all(changes: &[Change], stopped: &dyn Fn() -> bool) -> Result<(), InitError> {
    let mut written = Written::default();
    let Err(cause) = written.each(changes, stopped) else {
        return Ok(());
    };
    let left = written.take_back();
    if left.is_empty() {
        return Err(cause);
    }
    Err(InitError::Left {
        cause: Box::new(cause),
        left,
    })
}

/// What was written so far.
#[derive(Default)]
struct Written<'c> {
    folders: Vec<PathBuf>,
    files: Vec<(PathBuf, &'c Change)>,
}

impl<'c> Written<'c> {
    fn each(&mut self, changes: &'c [Change], stopped: &dyn Fn() -> bool) -> Result<(), InitError> {
        // Everything that needs room or a right is tried before the first file is in its place.
        let mut staged = Vec::new();
        for change in changes {
            let failed = |error: io::Error| InitError::Unwritable {
                path: change.path.clone(),
                reason: words(&error),
            };
            let place = self.place(change).map_err(failed)?;
            let file = stage(change, &place).map_err(failed)?;
            staged.push((change, place, file));
        }
        for (change, place, file) in staged {
            if stopped() {
                return Err(InitError::Stopped);
            }
            put(change, &place, file)?;
            self.files.push((place, change));
        }
        if stopped() {
            return Err(InitError::Stopped);
        }
        Ok(())
    }

    /// Where a file really lies; makes its folder when that is not there.
    fn place(&mut self, change: &Change) -> io::Result<PathBuf> {
        if change.before.is_some() {
            // A link stays one.
            return change.path.canonicalize();
        }
        if let Some(folder) = change.path.parent() {
            self.make(folder)?;
        }
        Ok(change.path.clone())
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        if folder == Path::new("") || folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make(above)?;
        }
        fs::create_dir(folder)?;
        self.folders.push(folder.to_owned());
        Ok(())
    }

    /// Takes back what was written, the last first; what could not be is given.
    fn take_back(self) -> Vec<PathBuf> {
        let mut left = Vec::new();
        for (path, change) in self.files.into_iter().rev() {
            // What somebody has changed since is theirs.
            let is_ours = fs::read(&path).is_ok_and(|known| known == change.after);
            let taken = is_ours
                && match &change.before {
                    None => fs::remove_file(&path).is_ok(),
                    Some(before) => replace(&path, before).is_ok(),
                };
            if !taken {
                left.push(path);
            }
        }
        for folder in self.folders.into_iter().rev() {
            // One that somebody has put something into stays.
            let _ = fs::remove_dir(folder);
        }
        left
    }
}

/// Writes the text beside its place.
fn stage(change: &Change, place: &Path) -> io::Result<TempPath> {
    if change.before.is_some() && place.metadata()?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    staged(place, &change.after)
}

/// Puts a file into its place, where nothing must be in the way of a new one.
fn put(change: &Change, place: &Path, file: TempPath) -> Result<(), InitError> {
    let unwritable = |error: &io::Error| InitError::Unwritable {
        path: change.path.clone(),
        reason: words(error),
    };
    match &change.before {
        None => match file.persist_noclobber(place) {
            Ok(()) => Ok(()),
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(InitError::Changed(change.path.clone()))
            }
            Err(failed) => Err(unwritable(&failed.error)),
        },
        Some(before) => {
            if !fs::read(place).is_ok_and(|known| known == *before) {
                return Err(InitError::Changed(change.path.clone()));
            }
            file.persist(place)
                .map_err(|failed| unwritable(&failed.error))
        }
    }
}

/// What the system said, without the name of a temporary file.
fn words(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}
