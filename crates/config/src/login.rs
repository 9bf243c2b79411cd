//! Logins: requests that log in, and what is captured on the way.

use serde::Deserialize;
use serde_json_path::JsonPath;
use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_core::gate::{CaptureSource, Login, LoginStep};
use tidegate_core::json_path::is_too_deep;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::{Template, is_value_name};

use crate::environments::no_captures;
use crate::faults::{Faults, head, wrong_type};
use crate::schema::parts;

/// The name of the one-time password inside a login.
const TOTP: &str = "totp";

/// The keys of a login beside its request.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawLogin {
    /// The requests in order, when it takes more than one.
    #[schemars(schema_with = "parts::login_steps")]
    #[serde(default)]
    steps: Option<Node>,
    /// What later steps and `header:` need, by name: a JSONPath, or one of jsonpath, regex, header and cookie.
    #[schemars(schema_with = "parts::captures")]
    #[serde(default)]
    capture: Option<Node>,
    /// The JSONPath of the token in the last answer; it is sent as `Authorization: Bearer`.
    #[schemars(with = "String")]
    #[serde(default)]
    bearer: Option<Located<String>>,
    /// A header to send with every request, as in `{ X-Auth: "${token}" }`.
    #[schemars(schema_with = "parts::one_pair")]
    #[serde(default)]
    header: Option<Entries<Template>>,
    /// The base32 secret of a one-time password (RFC 6238), which requests name as `${totp}`.
    #[schemars(schema_with = "parts::scalar")]
    #[serde(default)]
    totp: Option<Template>,
}

/// The keys of a step of a login beside its request.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawStep {
    /// What later steps and `header:` need, by name.
    #[schemars(schema_with = "parts::captures")]
    #[serde(default)]
    capture: Option<Node>,
}

/// Where a capture comes from; exactly one key.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawCapture {
    /// A JSONPath (RFC 9535) in the body; the first node.
    #[schemars(with = "String")]
    #[serde(default)]
    jsonpath: Option<Located<String>>,
    /// A regular expression over the body; the first group.
    #[schemars(with = "String")]
    #[serde(default)]
    regex: Option<Located<String>>,
    /// A header.
    #[serde(default)]
    header: Option<String>,
    /// A cookie.
    #[serde(default)]
    cookie: Option<String>,
}

/// Reads a login of one request or of several.
pub(crate) fn read(node: &Node, faults: &mut Faults) -> Option<Login> {
    let (raw, steps) = if node.get("steps").is_some() {
        several(node, faults)
    } else {
        single(node, faults)?
    };
    let mut known: Vec<&str> = BUILT_IN.to_vec();
    if let Some(secret) = &raw.totp {
        no_captures(secret, faults);
        known.push(TOTP);
    }
    for step in &steps {
        step.request
            .templates()
            .iter()
            .for_each(|template| captured(template, &known, faults));
        known.extend(step.capture.iter().map(|(name, _)| name.as_str()));
    }
    if let Some(path) = &raw.bearer {
        check_path(path, faults);
    }
    let header = raw
        .header
        .and_then(|entries| one_header(node, entries, &known, faults));
    Some(Login {
        steps,
        bearer: raw.bearer,
        header,
        totp: raw.totp,
    })
}

fn single(node: &Node, faults: &mut Faults) -> Option<(RawLogin, Vec<LoginStep>)> {
    let (request, rest) = faults.take(RequestTemplate::take(node))?;
    let raw: RawLogin = faults.read_fields(&rest, &request_keys());
    let capture = captures(raw.capture.as_ref(), faults);
    Some((raw, vec![LoginStep { request, capture }]))
}

fn several(node: &Node, faults: &mut Faults) -> (RawLogin, Vec<LoginStep>) {
    let raw: RawLogin = faults.read_fields(node, &[]);
    if let Some(capture) = &raw.capture {
        faults.push(
            Diagnostic::at(
                head(capture),
                "a login of several steps captures in its steps",
            )
            .label("belongs into a step"),
        );
    }
    let steps = match raw.steps.as_ref().map(|steps| (steps, &steps.value)) {
        Some((_, Value::Sequence(elements))) if !elements.is_empty() => elements
            .iter()
            .filter_map(|element| step(element, faults))
            .collect(),
        Some((node, _)) => {
            faults.push(wrong_type(node, "a list of requests"));
            Vec::new()
        }
        None => Vec::new(),
    };
    (raw, steps)
}

fn step(node: &Node, faults: &mut Faults) -> Option<LoginStep> {
    let (request, rest) = faults.take(RequestTemplate::take(node))?;
    let raw: RawStep = faults.read_fields(&rest, &request_keys());
    let capture = captures(raw.capture.as_ref(), faults);
    Some(LoginStep { request, capture })
}

