//! The minimal valid request of an operation.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::scope::Scope;
use tidegate_core::template::JsonTemplate;

use super::harvest::Harvest;
use crate::specification::openapi::{OpenApi, Operation, Parameter, ParameterIn};
use crate::specification::sample::{Sampler, parameter};
use crate::specification::schema::{Dialect, Schemas};
use crate::specification::{At, Direction};

/// What stays as it is in a path (RFC 3986, unreserved).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same, for a parameter that takes slashes.
const KEPT_WITH_SLASH: &AsciiSet = &KEPT.remove(b'/');

/// A request with its values.
#[derive(Debug, Default)]
pub(crate) struct Filled {
    /// The path with the base, percent-encoded.
    pub(crate) path: String,
    /// The path without the base.
    pub(crate) plain: String,
    /// Added to the query, not yet encoded.
    pub(crate) query: Vec<(String, String)>,
    /// Headers beside those of the session.
    pub(crate) headers: Vec<(String, String)>,
    /// The values of the path's parameters.
    pub(crate) values: Vec<(String, Json)>,
    /// Whether a value of the path is a guess: nobody gave it, and no answer told it.
    pub(crate) guessed: bool,
}

/// Finds values for parameters.
pub(crate) struct Filler<'f> {
    api: &'f OpenApi,
    schemas: Schemas,
    /// The environment's address.
    address: String,
}

impl<'f> Filler<'f> {
    /// A filler for a portal at an address.
    pub(crate) fn new(api: &'f OpenApi, address: &str) -> Self {
        Self {
            api,
            schemas: Schemas::new(Dialect::of_openapi(api.library.root())),
            address: address.to_owned(),
        }
    }

    /// Fills an operation in; the inner error says what is missing.
    ///
    /// # Errors
    /// When a value of the gate file cannot be resolved.
    pub(crate) fn fill(
        &self,
        operation: &Operation,
        given: &BTreeMap<String, JsonTemplate>,
        scope: &Scope,
        harvest: &Harvest,
    ) -> Result<Result<Filled, String>, CheckError> {
        let mut known = BTreeMap::new();
        for (name, template) in given {
            if operation.parameters.iter().any(|one| one.name == *name) {
                known.insert(name.as_str(), template.render(scope)?);
            }
        }
        let mark = &scope.values().unique;
        let filling = Filling {
            filler: self,
            operation,
            known,
            harvest,
            mark,
        };
        Ok(filling.fill())
    }

    fn fits(&self, schema: At<'_>, value: &Json) -> bool {
        let verdict = self.schemas.check(schema, Direction::Request, value);
        verdict.is_ok_and(|verdict| verdict.mismatches.is_empty())
    }
}

/// One operation that is filled in.
struct Filling<'f> {
    filler: &'f Filler<'f>,
    operation: &'f Operation,
    known: BTreeMap<&'f str, Json>,
    harvest: &'f Harvest,
    mark: &'f str,
}

