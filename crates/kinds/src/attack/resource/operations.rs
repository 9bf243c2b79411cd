//! What the operations of an OpenAPI document say about the things they work on.

use serde_json::Value as Json;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::{escape, is_value_name};

use crate::naming::words;
use crate::specification::openapi::{Content, OpenApi, Operation, ParameterIn};
use crate::specification::sample::{Sampler, parameter};
use crate::specification::schema::Schemas;
use crate::specification::{At, Direction};

/// Words in a path or an `operationId` that speak of what a test must not set off by itself.
const DANGEROUS: &[&str] = &[
    "account",
    "admin",
    "auth",
    "bill",
    "billing",
    "charge",
    "checkout",
    "deploy",
    "diagnostic",
    "email",
    "export",
    "forgot",
    "import",
    "impersonate",
    "invitation",
    "invite",
    "invoice",
    "key",
    "login",
    "logout",
    "mail",
    "member",
    "message",
    "mfa",
    "notification",
    "notify",
    "oauth",
    "order",
    "otp",
    "password",
    "pay",
    "payment",
    "payout",
    "plan",
    "publish",
    "purchase",
    "refund",
    "register",
    "reset",
    "send",
    "session",
    "share",
    "signin",
    "signout",
    "signup",
    "sms",
    "sso",
    "subscribe",
    "subscription",
    "token",
    "transfer",
    "user",
    "verification",
    "verify",
    "webhook",
];

/// Names of a parameter that searches by text.
pub(crate) const SEARCHES: &[&str] = &[
    "q", "query", "search", "s", "term", "text", "filter", "title", "name",
];

/// The keys under which an id stands, beside the name of the parameter.
pub(crate) const IDS: &[&str] = &["id", "uuid", "_id", "key", "slug"];

/// The JSON body that an operation takes.
pub(crate) fn json_body(operation: &Operation) -> Option<&Content> {
    let body = operation.body.as_ref()?;
    let json = body
        .content
        .iter()
        .filter(|content| content.schema.is_some());
    let mut json: Vec<_> = json
        .filter(|content| content.parsed.is_json() || content.media_type == "*/*")
        .collect();
    json.sort_by_key(|content| content.parsed.essence() != "application/json");
    json.into_iter().next()
}

/// The examples beside a schema.
pub(crate) fn examples(at: At<'_>) -> Vec<Json> {
    let one = at.get("example").into_iter();
    let many = at.get("examples").into_iter().flat_map(At::entries);
    let many = many.filter_map(|(_, example)| example.follow().ok()?.get("value"));
    one.chain(many).map(At::to_json).collect()
}

/// Whether the names of an operation speak of what a test must not set off by itself.
pub(crate) fn is_dangerous(operation: &Operation) -> bool {
    let id = operation.id.as_deref().unwrap_or_default();
    // What a parameter is called says which thing is meant, not what is done to it.
    let segments = operation.path.split('/').filter(|part| !part.contains('{'));
    let mut words = segments.chain([id]).flat_map(words);
    words.any(|word| {
        let one = word.strip_suffix('s').unwrap_or(&word);
        DANGEROUS.contains(&one) || DANGEROUS.contains(&word.as_str())
    })
}

/// The name under which the id of a parameter is kept: `record-id` for `recordId`.
pub(crate) fn capture_name(parameter: &str) -> String {
    let name = words(parameter).join("-");
    let is_free = is_value_name(&name) && !BUILT_IN.contains(&name.as_str());
    if is_free { name } else { "id".to_owned() }
}

/// The operation on one of the things that a create makes, with the name of the parameter.
pub(crate) fn item_operation<'o>(
    operations: &'o [Operation],
    create: &Operation,
    method: &str,
) -> Option<(&'o Operation, String)> {
    operations.iter().find_map(|operation| {
        let rest = operation
            .path
            .strip_prefix(create.path.trim_end_matches('/'))?;
        let parameter = rest.strip_prefix("/{")?.strip_suffix('}')?;
        let fits = operation.method == method && !parameter.contains(['/', '{']);
        fits.then(|| (operation, parameter.to_owned()))
    })
}

/// The name of the parameter that searches a list by text.
pub(crate) fn search_parameter(list: &Operation) -> Option<&'static str> {
    SEARCHES.iter().copied().find(|name| {
        let parameter = list.parameter(ParameterIn::Query, name);
        parameter.is_some_and(|parameter| !parameter.deprecated)
    })
}

/// A valid body of an operation, with the mark in every free text and in so many texts at least, where it
/// has them.
pub(crate) fn sampled(
    api: &OpenApi,
    schemas: &Schemas,
    content: &Content,
    mark: &str,
    least: usize,
) -> Option<Json> {
    let schema = api.at(content.schema?);
    let fits = |at: At<'_>, value: &Json| {
        let verdict = schemas.check(at, Direction::Request, value);
        verdict.is_ok_and(|verdict| verdict.mismatches.is_empty())
    };
    let sampler = Sampler::new(Direction::Request, mark, &fits).marking();
    let made = sampler.valid_like(schema, examples(api.at(content.place)))?;
    Some(sampler.marked(schema, made, least))
}

/// The text of a template for the path of an operation behind the base of its server, with a name for its
/// parameter; nothing when it has another one.
pub(crate) fn address_of(
    api: &OpenApi,
    operation: &Operation,
    address: &str,
    id: Option<(&str, &str)>,
) -> Option<String> {
    let mut path = escape(&operation.path);
    if let Some((parameter, name)) = id {
        path = path.replace(&format!("{{{parameter}}}"), &format!("${{{name}}}"));
    }
    let is_whole = !path.replace("${", "").contains('{');
    let base = escape(&api.base_below(operation, address));
    is_whole.then(|| format!("{base}{path}"))
}

/// What must be sent beside path and body, as names and texts.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    /// In the query.
    pub(crate) query: Vec<(String, String)>,
    /// In headers.
    pub(crate) headers: Vec<(String, String)>,
}

/// The values of the parameters that an operation needs beside its path, but for those of the query that
/// are known; nothing when one cannot be made.
pub(crate) fn needed(
    api: &OpenApi,
    operation: &Operation,
    known: &[(String, String)],
) -> Option<Needed> {
    let mut all = Needed::default();
    for one in operation.parameters.iter().filter(|one| one.required) {
        let into = match one.location {
            ParameterIn::Path => continue,
            ParameterIn::Query if known.iter().any(|(name, _)| *name == one.name) => continue,
            ParameterIn::Query => &mut all.query,
            ParameterIn::Header => &mut all.headers,
            ParameterIn::Cookie | ParameterIn::QueryString => return None,
        };
        let sampler = Sampler::new(Direction::Request, "tidegate", &|_, _| true);
        let offered = examples(api.at(one.place));
        let value = sampler.valid_like(api.at(one.schema?), offered)?;
        into.extend(parameter::pairs(api.at(one.place), &one.name, &value));
    }
    Some(all)
}
