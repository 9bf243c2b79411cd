//! What stands under `isolation:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::Identity;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::template::Template;

use crate::attack::Refusals;
use crate::attack::resource::{Resource, Written as WrittenResource, resource_name};
use crate::budget;
use crate::written::{ALL, texts};

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 400;
/// The fewest and the most that it may say.
const LIMITS: std::ops::RangeInclusive<u32> = 20..=4_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    owner: Option<Located<String>>,
    #[serde(default)]
    attacker: Option<Located<String>>,
    #[serde(default)]
    attackers: Vec<Located<String>>,
    #[serde(default)]
    create: Option<Node>,
    #[serde(default)]
    read: Option<Node>,
    #[serde(default)]
    update: Vec<Node>,
    #[serde(default)]
    absent_from: Vec<Node>,
    #[serde(default)]
    nested: Vec<Node>,
    #[serde(default)]
    existing: Option<Template>,
    #[serde(default)]
    resources: Entries<Node>,
    #[serde(default)]
    tenant_fields: Entries<Node>,
    #[serde(default)]
    refused: Option<Node>,
    #[serde(default)]
    include: Vec<Located<String>>,
    #[serde(default)]
    skip: Vec<Located<String>>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenEntry {
    #[serde(default)]
    create: Option<Node>,
    #[serde(default)]
    read: Option<Node>,
    #[serde(default)]
    update: Vec<Node>,
    #[serde(default)]
    absent_from: Vec<Node>,
    #[serde(default)]
    nested: Vec<Node>,
    #[serde(default)]
    existing: Option<Template>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenField {
    owner: Template,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// Whose data it is.
    pub(super) owner: Party,
    /// Who must not get at it.
    pub(super) attackers: Vec<Party>,
    /// Whether the two were chosen here and not in the gate file.
    pub(super) is_chosen: bool,
    /// The declared resources; empty when the document is to be asked.
    pub(super) resources: Vec<Declared>,
    /// Fields that say whose a thing is, with the owner's value.
    pub(super) tenant_fields: Vec<(String, Template)>,
    /// How this portal says no.
    pub(super) refusals: Refusals,
    /// Operations of the document that are tried although their names speak against it.
    pub(super) include: Vec<String>,
    /// Requests that are not sent.
    pub(super) skip: Vec<String>,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// The OpenAPI document of the gate.
    pub(super) document: Option<Located<String>>,
}

/// A declared resource.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// The resource.
    pub(super) resource: Resource,
    /// The id of one that the owner has already, for where nothing may be created.
    pub(super) existing: Option<Template>,
}

/// One side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Party {
    /// Who acts.
    pub(super) identity: IdentityName,
    /// Whose data that person sees.
    pub(super) tenant: Option<String>,
}

impl Party {
    /// The tenant, else the person.
    pub(super) fn side(&self) -> &str {
        self.tenant.as_deref().unwrap_or(self.identity.as_str())
    }
}

impl Config {
    /// Reads the value under `isolation:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let mut keep = |more: Vec<Diagnostic>| faults.extend(more);
        let parties = parties(&written, node, scope).map_err(&mut keep).ok();
        let resources = resources(&written, node, scope).map_err(&mut keep).ok();
        let fields = tenant_fields(&written.tenant_fields)
            .map_err(&mut keep)
            .ok();
        let refusals = written.refused.as_ref().map(Refusals::parse).transpose();
        let refusals = refusals.map_err(&mut keep).ok();
        ALL.check(written.include.iter().chain(&written.skip), &mut faults);
        budget::check(written.most.as_ref(), &LIMITS, &mut faults);
        let (Some(parties), Some(resources), Some(fields), Some(refusals), true) =
            (parties, resources, fields, refusals, faults.is_empty())
        else {
            return Err(faults);
        };
        Ok(Self {
            owner: parties.owner,
            attackers: parties.attackers,
            is_chosen: parties.is_chosen,
            resources,
            tenant_fields: fields,
            refusals: refusals.unwrap_or_default(),
            include: texts(&written.include),
            skip: texts(&written.skip),
            most: written.most.map_or(MOST, |most| most.value),
            document: scope.openapi.cloned(),
        })
    }

    /// Every template of it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let declared = self.resources.iter();
        let mut templates: Vec<Template> = declared
            .flat_map(|one| {
                let mut templates = one.resource.templates();
                templates.extend(one.existing.clone());
                templates
            })
            .collect();
        templates.extend(self.tenant_fields.iter().map(|(_, value)| value.clone()));
        templates.extend(self.refusals.templates());
        templates
    }
}

struct Parties {
    owner: Party,
    attackers: Vec<Party>,
    is_chosen: bool,
}

