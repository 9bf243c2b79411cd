//! Where the texts of a gate file and its packs come from: the disk, or a revision of the repository.

use std::io::{self, Read as _};
use std::path::Path;

/// Gives the texts of a gate file and its packs.
pub trait Reader {
    /// The bytes of a file, of which at most `limit` are needed.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] when there is no such file, anything else when it cannot be read.
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>>;
}

/// Reads the files as they lie on the disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Reader for Disk {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path)?;
        file.take(limit as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}
