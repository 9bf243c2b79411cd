//! Entries of `checks:`: one kind each, with the keys every entry may have.

use serde::Deserialize;
use std::sync::Arc;
use tidegate_core::check::{Kind, ParseScope};
use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::gate::{Common, Entry, EnvironmentKind, Identity, OnInconclusive, When};
use tidegate_core::located::Located;
use tidegate_core::meta::{RetryClass, Severity};
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::plugin::{KIND_PREFIX, Plugin};
use tidegate_core::registry::{COMMON_KEYS, Registry};

use crate::faults::{Faults, wrong_type};
use crate::include::{Declared, Fate};
use crate::load::Plugins;
use crate::schema::parts;

/// The keys every check may have beside its kind.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawCommon {
    /// Who the check is: the name of an identity.
    #[schemars(with = "String")]
    #[serde(default)]
    r#as: Option<Located<String>>,
    /// How bad every finding of it is.
    #[schemars(schema_with = "parts::severity")]
    #[serde(default)]
    severity: Option<Severity>,
    /// When the check is in.
    #[schemars(with = "RawWhen")]
    #[serde(default)]
    when: Option<Node>,
    /// The checks that must pass before it.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    needs: Option<Node>,
    /// Globs of the files it is about; a change to one of them selects it.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    covers: Option<Node>,
    /// How long one attempt may take, as in `30s`.
    #[schemars(schema_with = "parts::period")]
    #[serde(default)]
    timeout: Option<Located<Period>>,
    /// How often a failed attempt is repeated; only kinds that can be repeated honestly take it.
    #[schemars(with = "u8")]
    #[serde(default)]
    retries: Option<Located<u8>>,
    /// Who looks after it.
    #[serde(default)]
    owner: Option<String>,
    /// What an inconclusive outcome does: block or warn.
    #[schemars(schema_with = "parts::on_inconclusive")]
    #[serde(default)]
    on_inconclusive: Option<OnInconclusive>,
}

/// When a check is in.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct RawWhen {
    /// Only in these environments.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    environment: Option<Node>,
    /// Only when a file that matches one of these globs changed.
    #[schemars(schema_with = "parts::one_or_many")]
    #[serde(default)]
    changed: Option<Node>,
}

/// What entries are read against.
pub(crate) struct Surroundings<'s> {
    pub(crate) registry: &'s Registry,
    pub(crate) identities: &'s [IdentityName],
    pub(crate) people: &'s [Identity],
    pub(crate) plugins: &'s [Arc<Plugin>],
    pub(crate) known: Plugins<'s>,
    pub(crate) apis: &'s [ApiName],
    pub(crate) environments: &'s [&'s str],
    /// The name of the one the run looks at.
    pub(crate) here: &'s str,
    pub(crate) elsewhere: &'s dyn Elsewhere,
    pub(crate) kind: EnvironmentKind,
    pub(crate) openapi: Option<&'s Located<String>>,
}

