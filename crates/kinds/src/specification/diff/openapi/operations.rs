//! Which operations there are, and what they say about themselves.

use std::collections::{HashMap, HashSet};

use super::rules::operations as rules;
use super::sunset::{self, Sunset};
use super::{Diff, Pair};
use crate::specification::Place;
use crate::specification::openapi::{OpenApi, Operation};

/// The operations of both documents; tells those of one alone.
pub(super) fn pairs<'d>(diff: &mut Diff<'d>) -> Vec<Pair<'d>> {
    let (base, head) = (diff.base, diff.head);
    let prefixes = diff.prefixes.clone();
    let in_head = Index::of(head, &prefixes.1);
    let mut pairs = Vec::new();
    let mut met = HashSet::new();
    for old in &base.operations {
        match in_head.find(old, &prefixes.0) {
            Some(new) => {
                met.insert(new.place);
                pairs.push(Pair {
                    base: old,
                    head: new,
                    subject: old.name(),
                });
            }
            None => removed(diff, old, in_head.item(old, &prefixes.0)),
        }
    }
    let paths: HashSet<String> = base
        .operations
        .iter()
        .map(|one| shape(&prefixes.0, &one.path))
        .collect();
    let mut told = HashSet::new();
    for new in &head.operations {
        if met.contains(&new.place) {
            continue;
        }
        if paths.contains(&shape(&prefixes.1, &new.path)) {
            let text = format!("{} is new", new.name());
            diff.tell(
                &rules::OPERATION_ADDED,
                new.name(),
                text,
                None,
                Some(diff.in_head(new.place)),
            );
        } else if told.insert(&new.path) {
            let text = "the path is new";
            diff.tell(
                &rules::PATH_ADDED,
                &*new.path,
                text,
                None,
                Some(diff.in_head(new.item)),
            );
        }
    }
    pairs
}

/// The operations of a document, by method and path.
struct Index<'d> {
    exact: HashMap<(&'d str, String), &'d Operation>,
    shaped: HashMap<(&'d str, String), &'d Operation>,
    /// The path items, by path.
    items: HashMap<String, Place>,
}

impl<'d> Index<'d> {
    fn of(document: &'d OpenApi, prefix: &str) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            shaped: HashMap::new(),
            items: HashMap::new(),
        };
        for operation in &document.operations {
            let Operation { method, path, .. } = operation;
            let exact = (method.as_str(), format!("{prefix}{path}"));
            index.exact.entry(exact).or_insert(operation);
            let shaped = (method.as_str(), shape(prefix, path));
            index.shaped.entry(shaped).or_insert(operation);
            let item = index.items.entry(shape(prefix, path));
            item.or_insert(operation.item);
        }
        index
    }

    /// What stands under the path of an operation that is gone.
    fn item(&self, other: &Operation, prefix: &str) -> Option<Place> {
        self.items.get(&shape(prefix, &other.path)).copied()
    }

    /// The same operation, whatever the parameters of its path are called.
    fn find<'o>(&self, other: &'o Operation, prefix: &str) -> Option<&'d Operation>
    where
        'd: 'o,
    {
        let Operation { method, path, .. } = other;
        let exact = self
            .exact
            .get(&(method.as_str(), format!("{prefix}{path}")));
        let shaped = || self.shaped.get(&(method.as_str(), shape(prefix, path)));
        exact.or_else(shaped).copied()
    }
}

/// A path template behind a prefix, without the names of its parameters.
pub(super) fn shape(prefix: &str, path: &str) -> String {
    let mut shape = String::with_capacity(prefix.len() + path.len());
    let mut inside = false;
    for letter in prefix.chars().chain(path.chars()) {
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

fn removed(diff: &mut Diff<'_>, old: &Operation, item: Option<Place>) {
    let at = diff.in_base(old.place);
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
    let paths = diff.head.library.root().get("paths");
    let head = item.map(|item| diff.in_head(item)).or(paths);
    diff.tell(rule, name, text, Some(at), head);
}

/// What an operation says about itself.
pub(super) fn compare(diff: &mut Diff<'_>, pair: &Pair<'_>) {
    let (base, head) = (diff.in_base(pair.base.place), diff.in_head(pair.head.place));
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
