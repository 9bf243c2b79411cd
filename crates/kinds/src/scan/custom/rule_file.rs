//! A file of rules, with the files it extends.

use std::sync::Arc;

use regex::bytes::Regex;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::span::{Source, Span};

use super::allowlist::Allowlist;
use super::fields::{Fields, Reader};
use super::literals;
use super::read::{Draft, FileAllowlist, Written};
use super::{CustomRule, Search, Texts};
use crate::scan::counterpart;

/// How many files may extend each other, one behind the other.
const DEEPEST: usize = 3;
/// The most rules in all.
const MOST_RULES: usize = 10_000;
/// A match that may be longer is searched for in the whole text: windows would cost more.
const LONGEST_WINDOW: usize = 16 * 1024;

/// What a file of rules says, with the files it extends.
#[derive(Debug, Default)]
pub(crate) struct RuleFile {
    /// The rules.
    pub(crate) rules: Vec<Arc<CustomRule>>,
    /// What is no secret whichever rule sees it, Tidegate's own included.
    pub(crate) allowlists: Vec<Arc<Allowlist>>,
    /// Allowlists for single rules of Tidegate's own.
    pub(crate) adjustments: Vec<Adjustment>,
    /// The slugs of Tidegate's own rules that are switched off or replaced.
    pub(crate) switched_off: Vec<&'static str>,
    /// What was read over.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// What is no secret although a rule of Tidegate's own sees one.
#[derive(Debug)]
pub(crate) struct Adjustment {
    /// The slugs of the rules.
    pub(crate) slugs: Vec<&'static str>,
    /// What is no secret; any of them says so.
    pub(crate) allowlists: Vec<Arc<Allowlist>>,
}

/// Opens a file that another extends, by its path as it is written; says why it cannot.
pub(crate) type Open<'o> = &'o dyn Fn(&str) -> Result<String, String>;

impl RuleFile {
    /// Reads a file of rules in gitleaks' format and the files it extends.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place. Keys that are not known are warnings:
    /// gitleaks adds some from time to time.
    pub(crate) fn load(source: &Arc<Source>, open: Open<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (file, faults) = Self::with_faults(source, open);
        if faults.is_empty() {
            Ok(file)
        } else {
            Err(faults)
        }
    }

    /// What can be used of a file of rules, and what is wrong with the rest.
    pub(super) fn with_faults(source: &Arc<Source>, open: Open<'_>) -> (Self, Vec<Diagnostic>) {
        let mut reader = Reader::new(source);
        let written = reader.files(source, open, 1);
        let mut builder = Builder {
            file: Self::default(),
            reader,
        };
        builder.build(written);
        let mut file = builder.file;
        file.warnings = builder.reader.warnings;
        (file, builder.reader.faults)
    }
}

impl Reader {
    /// Reads a file and lays it over those it extends.
    fn files(&mut self, source: &Arc<Source>, open: Open<'_>, depth: usize) -> Written {
        let Some(table) = self.parse(source) else {
            return Written::default();
        };
        let mut written = self.file(Fields::new(table.get_ref(), "a file of rules"));
        let Some(path) = written.extend.path.take() else {
            return written;
        };
        if depth >= DEEPEST {
            self.warnings.push(
                Diagnostic::at(
                    path.span,
                    "this is not read: too many files extend each other",
                )
                .help(format!("Keep it to {DEEPEST} files, one behind the other.")),
            );
            return written;
        }
        match open(&path.value) {
            Ok(text) => {
                let base = Source::new(path.value, text);
                let mut reader = Self::new(&base);
                let base = reader.files(&base, open, depth + 1);
                self.faults.append(&mut reader.faults);
                self.warnings.append(&mut reader.warnings);
                over(written, base)
            }
            Err(reason) => {
                self.faults.push(
                    Diagnostic::at(
                        path.span,
                        format!("`{}` cannot be read: {reason}", path.value),
                    )
                    .label("extended here")
                    .help("Check the path; it is relative to the folder of the gate file."),
                );
                written
            }
        }
    }
}

/// Lays a file over the one it extends.
fn over(mut written: Written, mut base: Written) -> Written {
    let disabled = &written.extend.disabled;
    base.drafts
        .retain(|draft| !disabled.iter().any(|id| draft.is(&id.value)));
    for draft in written.drafts {
        let id = draft.id.as_ref().map(|id| id.value.clone());
        let same = id.and_then(|id| base.drafts.iter().position(|base| base.is(&id)));
        match same.map(|at| base.drafts.remove(at)) {
            Some(extended) => base.drafts.push(draft.over(extended)),
            None => base.drafts.push(draft),
        }
    }
    written.drafts = base.drafts;
    written.allowlists.append(&mut base.allowlists);
    written.extend.disabled.append(&mut base.extend.disabled);
    written.extend.ours = written.extend.ours.or(base.extend.ours);
    written
}

impl Draft {
    fn is(&self, id: &str) -> bool {
        self.id.as_ref().is_some_and(|own| own.value == id)
    }
}

struct Builder {
    file: RuleFile,
    reader: Reader,
}

impl Builder {
    fn build(&mut self, written: Written) {
        let extends_ours = self.extends_ours(written.extend.ours.as_ref());
        self.switch_off(&written.extend.disabled);
        let (for_all, for_some): (Vec<_>, Vec<_>) = written
            .allowlists
            .into_iter()
            .partition(|list| list.rules.is_empty());
        self.file.allowlists = for_all.into_iter().map(|list| list.list).collect();
        if let Some(draft) = written.drafts.get(MOST_RULES) {
            let fault = Diagnostic::new(format!("there are more than {MOST_RULES} rules"))
                .help("Keep those that find something of yours.");
            self.reader.faults.push(Diagnostic {
                span: draft.span.clone(),
                ..fault
            });
        }
        for draft in written.drafts.into_iter().take(MOST_RULES) {
            self.rule(draft, &for_some, extends_ours);
        }
        self.adjust_by(&for_some);
    }

