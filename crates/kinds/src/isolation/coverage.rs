//! What was tried on which resource, and what came of it.

use std::collections::BTreeMap;

use tidegate_core::check::Table;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Verb {
    /// One is read.
    Read,
    /// What lies below one is read or set off.
    Nested,
    /// Lists, searches, filters and exports.
    List,
    /// One is changed.
    Change,
    /// One is deleted.
    Delete,
    /// A write names the owner's tenant, or the id of what it owns.
    Foreign,
    /// What caches give and may keep.
    Cache,
}

/// All of them, with the heads of their columns.
const VERBS: [(Verb, &str); 7] = [
    (Verb::Read, "read"),
    (Verb::Nested, "nested"),
    (Verb::List, "list and search"),
    (Verb::Change, "change"),
    (Verb::Delete, "delete"),
    (Verb::Foreign, "foreign ids"),
    (Verb::Cache, "caches"),
];

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Held,
    Leaked,
    NotProven,
}

/// What was tried on which resource.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    rows: Vec<(String, BTreeMap<Verb, Vec<Came>>)>,
}

impl Coverage {
    /// Adds a resource, if it is not there yet.
    pub(super) fn begin(&mut self, resource: &str) {
        self.row(resource);
    }

    fn row(&mut self, resource: &str) -> &mut BTreeMap<Verb, Vec<Came>> {
        let at = self.rows.iter().position(|(name, _)| name == resource);
        let at = at.unwrap_or_else(|| {
            self.rows.push((resource.to_owned(), BTreeMap::new()));
            self.rows.len() - 1
        });
        &mut self.rows[at].1
    }

    fn add(&mut self, resource: &str, verb: Verb, came: Came) {
        self.row(resource).entry(verb).or_default().push(came);
    }

    /// An attempt got nothing and changed nothing.
    pub(super) fn held(&mut self, resource: &str, verb: Verb) {
        self.add(resource, verb, Came::Held);
    }

    /// An attempt got at what it must not.
    pub(super) fn leaked(&mut self, resource: &str, verb: Verb) {
        self.add(resource, verb, Came::Leaked);
    }

    /// An attempt that says nothing.
    pub(super) fn not_proven(&mut self, resource: &str, verb: Verb) {
        self.add(resource, verb, Came::NotProven);
    }

    /// The table for people.
    pub(super) fn table(&self) -> Option<Table> {
        if self.rows.is_empty() {
            return None;
        }
        let columns = std::iter::once("resource").chain(VERBS.map(|(_, head)| head));
        let rows = self.rows.iter().map(|(name, cells)| {
            let cells = VERBS.map(|(verb, _)| cell(cells.get(&verb)));
            std::iter::once(name.clone()).chain(cells).collect()
        });
        Some(Table {
            title: "What was tried against each resource".to_owned(),
            columns: columns.map(str::to_owned).collect(),
            rows: rows.collect(),
        })
    }
}

fn cell(came: Option<&Vec<Came>>) -> String {
    let Some(came) = came.filter(|came| !came.is_empty()) else {
        return "not there".to_owned();
    };
    let of = |wanted: Came| came.iter().filter(|one| **one == wanted).count();
    let (leaked, not_proven, all) = (of(Came::Leaked), of(Came::NotProven), came.len());
    if leaked > 0 {
        format!("leaked ({leaked} of {all})")
    } else if not_proven == all {
        "not proven".to_owned()
    } else if not_proven > 0 {
        format!("held ({} of {all}, the rest not proven)", all - not_proven)
    } else {
        format!("held ({all})")
    }
}
