//! Sources as text, and what is wrong with one at its line and column.

use tidegate_core::check::CheckError;
use tidegate_core::span::Location;

/// The largest source that is read, in bytes: 1 MiB.
pub(super) const SIZE_LIMIT: usize = 1024 * 1024;

/// Why a source could not be understood; holds no word of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct SourceError {
    /// What is wrong, as a lowercase fragment.
    pub(super) message: String,
    /// How to mend it.
    pub(super) help: String,
    /// Where it is; the text of the line is left out.
    pub(super) place: Location,
}

impl SourceError {
    /// States a fault at a 1-based line and column.
    pub(super) fn new(
        file: &str,
        (line, column): (usize, usize),
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
            place: place(file, line, column),
        }
    }

    /// The fault in one sentence with its place.
    pub(super) fn told(&self) -> String {
        format!("{}: {}. {}", self.place, self.message, self.help)
    }
}

impl From<SourceError> for CheckError {
    fn from(error: SourceError) -> Self {
        Self::new(format!("{}: {}", error.place, error.message), error.help).at(error.place)
    }
}

/// A point in a file, without the text of its line.
pub(super) fn place(file: &str, line: usize, column: usize) -> Location {
    Location {
        column,
        end_column: column,
        ..Location::line_of(file, line)
    }
}

/// The 1-based line and column (in characters) of a byte offset.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The text of a file's bytes, without a byte order mark.
///
/// # Errors
/// When it is UTF-16, or not UTF-8, with the place of the first wrong byte.
pub(super) fn decode(file: &str, bytes: Vec<u8>) -> Result<String, SourceError> {
    if is_utf_16(&bytes) {
        return Err(SourceError::new(
            file,
            (1, 1),
            "the file is UTF-16, and programs read it as UTF-8",
            "Save it as UTF-8; in PowerShell write it with `-Encoding utf8`.",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..valid).unwrap_or_default());
        SourceError::new(
            file,
            position(&before, before.len()),
            "a byte here is not UTF-8",
            "Save the file as UTF-8, or put a binary value into base64.",
        )
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// A byte order mark of UTF-16, or a text whose every second byte is zero.
fn is_utf_16(bytes: &[u8]) -> bool {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let head: Vec<bool> = bytes.iter().take(8).map(|byte| *byte == 0).collect();
    let alternating = |first: bool| {
        head.len() >= 4
            && head
                .iter()
                .enumerate()
                .all(|(at, zero)| *zero == ((at % 2 == 0) == first))
    };
    marked || alternating(true) || alternating(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_dropped_and_utf_16_is_told() {
        assert_eq!(decode("a", b"\xef\xbb\xbfA=1".to_vec()).unwrap(), "A=1");
        for bytes in [&b"\xff\xfeA\0=\0"[..], b"A\0=\x001\0\n\0", b"\0A\0=\x001"] {
            let error = decode(".env", bytes.to_vec()).unwrap_err();
            assert!(error.told().starts_with(".env:1:1: the file is UTF-16"));
        }
    }

    #[test]
    fn a_wrong_byte_has_its_line_and_column() {
        let error = decode(".env", b"A=1\nB=\xc3\xa9\xff".to_vec()).unwrap_err();
        assert_eq!((error.place.line, error.place.column), (2, 4));
    }
}
