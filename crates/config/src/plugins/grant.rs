//! `grant:` of a plugin: what it may do, of what it asks for.

use std::collections::BTreeSet;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::node::{Node, Value};
use tidegate_core::plugin::{Access, Destination, Grant, GrantedSecret};
use tidegate_core::span::Span;
use tidegate_core::template::is_variable_name;

use super::origin::{is_private, origin};
use crate::faults::{Faults, head};
use crate::schema::parts;

/// What a secret's destination begins with when it is an api.
const API: &str = "api:";

/// What a plugin may do, of what it asks for.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(super) struct RawGrant {
    /// Requests to the environment under test: `read` lets it send GET, HEAD and OPTIONS, `write` every method.
    #[schemars(schema_with = "parts::access")]
    #[serde(default)]
    target: Option<Access>,
    /// The entries under `apis:` that it may send requests to.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    apis: Option<Node>,
    /// Other origins that it may send requests to, as in `https://api.stripe.com`.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    hosts: Option<Node>,
    /// Secrets that are put into its headers when they are sent, each with where it may be sent: `target`, `api:NAME`
    /// or one of `hosts`. The plugin never sees the value.
    #[schemars(schema_with = "parts::secrets")]
    #[serde(default)]
    secrets: Entries<Node>,
    /// Globs of the project's files that it may read, as in `exports/**/*.csv`.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    files: Option<Node>,
    /// Whether it may read what other checks sent and received.
    #[serde(default)]
    recorded: bool,
    /// Identities that its requests may be sent as, beside the check's own `as:`.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    identities: Option<Node>,
}

/// What a gate file declares that a grant may name.
#[derive(Default)]
pub(super) struct Around<'r> {
    apis: BTreeSet<&'r str>,
    identities: BTreeSet<&'r str>,
    variables: BTreeSet<&'r str>,
}

impl<'r> Around<'r> {
    /// The names in a whole gate file, in any of its environments.
    pub(super) fn of(root: &'r Node) -> Self {
        let environments = root.get("environments").map_or(&[][..], Node::entries);
        let names = |key: &'static str| {
            let inner = environments
                .iter()
                .filter_map(move |(_, node)| node.get(key));
            let sections = root.get(key).into_iter().chain(inner);
            let entries = sections.flat_map(Node::entries);
            entries.map(|(key, _)| key.text.as_str()).collect()
        };
        let people = root.get("identities").map_or(&[][..], Node::entries);
        Self {
            apis: names("apis"),
            variables: names("variables"),
            identities: people.iter().map(|(key, _)| key.text.as_str()).collect(),
        }
    }
}

/// Reads `grant:`; what is wrong is left out.
pub(super) fn read(node: &Node, around: &Around<'_>, faults: &mut Faults) -> Grant {
    let raw: RawGrant = faults.read_fields(node, &[]);
    let mut grant = Grant {
        span: Some(head(node)),
        target: raw.target,
        recorded: raw.recorded,
        ..Grant::default()
    };
    for name in names(raw.apis.as_ref(), "api", &around.apis, faults) {
        grant.apis.push(ApiName::new(name));
    }
    for name in names(
        raw.identities.as_ref(),
        "identity",
        &around.identities,
        faults,
    ) {
        grant.identities.push(IdentityName::new(name));
    }
    for host in each(raw.hosts.as_ref(), faults) {
        match origin(&host) {
            Ok(value) if grant.hosts.iter().any(|known| known.value == value) => {
                faults.push(twice(host.span, &value));
            }
            Ok(value) => grant.hosts.push(Located {
                value,
                span: host.span,
            }),
            Err(fault) => faults.push(fault),
        }
    }
    for glob in each(raw.files.as_ref(), faults) {
        match is_inside(&glob.value) {
            true => grant.files.push(glob),
            false => faults.push(
                Diagnostic::at(glob.span, "this is no glob of the project's files")
                    .label("expected a path from the folder of the gate file, with `/`")
                    .help("Write it as in `exports/**/*.csv`."),
            ),
        }
    }
    for (name, places) in raw.secrets.0 {
        let secret = secret(name, &places, &grant, around, faults);
        grant.secrets.extend(secret);
    }
    grant
}

