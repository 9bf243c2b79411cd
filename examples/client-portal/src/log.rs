//! One JSON object per line on standard error.

use std::io::Write as _;

use serde_json::{Map, Value, json};

use crate::clock;

/// Writes structured log lines; a quiet log writes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Log {
    quiet: bool,
}

impl Log {
    pub(crate) const fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Writes one line; `facts` must be a JSON object without secrets.
    pub(crate) fn write(self, level: &str, message: &str, facts: Value) {
        if self.quiet {
            return;
        }
        let mut line = Map::new();
        line.insert("time".to_owned(), json!(clock::now_text()));
        line.insert("level".to_owned(), json!(level));
        line.insert("message".to_owned(), json!(message));
        if let Value::Object(facts) = facts {
            line.extend(facts);
        }
        // A log that cannot be written must not stop the portal.
        let _ = writeln!(std::io::stderr().lock(), "{}", Value::Object(line));
    }
}
