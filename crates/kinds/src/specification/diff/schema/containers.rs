//! Changes of lists and maps.

use std::collections::BTreeSet;

use super::judge::{COUNT, EXTRA_FIELDS, Judge, Move};
use super::rules::{request, response};
use super::shape::{Field, Kind, Limit, Maps, Node};
use crate::specification::Place;

/// How a field stands in a schema, as one direction sees it.
#[derive(Debug, Clone, Copy)]
enum Standing {
    Shown(Field),
    /// It is read-only in a request, or write-only in an answer.
    Hidden(Place),
    /// It is not listed; what is said about others holds for it.
    Unlisted(Node),
}

/// A field on both sides.
struct Fields<'l> {
    name: &'l str,
    base: Standing,
    head: Standing,
    base_required: Option<Place>,
    head_required: Option<Place>,
}

impl<'l> Judge<'_, 'l> {
    /// The elements of a list and how many there are.
    pub(super) fn lists(&mut self) {
        let (base, head) = (self.base.list.clone(), self.head.list.clone());
        self.limit(&COUNT, base.minimum, head.minimum, false, " elements");
        self.limit(&COUNT, base.maximum, head.maximum, true, " elements");
        match (base.unique, head.unique) {
            (None, Some(place)) => {
                let text = "may no longer have an element twice";
                self.moved(&COUNT, Move::Tightened, text, None, Some(place));
            }
            (Some(place), None) => {
                let text = "may have an element twice now";
                self.moved(&COUNT, Move::Relaxed, text, Some(place), None);
            }
            _ => {}
        }
        // Elements that nobody may send or give do not matter.
        let sent = if self.is_request() {
            base.maximum
        } else {
            head.maximum
        };
        let is_sent = |at: usize| sent.is_none_or(|limit: Limit| limit.value > at as u64);
        let listed = base.first.len().max(head.first.len());
        for at in (0..listed).filter(|at| is_sent(*at)) {
            self.go(format!("[{at}]"), base.at(at), head.at(at));
        }
        if is_sent(listed) {
            self.go("[]".to_owned(), base.rest, head.rest);
        }
    }

    /// The fields of a map and how many there are.
    pub(super) fn maps(&mut self) {
        let (base, head) = (self.base.map.clone(), self.head.map.clone());
        self.limit(&COUNT, base.minimum, head.minimum, false, " fields");
        self.limit(&COUNT, base.maximum, head.maximum, true, " fields");
        let mut names: BTreeSet<&'l str> = BTreeSet::new();
        for map in [&base, &head] {
            names.extend(map.fields.keys());
            names.extend(map.required.keys());
        }
        for name in names {
            let fields = Fields {
                name,
                base: self.standing(&base, name, false),
                head: self.standing(&head, name, true),
                base_required: base.required.get(name).copied(),
                head_required: head.required.get(name).copied(),
            };
            self.field(&fields);
        }
        let patterns: BTreeSet<&str> = base
            .patterns
            .keys()
            .chain(head.patterns.keys())
            .copied()
            .collect();
        for pattern in patterns {
            let side = |map: &Maps<'_>| map.patterns.get(pattern).copied();
            match (side(&base), side(&head)) {
                (Some(ours), Some(theirs)) => self.go(".*".to_owned(), ours, theirs),
                (ours, theirs) => {
                    self.others(
                        ours.unwrap_or(base.rest),
                        theirs.unwrap_or(head.rest),
                        &base,
                        &head,
                    );
                }
            }
        }
        self.others(base.rest, head.rest, &base, &head);
        self.go_for(
            ".(name)".to_owned(),
            base.names,
            head.names,
            Kind::Text.into(),
        );
    }

    fn standing(&mut self, map: &Maps<'l>, name: &'l str, is_head: bool) -> Standing {
        let is_request = self.is_request();
        let canon = if is_head {
            &mut self.pairs.head
        } else {
            &mut self.pairs.base
        };
        let Some(field) = map.fields.get(name) else {
            return Standing::Unlisted(canon.field(map, name));
        };
        let shape = canon.shape(field.node);
        if shape.kinds.is_empty() {
            return Standing::Unlisted(Node::NOTHING);
        }
        let hidden = if is_request {
            shape.notes.read_only
        } else {
            shape.notes.write_only
        };
        hidden.map_or(Standing::Shown(*field), Standing::Hidden)
    }

    fn field(&mut self, fields: &Fields<'l>) {
        match (fields.base, fields.head) {
            (Standing::Shown(base), Standing::Shown(head)) => {
                self.requirement(fields, head.node, base.place, head.place);
                self.go(step(fields.name), base.node, head.node);
            }
            (Standing::Shown(base), Standing::Hidden(head)) => {
                self.hidden(fields.name, base.place, head)
            }
            (Standing::Hidden(base), Standing::Shown(head)) => self.unhidden(fields, base, head),
            (Standing::Unlisted(node), Standing::Shown(head)) => self.listed(fields, node, head),
            (Standing::Shown(base), Standing::Unlisted(node)) => self.unlisted(fields, base, node),
            (Standing::Unlisted(_), Standing::Unlisted(_)) => {
                let (base, head) = (fields.base_required, fields.head_required);
                if let Some(place) = base.or(head) {
                    self.requirement(fields, Node::EVERYTHING, place, place);
                }
            }
            (Standing::Hidden(_), _) | (_, Standing::Hidden(_)) => {}
        }
    }

    /// Whether a field has to be there.
    fn requirement(&mut self, fields: &Fields<'l>, head_node: Node, base: Place, head: Place) {
        let name = fields.name;
        let step = step(name);
        let base_place =
            Some(fields.base_required.unwrap_or(base)).filter(|_| self.stands(fields.base));
        let head_place =
            Some(fields.head_required.unwrap_or(head)).filter(|_| self.stands(fields.head));
        let head_place = head_place.or(fields.head_required);
        match (
            fields.base_required,
            fields.head_required,
            self.is_request(),
        ) {
            (None, Some(_), true) => {
                let has_default = self.pairs.head.shape(head_node).notes.default.is_some();
                let rule = if has_default {
                    &request::FIELD_REQUIRED_WITH_DEFAULT
                } else {
                    &request::FIELD_REQUIRED
                };
                let text = format!("has to have the field `{name}` now");
                self.add_at(step, rule, text, base_place, head_place);
            }
            (None, Some(_), false) => {
                let text = format!("always has the field `{name}` now");
                self.add_at(
                    step,
                    &response::FIELD_REQUIRED,
                    text,
                    base_place,
                    head_place,
                );
            }
            (Some(_), None, true) => {
                let text = format!("no longer has to have the field `{name}`");
                self.add_at(
                    step,
                    &request::FIELD_OPTIONAL,
                    text,
                    fields.base_required,
                    head_place,
                );
            }
            (Some(_), None, false) => {
                let text = format!("may lack the field `{name}` now");
                self.add_at(
                    step,
                    &response::FIELD_OPTIONAL,
                    text,
                    fields.base_required,
                    head_place,
                );
            }
            _ => {}
        }
    }

    fn stands(&self, standing: Standing) -> bool {
        matches!(standing, Standing::Shown(_))
    }

    fn hidden(&mut self, name: &str, base: Place, head: Place) {
        let (base, head) = (Some(base), Some(head));
        if self.is_request() {
            let text = format!("may no longer set the field `{name}`, which is read-only now");
            self.add_at(step(name), &request::FIELD_READ_ONLY, text, base, head);
        } else {
            let text = format!("no longer shows the field `{name}`, which is write-only now");
            self.add_at(step(name), &response::FIELD_WRITE_ONLY, text, base, head);
        }
    }

    fn unhidden(&mut self, fields: &Fields<'l>, base: Place, head: Field) {
        let name = fields.name;
        let places = (Some(base), Some(head.place));
        if !self.is_request() {
            let text = format!("shows the field `{name}` now, which was write-only");
            return self.add_at(
                step(name),
                &response::FIELD_READABLE,
                text,
                places.0,
                places.1,
            );
        }
        if fields.head_required.is_some() {
            let fields = Fields {
                base_required: None,
                ..*fields
            };
            return self.requirement(&fields, head.node, base, head.place);
        }
        let text = format!("may set the field `{name}` now, which was read-only");
        self.add_at(
            step(name),
            &request::FIELD_WRITABLE,
            text,
            places.0,
            places.1,
        );
    }

    /// A field is listed that was not.
    fn listed(&mut self, fields: &Fields<'l>, others: Node, head: Field) {
        let name = fields.name;
        let is_new = fields.base_required.is_none() && fields.head_required.is_some();
        let place = Some(head.place);
        if self.is_request() && is_new {
            self.requirement(fields, head.node, head.place, head.place);
        } else if self.is_request() {
            let text = format!("may have the field `{name}` now");
            self.add_at(step(name), &request::FIELD_ADDED, text, None, place);
        } else if others == Node::NOTHING {
            let text =
                format!("has the field `{name}` now, though it had no others than those described");
            self.add_at(step(name), &response::FIELD_UNEXPECTED, text, None, place);
        } else {
            let text = format!("has the field `{name}` now");
            self.add_at(step(name), &response::FIELD_ADDED, text, None, place);
        }
        if !self.is_request() && fields.base_required.is_some() {
            self.requirement(fields, head.node, head.place, head.place);
        }
        if others != Node::NOTHING && others != Node::EVERYTHING {
            self.go(step(name), others, head.node);
        }
    }

    /// A field is no longer listed.
    fn unlisted(&mut self, fields: &Fields<'l>, base: Field, others: Node) {
        let name = fields.name;
        let place = Some(base.place);
        let text = format!("no longer has the field `{name}`");
        let is_required = fields.base_required.is_some();
        if others != Node::NOTHING && others != Node::EVERYTHING {
            self.go(step(name), base.node, others);
        }
        if self.is_request() {
            let rule = if others == Node::NOTHING {
                &request::FIELD_REFUSED
            } else {
                &request::FIELD_REMOVED
            };
            self.add_at(step(name), rule, text, place, None);
            if !is_required && fields.head_required.is_some() {
                self.requirement(fields, others, base.place, base.place);
            }
        } else {
            let rule = if is_required {
                &response::FIELD_REMOVED
            } else {
                &response::OPTIONAL_FIELD_REMOVED
            };
            self.add_at(step(name), rule, text, place, None);
        }
    }

    /// What holds for the fields that are not listed.
    fn others(&mut self, base: Node, head: Node, ours: &Maps<'l>, theirs: &Maps<'l>) {
        let (open, closed) = (Node::EVERYTHING, Node::NOTHING);
        let moved = match (base, head) {
            (base, head) if base == open && head != open => Move::Tightened,
            (base, head) if base == closed && head != closed => Move::Relaxed,
            _ => return self.go(".*".to_owned(), base, head),
        };
        let text = match moved {
            Move::Tightened if head == closed => "may no longer have fields that are not described",
            Move::Tightened => "may only have some fields that are not described now",
            _ => "may have fields that are not described now",
        };
        self.moved(&EXTRA_FIELDS, moved, text, ours.rest_at, theirs.rest_at);
    }
}

/// The step of a path to a field.
pub(super) fn step(name: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if !name.is_empty() && name.bytes().all(is_plain) {
        format!(".{name}")
    } else {
        format!("[{}]", serde_json::Value::from(name))
    }
}
