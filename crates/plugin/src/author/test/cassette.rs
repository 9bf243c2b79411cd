//! A recording of what a plugin asked of a real deploy, and what it got.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::interface::files::FilesError;
use crate::interface::http::{HttpError, Request, Response};
use crate::interface::recorded::Exchange;
use crate::interface::types::Context;

/// How cassettes are written today.
const VERSION: u32 = 1;
/// The largest cassette that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    /// How it is written; 1.
    version: u32,
    /// What the plugin knew of the run.
    pub context: Context,
    /// What it asked for, in order.
    pub calls: Vec<Call>,
}

/// One thing that a plugin asked for, and what it got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "nearly all of them are requests")]
pub enum Call {
    /// A request.
    Send {
        /// What was sent; without its time limit, which differs each time.
        request: Request,
        /// What came back.
        answer: Result<Response, HttpError>,
    },
    /// A page of exchanges.
    Page {
        /// After which.
        after: u64,
        /// How many at most.
        limit: u32,
        /// Those, and the number to ask for next.
        answer: Result<(Vec<Exchange>, Option<u64>), String>,
    },
    /// Files.
    Find {
        /// The glob.
        glob: String,
        /// Their paths.
        answer: Result<Vec<String>, FilesError>,
    },
    /// A file.
    Read {
        /// Its path.
        path: String,
        /// Its content.
        answer: Result<Vec<u8>, FilesError>,
    },
}

/// Why a cassette cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    /// The system does not let it be read or written.
    #[error("{} cannot be used: {error}", path.display())]
    Unusable {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is no cassette.
    #[error("{} is no cassette: {reason}", path.display())]
    Malformed {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl CassetteError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unusable { .. } => "Look whether the file may be read and written.",
            Self::Malformed { .. } => "Record it again with `tidegate plugin test --record`.",
        }
    }
}

impl Cassette {
    /// A recording of these calls.
    pub fn new(context: Context, calls: Vec<Call>) -> Self {
        Self {
            version: VERSION,
            context,
            calls,
        }
    }

    /// Reads a cassette.
    ///
    /// # Errors
    /// When it cannot be read, is too large, or was written in another way.
    pub fn load(path: &Path) -> Result<Self, CassetteError> {
        let unusable = |error| CassetteError::Unusable {
            path: path.to_owned(),
            error,
        };
        if fs::metadata(path).map_err(unusable)?.len() > LARGEST {
            return Err(unusable(io::Error::other(format!(
                "it has more than {LARGEST} bytes"
            ))));
        }
        let text = fs::read_to_string(path).map_err(unusable)?;
        Self::parse(&text).map_err(|reason| CassetteError::Malformed {
            path: path.to_owned(),
            reason,
        })
    }

    /// Reads the text of a cassette.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        bytes(&mut value)?;
        let read: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        if read.version != VERSION {
            return Err(format!(
                "it is written as in version {}, and this Tidegate knows {VERSION}",
                read.version
            ));
        }
        Ok(read)
    }

    /// Its text: bodies as text where they are text, so that a change of it can be reviewed.
    ///
    /// # Errors
    /// When a number in it is none of JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        readable(&mut value);
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), CassetteError> {
        let unusable = |error| CassetteError::Unusable {
            path: path.to_owned(),
            error,
        };
        let text = self.text().map_err(|error| unusable(error.into()))?;
        crate::lock::replace(path, text.as_bytes()).map_err(unusable)
    }
}

/// The keys whose values are bytes: bodies, and the content of a file that was read.
const BYTES: &[&str] = &["body", "Ok"];

/// Writes bytes as text, or else in base64 (RFC 4648, 4).
fn readable(value: &mut Value) {
    each_bytes(value, &mut |value| {
        let Value::Array(numbers) = &*value else {
            return;
        };
        let bytes: Option<Vec<u8>> = numbers
            .iter()
            .map(|one| u8::try_from(one.as_u64()?).ok())
            .collect();
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
            return;
        };
        let (key, text) = match String::from_utf8(bytes) {
            Ok(text) => ("text", text),
            Err(error) => ("base64", STANDARD.encode(error.as_bytes())),
        };
        *value = Value::Object(Map::from_iter([(key.to_owned(), Value::String(text))]));
    });
}

/// The way back.
fn bytes(value: &mut Value) -> Result<(), String> {
    let mut fault = None;
    each_bytes(value, &mut |value| {
        let Some(entries) = value.as_object().filter(|entries| entries.len() == 1) else {
            return;
        };
        let of = |key| entries.get(key).and_then(Value::as_str);
        let read = match (of("text"), of("base64")) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(text)) => match STANDARD.decode(text) {
                Ok(bytes) => bytes,
                Err(error) => {
                    fault = Some(format!("a body is no base64: {error}"));
                    return;
                }
            },
            (None, None) => return,
        };
        *value = Value::from(read);
    });
    fault.map_or(Ok(()), Err)
}

/// Visits each value that may be bytes. The depth of the text is bounded by the reader of JSON.
fn each_bytes(value: &mut Value, visit: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| each_bytes(element, visit)),
        Value::Object(entries) => {
            for (key, value) in entries {
                each_bytes(value, visit);
                if BYTES.contains(&key.as_str()) {
                    visit(value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::context;
    use super::*;

    fn tape() -> Cassette {
        let request = Request {
            method: "POST".to_owned(),
            place: crate::interface::http::Place::Target("/x".to_owned()),
            route: None,
            identity: None,
            headers: Vec::new(),
            body: Some(b"{\"a\":1}".to_vec()),
            timeout: None,
            redirects: 0,
            body_limit: None,
        };
        let calls = vec![
            Call::Send {
                request,
                answer: Err(HttpError::Timeout("slow".to_owned())),
            },
            Call::Find {
                glob: "*".to_owned(),
                answer: Ok(Vec::new()),
            },
            Call::Read {
                path: "a".to_owned(),
                answer: Ok(vec![0, 255]),
            },
            Call::Read {
                path: "b".to_owned(),
                answer: Ok(Vec::new()),
            },
            Call::Page {
                after: 0,
                limit: 5,
                answer: Ok((Vec::new(), None)),
            },
        ];
        Cassette::new(context::usual("x"), calls)
    }

    #[test]
    fn a_cassette_is_text_that_people_read_and_comes_back_as_it_was() {
        let text = tape().text().expect("text");
        assert!(text.contains(r#""text": "{\"a\":1}""#), "{text}");
        assert!(text.contains(r#""base64": "AP8=""#), "{text}");
        assert_eq!(Cassette::parse(&text), Ok(tape()));
    }

    #[test]
    fn what_is_no_cassette_is_told() {
        let text = tape().text().expect("text");
        let newer = text.replacen("\"version\": 1", "\"version\": 2", 1);
        assert!(
            Cassette::parse(&newer)
                .expect_err("newer")
                .contains("version 2")
        );
        let broken = text.replace("AP8=", "§");
        assert!(
            Cassette::parse(&broken)
                .expect_err("broken")
                .contains("base64")
        );
        assert!(Cassette::parse("{}").is_err() && Cassette::parse("").is_err());
    }
}
