//! Source maps (ECMA-426): which source a place of a script or a style comes from.
//!
//! A map may be many megabytes large, and most of it is never asked for. Parsing goes over its JSON
//! once and keeps where each content and the mappings stand; a content is decoded when it is read,
//! the mappings when the first place is looked up.

mod mappings;
mod name;
mod position;
mod url;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use mappings::Mappings;
pub(crate) use name::is_first_party;
pub(crate) use position::{Position, line_of, position_of};
pub(crate) use url::{MapUrl, map_url};

/// The most sources of a map.
const MOST_SOURCES: usize = 100_000;

/// The most sections of an index map.
const MOST_SECTIONS: usize = 20_000;

/// How deep sections may hold sections.
const DEEPEST: usize = 4;

/// What a script or a style was made from.
#[derive(Debug)]
pub(crate) struct SourceMap<'t> {
    sources: Vec<Source<'t>>,
    sections: Vec<Section<'t>>,
}

/// One of the files that a script or a style was made from.
#[derive(Debug)]
pub(crate) struct Source<'t> {
    /// Its path as a person knows it, as in `src/lib/supabase.ts`.
    pub(crate) name: String,
    /// Whether it is the portal's own code, and not a library's or a bundler's.
    pub(crate) first_party: bool,
    content: Option<&'t RawValue>,
}

impl<'t> Source<'t> {
    /// Its text, if the map holds it; decoded at each call, and borrowed when it has no escapes.
    pub(crate) fn content(&self) -> Option<Cow<'t, str>> {
        text(self.content?)
    }
}

/// A part of the generated file and where its mappings stand.
#[derive(Debug)]
struct Section<'t> {
    start: Position,
    /// Which of the sources of the whole map are its own.
    sources: Range<usize>,
    mappings: Mappings<'t>,
}

/// A place in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Original {
    /// The index of the source.
    pub(crate) source: usize,
    /// Where in it.
    pub(crate) position: Position,
}

/// Why a source map cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SourceMapError {
    /// It is not JSON, or a part has the wrong type.
    #[error("the source map is not proper JSON: {reason}")]
    Json {
        /// What is wrong and where.
        reason: String,
    },
    /// It is of another version than 3.
    #[error("the source map has the version {version}")]
    Version {
        /// The version it names.
        version: u64,
    },
    /// It lists more than is read.
    #[error("the source map has more than {limit} {what}")]
    TooMany {
        /// `sources`, `sections` or `sections within sections`.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// Its mappings are malformed.
    #[error("the mappings of the source map are malformed at character {at}: {reason}")]
    Mappings {
        /// How many characters of the mappings are before it.
        at: usize,
        /// What is wrong.
        reason: &'static str,
    },
}

impl SourceMapError {
    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Version { .. } => {
                "Let the bundler write source maps of version 3, the only one in use."
            }
            Self::Json { .. } | Self::TooMany { .. } | Self::Mappings { .. } => {
                "Build again; if the map stays like this, report it to the bundler's authors."
            }
        }
    }
}

/// A source map as it is written.
#[derive(Deserialize)]
struct Written<'t> {
    version: Option<u64>,
    #[serde(borrow, rename = "sourceRoot")]
    root: Option<&'t RawValue>,
    #[serde(borrow, default)]
    sources: Option<Listed<'t>>,
    #[serde(borrow, default, rename = "sourcesContent")]
    contents: Option<Listed<'t>>,
    #[serde(borrow)]
    mappings: Option<&'t RawValue>,
    #[serde(borrow, default)]
    sections: Option<Vec<WrittenSection<'t>>>,
}

/// The values of a list: one more than [`MOST_SOURCES`] at most, so that a hostile list takes no more
/// room than that.
struct Listed<'t>(Vec<&'t RawValue>);

impl<'json: 't, 't> Deserialize<'json> for Listed<'t> {
    fn deserialize<D: Deserializer<'json>>(list: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'t> Visitor<'t> for Values {
            type Value = Listed<'t>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<Listed<'t>, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element::<&'t RawValue>()? {
                    if values.len() <= MOST_SOURCES {
                        values.push(value);
                    }
                }
                Ok(Listed(values))
            }
        }

        list.deserialize_seq(Values)
    }
}

/// A section of an index map as it is written.
#[derive(Deserialize)]
struct WrittenSection<'t> {
    offset: WrittenOffset,
    #[serde(borrow)]
    map: &'t RawValue,
}

#[derive(Deserialize)]
struct WrittenOffset {
    line: u32,
    column: u32,
}

