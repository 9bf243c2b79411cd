//! From a bundle back to the sources: where a value that visitors get was written.

use tidegate_core::finding::Related;
use tidegate_core::meta::Confidence;
use tidegate_core::ports::Files;

use super::collect::Collected;
use super::content::{Looked, Seen};
use super::exposure::{Exposure, Place, Surface, Way};
use super::findings::location;
use crate::scan::custom::Place as At;
use crate::scan::{Scanner, Sighting};
use crate::shipped::source_map::{MapUrl, SourceMap, line_of, map_url, position_of};

/// The largest bundle or map that is traced back, in bytes.
pub(super) const LARGEST: usize = 48 * 1024 * 1024;

/// Traces what bundles and maps show.
pub(super) struct Trace<'t> {
    pub(super) scanner: &'t Scanner,
    pub(super) way: Way,
}

impl Trace<'_> {
    /// What a script or style shows, at the sources that its map tells: the one given, or that in its
    /// own comment, whose sources are shown too.
    pub(super) fn script(
        &self,
        name: &str,
        script: &[u8],
        map: Option<&[u8]>,
        sightings: Vec<Sighting>,
        collected: &mut Collected,
    ) {
        let inline = match map_url(script) {
            Some(MapUrl::Inline(map)) => Some(map),
            _ => None,
        };
        let told = inline
            .as_ref()
            .is_some_and(|map| self.map(name, map, collected));
        let end = if told { comment(script) } else { script.len() };
        let map = inline.as_deref().or(map);
        let map = map.and_then(|map| match SourceMap::parse(map) {
            Ok(map) => Some(map),
            Err(error) => {
                let why = format!("{error}; {}", error.help());
                collected.untold.push((name.to_owned(), why));
                None
            }
        });
        for sighting in sightings {
            if sighting.range.start >= end {
                continue;
            }
            if !collected.matters(&sighting) {
                continue;
            }
            let (line, column) = line_of(script, sighting.range.start);
            let served = Place {
                file: name.to_owned(),
                line,
                column,
            };
            let origin = map
                .as_ref()
                .and_then(|map| self.origin(map, script, &sighting));
            collected
                .exposures
                .push(self.exposure(sighting, served, origin));
        }
    }

    /// What the sources in a map show; `false` when it is no map that can be read.
    pub(super) fn map(&self, name: &str, map: &[u8], collected: &mut Collected) -> bool {
        let Ok(map) = SourceMap::parse(map) else {
            return false;
        };
        for source in map.sources() {
            let Some(content) = source.content() else {
                continue;
            };
            let at = At::of(&source.name);
            for sighting in self.scanner.scan_at(content.as_bytes(), &at) {
                if !collected.matters(&sighting) {
                    continue;
                }
                let origin = Origin {
                    place: within(&source.name, content.as_bytes(), sighting.range.start),
                    first_party: source.first_party,
                };
                let served = Place {
                    file: name.to_owned(),
                    line: 1,
                    column: 1,
                };
                collected
                    .exposures
                    .push(self.exposure(sighting, served, Some(origin)));
            }
        }
        true
    }

    /// A value at its source, the served place beside it. What stands in a library was public before,
    /// so it is only a hint.
    fn exposure(&self, mut sighting: Sighting, served: Place, origin: Option<Origin>) -> Exposure {
        let (place, related) = match origin {
            Some(origin) => {
                if !origin.first_party {
                    sighting.confidence = Confidence::Low;
                }
                let related = Related {
                    label: "served in".to_owned(),
                    location: location(&served),
                };
                (origin.place, vec![related])
            }
            None => (served, Vec::new()),
        };
        Exposure {
            sighting,
            surface: Surface::Served,
            way: self.way,
            place,
            related,
            commit: None,
            excused: false,
            answer: None,
        }
    }

    /// Where a value of a script comes from: the source its map names there, and in it the value
    /// itself when the map holds the source's text.
    fn origin(&self, map: &SourceMap<'_>, script: &[u8], sighting: &Sighting) -> Option<Origin> {
        let found = map
            .original(position_of(script, sighting.range.start))
            .ok()??;
        let source = map.sources().get(found.source)?;
        let exact = source.content().and_then(|content| {
            let at = At::of(&source.name);
            let inner = self.scanner.scan_at(content.as_bytes(), &at);
            let told = (found.position.line as usize) + 1;
            let places = inner
                .iter()
                .filter(|one| one.value == sighting.value)
                .map(|one| within(&source.name, content.as_bytes(), one.range.start));
            places.min_by_key(|place| place.line.abs_diff(told))
        });
        let place = exact.unwrap_or_else(|| Place {
            file: source.name.clone(),
            line: found.position.line as usize + 1,
            column: found.position.column as usize + 1,
        });
        Some(Origin {
            place,
            first_party: source.first_party,
        })
    }
}

/// Where the comment begins that holds the map of a script.
fn comment(script: &[u8]) -> usize {
    memchr::memmem::rfind(script, b"sourceMappingURL=data:").unwrap_or(script.len())
}

/// Where a value was written.
struct Origin {
    place: Place,
    first_party: bool,
}

fn within(name: &str, content: &[u8], at: usize) -> Place {
    let (line, column) = line_of(content, at);
    Place {
        file: name.to_owned(),
        line,
        column,
    }
}

/// Files of the build output that showed something.
pub(super) struct Built<'f> {
    files: &'f dyn Files,
    trace: Trace<'f>,
}

impl<'f> Built<'f> {
    pub(super) fn new(files: &'f dyn Files, scanner: &'f Scanner) -> Self {
        Self {
            files,
            trace: Trace {
                scanner,
                way: Way::Build,
            },
        }
    }

    /// Takes what a file showed, at the sources behind it as far as a map tells them.
    pub(super) fn take(&self, path: &str, looked: Looked, collected: &mut Collected) {
        let (inner, own): (Vec<Seen>, Vec<Seen>) =
            looked.seen.into_iter().partition(Seen::stands_apart);
        for seen in inner {
            collected.see(path, seen, Surface::Served, Way::Build);
        }
        if own.is_empty() {
            return;
        }
        let Ok(bytes) = self.files.read(path, LARGEST) else {
            for seen in own {
                collected.see(path, seen, Surface::Served, Way::Build);
            }
            return;
        };
        if looks_like_map(&bytes) && self.trace.map(path, &bytes, collected) {
            return;
        }
        let sightings = own.into_iter().map(|seen| seen.located.sighting).collect();
        let map = self.map_of(path, &bytes);
        self.trace
            .script(path, &bytes, map.as_deref(), sightings, collected);
    }

    /// The map that a script or style names, or the one beside it.
    fn map_of(&self, path: &str, bytes: &[u8]) -> Option<Vec<u8>> {
        let beside = || self.files.read(&format!("{path}.map"), LARGEST).ok();
        match map_url(bytes) {
            Some(MapUrl::Inline(_)) => None,
            Some(MapUrl::Elsewhere(url)) => {
                let name = url.split(['?', '#']).next().unwrap_or_default();
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let named = format!("{folder}/{name}");
                self.files
                    .read(named.trim_start_matches('/'), LARGEST)
                    .ok()
                    .or_else(beside)
            }
            None => beside(),
        }
    }
}

/// Whether bytes begin like a source map.
pub(super) fn looks_like_map(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(64)];
    let start = start
        .strip_prefix(b")]}'")
        .unwrap_or(start)
        .trim_ascii_start();
    start.starts_with(b"{") && memchr::memmem::find(bytes, b"\"mappings\"").is_some()
}
