//! What stands under `secrets:` in a gate file.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::ports::Head;

use crate::scan::rules;

/// The keys of the config as they are written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    base: Option<Located<String>>,
    head: Option<Located<String>>,
    change: Option<bool>,
    #[serde(default)]
    tree: bool,
    #[serde(default)]
    history: bool,
    history_since: Option<Located<String>>,
    #[serde(default)]
    files: Vec<Located<String>>,
    build: Option<Vec<Located<String>>>,
    site: Option<bool>,
    pages: Option<Vec<Located<String>>>,
    rules: Option<Located<String>>,
    #[serde(default)]
    without: Vec<Located<String>>,
    ignore: Option<Located<String>>,
    gitleaks_baseline: Option<Located<String>>,
    #[serde(default)]
    verify: bool,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The revision the change starts from.
    pub(super) base: Option<String>,
    /// Where it ends.
    pub(super) head: Head,
    /// Whether the change is looked at; it is when nothing is said and there is a repository.
    pub(super) change: Option<bool>,
    /// Whether every file of the head is looked at.
    pub(super) tree: bool,
    /// Whether every commit is looked at.
    pub(super) history: bool,
    /// The revision whose history is known to be clean.
    pub(super) history_since: Option<String>,
    /// Folders whose every file is looked at.
    pub(super) files: Vec<String>,
    /// Folders of the build output; the usual ones that exist when absent.
    pub(super) build: Option<Vec<String>>,
    /// Whether the deployed site is looked at.
    pub(super) site: bool,
    /// Where the look at the site begins.
    pub(super) pages: Vec<String>,
    /// The user's own rules.
    pub(super) rules: Option<Located<String>>,
    /// Rules that stay silent, by slug.
    pub(super) without: Vec<String>,
    /// The file of ignored findings.
    pub(super) ignore: Option<Located<String>>,
    /// A report of gitleaks whose findings are known.
    pub(super) gitleaks_baseline: Option<Located<String>>,
    /// Whether those who issue keys are asked if the found ones still work.
    pub(super) verify: bool,
}

impl Config {
    /// Whether anything is looked for in git.
    pub(super) fn wants_git(&self) -> bool {
        self.change != Some(false) || self.tree || self.history
    }

    /// Whether everything that the repository ever held is looked at.
    pub(super) fn everything(&self) -> bool {
        self.tree && self.history && self.history_since.is_none()
    }

    /// Reads the value under `secrets:`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place.
    pub(super) fn read(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        // `secrets:` with nothing behind it is the usual look.
        let node = node.or_empty();
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let without = written.without.iter();
        faults.extend(without.filter_map(rules::unknown));
        for page in written.pages.iter().flatten() {
            if !page.value.starts_with('/') {
                faults.push(
                    Diagnostic::at(page.span.clone(), "a page is a path of the site")
                        .help("Write it with a slash at the beginning: `/login`."),
                );
            }
        }
        if let (Some(since), false) = (&written.history_since, written.history) {
            faults.push(
                Diagnostic::at(since.span.clone(), "`history-since` needs `history: true`")
                    .help("Add `history: true`, or leave `history-since` out."),
            );
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = |located: Located<String>| located.value;
        let texts = |list: Vec<Located<String>>| list.into_iter().map(text).collect::<Vec<_>>();
        Ok(Self {
            base: written.base.map(text),
            head: written
                .head
                .map_or(Head::WorkingTree, |head| head_of(head.value)),
            change: written.change,
            tree: written.tree,
            history: written.history,
            history_since: written.history_since.map(text),
            files: texts(written.files),
            build: written.build.map(texts),
            site: written.site.unwrap_or(true),
            pages: written.pages.map_or_else(|| vec!["/".into()], texts),
            rules: written.rules,
            without: texts(written.without),
            ignore: written.ignore,
            gitleaks_baseline: written.gitleaks_baseline,
            verify: written.verify,
        })
    }
}

fn head_of(text: String) -> Head {
    match text.as_str() {
        "working-tree" => Head::WorkingTree,
        "staged" => Head::Staged,
        _ => Head::Revision(text),
    }
}

/// The JSON Schema of the config.
pub(super) fn schema() -> Json {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let flag = |description: &str| json!({ "type": "boolean", "description": description });
    let texts = |description: &str| json!({ "type": "array", "items": { "type": "string" }, "description": description });
    json!({
        "description": "Looks for keys and passwords in the change, the build output and the deployed site.",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": {
            "base": text("The revision the change starts from; else --changed-since, what CI tells, or the likely branch."),
            "head": text("Where the change ends: `working-tree` (as it is when nothing is said), `staged`, or a revision."),
            "change": flag("Whether the change is looked at; on in a git repository."),
            "tree": flag("Whether every file of the repository is looked at, changed or not."),
            "history": flag("Whether every commit is looked at."),
            "history-since": text("A revision whose history is known to be clean."),
            "files": texts("Folders whose every file is looked at."),
            "build": texts("Folders of the build output; the usual ones that exist when nothing is said."),
            "site": flag("Whether the deployed site is looked at; on unless it says false."),
            "pages": {
                "type": "array",
                "items": { "type": "string", "pattern": "^/" },
                "description": "Where the look at the site begins; `/` when nothing is said.",
            },
            "rules": text("A file of your own rules, as gitleaks has them (TOML)."),
            "without": rules::without_schema(),
            "ignore": text("A file of ignored findings, as gitleaks has it; `.gitleaksignore` when nothing is said."),
            "gitleaks-baseline": text("A JSON report of gitleaks whose findings are known."),
            "verify": flag("Whether each found key is tried once, read-only, at its provider, to say if it still works; off unless it says true."),
        },
    })
}
