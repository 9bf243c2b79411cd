//! JSON in which nothing steers a terminal or a CI system.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::text::steers;

/// A value as indented JSON, in which characters that steer stand as `\u` escapes; `room` is about how
/// many bytes it will have, so that a large text is not copied while it grows.
///
/// # Errors
/// What serde_json refuses to write.
pub(crate) fn pretty(value: &impl Serialize, room: usize) -> io::Result<String> {
    written(value, Indented::default(), room)
}

/// A value as JSON on one line, in which characters that steer stand as `\u` escapes.
///
/// # Errors
/// What serde_json refuses to write.
pub(crate) fn compact(value: &impl Serialize) -> io::Result<String> {
    written(value, CompactFormatter, 1_024)
}

fn written(value: &impl Serialize, formatter: impl Formatter, room: usize) -> io::Result<String> {
    let mut bytes = Vec::with_capacity(room);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Harmless(formatter));
    value.serialize(&mut serializer)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Escapes what steers inside of strings; outside of them JSON has nothing of the kind but line breaks.
struct Harmless<F>(F);

impl<F: Formatter> Formatter for Harmless<F> {
    /// The pieces of a string are parted by escapes, so no command is made of two of them.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let plain = |byte: &u8| byte.is_ascii() && *byte != b'#' && *byte != 0x7f;
        if fragment.as_bytes().iter().all(plain) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut done = 0;
        let mut previous = ' ';
        for (at, character) in fragment.char_indices() {
            let hash_command = character == '#' && previous == '#';
            previous = character;
            if !hash_command && !steers(character) {
                continue;
            }
            let kept = fragment.as_bytes().get(done..at).unwrap_or_default();
            writer.write_all(kept)?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            done = at + character.len_utf8();
        }
        writer.write_all(fragment.as_bytes().get(done..).unwrap_or_default())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// A line break and the spaces of every level that a report has.
const BREAK: &[u8] = b"\n                                        ";

/// Indents each level by two more spaces, as serde_json does; a large report has a million lines, and
/// each takes one write here.
#[derive(Default)]
struct Indented {
    level: usize,
    filled: bool,
}

impl Indented {
    fn begin<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        writer.write_all(sign)
    }

    fn end<W: ?Sized + Write>(&mut self, writer: &mut W, sign: &[u8]) -> io::Result<()> {
        self.level = self.level.saturating_sub(1);
        if self.filled {
            self.line(writer)?;
        }
        writer.write_all(sign)
    }

    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.line(writer)
    }

    fn line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        let length = 1 + 2 * self.level;
        writer.write_all(BREAK.get(..length).unwrap_or(BREAK))
    }
}

impl Formatter for Indented {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.begin(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.end(writer, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_indented_as_serde_json_does() {
        let value = serde_json::json!({
            "a": [], "b": {}, "c": [1, [2, { "d": null }], "e"], "f": { "g": [{}], "h": true },
        });
        let expected = serde_json::to_string_pretty(&value).unwrap();
        assert_eq!(pretty(&value, 0).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn escapes_change_the_text_and_never_the_values(
            value in "([\\PC\u{0}-\u{9f}\u{202e}\u{e0001}#\\[\n]|##){0,60}",
        ) {
            for json in [pretty(&vec![&value], 0).unwrap(), compact(&vec![&value]).unwrap()] {
                prop_assert!(!json.contains("##"));
                prop_assert!(!json.chars().any(|c| c != '\n' && steers(c)));
                let read: Vec<String> = serde_json::from_str(&json).unwrap();
                prop_assert_eq!(&read[0], &value);
            }
        }
    }
}
