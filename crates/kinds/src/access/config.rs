//! What stands under `access:` in a gate file.

mod entry;

use std::collections::BTreeMap;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::Identity;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::template::{JsonTemplate, Template};

pub(super) use super::pattern::Pattern;
use crate::attack::Refusals;
use crate::attack::resource::{Resource, Written as WrittenResource};
use crate::budget;
use crate::filling;
use crate::flow::keep;
use crate::routes::{Method, Route};

pub(super) use entry::{Detail, Entry};

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 600;
/// The most that it may say.
pub(super) const LIMIT: u32 = 5_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    public: Option<Vec<Located<String>>>,
    #[serde(default)]
    routes: Option<Entries<Node>>,
    #[serde(default)]
    identities: Option<Vec<Located<String>>>,
    #[serde(default)]
    parameters: Option<Node>,
    #[serde(default)]
    resources: Entries<Node>,
    #[serde(default)]
    code: Vec<Located<String>>,
    #[serde(default)]
    skip: Entries<Located<String>>,
    #[serde(default)]
    allow_destructive: Vec<Located<String>>,
    #[serde(default)]
    refused: Option<Node>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

/// The matrix, and what is known beside it.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// Routes that everybody may use; absent when the matrix comes from the document.
    pub(super) public: Option<Vec<Pattern>>,
    /// Who may use which route; absent when roles are not told.
    pub(super) routes: Option<Vec<Entry>>,
    /// Everybody who is judged; the one of `as:` first.
    pub(super) people: Vec<Person>,
    /// Values of path parameters by their names.
    pub(super) parameters: BTreeMap<String, JsonTemplate>,
    /// What writes are tried on.
    pub(super) resources: Vec<Resource>,
    /// Folders that are searched for routes.
    pub(super) code: Vec<String>,
    /// Routes that are not tried, with the reason.
    pub(super) skip: Vec<(Pattern, String)>,
    /// Routes that are tried although their names speak of an effect.
    pub(super) allow_destructive: Vec<Pattern>,
    /// How this portal says no.
    pub(super) refusals: Refusals,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// The OpenAPI document of the gate.
    pub(super) document: Option<Located<String>>,
}

/// An identity that is judged.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Its name.
    pub(super) name: IdentityName,
    /// Its role.
    pub(super) role: Option<String>,
}

impl Config {
    /// Reads the value under `access:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let public = written.public.as_deref();
        let public = public.map(|written| patterns(written, &mut faults));
        let people = people(written.identities.as_deref(), scope, &mut faults);
        let routes = written.routes.as_ref();
        let routes = routes.map(|routes| entries(routes, scope, &mut faults));
        check_twice(public.as_deref(), routes.as_deref(), &mut faults);
        let parameters = filling::parameters(written.parameters.as_ref(), &mut faults);
        let resources = resources(&written.resources, scope, &mut faults);
        let skip = skipped(&written.skip, &mut faults);
        let allow_destructive = patterns(&written.allow_destructive, &mut faults);
        let refusals = written.refused.as_ref().map(Refusals::parse).transpose();
        let refusals = keep(&mut faults, refusals);
        budget::check(written.most.as_ref(), &(4..=LIMIT), &mut faults);
        let has_matrix = public.is_some() || routes.is_some();
        faults.extend(nothing_to_judge(node, has_matrix, &written.code, scope));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            public,
            routes,
            people,
            parameters,
            resources,
            code: written.code.into_iter().map(|one| one.value).collect(),
            skip,
            allow_destructive,
            refusals: refusals.unwrap_or_default(),
            most: written.most.map_or(MOST, |most| most.value),
            document: scope.openapi.cloned(),
        })
    }

    /// Whether the gate file itself says who may what.
    pub(super) fn has_matrix(&self) -> bool {
        self.public.is_some() || self.routes.is_some()
    }

    /// The paths of routes that answer to every method and of which the matrix names none but GET.
    pub(super) fn of_any_method(&self, routes: &[Route]) -> Vec<String> {
        const OTHERS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];
        let is_named = |path: &str| {
            let public = self.public.iter().flatten();
            let listed = self.routes.iter().flatten().map(|entry| &entry.pattern);
            let mut named = public.chain(listed.filter(|pattern| pattern.is_one()));
            named.any(|pattern| OTHERS.iter().any(|method| pattern.covers(method, path)))
        };
        let any = routes.iter().filter(|route| route.method == Method::Any);
        let paths = any.map(|route| route.path.clone());
        paths.filter(|path| !is_named(path)).collect()
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let values = self.parameters.values().flat_map(JsonTemplate::templates);
        let entries = self.routes.iter().flatten().flat_map(Entry::templates);
        let mut templates: Vec<Template> = values.chain(entries).collect();
        templates.extend(self.resources.iter().flat_map(Resource::templates));
        templates.extend(self.refusals.templates());
        templates
    }
}

