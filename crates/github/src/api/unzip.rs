//! The files of an artifact, which GitHub sends as a zip archive (APPNOTE 6.3.10).
//!
//! Only the central directory is believed, nothing is unpacked before its size is known to be
//! small enough, and no more is unpacked than was announced: an archive may be made to burst.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// The most entries that are looked at.
const ENTRIES: usize = 1_000;
/// The most bytes that are unpacked of all files together.
pub(crate) const UNPACKED: usize = 64 << 20;

const END: &[u8] = b"PK\x05\x06";
const ENTRY: &[u8] = b"PK\x01\x02";
const FILE: &[u8] = b"PK\x03\x04";
/// The fixed part of the record at the end, and the longest comment behind it.
const END_SIZE: usize = 22;
const COMMENT: usize = 0xFFFF;

/// A file within an archive.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its path.
    pub(crate) name: String,
    method: u16,
    checksum: u32,
    packed: usize,
    unpacked: usize,
    offset: usize,
}

/// The files of an archive by what its directory says.
///
/// # Errors
/// In words, when it is no archive or has too much in it.
pub(crate) fn entries(archive: &[u8]) -> Result<Vec<Entry>, &'static str> {
    let end = end(archive).ok_or("it is no zip archive")?;
    let count = usize::from(short(archive, end + 10).ok_or("it ends too early")?);
    let mut at = long(archive, end + 16).ok_or("it ends too early")?;
    if count > ENTRIES {
        return Err("it has too many files");
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        let (entry, next) = entry(archive, at).ok_or("its directory is damaged")?;
        entries.push(entry);
        at = next;
    }
    if entries.iter().map(|entry| entry.unpacked).sum::<usize>() > UNPACKED {
        return Err("its files are too large");
    }
    Ok(entries)
}

/// The content of a file.
///
/// # Errors
/// In words, when it is not what the directory says.
pub(crate) fn unpack(archive: &[u8], entry: &Entry) -> Result<Vec<u8>, &'static str> {
    let packed = packed(archive, entry).ok_or("a file in it is damaged")?;
    let most = entry.unpacked.min(UNPACKED) as u64 + 1;
    let mut content = Vec::new();
    match entry.method {
        0 => packed.take(most).read_to_end(&mut content),
        8 => DeflateDecoder::new(packed)
            .take(most)
            .read_to_end(&mut content),
        _ => return Err("a file in it is packed in an unknown way"),
    }
    .map_err(|_| "a file in it is damaged")?;
    let mut checksum = Crc::new();
    checksum.update(&content);
    if content.len() != entry.unpacked || checksum.sum() != entry.checksum {
        return Err("a file in it is damaged");
    }
    Ok(content)
}

/// Where the record at the end stands.
fn end(archive: &[u8]) -> Option<usize> {
    let first = archive.len().saturating_sub(END_SIZE + COMMENT);
    let last = archive.len().checked_sub(END_SIZE)?;
    (first..=last)
        .rev()
        .find(|at| archive[*at..].starts_with(END))
}

/// An entry of the directory, and where the next one stands.
fn entry(archive: &[u8], at: usize) -> Option<(Entry, usize)> {
    if !archive.get(at..)?.starts_with(ENTRY) {
        return None;
    }
    let length = |offset| short(archive, at + offset).map(usize::from);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let text = archive.get(at + 46..at + 46 + name)?;
    let entry = Entry {
        name: String::from_utf8_lossy(text).into_owned(),
        method: short(archive, at + 10)?,
        checksum: u32::try_from(long(archive, at + 16)?).ok()?,
        packed: long(archive, at + 20)?,
        unpacked: long(archive, at + 24)?,
        offset: long(archive, at + 42)?,
    };
    Some((entry, at + 46 + name + extra + comment))
}

/// The packed bytes of a file.
fn packed<'a>(archive: &'a [u8], entry: &Entry) -> Option<&'a [u8]> {
    let at = entry.offset;
    if !archive.get(at..)?.starts_with(FILE) {
        return None;
    }
    let name = usize::from(short(archive, at + 26)?);
    let extra = usize::from(short(archive, at + 28)?);
    let start = at + 30 + name + extra;
    archive.get(start..start.checked_add(entry.packed)?)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u16::from_le_bytes(bytes))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    /// An archive with one file that announces `size` bytes.
    fn archive(name: &str, content: &[u8], size: usize) -> Vec<u8> {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let mut checksum = Crc::new();
        checksum.update(content);
        let number = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        common.extend(checksum.sum().to_le_bytes());
        common.extend(number(packed.len()));
        common.extend(number(size));
        common.extend(length);
        common.extend([0, 0]);
        let mut all = [FILE, &common, name.as_bytes(), &packed].concat();
        let directory = all.len();
        all.extend([ENTRY, &[20, 0], &common, &[0; 14], name.as_bytes()].concat());
        let size = all.len() - directory;
        all.extend(END);
        all.extend([0, 0, 0, 0, 1, 0, 1, 0]);
        all.extend([number(size), number(directory)].concat());
        all.extend([0, 0]);
        all
    }

    #[test]
    fn a_file_is_unpacked_whole() {
        let archive = archive("report.json", b"{\"version\":1}", 13);
        let entries = entries(&archive).unwrap();
        assert_eq!(entries[0].name, "report.json");
        assert_eq!(unpack(&archive, &entries[0]).unwrap(), b"{\"version\":1}");
    }

    #[test]
    fn an_archive_made_to_burst_is_refused() {
        let honest = archive("bomb", &vec![0; UNPACKED + 1], UNPACKED + 1);
        assert!(honest.len() < 100_000);
        assert_eq!(entries(&honest), Err("its files are too large"));
        let lying = archive("bomb", &vec![0; UNPACKED + 1], 10);
        let entries = entries(&lying).unwrap();
        assert_eq!(unpack(&lying, &entries[0]), Err("a file in it is damaged"));
    }

    #[test]
    fn a_wrong_checksum_is_told() {
        let mut archive = archive("a", b"hello", 5);
        let entries = entries(&archive).unwrap();
        archive[31] ^= 1;
        assert!(unpack(&archive, &entries[0]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail_otherwise(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
            drop(entries(&bytes));
            let mut good = archive("report.json", &bytes, bytes.len());
            if let Some(byte) = good.get_mut(at) {
                *byte = byte.wrapping_add(1);
            }
            for entry in entries(&good).unwrap_or_default() {
                drop(unpack(&good, &entry));
            }
            bytes.extend(END);
            bytes.extend([0xFF; 18]);
            drop(entries(&bytes));
        }
    }
}