    /// Whether the file is written against gitleaks' own rules, for which Tidegate's stand.
    fn extends_ours(&mut self, said: Option<&Located<bool>>) -> bool {
        if let Some(said) = said.filter(|said| !said.value) {
            self.reader.warnings.push(
                Diagnostic::at(
                    said.span.clone(),
                    "Tidegate's own rules stay on all the same",
                )
                .help("Name those you do not want under `disabledRules`."),
            );
        }
        said.is_some_and(|said| said.value)
    }

    fn switch_off(&mut self, disabled: &[Located<String>]) {
        for id in disabled {
            self.file.switched_off.extend(counterpart::of(&id.value));
        }
    }

    fn rule(&mut self, draft: Draft, for_some: &[FileAllowlist], extends_ours: bool) {
        let Some(id) = draft.id.clone().filter(|id| !id.value.trim().is_empty()) else {
            self.nameless(draft);
            return;
        };
        if self.file.rules.iter().any(|rule| rule.id == id.value) {
            let message = format!("a second rule is called `{}`", id.value);
            self.fault(id.span, message, "Give each rule an `id` of its own.");
            return;
        }
        if draft.regex.is_none() && draft.path.is_none() {
            self.adjust(id, draft, extends_ours);
            return;
        }
        let Some(mut rule) = self.custom(&id, draft) else {
            return;
        };
        let named = for_some
            .iter()
            .filter(|list| list.rules.iter().any(|rule| rule.value == id.value));
        rule.allowlists
            .extend(named.map(|list| Arc::clone(&list.list)));
        self.file.rules.push(Arc::new(rule));
        if extends_ours {
            self.file.switched_off.extend(counterpart::of(&id.value));
        } else {
            self.file
                .switched_off
                .extend(counterpart::itself(&id.value));
        }
    }

    fn nameless(&mut self, draft: Draft) {
        let help = "Give it an `id`, as in `id = \"acme-token\"`.";
        let name = draft.description.as_deref().unwrap_or("a rule");
        let message = format!("`{name}` has no `id`");
        let span = draft.span.or(draft.regex.map(|regex| regex.span));
        let fault = Diagnostic::new(message).label("here").help(help);
        self.reader.faults.push(Diagnostic { span, ..fault });
    }

