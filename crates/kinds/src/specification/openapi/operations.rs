//! Path items and their operations.

use std::collections::HashMap;
use std::ops::Range;

use super::super::At;
use super::find::{Item, Router};
use super::model::{Operation, ParameterIn};
use super::servers::{Base, Bases};
use super::template::Template;
use super::{Reader, Version};

/// The keys of a path item that are methods.
const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// The other keys of a path item.
const OTHERS: [&str; 6] = [
    "$ref",
    "summary",
    "description",
    "servers",
    "parameters",
    "additionalOperations",
];

/// How many references of path items in a row are followed.
const CHAIN_LIMIT: usize = 64;

/// An operation of a path item with what stands around it.
struct Found<'l> {
    method: String,
    at: At<'l>,
}

impl<'l> Reader<'l> {
    /// The path items with what their operations are.
    pub(super) fn paths(&mut self) -> (Vec<Item>, Vec<Operation>) {
        self.check_servers(self.root);
        self.check_security();
        let (mut items, mut operations) = (Vec::new(), Vec::new());
        let Some(paths) = self.root.get("paths") else {
            if self.version == Version::V3_0 {
                self.fault(
                    self.root,
                    "the document has no paths",
                    "Add the key `paths`.",
                );
            }
            return (items, operations);
        };
        let paths = self.follow(paths).unwrap_or(paths);
        if !paths.is_map() {
            self.fault(
                paths,
                "`paths` is no map",
                "Write each path as a key, as in `/records`.",
            );
        }
        for (path, item) in paths.entries() {
            if path.starts_with("x-") {
                continue;
            }
            let first = operations.len();
            self.item(path, item, &mut operations);
            let range = first..operations.len();
            if let Some(template) = self.template(path, item, &operations[range.clone()]) {
                self.names_agree(&template, item, &operations[range.clone()]);
                items.push(Item {
                    place: item.place(),
                    template,
                    operations: range,
                });
            }
        }
        self.equal_templates(&items, &operations);
        (items, operations)
    }

    /// What the portal sends out by itself.
    pub(super) fn webhooks(&mut self) -> Vec<Operation> {
        let mut operations = Vec::new();
        if let Some(webhooks) = self.root.get("webhooks") {
            for (name, item) in webhooks
                .entries()
                .filter(|(name, _)| !name.starts_with("x-"))
            {
                self.item(name, item, &mut operations);
            }
        }
        operations
    }

    /// Where each operation is found.
    pub(super) fn router(&mut self, items: Vec<Item>, operations: &[Operation]) -> Router {
        let mut bases = Bases::default();
        let mut allowed = Vec::with_capacity(operations.len());
        for operation in operations {
            let servers = operation.servers.iter();
            let numbers = servers.flat_map(|&server| bases.of(self, server));
            allowed.push(numbers.collect());
        }
        let mut bases = bases.bases;
        bases.push(Base::literal("/"));
        Router::new(items, bases, allowed)
    }

    fn template(&mut self, path: &str, item: At<'l>, operations: &[Operation]) -> Option<Template> {
        if !path.starts_with('/') {
            let message = format!("the path `{path}` does not begin with a slash");
            self.fault(item, message, "Write it as `/…`.");
        }
        let takes_slashes = |name: &str| {
            let mut all = operations.iter();
            all.any(|operation| {
                let parameter = operation.parameter(ParameterIn::Path, name);
                parameter.is_some_and(|parameter| {
                    let declared = self.library.at(parameter.place);
                    declared.flag("allowReserved") || declared.flag("x-multi-segment")
                })
            })
        };
        match Template::parse(path, &takes_slashes) {
            Ok(template) => Some(template),
            Err(error) => {
                let message = format!("the path `{path}` {error}");
                self.fault(item, message, "Write its parameters as `{name}`.");
                None
            }
        }
    }

    /// Tells parameters that stand only in the path, or only beside it.
    fn names_agree(&mut self, template: &Template, item: At<'l>, operations: &[Operation]) {
        for operation in operations {
            let declared = |name: &str| {
                let known = operation.parameter(ParameterIn::Path, name).is_some();
                known || operation.parameter(ParameterIn::Query, name).is_some()
            };
            let missing = template.names().find(|name| !declared(name));
            if let Some(name) = missing.filter(|_| !self.unread(item, operation)) {
                let message = format!("`{}` does not declare `{{{name}}}`", operation.name());
                self.fault(
                    self.library.at(operation.place),
                    message,
                    "Add a parameter of this name with `in: path`.",
                );
            }
            let written = |name: &str| {
                operation.path.contains(&format!("{{{name}"))
                    || template.names().any(|one| one == name)
            };
            let path = |one: &&super::Parameter| one.location == ParameterIn::Path;
            let mut paths = operation.parameters.iter().filter(path);
            if let Some(parameter) = paths.find(|one| !written(&one.name)) {
                let message = format!("`{}` has no `{{{}}}`", operation.name(), parameter.name);
                self.fault(
                    self.library.at(parameter.place),
                    message,
                    "Take the parameter out, or write it into the path.",
                );
            }
        }
    }

    /// Whether parameters of an operation could not be read, which was told already.
    fn unread(&self, item: At<'l>, operation: &Operation) -> bool {
        let own = self.library.at(operation.place);
        let mut lists = self.layers(item);
        lists.push(own);
        let lists = lists.iter().filter_map(|part| part.get("parameters"));
        lists.flat_map(At::elements).any(|at| {
            let declared = at.follow();
            declared.map_or(true, |declared| declared.text_of("name").is_none())
        })
    }

