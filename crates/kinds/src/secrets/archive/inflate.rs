//! Unpacking of deflated bytes (RFC 1951) within the limits.

use std::io::{self, BufRead, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::fault::{Limit, Problem};
use super::input::Input;
use super::{Place, State};

/// Unpacks one deflated content.
pub(super) struct Inflater<'s> {
    inflate: Decompress,
    state: &'s State,
    place: &'s Place,
    /// The checksum and the size of what was unpacked.
    pub(super) checksum: Crc,
    /// How many packed bytes there are at most, less those that were read.
    pub(super) packed: u64,
    /// Whether nothing follows.
    ended: bool,
    /// Whether the end was that of the content, not of the input or of a limit.
    pub(super) complete: bool,
}

impl<'s> Inflater<'s> {
    pub(super) fn new(state: &'s State, place: &'s Place, packed: u64) -> Self {
        Self {
            inflate: Decompress::new(false),
            state,
            place,
            checksum: Crc::new(),
            packed,
            ended: false,
            complete: false,
        }
    }

    /// Begins anew with another content.
    pub(super) fn reset(&mut self) {
        self.inflate.reset(false);
        self.checksum.reset();
        self.ended = false;
        self.complete = false;
    }

    /// Unpacks some bytes; none at the end of the content, where it is damaged or a limit is reached.
    pub(super) fn read(&mut self, input: &mut Input<'_>, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let waiting = input.fill_buf()?;
            let most = usize::try_from(self.packed).unwrap_or(usize::MAX);
            let packed = waiting.get(..most).unwrap_or(waiting);
            let (read, unpacked) = (self.inflate.total_in(), self.inflate.total_out());
            let exhausted = packed.is_empty();
            let result = self
                .inflate
                .decompress(packed, buffer, FlushDecompress::None);
            let read = self.inflate.total_in() - read;
            let unpacked = usize::try_from(self.inflate.total_out() - unpacked).unwrap_or(0);
            input.consume(usize::try_from(read).unwrap_or(0));
            self.packed = self.packed.saturating_sub(read);
            match result {
                Err(_) => self.end(Problem::Damaged("what is packed is malformed")),
                Ok(Status::StreamEnd) => {
                    self.ended = true;
                    self.complete = true;
                }
                Ok(_) if exhausted && unpacked == 0 => {
                    self.end(Problem::Damaged("it ends too early"));
                }
                Ok(_) => {}
            }
            if unpacked > 0 {
                self.checksum
                    .update(buffer.get(..unpacked).unwrap_or_default());
                return Ok(if self.within_limits(unpacked) {
                    unpacked
                } else {
                    0
                });
            }
        }
        Ok(0)
    }

    fn end(&mut self, problem: Problem) {
        self.ended = true;
        self.state.fault(&self.place.path, problem);
    }

    fn within_limits(&mut self, unpacked: usize) -> bool {
        let limits = self.state.limits;
        let packed = self.inflate.total_in();
        let total = self.inflate.total_out();
        if total > limits.free && total > packed.saturating_mul(limits.ratio) {
            self.complete = false;
            self.end(Problem::Limit(Limit::Ratio(limits.ratio)));
            return false;
        }
        let more = self.state.unpack(&self.place.path, unpacked);
        if !more {
            self.complete = false;
            self.ended = true;
        }
        more
    }
}

/// The content of one deflated entry.
pub(super) struct Inflated<'i, 'r, 's> {
    pub(super) input: &'i mut Input<'r>,
    pub(super) inflater: Inflater<'s>,
}

impl Read for Inflated<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inflater.read(self.input, buffer)
    }
}
