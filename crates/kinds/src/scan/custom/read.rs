//! From the tables of a file of rules to drafts of rules and allowlists.

use std::sync::Arc;

use regex::bytes::Regex;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::meta::Confidence;
use tidegate_core::span::Span;

use super::allowlist::{Allowlist, RegexTarget};
use super::fields::{Fields, Reader};
use super::pattern;

const FILE_KEYS: &[&str] = &[
    "title",
    "description",
    "minVersion",
    "extend",
    "allowlist",
    "allowlists",
    "rules",
];
const RULE_KEYS: &[&str] = &[
    "id",
    "description",
    "regex",
    "path",
    "secretGroup",
    "valueGroup",
    "entropy",
    "keywords",
    "tags",
    "confidence",
    "allowlist",
    "allowlists",
];
const ALLOWLIST_KEYS: &[&str] = &[
    "id",
    "description",
    "condition",
    "commits",
    "paths",
    "regexes",
    "regexTarget",
    "stopwords",
    "targetRules",
];
const EXTEND_KEYS: &[&str] = &["useDefault", "path", "disabledRules"];

/// A rule as it is written, before it is laid over the one it extends.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) id: Option<Located<String>>,
    pub(super) span: Option<Span>,
    pub(super) description: Option<String>,
    pub(super) regex: Option<Located<String>>,
    pub(super) path: Option<Located<String>>,
    pub(super) group: Option<Located<usize>>,
    pub(super) entropy: Option<f64>,
    pub(super) keywords: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) confidence: Option<Confidence>,
    pub(super) allowlists: Vec<Arc<Allowlist>>,
}

/// What a file extends.
#[derive(Default)]
pub(super) struct Extend {
    pub(super) ours: Option<Located<bool>>,
    pub(super) path: Option<Located<String>>,
    pub(super) disabled: Vec<Located<String>>,
}

/// An allowlist of the whole file, and the rules it is for: all of them when none is named.
pub(super) struct FileAllowlist {
    pub(super) list: Arc<Allowlist>,
    pub(super) rules: Vec<Located<String>>,
}

/// What one file says.
#[derive(Default)]
pub(super) struct Written {
    pub(super) extend: Extend,
    pub(super) drafts: Vec<Draft>,
    pub(super) allowlists: Vec<FileAllowlist>,
}

impl Draft {
    /// Lays this rule over one of the same id from an extended file: what it says itself counts, and
    /// its keywords, tags and allowlists come on top.
    pub(super) fn over(mut self, base: Self) -> Self {
        let mut keywords = base.keywords;
        keywords.append(&mut self.keywords);
        let mut tags = base.tags;
        tags.append(&mut self.tags);
        let mut allowlists = base.allowlists;
        allowlists.append(&mut self.allowlists);
        Self {
            id: self.id.or(base.id),
            span: self.span.or(base.span),
            description: self.description.or(base.description),
            regex: self.regex.or(base.regex),
            path: self.path.or(base.path),
            group: self.group.or(base.group),
            entropy: self.entropy.or(base.entropy),
            confidence: self.confidence.or(base.confidence),
            keywords,
            tags,
            allowlists,
        }
    }
}

impl Reader {
    /// Reads the whole file.
    pub(super) fn file(&mut self, fields: Fields<'_, '_>) -> Written {
        self.only(fields, FILE_KEYS);
        let mut written = Written::default();
        for (table, _) in self.tables(fields, "extend", "`extend`") {
            written.extend = self.extend(table);
        }
        for key in ["allowlist", "allowlists"] {
            for (table, span) in self.tables(fields, key, "an allowlist") {
                let rules = self.texts(table, "targetRules");
                let list = self.allowlist(table, &span);
                written.allowlists.push(FileAllowlist { list, rules });
            }
        }
        for (table, span) in self.tables(fields, "rules", "a rule") {
            let draft = self.rule(table, span);
            written.drafts.push(draft);
        }
        written
    }

    fn extend(&mut self, fields: Fields<'_, '_>) -> Extend {
        self.only(fields, EXTEND_KEYS);
        Extend {
            ours: self.flag(fields, "useDefault"),
            path: self.text(fields, "path"),
            disabled: self.texts(fields, "disabledRules"),
        }
    }

