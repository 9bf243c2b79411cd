//! What a file's bytes show, whatever they are: text in UTF-8 or UTF-16, or an archive of such.

use std::io::{self, Read};

use tidegate_core::ports::Content;

use crate::scan::custom::{FIRST, Place};
use crate::scan::{Located, Scanner, Stream};
use crate::shipped::archive::{self, Format, Limits, TELLING};

/// Looks at one file after the other with the same buffers.
pub(super) struct Looker<'s> {
    scanner: &'s Scanner,
    stream: Stream<'s>,
}

/// Something that was seen in a file.
#[derive(Debug)]
pub(super) struct Seen {
    /// What and on which line.
    pub(super) located: Located,
    /// The way through archives to the file, empty for the file itself.
    pub(super) inside: Option<String>,
    /// Whether its range is one of the file's own bytes, which were neither unpacked nor turned into
    /// UTF-8 before.
    pub(super) raw: bool,
}

impl Seen {
    /// Whether it has no place in the bytes of the file itself: it was unpacked or turned into UTF-8
    /// before, or the file's being there is the finding.
    pub(super) fn stands_apart(&self) -> bool {
        !self.raw || self.located.sighting.is_file()
    }
}

/// What a look at a file came to.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// What was seen.
    pub(super) seen: Vec<Seen>,
    /// How many bytes were looked at.
    pub(super) bytes: u64,
    /// Whether the user's own rules saw its beginning alone.
    pub(super) cut: bool,
    /// What could not be looked at, in plain phrases.
    pub(super) untold: Vec<String>,
}

impl<'s> Looker<'s> {
    pub(super) fn new(scanner: &'s Scanner) -> Self {
        Self {
            scanner,
            stream: Stream::new(scanner, crate::scan::PIECE),
        }
    }

    /// Looks at a content that the repository told, of a file at some place.
    pub(super) fn content(&mut self, content: Content, place: &Place<'_>) -> Looked {
        match content {
            Content::Whole(bytes) => self.reader(&mut bytes.as_slice(), place),
            Content::Large { mut reader, .. } => self.reader(&mut *reader, place),
            Content::Unreadable(reason) => Looked {
                untold: vec![reason],
                ..Looked::default()
            },
        }
    }

    /// Looks at everything that the reader of a file at some place gives.
    pub(super) fn reader(&mut self, reader: &mut dyn Read, place: &Place<'_>) -> Looked {
        let mut looked = Looked::default();
        self.forbid(place, None, &mut looked);
        if let Err(error) = self.look(reader, place, &mut looked) {
            looked.untold.push(error.to_string());
        }
        looked
    }

    /// Takes a file whose being there is the finding.
    fn forbid(&self, place: &Place<'_>, inside: Option<&str>, looked: &mut Looked) {
        let Some(custom) = self.scanner.custom() else {
            return;
        };
        let forbidden = custom.forbidden(place).into_iter().map(|sighting| Seen {
            located: Located {
                sighting,
                line: 1,
                column: 1,
            },
            inside: inside.map(str::to_owned),
            raw: false,
        });
        looked.seen.extend(forbidden);
    }

    fn look(
        &mut self,
        reader: &mut dyn Read,
        place: &Place<'_>,
        looked: &mut Looked,
    ) -> io::Result<()> {
        let head = head_of(reader)?;
        if Format::of(&head).is_none() {
            return self.text(&head, reader, (place, None), looked);
        }
        let mut whole = head.as_slice().chain(reader);
        let limits = Limits::default();
        let outcome = archive::look_into(&mut whole, &limits, &mut |path, inner| {
            let inside = Some(path).filter(|path| !path.is_empty());
            let file = place.path.unwrap_or_default();
            let whole = inside.map(|inside| format!("{file}!{inside}"));
            let place = Place {
                path: whole.as_deref().or(place.path),
                ..*place
            };
            if inside.is_some() {
                self.forbid(&place, inside, looked);
            }
            // A reader of an archive never fails; it ends where the archive is damaged.
            if let Ok(head) = head_of(inner) {
                let _ = self.text(&head, inner, (&place, inside), looked);
            }
        });
        for seen in &mut looked.seen {
            seen.raw = false;
        }
        let faults = outcome.faults.iter();
        let told = faults.map(|fault| format!("{fault}; {}", fault.problem.help()));
        looked.untold.extend(told);
        if outcome.unlisted > 0 {
            looked
                .untold
                .push(format!("{} more faults", outcome.unlisted));
        }
        Ok(())
    }

