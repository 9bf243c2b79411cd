//! A workflow command of GitHub Actions: one line of the log that the runner obeys.

use crate::places::Place;
use crate::text::{defuse, visible};

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loudness {
    /// It stops the deploy.
    Error,
    /// It wants a look.
    Warning,
    /// It is worth knowing.
    Notice,
}

impl Loudness {
    /// The loudest first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    /// What is told so loud, as a noun.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Error => "problem",
            Self::Warning => "warning",
            Self::Notice => "remark",
        }
    }

    /// The name of the command.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A text on a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// How loud it is.
    pub loudness: Loudness,
    /// Where it stands.
    pub place: Place,
    /// Its head.
    pub title: String,
    /// What it says; may have several lines.
    pub message: String,
}

/// The most characters of a message that GitHub's runner keeps, as it counts them: in UTF-16.
pub(super) const MESSAGE_LIMIT: usize = 4_096;
/// The most characters of a title that GitHub keeps.
pub(super) const TITLE_LIMIT: usize = 255;

impl Annotation {
    /// The first and the last column that are marked, as GitHub counts them: ours end just past that.
    pub fn columns(&self) -> Option<(usize, usize)> {
        let (first, past) = self.place.columns?;
        Some((first, past.saturating_sub(1).max(first)))
    }

    /// The line for the log, with its line break.
    pub fn command(&self) -> String {
        let Place {
            path,
            line,
            end_line,
            ..
        } = &self.place;
        let mut text = format!(
            "::{} file={}",
            self.loudness.name(),
            property(&visible(path, true))
        );
        text.push_str(&format!(",line={line},endLine={end_line}"));
        if let Some((first, last)) = self.columns() {
            text.push_str(&format!(",col={first},endColumn={last}"));
        }
        let title = fit(&harmless(&self.title).replace('\n', " "), TITLE_LIMIT);
        let message = fit(&harmless(&self.message), MESSAGE_LIMIT);
        text.push_str(&format!(
            ",title={}::{}\n",
            property(&title),
            data(&message)
        ));
        text
    }
}

/// Text in which nothing hides or steers, and nothing is a command in the runner's older syntax.
fn harmless(text: &str) -> String {
    defuse(&visible(text.trim(), true))
}

/// As `UnescapeData` of the runner expects it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As `UnescapeProperty` of the runner expects it. The older syntax begins with `##[` anywhere in a
/// line; a file may have such a name.
fn property(text: &str) -> String {
    let text = data(text).replace(':', "%3A").replace(',', "%2C");
    text.replace("##[", "##%5B")
}

/// The length of a text as GitHub's runner counts it.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// As much of a text as fits.
pub(super) fn fit(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    let mut left = limit - 1;
    let kept = text.chars().take_while(|character| {
        let length = character.len_utf16();
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}
