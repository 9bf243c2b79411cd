//! What stands under `rejects:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Node, Value};
use tidegate_core::request::{BodyTemplate, RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;

use super::negative::SORTS;
use crate::attack::look;
use crate::budget;
use crate::expect::{Capture, Path, parse_captures};
use crate::flow::cleanup::CleanupTemplate;
use crate::flow::{keep, references, take};
use crate::written::{WRITES, texts};

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 200;
/// The most that it may say.
const LIMIT: u32 = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    operations: Option<Node>,
    #[serde(default)]
    include: Vec<Located<String>>,
    #[serde(default)]
    exclude: Vec<Located<String>>,
    #[serde(default)]
    lenient: Vec<Located<String>>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenOperation {
    #[serde(default)]
    capture: Option<Node>,
    #[serde(default)]
    cleanup: Option<Node>,
    #[serde(default)]
    schema: Option<Located<String>>,
    #[serde(default)]
    read: Option<Node>,
    #[serde(default)]
    count: Option<Node>,
    #[serde(default)]
    pages: Vec<Node>,
    #[serde(default)]
    lenient: Vec<Located<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenCount {
    total: Located<String>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The declared operations; empty when the document is to be asked.
    pub(super) operations: Vec<Declared>,
    /// Operations of the document that are tried although their names speak against it.
    pub(super) include: Vec<String>,
    /// Operations of the document that are left alone.
    pub(super) exclude: Vec<String>,
    /// What every operation may accept.
    pub(super) lenient: Vec<String>,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// The OpenAPI document of the gate.
    pub(super) document: Option<Located<String>>,
}

/// A declared operation: its valid request, and how what it stores is found.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    /// The valid request.
    pub(super) request: RequestTemplate,
    /// What later requests need of its answer.
    pub(super) captures: Vec<Capture>,
    /// How what it creates is removed.
    pub(super) cleanup: Option<CleanupTemplate>,
    /// The file with its JSON Schema.
    pub(super) schema: Option<Located<String>>,
    /// Where stored things show up.
    pub(super) read: Option<RequestTemplate>,
    /// Where it is told how many there are.
    pub(super) count: Option<Count>,
    /// Pages that show what is stored.
    pub(super) pages: Vec<RequestTemplate>,
    /// What it may accept.
    pub(super) lenient: Vec<String>,
}

/// Where it is told how many things there are.
#[derive(Debug, Clone)]
pub(super) struct Count {
    /// The request.
    pub(super) request: RequestTemplate,
    /// Where its answer has the number, or the things themselves.
    pub(super) total: Path,
}

impl Config {
    /// Reads the value under `rejects:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        let operations = written.operations.as_ref();
        let operations = operations.map(|node| read_operations(node, scope));
        let operations = keep(&mut faults, operations.transpose());
        WRITES.check(written.include.iter().chain(&written.exclude), &mut faults);
        check_sorts(&written.lenient, &mut faults);
        budget::check(written.most.as_ref(), &(4..=LIMIT), &mut faults);
        if operations.is_none() && scope.openapi.is_none() {
            faults.push(nothing_to_try(node));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let operations = operations.unwrap_or_default();
        check_references(&operations)?;
        Ok(Self {
            operations,
            include: texts(&written.include),
            exclude: texts(&written.exclude),
            lenient: texts(&written.lenient),
            most: written.most.map_or(MOST, |most| most.value),
            document: scope.openapi.cloned(),
        })
    }
}

fn nothing_to_try(node: &Node) -> Diagnostic {
    Diagnostic::at(node.span.clone(), "no operation is named")
        .label("needs `operations`, or `openapi:` in the gate file")
        .help("Name a write and its valid body, as in `operations: [{ post: /api/records, json: { title: \"${unique}\" } }]`.")
}

fn check_sorts(lenient: &[Located<String>], faults: &mut Vec<Diagnostic>) {
    for sort in lenient {
        if !SORTS.contains(&sort.value.as_str()) {
            let span = sort.span.clone();
            faults.push(Diagnostic::unknown(
                span,
                "sort of wrong input",
                &sort.value,
                SORTS,
            ));
        }
    }
}

fn read_operations(node: &Node, scope: &ParseScope<'_>) -> Result<Vec<Declared>, Vec<Diagnostic>> {
    match &node.value {
        Value::Sequence(elements) if !elements.is_empty() => gather(
            elements
                .iter()
                .map(|element| Declared::read(element, scope)),
        ),
        _ => Err(vec![
            Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                .label("expected a list of at least one operation")
                .help(
                    "Write a valid request for each, as in `- post: /api/records` with its `json`.",
                ),
        ]),
    }
}

impl Declared {
    fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let written: WrittenOperation = rest.read_beside(&request_keys())?;
        let mut faults = Vec::new();
        faults.extend(no_write(&request));
        check_sorts(&written.lenient, &mut faults);
        let captures = written.capture.as_ref().map(parse_captures);
        let captures = keep(&mut faults, captures.transpose()).unwrap_or_default();
        let cleanup = written.cleanup.as_ref();
        let cleanup = cleanup.map(|node| CleanupTemplate::parse(node, scope));
        let cleanup = keep(&mut faults, cleanup.transpose());
        let read = written.read.as_ref().map(|node| look(node, scope));
        let read = keep(&mut faults, read.transpose());
        let count = written.count.as_ref();
        let count = count.map(|node| Count::read(node, scope));
        let count = keep(&mut faults, count.transpose());
        let pages = gather(written.pages.iter().map(|page| look(page, scope)));
        let pages = keep(&mut faults, pages);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            request,
            captures,
            cleanup,
            schema: written.schema,
            read,
            count,
            pages,
            lenient: texts(&written.lenient),
        })
    }

    /// The templates that are resolved with what it captures.
    fn templates_after(&self) -> Vec<Template> {
        let looks = self.read.iter().chain(&self.pages);
        let mut templates: Vec<Template> = looks.flat_map(RequestTemplate::templates).collect();
        templates.extend(self.cleanup.iter().flat_map(CleanupTemplate::templates));
        templates
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = self.request.templates();
        let count = self.count.iter();
        templates.extend(count.flat_map(|count| count.request.templates()));
        templates.extend(self.templates_after());
        templates
    }
}

