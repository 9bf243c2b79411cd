//! One thing that a change does to its gate, and the finding that it becomes.

use tidegate_core::finding::Finding;
use tidegate_core::meta::{Level, Severity};
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;

use super::meta;

/// The most characters of a value that are shown.
const SHOWN: usize = 200;

/// The most parts of a list or a map that are shown.
pub(super) const PARTS: usize = 8;

/// What a change does to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It judges less, or less strictly.
    Weaker,
    /// It judges differently, and nobody can tell from the file whether less strictly.
    Other,
}

/// One thing that a change does to its gate.
#[derive(Debug, Clone)]
pub(super) struct Remark {
    pub(super) effect: Effect,
    pub(super) severity: Severity,
    /// One plain sentence without a full stop.
    pub(super) title: String,
    /// What the base says.
    pub(super) before: String,
    /// What the change says.
    pub(super) after: String,
    /// The line of the change that it is about; the nearest one left when it is gone.
    pub(super) place: Span,
    /// The line of the base, when the change has none of it.
    pub(super) gone: Option<Span>,
}

/// The word for what is not there.
pub(super) const NOTHING: &str = "nothing";

impl Remark {
    /// Something that judges less strictly.
    pub(super) fn weaker(severity: Severity, title: impl Into<String>, place: Span) -> Self {
        Self {
            effect: Effect::Weaker,
            severity,
            title: title.into(),
            before: String::new(),
            after: String::new(),
            place,
            gone: None,
        }
    }

    /// Something whose direction nobody can tell.
    pub(super) fn other(title: impl Into<String>, place: Span) -> Self {
        Self {
            effect: Effect::Other,
            ..Self::weaker(Severity::Info, title, place)
        }
    }

    /// Adds what was and what is.
    #[must_use]
    pub(super) fn evidence(mut self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.before = before.into();
        self.after = after.into();
        self
    }

    /// Names the line of the base, because the change has none of it.
    #[must_use]
    pub(super) fn gone(mut self, span: &Span) -> Self {
        self.gone = Some(span.clone());
        self
    }

    /// The finding; what it does to the verdict is the base's word and no policy's.
    pub(super) fn finding(self, protected: bool) -> Finding {
        let (info, level) = match (self.effect, protected) {
            (Effect::Weaker, true) => (&meta::WEAKENED, Level::Deny),
            (Effect::Weaker, false) => (&meta::WEAKENED, Level::Warn),
            (Effect::Other, true) => (&meta::CHANGED, Level::Warn),
            (Effect::Other, false) => (&meta::CHANGED, Level::Allow),
        };
        let mut finding = Finding::new(info, self.place.brief_location(), self.title)
            .severity(self.severity)
            .advice(advice(self.effect, protected));
        finding.level = level;
        for (label, text) in [("before", self.before), ("after", self.after)] {
            if !text.is_empty() {
                finding = finding.evidence(label, text);
            }
        }
        match self.gone {
            Some(span) => finding.related("It stood here in the base", span.brief_location()),
            None => finding,
        }
    }
}

fn advice(effect: Effect, protected: bool) -> &'static str {
    match (effect, protected) {
        (Effect::Weaker, true) => {
            "Take it back. If it is meant, somebody who may merge past the gate has to do so: the gate file says \
             `protect: true`, and a change cannot take that back for itself. Once merged it is the new measure."
        }
        (Effect::Weaker, false) => {
            "Take it back, or let whoever reviews the change agree to it. Once merged it is the new measure. With \
             `protect: true` in the gate file such a change is stopped."
        }
        (Effect::Other, _) => "Look whether it still proves what it proved before.",
    }
}

/// A value as a person reads it, in one line.
pub(super) fn brief(node: &Node) -> String {
    clip(&text(node))
}

fn text(node: &Node) -> String {
    match &node.value {
        Value::Null => NOTHING.to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) | Value::Substituted(text) => text.clone(),
        Value::Sequence(elements) => joined(elements.iter().map(text), elements.len()),
        Value::Map(entries) => {
            let parts = entries.iter().map(|(key, value)| match &value.value {
                Value::Map(_) => format!("{}: {{ {} }}", key.text, text(value)),
                Value::Sequence(_) => format!("{}: [{}]", key.text, text(value)),
                _ => format!("{}: {}", key.text, text(value)),
            });
            joined(parts, entries.len())
        }
    }
}

/// Parts with commas, of many the first.
pub(super) fn joined(parts: impl Iterator<Item = String>, all: usize) -> String {
    let mut shown: Vec<String> = parts.take(PARTS).collect();
    if all > PARTS {
        shown.push(format!("{} more", all - PARTS));
    }
    if shown.is_empty() {
        NOTHING.to_owned()
    } else {
        shown.join(", ")
    }
}

/// A text with an end.
pub(super) fn clip(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