    /// A path item and those that its references lead to, the outermost first.
    fn layers(&self, item: At<'l>) -> Vec<At<'l>> {
        let mut layers = vec![item];
        let mut at = item;
        while let Some(reference) = at.reference() {
            let Ok(target) = self.library.target(at, reference) else {
                break;
            };
            if layers.len() >= CHAIN_LIMIT || layers.contains(&target) {
                break;
            }
            layers.push(target);
            at = target;
        }
        layers
    }

    fn item(&mut self, path: &str, item: At<'l>, operations: &mut Vec<Operation>) {
        let layers = self.layers(item);
        let mut found: Vec<Found<'l>> = Vec::new();
        for &layer in &layers {
            if !layer.is_map() {
                let message = format!("{} stands where a path item is expected", layer.describe());
                self.fault(
                    layer,
                    message,
                    "Write each method as a key, as in `get: { … }`.",
                );
                continue;
            }
            self.check_servers(layer);
            self.methods(layer, &mut found);
        }
        let lists: Vec<At<'l>> = layers
            .iter()
            .filter_map(|&layer| self.parameter_list(layer))
            .collect();
        for Found { method, at } in found {
            operations.push(self.operation(method, path, item, at, &lists, &layers));
        }
    }

    /// The operations of a layer that no layer before it has.
    fn methods(&mut self, layer: At<'l>, found: &mut Vec<Found<'l>>) {
        for (key, at) in layer.entries() {
            if key == "additionalOperations" {
                for (method, at) in at.entries() {
                    self.method(method, at, found);
                }
                continue;
            }
            let method = METHODS
                .iter()
                .find(|method| key.eq_ignore_ascii_case(method));
            let Some(method) = method else {
                if !key.starts_with("x-") && !OTHERS.contains(&key) {
                    let message = format!("`{key}` is no method");
                    self.fault(
                        at,
                        message,
                        "Look for a slip, or let the key begin with `x-`.",
                    );
                }
                continue;
            };
            if key != *method {
                let message = format!("the method `{key}` is not written in small letters");
                self.fault(
                    at,
                    message,
                    "Other tools overlook it; write it in small letters.",
                );
            }
            if *method == "query" && self.version < Version::V3_2 {
                let message = "the method `query` came with OpenAPI 3.2";
                self.fault(
                    at,
                    message,
                    "Other tools overlook it; write `openapi: 3.2.0`.",
                );
            }
            self.method(method, at, found);
        }
    }

    fn method(&mut self, method: &str, at: At<'l>, found: &mut Vec<Found<'l>>) {
        let method = method.to_ascii_uppercase();
        if !at.is_map() {
            let message = format!("{} stands where an operation is expected", at.describe());
            self.fault(at, message, "Write a map with the key `responses`.");
        } else if !found.iter().any(|one| one.method == method) {
            found.push(Found { method, at });
        }
    }

    fn operation(
        &mut self,
        method: String,
        path: &str,
        item: At<'l>,
        at: At<'l>,
        lists: &[At<'l>],
        layers: &[At<'l>],
    ) -> Operation {
        self.check_servers(at);
        let own = self.parameter_list(at);
        let lists: Vec<At<'l>> = own.into_iter().chain(lists.iter().copied()).collect();
        let mut parts = vec![at];
        parts.extend_from_slice(layers);
        parts.push(self.root);
        Operation {
            method,
            path: path.to_owned(),
            place: at.place(),
            item: item.place(),
            id: at.text_of("operationId").map(str::to_owned),
            deprecated: at.flag("deprecated"),
            parameters: self.parameters(&lists),
            body: self.body(at),
            responses: self.responses(at),
            security: self.security(at),
            servers: self.servers(&parts),
        }
    }

    /// Tells operations that have the id of another one.
    pub(super) fn unique(&mut self, operations: &[Operation]) {
        let mut known: HashMap<&str, &Operation> = HashMap::new();
        for operation in operations {
            let Some(id) = operation.id.as_deref() else {
                continue;
            };
            let first = *known.entry(id).or_insert(operation);
            // One path item that stands under two paths has its ids twice.
            if first.place != operation.place {
                let message = format!("`{id}` is the id of `{}` too", first.name());
                let at = self.library.at(operation.place).get("operationId");
                let at = at.unwrap_or(self.root);
                self.fault(at, message, "Give each operation an id of its own.");
            }
        }
    }

    /// Tells operations that the same requests ask for.
    fn equal_templates(&mut self, items: &[Item], operations: &[Operation]) {
        let mut known: HashMap<String, Vec<Range<usize>>> = HashMap::new();
        for item in items {
            let others = known.entry(item.template.shape()).or_default();
            for operation in &operations[item.operations.clone()] {
                let before = others.iter().flat_map(|range| &operations[range.clone()]);
                let same = before
                    .into_iter()
                    .find(|one| one.method == operation.method);
                if let Some(same) = same {
                    let message = format!(
                        "the requests of `{}` are those of `{}` too",
                        operation.name(),
                        same.name()
                    );
                    self.fault(
                        self.library.at(operation.place),
                        message,
                        "Paths that differ in the names of their parameters only are one path.",
                    );
                }
            }
            others.push(item.operations.clone());
        }
    }
}