/// The texts of a list, or the one that stands in its place.
fn each(node: Option<&Node>, faults: &mut Faults) -> Vec<Located<String>> {
    let read = node.and_then(|node| faults.take(node.read_each()));
    read.unwrap_or_default()
}

/// Names that must be declared.
fn names(
    node: Option<&Node>,
    what: &str,
    known: &BTreeSet<&str>,
    faults: &mut Faults,
) -> Vec<String> {
    let mut read: Vec<String> = Vec::new();
    for name in each(node, faults) {
        if !known.contains(name.value.as_str()) {
            let known: Vec<&str> = known.iter().copied().collect();
            faults.push(Diagnostic::unknown(name.span, what, &name.value, &known));
        } else if read.contains(&name.value) {
            faults.push(twice(name.span, &name.value));
        } else {
            read.push(name.value);
        }
    }
    read
}

fn twice(span: Span, name: &str) -> Diagnostic {
    Diagnostic::at(span, format!("`{name}` is granted twice")).help("Remove one of them.")
}

/// Whether a glob stays inside the project.
fn is_inside(glob: &str) -> bool {
    let plain = !glob.is_empty() && !glob.starts_with('/') && !glob.contains(['\\', ':']);
    plain && !glob.contains(char::is_control) && glob.split('/').all(|part| part != "..")
}

fn secret(
    name: Located<String>,
    places: &Node,
    grant: &Grant,
    around: &Around<'_>,
    faults: &mut Faults,
) -> Option<GrantedSecret> {
    if !is_variable_name(&name.value) {
        faults.push(
            Diagnostic::at(name.span, format!("`{}` cannot name a secret", name.value))
                .label("capital letters, digits and `_` only")
                .help("Write the name of the variable of the environment, as in `STRIPE_KEY`."),
        );
        return None;
    }
    if around.variables.contains(name.value.as_str()) {
        faults.push(
            Diagnostic::at(name.span, format!("`{}` is no secret", name.value))
                .label("declared as a plain variable")
                .help("Take it out of `variables:`, so that its value is hidden everywhere."),
        );
        return None;
    }
    if matches!(&places.value, Value::Sequence(places) if places.is_empty()) {
        faults.push(
            Diagnostic::at(name.span, format!("`{}` may be sent nowhere", name.value))
                .label("needs a destination")
                .help("Write `target`, `api:NAME` or one of `hosts`."),
        );
        return None;
    }
    let to: Vec<Destination> = each(Some(places), faults)
        .iter()
        .filter_map(|place| destination(place, grant, faults))
        .collect();
    (!to.is_empty()).then_some(GrantedSecret { name, to })
}

/// Where a secret may be sent, when the plugin may send anything there.
fn destination(place: &Located<String>, grant: &Grant, faults: &mut Faults) -> Option<Destination> {
    let refused = |label: &str, help: String| {
        Diagnostic::at(
            place.span.clone(),
            format!("no secret can be sent to `{}`", place.value),
        )
        .label(label)
        .help(help)
    };
    let read = match place.value.as_str() {
        "target" if grant.target.is_some() => Ok(Destination::Target),
        "target" => Err(refused(
            "the plugin may send nothing to the environment",
            "Grant `target: read` or `target: write`, too.".to_owned(),
        )),
        text if text.starts_with(API) => {
            let name = text.strip_prefix(API).unwrap_or_default();
            match grant.apis.iter().find(|api| api.as_str() == name) {
                Some(api) => Ok(Destination::Api(api.clone())),
                None => Err(refused(
                    "the plugin may send nothing to this api",
                    format!("Grant `apis: [{name}]`, too."),
                )),
            }
        }
        _ => match origin(place) {
            Err(_) => Err(refused(
                "expected `target`, `api:NAME` or one of `hosts`",
                "Write it as in `STRIPE_KEY: https://api.stripe.com`.".to_owned(),
            )),
            Ok(host) if !is_private(&host) => Err(refused(
                "anybody on the way there could read it",
                "Use an address that begins with https://.".to_owned(),
            )),
            Ok(host) if grant.hosts.iter().all(|known| known.value != host) => Err(refused(
                "the plugin may send nothing to this host",
                format!("Grant `hosts: [{host}]`, too."),
            )),
            Ok(host) => Ok(Destination::Host(host)),
        },
    };
    faults.take(read.map_err(|fault| vec![fault]))
}
