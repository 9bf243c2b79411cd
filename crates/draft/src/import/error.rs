//! Why a file cannot be imported.

use super::Source;

/// Why a file cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is not what it should be, at a place in it.
    #[error("{file}:{line}:{column}: {what}")]
    Syntax {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong; never a part of the file that could be a secret.
        what: String,
        /// How to mend it.
        help: &'static str,
    },
    /// It is no text.
    #[error("{file} is no text: byte {at} does not belong to UTF-8")]
    NoText {
        /// The file.
        file: String,
        /// The number of the byte, counted from 0.
        at: usize,
    },
    /// It is larger than what is read.
    #[error("{file} is larger than {} MiB", limit / 1024 / 1024)]
    TooLarge {
        /// The file.
        file: String,
        /// The largest size, in bytes.
        limit: usize,
    },
    /// It would make a gate file that is larger than one may be.
    #[error("{file} would become a gate file of more than {} kB", limit / 1024)]
    TooMuch {
        /// The file.
        file: String,
        /// The largest size, in bytes.
        limit: usize,
    },
    /// It has more secrets than anybody would set.
    #[error("{file} has more than {limit} different secrets")]
    TooManySecrets {
        /// The file.
        file: String,
        /// How many are hidden at the most.
        limit: usize,
    },
    /// Nothing tells what it is.
    #[error("{file} is none of curl, HAR, Postman, Hurl and OpenAPI")]
    Unknown {
        /// The file.
        file: String,
    },
    /// It has nothing that could become a check.
    #[error("nothing of {file} can become a check: {because}")]
    Nothing {
        /// The file.
        file: String,
        /// Why.
        because: String,
    },
}

impl ImportError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Syntax { help, .. } => help,
            Self::NoText { .. } => "Save it as UTF-8 and try again.",
            Self::TooLarge { .. } => {
                "Record a shorter part, or leave the bodies of images and scripts out of the export."
            }
            Self::TooMuch { .. } | Self::TooManySecrets { .. } => {
                "Split the file and import its parts one by one."
            }
            Self::Unknown { .. } => {
                "Say what it is, as in `tidegate import har FILE`; curl, har, postman, hurl and openapi are known."
            }
            Self::Nothing { .. } => {
                "See whether it is the right file; name the portal with `--origin https://…` when its requests were taken for another's."
            }
        }
    }

    /// A fault at a byte of a text.
    pub(crate) fn at(
        file: &str,
        text: &str,
        byte: usize,
        what: impl Into<String>,
        help: &'static str,
    ) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Self::Syntax {
            file: file.to_owned(),
            line,
            column,
            what: what.into(),
            help,
        }
    }

    /// A fault of a JSON text.
    pub(crate) fn json(file: &str, error: &serde_json::Error, help: &'static str) -> Self {
        Self::Syntax {
            file: file.to_owned(),
            line: error.line(),
            column: error.column(),
            what: json_words(error),
            help,
        }
    }
}

/// What is wrong with a JSON text, without any value of it.
fn json_words(error: &serde_json::Error) -> String {
    use serde_json::error::Category;

    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(what, _)| what);
    match error.classify() {
        Category::Eof => "the file ends too early; it was cut off".to_owned(),
        Category::Syntax if text.contains("recursion limit") => {
            "lists and maps are nested more than 127 deep".to_owned()
        }
        Category::Data => match (
            text.rsplit_once(", expected "),
            text.strip_prefix("missing field "),
        ) {
            (Some((_, expected)), _) => {
                let expected = match expected {
                    "a sequence" => "a list",
                    "i64" => "a whole number",
                    "a string" => "a text",
                    other if other.starts_with("struct ") => "a map",
                    other => other,
                };
                format!("something of another type stands here; expected {expected}")
            }
            (None, Some(field)) => format!("the field {field} is missing"),
            _ => "something else stands here than expected".to_owned(),
        },
        _ => format!("this is no JSON: {text}"),
    }
}

/// The text of a source, without a byte order mark.
///
/// # Errors
/// When it is no UTF-8.
pub(crate) fn text<'s>(source: &Source<'s>) -> Result<&'s str, ImportError> {
    let bytes = source
        .bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(source.bytes);
    std::str::from_utf8(bytes).map_err(|error| ImportError::NoText {
        file: source.name.to_owned(),
        at: error.valid_up_to() + (source.bytes.len() - bytes.len()),
    })
}
