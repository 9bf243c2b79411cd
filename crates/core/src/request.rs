//! A request as a gate file writes it: `{ post: /api/records, json: { … } }`.
//!
//! Logins, flow steps and every other kind that sends something share these keys.

pub mod schema;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::located::{Entries, Located};
use crate::name::ApiName;
use crate::node::{Key, Node, Value};
use crate::period::Period;
use crate::ports::files::{Files, FilesError};
use crate::ports::http::{Body, Cause, Part, PartContent, Request, Target};
use crate::secret::Sensitive;
use crate::span::Span;
use crate::template::{JsonTemplate, Lookup, Template, TemplateError};

/// The keys that name a method, each with the path as its value.
pub const METHOD_KEYS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// The keys beside the method.
pub const REQUEST_KEYS: &[&str] = &[
    "on",
    "query",
    "headers",
    "json",
    "form",
    "multipart",
    "body",
    "file",
    "timeout",
];

/// The largest file that is sent as a body, in bytes: 64 MiB.
pub const FILE_LIMIT: usize = 64 * 1024 * 1024;

/// A request whose references are not resolved yet.
#[derive(Debug, Clone)]
pub struct RequestTemplate {
    /// The method in capitals.
    pub method: &'static str,
    /// The path or the whole address.
    pub path: Template,
    /// The entry under `apis:` it goes to; the environment when absent.
    pub api: Option<Located<ApiName>>,
    /// Added to the query.
    pub query: Vec<(String, Template)>,
    /// The headers.
    pub headers: Vec<(String, Template)>,
    /// What is sent.
    pub body: BodyTemplate,
    /// How long it may take.
    pub timeout: Option<Period>,
    /// Where it was written: the method's key and its path.
    pub span: Span,
}

/// A body whose references are not resolved yet.
#[derive(Debug, Clone)]
pub enum BodyTemplate {
    /// Nothing.
    Empty,
    /// `json:`
    Json(JsonTemplate),
    /// `form:`
    Form(Vec<(String, Template)>),
    /// `multipart:`
    Multipart(Vec<PartTemplate>),
    /// `body:`
    Text(Template),
    /// `file:`, the path of a file to send.
    File(Template),
}

/// A part of a multipart body whose references are not resolved yet.
#[derive(Debug, Clone)]
pub struct PartTemplate {
    name: String,
    file_name: Option<Template>,
    content_type: Option<String>,
    content: PartSource,
}

#[derive(Debug, Clone)]
enum PartSource {
    Text(Template),
    File(Template),
}

/// Why a request could not be made from its template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A reference has no value.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A file to send could not be read.
    #[error(transparent)]
    File(#[from] FilesError),
}

