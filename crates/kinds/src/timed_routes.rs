//! The routes of a check that takes times: one in the short form, or several under `routes:`.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};
use tidegate_core::check::{CheckError, Context, ParseScope};
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::ports::http::{Purpose, Request, SessionId};
use tidegate_core::request::{METHOD_KEYS, REQUEST_KEYS, RequestTemplate, schema};
use tidegate_core::scope::Scope;
use tidegate_core::template::Template;

/// The key of the long form.
const ROUTES: &str = "routes";
/// The key that may stand beside it, and then means every route.
const TIMEOUT: &str = "timeout";
/// How long one request may take unless the gate file says otherwise.
const TIMEOUT_USUAL: Duration = Duration::from_secs(10);
/// The most routes of a check: more would take longer than a deploy is waited for.
const MOST: usize = 20;

/// A route as it is written, and the rest of its keys.
pub(crate) struct Written {
    /// The request, with a timeout.
    pub(crate) request: RequestTemplate,
    /// What else stands beside it: the keys of the route.
    pub(crate) rest: Node,
}

/// Takes the routes out of a check's config; what is left are the check's own keys.
///
/// `is_own` are the keys that a route may have beside those of its request; in the short form they stand
/// among the check's.
///
/// # Errors
/// When there is no route, both forms are mixed, or a request is none.
pub(crate) fn split(
    node: &Node,
    is_own: impl Fn(&str) -> bool,
) -> Result<(Vec<Written>, Node), Vec<Diagnostic>> {
    let Value::Map(entries) = &node.value else {
        return Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a map with a route, as in `{ get: /api/records }`"),
        ]);
    };
    let map = |entries| Node::new(Value::Map(entries), node.span.clone());
    let entries = entries.iter().filter(|(key, _)| key.text != ROUTES);
    let (of_routes, own): (Vec<_>, Vec<_>) = entries
        .cloned()
        .partition(|(key, _)| is_request(&key.text) || is_own(&key.text));
    let Some(routes) = node.get(ROUTES) else {
        return Ok((vec![written(&map(of_routes), TIMEOUT_USUAL)?], map(own)));
    };
    let (timeout, stray): (Vec<_>, Vec<_>) = of_routes
        .into_iter()
        .partition(|(key, _)| key.text == TIMEOUT);
    if !stray.is_empty() {
        return Err(stray.iter().map(|(key, _)| beside_routes(key)).collect());
    }
    let timeout = timeout.first().map(|(_, node)| node.read::<Period>());
    let timeout = timeout
        .transpose()?
        .map_or(TIMEOUT_USUAL, |Period(limit)| limit);
    let routes = listed(routes)?.iter().map(|route| written(route, timeout));
    Ok((gather(routes)?, map(own)))
}

fn is_request(key: &str) -> bool {
    METHOD_KEYS.contains(&key) || REQUEST_KEYS.contains(&key)
}

fn written(route: &Node, timeout: Duration) -> Result<Written, Vec<Diagnostic>> {
    let (mut request, rest) = RequestTemplate::take(route)?;
    request.timeout.get_or_insert(Period(timeout));
    Ok(Written { request, rest })
}

/// Tells what stands beside `routes:` and belongs to a route.
fn beside_routes(key: &Key) -> Diagnostic {
    let message = format!("`{}` stands beside `routes:`", key.text);
    Diagnostic::at(key.span.clone(), message)
        .label("belongs to a route")
        .help("Move it into an entry of `routes:`, as in `- { get: /api/records }`.")
}

/// The routes that are listed.
fn listed(routes: &Node) -> Result<&[Node], Vec<Diagnostic>> {
    let fault = |message: String, label: &str, help: &str| {
        let fault = Diagnostic::at(routes.span.clone(), message);
        Err(vec![fault.label(label).help(help)])
    };
    let example = "Begin every route with a dash, as in `- { get: /api/records }`.";
    match &routes.value {
        Value::Sequence(elements) if elements.is_empty() => fault(
            "no route is listed".to_owned(),
            "needs at least one route",
            example,
        ),
        Value::Sequence(elements) if elements.len() > MOST => fault(
            format!("{} routes are too many for one check", elements.len()),
            &format!("expected at most {MOST}"),
            "Keep those that clients wait for most, or make a second check of the rest.",
        ),
        Value::Sequence(elements) => Ok(elements),
        _ => fault(
            format!("this is {}", routes.describe()),
            "expected a list of routes",
            example,
        ),
    }
}

/// Tells what a request must not be when it is sent again and again: one to an unknown api, or one that
/// changes something without saying that it may be repeated.
pub(crate) fn check(
    request: &RequestTemplate,
    idempotent: bool,
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) {
    if let Some(api) = &request.api
        && let Err(fault) = scope.api(api.value.as_str(), &api.span)
    {
        faults.push(fault);
    }
    if request.writes() && !idempotent {
        let message = format!(
            "{} may change something each time it is sent",
            request.method
        );
        faults.push(
            Diagnostic::at(request.span.clone(), message)
                .label("is sent hundreds of times")
                .help("Choose a route that only reads, or add `idempotent: true` if sending it again changes nothing more, as for a search. In production it is not sent even then."),
        );
    }
}

