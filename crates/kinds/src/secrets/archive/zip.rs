//! Zip (APPNOTE 6.3), read by the headers before the entries.

use std::io::{self, BufRead, Read};

use flate2::Crc;

use super::fault::Problem;
use super::inflate::{Inflated, Inflater};
use super::input::{CAPACITY, Input};
use super::{Place, Walk};
use crate::secrets::path::harmless;

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const DIRECTORY: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";

/// How archives begin: with an entry, or with their end when they have none.
pub(super) const SIGNATURES: &[&[u8; 4]] = &[LOCAL, END];

const ENCRYPTED: u16 = 1;
/// The sizes and the checksum stand behind the content.
const DESCRIBED_BEHIND: u16 = 8;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// In place of a size that stands in a field of 64 bits.
const ELSEWHERE: u32 = u32::MAX;

/// What stands before an entry.
struct Header {
    name: String,
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u64,
}

/// Looks at every entry of an archive.
pub(super) fn look(walk: &mut Walk<'_>, input: &mut Input<'_>, place: &Place) {
    let problem = match entries(walk, input, place) {
        Ok(true) => return,
        Ok(false) => Problem::Damaged("it ends too early"),
        Err(error) => Problem::unreadable(&error),
    };
    walk.state.fault(&place.path, problem);
}

/// Whether the archive was whole, as far as it was looked at.
fn entries(walk: &mut Walk<'_>, input: &mut Input<'_>, place: &Place) -> io::Result<bool> {
    let mut directory = false;
    while let Some(signature) = next_signature(input)? {
        if signature != *LOCAL {
            directory = true;
            continue;
        }
        let Some(header) = Header::read(input)? else {
            return Ok(false);
        };
        let within = place.entry(&header.name);
        if !walk.state.enter(&within.path) {
            return Ok(true);
        }
        if let Some(problem) = entry(walk, input, &within, &header)? {
            walk.state.fault(&within.path, problem);
        }
        if walk.state.stopped.get() {
            return Ok(true);
        }
    }
    Ok(directory)
}

/// Goes on behind the next signature of an entry or of the directory. Between entries there may be
/// descriptors, padding and, after a damaged one, anything.
fn next_signature(input: &mut Input<'_>) -> io::Result<Option<[u8; 4]>> {
    loop {
        let waiting = input.peek(4)?;
        if waiting.len() < 4 {
            return Ok(None);
        }
        let found = memchr::memmem::find_iter(waiting, b"PK").find_map(|at| {
            let signature = waiting.get(at..)?.first_chunk::<4>()?;
            [LOCAL, DIRECTORY, END]
                .contains(&signature)
                .then_some((at, *signature))
        });
        if let Some((at, signature)) = found {
            input.consume(at + 4);
            return Ok(Some(signature));
        }
        let passed = waiting.len() - 3;
        input.consume(passed);
    }
}

/// Looks at one entry; what is wrong with it.
fn entry(
    walk: &mut Walk<'_>,
    input: &mut Input<'_>,
    place: &Place,
    header: &Header,
) -> io::Result<Option<Problem>> {
    let method = match header.method {
        _ if header.flags & ENCRYPTED != 0 => Err(Problem::Encrypted),
        STORED | DEFLATED => Ok(header.method),
        other => Err(Problem::Method {
            method: method_name(other),
        }),
    };
    match method {
        Err(problem) => {
            input.skip(header.packed)?;
            Ok(Some(problem))
        }
        Ok(STORED) if header.size_unknown() => {
            described(walk, input, place)?;
            Ok(None)
        }
        Ok(STORED) => stored(walk, input, place, header),
        Ok(_) => deflated(walk, input, place, header),
    }
}

fn stored(
    walk: &mut Walk<'_>,
    input: &mut Input<'_>,
    place: &Place,
    header: &Header,
) -> io::Result<Option<Problem>> {
    if header.packed == 0 && header.name.ends_with('/') {
        return Ok(None);
    }
    let mut content = Summed {
        content: input.take(header.packed),
        checksum: Crc::new(),
    };
    walk.look(&mut content, place);
    io::copy(&mut content, &mut io::sink())?;
    if content.content.limit() > 0 {
        return Ok(Some(Problem::Damaged("it ends too early")));
    }
    Ok(header.compare(&content.checksum))
}

fn deflated(
    walk: &mut Walk<'_>,
    input: &mut Input<'_>,
    place: &Place,
    header: &Header,
) -> io::Result<Option<Problem>> {
    let unknown = header.size_unknown();
    let packed = if unknown { u64::MAX } else { header.packed };
    let mut content = Inflated {
        input,
        inflater: Inflater::new(walk.state, place, packed),
    };
    walk.look(&mut content, place);
    io::copy(&mut content, &mut io::sink())?;
    let Inflated { input, inflater } = content;
    if !unknown {
        input.skip(inflater.packed)?;
    }
    Ok(header
        .compare(&inflater.checksum)
        .filter(|_| inflater.complete))
}

