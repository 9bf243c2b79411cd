//! The comment at the end of a script or a style that names its source map.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How many bytes of other lines are looked through from the end. A map that stands in the comment
/// itself does not count.
const WINDOW: usize = 4 * 1024;

const NAME: &[u8] = b"sourceMappingURL=";

const OPENINGS: &[&[u8]] = &[b"//#", b"//@", b"/*#", b"/*@"];

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Where a source map is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MapUrl<'t> {
    /// In the comment itself: the map, decoded.
    Inline(Vec<u8>),
    /// At an address, mostly relative to that of the script or style.
    Elsewhere(&'t str),
}

/// The source map that the last such comment of a script or a style names.
pub(crate) fn map_url(text: &[u8]) -> Option<MapUrl<'_>> {
    let mut rest = text.trim_ascii_end();
    let mut window = WINDOW;
    while !rest.is_empty() {
        let start = memchr::memrchr(b'\n', rest).map_or(0, |at| at + 1);
        let (above, line) = rest.split_at(start);
        if let Some(url) = named(line) {
            return located(url);
        }
        window = window.checked_sub(line.len() + 1)?;
        rest = above.trim_ascii_end();
    }
    None
}

/// The address that a comment at the end of a line names.
fn named(line: &[u8]) -> Option<&str> {
    let line = line.strip_suffix(b"*/").unwrap_or(line).trim_ascii_end();
    let start = memchr::memrchr2(b' ', b'\t', line)? + 1;
    let (before, word) = line.split_at(start);
    let url = word.strip_prefix(NAME)?;
    let before = before.trim_ascii_end();
    if !OPENINGS.iter().any(|opening| before.ends_with(opening)) {
        return None;
    }
    let url = std::str::from_utf8(url).ok()?;
    (!url.is_empty() && !url.contains(['"', '\'', '`'])).then_some(url)
}

fn located(url: &str) -> Option<MapUrl<'_>> {
    let Some(data) = url.strip_prefix("data:") else {
        return Some(MapUrl::Elsewhere(url));
    };
    let (kind, content) = data.split_once(',')?;
    let map = if kind.ends_with(";base64") {
        BASE64.decode(content).ok()?
    } else {
        percent_encoding::percent_decode_str(content).collect()
    };
    Some(MapUrl::Inline(map))
}
