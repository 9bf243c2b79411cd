//! Whether a folder and its files are this user's alone.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Makes a folder, or looks whether one that is there can be trusted.
///
/// # Errors
/// Why it cannot, as a lowercase fragment.
pub(super) fn folder(folder: &Path) -> Result<(), String> {
    make(folder).map_err(|error| format!("it cannot be made: {error}"))?;
    let metadata = fs::symlink_metadata(folder).map_err(|error| error.to_string())?;
    if !metadata.is_dir() {
        return Err("it is a link or a file, not a folder".to_owned());
    }
    own(&metadata)?;
    above(folder)
}

/// Opens a file, when there is one.
///
/// # Errors
/// Why it must not be used, as a lowercase fragment.
pub(super) fn open(path: &Path) -> Result<Option<File>, String> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !metadata.is_file() {
        return Err("it is a link, not a file".to_owned());
    }
    own(&metadata)?;
    File::open(path)
        .map(Some)
        .map_err(|error| error.to_string())
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)
}

/// Elsewhere a folder has the rights of the one around it, which is the user's own.
#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn own(metadata: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to another user".to_owned());
    }
    match metadata.permissions().mode() & 0o022 {
        0 => Ok(()),
        _ => Err("others can write it; `chmod go-w` mends that".to_owned()),
    }
}

#[cfg(not(unix))]
fn own(_metadata: &Metadata) -> Result<(), String> {
    Ok(())
}

/// Whether everybody can put another folder in the place of this one.
#[cfg(unix)]
fn above(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;

    const EVERYBODY_WRITES: u32 = 0o002;
    const ONLY_OWNERS_REMOVE: u32 = 0o1000;
    let folder = fs::canonicalize(folder).map_err(|error| error.to_string())?;
    for above in folder.ancestors().skip(1) {
        let metadata = fs::metadata(above).map_err(|error| error.to_string())?;
        let mode = metadata.permissions().mode();
        if mode & EVERYBODY_WRITES != 0 && mode & ONLY_OWNERS_REMOVE == 0 {
            return Err(format!(
                "everybody can write `{}` above it",
                above.display()
            ));
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn above(_folder: &Path) -> Result<(), String> {
    Ok(())
}