impl Filling<'_> {
    fn fill(&self) -> Result<Filled, String> {
        let mut filled = Filled::default();
        self.path(&mut filled)?;
        for declared in &self.operation.parameters {
            let given = self.known.get(declared.name.as_str()).cloned();
            let value = match given {
                None if !declared.required || declared.location == ParameterIn::Path => continue,
                None => self.made(declared).ok_or_else(|| missing(declared))?,
                Some(value) => value,
            };
            self.add(declared, &value, &mut filled);
        }
        Ok(filled)
    }

    fn add(&self, declared: &Parameter, value: &Json, filled: &mut Filled) {
        let at = self.filler.api.at(declared.place);
        let name = &declared.name;
        let whole = (!declared.content.is_empty()).then(|| value.to_string());
        match (declared.location, whole) {
            (ParameterIn::Query, Some(whole)) => filled.query.push((name.clone(), whole)),
            (ParameterIn::Query, None) => filled.query.extend(parameter::pairs(at, name, value)),
            (ParameterIn::Header, whole) => {
                let text = whole.unwrap_or_else(|| parameter::text(at, value));
                filled.headers.push((name.clone(), text));
            }
            (ParameterIn::Path | ParameterIn::Cookie | ParameterIn::QueryString, _) => {}
        }
    }

    /// Writes the path with values for its parameters.
    fn path(&self, filled: &mut Filled) -> Result<(), String> {
        let template = match self.operation.path.rsplit_once('#') {
            // What tells paths apart in the document is never sent.
            Some((path, fragment)) if !fragment.contains('/') => path,
            _ => &self.operation.path,
        };
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            filled.plain.push_str(&rest[..open]);
            let written = &rest[open + 1..open + close];
            let name = written.trim_start_matches('+').trim_end_matches(['+', '*']);
            let (value, guessed) = self.of_path(name, &filled.plain)?;
            filled.guessed |= guessed;
            let declared = self.operation.parameter(ParameterIn::Path, name);
            let text = match declared {
                Some(declared) => parameter::text(self.filler.api.at(declared.place), &value),
                None => value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            };
            let part = encoded(&text, written != name)
                .ok_or_else(|| format!("the value of `{{{name}}}` is no part of a path"))?;
            filled.plain.push_str(&part);
            filled.values.push((name.to_owned(), value));
            rest = &rest[open + close + 1..];
        }
        filled.plain.push_str(rest);
        let slash = if filled.plain.starts_with('/') {
            ""
        } else {
            "/"
        };
        filled.path = format!(
            "{}{slash}{}",
            self.filler
                .api
                .base_below(self.operation, &self.filler.address),
            filled.plain
        );
        Ok(())
    }

    /// A value of the path: one that was given, that an answer told, or that the document offers, which is
    /// a guess. One that was made up would lead to nothing.
    fn of_path(&self, name: &str, before: &str) -> Result<(Json, bool), String> {
        if let Some(value) = self.known.get(name) {
            return Ok((value.clone(), false));
        }
        let declared = self.operation.parameter(ParameterIn::Path, name);
        let fits = |value: &Json| declared.is_none_or(|declared| self.fits(declared, value));
        let told = self
            .harvest
            .values(self.operation, before.trim_end_matches('/'), name);
        if let Some(value) = told.into_iter().find(fits) {
            return Ok((value, false));
        }
        let offered = declared.map(|declared| self.offered(declared));
        let mut offered = offered.unwrap_or_default().into_iter();
        let offered = offered.find(fits).map(|value| (value, true));
        offered.ok_or_else(|| {
            format!("no value for `{{{name}}}` is known (give one under `parameters`)")
        })
    }

    fn fits(&self, declared: &Parameter, value: &Json) -> bool {
        let Some(schema) = declared.schema else {
            return true;
        };
        self.filler.fits(self.filler.api.at(schema), value)
    }

    /// The values that the document itself has for a parameter.
    fn offered(&self, declared: &Parameter) -> Vec<Json> {
        let at = self.filler.api.at(declared.place);
        let content = declared.content.first();
        let content = content.map(|content| self.filler.api.at(content.place));
        let schema = declared
            .schema
            .or(declared.content.first().and_then(|one| one.schema));
        let schema = schema.and_then(|schema| self.filler.api.at(schema).follow().ok());
        let mut offered = Vec::new();
        for part in [Some(at), content].into_iter().flatten() {
            offered.extend(part.get("example").map(At::to_json));
            let examples = part.get("examples").into_iter().flat_map(At::entries);
            let examples = examples.filter_map(|(_, example)| example.follow().ok()?.get("value"));
            offered.extend(examples.map(At::to_json));
        }
        if let Some(schema) = schema {
            let single = ["example", "default", "const"].iter();
            offered.extend(single.filter_map(|key| schema.get(key)).map(At::to_json));
            let several = ["examples", "enum"]
                .iter()
                .filter_map(|key| schema.get(key));
            offered.extend(several.flat_map(At::elements).map(At::to_json));
        }
        offered
    }

    /// A value that must be sent: one of the document, else one that its schema allows.
    fn made(&self, declared: &Parameter) -> Option<Json> {
        let offered = self.offered(declared);
        let mut fitting = offered.iter().filter(|value| self.fits(declared, value));
        if let Some(value) = fitting.next() {
            return Some(value.clone());
        }
        let schema = declared
            .schema
            .or(declared.content.first().and_then(|one| one.schema))?;
        let fits = |schema: At<'_>, value: &Json| self.filler.fits(schema, value);
        let sampler = Sampler::new(Direction::Request, self.mark, &fits);
        sampler.valid(self.filler.api.at(schema))
    }
}

/// A text as a part of a path; nothing when it would lead elsewhere.
pub(crate) fn encoded(text: &str, takes_slashes: bool) -> Option<String> {
    let set = if takes_slashes { KEPT_WITH_SLASH } else { KEPT };
    let is_part = !matches!(text, "" | "." | "..");
    is_part.then(|| utf8_percent_encode(text, set).to_string())
}

fn missing(declared: &Parameter) -> String {
    format!(
        "no value for the {} parameter `{}` is known (give one under `parameters`)",
        declared.location.name(),
        declared.name
    )
}
