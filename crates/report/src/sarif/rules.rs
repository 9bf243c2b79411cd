//! The rules: what the codes that occur mean.

use std::collections::BTreeMap;

use tidegate_core::meta::{CodeInfo, Confidence, Severity};
use tidegate_core::plugin::KIND_PREFIX;

use super::log::{Configuration, Descriptor, Help, Level, RuleProperties, Text};
use super::results::Found;
use super::{line, sentence};
use crate::codes::Codes;

/// Where each kind has a page that explains its codes.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/checks");

/// The kinds whose codes are about security; GitHub shows those beside what security scanners find.
const SECURITY: [&str; 17] = [
    "access",
    "cors",
    "environment",
    "error-hygiene",
    "exposure",
    "firebase",
    "gate",
    "headers",
    "isolation",
    "lists",
    "mass-assignment",
    "rejects",
    "response-secrets",
    "secrets",
    "supabase",
    "throttle",
    "token",
];

/// The rules of a run, sorted by code.
pub(super) struct Rules(Vec<Descriptor>);

impl Rules {
    /// The rules of what was found.
    pub(super) fn of(found: &[Found<'_>], codes: &Codes) -> Self {
        let mut sure: BTreeMap<&str, (Confidence, Severity)> = BTreeMap::new();
        for one in found {
            let (confidence, severity) = (one.finding.confidence, one.finding.severity);
            let known = sure.entry(one.finding.code.as_str());
            let known = known.or_insert((confidence, severity));
            *known = (known.0.max(confidence), known.1.max(severity));
        }
        let rules = sure.into_iter().map(|(code, (confidence, severity))| {
            let info = codes.get(code);
            let severity = info.map_or(severity, |info| info.severity);
            rule(code, info, severity, confidence)
        });
        Self(rules.collect())
    }

    /// Where the rule of a code stands.
    pub(super) fn index(&self, code: &str) -> usize {
        let found = self.0.binary_search_by(|rule| rule.id.as_str().cmp(code));
        found.unwrap_or_default()
    }

    /// The rules themselves.
    pub(super) fn list(&self) -> Vec<Descriptor> {
        self.0.clone()
    }
}

fn rule(
    code: &str,
    info: Option<&CodeInfo>,
    severity: Severity,
    confidence: Confidence,
) -> Descriptor {
    let summary = info.map_or("", |info| &*info.summary);
    let summary = sentence(if summary.is_empty() { code } else { summary });
    let impact = info.map_or("", |info| &*info.impact);
    let impact = match impact {
        "" => summary.clone(),
        known => sentence(known),
    };
    let explain = format!("tidegate explain {}", line(code));
    let text = format!("{impact} Run {explain} to read what it is and how to mend it.");
    let markdown = format!("{impact}\n\nRun `{explain}` to read what it is and how to mend it.");
    let kind = code.rsplit_once('/').map_or(code, |(kind, _)| kind);
    let security = SECURITY.contains(&kind);
    let mut tags = vec!["tidegate".to_owned(), line(kind)];
    if security {
        tags.insert(0, "security".to_owned());
    }
    Descriptor {
        id: code.to_owned(),
        name: name(code),
        short_description: Text { text: summary },
        full_description: Text { text: impact },
        help: Some(Help { text, markdown }),
        // The codes of plugins are on no page of ours.
        help_uri: (!kind.starts_with(KIND_PREFIX))
            .then(|| format!("{PAGES}/{}.md#{}", anchor(kind), anchor(code))),
        default_configuration: Configuration {
            level: level(severity),
        },
        properties: Some(RuleProperties {
            tags,
            precision: confidence.name(),
            problem_severity: match level(severity) {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "recommendation",
            },
            security_severity: security.then(|| score(severity)),
        }),
    }
}

/// `flow/status` as `FlowStatus`: rules have names in Pascal case.
pub(super) fn name(code: &str) -> String {
    let words = code.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(characters)
        })
        .collect()
}

/// The heading of a code on its page, as GitHub names it; of a kind, its page. Nothing of foreign text is left in
/// it that an address could not hold.
fn anchor(code: &str) -> String {
    let kept = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    code.to_ascii_lowercase().chars().filter(kept).collect()
}

/// As a finding of this severity counts unless the gate file says otherwise.
fn level(severity: Severity) -> Level {
    match severity {
        Severity::Info => Level::Note,
        Severity::Low => Level::Warning,
        Severity::Medium | Severity::High | Severity::Critical => Level::Error,
    }
}

/// A number in the middle of the range that GitHub shows under the same name.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "1.0",
        Severity::Low => "3.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}
