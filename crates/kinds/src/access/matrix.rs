//! The rows to judge: what the gate file lists, and what document and code have beside it.

use std::collections::BTreeSet;

use tidegate_core::name::IdentityName;
use tidegate_core::span::{Location, Span};

use super::config::{Config, Entry};
use super::pattern::Pattern;
use crate::filling::caution::{does_more, is_endless};
use crate::routes::{Method, Route};
use crate::specification::openapi::{OpenApi, Operation};

/// A route that is known from a document or from code.
#[derive(Debug, Clone)]
pub(super) struct Known<'o> {
    /// In capitals.
    pub(super) method: String,
    /// As the address has it, with `{id}` for a part that varies.
    pub(super) path: String,
    /// Where it stands.
    pub(super) location: Location,
    /// Its operation, when the document has it.
    pub(super) operation: Option<&'o Operation>,
}

impl<'o> Known<'o> {
    /// The routes of a document, for a portal at an address.
    pub(super) fn of_document(api: &'o OpenApi, address: &str) -> Vec<Self> {
        let known = api.operations.iter().map(|operation| {
            // What tells paths apart in the document is never sent.
            let path = operation.path.split('#').next().unwrap_or_default();
            Self {
                method: operation.method.clone(),
                path: format!("{}{path}", api.base_below(operation, address)),
                location: api.at(operation.place).location(),
                operation: Some(operation),
            }
        });
        known.collect()
    }

    /// The routes of code that are not among these yet.
    pub(super) fn of_code(routes: Vec<Route>, known: &[Self]) -> Vec<Self> {
        let routes = routes.into_iter().filter_map(|route| {
            let method = match route.method {
                // Whatever it answers to, it shows something.
                Method::Any => "GET",
                method => method.as_str(),
            };
            let pattern = Pattern::of(method, &route.path);
            let is_known = known.iter().any(|one| pattern.is(&one.method, &one.path));
            (!is_known).then(|| Self {
                method: method.to_owned(),
                path: route.path,
                location: route.source,
                operation: None,
            })
        });
        routes.collect()
    }

    /// How people name it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it is what a pattern names, by its whole path or by the document's.
    fn named(&self, fits: impl Fn(&str, &str) -> bool) -> bool {
        let plain = self.operation.map(|operation| operation.path.as_str());
        fits(&self.method, &self.path) || plain.is_some_and(|path| fits(&self.method, path))
    }
}

/// Who may use a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Everybody.
    Everybody,
    /// These, and nobody else.
    Only(BTreeSet<IdentityName>),
    /// Somebody who is logged in; it is not known who.
    SomeLogin,
}

/// A route that is judged.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// In capitals.
    pub(super) method: String,
    /// As the address has it, with `{id}` for a part that varies.
    pub(super) path: String,
    /// Who may use it.
    pub(super) who: Who,
    /// The row of the gate file, when it lists the route itself.
    pub(super) entry: Option<&'a Entry>,
    /// The operation of the document.
    pub(super) operation: Option<&'a Operation>,
    /// The line of the gate file behind its requests.
    pub(super) span: Span,
    /// Where findings about it stand.
    pub(super) location: Location,
    /// Where document or code have it, when findings stand in the gate file.
    pub(super) source: Option<Location>,
}

impl Row<'_> {
    /// How people name it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether it only looks (RFC 9110, 9.2.1).
    pub(super) fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// Whether the gate file lists it by itself, so that its reader expects it to be judged.
    pub(super) fn is_listed(&self) -> bool {
        self.entry.is_some()
    }

    /// Whether its path varies.
    pub(super) fn is_filled(&self) -> bool {
        self.path.contains('{')
    }

    /// Why it is not tried at all.
    pub(super) fn left_out(&self, config: &Config) -> Option<String> {
        let covers = |pattern: &Pattern| pattern.covers(&self.method, &self.path);
        if let Some((_, reason)) = config.skip.iter().find(|(pattern, _)| covers(pattern)) {
            return Some(format!("skipped: {reason}"));
        }
        if self.method == "OPTIONS" {
            return Some("browsers ask it before they log in".to_owned());
        }
        let is_allowed = config.allow_destructive.iter().any(covers);
        let id = self.operation.and_then(|one| one.id.as_deref());
        if let Some(word) = does_more(&self.path, id).filter(|_| self.is_read() && !is_allowed) {
            return Some(format!(
                "`{word}` in its name may do more than show something (name it under `allow-destructive` to try it)"
            ));
        }
        let endless = self.operation.is_some_and(is_endless);
        endless.then(|| "it answers with a stream that has no end".to_owned())
    }
}

/// The rows, and what does not fit together.
#[derive(Debug, Default)]
pub(super) struct Matrix<'a> {
    /// Reads before writes, and lists before what they list.
    pub(super) rows: Vec<Row<'a>>,
    /// Routes of document and code that the gate file does not list.
    pub(super) unlisted: Vec<Known<'a>>,
    /// Routes of the gate file that neither document nor code has.
    pub(super) stale: Vec<&'a Pattern>,
    /// How many routes everybody may use.
    pub(super) public: usize,
}

