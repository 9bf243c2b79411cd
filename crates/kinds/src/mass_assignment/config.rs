//! What stands under `mass-assignment:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::{BodyTemplate, RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::{JsonTemplate, Template};

use crate::attack::resource::{Resource, Written as WrittenResource, resource_name};
use crate::attack::{Refusals, look, short};
use crate::budget;
use crate::flow::{references, take};
use crate::written::{WRITES, texts};

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 200;
/// The most that it may say.
const LIMIT: u32 = 2_000;

/// The keys of a single resource that stand beside the others.
const RESOURCE_KEYS: &[&str] = &["create", "read", "update", "absent-from", "nested"];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    resources: Entries<Node>,
    #[serde(default)]
    updates: Vec<Node>,
    #[serde(default)]
    fields: Entries<JsonTemplate>,
    #[serde(default)]
    protected: Vec<Located<String>>,
    #[serde(default)]
    include: Vec<Located<String>>,
    #[serde(default)]
    skip: Vec<Located<String>>,
    #[serde(default)]
    refused: Option<Node>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenUpdate {
    read: Node,
    #[serde(default)]
    restore: Option<Node>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The declared things that are created.
    pub(super) resources: Vec<Resource>,
    /// The declared things that are there and are changed.
    pub(super) updates: Vec<Update>,
    /// Fields of the gate file's own, with their values.
    pub(super) fields: Vec<(String, JsonTemplate)>,
    /// Fields that are tried although a client seems to be allowed to set them.
    pub(super) protected: Vec<String>,
    /// Operations of the document that are tried although their names speak against it.
    pub(super) include: Vec<String>,
    /// Operations of the document that are left alone.
    pub(super) skip: Vec<String>,
    /// How this portal says no.
    pub(super) refusals: Refusals,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// Who tries.
    pub(super) identity: Option<IdentityName>,
    /// Somebody of another tenant, and that tenant.
    pub(super) other: Option<(IdentityName, String)>,
    /// The OpenAPI document of the gate.
    pub(super) document: Option<Located<String>>,
}

/// A thing that is there and is changed.
#[derive(Debug, Clone)]
pub(super) struct Update {
    /// The valid change; without a body, the values that are there are sent.
    pub(super) request: RequestTemplate,
    /// How it is read.
    pub(super) read: RequestTemplate,
    /// How it is put back; the values from before are sent when absent.
    pub(super) restore: Option<RequestTemplate>,
}

impl Config {
    /// Reads the value under `mass-assignment:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (of_one, own) = split(node);
        let written: Written = own.read_beside(RESOURCE_KEYS)?;
        let alone: WrittenResource = of_one.read()?;
        let mut faults = Vec::new();
        let mut keep = |read: Result<Vec<Resource>, Vec<Diagnostic>>| {
            read.unwrap_or_else(|more| {
                faults.extend(more);
                Vec::new()
            })
        };
        let named = written.resources.0.iter();
        let mut resources = keep(gather(named.map(|(name, node)| {
            let written: WrittenResource = node.read()?;
            written.read(&name.value, &node.span, scope)
        })));
        if !alone.is_empty() {
            resources.extend(keep(
                alone.read("things", &node.span, scope).map(|one| vec![one]),
            ));
        }
        resources
            .iter_mut()
            .filter(|one| one.name == "things")
            .for_each(name_by_path);
        let updates = gather(written.updates.iter().map(|node| Update::read(node, scope)));
        let updates = updates.unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        faults.extend(resources.iter().filter_map(|one| not_json(&one.create)));
        let fields = fields(&written.fields, &mut faults);
        WRITES.check(written.include.iter().chain(&written.skip), &mut faults);
        budget::check(written.most.as_ref(), &(4..=LIMIT), &mut faults);
        let refusals = Refusals::of(written.refused.as_ref(), &mut faults);
        let is_empty =
            written.resources.0.is_empty() && alone.is_empty() && written.updates.is_empty();
        if is_empty && scope.openapi.is_none() {
            faults.push(nothing_to_try(node));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            resources,
            updates,
            fields,
            protected: texts(&written.protected),
            include: texts(&written.include),
            skip: texts(&written.skip),
            refusals,
            most: written.most.map_or(MOST, |most| most.value),
            identity: scope.identity.cloned(),
            other: other(scope),
            document: scope.openapi.cloned(),
        })
    }

    /// Whether the gate file names what is tried.
    pub(super) fn is_declared(&self) -> bool {
        !self.resources.is_empty() || !self.updates.is_empty()
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates: Vec<Template> = self
            .resources
            .iter()
            .flat_map(Resource::templates)
            .collect();
        templates.extend(self.updates.iter().flat_map(Update::templates));
        templates.extend(self.fields.iter().flat_map(|(_, value)| value.templates()));
        templates.extend(self.refusals.templates());
        templates
    }
}

