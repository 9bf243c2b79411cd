//! A write operation that is tried, wherever it is known from.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use tidegate_core::located::Located;
use tidegate_core::ports::http::Response;
use tidegate_core::request::{BodyTemplate, RequestTemplate};
use tidegate_core::span::{Location, Span};
use tidegate_core::template::{JsonTemplate, Template};

use super::config::{Count, Declared};
use crate::attack::resource::{id_of, last_segment};
use crate::expect::{Capture, Path, Received};
use crate::specification::Place;

/// A write operation with everything that is needed to try it.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// What reports call it: `POST /api/records`.
    pub(super) name: String,
    /// The line of the gate file that asks for it.
    pub(super) span: Span,
    /// Where the document has it, when it is known from there.
    pub(super) documented: Option<Location>,
    /// The request, whose body is replaced.
    pub(super) request: RequestTemplate,
    /// Where its valid body comes from.
    pub(super) base: Base,
    /// What a body must be.
    pub(super) rule: Rule,
    /// What is kept of its answer.
    pub(super) keeps: Keeps,
    /// How what it creates is removed.
    pub(super) removal: Option<Removal>,
    /// Where what it stores shows up.
    pub(super) read: Option<RequestTemplate>,
    /// Where it is told how many there are.
    pub(super) count: Option<Count>,
    /// Pages that show what is stored.
    pub(super) pages: Vec<RequestTemplate>,
    /// What it may accept.
    pub(super) lenient: Vec<String>,
    /// Whether it must have a body.
    pub(super) needs_body: bool,
}

/// Where a valid body comes from.
#[derive(Debug, Clone)]
pub(super) enum Base {
    /// The gate file has it.
    Written(JsonTemplate),
    /// It is made from the schema, with these examples.
    Made(Vec<Json>),
}

/// What a body must be.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// A schema of the gate's document.
    Document(Place),
    /// A file with a JSON Schema.
    File(Located<String>),
    /// What the valid body looks like.
    Control,
}

/// What is kept of an answer for later requests.
#[derive(Debug, Clone)]
pub(super) enum Keeps {
    /// What the gate file says.
    Captures(Vec<Capture>),
    /// The id of what was created, under a name of ours; it stands under one of these keys.
    Id {
        /// The name.
        name: String,
        /// The keys.
        keys: Vec<String>,
    },
    /// Nothing.
    Nothing,
}

/// How a created thing is removed.
#[derive(Debug, Clone)]
pub(super) struct Removal {
    /// The removing request.
    pub(super) request: RequestTemplate,
    /// The request that finds lost things, and where its answer names them.
    pub(super) find: Option<(RequestTemplate, Path)>,
}

impl Subject {
    /// A declared operation; `place` is the schema that the document has for it.
    pub(super) fn declared(declared: &Declared, place: Option<(Place, Location)>) -> Option<Self> {
        let BodyTemplate::Json(json) = &declared.request.body else {
            return None;
        };
        let documented = place.as_ref().map(|(_, location)| location.clone());
        let rule = match (&declared.schema, place) {
            (Some(file), _) => Rule::File(file.clone()),
            (None, Some((place, _))) => Rule::Document(place),
            (None, None) => Rule::Control,
        };
        let removal = declared.cleanup.as_ref().map(|cleanup| Removal {
            request: cleanup.request.clone(),
            find: cleanup
                .find()
                .map(|(request, path)| (request.clone(), path.clone())),
        });
        let found = removal.as_ref().and_then(|removal| removal.find.as_ref());
        let read = declared
            .read
            .clone()
            .or_else(|| found.map(|(request, _)| request.clone()));
        Some(Self {
            name: declared.request.name(),
            span: declared.request.span.clone(),
            documented,
            base: Base::Written(json.clone()),
            rule,
            keeps: Keeps::Captures(declared.captures.clone()),
            removal,
            read,
            count: declared.count.clone(),
            pages: declared.pages.clone(),
            lenient: declared.lenient.clone(),
            request: declared.request.clone(),
            needs_body: true,
        })
    }

    /// Whether it changes something that is there already.
    pub(super) fn is_update(&self) -> bool {
        self.request.method != "POST"
    }

    /// What its answer gives later requests.
    pub(super) fn take(&self, response: &Response) -> BTreeMap<String, Json> {
        let jar = Vec::new;
        let received = Received::new(response, &jar);
        match &self.keeps {
            Keeps::Captures(captures) => captures
                .iter()
                .filter_map(|capture| Some((capture.name.clone(), capture.take(&received)?)))
                .collect(),
            Keeps::Id { name, keys } => {
                let id = received.json().and_then(|document| id_of(document, keys));
                let id = id.or_else(|| last_segment(response));
                id.into_iter().map(|id| (name.clone(), id)).collect()
            }
            Keeps::Nothing => BTreeMap::new(),
        }
    }

    /// The name that the removing request has for what it removes.
    pub(super) fn removes(&self) -> Option<String> {
        let templates = self.removal.as_ref()?.request.templates();
        let own = |name: &&str| !tidegate_core::scope::BUILT_IN.contains(name);
        let mut names = templates.iter().flat_map(Template::values).filter(own);
        names.next().map(str::to_owned)
    }

    /// The keys under which a thing has its id, the likeliest first.
    pub(super) fn id_keys(&self) -> Vec<String> {
        match &self.keeps {
            Keeps::Id { keys, .. } => keys.clone(),
            Keeps::Captures(captures) => {
                let sources = captures.iter().map(Capture::source);
                let last = sources.filter_map(|source| {
                    let key = source.rsplit(['.', ']']).next()?.to_owned();
                    (!key.is_empty() && source.starts_with('$')).then_some(key)
                });
                last.collect()
            }
            Keeps::Nothing => Vec::new(),
        }
    }
}
