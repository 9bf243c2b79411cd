//! From the path of a gate file to a gate.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ObserverScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Entry, Gate, Identity, ObserverEntry};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::pack::PackSource;
use tidegate_core::period::Period;
use tidegate_core::plugin::Plugin;
use tidegate_core::registry::Registry;

use crate::elsewhere::Elsewhere;
use crate::entries::{Surroundings, lasting};
use crate::environments::Place;
use crate::faults::Faults;
use crate::include::{Declared, Fate, Included, Includer};
use crate::overlay::{self, OFF};
use crate::reader::{Disk, Reader};
use crate::schema::parts;
use crate::variables::Variables;
use crate::{contract, environments as places, handover, identities, needs, plugins, policy, yaml};

/// The version of the gate file's language.
pub(crate) const VERSION: i64 = 1;

/// Who can be named: by the keys of the gate file, and as far as they could be read; and which plugins.
#[derive(Clone, Copy)]
struct Whom<'w> {
    declared: &'w [(Key, Node)],
    people: &'w [Identity],
    plugins: &'w [Arc<Plugin>],
}

/// What a gate file is read from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The gate file.
    pub path: &'a Path,
    /// The environment that is meant; may be absent when only one is declared.
    pub environment: Option<&'a str>,
    /// The candidate's address in place of the environment's own.
    pub url: Option<GivenUrl<'a>>,
    /// Every check kind and observer it may name.
    pub registry: &'a Registry,
    /// The ready-made packs it may include.
    pub packs: &'a dyn PackSource,
    /// Where its text and those of its own packs come from: [`Disk`], or a revision.
    pub reader: &'a dyn Reader,
    /// The variables of the process's environment.
    pub variables: &'a dyn Fn(&str) -> Option<String>,
    /// What is known of the plugins that it may declare; their kinds are in the registry.
    pub plugins: Plugins<'a>,
}

/// What is known of the plugins that a gate file may declare.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plugins<'a> {
    /// Why there is none, when there can be none.
    pub absent: Option<NoPlugins<'a>>,
    /// What is wrong with the lock file and with what it locks; told with the faults of the gate file.
    pub faults: &'a [Diagnostic],
}

/// Why there are no plugins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlugins<'a> {
    /// The reason, as in `this tidegate was built without plugins`.
    pub reason: &'a str,
    /// What to do.
    pub help: &'a str,
}

/// An address that is given from outside the gate file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenUrl<'a> {
    /// The address.
    pub url: &'a str,
    /// Where it comes from, as errors name the place: `--url`.
    pub from: &'a str,
    /// Whether the one who runs the gate named it. Any other address is one of an event: it takes no
    /// place of production's, whose secrets would go there.
    pub chosen: bool,
}

/// Why a gate file cannot be used: everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the gate file has {} {}", .diagnostics.len(), if .diagnostics.len() == 1 { "fault" } else { "faults" })]
pub struct LoadError {
    /// What is wrong, in the order of the gate file and then of its packs.
    pub diagnostics: Vec<Diagnostic>,
}

/// A gate file as it is written.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields, title = "Tidegate gate file")]
pub(crate) struct RawGate {
    /// The version of the gate file's language: 1.
    #[schemars(schema_with = "parts::version")]
    version: Option<Located<i64>>,
    /// The portal's name.
    #[schemars(with = "String")]
    name: Option<String>,
    /// The places the portal runs at, by name. Every one is production unless it says otherwise.
    #[schemars(schema_with = "parts::environments")]
    environments: Option<Node>,
    /// Other origins the portal talks to, by name; a request names one with `on:`.
    #[schemars(schema_with = "parts::apis")]
    #[serde(default)]
    apis: Option<Node>,
    /// Variables of the environment that are not secrets, by name.
    #[schemars(schema_with = "parts::variables")]
    #[serde(default)]
    variables: Option<Node>,
    /// Who the gate can be, by name.
    #[schemars(schema_with = "parts::identities")]
    #[serde(default)]
    identities: Option<Node>,
    /// The path of the OpenAPI document.
    #[schemars(with = "String")]
    #[serde(default)]
    openapi: Option<Node>,
    /// `learn` holds answers against what earlier runs learned from the flows, where there is no
    /// OpenAPI document.
    #[schemars(schema_with = "parts::contract")]
    #[serde(default)]
    contract: Option<Node>,
    /// Settings of observers, by name; `off` switches one off.
    #[schemars(schema_with = "parts::placeholder")]
    #[serde(default)]
    observers: Option<Node>,
    /// The checks: the key is the id, and in each entry exactly one key is the kind.
    #[schemars(schema_with = "parts::checks")]
    #[serde(default)]
    checks: Option<Node>,
    /// Plugins: check kinds that are WASM components, by name; `tidegate.lock` says which component each is. A check
    /// names one as `plugin/NAME`.
    #[schemars(schema_with = "parts::plugins")]
    #[serde(default, rename = "plugins")]
    _plugins: Option<Node>,
    /// Packs of checks.
    #[schemars(with = "Vec<crate::include::RawInclude>")]
    #[serde(default)]
    include: Option<Node>,
    /// What findings mean here.
    #[schemars(with = "policy::RawPolicy")]
    #[serde(default)]
    policy: Option<Node>,
    /// Findings somebody answers for.
    #[schemars(with = "Vec<policy::RawWaiver>")]
    #[serde(default)]
    waivers: Option<Node>,
    /// What the handover report says beside what the checks found.
    #[schemars(with = "handover::RawHandover")]
    #[serde(default)]
    handover: Option<Node>,
    /// How long the whole run may take, as in `10m`.
    #[schemars(schema_with = "parts::period")]
    #[serde(default)]
    run_budget: Option<Node>,
    /// Whether a change that weakens the gate is stopped; what the file says before the change counts.
    #[serde(default)]
    protect: bool,
}