/// The keys of a single resource, and the others.
fn split(node: &Node) -> (Node, Node) {
    let is_of_one = |(key, _): &&(Key, Node)| RESOURCE_KEYS.contains(&key.text.as_str());
    let (of_one, own): (Vec<_>, Vec<_>) = node.entries().iter().partition(is_of_one);
    let part = |entries: Vec<&(Key, Node)>| {
        Node::new(
            Value::Map(entries.into_iter().cloned().collect()),
            node.span.clone(),
        )
    };
    match node.value {
        Value::Map(_) => (part(of_one), part(own)),
        _ => (part(of_one), node.clone()),
    }
}

/// Somebody of another tenant than whoever tries.
fn other(scope: &ParseScope<'_>) -> Option<(IdentityName, String)> {
    let mut people = scope.people.iter();
    let own = people.clone().find(|one| Some(&one.name) == scope.identity);
    let own = own.and_then(|one| one.tenant.as_ref());
    people.find_map(|one| {
        let tenant = one.tenant.clone().filter(|tenant| Some(tenant) != own)?;
        Some((one.name.clone(), tenant))
    })
}

fn name_by_path(resource: &mut Resource) {
    resource.name = resource_name(&resource.create.path.to_string());
}

fn not_json(request: &RequestTemplate) -> Option<Diagnostic> {
    let is_json = matches!(request.body, BodyTemplate::Json(_));
    (!is_json).then(|| {
        Diagnostic::at(
            request.span.clone(),
            "there is no JSON body to add fields to",
        )
        .label("needs `json`")
        .help("Write the valid body, as in `json: { title: \"${canary}\" }`.")
    })
}

fn fields(
    written: &Entries<JsonTemplate>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<(String, JsonTemplate)> {
    let entries = written.0.iter();
    let templates: Vec<Template> = entries
        .clone()
        .flat_map(|(_, value)| value.templates())
        .collect();
    references::unknown(&templates, BUILT_IN, faults);
    entries
        .map(|(name, value)| (name.value.clone(), value.clone()))
        .collect()
}

fn nothing_to_try(node: &Node) -> Diagnostic {
    Diagnostic::at(node.span.clone(), "nothing is named that could be written")
        .label("needs `create` and `read`, `resources` or `updates`, or `openapi:` in the gate file")
        .help("Write a valid create and how it is read, as in `create: { post: /api/records, json: { title: \"${canary}\" }, delete: \"/api/records/${id}\" }` and `read: \"/api/records/${id}\"`.")
}

impl Update {
    fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let written: WrittenUpdate = rest.read_beside(&request_keys())?;
        let mut faults = Vec::new();
        if !["PUT", "PATCH", "POST"].contains(&request.method) {
            faults.push(
                Diagnostic::at(
                    request.span.clone(),
                    format!("{} changes no fields", request.method),
                )
                .label("expected a PATCH, a PUT or a POST"),
            );
        }
        faults.extend(not_json(&request));
        let read = look(&written.read, scope).map_err(|more| faults.extend(more));
        let method = request.method.to_lowercase();
        let restore = written
            .restore
            .as_ref()
            .map(|node| short(node, scope, &method))
            .transpose();
        let restore = restore.unwrap_or_else(|more| {
            faults.extend(more);
            None
        });
        let Ok(read) = read else {
            return Err(faults);
        };
        let update = Self {
            request,
            read,
            restore,
        };
        references::unknown(&update.templates(), BUILT_IN, &mut faults);
        if faults.is_empty() {
            Ok(update)
        } else {
            Err(faults)
        }
    }

    fn templates(&self) -> Vec<Template> {
        let requests = [&self.request, &self.read].into_iter().chain(&self.restore);
        requests.flat_map(RequestTemplate::templates).collect()
    }
}
