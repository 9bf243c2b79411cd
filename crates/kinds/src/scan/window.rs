//! The bounded view that a look at a telling beginning gets.

/// How many bytes before a telling beginning are looked at.
pub(crate) const BEFORE: usize = 256;

/// How many bytes from a telling beginning on are looked at: more than a private key of 16,384 bits
/// in PEM needs.
pub(crate) const AFTER: usize = 16 * 1024;

/// A text around a telling beginning, cut to the same bounds wherever it stands, so that a file
/// gives the same sightings whole or piece by piece.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window<'t> {
    /// The bytes in view.
    pub(crate) text: &'t [u8],
    /// Where the telling beginning starts in them.
    pub(crate) at: usize,
    /// Where the view starts in the whole text.
    pub(crate) offset: usize,
}

impl<'t> Window<'t> {
    /// The view around position `at` of a text that starts at `offset` of the whole.
    pub(crate) fn around(text: &'t [u8], at: usize, offset: usize) -> Self {
        let start = at.saturating_sub(BEFORE);
        let end = text.len().min(at + AFTER);
        Self {
            text: &text[start..end],
            at: at - start,
            offset: offset + start,
        }
    }

    /// What follows from the telling beginning on.
    pub(crate) fn ahead(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    /// What stands before it.
    pub(crate) fn behind(&self) -> &'t [u8] {
        &self.text[..self.at]
    }

    /// Whether a word may begin here: nothing before it continues into it.
    pub(crate) fn begins(&self) -> bool {
        begins_after(self.behind())
    }
}

/// Whether a word may begin after these bytes. The end of an escape (`\n`, `\x22`, `\u0022`, `%3D`)
/// is no part of a word, though it ends in a letter or digit.
pub(crate) fn begins_after(behind: &[u8]) -> bool {
    let Some(&last) = behind.last() else {
        return true;
    };
    if !(last.is_ascii_alphanumeric() || last == b'_') {
        return true;
    }
    let tail = |length: usize| behind.len().checked_sub(length).map(|from| &behind[from..]);
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let escaped = match tail(2) {
        Some([b'\\', letter]) => b"nrtfbv0".contains(letter),
        _ => false,
    };
    escaped
        || matches!(tail(3), Some([b'%', digits @ ..]) if hex(digits))
        || matches!(tail(4), Some([b'\\', b'x', digits @ ..]) if hex(digits))
        || matches!(tail(6), Some([b'\\', b'u', digits @ ..]) if hex(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_begins_after_an_escape_and_not_within_a_word() {
        for behind in [
            "", "\"", "KEY=", "\\n", "a\\t", "key%3D", "\\u0022", "\\x22", "/", "-",
        ] {
            assert!(begins_after(behind.as_bytes()), "{behind}");
        }
        for behind in ["a", "ta", "x_", "n", "%G3", "u0022", "\\d"] {
            assert!(!begins_after(behind.as_bytes()), "{behind}");
        }
    }

    #[test]
    fn a_window_is_cut_to_its_bounds() {
        let text = vec![b' '; 40_000];
        let window = Window::around(&text, 20_000, 5);
        assert_eq!((window.at, window.text.len()), (BEFORE, BEFORE + AFTER));
        assert_eq!(window.offset, 5 + 20_000 - BEFORE);
        assert_eq!(Window::around(&text, 3, 0).at, 3);
    }
}
