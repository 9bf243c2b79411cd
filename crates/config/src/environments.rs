//! Environments and apis: which one is meant, where it is, and whether it may be written to.

mod address;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Api, Environment, EnvironmentKind, Start};
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::ApiName;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::template::Template;

use crate::faults::{Faults, head};
use crate::load::GivenUrl;
use crate::overlay::merge;
use crate::schema::parts;
use crate::variables::Variables;
use address::Address;

/// How long a candidate may take to be ready when the gate file does not say.
const READY_WITHIN: Period = Period(std::time::Duration::from_secs(60));

/// An environment: a place the portal runs at.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawEnvironment {
    /// What sort of place it is; only preview, staging and local may be written to. Without it, an
    /// address on this machine is local and anything else is production.
    #[schemars(schema_with = "parts::environment_kind")]
    #[serde(default)]
    kind: Option<EnvironmentKind>,
    /// Its address, as in `https://portal.example.com` or `${PREVIEW_URL}`.
    #[schemars(with = "String")]
    url: Option<Node>,
    /// Headers sent to its own origin with every request.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    headers: Entries<Template>,
    /// What differs here from the `apis:` of the gate file, by name.
    #[schemars(schema_with = "parts::apis")]
    #[serde(default)]
    apis: Option<Node>,
    /// How the gate starts the candidate itself.
    #[schemars(with = "RawStart")]
    #[serde(default)]
    start: Option<Node>,
    /// The path of a PEM file with the authority that signed its certificate.
    #[serde(default)]
    ca: Option<String>,
    /// The most requests a second the gate sends there in all.
    #[schemars(schema_with = "parts::positive")]
    #[serde(default)]
    rate: Option<Located<u32>>,
    /// What differs here in checks, by id: maps merge, anything else replaces, `off` takes a check out.
    #[schemars(schema_with = "parts::overlays")]
    #[serde(default, rename = "checks")]
    _checks: Option<Node>,
    /// Values of plain variables here.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default, rename = "variables")]
    _variables: Option<Node>,
}

/// Another origin the portal talks to; a request names it with `on:`.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawApi {
    /// Its address.
    #[schemars(with = "String")]
    #[serde(default)]
    url: Option<Node>,
    /// Headers sent to this origin with every request.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    headers: Entries<Template>,
}

/// How the gate starts the candidate itself.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawStart {
    /// What the shell is given.
    #[schemars(with = "String")]
    command: Option<Located<Template>>,
    /// The folder it starts in, relative to the gate file.
    #[serde(default)]
    directory: Option<String>,
    /// Added to its environment.
    #[schemars(schema_with = "parts::pairs")]
    #[serde(default)]
    environment: Entries<Template>,
    /// A request that is answered with 2xx once the candidate is ready.
    #[schemars(schema_with = "parts::request")]
    ready: Option<Node>,
    /// How long it may take to be ready; 60s when absent.
    #[schemars(schema_with = "parts::period")]
    #[serde(default)]
    within: Option<Period>,
}

/// What was read of the chosen environment.
pub(crate) struct Place {
    /// The environment, unless something in it is wrong.
    pub(crate) environment: Option<Environment>,
    /// What sort of place it is.
    pub(crate) kind: EnvironmentKind,
    /// The declared apis.
    pub(crate) apis: Vec<ApiName>,
    /// What is odd but no error.
    pub(crate) warnings: Vec<Diagnostic>,
}

/// The environment that is meant: the one of this name, or the only one.
pub(crate) fn choose<'n>(
    all: &'n [(Key, Node)],
    wanted: Option<&str>,
    section: &Node,
    faults: &mut Faults,
) -> Option<&'n (Key, Node)> {
    let names: Vec<&str> = all.iter().map(|(key, _)| key.text.as_str()).collect();
    let listed = names.join(", ");
    let fault = match (wanted, all) {
        (_, []) => Diagnostic::at(head(section), "no environment is declared")
            .help("Add one: environments: { preview: { kind: preview, url: … } }."),
        (Some(name), _) => match all.iter().find(|(key, _)| key.text == name) {
            Some(found) => return Some(found),
            None => {
                let near = tidegate_core::diagnostic::nearest(name, &names);
                let meant = near.map_or(String::new(), |near| {
                    format!(" Did you mean `--env {near}`?")
                });
                Diagnostic::new(format!("there is no environment `{name}`"))
                    .help(format!("Declared are: {listed}.{meant}"))
            }
        },
        (None, [only]) => return Some(only),
        (None, _) => Diagnostic::new("several environments are declared")
            .help(format!("Choose one with `--env NAME`: {listed}.")),
    };
    faults.push(fault);
    None
}

