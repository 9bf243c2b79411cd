//! Files of the project.

use std::error::Error;
use std::fmt;

use crate::{Failure, FilesError, Table, host};

/// The most bytes of a file that can be read.
const MOST: u32 = 8 * 1024 * 1024;

/// The files of the project under the granted globs; [`Context::files`](crate::Context::files) gives them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files(());

impl Files {
    /// The granted files that match a glob, sorted: paths from the folder of the gate file, with forward slashes.
    ///
    /// # Errors
    /// When no file may be read.
    pub fn find(&self, glob: &str) -> Result<Vec<String>, FileError> {
        host::find(glob).map_err(|error| FileError::new(glob, error))
    }

    /// The content of a file of at most 8 MiB.
    ///
    /// # Errors
    /// When it is not granted, not there, too large or not readable.
    pub fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        host::read(path, MOST).map_err(|error| FileError::new(path, error))
    }

    /// The content of a text file, without the mark that some programs put in front of UTF-8.
    ///
    /// # Errors
    /// As for [`read`](Self::read), and when it is no UTF-8.
    pub fn read_text(&self, path: &str) -> Result<String, FileError> {
        let text = String::from_utf8(self.read(path)?).map_err(|_| {
            FileError::new(path, FilesError::Unreadable("it is no UTF-8".to_owned()))
        })?;
        Ok(text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text))
    }

    /// A table of comma-separated values with the names of its columns in the first line; the separator is `,`, `;` or a
    /// tab.
    ///
    /// # Errors
    /// As for [`read_text`](Self::read_text), and when it is no such table.
    pub fn table(&self, path: &str, separator: char) -> Result<Table, Failure> {
        let text = self.read_text(path)?;
        Table::parse(&text, separator).map_err(|error| Failure::failed(format!("{path}: {error}")))
    }
}

/// Why a file cannot be read; `?` makes it the [`Failure`] that fits.
#[derive(Clone, Debug, PartialEq)]
pub struct FileError {
    path: String,
    error: FilesError,
}

impl FileError {
    fn new(path: &str, error: FilesError) -> Self {
        let path = path.to_owned();
        Self { path, error }
    }

    /// What happened.
    pub fn error(&self) -> &FilesError {
        &self.error
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.error {
            FilesError::Denied(detail) => write!(formatter, "{path}: it is not granted: {detail}"),
            FilesError::Missing(_) => write!(formatter, "{path}: there is no such file"),
            FilesError::TooLarge(bytes) => {
                write!(
                    formatter,
                    "{path}: it has {bytes} bytes, more than the {MOST} that are read"
                )
            }
            FilesError::Unreadable(detail) => write!(formatter, "{path}: {detail}"),
        }
    }
}

impl Error for FileError {}
