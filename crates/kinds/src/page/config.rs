//! What stands under `page:` in a gate file.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;

use crate::budget;

/// The most pages that one check opens.
const PAGES: usize = 50;

/// The most texts of one page.
const TEXTS: usize = 50;

/// How many requests an attempt may send unless the gate file says otherwise.
const MOST: u32 = 200;

/// The most requests that the gate file may allow.
const LIMIT: u32 = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    paths: Vec<Located<String>>,
    #[serde(default)]
    contains: Option<Node>,
    #[serde(default)]
    assets: Option<bool>,
    #[serde(default)]
    allow: Vec<Located<String>>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The pages, one at least.
    pub(super) pages: Vec<Wanted>,
    /// Whether what the pages load is looked at.
    pub(super) assets: bool,
    /// Paths that need not load; `*` at the end stands for anything.
    allow: Vec<String>,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// Who the check is.
    pub(super) identity: Option<IdentityName>,
}

/// A page, and the texts that must stand in it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Its path, with the query if it has one.
    pub(super) path: String,
    /// Where the gate file names it.
    pub(super) span: Span,
    /// What must stand in it.
    pub(super) texts: Vec<Located<String>>,
}

impl Config {
    /// Reads the value under `page:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        // `page:` with nothing behind it opens the home page.
        let place = node.span.clone();
        let node = node.or_empty();
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let mut pages: Vec<Wanted> = Vec::new();
        for path in &written.paths {
            faults.extend(no_path(&path.value, &path.span));
            wanted(&mut pages, &path.value, &path.span);
        }
        if written.paths.is_empty() {
            wanted(&mut pages, "/", &place);
        }
        if let Some(contains) = &written.contains {
            texts(contains, &mut pages, &mut faults);
        }
        if pages.len() > PAGES {
            faults.push(
                Diagnostic::at(node.span.clone(), "these are too many pages")
                    .label(format!("expected {PAGES} at most"))
                    .help("Name one page of each sort, or write several checks."),
            );
        }
        for path in &written.allow {
            faults.extend(no_path(&path.value, &path.span));
        }
        budget::check(written.most.as_ref(), &(10..=LIMIT), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            pages,
            assets: written.assets.unwrap_or(true),
            allow: written.allow.into_iter().map(|path| path.value).collect(),
            most: written.most.map_or(MOST, |most| most.value),
            identity: scope.identity.cloned(),
        })
    }

    /// Whether something of the site need not load.
    pub(super) fn allows(&self, path: &str) -> bool {
        self.allow
            .iter()
            .any(|allowed| match allowed.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == allowed,
            })
    }

    /// The most requests of an attempt, for the plan.
    pub(super) fn most_requests(&self) -> u32 {
        if self.assets {
            self.most
        } else {
            u32::try_from(self.pages.len())
                .unwrap_or(u32::MAX)
                .min(self.most)
        }
    }
}

/// The page of this path, which is added when it is new.
fn wanted<'p>(pages: &'p mut Vec<Wanted>, path: &str, span: &Span) -> &'p mut Wanted {
    let at = pages.iter().position(|page| page.path == path);
    let at = at.unwrap_or(pages.len());
    if at == pages.len() {
        pages.push(Wanted {
            path: path.to_owned(),
            span: span.clone(),
            texts: Vec::new(),
        });
    }
    &mut pages[at]
}

fn no_path(path: &str, span: &Span) -> Option<Diagnostic> {
    let is_path = path.starts_with('/') && !path.starts_with("//") && !path.contains("${");
    (!is_path).then(|| {
        Diagnostic::at(span.clone(), format!("`{path}` is no path of the site"))
            .help("Write it with one slash at the beginning and without values: `/login`.")
    })
}

/// Reads `contains:`, a map of paths with a text or a list of texts each.
fn texts(contains: &Node, pages: &mut Vec<Wanted>, faults: &mut Vec<Diagnostic>) {
    const EXAMPLE: &str =
        "Write the path of each page with its text: `contains: { /login: [Sign in, Password] }`.";
    if !matches!(contains.value, Value::Map(_)) {
        let fault = Diagnostic::at(contains.span.clone(), "these are texts without a page");
        faults.push(fault.label("expected a map of paths").help(EXAMPLE));
        return;
    }
    for (path, value) in contains.entries() {
        faults.extend(no_path(&path.text, &path.span));
        let page = wanted(pages, &path.text, &path.span);
        let written = match &value.value {
            Value::Sequence(texts) => texts.as_slice(),
            _ => std::slice::from_ref(value),
        };
        if written.len() > TEXTS {
            let fault = Diagnostic::at(value.span.clone(), "these are too many texts");
            faults.push(fault.label(format!("expected {TEXTS} at most")));
            return;
        }
        for text in written {
            match text.text().filter(|text| !text.trim().is_empty()) {
                Some(known) => page.texts.push(Located {
                    value: known.to_owned(),
                    span: text.span.clone(),
                }),
                None => faults.push(
                    Diagnostic::at(text.span.clone(), "this is no text that a page can have")
                        .label(format!("expected a text, found {}", text.describe()))
                        .help(EXAMPLE),
                ),
            }
        }
    }
}

/// The JSON Schema (draft-07) of the value.
pub(super) fn schema() -> Json {
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "type": ["object", "null"],
        "description": "Opens pages as a browser does, and proves that they and what they load are there.",
        "additionalProperties": false,
        "properties": {
            "paths": {
                "type": "array",
                "description": "Paths of the pages; the home page `/` when absent.",
                "minItems": 1,
                "maxItems": PAGES,
                "items": { "type": "string", "pattern": "^/" },
            },
            "contains": {
                "type": "object",
                "description": "Texts that must stand in the HTML of a page, by its path.",
                "propertyNames": { "pattern": "^/" },
                "additionalProperties": {
                    "anyOf": [text, { "type": "array", "maxItems": TEXTS, "items": text }],
                },
            },
            "assets": {
                "type": "boolean",
                "description": "Whether the scripts, styles, fonts and pictures of the pages must load; on unless it says false.",
            },
            "allow": {
                "type": "array",
                "description": "Paths of scripts, styles and pictures that need not load, as in `/legacy/*`.",
                "items": { "type": "string", "pattern": "^/" },
            },
            "most": {
                "type": "integer",
                "description": "The most requests of one run; 200 when absent.",
                "minimum": 10,
                "maximum": LIMIT,
            },
        },
    })
}
