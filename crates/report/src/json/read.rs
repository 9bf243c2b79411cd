//! A report read back.

use tidegate_core::event::Summary;

use super::wire;
use crate::codes::Codes;
use crate::since::Since;
use crate::text::clip;

/// The largest report that is read, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// How much of what the reader says of foreign text is repeated, in characters.
const TOLD: usize = 300;

/// A report read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Everything about the run.
    pub summary: Summary,
    /// What the codes in it mean, as far as the report says it.
    pub codes: Codes,
    /// What had changed since an earlier gate when the report was written.
    pub since: Option<Since>,
}

/// Why a text is not a report that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is too large.
    #[error("the report is larger than {} MiB", LARGEST / (1024 * 1024))]
    TooLarge,
    /// It ends too early.
    #[error("the report ends in the middle, at line {line}, column {column}")]
    Truncated {
        /// The 1-based line it ends on.
        line: usize,
        /// The column it ends at.
        column: usize,
    },
    /// It is not JSON.
    #[error("the report is not JSON: {reason} at line {line}, column {column}")]
    NotJson {
        /// The 1-based line of the first fault.
        line: usize,
        /// The column of the first fault.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// It is JSON, and no report of Tidegate.
    #[error("it is JSON, but not a report of Tidegate: it does not say its `version`")]
    NotAReport,
    /// A later Tidegate wrote it.
    #[error("the report has version {version} of the format, and this Tidegate reads version 1")]
    Newer {
        /// The version it has.
        version: u64,
    },
    /// A value is not what it must be.
    #[error("`{path}` of the report is wrong: {reason}")]
    Wrong {
        /// Where the value stands, as in `results[3].findings[0].severity`.
        path: String,
        /// What was expected.
        reason: String,
    },
}

impl ReadError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLarge => "Give the JSON report of a run as it was written.",
            Self::Truncated { .. } => {
                "Fetch or write the report again; a report that a run wrote into a file is always whole."
            }
            Self::NotJson { .. } | Self::NotAReport | Self::Wrong { .. } => {
                "Give a report that was written with `--report json=FILE`."
            }
            Self::Newer { .. } => "It was written by a newer Tidegate; update this one.",
        }
    }
}

/// Reads a report of version 1: fields that it does not know are passed over, and newer fields that an
/// older report lacks have no value.
///
/// # Errors
/// [`ReadError`], with the place of the first fault.
pub fn read(text: impl AsRef<[u8]>) -> Result<Report, ReadError> {
    let text = text.as_ref();
    if text.len() > LARGEST {
        return Err(ReadError::TooLarge);
    }
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let report: wire::Report = serde_json::from_slice(text).map_err(|error| why(text, &error))?;
    match report.version {
        1 => report.into_model(),
        version => Err(ReadError::Newer {
            version: version.into(),
        }),
    }
}

/// What is wrong with a text that is no report of version 1.
fn why(text: &[u8], error: &serde_json::Error) -> ReadError {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Eof => ReadError::Truncated { line, column },
        serde_json::error::Category::Data => unfit(text, error),
        _ => ReadError::NotJson {
            line,
            column,
            reason: reason(error),
        },
    }
}

/// What is wrong with a JSON text that is no report of version 1; it is read once more for the place.
fn unfit(text: &[u8], error: &serde_json::Error) -> ReadError {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u64,
    }
    match serde_json::from_slice::<Versioned>(text) {
        Err(error) if error.is_data() => return ReadError::NotAReport,
        Ok(Versioned { version }) if version != 1 => return ReadError::Newer { version },
        _ => {}
    }
    let reader = &mut serde_json::Deserializer::from_slice(text);
    let placed = serde_path_to_error::deserialize::<_, wire::Report>(reader);
    let path = placed.err().map(|placed| placed.path().to_string());
    ReadError::Wrong {
        path: clip(&path.unwrap_or_default(), TOLD).into_owned(),
        reason: reason(error),
    }
}

/// What the reader says, without the place that it adds.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    clip(text.strip_suffix(&place).unwrap_or(&text), TOLD).into_owned()
}

#[cfg(test)]
mod tests;
