//! What stands under `cors:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;
use tidegate_core::span::Span;

use super::origins::Origin;
use crate::attack::Proof;
use crate::budget;

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 150;
/// The most that it may say.
pub(super) const LIMIT: u32 = 2_000;

/// The methods of a route.
pub(super) const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    allowed: Vec<Located<String>>,
    #[serde(default)]
    routes: Option<Vec<Node>>,
    #[serde(default)]
    credentials: Option<bool>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenRoute {
    #[serde(default)]
    get: Option<Located<String>>,
    #[serde(default)]
    head: Option<Located<String>>,
    #[serde(default)]
    post: Option<Located<String>>,
    #[serde(default)]
    put: Option<Located<String>>,
    #[serde(default)]
    patch: Option<Located<String>>,
    #[serde(default)]
    delete: Option<Located<String>>,
    #[serde(default)]
    headers: Option<Vec<Located<String>>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The origins whose pages call the portal.
    pub(super) allowed: Vec<Origin>,
    /// What they call; from the document, or the start page, when empty.
    pub(super) routes: Vec<Route>,
    /// Whether their pages send cookies along.
    pub(super) credentials: bool,
    /// The headers with which the identity proves who it is, in lowercase.
    pub(super) proofs: Vec<String>,
    /// The most requests of an attempt.
    pub(super) most: u32,
    /// Who the check is.
    pub(super) identity: Option<IdentityName>,
    /// The gate's document.
    pub(super) document: Option<Located<String>>,
}

/// A request that a page of an allowed origin sends.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// In capitals.
    pub(super) method: String,
    /// The path.
    pub(super) path: String,
    /// The headers that a browser asks for first, in lowercase.
    pub(super) headers: Vec<String>,
    /// Where it was declared.
    pub(super) span: Span,
}

impl Route {
    /// A route with the headers that such a request usually has.
    pub(super) fn usual(method: &str, path: &str, proofs: &[String], span: Span) -> Self {
        let has_body = matches!(method, "POST" | "PUT" | "PATCH");
        let body = has_body.then(|| "content-type".to_owned());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: proofs.iter().cloned().chain(body).collect(),
            span,
        }
    }

    /// How people name it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether a browser asks before it sends it (Fetch, CORS-safelisted methods and headers).
    pub(super) fn needs_preflight(&self) -> bool {
        let is_plain = matches!(self.method.as_str(), "GET" | "HEAD" | "POST");
        !is_plain || !self.headers.is_empty()
    }

    /// Whether it only reads, so that it is really sent.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

impl Config {
    /// Reads the value under `cors:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        // `cors:` with nothing behind it lets nobody in.
        let node = node.or_empty();
        let written: Written = node.read()?;
        let Proof {
            cookies,
            headers: proofs,
        } = Proof::of(scope);
        let mut faults = Vec::new();
        let mut allowed = Vec::new();
        for text in &written.allowed {
            match Origin::parse(&text.value) {
                Ok(origin) => allowed.push(origin),
                Err(reason) => faults.push(no_origin(text, reason)),
            }
        }
        let routes = written.routes.iter().flatten();
        let routes = gather(routes.map(|route| read_route(route, &proofs)));
        let routes = routes.unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        budget::check(written.most.as_ref(), &(4..=LIMIT), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            allowed,
            routes,
            credentials: written.credentials.unwrap_or(cookies),
            proofs,
            most: written.most.map_or(MOST, |most| most.value),
            identity: scope.identity.cloned(),
            document: scope.openapi.cloned(),
        })
    }
}

fn no_origin(text: &Located<String>, reason: String) -> Diagnostic {
    Diagnostic::at(text.span.clone(), format!("`{}` is no origin", text.value))
        .label(reason)
        .help("Write scheme, host and, if it is not the usual one, port, without a slash at the end. `https://*.acme.example` means every host below.")
}

fn read_route(node: &Node, proofs: &[String]) -> Result<Route, Vec<Diagnostic>> {
    if let Some(text) = node.text() {
        let (method, path) = text.split_once(' ').unwrap_or(("GET", text));
        return route(method, path, None, proofs, &node.span);
    }
    let written: WrittenRoute = node.read()?;
    let named = [
        ("GET", written.get),
        ("HEAD", written.head),
        ("POST", written.post),
        ("PUT", written.put),
        ("PATCH", written.patch),
        ("DELETE", written.delete),
    ];
    let mut named = named
        .into_iter()
        .filter_map(|(method, path)| path.map(|path| (method, path)));
    match (named.next(), named.next()) {
        (Some((method, path)), None) => {
            route(method, &path.value, written.headers, proofs, &path.span)
        }
        _ => Err(vec![
            Diagnostic::at(node.span.clone(), "a route has one method")
                .label("expected one of `get`, `head`, `post`, `put`, `patch`, `delete`")
                .help("Write `{ post: /api/records, headers: [content-type, authorization] }`."),
        ]),
    }
}

fn route(
    method: &str,
    path: &str,
    headers: Option<Vec<Located<String>>>,
    proofs: &[String],
    span: &Span,
) -> Result<Route, Vec<Diagnostic>> {
    let fault = |label: &str| {
        vec![
            Diagnostic::at(span.clone(), format!("`{method} {path}` is no route"))
                .label(label)
                .help("Write `GET /api/me`, or `{ post: /api/records, headers: [content-type] }`."),
        ]
    };
    if !METHODS.contains(&method) {
        return Err(fault("expected a method in capitals and a path"));
    }
    if !path.starts_with('/') || path.contains("${") || path.contains(char::is_whitespace) {
        return Err(fault(
            "expected a path without values, as it stands in the browser",
        ));
    }
    let mut route = Route::usual(method, path, proofs, span.clone());
    if let Some(headers) = headers {
        route.headers = headers
            .into_iter()
            .map(|header| header.value.to_ascii_lowercase())
            .collect();
    }
    Ok(route)
}