impl<'a> Matrix<'a> {
    /// Puts the gate file together with what is known.
    pub(super) fn of(config: &'a Config, known: Vec<Known<'a>>, span: &Span) -> Self {
        let mut matrix = Self::default();
        let mut listed = vec![false; known.len()];
        let mut operation_of = |pattern: &Pattern| {
            let mut all = known.iter().enumerate();
            let found = all.find(|(_, one)| one.named(|method, path| pattern.is(method, path)));
            found.map(|(number, one)| {
                listed[number] = true;
                one
            })
        };
        // What everybody sees is known before it is looked for data.
        for pattern in config.public.iter().flatten().filter(|one| one.is_one()) {
            let found = operation_of(pattern);
            matrix.rows.push(listed_row(pattern, Who::Everybody, found));
        }
        for entry in config.routes.iter().flatten() {
            if !entry.pattern.is_one() {
                continue;
            }
            let found = operation_of(&entry.pattern);
            let who = Who::Only(entry.allow.clone());
            let mut row = listed_row(&entry.pattern, who, found);
            row.entry = Some(entry);
            matrix.rows.push(row);
        }
        matrix.stale = stale(config, &known);
        let rest = known.into_iter().zip(listed).filter(|(_, listed)| !listed);
        for (one, _) in rest {
            matrix.add_known(config, one, span);
        }
        matrix.public += matrix
            .rows
            .iter()
            .filter(|row| row.who == Who::Everybody)
            .count();
        let order = |row: &Row<'_>| {
            let parameters = row.path.matches('{').count();
            (!row.is_read(), row.method == "DELETE", parameters)
        };
        matrix.rows.sort_by_key(order);
        matrix
    }

    /// Adds a route that the gate file does not list by itself.
    fn add_known(&mut self, config: &'a Config, known: Known<'a>, span: &Span) {
        let covers = |pattern: &Pattern| known.named(|method, path| pattern.covers(method, path));
        let is_open = known.operation.is_some_and(Operation::anonymous);
        let public = config.public.iter().flatten().filter(|one| covers(one));
        let public = public.map(Pattern::exactness).max();
        let entries = config.routes.iter().flatten();
        let entries = entries.filter(|entry| covers(&entry.pattern));
        let entry = entries.max_by_key(|entry| entry.pattern.exactness());
        let is_public = match entry {
            Some(entry) => public > Some(entry.pattern.exactness()),
            None => public.is_some() || (!config.has_matrix() && is_open),
        };
        if is_public {
            self.public += 1;
            return;
        }
        if entry.is_none() && is_open {
            // The document opens it and the gate file does not say so: one of them is to be mended, and
            // that strangers get in is no second finding.
            self.unlisted.push(known);
            return;
        }
        let (who, place) = match entry {
            Some(entry) => (Who::Only(entry.allow.clone()), &entry.pattern.span),
            None => (Who::SomeLogin, span),
        };
        let is_unlisted = entry.is_none() && config.routes.is_some();
        let in_gate = entry.is_some();
        self.rows.push(Row {
            method: known.method.clone(),
            path: known.path.clone(),
            who,
            entry: None,
            operation: known.operation,
            span: place.clone(),
            location: if in_gate {
                place.location()
            } else {
                known.location.clone()
            },
            source: in_gate.then(|| known.location.clone()),
        });
        if is_unlisted {
            self.unlisted.push(known);
        }
    }
}

fn listed_row<'a>(pattern: &'a Pattern, who: Who, known: Option<&Known<'a>>) -> Row<'a> {
    // Where document and gate file differ in the base of the path, the document's is the one to ask.
    let path = known.map_or(&pattern.path, |known| &known.path);
    Row {
        method: pattern.method.unwrap_or("GET").to_owned(),
        path: path.clone(),
        who,
        entry: None,
        operation: known.and_then(|known| known.operation),
        span: pattern.span.clone(),
        location: pattern.span.location(),
        source: known.map(|known| known.location.clone()),
    }
}

/// The listed routes that nothing has. A document of an interface knows nothing of pages, so that only
/// routes in its part of the portal are held against it.
fn stale<'a>(config: &'a Config, known: &[Known<'_>]) -> Vec<&'a Pattern> {
    let first = |path: &str| {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        parts.next().map(str::to_owned)
    };
    let parts: BTreeSet<String> = known.iter().filter_map(|one| first(&one.path)).collect();
    let entries = config.routes.iter().flatten().map(|entry| &entry.pattern);
    let all = config.public.iter().flatten().chain(entries);
    let is_known = |pattern: &Pattern| {
        let method = match pattern.method {
            Some("HEAD") | None => "GET",
            Some(method) => method,
        };
        known.iter().any(|one| {
            let own = one.named(|method, path| pattern.covers(method, path));
            let theirs = Pattern::of(&one.method, &one.path);
            own || theirs.covers(method, &pattern.path)
        })
    };
    let in_reach = |pattern: &&Pattern| {
        pattern.is_one() && first(&pattern.path).is_some_and(|part| parts.contains(&part))
    };
    all.filter(in_reach).filter(|one| !is_known(one)).collect()
}