/// Reads the chosen environment and holds it against the others.
pub(crate) fn read(
    chosen: &(Key, Node),
    given: Option<GivenUrl<'_>>,
    all: &[(Key, Node)],
    apis: Option<&Node>,
    variables: &mut Variables<'_>,
    faults: &mut Faults,
) -> Place {
    let (key, node) = chosen;
    let (given, refused) = admitted(given, key, node);
    let mut node = without_overlays(node);
    if given.is_some() {
        elsewhere(&mut node);
    }
    variables.resolve(&mut node, faults);
    let raw: RawEnvironment = faults.read_fields(&node, &[]);
    let url = match given {
        Some(given) => Address::given(given, faults),
        None => faults
            .required(raw.url.as_ref(), "url", &node)
            .and_then(|url| Address::read(url, faults)),
    };
    let kind = kind_of(raw.kind, url.as_ref());
    let (names, apis) = read_apis(apis, raw.apis.as_ref(), variables, faults);
    let mut place = Place {
        environment: None,
        kind,
        apis: names,
        warnings: refused.into_iter().collect(),
    };
    let others: Vec<Other> = all
        .iter()
        .filter(|(other, _)| other.text != key.text)
        .filter_map(|(other, node)| Other::read(other, node, variables, faults))
        .collect();
    if kind.writable() {
        place.guard(
            &key.text,
            url.iter().chain(apis.iter().map(|(_, address)| address)),
            &others,
        );
    }
    let start = raw.start.as_ref();
    let start = start.and_then(|node| start_of(node, &[], faults));
    let rate = raw.rate.and_then(|rate| positive(&rate, faults));
    place.environment = url.map(|url| Environment {
        name: key.text.clone(),
        kind: place.kind,
        url: url.located(),
        headers: sent(&raw.headers, faults),
        apis: apis.into_iter().map(|(api, _)| api).collect(),
        start,
        certificate_authority: raw.ca,
        rate,
    });
    place
}

impl Place {
    /// Makes a place production when one of its addresses is a production environment's.
    fn guard<'a>(&mut self, name: &str, own: impl Iterator<Item = &'a Address>, others: &[Other]) {
        let production: Vec<&Other> = others
            .iter()
            .filter(|other| !other.kind.writable())
            .collect();
        for address in own {
            let same = |other: &&&Other| {
                other
                    .address
                    .as_ref()
                    .is_some_and(|theirs| theirs.same_host(address))
            };
            let Some(other) = production.iter().find(same) else {
                continue;
            };
            self.kind = EnvironmentKind::Production;
            self.warnings.push(
                Diagnostic::at(
                    address.span().clone(),
                    format!(
                        "`{name}` points at the production environment `{}`",
                        other.name
                    ),
                )
                .label("treated as production: it is only read")
                .help(
                    "Give it an address of its own if checks shall create and change things there.",
                ),
            );
        }
        for other in production.iter().filter(|other| other.address.is_none()) {
            self.warnings.push(
                Diagnostic::at(
                    other.key.span.clone(),
                    format!("the address of the production environment `{}` is not known", other.name),
                )
                .label(format!("`{name}` cannot be held against it"))
                .help("Set its variable, or write the address here, so that a wrong address cannot make checks write to production."),
            );
        }
    }
}

/// Another environment, as far as it can be known in this run.
struct Other {
    key: Key,
    name: String,
    kind: EnvironmentKind,
    address: Option<Address>,
}

impl Other {
    /// Nothing when it has no address to compare or is told to be wrong.
    fn read(
        key: &Key,
        node: &Node,
        variables: &mut Variables<'_>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let mut node = without_overlays(node);
        let mut unset = Faults::default();
        variables.resolve(&mut node, &mut unset);
        let other = |kind, address| Self {
            key: key.clone(),
            name: key.text.clone(),
            kind,
            address,
        };
        if !unset.is_empty() {
            let kind = node.get("kind").and_then(|kind| kind.read().ok());
            return Some(other(kind.unwrap_or(EnvironmentKind::Production), None));
        }
        let raw: RawEnvironment = faults.read_fields(&node, &[]);
        let address = faults
            .required(raw.url.as_ref(), "url", &node)
            .and_then(|url| Address::read(url, faults))?;
        Some(other(kind_of(raw.kind, Some(&address)), Some(address)))
    }
}

fn kind_of(stated: Option<EnvironmentKind>, address: Option<&Address>) -> EnvironmentKind {
    match (stated, address) {
        (Some(kind), _) => kind,
        (None, Some(address)) if address.is_loopback() => EnvironmentKind::Local,
        _ => EnvironmentKind::Production,
    }
}

/// What sort of place an environment is, as far as the file alone says it.
pub(crate) fn kind_as_written(node: &Node) -> EnvironmentKind {
    let stated = node.get("kind").and_then(|kind| kind.read().ok());
    let address = || Address::read(node.get("url")?, &mut Faults::default());
    kind_of(stated, address().as_ref())
}

