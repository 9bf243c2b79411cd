//! Entries of the fuzz target `artifacts`.

use super::archive::{Limits, look_into};
use super::site;
use super::source_map::{MapUrl, Position, SourceMap, map_url, position_of};

/// The most bytes that are unpacked of one input.
const UNPACKED: u64 = 4 * 1024 * 1024;

/// Reads an input as an archive, a source map, a script and a page.
///
/// # Panics
/// When a path could do harm where it is shown, or more is unpacked than the limits allow.
pub fn read_artifact(input: &[u8]) {
    read_archive(input);
    read_map(input);
    if let Some(MapUrl::Inline(map)) = map_url(input) {
        read_map(&map);
    }
    site::read_names(input);
}

fn read_archive(input: &[u8]) {
    let limits = Limits {
        entries: 100,
        unpacked: UNPACKED,
        ..Limits::default()
    };
    let mut largest = 0;
    let outcome = look_into(&mut &*input, &limits, &mut |path, content| {
        assert!(is_harmless(path), "{path:?}");
        let size = std::io::copy(content, &mut std::io::sink());
        largest = size.map_or(u64::MAX, |size| size.max(largest));
    });
    assert!(
        largest <= UNPACKED.max(input.len() as u64),
        "{largest} bytes"
    );
    assert!(outcome.visited <= 101, "{} contents", outcome.visited);
}

fn read_map(input: &[u8]) {
    let Ok(map) = SourceMap::parse(input) else {
        return;
    };
    for place in [Position::default(), position_of(input, usize::MAX)] {
        if let Ok(Some(original)) = map.original(place) {
            assert!(original.source < map.sources().len());
        }
    }
    for source in map.sources() {
        assert!(is_harmless(&source.name), "{:?}", source.name);
        source.content();
    }
}

fn is_harmless(path: &str) -> bool {
    !path.chars().any(char::is_control) && !path.split('/').any(|part| part == "..")
}
