//! How a write is tried: what is sent, and where its effect shows up.

use tidegate_core::check::CheckError;
use tidegate_core::request::RequestTemplate;
use tidegate_core::template::{Template, escape};

use super::super::config::Detail;
use super::super::matrix::Row;
use super::super::pattern::Pattern;
use super::super::run::Attempt;
use super::Write;
use super::effect::is_marked;
use super::sight::Sight;
use crate::attack::resource::Resource;

/// Why a write on one thing is not tried.
pub(super) const NOT_OURS: &str = "it works on something that this run did not create (name a thing to lose under `parameters` of its row)";

impl<'a> Attempt<'a> {
    /// How a row is tried; nothing when only a stranger can, or the reason why it is not tried at all.
    pub(super) fn way<'r>(
        &self,
        row: &Row<'a>,
        resources: &'r [Resource],
    ) -> Result<Result<Write<'r>, Option<String>>, CheckError> {
        let detail = row.entry.and_then(|entry| entry.detail.as_ref());
        let known = resources.iter().find_map(|resource| known(row, resource));
        let has_way = |detail: &&Detail| {
            let is_named = row.method == "DELETE" && !detail.parameters.is_empty();
            detail.has_body() || detail.read.is_some() || is_named
        };
        let Some(detail) = detail.filter(has_way) else {
            return Ok(match known {
                Some(write) => Ok(write),
                None if row.is_filled() || row.method == "DELETE" => Err(Some(NOT_OURS.to_owned())),
                None => Err(None),
            });
        };
        if !names_its_thing(row, detail) {
            return Ok(match known {
                Some(write) if detail.has_body() => Ok(Write {
                    request: at(&write.request.path.to_string(), &detail.request),
                    ..write
                }),
                Some(write) => Ok(write),
                None => Err(Some(NOT_OURS.to_owned())),
            });
        }
        let filled = match self.fill(row, None)? {
            // An example of the document may be somebody's.
            Ok(filled) if filled.guessed => return Ok(Err(Some(NOT_OURS.to_owned()))),
            Ok(filled) => filled,
            Err(why) => return Ok(Err(Some(why))),
        };
        let mut request = at(&escape(&filled.path), &detail.request);
        request
            .query
            .extend(templates(&request.query, &filled.query));
        request
            .headers
            .extend(templates(&request.headers, &filled.headers));
        let marked = is_marked(&request);
        let sight = match (&detail.read, known) {
            (Some(read), known) if marked && row.method == "POST" => Sight::Mark {
                look: read.clone(),
                resource: known.and_then(|write| write.sight.creates()),
            },
            (Some(read), _) => Sight::State(read.clone()),
            (
                None,
                Some(Write {
                    sight: sight @ Sight::Mark { .. },
                    ..
                }),
            ) => sight,
            (None, _) if row.method == "DELETE" => Sight::State(RequestTemplate {
                method: "GET",
                ..request.clone()
            }),
            (None, _) => Sight::Nothing,
        };
        Ok(Ok(Write { request, sight }))
    }
}

/// Whether the row itself says which thing may be lost: values for the whole check are there to read.
fn names_its_thing(row: &Row<'_>, detail: &Detail) -> bool {
    let Some((_, last)) = row.path.rsplit_once('{') else {
        return true;
    };
    let name = last.split('}').next().unwrap_or_default();
    detail.parameters.contains_key(name)
}

/// A row as a request of a resource.
fn known<'r>(row: &Row<'_>, resource: &'r Resource) -> Option<Write<'r>> {
    let pattern = Pattern::of(&row.method, &row.path);
    let is = |request: &RequestTemplate| pattern.is(request.method, &plain(request));
    if is(&resource.create) {
        return Some(Write {
            request: resource.create.clone(),
            sight: Sight::Mark {
                look: resource.look()?.clone(),
                resource: Some(resource),
            },
        });
    }
    let mut others = resource.update.iter().chain(&resource.delete);
    let request = others.find(|one| is(one)).cloned();
    // The row itself may have a body for what is read at its path.
    let at_its_path = || Pattern::of("GET", &row.path).is("GET", &plain(&resource.read));
    let has_body = row
        .entry
        .is_some_and(|entry| entry.detail.as_ref().is_some_and(Detail::has_body));
    let own = || (has_body && at_its_path()).then(|| resource.read.clone());
    Some(Write {
        request: request.or_else(own)?,
        sight: Sight::Thing(resource),
    })
}

/// The path of a request as a route has it.
pub(super) fn plain(request: &RequestTemplate) -> String {
    let path = request.path.to_string().replace("${id}", "{id}");
    path.split('?').next().unwrap_or_default().to_owned()
}

/// A request at a path, which is written as a template.
fn at(path: &str, request: &RequestTemplate) -> RequestTemplate {
    RequestTemplate {
        path: Template::parse(path).unwrap_or_else(|_| request.path.clone()),
        ..request.clone()
    }
}

fn templates(known: &[(String, Template)], more: &[(String, String)]) -> Vec<(String, Template)> {
    let has = |name: &str| known.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    let new = more.iter().filter(|(name, _)| !has(name));
    new.map(|(name, value)| (name.clone(), Template::literal(value.clone())))
        .collect()
}
