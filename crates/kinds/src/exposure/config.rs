//! What stands under `exposure:` in a gate file.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;

use crate::budget;

/// The most requests that the gate file may allow.
const LIMIT: u32 = 2_000;

/// The most paths of the gate file's own.
const OWN: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    allow: Vec<Located<String>>,
    #[serde(default)]
    paths: Vec<WrittenPath>,
    #[serde(default)]
    public_docs: bool,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenPath {
    path: Located<String>,
    contains: Located<String>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    /// Paths that are served on purpose; `*` at the end stands for anything.
    pub(super) allow: Vec<String>,
    /// Paths of the gate file's own.
    pub(super) paths: Vec<Own>,
    /// Whether the interface is a public one.
    pub(super) public_docs: bool,
    /// The most requests of an attempt, when the gate file says so.
    pub(super) most: Option<u32>,
}

/// A path of the gate file's own, and what a stranger must not find there.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// The path.
    pub(super) path: Located<String>,
    /// A text of what must not be there.
    pub(super) contains: String,
}

impl Config {
    /// Reads the value under `exposure:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        // `exposure:` with nothing behind it is the usual look.
        let node = node.or_empty();
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let own = written.paths.iter().map(|one| &one.path);
        for path in written.allow.iter().chain(own) {
            if !path.value.starts_with('/') || path.value.contains("${") {
                faults.push(
                    Diagnostic::at(path.span.clone(), format!("`{}` is no path", path.value)).help(
                        "Write it with a slash at the beginning and without values: `/metrics`.",
                    ),
                );
            }
        }
        for one in &written.paths {
            if one.contains.value.trim().len() < 3 {
                faults.push(
                    Diagnostic::at(
                        one.contains.span.clone(),
                        "this is too short to tell anything",
                    )
                    .label("expected a text of three signs at least that only this thing has"),
                );
            }
        }
        if written.paths.len() > OWN {
            faults.push(
                Diagnostic::at(node.span.clone(), "these are too many paths")
                    .label(format!("expected {OWN} at most")),
            );
        }
        budget::check(written.most.as_ref(), &(10..=LIMIT), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let own = written.paths.into_iter();
        Ok(Self {
            allow: written.allow.into_iter().map(|path| path.value).collect(),
            paths: own
                .map(|one| Own {
                    path: one.path,
                    contains: one.contains.value,
                })
                .collect(),
            public_docs: written.public_docs,
            most: written.most.map(|most| most.value),
        })
    }

    /// Whether a path is served on purpose.
    pub(super) fn allows(&self, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        self.allow
            .iter()
            .any(|allowed| match allowed.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path.trim_end_matches('/') == allowed.trim_end_matches('/'),
            })
    }
}

/// The JSON Schema (draft-07) of the value.
pub(super) fn schema() -> Json {
    json!({
        "type": ["object", "null"],
        "description": "Looks, as a stranger, for files, consoles and folders that must not be served.",
        "additionalProperties": false,
        "properties": {
            "allow": {
                "type": "array",
                "description": "Paths that are served on purpose, as in `/metrics`; `*` at the end stands for anything.",
                "items": { "type": "string", "pattern": "^/" },
            },
            "paths": {
                "type": "array",
                "description": "Paths of your own, each with a text that only what must not be there has.",
                "maxItems": OWN,
                "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["path", "contains"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^/" },
                        "contains": { "type": "string", "minLength": 3 },
                    },
                },
            },
            "public-docs": {
                "type": "boolean",
                "description": "Whether the interface is a public one, so that its description may be read by everybody.",
            },
            "most": {
                "type": "integer",
                "description": "The most requests of one run; as many as there are paths to look at when absent.",
                "minimum": 10,
                "maximum": LIMIT,
            },
        },
    })
}
