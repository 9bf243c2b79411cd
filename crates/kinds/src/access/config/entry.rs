//! One row of the matrix: a route, and who may use it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::{BodyTemplate, REQUEST_KEYS, RequestTemplate};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::{JsonTemplate, Template, escape};

use super::super::pattern::Pattern;
use crate::attack::resource::ID;
use crate::attack::short;
use crate::flow::{keep, no_look, references};

/// A route, and who may use it.
#[derive(Debug, Clone)]
pub(in super::super) struct Entry {
    /// The route, or many of them.
    pub(in super::super) pattern: Pattern,
    /// Who may; everybody else is denied.
    pub(in super::super) allow: BTreeSet<IdentityName>,
    /// How it is asked, when that is told.
    pub(in super::super) detail: Option<Detail>,
}

/// How a route is asked.
#[derive(Debug, Clone)]
pub(in super::super) struct Detail {
    /// The request; its path is replaced.
    pub(in super::super) request: RequestTemplate,
    /// Values of the path's parameters.
    pub(in super::super) parameters: BTreeMap<String, JsonTemplate>,
    /// Where what is written shows up.
    pub(in super::super) read: Option<RequestTemplate>,
    /// Puts back what a write changed.
    pub(in super::super) restore: Option<RequestTemplate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    allow: Node,
    #[serde(default)]
    parameters: Option<Node>,
    #[serde(default)]
    read: Option<Node>,
    #[serde(default)]
    restore: Option<Node>,
}

impl Entry {
    /// Reads a row.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(
        route: &Located<String>,
        node: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let pattern = Pattern::read(route).map_err(|fault| vec![fault])?;
        if !matches!(node.value, Value::Map(_)) {
            return Ok(Self {
                allow: allowed(node, scope)?,
                pattern,
                detail: None,
            });
        }
        let written: Written = beside_request(node).read_beside(REQUEST_KEYS)?;
        let mut faults = Vec::new();
        let allow = keep(&mut faults, allowed(&written.allow, scope));
        let parameters = crate::filling::parameters(written.parameters.as_ref(), &mut faults);
        let request = |node: Option<&Node>, method| {
            let read = node.map(|node| short(node, scope, method));
            read.transpose()
        };
        let read = keep(&mut faults, request(written.read.as_ref(), "get"));
        let restore = keep(&mut faults, request(written.restore.as_ref(), "put"));
        let own = keep(&mut faults, own(&pattern, node, scope).map(Some));
        faults.extend(read.as_ref().and_then(no_look));
        let Some(own) = own.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let detail = Detail {
            request: own,
            parameters,
            read,
            restore,
        };
        let has_more = node.entries().len() > 1;
        if has_more && !pattern.is_one() {
            return Err(vec![
                Diagnostic::at(pattern.span.clone(), "many routes are not asked in one way")
                    .label("only `allow` fits a pattern")
                    .help("List the route itself with what is sent to it."),
            ]);
        }
        detail.check_references()?;
        Ok(Self {
            pattern,
            allow,
            detail: has_more.then_some(detail),
        })
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        self.detail.iter().flat_map(Detail::templates).collect()
    }
}

impl Detail {
    /// Whether the gate file has the body.
    pub(in super::super) fn has_body(&self) -> bool {
        !matches!(self.request.body, BodyTemplate::Empty)
    }

    fn requests(&self) -> impl Iterator<Item = &RequestTemplate> {
        let own = std::iter::once(&self.request);
        own.chain(&self.read).chain(&self.restore)
    }

    fn templates(&self) -> Vec<Template> {
        let values = self.parameters.values().flat_map(JsonTemplate::templates);
        let requests = self.requests().flat_map(RequestTemplate::templates);
        values.chain(requests).collect()
    }

    /// References name built-in values, and the id of the thing that this run creates for the row.
    fn check_references(&self) -> Result<(), Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut known: Vec<&str> = BUILT_IN.to_vec();
        let is_created = self.parameters.is_empty() && self.request.path.to_string().contains('{');
        known.extend(is_created.then_some(ID));
        for request in self.requests() {
            references::unknown(&request.templates(), &known, &mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}

/// A row without what belongs to its request.
fn beside_request(node: &Node) -> Node {
    let is_own = |(key, _): &&(Key, Node)| !REQUEST_KEYS.contains(&key.text.as_str());
    let own = node.entries().iter().filter(is_own).cloned().collect();
    Node::new(Value::Map(own), node.span.clone())
}

/// The request of a row: its route with the keys of a request beside `allow`.
fn own(
    pattern: &Pattern,
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<RequestTemplate, Vec<Diagnostic>> {
    let method = pattern.method.unwrap_or("GET").to_ascii_lowercase();
    let path = Value::String(escape(&pattern.path));
    let key = Key {
        text: method,
        span: pattern.span.clone(),
    };
    let mut entries = vec![(key, Node::new(path, pattern.span.clone()))];
    let is_request = |(key, _): &&(Key, Node)| REQUEST_KEYS.contains(&key.text.as_str());
    entries.extend(node.entries().iter().filter(is_request).cloned());
    let whole = Node::new(Value::Map(entries), node.span.clone());
    short(&whole, scope, "get")
}

/// Reads who may: names of identities, `role:NAME`, and `all`.
fn allowed(node: &Node, scope: &ParseScope<'_>) -> Result<BTreeSet<IdentityName>, Vec<Diagnostic>> {
    let one = [node.clone()];
    let elements: &[Node] = match &node.value {
        Value::Sequence(elements) => elements,
        Value::String(_) => &one,
        _ => {
            return Err(vec![
                Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                    .label("expected a list of who may use the route")
                    .help("Write names of identities, `role:NAME`, or `all`, as in `[anna, role:admin]`."),
            ]);
        }
    };
    let mut allowed = BTreeSet::new();
    let mut faults = Vec::new();
    for element in elements {
        match element.text() {
            Some(text) => match named(text, element, scope) {
                Ok(names) => allowed.extend(names),
                Err(fault) => faults.push(fault),
            },
            None => faults.push(
                Diagnostic::at(
                    element.span.clone(),
                    format!("this is {}", element.describe()),
                )
                .label("expected the name of an identity, `role:NAME`, or `all`"),
            ),
        }
    }
    if faults.is_empty() {
        Ok(allowed)
    } else {
        Err(faults)
    }
}

fn named(text: &str, node: &Node, scope: &ParseScope<'_>) -> Result<Vec<IdentityName>, Diagnostic> {
    if matches!(text, "all" | "*") {
        return Ok(scope.identities.to_vec());
    }
    let Some(role) = text.strip_prefix("role:") else {
        return Ok(vec![scope.identity(text, &node.span)?]);
    };
    let role = role.trim();
    let with_role = scope
        .people
        .iter()
        .filter(|one| one.role.as_deref() == Some(role));
    let names: Vec<IdentityName> = with_role.map(|one| one.name.clone()).collect();
    if names.is_empty() {
        let roles = scope.people.iter().filter_map(|one| one.role.as_deref());
        let roles: BTreeSet<&str> = roles.collect();
        let roles: Vec<&str> = roles.into_iter().collect();
        return Err(Diagnostic::unknown(node.span.clone(), "role", role, &roles));
    }
    Ok(names)
}
