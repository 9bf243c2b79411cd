//! Where a report goes, and how it gets there whole.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where a report goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file, replaced in one step.
    File(PathBuf),
    /// A file that others write to as well: the text is added at its end.
    Append(PathBuf),
    /// The file that the CI system gives to each step for such text; see [`crate::Settings`].
    Given,
    /// Standard output.
    Stdout,
    /// Standard error: the terminal report, when another report has taken standard output.
    Stderr,
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) | Self::Append(path) => path.display().fmt(formatter),
            Self::Given => formatter.write_str("the file that the CI system gives"),
            Self::Stdout => formatter.write_str("standard output"),
            Self::Stderr => formatter.write_str("standard error"),
        }
    }
}

impl Target {
    /// Writes the whole text.
    ///
    /// # Errors
    /// What the system said; a file is then as it was before.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        match self {
            Self::File(path) => replace(path, text.as_bytes()),
            Self::Append(path) => append(path, text),
            Self::Given => Err(io::Error::other("the CI system gave no file for it")),
            Self::Stdout => write_all(io::stdout().lock(), text),
            Self::Stderr => write_all(io::stderr().lock(), text),
        }
    }

    /// The path, when it is a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Append(path) => Some(path),
            Self::Given | Self::Stdout | Self::Stderr => None,
        }
    }

    /// Whether two reports would be written over or into each other.
    pub(crate) fn collides(&self, other: &Self) -> bool {
        match (self.path(), other.path()) {
            (Some(one), Some(other)) => one == other,
            _ => self == other,
        }
    }

    /// How many bytes are there already and stay when a report is added.
    pub(crate) fn taken(&self) -> usize {
        let Self::Append(path) = self else { return 0 };
        let size = path.metadata().map_or(0, |known| known.len());
        usize::try_from(size).unwrap_or(usize::MAX)
    }

    /// A stream to the target, as far as it is one.
    pub(crate) fn stream(&self) -> Option<Box<dyn Write + Send>> {
        match self {
            Self::File(_) | Self::Append(_) | Self::Given => None,
            Self::Stdout => Some(Box::new(io::stdout())),
            Self::Stderr => Some(Box::new(io::stderr())),
        }
    }
}

fn write_all(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Adds a text on lines of its own; what others wrote without ending its line stays apart.
fn append(path: &Path, text: &str) -> io::Result<()> {
    let ended = ends_a_line(path).unwrap_or(true);
    let text = if ended { text } else { &format!("\n{text}") };
    let mut file = File::options().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}

/// Whether a file is empty or ends with a line break.
fn ends_a_line(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() || file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Replaces a file by one of the same folder, so that nobody ever reads half a report.
///
/// A symbolic link stays one. What is no regular file, such as a pipe, is written to directly.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if path
        .metadata()
        .is_ok_and(|known| !known.is_file() && !known.is_dir())
    {
        return std::fs::write(path, bytes);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The name of the temporary file says nothing to whoever reads the error.
    let mut file = temporary().tempfile_in(folder).map_err(|error| {
        let code = error.raw_os_error();
        match error.kind() {
            kind @ io::ErrorKind::NotFound => io::Error::new(kind, "its folder is not there"),
            kind => code.map_or_else(|| kind.into(), io::Error::from_raw_os_error),
        }
    })?;
    file.write_all(bytes)?;
    file.persist(&path).map_err(|failed| failed.error)?;
    Ok(())
}

fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tidegate-report-");
    // A temporary file is private by default; a report is for whoever the umask lets read it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gate.xml");
        let target = Target::File(path.clone());
        target.write("old and longer").unwrap();
        target.write("new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["gate.xml"]);
    }

    #[test]
    fn what_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let taken = folder.path().join("taken");
        std::fs::create_dir_all(taken.join("inside")).unwrap();
        assert!(Target::File(taken.clone()).write("x").is_err());
        let absent = Target::File(folder.path().join("absent/x")).write("x");
        assert_eq!(absent.unwrap_err().to_string(), "its folder is not there");
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn what_is_added_stands_on_lines_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        let target = Target::Append(path.clone());
        assert_eq!(target.taken(), 0);
        target.write("a\n").unwrap();
        target.write("b").unwrap();
        target.write("c\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a\nb\nc\n");
        assert_eq!(target.taken(), 6);
        assert!(Target::Append(folder.path().to_owned()).write("x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn others_can_read_a_report_and_a_link_stays_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        Target::File(real.clone()).write("a").unwrap();
        symlink(&real, &link).unwrap();
        Target::File(link.clone()).write("b").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(&real).unwrap(), "b");
        let plain = folder.path().join("plain");
        std::fs::write(&plain, "").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&real), mode(&plain));
    }
}