impl RawGate {
    /// Replaces the plain variables of what every environment shares; an environment and the apis
    /// are resolved once they are laid over each other.
    fn resolve(&mut self, variables: &mut Variables<'_>, faults: &mut Faults) {
        let sections = [
            &mut self.identities,
            &mut self.observers,
            &mut self.openapi,
            &mut self.contract,
            &mut self.policy,
            &mut self.waivers,
            &mut self.handover,
            &mut self.run_budget,
        ];
        for section in sections.into_iter().flatten() {
            variables.resolve(section, faults);
        }
    }
}

/// Reads a gate file for one environment.
///
/// # Errors
/// Everything that is wrong with the gate file and its packs, each with its place.
pub fn load(source: &Source<'_>) -> Result<Gate, LoadError> {
    let file = shown(source.path);
    let mut faults = Faults::default();
    let gate = parse(source.reader, source.path, &mut faults)
        .and_then(|(node, raw)| Loader::new(source).gate(&node, raw, &mut faults));
    match gate {
        Some(gate) if faults.is_empty() => Ok(gate),
        _ => Err(LoadError {
            diagnostics: faults.sorted(&file),
        }),
    }
}

/// The names of the environments that a gate file declares, in its order.
///
/// # Errors
/// When the file cannot be read, is no YAML, or its environments are no map.
pub fn environments(path: &Path) -> Result<Vec<String>, LoadError> {
    let mut faults = Faults::default();
    let read = yaml::open(&Disk, path, &shown(path))
        .map_err(|fault| vec![fault])
        .and_then(|source| yaml::read(&source));
    let names = faults.take(read).map(|node| {
        let entries = faults.named(node.get("environments"), "an environment");
        entries.iter().map(|(key, _)| key.text.clone()).collect()
    });
    match names {
        Some(names) if faults.is_empty() => Ok(names),
        _ => Err(LoadError {
            diagnostics: faults.sorted(&shown(path)),
        }),
    }
}

/// A path as errors and findings name it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

pub(crate) fn parse(
    reader: &dyn Reader,
    path: &Path,
    faults: &mut Faults,
) -> Option<(Node, RawGate)> {
    let source =
        faults.take(yaml::open(reader, path, &shown(path)).map_err(|fault| vec![fault]))?;
    let node = faults.take(yaml::read(&source))?;
    let raw = faults.read_fields(&node, &[]);
    Some((node, raw))
}

/// The folder of a gate file.
pub(crate) fn folder(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new(".")).to_owned()
}

struct Loader<'a> {
    source: &'a Source<'a>,
    root: PathBuf,
}

impl<'a> Loader<'a> {
    fn new(source: &'a Source<'a>) -> Self {
        Self {
            source,
            root: folder(source.path),
        }
    }