    /// A rule that says nothing of its own only adds allowlists to one of Tidegate's.
    fn adjust(&mut self, id: Located<String>, draft: Draft, extends_ours: bool) {
        let slugs = counterpart::of(&id.value);
        if slugs.is_empty() && !extends_ours {
            let message = format!("the rule `{}` has neither `regex` nor `path`", id.value);
            let help = "Say what it looks for: `regex = '''…'''`, or `path` for a file that must not be there.";
            self.fault(id.span, message, help);
        } else if slugs.is_empty() {
            self.reader.warnings.push(
                Diagnostic::at(
                    id.span,
                    format!(
                        "Tidegate has no rule for `{}`, so there is nothing to adjust",
                        id.value
                    ),
                )
                .help("Take it out, or give it a `regex` of its own."),
            );
        } else if !draft.allowlists.is_empty() {
            self.file.adjustments.push(Adjustment {
                slugs,
                allowlists: draft.allowlists,
            });
        }
    }

    /// Allowlists of the whole file that name rules of Tidegate's own.
    fn adjust_by(&mut self, for_some: &[FileAllowlist]) {
        for list in for_some {
            let slugs: Vec<&str> = list
                .rules
                .iter()
                .filter(|id| self.file.rules.iter().all(|rule| rule.id != id.value))
                .flat_map(|id| counterpart::of(&id.value))
                .collect();
            if !slugs.is_empty() {
                self.file.adjustments.push(Adjustment {
                    slugs,
                    allowlists: vec![Arc::clone(&list.list)],
                });
            }
        }
    }

    fn custom(&mut self, id: &Located<String>, draft: Draft) -> Option<CustomRule> {
        let whose = format!("of the rule `{}`", id.value);
        let path = self.path(draft.path.as_ref(), &whose)?;
        let compiled = match &draft.regex {
            Some(text) => Some(self.reader.expression(text, &whose)?),
            None => None,
        };
        let groups = compiled.as_ref().map_or(1, |one| one.regex.captures_len());
        let group = draft.group.filter(|group| group.value > 0);
        if let Some(group) = group.as_ref().filter(|group| group.value >= groups) {
            let message = format!(
                "`secretGroup` of the rule `{}` is {}, and its expression has {} groups",
                id.value,
                group.value,
                groups.saturating_sub(1)
            );
            let help = "Count the opening brackets that are not `(?:`, or leave it out.";
            self.fault(group.span.clone(), message, help);
            return None;
        }
        let longest = compiled
            .as_ref()
            .and_then(|one| one.tree.properties().maximum_len());
        let (search, keywords) = match &compiled {
            Some(one) => search(&one.tree, longest, draft.keywords),
            None => (Search::Everywhere, None),
        };
        Some(CustomRule {
            description: draft.description.unwrap_or_else(|| id.value.clone()),
            id: id.value.clone(),
            location: draft
                .span
                .as_ref()
                .map_or_else(|| id.span.location(), Span::location),
            keywords,
            search,
            longest,
            pattern: compiled.map(|one| one.regex),
            path,
            group: group.map(|group| group.value),
            entropy: draft.entropy.filter(|least| *least > 0.0),
            tags: draft.tags,
            allowlists: draft.allowlists,
            severity: Severity::High,
            confidence: draft.confidence.unwrap_or(Confidence::Medium),
        })
    }

    /// The compiled `path` of a rule; `None` when it is refused.
    fn path(&mut self, path: Option<&Located<String>>, whose: &str) -> Option<Option<Regex>> {
        match path {
            Some(text) => self
                .reader
                .expression(text, whose)
                .map(|one| Some(one.regex)),
            None => Some(None),
        }
    }

    fn fault(&mut self, span: Span, message: String, help: &str) {
        self.reader
            .faults
            .push(Diagnostic::at(span, message).label("here").help(help));
    }
}

/// Where an expression must be tried, and the keywords that must be looked for besides.
fn search(
    tree: &regex_syntax::hir::Hir,
    longest: Option<usize>,
    mut keywords: Vec<String>,
) -> (Search, Option<Texts>) {
    keywords.sort_unstable();
    keywords.dedup();
    let required = literals::required(tree, &keywords);
    let implied = required.as_ref() == Some(&keywords);
    let besides = if implied { None } else { Texts::new(keywords) };
    let search = match required.and_then(Texts::new) {
        Some(texts) if longest.is_some_and(|longest| longest <= LONGEST_WINDOW) => {
            Search::Near(texts)
        }
        Some(texts) => Search::Holding(texts),
        None => Search::Everywhere,
    };
    (search, besides)
}
