//! A lock file read from text that anybody may have written.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::plugin::is_name;
use tidegate_core::span::{Source as Text, Span};

use super::{LIMIT, Lock, Locked, MOST, VERSION};

/// How most faults are mended.
const RESTORE: &str = "`tidegate plugin add` and `tidegate plugin update` write this file. Restore it as git has it, or \
                       remove it, run `tidegate plugin update`, and commit the new one.";

/// How the two sides of a merge are told apart.
const CONFLICT: &str = "Two changes locked plugins, and git could not merge them. Take the lines of either side out with \
                        the markers, run `tidegate plugin update`, and commit the file.";

impl Lock {
    /// Reads a lock file; `name` is what faults call it.
    ///
    /// # Errors
    /// What is wrong with it and where: text that is no such JSON, one that a merge left open, a later version, names
    /// or sizes out of bounds.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Diagnostic> {
        if bytes.len() > LIMIT {
            let told = format!("{name} has more than {} MiB", LIMIT / (1024 * 1024));
            return Err(Diagnostic::new(told).help(RESTORE));
        }
        let text = String::from_utf8_lossy(bytes);
        let source = Text::new(name, &*text);
        if let Err(error) = str::from_utf8(bytes) {
            let at = error.valid_up_to();
            let span = Span::new(source, at, at);
            return Err(Diagnostic::at(span, format!("{name} is no text in UTF-8")).help(RESTORE));
        }
        if let Some(at) = conflict(&text) {
            let line = text[at..].lines().next().map_or(0, str::len);
            let span = Span::new(source, at, at + line);
            let told = format!("a merge left {name} with conflicts");
            return Err(Diagnostic::at(span, told)
                .label("the first one begins here")
                .help(CONFLICT));
        }
        of_known_version(&source)?;
        let read: File = serde_json::from_str(&text).map_err(|error| placed(&source, &error))?;
        Ok(Self {
            plugins: read.plugins.0,
        })
    }
}

/// The file as a whole.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: u64,
    plugins: Plugins,
}

/// What every version of the file has.
#[derive(serde::Deserialize)]
struct Head {
    version: u64,
}

fn of_known_version(source: &Arc<Text>) -> Result<(), Diagnostic> {
    let head: Head = serde_json::from_str(source.text()).map_err(|error| placed(source, &error))?;
    if head.version == VERSION {
        return Ok(());
    }
    let text = source.text();
    let at = text.find("\"version\"").unwrap_or_default();
    let end = text[at..].find([',', '\n', '}']).unwrap_or_default();
    let told = format!(
        "{} has version {}, which is not known",
        source.name(),
        head.version
    );
    Err(Diagnostic::at(Span::new(source.clone(), at, at + end), told)
        .label(format!("expected {VERSION}"))
        .help("A newer Tidegate wrote this file: use that one, or run `tidegate plugin update` with this one."))
}

/// Where the first line is that git writes where it cannot merge.
fn conflict(text: &str) -> Option<usize> {
    let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
    let begins = |at: usize| marks.iter().any(|mark| text[at..].starts_with(mark));
    let mut starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
    starts.find(|at| begins(*at))
}

/// A fault of the JSON at its place.
fn placed(source: &Arc<Text>, error: &serde_json::Error) -> Diagnostic {
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let told = whole.strip_suffix(&place).unwrap_or(&whole);
    // It counts bytes, and names the last one that was read.
    let at = source.offset(error.line(), 1) + error.column().saturating_sub(1);
    let label = if error.is_data() {
        "this cannot be used"
    } else {
        "the JSON breaks off here"
    };
    Diagnostic::at(Span::new(source.clone(), at, at + 1), told)
        .label(label)
        .help(RESTORE)
}

/// The plugins by name; none is there twice.
struct Plugins(BTreeMap<String, Locked>);

impl<'de> Deserialize<'de> for Plugins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PluginsVisitor;
        impl<'de> Visitor<'de> for PluginsVisitor {
            type Value = Plugins;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a map of plugins by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plugins, A::Error> {
                let mut plugins = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    if !is_name(&name) {
                        let told = format!("{name:.100?} is no name of a plugin");
                        return Err(A::Error::custom(told));
                    }
                    if plugins.len() == MOST {
                        return Err(A::Error::custom(format!("more than {MOST} plugins")));
                    }
                    if plugins.contains_key(&name) {
                        return Err(A::Error::custom(format!("`{name}` is there twice")));
                    }
                    plugins.insert(name, map.next_value()?);
                }
                Ok(Plugins(plugins))
            }
        }
        deserializer.deserialize_map(PluginsVisitor)
    }
}
