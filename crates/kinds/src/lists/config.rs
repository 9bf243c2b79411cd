//! What stands under `lists:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Node, Value};
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;

use crate::attack::{Refusals, whole};
use crate::budget;
use crate::expect::Path;
use crate::flow::{references, take};
use crate::written::{READS, texts};
use tidegate_core::size::Size;

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 200;
/// The most that it may say.
const LIMIT: u32 = 2_000;
/// The most bytes of an answer unless the gate file says otherwise.
const BYTES: u64 = 1_000_000;
/// The most items of a page unless the gate file says otherwise.
const ITEMS: u64 = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    routes: Option<Node>,
    #[serde(default)]
    objects: Option<Node>,
    #[serde(default)]
    exclude: Vec<Located<String>>,
    #[serde(default)]
    max_bytes: Option<Located<Size>>,
    #[serde(default)]
    max_items: Option<Located<u64>>,
    #[serde(default)]
    sensitive: Vec<Located<String>>,
    #[serde(default)]
    allow: Vec<Located<String>>,
    #[serde(default)]
    refused: Option<Node>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenRoute {
    #[serde(default)]
    limit: Option<Located<String>>,
    #[serde(default)]
    items: Option<Located<String>>,
    #[serde(default)]
    max_bytes: Option<Located<Size>>,
    #[serde(default)]
    max_items: Option<Located<u64>>,
    #[serde(default)]
    fields: Vec<Located<String>>,
    #[serde(default)]
    sensitive: Vec<Located<String>>,
    #[serde(default)]
    allow: Vec<Located<String>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The declared lists and objects; empty when the document is to be asked.
    pub(super) looks: Vec<Look>,
    /// Operations of the document that are left alone.
    pub(super) exclude: Vec<String>,
    /// What holds for what the document has.
    pub(super) defaults: Bounds,
    /// How this portal says no.
    pub(super) refusals: Refusals,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// Who looks.
    pub(super) identity: Option<IdentityName>,
    /// The OpenAPI document of the gate.
    pub(super) document: Option<Located<String>>,
}

/// What an answer may be.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// The most bytes.
    pub(super) bytes: u64,
    /// Whether the gate file says so.
    pub(super) bytes_declared: bool,
    /// The most items of a page.
    pub(super) items: u64,
    /// The only fields that it may have; every one when empty.
    pub(super) fields: Vec<String>,
    /// Names of fields that nobody may see.
    pub(super) sensitive: Vec<String>,
    /// Names of fields that are shown on purpose.
    pub(super) allow: Vec<String>,
}

/// A list or an object that is looked at.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// The request.
    pub(super) request: RequestTemplate,
    /// Whether it is a list.
    pub(super) is_list: bool,
    /// The query parameter that sets the size of a page.
    pub(super) limit: Option<String>,
    /// Where the items are; found by themselves when absent.
    pub(super) items: Option<Path>,
    /// What the answer may be.
    pub(super) bounds: Bounds,
    /// Whether the gate file names it, so that it must be judged.
    pub(super) declared: bool,
}

impl Config {
    /// Reads the value under `lists:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        budget::check(written.most.as_ref(), &(1..=LIMIT), &mut faults);
        READS.check(&written.exclude, &mut faults);
        check_items(written.max_items.as_ref(), &mut faults);
        let defaults = Bounds {
            bytes: written
                .max_bytes
                .as_ref()
                .map_or(BYTES, |size| size.value.0),
            bytes_declared: written.max_bytes.is_some(),
            items: written.max_items.as_ref().map_or(ITEMS, |most| most.value),
            fields: Vec::new(),
            sensitive: texts(&written.sensitive),
            allow: texts(&written.allow),
        };
        let mut looks = Vec::new();
        for (part, is_list) in [(&written.routes, true), (&written.objects, false)] {
            let read = part
                .as_ref()
                .map(|node| looks_of(node, is_list, &defaults, scope));
            match read.transpose() {
                Ok(more) => looks.extend(more.into_iter().flatten()),
                Err(more) => faults.extend(more),
            }
        }
        let refusals = Refusals::of(written.refused.as_ref(), &mut faults);
        let names_none = written.routes.is_none() && written.objects.is_none();
        if names_none && scope.openapi.is_none() {
            faults.push(nothing_to_look_at(node));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            looks,
            exclude: texts(&written.exclude),
            defaults,
            refusals,
            most: written.most.map_or(MOST, |most| most.value),
            identity: scope.identity.cloned(),
            document: scope.openapi.cloned(),
        })
    }
}

