//! A thing of the portal: how it is created, found, read, changed and removed. Used by every kind that
//! attacks what somebody owns.

mod declared;
mod derive;
mod ids;
mod left_out;
mod life;
mod operations;
pub(crate) mod schema;
mod state;

use tidegate_core::request::RequestTemplate;
use tidegate_core::span::{Location, Span};
use tidegate_core::template::Template;

use crate::expect::Capture;

pub(crate) use declared::Written;
pub(crate) use derive::{Derived, derive, resource_name};
pub(crate) use ids::{id_of, id_of_made, ids_of, last_segment};
pub(crate) use left_out::LeftOut;
pub(crate) use life::{Actor, Created, Look, Made, Reader, needle};
pub(crate) use operations::{
    IDS, address_of, capture_name, examples, is_dangerous, item_operation, json_body, needed,
    sampled, search_parameter,
};
pub(crate) use state::{Change, State, is_masked};

/// The name under which requests have the id of a thing: `${id}`.
pub(crate) const ID: &str = "id";

/// A sort of thing, and the requests that work on one of them.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// What reports call it: `records`.
    pub(crate) name: String,
    /// The line of the gate file that asks for it.
    pub(crate) span: Span,
    /// Where the document has its create, when it is known from there.
    pub(crate) documented: Option<Location>,
    /// The valid create, with a mark in it.
    pub(crate) create: RequestTemplate,
    /// Where the answer of the create has the id.
    pub(crate) id: IdPlace,
    /// How it is removed.
    pub(crate) delete: Option<RequestTemplate>,
    /// How it is read.
    pub(crate) read: RequestTemplate,
    /// How it is changed: PUT, PATCH, and writes to several at once.
    pub(crate) update: Vec<RequestTemplate>,
    /// Where many of them are told: lists, searches, exports.
    pub(crate) lists: Vec<RequestTemplate>,
    /// What lies below one of them, reads and writes.
    pub(crate) nested: Vec<RequestTemplate>,
}

/// Where the answer of a create has the id of what it created.
#[derive(Debug, Clone)]
pub(crate) enum IdPlace {
    /// Where the gate file says.
    Declared(Capture),
    /// Under one of the usual names, or at the end of `Location`.
    Usual,
}

impl Resource {
    /// Every request of it.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &RequestTemplate> {
        let one = [&self.create, &self.read].into_iter();
        let many = self.update.iter().chain(&self.lists).chain(&self.nested);
        one.chain(&self.delete).chain(many)
    }

    /// Every template of it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        self.requests()
            .flat_map(RequestTemplate::templates)
            .collect()
    }

    /// The keys under which one of them has its id, the likeliest first.
    pub(crate) fn id_keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        if let IdPlace::Declared(capture) = &self.id {
            let source = capture.source();
            let last = source.rsplit(['.', ']']).next().unwrap_or_default();
            if source.starts_with('$') && !last.is_empty() {
                keys.push(last.to_owned());
            }
        }
        keys.extend(IDS.iter().map(|key| (*key).to_owned()));
        keys
    }

    /// Where one of them is looked for by its mark: a search, else a list.
    pub(crate) fn look(&self) -> Option<&RequestTemplate> {
        let searches = |list: &&RequestTemplate| {
            let templates = list.templates();
            let mut names = templates.iter().flat_map(Template::values);
            names.any(|name| name == "unique" || name == "canary")
        };
        self.lists
            .iter()
            .find(searches)
            .or_else(|| self.lists.first())
    }
}

#[cfg(test)]
mod tests;
