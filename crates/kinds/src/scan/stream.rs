//! A stream, looked at piece by piece with what a look needs on both sides.

use std::collections::HashMap;
use std::io::{self, Read};

use super::custom::{FIRST, Place};
use super::engine::{Located, Scanner};
use super::window::{AFTER, BEFORE};
use super::{Sighting, overlap};

/// How much is read before it is looked at, in bytes.
pub(crate) const PIECE: usize = 256 * 1024;

/// The state between two pieces.
pub(crate) struct Stream<'s> {
    scanner: &'s Scanner,
    piece: usize,
    /// What is in view: [`BEFORE`] bytes that were looked at, and what was not yet.
    view: Vec<u8>,
    /// Where the view starts in the stream.
    offset: usize,
    /// Where in the view the next look begins.
    next: usize,
    lines: Lines,
    found: Vec<Sighting>,
    /// What the user's own rules look at, when there are any.
    first: Vec<u8>,
}

impl<'s> Stream<'s> {
    /// A stream that is looked at in pieces of `piece` bytes, [`PIECE`] as a rule.
    pub(crate) fn new(scanner: &'s Scanner, piece: usize) -> Self {
        Self {
            scanner,
            piece,
            view: Vec::new(),
            offset: 0,
            next: 0,
            lines: Lines::default(),
            found: Vec::new(),
            first: Vec::new(),
        }
    }

    /// Everything that the bytes of a reader at some place show, and how many bytes there were; the
    /// buffer is kept for the next reader.
    ///
    /// # Errors
    /// When the reader fails.
    pub(crate) fn run(
        &mut self,
        reader: &mut dyn Read,
        place: &Place<'_>,
    ) -> io::Result<(Vec<Located>, u64)> {
        self.view.clear();
        self.first.clear();
        (self.offset, self.next) = (0, 0);
        self.lines = Lines::default();
        self.found.clear();
        loop {
            let wanted = self.piece + BEFORE + AFTER - self.view.len().min(BEFORE + AFTER);
            let had = self.view.len();
            let mut piece = reader.take(u64::try_from(wanted).unwrap_or(u64::MAX));
            piece.read_to_end(&mut self.view)?;
            let over = self.view.len() == had;
            self.keep(had);
            self.look(over, place);
            if over {
                break;
            }
        }
        let total = u64::try_from(self.offset + self.view.len()).unwrap_or(u64::MAX);
        self.scanner.hush(&mut self.found);
        self.look_with_custom(place);
        overlap::resolve(&mut self.found);
        let lines = &self.lines;
        let located = self.found.drain(..).map(|sighting| {
            let (line, column) = lines.place(sighting.range.start);
            Located {
                sighting,
                line,
                column,
            }
        });
        Ok((located.collect(), total))
    }

    /// Looks at what has all it needs in view; at the end of the stream at all that is left.
    fn look(&mut self, over: bool, place: &Place<'_>) {
        let until = if over {
            self.view.len()
        } else {
            self.view.len().saturating_sub(AFTER)
        };
        if until <= self.next {
            return;
        }
        let before = self.found.len();
        self.scanner.pass(
            &self.view,
            self.next..until,
            self.offset,
            0,
            &mut self.found,
        );
        if let Some(custom) = self.scanner.custom() {
            let view = (self.view.as_slice(), self.offset);
            custom.leave_out(&mut self.found, before, view, place);
        }
        let places = starts(&self.found[before..]);
        let drop = until.saturating_sub(BEFORE);
        self.lines.note(&self.view, self.offset, &places);
        self.lines.pass(&self.view[..drop]);
        self.view.drain(..drop);
        self.offset += drop;
        self.next = until - drop;
    }

    /// Keeps what was read from byte `from` of the view on, as far as the user's own rules look.
    fn keep(&mut self, from: usize) {
        if self.scanner.custom().is_some() && self.first.len() < FIRST {
            self.first.extend_from_slice(&self.view[from..]);
        }
    }

    fn look_with_custom(&mut self, place: &Place<'_>) {
        let Some(custom) = self.scanner.custom() else {
            return;
        };
        let before = self.found.len();
        custom.look(&self.first, place, &mut self.found);
        let mut lines = Lines::default();
        lines.note(&self.first, 0, &starts(&self.found[before..]));
        self.lines.places.extend(lines.places);
    }
}

/// Where sightings start, in order.
fn starts(found: &[Sighting]) -> Vec<usize> {
    let mut starts: Vec<usize> = found.iter().map(|one| one.range.start).collect();
    starts.sort_unstable();
    starts
}

/// Counts lines along a stream and remembers those of some places.
#[derive(Default)]
struct Lines {
    /// Line breaks before the view.
    breaks: usize,
    /// Characters between the last of them and the view.
    characters: usize,
    places: HashMap<usize, (usize, usize)>,
}

impl Lines {
    /// Remembers the lines of places in the view, sorted, that starts at `offset`.
    fn note(&mut self, view: &[u8], offset: usize, places: &[usize]) {
        let (mut at, mut breaks, mut characters) = (0, self.breaks, self.characters);
        for &place in places {
            let within = place.saturating_sub(offset).min(view.len()).max(at);
            (breaks, characters) = count(&view[at..within], breaks, characters);
            at = within;
            self.places.insert(place, (breaks + 1, characters + 1));
        }
    }

    fn pass(&mut self, passed: &[u8]) {
        (self.breaks, self.characters) = count(passed, self.breaks, self.characters);
    }

    fn place(&self, place: usize) -> (usize, usize) {
        self.places.get(&place).copied().unwrap_or((1, 1))
    }
}

/// Line breaks and characters of the last line after a piece of text.
fn count(text: &[u8], breaks: usize, characters: usize) -> (usize, usize) {
    let more = memchr::memchr_iter(b'\n', text).count();
    let last = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    let tail = text[last..]
        .iter()
        .filter(|byte| **byte & 0xc0 != 0x80)
        .count();
    if more > 0 {
        (breaks + more, tail)
    } else {
        (breaks, characters + tail)
    }
}
