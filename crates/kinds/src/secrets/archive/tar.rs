//! Tar: POSIX (ustar and pax) and GNU archives.

use std::io::{self, Read};

use super::fault::Problem;
use super::input::Input;
use super::{Place, Walk};
use crate::secrets::path::harmless;

const BLOCK: usize = 512;

/// The most bytes of an extended header or a long name that are read.
const LONGEST_HEADER: u64 = 64 * 1024;

type Block = [u8; BLOCK];

/// What the blocks before an entry say of it and its own header has no room for.
#[derive(Default)]
struct Extended {
    path: Option<String>,
    size: Option<u64>,
}

/// Whether a content begins with the header of an entry.
pub(super) fn is_header(start: &[u8]) -> bool {
    start
        .first_chunk::<BLOCK>()
        .is_some_and(|block| field(block, 257, 5) == b"ustar" && checksum_fits(block))
}

/// Looks at every file of an archive.
pub(super) fn look(walk: &mut Walk<'_>, input: &mut Input<'_>, place: &Place) {
    let problem = match entries(walk, input, place) {
        Ok(None) => return,
        Ok(Some(how)) => Problem::Damaged(how),
        Err(error) => Problem::unreadable(&error),
    };
    walk.state.fault(&place.path, problem);
}

const EARLY: &str = "it ends too early";

/// How the archive is damaged, if it is.
fn entries(
    walk: &mut Walk<'_>,
    input: &mut Input<'_>,
    place: &Place,
) -> io::Result<Option<&'static str>> {
    let mut extended = Extended::default();
    while let Some(block) = input.take_array::<BLOCK>()? {
        // Empty blocks end an archive; one that was put behind it goes on.
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        if !checksum_fits(&block) {
            return Ok(Some("a header is malformed"));
        }
        let Some(size) = number(field(&block, 124, 12)) else {
            return Ok(Some("a size is malformed"));
        };
        let whole = match block.get(156).copied().unwrap_or_default() {
            kind @ (b'L' | b'x') => extended.read(input, kind, size)?,
            0 | b'0' | b'7' | b'S' => {
                let said = std::mem::take(&mut extended);
                let name = said.path.unwrap_or_else(|| name_of(&block));
                let place = place.entry(&harmless(&name));
                let whole = file(walk, input, &place, &block, said.size.unwrap_or(size))?;
                if walk.state.stopped.get() {
                    return Ok(None);
                }
                whole
            }
            // Links, devices and folders have no content, whatever size they name.
            b'1'..=b'6' => {
                extended = Extended::default();
                true
            }
            _ => skip_content(input, size)?,
        };
        if !whole {
            return Ok(Some(EARLY));
        }
    }
    Ok(None)
}

/// Looks at one file; whether it was whole.
fn file(
    walk: &mut Walk<'_>,
    input: &mut Input<'_>,
    place: &Place,
    header: &Block,
    size: u64,
) -> io::Result<bool> {
    if !walk.state.enter(&place.path) {
        return Ok(true);
    }
    let sparse = header.get(156) == Some(&b'S');
    if sparse && !skip_sparse_map(input, header)? {
        return Ok(false);
    }
    let mut content = input.take(size);
    walk.look(&mut content, place);
    io::copy(&mut content, &mut io::sink())?;
    let whole = content.limit() == 0;
    Ok(whole && input.skip(padding(size))?)
}

/// Goes over a content; whether it was whole.
fn skip_content(input: &mut Input<'_>, size: u64) -> io::Result<bool> {
    input.skip(size.saturating_add(padding(size)))
}

/// The bytes that fill up the last block of a content.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// Goes over the blocks that list the holes of a sparse file, of which the header holds the first
/// four; whether they were whole.
fn skip_sparse_map(input: &mut Input<'_>, header: &Block) -> io::Result<bool> {
    let mut more = header.get(482) == Some(&1);
    while more {
        let Some(block) = input.take_array::<BLOCK>()? else {
            return Ok(false);
        };
        more = block.get(504) == Some(&1);
    }
    Ok(true)
}

impl Extended {
    /// Reads a long name or an extended header; whether it was whole.
    fn read(&mut self, input: &mut Input<'_>, kind: u8, size: u64) -> io::Result<bool> {
        let text = input.take_bytes(size.min(LONGEST_HEADER))?;
        self.take(kind, &text);
        let rest = size.saturating_sub(text.len() as u64);
        input.skip(rest.saturating_add(padding(size)))
    }

    fn take(&mut self, kind: u8, text: &[u8]) {
        if kind == b'L' {
            self.path = Some(until_zero(text));
            return;
        }
        let mut rest = text;
        while let Some((key, value, after)) = record(rest) {
            match key {
                b"path" | b"GNU.sparse.name" => self.path = Some(until_zero(value)),
                b"size" => {
                    let size = std::str::from_utf8(value).ok();
                    self.size = size.and_then(|size| size.parse().ok());
                }
                _ => {}
            }
            rest = after;
        }
    }
}

/// A record of an extended header, `LENGTH KEY=VALUE` and a line feed, and what follows it.
fn record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = memchr::memchr(b' ', text.get(..text.len().min(20))?)?;
    let length: usize = std::str::from_utf8(text.get(..space)?).ok()?.parse().ok()?;
    let (record, after) = text.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = memchr::memchr(b'=', record)?;
    Some((record.get(..equals)?, record.get(equals + 1..)?, after))
}

fn name_of(block: &Block) -> String {
    let name = until_zero(field(block, 0, 100));
    let prefix = until_zero(field(block, 345, 155));
    // GNU archives have other things where POSIX ones have the beginning of a long name.
    if field(block, 257, 6) == b"ustar\0" && !prefix.is_empty() {
        return format!("{prefix}/{name}");
    }
    name
}

fn until_zero(text: &[u8]) -> String {
    let end = memchr::memchr(0, text).unwrap_or(text.len());
    String::from_utf8_lossy(text.get(..end).unwrap_or_default()).into_owned()
}

fn field(block: &Block, start: usize, length: usize) -> &[u8] {
    block.get(start..start + length).unwrap_or_default()
}

/// A number in octal digits, or in binary when its first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        return rest
            .iter()
            .try_fold(u64::from(first & 0x7F), |number, byte| {
                Some(number.checked_mul(256)? | u64::from(*byte))
            });
    }
    let text = until_zero(field);
    let digits = text.trim();
    if digits.is_empty() {
        return Some(0);
    }
    u64::from_str_radix(digits, 8).ok()
}

/// Whether the sum of the header's bytes, with spaces in place of the sum, is what it says.
fn checksum_fits(block: &Block) -> bool {
    let own: u64 = field(block, 148, 8).iter().copied().map(u64::from).sum();
    let all: u64 = block.iter().copied().map(u64::from).sum();
    number(field(block, 148, 8)) == Some(all - own + 8 * u64::from(b' '))
}