impl Surroundings<'_> {
    /// Reads every entry that is in; those with a fault are left out.
    pub(crate) fn read(&self, checks: &[Declared], faults: &mut Faults) -> Vec<Entry> {
        checks
            .iter()
            .filter(|check| check.fate == Fate::Read)
            .filter_map(|check| self.entry(check, faults))
            .collect()
    }

    fn entry(&self, check: &Declared, faults: &mut Faults) -> Option<Entry> {
        let Value::Map(entries) = &check.node.value else {
            faults.push(wrong_type(
                &check.node,
                "a map with a kind, as in `flow: […]`",
            ));
            return None;
        };
        let (common, others): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|(key, _)| COMMON_KEYS.contains(&key.text.as_str()));
        let common = Node::new(
            Value::Map(common.into_iter().cloned().collect()),
            check.node.span.clone(),
        );
        let kind = self.kind(check, &others, faults);
        let id = CheckId::new(check.id.as_str());
        let mut scope = ParseScope {
            id: &id,
            span: &check.span,
            identities: self.identities,
            people: self.people,
            apis: self.apis,
            environment: self.kind,
            identity: None,
            openapi: self.openapi,
            plugins: self.plugins,
            elsewhere: self.elsewhere,
            applies: true,
        };
        let common = self.common(&common, check, &scope, kind, faults);
        scope.identity = common.identity.as_ref().map(|identity| &identity.value);
        let named = &common.when.environments;
        scope.applies = named.is_empty() || named.iter().any(|name| name == self.here);
        let (kind, config) = kind?;
        let parsed = faults.take(kind.parse(config, &scope))?;
        if scope.applies {
            parsed
                .unfit()
                .into_iter()
                .for_each(|fault| faults.push(fault));
        }
        let (kind, span) = (kind.clone(), check.span.clone());
        Some(Entry {
            id,
            kind,
            check: parsed,
            common,
            span,
        })
    }

    /// The one kind of an entry; every other key is told.
    fn kind<'e>(
        &self,
        check: &Declared,
        others: &[&'e (Key, Node)],
        faults: &mut Faults,
    ) -> Option<(&Arc<dyn Kind>, &'e Node)> {
        let mut named = others
            .iter()
            .filter_map(|(key, config)| Some((key, self.registry.kind(&key.text)?, config)));
        let first = named.next();
        for (key, kind, _) in named {
            let first = first.map_or("", |(key, _, _)| key.text.as_str());
            faults.push(
                Diagnostic::at(key.span.clone(), format!("`{}` has two kinds", check.id))
                    .label(format!("`{first}` is given already"))
                    .help(format!(
                        "A check has one kind: make `{}` a check of its own.",
                        kind.meta().name
                    )),
            );
        }
        let unknown: Vec<&Key> = others
            .iter()
            .map(|(key, _)| key)
            .filter(|key| self.registry.kind(&key.text).is_none())
            .collect();
        for key in &unknown {
            let fault = match key.text.strip_prefix(KIND_PREFIX) {
                Some(name) => self.without_kind(key, name),
                None => Some(self.unknown(key, first.is_some())),
            };
            fault.into_iter().for_each(|fault| faults.push(fault));
        }
        if first.is_none() && unknown.is_empty() {
            faults.push(
                Diagnostic::at(check.span.clone(), format!("`{}` has no kind", check.id))
                    .label("says not what to check")
                    .help(format!("Add one of {}.", self.kinds().join(", "))),
            );
        }
        first.map(|(_, kind, config)| (kind, config))
    }

    fn kinds(&self) -> Vec<&str> {
        let kinds = self.registry.kinds().iter();
        kinds.map(|kind| kind.meta().name.as_ref()).collect()
    }

    fn unknown(&self, key: &Key, has_kind: bool) -> Diagnostic {
        let names = self.kinds();
        if has_kind {
            return Diagnostic::unknown(key.span.clone(), "key", &key.text, COMMON_KEYS);
        }
        let slip = nearest(&key.text, COMMON_KEYS);
        if slip.is_some() && nearest(&key.text, &names).is_none() {
            return Diagnostic::unknown(key.span.clone(), "key", &key.text, COMMON_KEYS);
        }
        Diagnostic::unknown(key.span.clone(), "kind of check", &key.text, &names)
    }

    /// Why the plugin of a check has no kind; nothing when that is told already.
    fn without_kind(&self, key: &Key, name: &str) -> Option<Diagnostic> {
        if let Some(absent) = self.known.absent {
            let fault = Diagnostic::at(key.span.clone(), absent.reason);
            return Some(fault.label("needs plugins").help(absent.help));
        }
        if self.plugins.iter().any(|plugin| plugin.name == name) {
            let told = format!("`{name}` is not in tidegate.lock");
            return self.known.faults.is_empty().then(|| {
                Diagnostic::at(key.span.clone(), told)
                    .label("which component it is was not agreed to yet")
                    .help(format!(
                        "Run `tidegate plugin update {name}` and commit tidegate.lock."
                    ))
            });
        }
        let declared = self.plugins.iter().map(|plugin| plugin.name.as_str());
        let kinds = self.kinds();
        let kinds = kinds
            .iter()
            .filter_map(|kind| kind.strip_prefix(KIND_PREFIX));
        let mut declared: Vec<&str> = declared.chain(kinds).collect();
        declared.sort_unstable();
        declared.dedup();
        let fault = Diagnostic::at(key.span.clone(), format!("unknown plugin `{name}`"));
        Some(match nearest(name, &declared) {
            Some(near) => fault
                .label(format!("did you mean `{KIND_PREFIX}{near}`?"))
                .help(format!("Declared here: {}.", declared.join(", "))),
            None => fault.label("not declared under `plugins:`").help(format!(
                "Run `tidegate plugin add {name} FILE --write`, which declares and locks it."
            )),
        })
    }

    fn common(
        &self,
        node: &Node,
        check: &Declared,
        scope: &ParseScope<'_>,
        kind: Option<(&Arc<dyn Kind>, &Node)>,
        faults: &mut Faults,
    ) -> Common {
        let raw: RawCommon = faults.read_fields(node, &[]);
        let identity = raw.r#as.and_then(|name| {
            let known = scope
                .identity(&name.value, &name.span)
                .map_err(|fault| vec![fault]);
            faults.take(known).map(|value| Located {
                value,
                span: name.span,
            })
        });
        if let (Some(retries), Some((kind, _))) = (&raw.retries, kind)
            && kind.meta().retry == RetryClass::Never
        {
            let name = &kind.meta().name;
            faults.push(
                Diagnostic::at(retries.span.clone(), format!("`{name}` cannot be retried"))
                    .label("a repeated attempt would make its verdict a lie")
                    .help("Remove `retries:`."),
            );
        }
        let needs: Vec<Located<String>> = each(raw.needs.as_ref(), faults);
        let needs = needs
            .into_iter()
            .map(|need| need.map(|id| CheckId::new(format!("{}{id}", check.prefix))))
            .collect();
        Common {
            identity,
            severity: raw.severity,
            when: raw
                .when
                .map(|node| self.when(&node, faults))
                .unwrap_or_default(),
            needs,
            covers: each(raw.covers.as_ref(), faults),
            timeout: raw.timeout.and_then(|period| lasting(&period, faults)),
            retries: raw.retries.map_or(0, |retries| retries.value),
            owner: raw.owner,
            on_inconclusive: raw.on_inconclusive,
        }
    }

    fn when(&self, node: &Node, faults: &mut Faults) -> When {
        let raw: RawWhen = faults.read_fields(node, &[]);
        let environments: Vec<Located<String>> = each(raw.environment.as_ref(), faults);
        for name in &environments {
            if !self.environments.contains(&name.value.as_str()) {
                faults.push(Diagnostic::unknown(
                    name.span.clone(),
                    "environment",
                    &name.value,
                    self.environments,
                ));
            }
        }
        When {
            environments: environments.into_iter().map(|name| name.value).collect(),
            changed: each(raw.changed.as_ref(), faults),
        }
    }
}

/// The elements of a list, or the one value that stands in its place.
fn each<T: serde::de::DeserializeOwned>(node: Option<&Node>, faults: &mut Faults) -> Vec<T> {
    let read = node.and_then(|node| faults.take(node.read_each()));
    read.unwrap_or_default()
}

/// A length of time in which something can happen.
pub(crate) fn lasting(
    period: &Located<Period>,
    faults: &mut Faults,
) -> Option<std::time::Duration> {
    if period.value.0.is_zero() {
        faults.push(
            Diagnostic::at(period.span.clone(), "nothing can be done in no time")
                .label("expected more than zero"),
        );
        return None;
    }
    Some(period.value.0)
}
