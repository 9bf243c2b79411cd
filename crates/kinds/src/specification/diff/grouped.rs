//! Changes as people read them: by whom they break, and one for each cause.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::span::Location;

use super::change::Change;
use super::rules;

/// Whom a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Somebody for certain.
    Breaking,
    /// Somebody perhaps.
    Risky,
    /// Nobody.
    Compatible,
}

impl Effect {
    /// All of them, the worst first.
    pub(crate) const ALL: [Self; 3] = [Self::Breaking, Self::Risky, Self::Compatible];

    /// What a change of this severity does.
    pub(crate) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Compatible,
            Severity::Low => Self::Risky,
            Severity::Medium | Severity::High | Severity::Critical => Self::Breaking,
        }
    }

    /// As it is written: `breaking`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Risky => "risky",
            Self::Compatible => "compatible",
        }
    }
}

/// Changes with one cause, such as a field of a schema that many operations share.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The first of them.
    pub(crate) change: Change,
    /// The subjects of the others.
    pub(crate) also: Vec<String>,
}

/// What makes changes one: the rule, what their texts name, and the places in both documents.
type Cause = (&'static str, String, Option<Location>, Option<Location>);

/// Puts changes with one cause together, in the order of the first of each.
pub(crate) fn grouped(changes: Vec<Change>) -> Vec<Group> {
    let mut known: HashMap<Cause, usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for change in changes {
        match known.entry(cause(&change)) {
            Entry::Occupied(at) => {
                let group = &mut groups[*at.get()];
                if group.change.subject != change.subject && !group.also.contains(&change.subject) {
                    group.also.push(change.subject);
                }
            }
            Entry::Vacant(free) => {
                free.insert(groups.len());
                groups.push(Group {
                    change,
                    also: Vec::new(),
                });
            }
        }
    }
    groups
}

/// The same schema is spoken of as an answer here and as an element of one there, but what is quoted in
/// the text stays the same.
fn cause(change: &Change) -> Cause {
    let quoted = change.text.split('`').skip(1).step_by(2);
    (
        change.rule.code.as_str(),
        quoted.collect::<Vec<_>>().join("`"),
        change.base.clone(),
        change.head.clone(),
    )
}

/// The most subjects of others that are named.
const NAMED: usize = 10;

impl Group {
    /// What it does to clients.
    pub(crate) fn effect(&self) -> Effect {
        Effect::of(self.change.rule.severity)
    }

    /// The operation, or the other part of the document, that it is listed under.
    pub(crate) fn section(&self) -> &str {
        let subject = self.change.subject.as_str();
        let mut words = subject.splitn(3, ' ');
        let (first, second) = (words.next().unwrap_or(""), words.next());
        let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
        match second {
            Some(second) if is_method => &subject[..first.len() + 1 + second.len()],
            Some(_) if first == "server" => "Servers",
            Some(_) if first == "security" => "Security schemes",
            Some(_) if first == "webhook" => "Webhooks",
            _ if subject.starts_with('/') => "Paths",
            _ => "Schema",
        }
    }

    /// What is left of the subject below its section.
    pub(crate) fn part(&self) -> &str {
        let subject = self.change.subject.as_str();
        let rest = subject.strip_prefix(self.section());
        let rest = rest.or_else(|| subject.strip_prefix("server "));
        let rest = rest.or_else(|| subject.strip_prefix("security scheme "));
        rest.map_or(subject, str::trim_start)
    }

    /// The others, as far as there is room.
    pub(crate) fn others(&self) -> Option<String> {
        if self.also.is_empty() {
            return None;
        }
        let mut named = self.also.iter().take(NAMED).cloned().collect::<Vec<_>>();
        if self.also.len() > NAMED {
            named.push(format!("{} more", self.also.len() - NAMED));
        }
        Some(named.join(", "))
    }

    /// How to reach the same without breaking anybody; empty when nobody is.
    pub(crate) fn advice(&self) -> &'static str {
        let code = &self.change.rule.code;
        let rule = rules().find(|rule| rule.info.code == *code);
        rule.map_or("", |rule| rule.advice)
    }

    /// The finding of a check, at the line of the head, or at `fallback` where neither document has it.
    ///
    /// `base` says which document the base is, for people.
    pub(crate) fn finding(&self, base: &str, fallback: &Location) -> Finding {
        let Change {
            rule,
            subject,
            text,
            ..
        } = &self.change;
        let place = self.change.head.as_ref();
        let place = place.or(self.change.base.as_ref()).unwrap_or(fallback);
        // Most texts of an operation begin with its name already.
        let title = if text.starts_with(subject.as_str()) {
            text.clone()
        } else {
            format!("{subject}: {text}")
        };
        let mut finding = Finding::new(rule, place.clone(), title)
            .subject(format!("{subject}: {text}"))
            .advice(self.advice());
        if let (Some(old), Some(_)) = (&self.change.base, &self.change.head) {
            finding = finding.related(format!("in {base}"), old.clone());
        }
        for (label, place) in [("base", &self.change.base), ("head", &self.change.head)] {
            if let Some(place) = place {
                finding = finding.evidence(label, line(place));
            }
        }
        match self.others() {
            Some(others) => finding.evidence("also", others),
            None => finding,
        }
    }
}

/// A place as it is written in texts: `openapi.yaml:12`.
pub(crate) fn line(place: &Location) -> String {
    format!("{}:{}", place.file, place.line)
}
