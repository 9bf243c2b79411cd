//! Two values of the config of a check, held against each other.

use tidegate_core::meta::Severity;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::span::Span;

use super::measure::{canonical, measure, same};
use super::parts::{self, Pairing};
use super::path::Path;
use super::remark::{NOTHING, Remark, brief, joined};
use super::rules::{Rule, Weaker, rule};
use super::usual::written_out;

/// What a list does where there was none.
const LISTED: &str = "was set, and all counted before";

/// A part that differs without a known direction.
pub(super) struct Edited {
    /// Which part.
    pub(super) path: String,
    /// What was and what is; nothing for what a request carries.
    pub(super) values: Option<(String, String)>,
    /// Where it stands now.
    pub(super) span: Span,
}

/// Holds two states of one thing against each other.
pub(super) struct Values<'v> {
    /// Whose values these are, as in `the check home-page`.
    pub(super) of: &'v str,
    /// The kind of the check, or the name of the observer.
    pub(super) kind: &'v str,
    /// Whether the check of the base finds by itself what it looks at.
    pub(super) finds: bool,
    pub(super) remarks: Vec<Remark>,
    pub(super) edited: Vec<Edited>,
}

/// The value of a key on both sides; one of them may have none.
#[derive(Clone, Copy)]
pub(super) struct Sides<'n> {
    pub(super) before: Option<&'n Node>,
    pub(super) after: Option<&'n Node>,
    /// What stands for it in the change when the change has none.
    pub(super) around: &'n Span,
}

impl<'n> Sides<'n> {
    /// The line of the change.
    fn place(&self) -> Span {
        self.after.map_or(self.around, |node| &node.span).clone()
    }

    fn texts(&self) -> (String, String) {
        let text = |side: Option<&Node>| side.map_or_else(|| NOTHING.to_owned(), brief);
        (text(self.before), text(self.after))
    }
}

impl<'v> Values<'v> {
    pub(super) fn new(of: &'v str, kind: &'v str) -> Self {
        Self {
            of,
            kind,
            finds: false,
            remarks: Vec::new(),
            edited: Vec::new(),
        }
    }

    /// Compares two values that no rule speaks of.
    pub(super) fn plain(&mut self, path: &Path, before: &Node, after: &Node) {
        if same(before, after) {
            return;
        }
        match (&before.value, &after.value) {
            (Value::Map(_), Value::Map(_)) => {
                let (before, after) = (
                    written_out(self.kind, before),
                    written_out(self.kind, after),
                );
                parts::keys(&before, &after, |key, sides| self.key(path, key, sides));
            }
            (Value::Sequence(old), Value::Sequence(new)) => {
                self.elements(path, old, new, &after.span);
            }
            _ => self.edit(path, before, after),
        }
    }

    /// Compares the value of a key on both sides.
    pub(super) fn key(&mut self, path: &Path, key: &str, sides: Sides<'_>) {
        let path = &path.key(key);
        if let (Some(before), Some(after)) = (sides.before, sides.after)
            && same(before, after)
        {
            return;
        }
        match rule(self.kind, key) {
            Some(rule) if rule.weaker != Weaker::Parts => self.ruled(rule, path, sides),
            _ => match (sides.before, sides.after) {
                (Some(before), Some(after)) => self.plain(path, before, after),
                (Some(before), None) => self.removed(Severity::Medium, path, before, sides.around),
                // Whatever is added is looked at beside the rest.
                (None, _) => {}
            },
        }
    }

