//! The form of a file: the code, and behind it what tells that it is whole and the right one.
//!
//! The code comes first, so that the file can be mapped into memory as it is. Its checksum finds what a disk or
//! a copy damages; it cannot and need not find what somebody does who may write the folder.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::engine::Digest;

/// What a file ends with.
const MARK: &[u8; 16] = b"tidegate plugin\x01";
/// The bytes behind the code: its checksum, the key, the mark.
const TRAILER: usize = 4 + 32 + MARK.len();
/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// Writes a file.
///
/// # Errors
/// Those of the system.
pub(super) fn write(file: &mut File, code: &[u8], key: &Digest) -> io::Result<()> {
    file.write_all(code)?;
    file.write_all(&trailer(crc32fast::hash(code), key))?;
    file.flush()
}

/// Looks whether a file is whole and the one of this key.
///
/// # Errors
/// What is wrong, as a lowercase fragment.
pub(super) fn check(mut file: File, key: &Digest) -> Result<(), String> {
    let read = |error: io::Error| format!("it cannot be read: {error}");
    let whole = file.metadata().map_err(read)?.len();
    let code = whole.checked_sub(TRAILER as u64).ok_or("it is cut off")?;
    file.seek(SeekFrom::Start(code)).map_err(read)?;
    let mut written = [0; TRAILER];
    file.read_exact(&mut written).map_err(read)?;
    if !written.ends_with(MARK) {
        return Err("it is cut off, or another program's".to_owned());
    }
    file.seek(SeekFrom::Start(0)).map_err(read)?;
    let checksum = checksum(file.take(code)).map_err(read)?;
    match written == trailer(checksum, key) {
        true => Ok(()),
        false => Err("its content is damaged".to_owned()),
    }
}

fn checksum(mut code: impl Read) -> io::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    let mut piece = vec![0; PIECE];
    loop {
        match code.read(&mut piece)? {
            0 => return Ok(hasher.finalize()),
            length => hasher.update(piece.get(..length).unwrap_or_default()),
        }
    }
}

fn trailer(checksum: u32, key: &Digest) -> [u8; TRAILER] {
    let mut trailer = [0; TRAILER];
    let (first, rest) = trailer.split_at_mut(4);
    let (second, third) = rest.split_at_mut(32);
    first.copy_from_slice(&checksum.to_le_bytes());
    second.copy_from_slice(key);
    third.copy_from_slice(MARK);
    trailer
}
