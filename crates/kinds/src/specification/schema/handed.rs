//! Documents that are JSON Schemas, handed to the engine as they are.

use std::collections::HashMap;
use std::sync::Arc;

use jsonschema::{
    ReferencingError, Registry, Retrieve, Uri, ValidationError, ValidationOptions, Validator,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value as Json, json};
use url::Url;

use super::{At, Dialect, Library, Place, Reason, SchemaFault};
use crate::specification::library::RefError;

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
        let mut names = Names::default();
        for (document, uri) in documents.iter().zip(&uris) {
            names.gather(*document, uri);
        }
        let beside = beside(root, &documents);
        let named = beside
            .iter()
            .map(|(uri, document)| (uri.clone(), document.place()));
        names.places.extend(named);
        let beside = beside
            .into_iter()
            .map(|(uri, document)| (uri, document.to_json()));
        let beside = Beside(beside.chain(others).collect());
        match builder.retriever(beside).prepare() {
            Ok(registry) => Ok(Self {
                registry,
                places: Arc::new(names.places),
                uris,
            }),
            Err(ReferencingError::Unretrievable { uri, .. }) => Err(names.lost(root, &uri)),
            Err(error) => Err(unusable(&error)),
        }
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
            let found = find(&self.places, at.library(), &error);
            let place = found.or_else(|| at.at_pointer(error.instance_path().as_str()));
            let place = place.unwrap_or(at);
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
    let id = root.text_of("$id").or(root.text_of("id"));
    let id = id.and_then(|id| Url::parse(id).ok());
    let home = Url::parse(&uri_of(path_of(root))).ok();
    let Some((id, home)) = id.zip(home) else {
        return HashMap::new();
    };
    let others = documents.iter().filter(|one| **one != root);
    let near = others.filter_map(|one| {
        let uri = Url::parse(&uri_of(path_of(*one))).ok()?;
        let relative = home.make_relative(&uri)?;
        Some((id.join(&relative).ok()?.to_string(), *one))
    });
    near.collect()
}

/// What has a URI in the documents.
#[derive(Default)]
struct Names {
    /// The documents and the schemas with an `$id`.
    places: HashMap<String, Place>,
    /// The references, by the document that they lead to.
    references: HashMap<String, Place>,
}

impl Names {
    fn gather(&mut self, document: At<'_>, uri: &str) {
        self.places.insert(uri.to_owned(), document.place());
        let Ok(base) = Url::parse(uri) else {
            return;
        };
        let mut waiting = vec![(document, base)];
        while let Some((at, base)) = waiting.pop() {
            let id = at.text_of("$id").or(at.text_of("id"));
            let own = id.and_then(|id| base.join(id.trim_end_matches('#')).ok());
            if let Some(own) = &own {
                self.places.entry(own.to_string()).or_insert(at.place());
            }
            let base = own.unwrap_or(base);
            if let Some(reference) = at.get("$ref") {
                let target = reference.text().and_then(|text| base.join(text).ok());
                if let Some(mut target) = target {
                    target.set_fragment(None);
                    let place = reference.place();
                    self.references.entry(target.to_string()).or_insert(place);
                }
            }
            let below = at.elements().chain(at.entries().map(|(_, value)| value));
            let below = below.filter(|one| one.is_map() || one.is_list());
            waiting.extend(below.map(|one| (one, base.clone())));
        }
    }

    /// What is wrong with the reference that leads to a document that is not there.
    fn lost(&self, root: At<'_>, uri: &str) -> SchemaFault {
        let place = self.references.get(uri.trim_end_matches('#'));
        let at = place.map_or(root, |place| root.library().at(*place));
        let text = at.text().unwrap_or(uri).to_owned();
        let local = uri.starts_with(BASE);
        SchemaFault::at(
            at,
            if local {
                RefError::Missing(text)
            } else {
                RefError::Remote(text)
            },
        )
    }
}

fn path_of(at: At<'_>) -> &str {
    at.library().path_of(at)
}

fn uri_of(path: &str) -> String {
    let path = utf8_percent_encode(path.trim_start_matches('/'), FRAGMENT);
    format!("{BASE}{path}")
}