    fn ruled(&mut self, rule: &Rule, path: &Path, sides: Sides<'_>) {
        let severity = rule.severity;
        match rule.weaker {
            Weaker::Free | Weaker::Parts => {}
            Weaker::Raised(default) => self.raised(severity, default, path, sides),
            Weaker::Lowered(default) => self.lowered(severity, default, path, sides),
            Weaker::Listed => self.listed(severity, path, sides),
            Weaker::Named => self.named(severity, path, sides),
            Weaker::Grown => self.grown(severity, path, sides),
            Weaker::Narrowed => self.narrowed(severity, path, sides),
            Weaker::On => self.switched(severity, (false, true), path, sides),
            Weaker::Off(default) => self.switched(severity, (default, false), path, sides),
            Weaker::Set => {
                if sides.after.is_some() {
                    self.tell(severity, path, "was set", sides);
                }
            }
            Weaker::Allowed => self.allowed(severity, path, sides),
            Weaker::Expectation => self.expectation(severity, path, sides),
            Weaker::Refusal => self.refusal(severity, path, sides),
            Weaker::Request => self.carried(path, sides),
            Weaker::Manner => match (sides.before, sides.after) {
                (Some(before), Some(after)) => self.plain(path, before, after),
                _ => self.carried(path, sides),
            },
        }
    }

    /// Tells what became of a value.
    pub(super) fn tell(&mut self, severity: Severity, path: &Path, what: &str, sides: Sides<'_>) {
        let (before, after) = sides.texts();
        let title = format!("{} of {} {what}", path.shown(), self.of);
        let remark = Remark::weaker(severity, title, sides.place()).evidence(before, after);
        self.remarks.push(match (sides.before, sides.after) {
            (Some(before), None) => remark.gone(&before.span),
            _ => remark,
        });
    }

    pub(super) fn removed(
        &mut self,
        severity: Severity,
        path: &Path,
        before: &Node,
        around: &Span,
    ) {
        let sides = Sides {
            before: Some(before),
            after: None,
            around,
        };
        self.tell(severity, path, "was removed", sides);
    }

    /// Notes a part that differs without a known direction.
    pub(super) fn edit(&mut self, path: &Path, before: &Node, after: &Node) {
        self.edited.push(Edited {
            path: path.shown(),
            values: Some((brief(before), brief(after))),
            span: after.span.clone(),
        });
    }

    /// Notes a part of a request, without its values: a password may be among them.
    fn carried(&mut self, path: &Path, sides: Sides<'_>) {
        self.edited.push(Edited {
            path: path.shown(),
            values: None,
            span: sides.place(),
        });
    }

    fn raised(&mut self, severity: Severity, default: Option<&str>, path: &Path, sides: Sides<'_>) {
        let usual = default.and_then(|text| measure(&Value::String(text.to_owned())));
        let number = |side: Option<&Node>| match side {
            Some(node) => measure(&node.value),
            None => usual,
        };
        match (number(sides.before), number(sides.after), sides.before) {
            (Some(before), Some(after), _) if after > before => {
                let what = &between("was raised", sides, default);
                self.tell(severity, path, what, sides);
            }
            (Some(_), Some(_), _) | (_, _, None) => {}
            (_, _, Some(before)) => match sides.after {
                None => self.removed(severity, path, before, sides.around),
                Some(after) => self.plain(path, before, after),
            },
        }
    }

    fn lowered(
        &mut self,
        severity: Severity,
        default: Option<&str>,
        path: &Path,
        sides: Sides<'_>,
    ) {
        let usual = default.and_then(|text| measure(&Value::String(text.to_owned())));
        let number = |side: Option<&Node>| match side {
            Some(node) => measure(&node.value),
            None => usual,
        };
        match (number(sides.before), number(sides.after)) {
            (Some(old), Some(new)) if new < old => {
                let what = &between("was lowered", sides, default);
                self.tell(severity, path, what, sides);
            }
            (Some(_), Some(_)) => {}
            _ => match (sides.before, sides.after) {
                (Some(before), None) => self.removed(severity, path, before, sides.around),
                (Some(before), Some(after)) => self.edit(path, before, after),
                (None, _) => {}
            },
        }
    }