fn patterns(written: &[Located<String>], faults: &mut Vec<Diagnostic>) -> Vec<Pattern> {
    let read = written.iter().map(Pattern::read);
    let mut patterns = Vec::new();
    for pattern in read {
        match pattern {
            Ok(pattern) => patterns.push(pattern),
            Err(fault) => faults.push(fault),
        }
    }
    patterns
}

fn people(
    written: Option<&[Located<String>]>,
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Person> {
    let names: Vec<IdentityName> = match written {
        None => scope.identities.to_vec(),
        Some(written) => {
            let named = |one: &Located<String>| scope.identity(&one.value, &one.span);
            let known = written.iter().map(named).filter_map(|one| {
                let mut keep = |fault| faults.push(fault);
                one.map_err(&mut keep).ok()
            });
            known.collect()
        }
    };
    let mut people: Vec<Person> = names
        .into_iter()
        .map(|name| {
            let known = scope.people.iter().find(|one| one.name == name);
            Person {
                role: known.and_then(|one: &Identity| one.role.clone()),
                name,
            }
        })
        .collect();
    people.sort_by_key(|one| Some(&one.name) != scope.identity);
    people
}

fn entries(
    routes: &Entries<Node>,
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (route, node) in &routes.0 {
        match Entry::read(route, node, scope) {
            Ok(entry) => entries.push(entry),
            Err(more) => faults.extend(more),
        }
    }
    entries
}

fn resources(
    written: &Entries<Node>,
    scope: &ParseScope<'_>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Resource> {
    let mut resources = Vec::new();
    for (name, node) in &written.0 {
        let read = node.read::<WrittenResource>();
        match read.and_then(|read| read.read(&name.value, &name.span, scope)) {
            Ok(resource) => resources.push(resource),
            Err(more) => faults.extend(more),
        }
    }
    resources
}

/// A route that stands in the matrix twice would be two answers to one question.
fn check_twice(public: Option<&[Pattern]>, routes: Option<&[Entry]>, faults: &mut Vec<Diagnostic>) {
    let listed = routes.into_iter().flatten().map(|entry| &entry.pattern);
    let all: Vec<&Pattern> = public.into_iter().flatten().chain(listed).collect();
    for (number, pattern) in all.iter().enumerate() {
        let same = |other: &&&Pattern| {
            let one = pattern
                .method
                .is_some_and(|method| other.is(method, &pattern.path));
            one || other.name() == pattern.name()
        };
        if let Some(first) = all[..number].iter().find(same) {
            faults.push(
                Diagnostic::at(
                    pattern.span.clone(),
                    format!("`{}` is in the matrix twice", pattern.name()),
                )
                .label(format!("it stands as `{}` already", first.name()))
                .help("Keep one of them: a route is public, or it has a list of who may use it."),
            );
        }
    }
}

fn skipped(
    written: &Entries<Located<String>>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<(Pattern, String)> {
    let mut skipped = Vec::new();
    for (route, reason) in &written.0 {
        match Pattern::read(route) {
            Ok(_) if reason.value.trim().is_empty() => faults.push(
                Diagnostic::at(reason.span.clone(), "a route is skipped for a reason")
                    .label("expected why, as in `it never ends`"),
            ),
            Ok(pattern) => skipped.push((pattern, reason.value.clone())),
            Err(fault) => faults.push(fault),
        }
    }
    skipped
}

fn nothing_to_judge(
    node: &Node,
    has_matrix: bool,
    code: &[Located<String>],
    scope: &ParseScope<'_>,
) -> Option<Diagnostic> {
    if has_matrix {
        return None;
    }
    let help = "List who may use what, as in `routes: { GET /api/records: [anna] }` and `public: [GET /]`; \
                `tidegate draft access` proposes it.";
    if let Some(code) = code.first() {
        let fault = Diagnostic::at(code.span.clone(), "code does not say who may use a route");
        return Some(
            fault
                .label("needs `public` or `routes` beside it")
                .help(help),
        );
    }
    scope.openapi.is_none().then(|| {
        Diagnostic::at(node.span.clone(), "there is no matrix")
            .label("needs `public` or `routes`, or `openapi:` in the gate file")
            .help(help)
    })
}
