//! A resource as a gate file writes it.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;

use super::{ID, IdPlace, Resource};
use crate::attack::short;
use crate::expect::parse_captures;
use crate::flow::{no_look, references, take};

/// The keys of a resource, not yet read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Written {
    /// The valid create.
    #[serde(default)]
    pub(crate) create: Option<Node>,
    /// How one is read.
    #[serde(default)]
    pub(crate) read: Option<Node>,
    /// How one is changed.
    #[serde(default)]
    pub(crate) update: Vec<Node>,
    /// Where many are told.
    #[serde(default)]
    pub(crate) absent_from: Vec<Node>,
    /// What lies below one.
    #[serde(default)]
    pub(crate) nested: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenCreate {
    #[serde(default)]
    id: Option<Node>,
}

impl Written {
    /// Whether nothing of it is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.create.is_none()
            && self.read.is_none()
            && self.update.is_empty()
            && self.absent_from.is_empty()
            && self.nested.is_empty()
    }

    /// Reads the resource; `span` is the place to tell what is missing.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn read(
        &self,
        name: &str,
        span: &Span,
        scope: &ParseScope<'_>,
    ) -> Result<Resource, Vec<Diagnostic>> {
        let Some(create) = &self.create else {
            return Err(vec![missing(span, "create", EXAMPLE_CREATE)]);
        };
        let mut faults = Vec::new();
        let made = created(create, scope).map_err(|more| faults.extend(more));
        let mut many = |nodes: &[Node], method: &str| {
            let read = gather(nodes.iter().map(|node| short(node, scope, method)));
            read.unwrap_or_else(|more| {
                faults.extend(more);
                Vec::new()
            })
        };
        let (update, nested) = (many(&self.update, "put"), many(&self.nested, "get"));
        let lists = many(&self.absent_from, "get");
        let read = match &self.read {
            Some(node) => short(node, scope, "get").map_err(|more| faults.extend(more)),
            None => {
                faults.push(missing(span, "read", "read: \"/api/records/${id}\""));
                Err(())
            }
        };
        faults.extend(lists.iter().chain(&read).filter_map(no_look));
        let (Ok((create, id, delete)), Ok(read)) = (made, read) else {
            return Err(faults);
        };
        let resource = Resource {
            name: name.to_owned(),
            span: create.span.clone(),
            documented: None,
            create,
            id,
            delete,
            read,
            update,
            lists,
            nested,
        };
        check_references(&resource, &mut faults);
        if faults.is_empty() {
            Ok(resource)
        } else {
            Err(faults)
        }
    }
}

const EXAMPLE_CREATE: &str = "create: { post: /api/records, json: { title: \"${canary}\" }, id: $.id, delete: \"/api/records/${id}\" }";

fn missing(span: &Span, key: &str, example: &str) -> Diagnostic {
    Diagnostic::at(span.clone(), format!("a resource needs `{key}`"))
        .label(format!("`{key}` is missing"))
        .help(format!("Write it like `{example}`."))
}

fn created(
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<(RequestTemplate, IdPlace, Option<RequestTemplate>), Vec<Diagnostic>> {
    let (delete, node) = without_delete(node);
    let (request, rest) = take(&node, scope)?;
    let written: WrittenCreate = rest.read_beside(&request_keys())?;
    if !request.writes() {
        return Err(vec![
            Diagnostic::at(request.span.clone(), "this creates nothing")
                .label("expected a POST or a PUT")
                .help(format!("Write it like `{EXAMPLE_CREATE}`.")),
        ]);
    }
    let id = match &written.id {
        Some(node) => {
            let key = Key {
                text: ID.to_owned(),
                span: node.span.clone(),
            };
            let named = Value::Map(vec![(key, node.clone())]);
            let captures = parse_captures(&Node::new(named, node.span.clone()))?;
            captures
                .into_iter()
                .next()
                .map_or(IdPlace::Usual, IdPlace::Declared)
        }
        None => IdPlace::Usual,
    };
    let delete = delete
        .map(|node| short(&node, scope, "delete"))
        .transpose()?;
    Ok((request, id, delete))
}

/// Beside the method of the create `delete` is no second one, but how the created is removed.
fn without_delete(node: &Node) -> (Option<Node>, Node) {
    let is_delete = |(key, _): &&(Key, Node)| key.text == "delete";
    let delete = node.entries().iter().find(is_delete);
    let (Some((_, delete)), Value::Map(entries)) = (delete, &node.value) else {
        return (None, node.clone());
    };
    let rest = entries.iter().filter(|entry| !is_delete(entry));
    let rest = Value::Map(rest.cloned().collect());
    (Some(delete.clone()), Node::new(rest, node.span.clone()))
}

fn check_references(resource: &Resource, faults: &mut Vec<Diagnostic>) {
    references::unknown(&resource.create.templates(), BUILT_IN, faults);
    let mut known: Vec<&str> = BUILT_IN.to_vec();
    known.push(ID);
    let templates = resource.templates();
    let outside = resource.create.templates();
    let later: Vec<_> = templates
        .into_iter()
        .filter(|template| !outside.contains(template))
        .collect();
    references::unknown(&later, &known, faults);
}
