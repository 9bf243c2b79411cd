//! Which operations there are, and what they say about themselves.

use std::collections::{HashMap, HashSet};

use super::rules::operations as rules;
use super::sunset::{self, Sunset};
use super::{Diff, Pair};
use crate::specification::openapi::{OpenApi, Operation};

/// The operations of both documents; tells those of one alone.
pub(super) fn pairs<'d>(diff: &mut Diff<'d>) -> Vec<Pair<'d>> {
    let (base, head) = (diff.base, diff.head);
    let in_head = Index::of(head);
    let mut pairs = Vec::new();
    let mut met = HashSet::new();
    for old in &base.operations {
        match in_head.find(old) {
            Some(new) => {
                met.insert(new.place);
                pairs.push(Pair {
                    base: old,
                    head: new,
                    subject: old.name(),
                });
            }
            None => removed(diff, old),
        }
    }
    let paths: HashSet<String> = base.operations.iter().map(|one| shape(&one.path)).collect();
    let mut told = HashSet::new();
    for new in &head.operations {
        if met.contains(&new.place) {
            continue;
        }
        if paths.contains(&shape(&new.path)) {
            let text = format!("{} is new", new.name());
            diff.tell(
                &rules::OPERATION_ADDED,
                new.name(),
                text,
                None,
                Some(diff.new(new.place)),
            );
        } else if told.insert(&new.path) {
            let text = "the path is new";
            diff.tell(
                &rules::PATH_ADDED,
                &*new.path,
                text,
                None,
                Some(diff.new(new.item)),
            );
        }
    }
    pairs
}

/// The operations of a document, by method and path.
struct Index<'d> {
    exact: HashMap<(&'d str, &'d str), &'d Operation>,
    shaped: HashMap<(&'d str, String), &'d Operation>,
}

impl<'d> Index<'d> {
    fn of(document: &'d OpenApi) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            shaped: HashMap::new(),
        };
        for operation in &document.operations {
            let Operation { method, path, .. } = operation;
            index.exact.entry((method, path)).or_insert(operation);
            index
                .shaped
                .entry((method, shape(path)))
                .or_insert(operation);
        }
        index
    }

    /// The same operation, whatever the parameters of its path are called.
    fn find(&self, other: &Operation) -> Option<&'d Operation> {
        let Operation { method, path, .. } = other;
        let exact = self.exact.get(&(&**method, &**path));
        exact
            .or_else(|| self.shaped.get(&(&**method, shape(path))))
            .copied()
    }
}

/// A path template without the names of its parameters.
fn shape(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut inside = false;
    for letter in path.chars() {
        inside = (inside || letter == '{') && letter != '}';
        if !inside || letter == '{' {
            shape.push(letter);
        }
    }
    shape
}

/// The names of the parameters of a path template, in order.
pub(super) fn names(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

fn removed(diff: &mut Diff<'_>, old: &Operation) {
    let at = diff.old(old.place);
    let name = old.name();
    let sunset = old.deprecated.then(|| Sunset::of(at).on()).flatten();
    let (rule, text) = match sunset {
        Some(day) if day <= diff.today => (
            &rules::OPERATION_RETIRED,
            format!("{name} is gone, as announced for {day}"),
        ),
        Some(day) => (
            &rules::OPERATION_REMOVED_EARLY,
            format!("{name} is gone, and was announced to go on {day}"),
        ),
        None if old.deprecated => (
            &rules::OPERATION_REMOVED,
            format!("{name} is gone; it was deprecated, and no day was told"),
        ),
        None => (&rules::OPERATION_REMOVED, format!("{name} is gone")),
    };
    let shape = shape(&old.path);
    let mut others = diff.head.operations.iter();
    let neighbour = others.find(|one| self::shape(&one.path) == shape);
    let paths = diff.head.library.root().get("paths");
    let head = neighbour.map(|one| diff.new(one.item)).or(paths);
    diff.tell(rule, name, text, Some(at), head);
}

/// What an operation says about itself.
pub(super) fn compare(diff: &mut Diff<'_>, pair: &Pair<'_>) {
    let (base, head) = (diff.old(pair.base.place), diff.new(pair.head.place));
    let mut tell =
        |rule, text: String| diff.tell(rule, &*pair.subject, text, Some(base), Some(head));
    match (&pair.base.id, &pair.head.id) {
        (Some(old), Some(new)) if old != new => {
            tell(
                &rules::OPERATION_ID_CHANGED,
                format!("its id `{old}` is now `{new}`"),
            );
        }
        (Some(old), None) => {
            tell(
                &rules::OPERATION_ID_CHANGED,
                format!("its id `{old}` is gone"),
            );
        }
        _ => {}
    }
    match (pair.base.deprecated, pair.head.deprecated) {
        (false, true) => tell(&rules::OPERATION_DEPRECATED, "it is deprecated".to_owned()),
        (true, false) => tell(
            &rules::OPERATION_RESTORED,
            "it is no longer deprecated".to_owned(),
        ),
        _ => {}
    }
    sunset::compare(diff, pair);
}