fn captures(section: Option<&Node>, faults: &mut Faults) -> Vec<(String, Located<CaptureSource>)> {
    let Some(section) = section else {
        return Vec::new();
    };
    if !matches!(section.value, Value::Map(_)) {
        faults.push(wrong_type(section, "a map with a name before each source"));
    }
    section
        .entries()
        .iter()
        .filter_map(|(key, node)| {
            capture_name(key, faults);
            let value = source(node, faults)?;
            let span = node.span.clone();
            Some((key.text.clone(), Located { value, span }))
        })
        .collect()
}

fn capture_name(key: &Key, faults: &mut Faults) {
    let name = key.text.as_str();
    let fault = Diagnostic::at(key.span.clone(), format!("`{name}` cannot name a capture"));
    if BUILT_IN.contains(&name) || name == TOTP {
        faults.push(
            fault
                .label("a built-in value has this name")
                .help("Choose another name."),
        );
    } else if !is_value_name(name) {
        faults.push(
            fault
                .label("small letters, digits, `-` and `_` only")
                .help("Capitals are for variables of the environment."),
        );
    }
}

fn source(node: &Node, faults: &mut Faults) -> Option<CaptureSource> {
    if node.text().is_some() {
        let path: Located<String> = faults.take(node.read())?;
        check_path(&path, faults);
        return Some(CaptureSource::JsonPath(path.value));
    }
    let raw: RawCapture = faults.read_fields(node, &[]);
    if let Some(path) = &raw.jsonpath {
        check_path(path, faults);
    }
    if let Some(pattern) = &raw.regex {
        check_pattern(pattern, faults);
    }
    let mut named = [
        raw.jsonpath.map(|path| CaptureSource::JsonPath(path.value)),
        raw.regex.map(|pattern| CaptureSource::Regex(pattern.value)),
        raw.header.map(CaptureSource::Header),
        raw.cookie.map(CaptureSource::Cookie),
    ]
    .into_iter()
    .flatten();
    match (named.next(), named.next()) {
        (Some(source), None) => Some(source),
        _ => {
            if node.entries().len() != 1 {
                faults.push(
                    Diagnostic::at(head(node), "a capture comes from exactly one source")
                        .label("needs one of jsonpath, regex, header, cookie"),
                );
            }
            None
        }
    }
}

fn check_path(path: &Located<String>, faults: &mut Faults) {
    if is_too_deep(&path.value) || JsonPath::parse(&path.value).is_err() {
        faults.push(
            Diagnostic::at(path.span.clone(), "this is not a JSONPath")
                .label("expected a path as in `$.token`")
                .help("A JSONPath (RFC 9535) starts with `$`, as in $.data.items[0].id."),
        );
    }
}

fn check_pattern(pattern: &Located<String>, faults: &mut Faults) {
    let fault = match regex::Regex::new(&pattern.value) {
        Ok(regex) if regex.captures_len() > 1 => return,
        Ok(_) => Diagnostic::at(pattern.span.clone(), "this pattern has no group")
            .label("needs `(…)` around what is captured"),
        Err(error) => {
            let text = error.to_string();
            let reason = text
                .lines()
                .last()
                .unwrap_or("")
                .trim_start_matches("error: ")
                .to_owned();
            Diagnostic::at(
                pattern.span.clone(),
                format!("this is not a regular expression: {reason}"),
            )
        }
    };
    faults.push(fault.help("As in `name=\"csrf\" value=\"([^\"]+)\"`."));
}

fn one_header(
    node: &Node,
    entries: Entries<Template>,
    known: &[&str],
    faults: &mut Faults,
) -> Option<(String, Template)> {
    let mut pairs = entries.0.into_iter();
    let (Some((name, value)), None) = (pairs.next(), pairs.next()) else {
        let place = node.get("header").unwrap_or(node);
        faults.push(
            Diagnostic::at(head(place), "a login gives exactly one header")
                .label("needs one name and value"),
        );
        return None;
    };
    captured(&value, known, faults);
    Some((name.value, value))
}

/// Tells every reference that nothing before it captures.
fn captured(template: &Template, known: &[&str], faults: &mut Faults) {
    for name in template.values().filter(|name| !known.contains(name)) {
        let fault = Diagnostic::new(format!("nothing before this captures `{name}`"));
        let fault = match (name, nearest(name, known)) {
            (TOTP, _) => {
                fault.help("Add `totp:` with the secret of the one-time password to the login.")
            }
            (_, Some(near)) => fault.label(format!("did you mean `{near}`?")),
            (_, None) => fault.label("has no value").help(format!(
                "Add `capture: {{ {name}: … }}` to an earlier step."
            )),
        };
        faults.push(Diagnostic {
            span: template.span().cloned(),
            ..fault
        });
    }
}