impl<'t> SourceMap<'t> {
    /// Reads a map, plain or with sections; decodes neither contents nor mappings.
    ///
    /// # Errors
    /// When it is no source map of version 3, or lists too much.
    pub(crate) fn parse(map: &'t [u8]) -> Result<Self, SourceMapError> {
        let written = read(|| serde_json::from_slice(without_guard(map)))?;
        let mut parsed = Self {
            sources: Vec::new(),
            sections: Vec::new(),
        };
        parsed.add(written, Position::default(), 1)?;
        parsed.sections.sort_by_key(|section| section.start);
        Ok(parsed)
    }

    /// The files it was made from, in the order of the map.
    pub(crate) fn sources(&self) -> &[Source<'t>] {
        &self.sources
    }

    /// Where the place of the generated file that is at or closest before this one on its line
    /// comes from; `None` when no source is named there.
    ///
    /// # Errors
    /// When the mappings are malformed.
    pub(crate) fn original(&self, generated: Position) -> Result<Option<Original>, SourceMapError> {
        let after = self
            .sections
            .partition_point(|section| section.start <= generated);
        let Some(section) = after.checked_sub(1).and_then(|at| self.sections.get(at)) else {
            return Ok(None);
        };
        let Some(found) = section.mappings.find(generated.since(section.start))? else {
            return Ok(None);
        };
        let source = section.sources.clone().nth(found.source as usize);
        Ok(source.map(|source| Original {
            source,
            position: found.position,
        }))
    }

    fn add(
        &mut self,
        written: Written<'t>,
        start: Position,
        depth: usize,
    ) -> Result<(), SourceMapError> {
        if let Some(version) = written.version.filter(|version| *version != 3) {
            return Err(SourceMapError::Version { version });
        }
        match written.sections {
            Some(sections) => self.add_sections(sections, start, depth),
            None => self.add_plain(&written, start),
        }
    }

    fn add_sections(
        &mut self,
        sections: Vec<WrittenSection<'t>>,
        start: Position,
        depth: usize,
    ) -> Result<(), SourceMapError> {
        if depth > DEEPEST {
            return Err(too_many("sections within sections", DEEPEST));
        }
        for section in sections {
            let offset = Position {
                line: section.offset.line,
                column: section.offset.column,
            };
            let map = read(|| serde_json::from_str(section.map.get()))?;
            self.add(map, offset.after(start), depth + 1)?;
        }
        Ok(())
    }

    fn add_plain(&mut self, written: &Written<'t>, start: Position) -> Result<(), SourceMapError> {
        let root = written.root.and_then(text).unwrap_or_default();
        let sources = written.sources.as_ref().map_or(&[][..], |list| &list.0);
        let contents = written.contents.as_ref().map_or(&[][..], |list| &list.0);
        if self.sources.len() + sources.len() > MOST_SOURCES {
            return Err(too_many("sources", MOST_SOURCES));
        }
        if self.sections.len() >= MOST_SECTIONS {
            return Err(too_many("sections", MOST_SECTIONS));
        }
        let first = self.sources.len();
        for (index, source) in sources.iter().enumerate() {
            let source = text(source).unwrap_or_default();
            let written = name::rooted(&root, &source);
            self.sources.push(Source {
                name: name::cleaned(&written),
                first_party: is_first_party(&written),
                content: contents.get(index).copied(),
            });
        }
        self.sections.push(Section {
            start,
            sources: first..self.sources.len(),
            mappings: Mappings::new(written.mappings),
        });
        Ok(())
    }
}

/// Servers may put `)]}'` and the rest of a line before the map, against its use as a script.
fn without_guard(map: &[u8]) -> &[u8] {
    let map = map.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(map);
    if !map.starts_with(b")]}") {
        return map;
    }
    let end = memchr::memchr(b'\n', map).unwrap_or(map.len());
    map.get(end..).unwrap_or_default()
}

/// The text of a JSON string; `None` for any other value.
fn text<'t>(value: &'t RawValue) -> Option<Cow<'t, str>> {
    #[derive(Deserialize)]
    struct Text<'t>(#[serde(borrow)] Cow<'t, str>);
    let text: Text<'t> = serde_json::from_str(value.get()).ok()?;
    Some(text.0)
}

fn read<T>(parse: impl FnOnce() -> serde_json::Result<T>) -> Result<T, SourceMapError> {
    parse().map_err(|error| SourceMapError::Json {
        reason: place_of(&error),
    })
}

/// The place and sort of a fault, without a word of the text: it may hold a secret.
fn place_of(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Data => "a part has the wrong type",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "the syntax",
    };
    format!(
        "{what}, at line {}, column {}",
        error.line(),
        error.column()
    )
}

fn too_many(what: &'static str, limit: usize) -> SourceMapError {
    SourceMapError::TooMany { what, limit }
}

#[cfg(test)]
mod tests;