fn check_items(most: Option<&Located<u64>>, faults: &mut Vec<Diagnostic>) {
    if let Some(most) = most.filter(|most| most.value == 0) {
        faults.push(
            Diagnostic::at(most.span.clone(), "no page fits into this")
                .label("expected a number from 1 on"),
        );
    }
}

fn nothing_to_look_at(node: &Node) -> Diagnostic {
    Diagnostic::at(node.span.clone(), "no list is named")
        .label("needs `routes` or `objects`, or `openapi:` in the gate file")
        .help("Name the lists of the portal, as in `routes: [/api/records]`.")
}

fn looks_of(
    node: &Node,
    is_list: bool,
    defaults: &Bounds,
    scope: &ParseScope<'_>,
) -> Result<Vec<Look>, Vec<Diagnostic>> {
    match &node.value {
        Value::Sequence(elements) if !elements.is_empty() => {
            let elements = elements.iter();
            gather(elements.map(|element| Look::read(element, is_list, defaults, scope)))
        }
        _ => Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a list of at least one path")
                .help("Write the paths, as in `[/api/records, \"/api/search?q=a\"]`."),
        ]),
    }
}

impl Look {
    fn read(
        node: &Node,
        is_list: bool,
        defaults: &Bounds,
        scope: &ParseScope<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(&whole(node, "get"), scope)?;
        let written: WrittenRoute = rest.read_beside(&request_keys())?;
        let mut faults = Vec::new();
        if request.method != "GET" {
            faults.push(no_get(&request));
        }
        references::unknown(&request.templates(), BUILT_IN, &mut faults);
        check_items(written.max_items.as_ref(), &mut faults);
        let of_lists = [
            ("limit", written.limit.as_ref().map(|limit| &limit.span)),
            ("items", written.items.as_ref().map(|items| &items.span)),
            (
                "max-items",
                written.max_items.as_ref().map(|most| &most.span),
            ),
        ];
        let misplaced = of_lists.into_iter().filter(|_| !is_list);
        faults.extend(misplaced.filter_map(|(key, span)| Some(no_list(key, span?))));
        let items = written.items.as_ref();
        let items = items.map(|items| Path::parse(&items.value, &items.span));
        let items = items.transpose().unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            request,
            is_list,
            items,
            bounds: defaults.with(&written),
            limit: written.limit.map(|limit| limit.value),
            declared: true,
        })
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        self.request.templates()
    }
}

impl Bounds {
    fn with(&self, written: &WrittenRoute) -> Self {
        let joined = |own: &[Located<String>], all: &[String]| {
            let mut names = texts(own);
            names.extend(all.iter().cloned());
            names
        };
        let bytes = written.max_bytes.as_ref();
        let items = written.max_items.as_ref();
        Self {
            bytes: bytes.map_or(self.bytes, |size| size.value.0),
            bytes_declared: self.bytes_declared || bytes.is_some(),
            items: items.map_or(self.items, |most| most.value),
            fields: texts(&written.fields),
            sensitive: joined(&written.sensitive, &self.sensitive),
            allow: joined(&written.allow, &self.allow),
        }
    }
}

fn no_get(request: &RequestTemplate) -> Diagnostic {
    Diagnostic::at(
        request.span.clone(),
        format!("{} is not how a list is read", request.method),
    )
    .label("expected a GET")
}

fn no_list(key: &str, span: &tidegate_core::span::Span) -> Diagnostic {
    Diagnostic::at(span.clone(), format!("an object has no `{key}`"))
        .label("belongs to a list")
        .help("Move the entry to `routes`, or leave the key out.")
}