    fn gate(&self, node: &Node, mut raw: RawGate, faults: &mut Faults) -> Option<Gate> {
        version(raw.version.as_ref(), node, faults);
        let name = faults.required(raw.name.take(), "name", node);
        let environments = raw.environments.take();
        let section = faults.required(environments.as_ref(), "environments", node);
        let all = faults.named(section, "an environment");
        let file = shown(self.source.path);
        let includer = Includer::new(self.source.packs, self.source.reader, &self.root, &file);
        let included = includer.collect(raw.include.as_ref(), raw.checks.take(), faults);
        let Included { mut checks, notes } = included;
        let chosen = places::choose(all, self.source.environment, section?, faults)?;
        lay_over(&mut checks, all, chosen, faults);

        let mut variables = self.variables(raw.variables.as_ref(), all, chosen, faults);
        raw.resolve(&mut variables, faults);
        let live = checks.iter_mut().filter(|check| check.fate == Fate::Read);
        live.for_each(|check| variables.resolve(&mut check.node, faults));
        let given = self.source.url;
        let place = places::read(
            chosen,
            given,
            all,
            raw.apis.as_ref(),
            &mut variables,
            faults,
        );

        let plugins = plugins::read(node, faults);
        let known = self.source.plugins;
        known
            .faults
            .iter()
            .cloned()
            .for_each(|fault| faults.push(fault));
        let identities = faults.named(raw.identities.as_ref(), "an identity");
        let openapi = raw
            .openapi
            .and_then(|node| contract::document(&node, faults));
        let learned = raw.contract.and_then(|node| contract::read(&node, faults));
        let people = identities::read(identities, faults);
        let whom = Whom {
            declared: identities,
            people: &people,
            plugins: &plugins,
        };
        let elsewhere = Elsewhere {
            all,
            here: &chosen.0.text,
            address: place.environment.as_ref().map(|here| &here.url),
            rate: place.environment.as_ref().and_then(|here| here.rate),
            apis: raw.apis.as_ref(),
            variables: raw.variables.as_ref(),
            process: self.source.variables,
        };
        let entries = self.entries(&checks, whom, &elsewhere, &place, openapi.as_ref(), faults);
        let scope = ObserverScope {
            openapi: openapi.as_ref(),
            learned: learned.as_ref(),
        };
        let observers = self.observers(raw.observers.as_ref(), &scope, faults);
        let ids: HashSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
        let off = checks.iter().filter(|check| check.fate == Fate::Off);
        let registry = self.source.registry;
        Some(Gate {
            identities: people,
            observers,
            plugins,
            openapi,
            learned,
            run_budget: raw.run_budget.and_then(|node| budget(&node, faults)),
            levels: policy::levels(raw.policy.as_ref(), registry, faults),
            waivers: policy::waivers(raw.waivers.as_ref(), registry, &ids, faults),
            name: name?,
            file: self.source.path.to_owned(),
            root: self.root.clone(),
            environment: Arc::new(place.environment?),
            checks: entries,
            off: off.map(|check| CheckId::from(check.id.as_str())).collect(),
            handover: handover::read(raw.handover.as_ref(), &ids, faults),
            protect: raw.protect,
            warnings: place.warnings,
            notes,
        })
    }

    fn entries(
        &self,
        checks: &[Declared],
        whom: Whom<'_>,
        elsewhere: &Elsewhere<'_>,
        place: &Place,
        openapi: Option<&Located<String>>,
        faults: &mut Faults,
    ) -> Vec<Entry> {
        let names = whom.declared.iter().map(|(key, _)| key.text.as_str());
        let identities: Vec<IdentityName> = names.map(IdentityName::from).collect();
        let environments = elsewhere.names();
        let surroundings = Surroundings {
            registry: self.source.registry,
            identities: &identities,
            people: whom.people,
            plugins: whom.plugins,
            known: self.source.plugins,
            apis: &place.apis,
            environments: &environments,
            here: elsewhere.here,
            elsewhere,
            kind: place.kind,
            openapi,
        };
        let entries = surroundings.read(checks, faults);
        needs::check(&entries, checks, faults);
        entries
    }

    fn variables(
        &self,
        section: Option<&Node>,
        all: &[(Key, Node)],
        chosen: &(Key, Node),
        faults: &mut Faults,
    ) -> Variables<'a> {
        let process = self.source.variables;
        Variables::of(section, all, &chosen.0.text, process, faults)
    }

    fn observers(
        &self,
        section: Option<&Node>,
        scope: &ObserverScope<'_>,
        faults: &mut Faults,
    ) -> Vec<ObserverEntry> {
        let registered = self.source.registry.observers();
        let given = faults.named(section, "an observer");
        let names: Vec<&str> = registered
            .iter()
            .map(|kind| kind.meta().name.as_ref())
            .collect();
        for (key, _) in given
            .iter()
            .filter(|(key, _)| !names.contains(&key.text.as_str()))
        {
            faults.push(Diagnostic::unknown(
                key.span.clone(),
                "observer",
                &key.text,
                &names,
            ));
        }
        let mut observers = Vec::new();
        for kind in registered {
            let config = given.iter().find(|(key, _)| key.text == kind.meta().name);
            let config = config
                .map(|(_, node)| node)
                .filter(|node| node.value != Value::Null);
            if config.is_some_and(|node| node.text() == Some(OFF)) {
                continue;
            }
            let observer = faults.take(kind.parse(config, scope)).flatten();
            observers.extend(observer.map(|observer| ObserverEntry {
                kind: kind.clone(),
                observer,
            }));
        }
        observers
    }
}

fn budget(node: &Node, faults: &mut Faults) -> Option<Duration> {
    let period: Located<Period> = faults.take(node.read())?;
    lasting(&period, faults)
}

fn version(version: Option<&Located<i64>>, node: &Node, faults: &mut Faults) {
    let Some(version) = faults.required(version, "version", node) else {
        return;
    };
    if version.value != VERSION {
        faults.push(
            Diagnostic::at(
                version.span.clone(),
                format!("version {} is not known", version.value),
            )
            .label(format!("expected {VERSION}"))
            .help("A newer Tidegate may read this file."),
        );
    }
}

/// Lays the chosen environment over the checks; those of the others only have to name checks.
fn lay_over(
    checks: &mut [Declared],
    all: &[(Key, Node)],
    chosen: &(Key, Node),
    faults: &mut Faults,
) {
    for (key, node) in all {
        let section = node.get("checks");
        if key.text == chosen.0.text {
            overlay::apply(checks, section, faults);
        } else {
            overlay::known(checks, section, faults);
        }
    }
}