    fn rule(&mut self, fields: Fields<'_, '_>, span: Span) -> Draft {
        self.only(fields, RULE_KEYS);
        let group = self.whole_number(fields, "secretGroup");
        let mut draft = Draft {
            id: self.text(fields, "id"),
            description: self.text(fields, "description").map(|text| text.value),
            regex: self.text(fields, "regex"),
            path: self.text(fields, "path"),
            group: group.or_else(|| self.whole_number(fields, "valueGroup")),
            entropy: self.number(fields, "entropy").map(|number| number.value),
            keywords: lowercase(self.texts(fields, "keywords")),
            tags: values(self.texts(fields, "tags")),
            confidence: self.confidence(fields),
            allowlists: Vec::new(),
            span: Some(span),
        };
        for key in ["allowlist", "allowlists"] {
            for (table, span) in self.tables(fields, key, "an allowlist") {
                let list = self.allowlist(table, &span);
                draft.allowlists.push(list);
            }
        }
        draft
    }

    fn confidence(&mut self, fields: Fields<'_, '_>) -> Option<Confidence> {
        let text = self.text(fields, "confidence")?;
        let known = [
            ("low", Confidence::Low),
            ("medium", Confidence::Medium),
            ("high", Confidence::High),
        ];
        self.one_of(&text, "confidence", &known)
    }

    fn allowlist(&mut self, fields: Fields<'_, '_>, span: &Span) -> Arc<Allowlist> {
        self.only(fields, ALLOWLIST_KEYS);
        let list = Allowlist {
            all: self.condition(fields),
            commits: lowercase(self.texts(fields, "commits")),
            paths: self.expressions(fields, "paths"),
            regexes: self.expressions(fields, "regexes"),
            target: self.target(fields),
            stopwords: lowercase(self.texts(fields, "stopwords")),
        };
        if list.names_nothing() {
            self.warnings.push(
                Diagnostic::at(span.clone(), "this allowlist allows nothing")
                    .help("Give it `commits`, `paths`, `regexes` or `stopwords`."),
            );
        }
        Arc::new(list)
    }

    fn condition(&mut self, fields: Fields<'_, '_>) -> bool {
        let known = [("OR", false), ("||", false), ("AND", true), ("&&", true)];
        self.text(fields, "condition")
            .and_then(|text| self.one_of(&text, "condition", &known))
            .unwrap_or(false)
    }

    fn target(&mut self, fields: Fields<'_, '_>) -> RegexTarget {
        let known = [
            ("secret", RegexTarget::Secret),
            ("match", RegexTarget::Match),
            ("line", RegexTarget::Line),
        ];
        self.text(fields, "regexTarget")
            .filter(|text| !text.value.is_empty())
            .and_then(|text| self.one_of(&text, "regexTarget", &known))
            .unwrap_or_default()
    }

    fn one_of<T: Copy>(
        &mut self,
        text: &Located<String>,
        key: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let found = known
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&text.value));
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.faults.push(Diagnostic::unknown(
                text.span.clone(),
                key,
                &text.value,
                &names,
            ));
        }
        found.map(|(_, value)| *value)
    }

    fn expressions(&mut self, fields: Fields<'_, '_>, key: &str) -> Vec<Regex> {
        let texts = self.texts(fields, key);
        texts
            .iter()
            .filter_map(|text| self.expression(text, &format!("of `{key}`")))
            .map(|compiled| compiled.regex)
            .collect()
    }

    /// Compiles an expression; one that is refused is a fault that says whose it is.
    pub(super) fn expression(
        &mut self,
        text: &Located<String>,
        whose: &str,
    ) -> Option<pattern::Compiled> {
        match pattern::compile(&text.value) {
            Ok(compiled) => Some(compiled),
            Err(error) => {
                self.faults.push(
                    Diagnostic::at(
                        text.span.clone(),
                        format!("the expression {whose}: {error}"),
                    )
                    .label("refused")
                    .help(error.help()),
                );
                None
            }
        }
    }
}

fn values(texts: Vec<Located<String>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn lowercase(texts: Vec<Located<String>>) -> Vec<String> {
    texts
        .into_iter()
        .map(|text| text.value.to_lowercase())
        .filter(|text| !text.is_empty())
        .collect()
}