    /// Looks at a text of which the beginning was read already.
    fn text(
        &mut self,
        head: &[u8],
        reader: &mut dyn Read,
        (place, inside): (&Place<'_>, Option<&str>),
        looked: &mut Looked,
    ) -> io::Result<()> {
        let mut whole = head.chain(reader);
        let order = Utf16::of(head);
        let (found, bytes) = match order {
            Some(order) => {
                let mut text = Utf16Reader::new(whole, order);
                self.stream.run(&mut text, place)?
            }
            None => self.stream.run(&mut whole, place)?,
        };
        looked.bytes += bytes;
        looked.cut |= self.scanner.custom().is_some() && bytes > FIRST as u64;
        looked.seen.extend(found.into_iter().map(|located| Seen {
            located,
            inside: inside.map(str::to_owned),
            raw: inside.is_none() && order.is_none(),
        }));
        Ok(())
    }
}

/// The first bytes of what a reader gives.
fn head_of(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(TELLING);
    reader.take(TELLING as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The order of the two bytes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Utf16 {
    Little,
    Big,
}

impl Utf16 {
    /// The order by a byte order mark (RFC 2781, 3.2), or by the zeros of plain English.
    fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xfe, rest @ ..] if !rest.starts_with(&[0, 0]) => return Some(Self::Little),
            [0xfe, 0xff, ..] => return Some(Self::Big),
            _ => {}
        }
        if head.len() < 16 {
            return None;
        }
        let zeros = |from: usize| {
            head.iter()
                .skip(from)
                .step_by(2)
                .filter(|byte| **byte == 0)
                .count()
        };
        let (even, odd) = (zeros(0), zeros(1));
        let many = head.len() / 2 * 8 / 10;
        if odd >= many && even * 8 <= odd {
            Some(Self::Little)
        } else if even >= many && odd * 8 <= even {
            Some(Self::Big)
        } else {
            None
        }
    }
}

/// Turns UTF-16 into UTF-8 on the way.
struct Utf16Reader<R> {
    inner: R,
    order: Utf16,
    /// A byte, or the first half of a pair, that waits for the rest.
    rest: Vec<u8>,
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Utf16Reader<R> {
    fn new(inner: R, order: Utf16) -> Self {
        Self {
            inner,
            order,
            rest: Vec::new(),
            ready: Vec::new(),
            given: 0,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        const UNITS: u64 = 16 * 1024;
        let had = self.rest.len();
        (&mut self.inner).take(UNITS).read_to_end(&mut self.rest)?;
        let over = self.rest.len() == had;
        let units: Vec<u16> = self
            .rest
            .chunks_exact(2)
            .map(|pair| self.unit(pair))
            .collect();
        let high = units
            .last()
            .is_some_and(|unit| (0xd800..0xdc00).contains(unit));
        let kept = units.len() - usize::from(high && !over);
        self.ready.clear();
        self.given = 0;
        let mut letter = [0; 4];
        for decoded in char::decode_utf16(units[..kept].iter().copied()) {
            let decoded = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.ready
                .extend_from_slice(decoded.encode_utf8(&mut letter).as_bytes());
        }
        self.rest.drain(..kept * 2);
        if over {
            self.rest.clear();
        }
        Ok(())
    }

    fn unit(&self, pair: &[u8]) -> u16 {
        let pair = [pair[0], pair[1]];
        match self.order {
            Utf16::Little => u16::from_le_bytes(pair),
            Utf16::Big => u16::from_be_bytes(pair),
        }
    }
}

impl<R: Read> Read for Utf16Reader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.refill()?;
        }
        let left = &self.ready[self.given..];
        let length = left.len().min(buffer.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> String {
        format!("sk_live{}", "_4eC39HqLyjWDarjtT1zdp8dcX")
    }

    fn look(bytes: &[u8]) -> Vec<(String, usize)> {
        let scanner = Scanner::built_in();
        let looked = Looker::new(scanner).reader(&mut &bytes[..], &Place::default());
        assert_eq!(looked.untold, Vec::<String>::new());
        let seen = looked.seen.into_iter();
        seen.map(|seen| (seen.located.sighting.slug().to_owned(), seen.located.line))
            .collect()
    }

    #[test]
    fn a_key_is_seen_in_utf_16_of_either_order_and_with_bytes_that_are_no_text() {
        let text = format!("first line é😀\nKEY={}\n", key());
        let wanted = [("stripe-secret-key".to_owned(), 2)];
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(look(&[&[0xff, 0xfe][..], &little].concat()), wanted);
        assert_eq!(look(&[&[0xfe, 0xff][..], &big].concat()), wanted);
        assert_eq!(look(&little), wanted);
        let broken = [&[0xff, 0x80, b'\n', b' '][..], key().as_bytes(), &[0xc3]].concat();
        assert_eq!(look(&broken), wanted);
    }

    #[test]
    fn a_pair_that_is_cut_by_the_end_does_no_harm() {
        assert_eq!(look(&[0xff, 0xfe, b'a', 0, 0x00, 0xd8]), []);
        assert_eq!(look(&[0xff, 0xfe, b'a']), []);
    }
}