/// The number if it is within its limits; tells one that is not.
pub(crate) fn bounded(
    written: Option<&Located<u32>>,
    limits: &RangeInclusive<u32>,
    what: &str,
    faults: &mut Vec<Diagnostic>,
) -> Option<u32> {
    let number = written?;
    if limits.contains(&number.value) {
        return Some(number.value);
    }
    let (least, most) = (limits.start(), limits.end());
    let message = format!("{} is no {what} here", number.value);
    faults.push(
        Diagnostic::at(number.span.clone(), message)
            .label(format!("expected a number from {least} to {most}")),
    );
    None
}

/// Every template of these requests.
pub(crate) fn templates<'r>(
    requests: impl IntoIterator<Item = &'r RequestTemplate>,
) -> Vec<Template> {
    let requests = requests.into_iter();
    requests.flat_map(RequestTemplate::templates).collect()
}

/// Tells routes of the same name: what is measured of each could not be told apart.
pub(crate) fn distinct<'r>(
    requests: impl IntoIterator<Item = &'r RequestTemplate>,
    faults: &mut Vec<Diagnostic>,
) {
    let mut seen = BTreeSet::new();
    for request in requests {
        if !seen.insert(request.name()) {
            let message = format!("{} is named twice", request.name());
            faults.push(Diagnostic::at(request.span.clone(), message).label("expected once"));
        }
    }
}

/// A request to be sent many times, in a session.
///
/// # Errors
/// The first reference without a value, or file that cannot be read.
pub(crate) fn render(
    template: &RequestTemplate,
    context: &Context,
    session: Option<SessionId>,
) -> Result<Request, CheckError> {
    let scope = Scope::new(context.values().clone(), context.secrets().clone());
    let cause = context.cause(&template.span);
    let rendered = template.render(&scope, &**context.files()?, cause);
    let mut request =
        rendered.map_err(|error| CheckError::from(error).at(template.span.location()))?;
    request.purpose = Purpose::Load;
    request.session = session;
    Ok(request)
}

/// The schema of a whole number within limits.
pub(crate) fn number(limits: &RangeInclusive<u32>, description: &str) -> Json {
    json!({
        "type": "integer",
        "minimum": limits.start(),
        "maximum": limits.end(),
        "description": description,
    })
}

/// Schemas by key.
type Properties = Vec<(&'static str, Json)>;

/// The schema of a check of routes: `check` are its own properties, and `route` those of a route beside its
/// request.
pub(crate) fn schema(description: &str, check: Properties, route: Properties) -> Json {
    let keyed = |(key, schema): (&str, Json)| (key.to_owned(), schema);
    let check: Map<String, Json> = check.into_iter().map(keyed).collect();
    let mut of_route = schema::properties();
    of_route.extend(route.into_iter().map(keyed));
    let mut short = of_route.clone();
    short.extend(check.clone());
    let mut long = check.clone();
    long.insert(
        TIMEOUT.to_owned(),
        schema::period("How long one request may take; 10s when absent."),
    );
    long.insert(
        ROUTES.to_owned(),
        json!({
            "type": "array",
            "description": "What is measured, interleaved.",
            "minItems": 1,
            "maxItems": MOST,
            "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": of_route,
                "oneOf": schema::one_method(),
            },
        }),
    );
    json!({
        "type": "object",
        "description": description,
        "anyOf": [
            { "additionalProperties": false, "properties": short, "oneOf": schema::one_method() },
            { "additionalProperties": false, "required": [ROUTES], "properties": long },
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::node;

    fn names(text: &str) -> Result<Vec<String>, Vec<String>> {
        let (routes, _) = split(&node(text), |key| key == "idempotent")
            .map_err(|faults| faults.into_iter().map(|fault| fault.message))
            .map_err(Iterator::collect::<Vec<_>>)?;
        Ok(routes.iter().map(|route| route.request.name()).collect())
    }

    #[test]
    fn one_route_and_several_are_read() {
        let short = "{ post: /search, json: { q: paint }, idempotent: true, rate: 5 }";
        assert_eq!(names(short).unwrap(), ["POST /search"]);
        let (routes, rest) = split(&node(short), |key| key == "idempotent").unwrap();
        assert!(routes[0].rest.get("idempotent").is_some());
        assert!(rest.get("rate").is_some() && rest.get("json").is_none());
        let long = "{ routes: [{ get: /a, timeout: 3s }, { get: /b }], rate: 5, timeout: 20s }";
        assert_eq!(names(long).unwrap(), ["GET /a", "GET /b"]);
        let timeouts = |text: &str| {
            let (routes, _) = split(&node(text), |_| false).unwrap();
            let timeouts = routes.iter().map(|route| route.request.timeout.unwrap().0);
            timeouts
                .map(|timeout| timeout.as_secs())
                .collect::<Vec<_>>()
        };
        assert_eq!(timeouts(long), [3, 20]);
        assert_eq!(timeouts("{ get: /a }"), [10]);
    }

    #[test]
    fn no_route_and_both_forms_at_once_are_told() {
        for (text, expected) in [
            ("{ rate: 5 }", "no method"),
            ("{ routes: [] }", "no route is listed"),
            (
                "{ routes: [{ get: /a }], get: /b }",
                "`get` stands beside `routes:`",
            ),
            ("{ routes: [{ rate: 5 }] }", "no method"),
            ("7", "this is"),
        ] {
            let faults = names(text).unwrap_err();
            assert!(faults[0].contains(expected), "{text}: {faults:?}");
        }
    }
}