/// Looks at a stored entry whose end only its descriptor tells.
fn described(walk: &mut Walk<'_>, input: &mut Input<'_>, place: &Place) -> io::Result<()> {
    let mut content = UntilDescriptor {
        input,
        checksum: Crc::new(),
        size: 0,
        ended: false,
    };
    walk.look(&mut content, place);
    io::copy(&mut content, &mut io::sink())?;
    Ok(())
}

impl Header {
    /// The rest of the header, behind its signature; `None` when the archive ends in it.
    fn read(input: &mut Input<'_>) -> io::Result<Option<Self>> {
        let Some(fixed) = input.take_array::<26>()? else {
            return Ok(None);
        };
        let name_length = short(&fixed, 22);
        let name = input.take_bytes(name_length.into())?;
        let extra_length = short(&fixed, 24);
        let extra = input.take_bytes(extra_length.into())?;
        if name.len() + extra.len() < usize::from(name_length) + usize::from(extra_length) {
            return Ok(None);
        }
        let name = String::from_utf8_lossy(&name);
        let folder = if name.ends_with('/') { "/" } else { "" };
        let packed = match long(&fixed, 14) {
            ELSEWHERE => packed_64(&extra).unwrap_or(u64::from(ELSEWHERE)),
            packed => packed.into(),
        };
        Ok(Some(Self {
            name: format!("{}{folder}", harmless(&name)),
            flags: short(&fixed, 2),
            method: short(&fixed, 4),
            checksum: long(&fixed, 10),
            packed,
        }))
    }

    fn size_unknown(&self) -> bool {
        self.flags & DESCRIBED_BEHIND != 0 && self.packed == 0
    }

    fn compare(&self, checksum: &Crc) -> Option<Problem> {
        let told = self.flags & DESCRIBED_BEHIND == 0;
        let wrong = told && self.checksum != checksum.sum();
        wrong.then_some(Problem::Damaged("its checksum is wrong"))
    }
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map_or(0, u16::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk());
    found.copied().map_or(0, u32::from_le_bytes)
}

/// The packed size in the extra field of large archives, behind the unpacked one.
fn packed_64(extra: &[u8]) -> Option<u64> {
    let mut rest = extra;
    while rest.len() >= 4 {
        let (kind, length) = (short(rest, 0), usize::from(short(rest, 2)));
        let field = rest.get(4..)?.get(..length)?;
        if kind == 1 {
            return field
                .get(8..)?
                .first_chunk()
                .copied()
                .map(u64::from_le_bytes);
        }
        rest = rest.get(4 + length..)?;
    }
    None
}

fn method_name(method: u16) -> String {
    match method {
        9 => "deflate64".into(),
        12 => "bzip2".into(),
        14 => "lzma".into(),
        93 => "zstd".into(),
        95 => "xz".into(),
        98 => "ppmd".into(),
        other => format!("method {other}"),
    }
}

/// A content and the checksum of what was read of it.
struct Summed<R> {
    content: R,
    checksum: Crc,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        self.checksum.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// A stored content that ends where a descriptor tells the checksum and the size of what was before.
struct UntilDescriptor<'i, 'r> {
    input: &'i mut Input<'r>,
    checksum: Crc,
    size: u64,
    ended: bool,
}

impl UntilDescriptor<'_, '_> {
    /// How many of the bytes that follow surely belong to the content: those before the next
    /// descriptor, or all but the last few, which may be the beginning of one.
    fn certain(&mut self) -> io::Result<usize> {
        let (checksum, size) = (self.checksum.sum(), self.size);
        let waiting = self.input.peek(CAPACITY / 2)?;
        match memchr::memmem::find(waiting, DESCRIPTOR) {
            Some(0) => {
                let told = [u64::from(long(waiting, 8)), wide(waiting, 8)];
                let is_end = long(waiting, 4) == checksum && told.contains(&size);
                Ok(if is_end { 0 } else { DESCRIPTOR.len() })
            }
            Some(at) => Ok(at),
            None => Ok(waiting.len().saturating_sub(DESCRIPTOR.len() - 1)),
        }
    }
}

fn wide(bytes: &[u8], at: usize) -> u64 {
    u64::from(long(bytes, at)) | u64::from(long(bytes, at + 4)) << 32
}

impl Read for UntilDescriptor<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let certain = self.certain()?;
        let count = certain.min(buffer.len());
        if let (Some(from), Some(to)) =
            (self.input.fill_buf()?.get(..count), buffer.get_mut(..count))
        {
            to.copy_from_slice(from);
        }
        self.input.consume(count);
        self.checksum
            .update(buffer.get(..count).unwrap_or_default());
        self.size = self.size.saturating_add(count as u64);
        self.ended = count == 0;
        Ok(count)
    }
}
