//! The routes of a check that takes times: one in the short form, or several under `routes:`.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tidegate_core::check::{Context, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::node::{Node, Value};
use tidegate_core::ports::Files;
use tidegate_core::ports::http::{Purpose, Request, SessionId};
use tidegate_core::request::{METHOD_KEYS, REQUEST_KEYS, RenderError, RequestTemplate, schema};
use tidegate_core::scope::{BUILT_IN, Scope};
use tidegate_core::template::Template;

use crate::flow::references;

/// The key of the long form.
const ROUTES: &str = "routes";

/// A route as it is written, and the rest of its keys.
pub(crate) struct Written {
    /// The request.
    pub(crate) request: RequestTemplate,
    /// What else stands beside it: the keys of the route.
    pub(crate) rest: Node,
}

/// Takes the routes out of a check's config; what is left are the check's own keys.
///
/// `own` are the keys that a route may have beside those of its request; in the short form they stand
/// among the check's.
///
/// # Errors
/// When there is no route, both forms are mixed, or a request is none.
pub(crate) fn split(node: &Node, own: &[&str]) -> Result<(Vec<Written>, Node), Vec<Diagnostic>> {
    let Value::Map(entries) = &node.value else {
        return Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a map with a route, as in { get: /api/records }"),
        ]);
    };
    match entries.iter().find(|(key, _)| key.text == ROUTES) {
        Some((key, routes)) => {
            let stray = entries.iter().find(|(key, _)| is_request(&key.text));
            if let Some((stray, _)) = stray {
                return Err(vec![
                    Diagnostic::at(stray.span.clone(), "a route beside `routes:`")
                        .label("expected under `routes:`")
                        .help("Put every route into the list, or take `routes:` out."),
                ]);
            }
            let rest = entries.iter().filter(|(other, _)| other.text != ROUTES);
            let rest = Node::new(Value::Map(rest.cloned().collect()), node.span.clone());
            Ok((listed(routes, &key.span)?, rest))
        }
        None => short(entries, node, own),
    }
}

fn is_request(key: &str) -> bool {
    METHOD_KEYS.contains(&key) || REQUEST_KEYS.contains(&key)
}

fn short(
    entries: &[(tidegate_core::node::Key, Node)],
    node: &Node,
    own: &[&str],
) -> Result<(Vec<Written>, Node), Vec<Diagnostic>> {
    let of_route = |key: &str| is_request(key) || own.contains(&key);
    let (route, rest): (Vec<_>, Vec<_>) = entries
        .iter()
        .cloned()
        .partition(|(key, _)| of_route(&key.text));
    let route = Node::new(Value::Map(route), node.span.clone());
    let (request, of_route) = RequestTemplate::take(&route)?;
    let written = Written {
        request,
        rest: of_route,
    };
    let rest = Node::new(Value::Map(rest), node.span.clone());
    Ok((vec![written], rest))
}

fn listed(routes: &Node, key: &tidegate_core::span::Span) -> Result<Vec<Written>, Vec<Diagnostic>> {
    let routes: Vec<Node> = routes.read_each()?;
    if routes.is_empty() {
        return Err(vec![
            Diagnostic::at(key.clone(), "no route is named").label("needs one at least"),
        ]);
    }
    let mut faults = Vec::new();
    let mut read = Vec::new();
    for route in &routes {
        match RequestTemplate::take(route) {
            Ok((request, rest)) => read.push(Written { request, rest }),
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(faults)
    }
}

/// Tells what a request must not be when it is sent again and again: one that changes something without
/// saying that it may be repeated, or at all in production, and one with a value that nothing has.
pub(crate) fn check(
    request: &RequestTemplate,
    idempotent: bool,
    places: &[EnvironmentKind],
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) {
    references::unknown(&request.templates(), BUILT_IN, faults);
    if let Some(api) = &request.api
        && let Err(fault) = scope.api(api.value.as_str(), &api.span)
    {
        faults.push(fault);
    }
    let at = |message: String| Diagnostic::at(request.span.clone(), message);
    if request.writes() && !idempotent {
        faults.push(
            at(format!("{} may change something each time it is sent", request.method))
                .label("sent many times")
                .help("Choose a route that only reads, or say that sending it again changes nothing more: `idempotent: true`."),
        );
    } else if request.writes() && places.iter().any(|place| !place.writable()) {
        faults.push(
            at(format!("{} is not sent to production", request.method))
                .label("production is only read")
                .help("Measure it in another environment: `when: { environment: [preview] }`."),
        );
    }
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
    files: &dyn Files,
    session: Option<SessionId>,
) -> Result<Request, RenderError> {
    let scope = Scope::new(context.values().clone(), context.secrets().clone());
    let mut request = template.render(&scope, files, context.cause(&template.span))?;
    request.purpose = Purpose::Load;
    request.session = session;
    Ok(request)
}

/// The schema of a check of routes: `check` are its own properties, `route` those of a route, each a map
/// of JSON Schemas.
pub(crate) fn schema(description: &str, check: Json, route: Json) -> Json {
    let mut of_route = schema::properties();
    of_route.extend(route.as_object().cloned().unwrap_or_default());
    let mut all = of_route.clone();
    all.extend(check.as_object().cloned().unwrap_or_default());
    all.insert(
        ROUTES.to_owned(),
        json!({
            "type": "array",
            "minItems": 1,
            "description": "The routes, where there are several.",
            "items": {
                "type": "object",
                "additionalProperties": false,
                "properties": of_route,
                "oneOf": schema::one_method(),
            },
        }),
    );
    let mut ways = schema::one_method();
    if let Json::Array(ways) = &mut ways {
        ways.push(json!({ "required": [ROUTES] }));
    }
    json!({
        "type": "object",
        "description": description,
        "additionalProperties": false,
        "properties": all,
        "oneOf": ways,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::node;

    fn names(text: &str) -> Result<Vec<String>, Vec<String>> {
        let (routes, _) = split(&node(text), &["idempotent"])
            .map_err(|faults| faults.into_iter().map(|fault| fault.message))
            .map_err(Iterator::collect::<Vec<_>>)?;
        Ok(routes.iter().map(|route| route.request.name()).collect())
    }

    #[test]
    fn one_route_and_several_are_read() {
        let short = "{ post: /search, json: { q: paint }, idempotent: true, rate: 5 }";
        assert_eq!(names(short).unwrap(), ["POST /search"]);
        let (routes, rest) = split(&node(short), &["idempotent"]).unwrap();
        assert!(routes[0].rest.get("idempotent").is_some());
        assert!(rest.get("rate").is_some() && rest.get("json").is_none());
        let long = "{ routes: [{ get: /a }, { get: /b }], rate: 5 }";
        assert_eq!(names(long).unwrap(), ["GET /a", "GET /b"]);
    }

    #[test]
    fn no_route_and_both_forms_at_once_are_told() {
        for (text, expected) in [
            ("{ rate: 5 }", "no method"),
            ("{ routes: [] }", "no route is named"),
            (
                "{ routes: [{ get: /a }], get: /b }",
                "a route beside `routes:`",
            ),
            ("{ routes: [{ rate: 5 }] }", "no method"),
            ("7", "this is"),
        ] {
            let faults = names(text).unwrap_err();
            assert!(faults[0].contains(expected), "{text}: {faults:?}");
        }
    }
}