    /// What the check finds by itself as long as nothing is listed.
    fn listed(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        match (sides.before, sides.after) {
            (None, Some(_)) if self.finds => self.tell(severity, path, LISTED, sides),
            (None, Some(_)) => {}
            (Some(before), Some(after)) => self.plain(path, before, after),
            // Without a list everything is found again.
            (_, None) => {}
        }
    }

    /// A map whose entries count, and not what they are called.
    fn named(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        let (Some(before), Some(after)) = (sides.before, sides.after) else {
            if let Some(before) = sides.before {
                self.removed(severity, path, before, sides.around);
            }
            return;
        };
        if !matches!(before.value, Value::Map(_)) || !matches!(after.value, Value::Map(_)) {
            return self.plain(path, before, after);
        }
        let told: Vec<String> = after
            .entries()
            .iter()
            .map(|(_, value)| canonical(value))
            .collect();
        parts::keys(before, after, |key, sides| {
            let path = &path.key(key);
            match (sides.before, sides.after) {
                (Some(before), None) if !told.contains(&canonical(before)) => {
                    self.removed(severity, path, before, sides.around);
                }
                (Some(before), Some(after)) => self.plain(path, before, after),
                _ => {}
            }
        });
    }

    /// A list of exceptions.
    fn grown(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        let (old, new) = (parts::list(sides.before), parts::list(sides.after));
        let more = parts::missing(&new, &old);
        if !more.is_empty() {
            let names = joined(more.iter().map(|name| format!("`{name}`")), more.len());
            self.tell(severity, path, &format!("grew by {names}"), sides);
        }
    }

    /// A list of what is looked at.
    fn narrowed(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        let (old, new) = (parts::list(sides.before), parts::list(sides.after));
        match (sides.before, sides.after) {
            (None, Some(_)) => self.tell(severity, path, LISTED, sides),
            (Some(_), Some(_)) => {
                let less = parts::missing(&old, &new);
                if !less.is_empty() {
                    let names = joined(less.iter().map(|name| format!("`{name}`")), less.len());
                    self.tell(severity, path, &format!("lacks {names}"), sides);
                }
            }
            (_, None) => {}
        }
    }

    /// A switch, with what counts when it is absent and what is less strict.
    fn switched(
        &mut self,
        severity: Severity,
        (default, weaker): (bool, bool),
        path: &Path,
        sides: Sides<'_>,
    ) {
        let state = |side: Option<&Node>| match side.map(|node| &node.value) {
            Some(Value::Bool(state)) => *state,
            // Settings in place of a switch switch it on.
            Some(_) => true,
            None => default,
        };
        let (before, after) = (state(sides.before), state(sides.after));
        if before != weaker && after == weaker {
            let what = if weaker {
                "was switched on"
            } else {
                "was switched off"
            };
            self.tell(severity, path, what, sides);
        } else if let (Some(before), Some(after)) = (sides.before, sides.after) {
            self.plain(path, before, after);
        }
    }

    /// Lists whose parts are looked at: one that is gone is missed, whatever the order.
    fn elements(&mut self, path: &Path, old: &[Node], new: &[Node], around: &Span) {
        for pairing in parts::pair(old, new) {
            match pairing {
                Pairing::Both(before, after) => {
                    self.plain(&path.item(&parts::label(before)), before, after);
                }
                Pairing::Gone(before) => {
                    let path = path.item(&parts::label(before));
                    self.removed(Severity::Medium, &path, before, around);
                }
            }
        }
    }
}

/// As in `was raised from 300ms to 900ms`.
fn between(what: &str, sides: Sides<'_>, default: Option<&str>) -> String {
    let usual = || default.unwrap_or(NOTHING).to_owned();
    let text = |side: Option<&Node>| side.map_or_else(usual, brief);
    format!(
        "{what} from {} to {}",
        text(sides.before),
        text(sides.after)
    )
}

/// The key of an entry, for a place.
pub(super) fn entry<'n>(node: &'n Node, key: &str) -> Option<&'n (Key, Node)> {
    node.entries().iter().find(|(name, _)| name.text == key)
}
