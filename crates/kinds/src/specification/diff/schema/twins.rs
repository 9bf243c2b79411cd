//! Schemas that are written alike in both documents, down to everything that they refer to.

use std::collections::HashMap;

use crate::specification::{At, Place};

/// What is known of pairs that were held against each other.
#[derive(Debug, Default)]
pub(super) struct Twins {
    numbers: HashMap<(Place, Place), usize>,
    /// Whether the two differ, or refer to what differs.
    differ: Vec<bool>,
    /// The pairs that refer to a pair.
    referrers: Vec<Vec<usize>>,
}

impl Twins {
    /// Whether two values are written alike, and so is everything that they refer to.
    pub(super) fn are_alike(&mut self, base: At<'_>, head: At<'_>) -> bool {
        if let Some(number) = self.numbers.get(&(base.place(), head.place())) {
            return !self.differ[*number];
        }
        let mut unlike = Vec::new();
        let (root, _) = self.number(base, head);
        let mut open = vec![(root, base, head)];
        while let Some((number, base, head)) = open.pop() {
            let mut references = Vec::new();
            if !is_alike(base, head, &mut references) {
                unlike.push(number);
                continue;
            }
            for (base, head) in references {
                let (target, is_new) = self.number(base, head);
                self.referrers[target].push(number);
                if is_new {
                    open.push((target, base, head));
                } else if self.differ[target] {
                    unlike.push(number);
                }
            }
        }
        self.spread(unlike);
        !self.differ[root]
    }

    fn number(&mut self, base: At<'_>, head: At<'_>) -> (usize, bool) {
        let new = self.differ.len();
        let number = *self
            .numbers
            .entry((base.place(), head.place()))
            .or_insert(new);
        if number == new {
            self.differ.push(false);
            self.referrers.push(Vec::new());
        }
        (number, number == new)
    }

    /// Whatever refers to what differs differs.
    fn spread(&mut self, mut unlike: Vec<usize>) {
        while let Some(number) = unlike.pop() {
            if !std::mem::replace(&mut self.differ[number], true) {
                unlike.extend(&self.referrers[number]);
            }
        }
    }
}

/// Whether two values are written alike, and what both refer to.
fn is_alike<'b, 'h>(base: At<'b>, head: At<'h>, references: &mut Vec<(At<'b>, At<'h>)>) -> bool {
    if base.is_map() {
        let (ours, theirs) = (base.entries(), head.entries());
        if !head.is_map() || ours.len() != theirs.len() {
            return false;
        }
        for ((key, base_value), (other, head_value)) in ours.zip(theirs) {
            if key != other || !is_alike(base_value, head_value, references) {
                return false;
            }
            if let ("$ref" | "$dynamicRef", Some(reference)) = (key, base_value.text()) {
                let base = base.library().target(base, reference);
                let head = head.library().target(head, reference);
                match (base, head) {
                    (Ok(base), Ok(head)) => references.push((base, head)),
                    (Err(_), Err(_)) => {}
                    _ => return false,
                }
            }
        }
        return true;
    }
    if base.is_list() {
        let (ours, theirs) = (base.elements(), head.elements());
        return head.is_list()
            && ours.len() == theirs.len()
            && ours
                .zip(theirs)
                .all(|(base, head)| is_alike(base, head, references));
    }
    !head.is_map()
        && !head.is_list()
        && base.text() == head.text()
        && base.boolean() == head.boolean()
        && base.number() == head.number()
}