impl RenderError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Template(error) => error.help(),
            Self::File(error) => error.help().to_owned(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    on: Option<Located<String>>,
    #[serde(default)]
    query: Entries<Node>,
    #[serde(default)]
    headers: Entries<Template>,
    #[serde(default)]
    json: Option<JsonTemplate>,
    #[serde(default)]
    form: Option<Entries<Template>>,
    #[serde(default)]
    multipart: Option<Entries<Node>>,
    #[serde(default)]
    body: Option<Template>,
    #[serde(default)]
    file: Option<Template>,
    #[serde(default)]
    timeout: Option<Period>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawPart {
    #[serde(default)]
    file: Option<Template>,
    #[serde(default)]
    text: Option<Template>,
    #[serde(default)]
    name: Option<Template>,
    #[serde(default, rename = "type")]
    content_type: Option<String>,
}

impl RequestTemplate {
    /// Takes the keys of a request out of a map; the rest is returned for its own reader, which
    /// gives [`request_keys`] to [`Node::read_beside`].
    ///
    /// # Errors
    /// When no method or several are named, when two bodies are, or when a value does not fit.
    pub fn take(node: &Node) -> Result<(Self, Node), Vec<Diagnostic>> {
        let Value::Map(entries) = &node.value else {
            return Err(vec![
                Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                    .label("expected a map with a method, as in { get: /health }"),
            ]);
        };
        let is_method = |key: &Key| METHOD_KEYS.contains(&key.text.as_str());
        let methods: Vec<&(Key, Node)> = entries.iter().filter(|(key, _)| is_method(key)).collect();
        let (key, path) = match methods.as_slice() {
            [(key, path)] => (key, path),
            [] => return Err(vec![no_method(node, entries)]),
            [_, (second, _), ..] => {
                return Err(vec![
                    Diagnostic::at(second.span.clone(), "a second method in one request")
                        .label("one request has one method")
                        .help("Make it a step of its own."),
                ]);
            }
        };
        let (own, rest): (Vec<_>, Vec<_>) = entries
            .iter()
            .filter(|(key, _)| !is_method(key))
            .cloned()
            .partition(|(key, _)| REQUEST_KEYS.contains(&key.text.as_str()));
        let raw: Raw = Node::new(Value::Map(own), node.span.clone()).read()?;
        let template = Self {
            method: method_of(&key.text),
            path: Self::path(path)?,
            api: raw
                .on
                .clone()
                .map(|name| name.map(|name| ApiName::new(name.as_str()))),
            query: query(&raw.query)?,
            headers: plain(&raw.headers),
            timeout: raw.timeout,
            body: body(raw, node)?,
            span: path.span.clone(),
        };
        Ok((template, Node::new(Value::Map(rest), node.span.clone())))
    }

    fn path(node: &Node) -> Result<Template, Vec<Diagnostic>> {
        let path = Template::from_node(node)?;
        let written = path.to_string();
        let proper = ["/", "${", "http://", "https://"]
            .iter()
            .any(|start| written.starts_with(start));
        if proper {
            return Ok(path);
        }
        Err(vec![
            Diagnostic::at(node.span.clone(), format!("`{written}` is not a path"))
                .label("expected a path that starts with `/`")
                .help("Write the path as the browser's address bar shows it after the host."),
        ])
    }

    /// Every template in it, for the plan to know its references.
    pub fn templates(&self) -> Vec<Template> {
        let mut all = vec![self.path.clone()];
        all.extend(
            self.query
                .iter()
                .chain(&self.headers)
                .map(|(_, value)| value.clone()),
        );
        match &self.body {
            BodyTemplate::Empty => {}
            BodyTemplate::Json(json) => all.extend(json.templates()),
            BodyTemplate::Form(fields) => all.extend(fields.iter().map(|(_, value)| value.clone())),
            BodyTemplate::Text(text) | BodyTemplate::File(text) => all.push(text.clone()),
            BodyTemplate::Multipart(parts) => all.extend(parts.iter().flat_map(|part| {
                let (PartSource::Text(content) | PartSource::File(content)) = &part.content;
                std::iter::once(content.clone()).chain(part.file_name.clone())
            })),
        }
        all
    }

    /// Whether the method may change something: anything but GET, HEAD and OPTIONS (RFC 9110, 9.2.1).
    pub fn writes(&self) -> bool {
        !matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }

    /// The request as a person names it: `POST /api/records/${record}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The request with every reference resolved and every file read.
    ///
    /// # Errors
    /// The first reference without a value, or file that cannot be read.
    pub fn render(
        &self,
        lookup: &dyn Lookup,
        files: &dyn Files,
        cause: Cause,
    ) -> Result<Request, RenderError> {
        let path = self.path.render(lookup)?;
        let whole = ["http://", "https://"]
            .iter()
            .any(|start| path.expose().starts_with(start));
        let target = if whole {
            Target::Url(path)
        } else {
            Target::Path {
                api: self.api.as_ref().map(|api| api.value.clone()),
                path,
            }
        };
        let mut request = Request::new(self.method, target, &self.path.to_string(), cause);
        request.query = rendered(&self.query, lookup)?;
        request.headers = rendered(&self.headers, lookup)?;
        request.body = self.body.render(lookup, files)?;
        if let Some(Period(timeout)) = self.timeout {
            request.timeout = timeout;
        }
        Ok(request)
    }
}

impl BodyTemplate {
    fn render(&self, lookup: &dyn Lookup, files: &dyn Files) -> Result<Body, RenderError> {
        Ok(match self {
            Self::Empty => Body::Empty,
            Self::Json(json) => Body::Json(Sensitive::new(json.render(lookup)?.to_string())),
            Self::Form(fields) => Body::Form(rendered(fields, lookup)?),
            Self::Text(text) => Body::Text(text.render(lookup)?),
            Self::File(path) => Body::Bytes(
                files
                    .read(path.render(lookup)?.expose(), FILE_LIMIT)?
                    .into(),
            ),
            Self::Multipart(parts) => Body::Multipart(
                parts
                    .iter()
                    .map(|part| part.render(lookup, files))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }
}

impl PartTemplate {
    fn render(&self, lookup: &dyn Lookup, files: &dyn Files) -> Result<Part, RenderError> {
        let named = self
            .file_name
            .as_ref()
            .map(|name| name.render(lookup))
            .transpose()?;
        let mut file_name = named.map(|name| name.expose().to_owned());
        let content = match &self.content {
            PartSource::Text(text) => PartContent::Text(text.render(lookup)?),
            PartSource::File(path) => {
                let path = path.render(lookup)?;
                let last = path.expose().rsplit('/').next().unwrap_or_default();
                file_name.get_or_insert_with(|| last.to_owned());
                PartContent::Bytes(files.read(path.expose(), FILE_LIMIT)?.into())
            }
        };
        Ok(Part {
            name: self.name.clone(),
            file_name,
            content_type: self.content_type.clone(),
            content,
        })
    }
}

/// Every key that belongs to a request.
pub fn request_keys() -> Vec<&'static str> {
    METHOD_KEYS.iter().chain(REQUEST_KEYS).copied().collect()
}

fn no_method(node: &Node, entries: &[(Key, Node)]) -> Diagnostic {
    let slip = entries.iter().find_map(|(key, _)| {
        crate::diagnostic::nearest(&key.text, METHOD_KEYS).map(|near| (key.span.clone(), near))
    });
    let listed = METHOD_KEYS.join(", ");
    let diagnostic = match slip {
        Some((span, near)) => {
            Diagnostic::at(span, "no method is named").label(format!("did you mean `{near}`?"))
        }
        None => Diagnostic::at(node.span.clone(), "no method is named")
            .label("needs a method and a path"),
    };
    diagnostic.help(format!("Name one of {listed}, as in {{ get: /health }}."))
}

fn method_of(key: &str) -> &'static str {
    match key {
        "post" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        "delete" => "DELETE",
        "head" => "HEAD",
        "options" => "OPTIONS",
        _ => "GET",
    }
}

fn body(raw: Raw, node: &Node) -> Result<BodyTemplate, Vec<Diagnostic>> {
    let mut bodies = Vec::new();
    bodies.extend(raw.json.map(BodyTemplate::Json));
    bodies.extend(
        raw.form
            .as_ref()
            .map(|form| BodyTemplate::Form(plain(form))),
    );
    if let Some(parts) = &raw.multipart {
        let parts = crate::de::gather(parts.0.iter().map(|(name, node)| part(&name.value, node)))?;
        bodies.push(BodyTemplate::Multipart(parts));
    }
    bodies.extend(raw.body.map(BodyTemplate::Text));
    bodies.extend(raw.file.map(BodyTemplate::File));
    if bodies.len() > 1 {
        return Err(vec![
            Diagnostic::at(node.span.clone(), "two bodies in one request")
                .label("one request has one body")
                .help("Keep one of json, form, multipart, body and file."),
        ]);
    }
    Ok(bodies.pop().unwrap_or(BodyTemplate::Empty))
}

fn part(name: &str, node: &Node) -> Result<PartTemplate, Vec<Diagnostic>> {
    if !matches!(node.value, Value::Map(_)) {
        let content = PartSource::Text(Template::from_node(node)?);
        return Ok(PartTemplate {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            content,
        });
    }
    let raw: RawPart = node.read()?;
    let content = match (raw.file, raw.text) {
        (Some(path), None) => PartSource::File(path),
        (None, Some(text)) => PartSource::Text(text),
        _ => {
            return Err(vec![
                Diagnostic::at(node.span.clone(), "a part holds either a file or a text")
                    .label("needs one of `file` and `text`"),
            ]);
        }
    };
    Ok(PartTemplate {
        name: name.to_owned(),
        file_name: raw.name,
        content_type: raw.content_type,
        content,
    })
}

fn query(entries: &Entries<Node>) -> Result<Vec<(String, Template)>, Vec<Diagnostic>> {
    let pairs = crate::de::gather(entries.0.iter().map(|(name, node)| {
        let values = match &node.value {
            Value::Sequence(elements) => {
                crate::de::gather(elements.iter().map(Template::from_node))?
            }
            _ => vec![Template::from_node(node)?],
        };
        Ok(values
            .into_iter()
            .map(|value| (name.value.clone(), value))
            .collect::<Vec<_>>())
    }))?;
    Ok(pairs.into_iter().flatten().collect())
}

fn plain(entries: &Entries<Template>) -> Vec<(String, Template)> {
    entries
        .0
        .iter()
        .map(|(name, value)| (name.value.clone(), value.clone()))
        .collect()
}

fn rendered(
    pairs: &[(String, Template)],
    lookup: &dyn Lookup,
) -> Result<Vec<(String, Sensitive)>, TemplateError> {
    pairs
        .iter()
        .map(|(name, value)| Ok((name.clone(), value.render(lookup)?)))
        .collect()
}
