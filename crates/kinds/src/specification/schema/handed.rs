//! Documents that are JSON Schemas, handed to the engine as they are.

use std::collections::HashMap;
use std::sync::Arc;

use jsonschema::{
    Draft, Registry, Resource, Retrieve, Uri, ValidationError, ValidationOptions, Validator,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value as Json, json};
use url::Url;

use super::{At, Dialect, Library, Place, Reason, SchemaFault};

/// Where the documents of a library are for the engine.
const BASE: &str = "tidegate:///";

/// What needs no escape in a path or in a fragment.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~');

/// The documents of a library, known to the engine by where they are and by their `$id`.
#[derive(Debug)]
pub(super) struct Handed {
    registry: Registry<'static>,
    places: Arc<HashMap<String, Place>>,
    uris: Vec<String>,
}

/// Answers references that lead out of the library by what lies beside the documents.
#[derive(Debug)]
struct Beside(HashMap<String, Json>);

impl Retrieve for Beside {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let known = self.0.get(uri.as_str()).cloned();
        known.ok_or_else(|| format!("`{uri}` leads to no local document").into())
    }
}

impl Handed {
    /// Takes the documents, and others that are known by their URI.
    ///
    /// # Errors
    /// When a reference leads nowhere or an `$id` is none.
    pub(super) fn new(
        root: At<'_>,
        dialect: Dialect,
        others: Vec<(String, Json)>,
    ) -> Result<Self, SchemaFault> {
        let unusable = |error: &dyn std::fmt::Display| {
            SchemaFault::at(root, Reason::Unusable(error.to_string()))
        };
        let draft = dialect.draft();
        let documents: Vec<At<'_>> = root.library().roots().collect();
        let uris: Vec<String> = documents.iter().map(|one| uri_of(path_of(*one))).collect();
        let mut builder = Registry::new().draft(draft);
        for (document, uri) in documents.iter().zip(&uris) {
            let content = document.to_json();
            let resource = draft.detect(&content).create_resource(content);
            builder = builder
                .add(uri, resource)
                .map_err(|error| unusable(&error))?;
        }
        let mut places = HashMap::new();
        for (document, uri) in documents.iter().zip(&uris) {
            identify(*document, uri, &mut places);
        }
        let beside = beside(root, &documents);
        let named = beside
            .iter()
            .map(|(uri, document)| (uri.clone(), document.place()));
        places.extend(named);
        let beside = beside
            .into_iter()
            .map(|(uri, document)| (uri, document.to_json()));
        let registry = builder
            .retriever(Beside(beside.chain(others).collect()))
            .prepare();
        Ok(Self {
            registry: registry.map_err(|error| unusable(&error))?,
            places: Arc::new(places),
            uris,
        })
    }

    /// Where the schemas stand that have a URI of their own.
    pub(super) fn places(&self) -> Arc<HashMap<String, Place>> {
        self.places.clone()
    }

    /// Makes one of the schemas ready.
    pub(super) fn compile(
        &self,
        at: At<'_>,
        options: ValidationOptions<'_>,
    ) -> Result<Validator, SchemaFault> {
        let uri = self.uris.get(at.place().document as usize);
        let uri = uri.map_or("", String::as_str);
        let options = options.with_registry(&self.registry);
        let built = match at.pointer() {
            // A document that is entered by a reference would not be the first for `$recursiveRef`.
            pointer if pointer.is_empty() => options.with_base_uri(uri).build(&at.to_json()),
            pointer => {
                let pointer = utf8_percent_encode(&pointer, FRAGMENT);
                options.build(&json!({ "$ref": format!("{uri}#{pointer}") }))
            }
        };
        built.map_err(|error| {
            let place = find(&self.places, at.library(), &error).unwrap_or(at);
            SchemaFault::at(place, super::refusal(place, &error))
        })
    }
}

/// What an error of the engine leads to in the documents.
pub(super) fn find<'l>(
    places: &HashMap<String, Place>,
    library: &'l Library,
    error: &ValidationError<'_>,
) -> Option<At<'l>> {
    let uri = error.absolute_keyword_location()?.as_str();
    let (document, fragment) = uri.split_once('#').unwrap_or((uri, ""));
    let root = library.at(*places.get(document)?);
    let fragment = percent_decode_str(fragment).decode_utf8_lossy();
    root.at_pointer(&fragment)
}

/// The other documents by where the root's own `$id` says that they are.
fn beside<'l>(root: At<'l>, documents: &[At<'l>]) -> HashMap<String, At<'l>> {
    let Some(id) = root.text_of("$id").or(root.text_of("id")) else {
        return HashMap::new();
    };
    let home = folder(path_of(root));
    let others = documents.iter().filter(|one| **one != root);
    let near = others.filter_map(|one| Some((path_of(*one).strip_prefix(home)?, *one)));
    near.map(|(relative, one)| (format!("{}{relative}", folder(id)), one))
        .collect()
}

/// Notes the URI of a document and of every schema in it that has an `$id`.
fn identify(document: At<'_>, uri: &str, places: &mut HashMap<String, Place>) {
    places.insert(uri.to_owned(), document.place());
    let Ok(base) = Url::parse(uri) else {
        return;
    };
    let mut waiting = vec![(document, base)];
    while let Some((at, base)) = waiting.pop() {
        let id = at.text_of("$id").or(at.text_of("id"));
        let own = id.and_then(|id| base.join(id.trim_end_matches('#')).ok());
        let base = own.unwrap_or(base);
        places.entry(base.to_string()).or_insert(at.place());
        let below = at.elements().chain(at.entries().map(|(_, value)| value));
        waiting.extend(
            below
                .filter(|one| one.is_map() || one.is_list())
                .map(|one| (one, base.clone())),
        );
    }
}

fn path_of(at: At<'_>) -> &str {
    at.library().path_of(at)
}

fn uri_of(path: &str) -> String {
    let path = utf8_percent_encode(path.trim_start_matches('/'), FRAGMENT);
    format!("{BASE}{path}")
}

/// Everything up to the last slash.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}
