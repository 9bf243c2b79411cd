//! The lists and objects that an OpenAPI document has.

use std::collections::BTreeMap;

use tidegate_core::check::CheckError;
use tidegate_core::span::Span;

use super::config::{Config, Look};
use crate::documents::request;
use crate::naming::words;
use crate::specification::At;
use crate::specification::openapi::{Found, OpenApi, Operation, ParameterIn};

/// The most operations of a document that are looked at.
const MOST: usize = 60;

/// Names of parameters that set the size of a page, as their words.
const LIMITS: &[&str] = &[
    "limit",
    "per page",
    "perpage",
    "page size",
    "pagesize",
    "page limit",
    "size",
    "take",
    "first",
    "top",
    "max results",
    "results per page",
    "items per page",
];

/// Words in a path or an `operationId` that speak of more than a look.
const LEFT_ALONE: &[&str] = &[
    "callback",
    "confirm",
    "delete",
    "download",
    "event",
    "export",
    "impersonate",
    "log",
    "login",
    "logout",
    "metrics",
    "oauth",
    "remove",
    "reset",
    "saml",
    "signin",
    "signout",
    "sso",
    "stream",
    "subscribe",
    "trigger",
    "unsubscribe",
    "verify",
];

const BY_NAME: &str =
    "their names speak of more than a look (list them under `routes` or `objects`)";
const NEEDS_VALUE: &str = "they need a value (list them under `routes` or `objects` with one)";

/// What the document has, and what is left out with the reason, for the reader of a report.
///
/// # Errors
/// A name under `exclude` that the document does not have.
pub(super) fn looks(
    api: &OpenApi,
    config: &Config,
    span: &Span,
    address: &str,
) -> Result<(Vec<Look>, Vec<String>), CheckError> {
    check_excluded(api, config, span)?;
    let mut looks = Vec::new();
    let mut left_out: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in api.operations.iter().filter(|one| one.method == "GET") {
        let Some(is_list) = answers(api, operation) else {
            continue;
        };
        let name = operation.name();
        if config.exclude.contains(&name) {
            continue;
        }
        let required = operation.parameters.iter().any(|one| one.required);
        let is_open = operation.path.contains('{');
        if is_open || required || speaks_of_more(operation) {
            let reason = if speaks_of_more(operation) {
                BY_NAME
            } else {
                NEEDS_VALUE
            };
            // An object by its id is what `isolation` looks at; only lists are missed here.
            if is_list {
                left_out.entry(reason).or_default().push(name);
            }
            continue;
        }
        if looks.len() < MOST {
            looks.extend(look(api, operation, is_list, config, span, address));
        }
    }
    let notes = left_out.into_iter();
    let notes = notes
        .map(|(reason, names)| format!("Not looked at, because {reason}: {}.", names.join(", ")));
    Ok((looks, notes.collect()))
}

fn check_excluded(api: &OpenApi, config: &Config, span: &Span) -> Result<(), CheckError> {
    let known: Vec<String> = api.operations.iter().map(Operation::name).collect();
    let missing = config.exclude.iter().find(|name| !known.contains(name));
    missing.map_or(Ok(()), |name| {
        let help = "Write it as the document has it, as in `GET /api/records`.";
        Err(CheckError::new(
            format!("`{name}` under `exclude` is no operation of the document"),
            help,
        )
        .at(span.location()))
    })
}

fn look(
    api: &OpenApi,
    operation: &Operation,
    is_list: bool,
    config: &Config,
    span: &Span,
    address: &str,
) -> Option<Look> {
    let request = request(api, operation, "GET", (span, address))?;
    let mut look = Look {
        request,
        is_list,
        limit: None,
        items: None,
        bounds: config.defaults.clone(),
        declared: false,
    };
    limited(&mut look, api, operation);
    Some(look)
}

/// Takes over what the document says about the limit of a declared list.
pub(super) fn complete(look: &mut Look, api: &OpenApi) {
    let path = look.request.path.to_string();
    if let Found::Operation(found) = api.find("GET", &path) {
        limited(look, api, found.operation);
    }
}

/// Takes over the parameter that sets the size of a page, and its largest value.
fn limited(look: &mut Look, api: &OpenApi, operation: &Operation) {
    if !look.is_list {
        return;
    }
    let wanted = look.limit.clone();
    let mut parameters = operation.parameters.iter();
    let parameter = parameters.find(|one| {
        let is_meant = match &wanted {
            Some(name) => *name == one.name,
            None => LIMITS.contains(&words(&one.name).join(" ").as_str()),
        };
        one.location == ParameterIn::Query && is_meant
    });
    let Some(parameter) = parameter else { return };
    look.limit = Some(parameter.name.clone());
    let schema = parameter
        .schema
        .and_then(|schema| api.at(schema).follow().ok());
    let most = schema.and_then(|schema| schema.get("maximum")?.number()?.as_u64());
    if let Some(most) = most.filter(|most| *most > 0) {
        look.bounds.items = look.bounds.items.min(most);
    }
}

/// Whether an operation answers with a list or with an object; nothing when with neither.
fn answers(api: &OpenApi, operation: &Operation) -> Option<bool> {
    let mut content = operation.response(200)?.content.iter();
    let schema = content.find(|one| one.parsed.is_json())?.schema?;
    let schema = api.at(schema).follow().ok()?;
    if is_list_of_things(schema) {
        return Some(true);
    }
    let parts: Vec<At<'_>> = match schema.get("allOf") {
        Some(all) => all
            .elements()
            .filter_map(|part| part.follow().ok())
            .collect(),
        None => vec![schema],
    };
    let properties = parts.iter().filter_map(|part| part.get("properties"));
    let mut properties = properties.flat_map(At::entries).peekable();
    properties.peek()?;
    let paged = [
        "items",
        "data",
        "results",
        "records",
        "rows",
        "total",
        "total_count",
        "next",
        "cursor",
    ];
    let mut lists = 0;
    let mut others = 0;
    let mut is_paged = false;
    for (name, property) in properties {
        is_paged |= paged.contains(&name);
        match property.follow() {
            Ok(property) if is_list_of_things(property) => lists += 1,
            _ => others += 1,
        }
    }
    let asks_for_size = operation.parameters.iter().any(|one| {
        one.location == ParameterIn::Query && LIMITS.contains(&words(&one.name).join(" ").as_str())
    });
    // A person with a few memberships is an object; what wraps one list and little else is that list.
    Some(lists > 0 && (is_paged || asks_for_size || others == 0))
}

fn is_list_of_things(schema: At<'_>) -> bool {
    let Some(items) = schema.get("items").and_then(|items| items.follow().ok()) else {
        return false;
    };
    let is_object = items.text_of("type") == Some("object");
    is_object || items.get("properties").is_some() || items.get("allOf").is_some()
}

fn speaks_of_more(operation: &Operation) -> bool {
    let id = operation.id.as_deref().unwrap_or_default();
    let segments = operation.path.split('/').filter(|part| !part.contains('{'));
    let mut words = segments.chain([id]).flat_map(words);
    words.any(|word| {
        // The portal's own list of events is a list; a stream of them never ends.
        let one = word.strip_suffix('s').filter(|one| *one != "event");
        LEFT_ALONE.contains(&one.unwrap_or(&word))
    })
}