/// An address from outside, unless an event told it and it may not be used; then why.
///
/// An environment's headers and logins go where it is. Whoever sets the status of a deployment names
/// an address, so it is believed only where no more than a candidate's secrets can be lost.
fn admitted<'g>(
    given: Option<GivenUrl<'g>>,
    key: &Key,
    node: &Node,
) -> (Option<GivenUrl<'g>>, Option<Diagnostic>) {
    let Some(told) = given.filter(|given| !given.chosen) else {
        return (given, None);
    };
    let Some(address) = Address::given(told, &mut Faults::default()) else {
        return (given, None);
    };
    let (label, help) = if !kind_as_written(node).writable() {
        (
            "an event does not say where production is",
            "Name it with `--url` if it is right, or write `kind: preview` or `kind: staging` in the gate file.",
        )
    } else if !address.is_private() {
        (
            "expected https://, because secrets may be sent there",
            "Let the host tell an address with https://, or name this one with `--url`.",
        )
    } else {
        return (given, None);
    };
    let message = format!(
        "the event's address is not used: `{}` is looked at under its own",
        key.text
    );
    let refused = Diagnostic::at(address.span().clone(), message).label(label);
    (None, Some(refused.help(help)))
}

/// Takes out what an address from outside stands in place of: the environment's own, and how the
/// gate starts what would answer there.
fn elsewhere(node: &mut Node) {
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(key, _)| key.text != "url" && key.text != "start");
    }
}

/// The keys that are read here: overlays and variables have readers of their own.
fn without_overlays(node: &Node) -> Node {
    let mut node = node.clone();
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(key, _)| key.text != "checks" && key.text != "variables");
    }
    node
}

/// The declared names, and every api that is read without a fault.
fn read_apis(
    section: Option<&Node>,
    differing: Option<&Node>,
    variables: &mut Variables<'_>,
    faults: &mut Faults,
) -> (Vec<ApiName>, Vec<(Api, Address)>) {
    let declared = faults.named(section, "an api");
    let names: Vec<&str> = declared.iter().map(|(key, _)| key.text.as_str()).collect();
    let differing = faults.named(differing, "an api");
    for (key, _) in differing
        .iter()
        .filter(|(key, _)| !names.contains(&key.text.as_str()))
    {
        faults.push(Diagnostic::unknown(
            key.span.clone(),
            "api",
            &key.text,
            &names,
        ));
    }
    let mut apis = Vec::new();
    for (key, node) in declared {
        let mut node = node.clone();
        if let Some((_, over)) = differing.iter().find(|(other, _)| other.text == key.text) {
            merge(&mut node, over);
        }
        variables.resolve(&mut node, faults);
        let raw: RawApi = faults.read_fields(&node, &[]);
        let url = faults.required(raw.url.as_ref(), "url", &node);
        let headers = sent(&raw.headers, faults);
        if let Some(address) = url.and_then(|url| Address::read(url, faults)) {
            let name = ApiName::new(key.text.as_str());
            apis.push((
                Api {
                    name,
                    url: address.located(),
                    headers,
                },
                address,
            ));
        }
    }
    (names.into_iter().map(ApiName::from).collect(), apis)
}

/// How a program is started; `values` are the names that it may use beside variables and secrets.
pub(crate) fn start_of(node: &Node, values: &[&str], faults: &mut Faults) -> Option<Start> {
    let raw: RawStart = faults.read_fields(node, &[]);
    let command = faults.required(raw.command, "command", node);
    let ready = faults
        .required(raw.ready, "ready", node)
        .and_then(|ready| request(&ready, faults));
    Some(Start {
        command: command?,
        directory: raw.directory,
        environment: pairs(&raw.environment, values, faults),
        ready: ready?,
        within: raw.within.unwrap_or(READY_WITHIN).0,
    })
}

/// A request with no keys beside its own.
fn request(node: &Node, faults: &mut Faults) -> Option<RequestTemplate> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Nothing {}
    let (request, rest) = faults.take(RequestTemplate::take(node))?;
    let Nothing {} = faults.read_fields(&rest, &request_keys());
    Some(request)
}

/// Pairs that are sent outside any check, where nothing is captured.
pub(crate) fn sent(all: &Entries<Template>, faults: &mut Faults) -> Vec<(String, Template)> {
    pairs(all, &[], faults)
}

/// The same where these values are known.
fn pairs(all: &Entries<Template>, known: &[&str], faults: &mut Faults) -> Vec<(String, Template)> {
    let all = all.0.iter();
    all.map(|(name, value)| {
        no_captures_but(value, known, faults);
        (name.value.clone(), value.clone())
    })
    .collect()
}

/// Tells every built-in value and capture in a template that stands outside any check.
pub(crate) fn no_captures(template: &Template, faults: &mut Faults) {
    no_captures_but(template, &[], faults);
}

fn no_captures_but(template: &Template, known: &[&str], faults: &mut Faults) {
    for name in template.values().filter(|name| !known.contains(name)) {
        let fault = Diagnostic::new(format!("`${{{name}}}` has no value here"))
            .label("only variables and secrets")
            .help("Name a variable of the environment in capitals, as in ${API_KEY}.");
        faults.push(Diagnostic {
            span: template.span().cloned(),
            ..fault
        });
    }
}

fn positive(number: &Located<u32>, faults: &mut Faults) -> Option<u32> {
    if number.value == 0 {
        faults.push(
            Diagnostic::at(number.span.clone(), "nothing can be sent at this rate")
                .label("expected 1 or more"),
        );
        return None;
    }
    Some(number.value)
}