impl Count {
    fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let written: WrittenCount = rest.read_beside(&request_keys())?;
        let total = written.total;
        let total = Path::parse(&total.value, &total.span).map_err(|fault| vec![fault])?;
        let names_mark = request
            .templates()
            .iter()
            .any(|template| template.values().any(|name| name == "unique"));
        if names_mark {
            return Err(vec![
                Diagnostic::at(
                    request.span.clone(),
                    "this counts one request's things only",
                )
                .label("`${unique}` differs from request to request")
                .help("Count everything there is, as in `{ get: /api/records, total: $.total }`."),
            ]);
        }
        Ok(Self { request, total })
    }
}

fn no_write(request: &RequestTemplate) -> Option<Diagnostic> {
    let place = request.span.clone();
    if !["POST", "PUT", "PATCH"].contains(&request.method) {
        return Some(
            Diagnostic::at(
                place,
                format!("{} sends nothing that could be wrong", request.method),
            )
            .label("expected a POST, a PUT or a PATCH"),
        );
    }
    let is_json = matches!(request.body, BodyTemplate::Json(_));
    (!is_json).then(|| {
        Diagnostic::at(place, "there is no valid body to begin with")
            .label("needs `json`")
            .help("Write a body that the portal accepts, with `${unique}` in a text: the wrong ones are made from it.")
    })
}

/// Finds the references that nothing gives a value to.
fn check_references(operations: &[Declared]) -> Result<(), Vec<Diagnostic>> {
    let mut known: Vec<&str> = BUILT_IN.to_vec();
    let mut faults = Vec::new();
    for operation in operations {
        let mut before = operation.request.templates();
        let count = operation.count.iter();
        before.extend(count.flat_map(|count| count.request.templates()));
        references::unknown(&before, &known, &mut faults);
        known.extend(
            operation
                .captures
                .iter()
                .map(|capture| capture.name.as_str()),
        );
        references::unknown(&operation.templates_after(), &known, &mut faults);
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}
