//! Gzip (RFC 1952): one content in one or more members.

use std::io::{self, Read};

use super::fault::Problem;
use super::inflate::Inflater;
use super::input::Input;
use super::{Place, State, Walk};

/// The magic number with the one method there is.
pub(super) const SIGNATURE: &[u8] = &[0x1F, 0x8B, 8];

const HEADER_CHECKSUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// Looks at what a gzip holds.
pub(super) fn look(walk: &mut Walk<'_>, input: &mut Input<'_>, place: &Place) {
    let within = place.gunzipped();
    let mut content = Gunzip {
        input,
        state: walk.state,
        place,
        inflater: Inflater::new(walk.state, place, u64::MAX),
        within: false,
        ended: false,
    };
    walk.look(&mut content, &within);
}

/// The content of all members, one after the other.
struct Gunzip<'g, 'r> {
    input: &'g mut Input<'r>,
    state: &'g State,
    place: &'g Place,
    inflater: Inflater<'g>,
    /// Whether a member has begun.
    within: bool,
    ended: bool,
}

impl Read for Gunzip<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            if !self.within && !self.begin()? {
                self.ended = true;
                break;
            }
            let read = self.inflater.read(self.input, buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.finish()?;
        }
        Ok(0)
    }
}

impl Gunzip<'_, '_> {
    /// Goes over the header of the next member; whether there is one. What follows the last is
    /// padding.
    fn begin(&mut self) -> io::Result<bool> {
        if !self.input.peek(SIGNATURE.len())?.starts_with(SIGNATURE) {
            return Ok(false);
        }
        if !header(self.input)? {
            self.damaged("it ends too early");
            return Ok(false);
        }
        self.inflater.reset();
        self.within = true;
        Ok(true)
    }

    /// Goes over the checksum and the size behind a member.
    fn finish(&mut self) -> io::Result<()> {
        self.within = false;
        if !self.inflater.complete {
            self.ended = true;
            return Ok(());
        }
        match self.input.take_array::<8>()? {
            None => self.damaged("it ends too early"),
            Some([a, b, c, d, ..])
                if u32::from_le_bytes([a, b, c, d]) != self.inflater.checksum.sum() =>
            {
                self.damaged("its checksum is wrong");
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn damaged(&mut self, how: &'static str) {
        self.ended = true;
        self.state.fault(&self.place.path, Problem::Damaged(how));
    }
}

/// Goes over the header of a member; whether it was whole.
fn header(input: &mut Input<'_>) -> io::Result<bool> {
    let Some([_, _, _, flags, ..]) = input.take_array::<10>()? else {
        return Ok(false);
    };
    if flags & EXTRA != 0 {
        let Some(length) = input.take_array::<2>()? else {
            return Ok(false);
        };
        input.skip(u16::from_le_bytes(length).into())?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            skip_text(input)?;
        }
    }
    let checksum = if flags & HEADER_CHECKSUM != 0 { 2 } else { 0 };
    input.skip(checksum)
}

/// Goes over a text and the zero byte that ends it.
fn skip_text(input: &mut Input<'_>) -> io::Result<()> {
    while let Some([byte]) = input.take_array::<1>()? {
        if byte == 0 {
            break;
        }
    }
    Ok(())
}
