//! The field `mappings`: segments of Base64 VLQ numbers, each relative to the one before.
//!
//! Kept are not the segments, of which a large map has millions, but the state of the decoder at
//! every [`STRIDE`]th of them: a look-up searches these and decodes on from the closest one.

use std::borrow::Cow;
use std::sync::OnceLock;

use serde_json::value::RawValue;

use super::{Position, SourceMapError, text};

/// How many segments lie between two kept states.
const STRIDE: usize = 128;

/// Base64 digits that the largest number takes: 32 bits and a sign, 5 bits a digit.
const LONGEST_NUMBER: usize = 7;

/// Mappings that are decoded when they are needed.
#[derive(Debug)]
pub(super) struct Mappings<'t> {
    written: Option<&'t RawValue>,
    index: OnceLock<Result<Index<'t>, SourceMapError>>,
}

/// The text and states of its decoder in the order of the text.
#[derive(Debug)]
struct Index<'t> {
    text: Cow<'t, str>,
    states: Vec<State>,
    /// Whether the places in the generated file ascend, as the standard wants it.
    sorted: bool,
}

/// What a segment says of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The index of the source in its section.
    pub(super) source: u32,
    /// Where in it.
    pub(super) position: Position,
}

impl<'t> Mappings<'t> {
    pub(super) fn new(written: Option<&'t RawValue>) -> Self {
        Self {
            written,
            index: OnceLock::new(),
        }
    }

    /// The segment at a place, or the closest before it on the same line.
    ///
    /// # Errors
    /// When the mappings are malformed anywhere.
    pub(super) fn find(&self, place: Position) -> Result<Option<Found>, SourceMapError> {
        let index = self
            .index
            .get_or_init(|| index(self.written.and_then(text).unwrap_or_default()));
        let index = index.as_ref().map_err(Clone::clone)?;
        let start = if index.sorted {
            let after = index.states.partition_point(|state| state.place() <= place);
            after.checked_sub(1).and_then(|at| index.states.get(at))
        } else {
            None
        };
        let state = start.copied().unwrap_or_default();
        let mut decoder = Decoder::at(index.text.as_bytes(), state);
        let mut best: Option<Segment> = None;
        while let Some(segment) = decoder.next()? {
            if index.sorted && segment.place > place {
                break;
            }
            let fits = segment.place.line == place.line && segment.place <= place;
            if fits && best.is_none_or(|best| best.place <= segment.place) {
                best = Some(segment);
            }
        }
        Ok(best.and_then(|segment| segment.found))
    }
}

/// Goes over all segments once.
fn index(text: Cow<'_, str>) -> Result<Index<'_>, SourceMapError> {
    let mut decoder = Decoder::at(text.as_bytes(), State::default());
    let mut states = Vec::new();
    let mut sorted = true;
    let mut last = Position::default();
    let mut count = 0_usize;
    loop {
        let before = decoder.state;
        let Some(segment) = decoder.next()? else {
            break;
        };
        sorted &= last <= segment.place;
        last = segment.place;
        if count.is_multiple_of(STRIDE) {
            states.push(State {
                first: segment.place,
                ..before
            });
        }
        count += 1;
    }
    Ok(Index {
        text,
        states,
        sorted,
    })
}

/// One segment.
#[derive(Debug, Clone, Copy)]
struct Segment {
    place: Position,
    found: Option<Found>,
}

/// What the numbers of a segment are relative to.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// How many bytes of the text are decoded.
    at: usize,
    line: u32,
    column: u32,
    source: u32,
    original: Position,
    /// The place of the segment that follows, in a kept state.
    first: Position,
}

impl State {
    fn place(&self) -> Position {
        self.first
    }
}

struct Decoder<'m> {
    text: &'m [u8],
    state: State,
}

impl<'m> Decoder<'m> {
    fn at(text: &'m [u8], state: State) -> Self {
        Self { text, state }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.state.at).copied()
    }

    /// The next segment; `None` at the end.
    fn next(&mut self) -> Result<Option<Segment>, SourceMapError> {
        loop {
            match self.peek() {
                None => return Ok(None),
                Some(b';') => {
                    self.state.line = self.state.line.saturating_add(1);
                    self.state.column = 0;
                }
                Some(b',') => {}
                Some(_) => return self.segment().map(Some),
            }
            self.state.at += 1;
        }
    }

    fn segment(&mut self) -> Result<Segment, SourceMapError> {
        self.state.column = self.moved(self.state.column)?;
        let place = Position {
            line: self.state.line,
            column: self.state.column,
        };
        if self.at_end() {
            return Ok(Segment { place, found: None });
        }
        self.state.source = self.moved(self.state.source)?;
        self.state.original.line = self.moved(self.state.original.line)?;
        self.state.original.column = self.moved(self.state.original.column)?;
        if !self.at_end() {
            self.number()?;
        }
        if !self.at_end() {
            return Err(self.fault("a segment has more than five numbers"));
        }
        let found = Found {
            source: self.state.source,
            position: self.state.original,
        };
        Ok(Segment {
            place,
            found: Some(found),
        })
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), None | Some(b',' | b';'))
    }

    /// A value after the difference that follows.
    fn moved(&mut self, value: u32) -> Result<u32, SourceMapError> {
        let moved = i64::from(value) + self.number()?;
        u32::try_from(moved).map_err(|_| self.fault("a number is out of range"))
    }

    /// A number: five bits a digit, lowest first, the lowest bit of all its sign.
    fn number(&mut self) -> Result<i64, SourceMapError> {
        let mut bits = 0_i64;
        for digit in 0..LONGEST_NUMBER {
            let Some(value) = self.peek().and_then(digit_value) else {
                return Err(self.fault("a digit is missing or is none"));
            };
            self.state.at += 1;
            bits |= i64::from(value & 0x1F) << (5 * digit);
            if value & 0x20 == 0 {
                let magnitude = bits >> 1;
                return Ok(if bits & 1 == 0 { magnitude } else { -magnitude });
            }
        }
        Err(self.fault("a number is too long"))
    }

    fn fault(&self, reason: &'static str) -> SourceMapError {
        SourceMapError::Mappings {
            at: self.state.at,
            reason,
        }
    }
}

fn digit_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}