fn parties(
    written: &Written,
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<Parties, Vec<Diagnostic>> {
    let attackers: Vec<&Located<String>> =
        written.attacker.iter().chain(&written.attackers).collect();
    let owner = written.owner.as_ref();
    if owner.is_none() && attackers.is_empty() {
        return chosen(node, scope);
    }
    let Some(owner) = owner else {
        return Err(vec![one_side(node, "owner")]);
    };
    if attackers.is_empty() {
        return Err(vec![one_side(node, "attacker")]);
    }
    let owning = party(owner, scope)?;
    let mut faults = Vec::new();
    let mut found = Vec::new();
    for name in attackers {
        match party(name, scope) {
            Ok(attacker) => {
                faults.extend(same_side(&owning, &attacker, name));
                found.push(attacker);
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() {
        Ok(Parties {
            owner: owning,
            attackers: found,
            is_chosen: false,
        })
    } else {
        Err(faults)
    }
}

fn one_side(node: &Node, missing: &str) -> Diagnostic {
    Diagnostic::at(node.span.clone(), "two sides are needed")
        .label(format!("`{missing}` is missing"))
        .help(
            "Name two identities of different tenants, as in `owner: anna` and `attacker: boris`.",
        )
}

fn party(name: &Located<String>, scope: &ParseScope<'_>) -> Result<Party, Vec<Diagnostic>> {
    let identity = scope
        .identity(&name.value, &name.span)
        .map_err(|fault| vec![fault])?;
    let person = scope.people.iter().find(|person| person.name == identity);
    Ok(Party {
        tenant: person.and_then(|person| person.tenant.clone()),
        identity,
    })
}

fn same_side(owner: &Party, attacker: &Party, place: &Located<String>) -> Option<Diagnostic> {
    let at = |message: String| Diagnostic::at(place.span.clone(), message);
    if owner.identity == attacker.identity {
        let message = format!("`{}` is the owner too", attacker.identity);
        return Some(
            at(message)
                .label("expected somebody of another tenant")
                .help("Name two identities that must not see each other's data."),
        );
    }
    let tenant = owner.tenant.as_ref()?;
    (attacker.tenant.as_ref() == Some(tenant)).then(|| {
        at(format!(
            "`{}` and `{}` are both of the tenant `{tenant}`",
            owner.identity, attacker.identity
        ))
        .label("expected somebody of another tenant")
        .help("Name an identity of another tenant, or correct `tenant:` under `identities:`.")
    })
}

/// The first two identities of different tenants; of one role where there are such.
fn chosen(node: &Node, scope: &ParseScope<'_>) -> Result<Parties, Vec<Diagnostic>> {
    let of = |person: &Identity| Party {
        identity: person.name.clone(),
        tenant: person.tenant.clone(),
    };
    let with_tenant = || scope.people.iter().filter(|person| person.tenant.is_some());
    for is_strict in [true, false] {
        for owner in with_tenant() {
            let other = with_tenant().find(|other| {
                other.tenant != owner.tenant && (!is_strict || other.role == owner.role)
            });
            if let Some(other) = other {
                return Ok(Parties {
                    owner: of(owner),
                    attackers: vec![of(other)],
                    is_chosen: true,
                });
            }
        }
    }
    Err(vec![
        Diagnostic::at(
            node.span.clone(),
            "there are no identities of two different tenants",
        )
        .label("needs `owner` and `attacker`")
        .help(
            "Declare a person of a second client under `identities:`, and give both a `tenant:`.",
        ),
    ])
}

fn resources(
    written: &Written,
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<Vec<Declared>, Vec<Diagnostic>> {
    let short = WrittenResource {
        create: written.create.clone(),
        read: written.read.clone(),
        update: written.update.clone(),
        absent_from: written.absent_from.clone(),
        nested: written.nested.clone(),
    };
    let mut faults = Vec::new();
    let mut found = Vec::new();
    if !short.is_empty() || written.existing.is_some() {
        match short.read("", &node.span, scope) {
            Ok(mut resource) => {
                resource.name = resource_name(&resource.create.path.to_string());
                found.push(Declared {
                    resource,
                    existing: written.existing.clone(),
                });
            }
            Err(more) => faults.extend(more),
        }
    }
    for (name, node) in &written.resources.0 {
        match entry(name, node, scope) {
            Ok(declared) => found.push(declared),
            Err(more) => faults.extend(more),
        }
    }
    if found.is_empty() && faults.is_empty() && scope.openapi.is_none() {
        faults.push(
            Diagnostic::at(node.span.clone(), "nothing is named that a client owns")
                .label("needs `create` and `read`, or `openapi:` in the gate file")
                .help("Say how one is created and read, as in `create: { post: /api/records, json: { title: \"${canary}\" }, id: $.id, delete: \"/api/records/${id}\" }` and `read: \"/api/records/${id}\"`."),
        );
    }
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(faults)
    }
}

fn entry(
    name: &Located<String>,
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<Declared, Vec<Diagnostic>> {
    let written: WrittenEntry = node.read()?;
    let resource = WrittenResource {
        create: written.create,
        read: written.read,
        update: written.update,
        absent_from: written.absent_from,
        nested: written.nested,
    };
    Ok(Declared {
        resource: resource.read(&name.value, &node.span, scope)?,
        existing: written.existing,
    })
}

fn tenant_fields(written: &Entries<Node>) -> Result<Vec<(String, Template)>, Vec<Diagnostic>> {
    tidegate_core::de::gather(written.0.iter().map(|(name, node)| {
        let value = if node.entries().is_empty() {
            Template::from_node(node)?
        } else {
            node.read::<WrittenField>()?.owner
        };
        Ok((name.value.clone(), value))
    }))
}
