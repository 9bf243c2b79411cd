//! Changes of conditions, and of what is said beside the value.

use super::judge::{CONDITION, Judge, Move};
use super::number::canonical;
use super::pairs::Edge;
use super::rules::{request, response};
use super::shape::{Condition, Discriminator, Kinds, Node, What};

impl<'l> Judge<'_, 'l> {
    /// The conditions that are no unions: those that match have to be the same.
    pub(super) fn conditions(&mut self, kinds: Kinds) {
        let of = |conditions: &[Condition<'l>]| -> Vec<Condition<'l>> {
            let applies = |one: &&Condition<'_>| {
                !one.kinds.and(kinds).is_empty() && !matches!(one.what, What::Union(_))
            };
            conditions.iter().filter(applies).cloned().collect()
        };
        let (base, mut head) = (of(&self.base.conditions), of(&self.head.conditions));
        for ours in base {
            let alike = head.iter().position(|one| self.is_same(&ours, one, true));
            let found =
                alike.or_else(|| head.iter().position(|one| self.is_same(&ours, one, false)));
            match found {
                Some(at) => {
                    let theirs = head.remove(at);
                    self.condition(&ours, &theirs);
                }
                None => {
                    let text = format!("no longer has the condition `{}`", keyword(&ours.what));
                    self.moved(&CONDITION, Move::Relaxed, text, Some(ours.place), None);
                }
            }
        }
        for theirs in head {
            let text = format!("has the condition `{}` now", keyword(&theirs.what));
            self.moved(&CONDITION, Move::Tightened, text, None, Some(theirs.place));
        }
    }

    /// Whether two conditions are of one sort, and written alike when that is asked.
    fn is_same(&mut self, base: &Condition<'l>, head: &Condition<'l>, alike: bool) -> bool {
        let is_sort = match (&base.what, &head.what) {
            (What::Needs(one, _), What::Needs(other, _))
            | (What::Depends(one, _), What::Depends(other, _)) => one == other,
            (What::Unevaluated(one, _), What::Unevaluated(other, _)) => one == other,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        };
        is_sort && (!alike || self.pairs.is_written_alike(base.place, head.place))
    }

    fn condition(&mut self, base: &Condition<'l>, head: &Condition<'l>) {
        let places = (Some(base.place), Some(head.place));
        let text = format!("has another condition `{}` now", keyword(&head.what));
        let found = self.found(&CONDITION, Move::Both, text, places.0, places.1);
        let is_same = match (&base.what, &head.what) {
            (What::Needs(_, ours), What::Needs(_, theirs)) => ours == theirs,
            (What::Contains(_, ours, end), What::Contains(_, theirs, other)) => {
                (ours, end) == (theirs, other)
            }
            _ => true,
        };
        if !is_same {
            self.outcome.found.push(found);
            return;
        }
        for (ours, theirs) in parts(&base.what).into_iter().zip(parts(&head.what)) {
            if let Some(pair) = self.below(ours, theirs, Kinds::ALL) {
                self.outcome.edges.push(Edge::Exact(pair, found.clone()));
            }
        }
    }

    /// The default, the deprecation and the discriminator.
    pub(super) fn notes(&mut self) {
        let (base, head) = (self.base.clone(), self.head.clone());
        let (ours, theirs) = (&base.notes, &head.notes);
        if let (None, Some(place)) = (ours.deprecated, theirs.deprecated) {
            let rule = if self.is_request() {
                &request::FIELD_DEPRECATED
            } else {
                &response::FIELD_DEPRECATED
            };
            self.add(rule, "is deprecated now", None, Some(place));
        }
        let (base, head) = (&ours.default, &theirs.default);
        let value = |one: &Option<(std::rc::Rc<serde_json::Value>, _)>| {
            one.as_ref().map(|(value, _)| canonical(value))
        };
        let places = (
            base.as_ref().map(|one| one.1),
            head.as_ref().map(|one| one.1),
        );
        if self.is_request() && value(base) != value(head) {
            let (rule, text) = match (base, head) {
                (None, _) => (&request::DEFAULT_ADDED, "has a default now"),
                (_, None) => (&request::DEFAULT_CHANGED, "no longer has a default"),
                _ => (&request::DEFAULT_CHANGED, "has another default now"),
            };
            self.add(rule, text, places.0, places.1);
        }
        if let Some(base) = &ours.discriminator {
            self.discriminator(base, theirs.discriminator.as_ref());
        }
    }

    fn discriminator(&mut self, base: &Discriminator<'l>, head: Option<&Discriminator<'l>>) {
        let changed = if self.is_request() {
            &request::DISCRIMINATOR_CHANGED
        } else {
            &response::DISCRIMINATOR_CHANGED
        };
        let Some(head) = head else {
            let text = format!(
                "no longer tells its shapes apart by the field `{}`",
                base.field
            );
            return self.add(changed, text, Some(base.place), None);
        };
        let places = (Some(base.place), Some(head.place));
        if base.field != head.field {
            let text = format!(
                "tells its shapes apart by the field `{}` now, not by `{}`",
                head.field, base.field
            );
            return self.add(changed, text, places.0, places.1);
        }
        let told = std::mem::take(&mut self.told_keys);
        let gone = base
            .keys
            .iter()
            .find(|(key, _)| !head.keys.contains_key(*key) && !told.contains(*key));
        let new = head
            .keys
            .iter()
            .find(|(key, _)| !base.keys.contains_key(*key) && !told.contains(*key));
        if let (Some((key, place)), true) = (gone, self.is_request()) {
            let text = format!(
                "no longer has a shape for `{key}` of the field `{}`",
                base.field
            );
            self.add(changed, text, Some(*place), places.1);
        }
        if let Some((key, place)) = new {
            let rule = if self.is_request() {
                &request::DISCRIMINATOR_EXTENDED
            } else {
                &response::DISCRIMINATOR_EXTENDED
            };
            let text = format!("has a shape for `{key}` of the field `{}` now", base.field);
            self.add(rule, text, places.0, Some(*place));
        }
    }
}

fn keyword(what: &What<'_>) -> &'static str {
    match what {
        What::Union(_) => "oneOf",
        What::Not(_) => "not",
        What::If(..) => "if",
        What::Contains(..) => "contains",
        What::Needs(..) => "dependentRequired",
        What::Depends(..) => "dependentSchemas",
        What::Unevaluated(key, _) => key,
    }
}

/// The schemas of a condition.
fn parts(what: &What<'_>) -> Vec<Node> {
    match what {
        What::Not(node) | What::Contains(node, ..) => vec![*node],
        What::If(condition, then, otherwise) => vec![*condition, *then, *otherwise],
        What::Depends(_, node) | What::Unevaluated(_, node) => vec![*node],
        What::Union(_) | What::Needs(..) => Vec::new(),
    }
}
