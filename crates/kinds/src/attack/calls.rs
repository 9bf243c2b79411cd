//! One request, or several in a row of which later ones use what earlier ones brought: a form is read
//! before it is sent.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::Http;
use tidegate_core::ports::http::{Response, SessionId};
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::Scope;
use tidegate_core::template::Template;

use crate::expect::{Capture, Received, parse_captures};
use crate::flow::{no_look, references, take};

/// A request, and what is taken from its answer.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The request.
    pub(crate) request: RequestTemplate,
    captures: Vec<Capture>,
}

/// Requests in order; there is at least one.
#[derive(Debug, Clone)]
pub(crate) struct Calls {
    before: Vec<Call>,
    last: Call,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    capture: Option<Node>,
}

impl Call {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let raw: Raw = rest.read_beside(&request_keys())?;
        let captures = raw.capture.as_ref().map(parse_captures).transpose()?;
        Ok(Self {
            request,
            captures: captures.unwrap_or_default(),
        })
    }

    /// Keeps what later requests need of its answer.
    pub(crate) fn keep(
        &self,
        response: &Response,
        http: &dyn Http,
        session: SessionId,
        scope: &mut Scope,
    ) {
        let jar = || http.cookies(session);
        let received = Received::new(response, &jar);
        for capture in &self.captures {
            if let Some(value) = capture.take(&received) {
                scope.capture(capture.name.clone(), value);
            }
        }
    }
}

impl Calls {
    /// Reads a request, or a list of them; `known` names the values that they may use.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(
        node: &Node,
        scope: &ParseScope<'_>,
        known: &[&str],
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut before = match &node.value {
            Value::Sequence(steps) => gather(steps.iter().map(|step| Call::parse(step, scope)))?,
            _ => vec![Call::parse(node, scope)?],
        };
        let Some(last) = before.pop() else {
            return Err(vec![
                Diagnostic::at(node.span.clone(), "no request is named")
                    .label("needs at least one request, as in `{ post: /api/logout }`"),
            ]);
        };
        let calls = Self { before, last };
        let mut known = known.to_vec();
        let mut faults = Vec::new();
        for call in calls.all() {
            references::unknown(&call.request.templates(), &known, &mut faults);
            known.extend(call.captures.iter().map(|capture| capture.name.as_str()));
        }
        if faults.is_empty() {
            Ok(calls)
        } else {
            Err(faults)
        }
    }

    /// All of them in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Call> {
        self.before.iter().chain([&self.last])
    }

    /// Those that lead to the last one.
    pub(crate) fn before(&self) -> &[Call] {
        &self.before
    }

    /// The request that it is about, which is the last one.
    pub(crate) fn request(&self) -> &RequestTemplate {
        &self.last.request
    }

    /// The requests in order.
    pub(crate) fn requests(&self) -> impl Iterator<Item = &RequestTemplate> {
        self.all().map(|call| &call.request)
    }

    /// The request that it is about as a person names it.
    pub(crate) fn name(&self) -> String {
        self.request().name()
    }

    /// Every template in them.
    pub(crate) fn templates(&self) -> Vec<Template> {
        self.requests()
            .flat_map(RequestTemplate::templates)
            .collect()
    }
}

/// A request with nothing beside it.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn plain(
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<RequestTemplate, Vec<Diagnostic>> {
    #[derive(Deserialize)]
    struct Nothing {}
    let (request, rest) = take(node, scope)?;
    let _: Nothing = rest.read_beside(&request_keys())?;
    Ok(request)
}

/// A request: a path for the method that is meant, or a map with the keys of a request.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn short(
    node: &Node,
    scope: &ParseScope<'_>,
    method: &str,
) -> Result<RequestTemplate, Vec<Diagnostic>> {
    plain(&whole(node, method), scope)
}

/// A request that only looks: a path, or a map with the keys of a GET.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn look(
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<RequestTemplate, Vec<Diagnostic>> {
    let request = short(node, scope, "get")?;
    no_look(&request).map_or(Ok(request), |fault| Err(vec![fault]))
}

/// A path alone as a request of this method; anything else as it is.
pub(crate) fn whole(node: &Node, method: &str) -> Node {
    if node.text().is_none() {
        return node.clone();
    }
    let key = Key {
        text: method.to_owned(),
        span: node.span.clone(),
    };
    Node::new(Value::Map(vec![(key, node.clone())]), node.span.clone())
}

/// Their JSON Schema (draft-07).
pub(crate) mod schema {
    use serde_json::{Map, Value, json};
    use tidegate_core::request::schema::{one_method, properties};

    use crate::expect;

    /// A request with more keys beside its own.
    pub(crate) fn request(description: &str, more: &[(&str, Value)]) -> Value {
        let mut all: Map<String, Value> = properties();
        let more = more.iter();
        all.extend(more.map(|(key, value)| ((*key).to_owned(), value.clone())));
        json!({
            "type": "object",
            "description": description,
            "additionalProperties": false,
            "oneOf": one_method(),
            "properties": all,
        })
    }

    /// A request, or several in a row.
    pub(crate) fn calls(description: &str) -> Value {
        let call = request(description, &[("capture", expect::schema::captures())]);
        json!({
            "description": description,
            "anyOf": [
                call,
                {
                    "type": "array",
                    "description": "Several requests in a row; later ones use what earlier ones captured.",
                    "minItems": 1,
                    "items": call,
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use tidegate_core::gate::EnvironmentKind;
    use tidegate_core::name::CheckId;

    use super::*;
    use crate::testing::node;

    fn parse(text: &str) -> Result<Calls, Vec<String>> {
        let node = node(text);
        let id = CheckId::from("tokens");
        let scope = ParseScope {
            id: &id,
            span: &node.span,
            identities: &[],
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: None,
            openapi: None,
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        };
        Calls::parse(&node, &scope, &["user"])
            .map_err(|faults| faults.into_iter().map(|fault| fault.message).collect())
    }

    #[test]
    fn one_request_and_several_are_read() {
        let one = parse("{ post: /logout, form: { name: '${user}' } }").unwrap();
        assert_eq!(
            (one.name().as_str(), one.before().len()),
            ("POST /logout", 0)
        );
        let form = "
- { get: /login, capture: { csrf: $.csrf } }
- { post: /logout, form: { csrf: '${csrf}' } }
";
        let several = parse(form).unwrap();
        assert_eq!(
            (several.name().as_str(), several.before().len()),
            ("POST /logout", 1)
        );
        assert_eq!(several.requests().count(), 2);
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, expected) in [
            ("[]", "no request is named"),
            ("{ post: /logout, form: { csrf: '${csrf}' } }", "csrf"),
            ("{ post: /logout, expect: 200 }", "expect"),
            ("{ post: /logout, on: db }", "db"),
        ] {
            let faults = parse(text).unwrap_err();
            assert!(
                faults.iter().any(|fault| fault.contains(expected)),
                "{text}: {faults:?}"
            );
        }
    }
}
