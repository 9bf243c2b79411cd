//! The operations of an OpenAPI document of version 3.0, 3.1 or 3.2.
//!
//! Walked over the raw tree: a part that makes no sense is told in [`OpenApi::faults`] and left out, and
//! everything else stays.

mod broken;
mod find;
mod media;
mod model;
mod operations;
mod parts;
mod security;
mod servers;
mod template;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod real;
#[cfg(test)]
mod tests;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::Span;

use super::{At, Library, Place};
use find::Router;

pub(crate) use find::Found;
pub(crate) use media::MediaType;
pub(crate) use model::{
    Content, Header, Operation, Parameter, ParameterIn, RequestBody, Requirement, Response,
};

/// How many faults of a document are kept.
const FAULT_LIMIT: usize = 1_000;

/// An OpenAPI document with everything it refers to.
#[derive(Debug)]
pub(crate) struct OpenApi {
    /// The document and the others it refers to.
    pub(crate) library: Library,
    /// The version it is written in.
    pub(crate) version: Version,
    /// What clients may ask for, in the order of the document.
    pub(crate) operations: Vec<Operation>,
    /// What the portal sends out by itself; the path of each is the name of the webhook.
    pub(crate) webhooks: Vec<Operation>,
    /// What is wrong with the document, each at its place.
    pub(crate) faults: Vec<Diagnostic>,
    router: Router,
}

/// A version of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Version {
    /// 3.0, whose schemas are a dialect of their own.
    V3_0,
    /// 3.1, whose schemas are JSON Schema.
    V3_1,
    /// 3.2, which adds methods and streams.
    V3_2,
}

impl OpenApi {
    /// Takes the bytes of a document that is known by a path.
    ///
    /// # Errors
    /// When it is no OpenAPI document of a known version.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn new(
        path: &str,
        bytes: Vec<u8>,
        fetch: &dyn super::Fetch,
    ) -> Result<Self, Diagnostic> {
        Self::of(Library::new(path, bytes, fetch)?)
    }

    /// Takes a document that was read already.
    ///
    /// # Errors
    /// When it is no OpenAPI document of a known version.
    pub(crate) fn of(library: Library) -> Result<Self, Diagnostic> {
        let version = version(library.root())?;
        let mut reader = Reader::new(&library, version);
        let (items, operations) = reader.paths();
        let webhooks = reader.webhooks();
        let router = reader.router(items, &operations);
        reader.unique(&operations);
        let faults = reader.told();
        Ok(Self {
            version,
            operations,
            webhooks,
            faults,
            router,
            library,
        })
    }

    /// Says that the portal stands under a base path, as in `/portal` of `https://acme.example/portal`.
    ///
    /// Paths are then looked for behind it too: relative servers of the document continue it.
    #[must_use]
    pub(crate) fn deployed_under(mut self, base: &str) -> Self {
        self.router.continue_base(base);
        self
    }

    /// A value of the document that was kept.
    pub(crate) fn at(&self, place: Place) -> At<'_> {
        self.library.at(place)
    }

    /// The base path that clients put before an operation's path: that of its first server.
    pub(crate) fn base(&self, operation: &Operation) -> String {
        let server = operation.servers.first();
        server.map_or_else(String::new, |&server| servers::usual(self.at(server)))
    }

    /// The same without what the address of the portal ends with already.
    pub(crate) fn base_below(&self, operation: &Operation, address: &str) -> String {
        let after = address.split_once("://").map_or(address, |(_, rest)| rest);
        let under = after.find('/').map_or("", |at| &after[at..]);
        let base = self.base(operation);
        if under.trim_end_matches('/').ends_with(base.as_str()) {
            String::new()
        } else {
            base
        }
    }

    /// The operation that a request asks for.
    ///
    /// `url` is a whole URL or its path as it was sent, still percent-encoded, with or without a query.
    /// Hosts are not compared: a preview has one that no document knows. The path is tried behind the
    /// base path of each server of the operation, the longest first, then as it is.
    pub(crate) fn find(&self, method: &str, url: &str) -> Found<'_> {
        self.router.find(&self.operations, method, url)
    }
}

/// Tells the version of a document, or why it is none.
fn version(root: At<'_>) -> Result<Version, Diagnostic> {
    let Some(said) = root.get("openapi") else {
        return Err(no_openapi(root));
    };
    let written = match (said.text(), said.number()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(number)) => number.to_string(),
        (None, None) => String::new(),
    };
    let mut numbers = written.trim().split('.');
    match (numbers.next(), numbers.next()) {
        (Some("3"), Some("0")) => Ok(Version::V3_0),
        (Some("3"), Some("1")) => Ok(Version::V3_1),
        (Some("3"), Some("2")) => Ok(Version::V3_2),
        _ => Err(Diagnostic::at(
            said.span(),
            format!("{} is of no known version of OpenAPI", name(root)),
        )
        .label("3.0, 3.1 and 3.2 are known")
        .help("Name the version the document is written in, as in `openapi: 3.1.0`.")),
    }
}

fn no_openapi(root: At<'_>) -> Diagnostic {
    let name = name(root);
    if let Some(said) = root.get("swagger") {
        return Diagnostic::at(said.mark(), format!("{name} is Swagger 2.0, not OpenAPI 3"))
            .label("OpenAPI 3.0, 3.1 or 3.2 is needed")
            .help(
                "Let your framework write OpenAPI 3, or convert the document once with \
                 `npx swagger2openapi --outfile openapi.json FILE`, and name the new file under `openapi:`.",
            );
    }
    if let Some(said) = root.get("asyncapi") {
        return Diagnostic::at(said.mark(), format!("{name} is AsyncAPI, not OpenAPI"))
            .label("OpenAPI 3.0, 3.1 or 3.2 is needed")
            .help("Name the document that describes the HTTP interface under `openapi:`.");
    }
    let source = root.span().source().clone();
    let start = root.span().range().start;
    Diagnostic::at(
        Span::new(source, start, start),
        format!("{name} is no OpenAPI document"),
    )
    .label("a map with the key `openapi` was expected here")
    .help("Name the document whose first line is like `openapi: 3.1.0`.")
}

fn name(root: At<'_>) -> String {
    root.span().source().name().to_owned()
}

/// Walks a document and gathers what is wrong with it.
#[derive(Debug)]
struct Reader<'l> {
    library: &'l Library,
    version: Version,
    root: At<'l>,
    faults: Vec<Diagnostic>,
    /// How many more there are.
    more: usize,
}

impl<'l> Reader<'l> {
    fn new(library: &'l Library, version: Version) -> Self {
        let mut reader = Self {
            library,
            version,
            root: library.root(),
            faults: Vec::new(),
            more: 0,
        };
        for fault in library.doubled() {
            reader.tell(fault.clone());
        }
        reader.references();
        if let Some(said) = reader
            .root
            .get("openapi")
            .filter(|said| said.number().is_some())
        {
            reader.fault(
                said,
                "the version of OpenAPI is written as a number",
                "Put quotes around it and write all three parts, as in `openapi: \"3.1.0\"`.",
            );
        }
        reader
    }

    fn fault(&mut self, at: At<'_>, message: impl Into<String>, help: &str) {
        self.tell(Diagnostic::at(at.mark(), message).help(help));
    }

    fn tell(&mut self, fault: Diagnostic) {
        if self.faults.len() < FAULT_LIMIT {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// Everything that is wrong, in the order of the documents.
    fn told(self) -> Vec<Diagnostic> {
        let mut faults = self.faults;
        faults.sort_by_cached_key(|fault| {
            let span = fault.span.as_ref();
            span.map(|span| (span.source().name().to_owned(), span.range().start))
        });
        if self.more > 0 {
            faults.push(Diagnostic::new(format!(
                "{} more faults are not listed",
                self.more
            )));
        }
        faults
    }

    /// The value or what its reference leads to; a broken reference is told where all of them are.
    fn follow(&self, at: At<'l>) -> Option<At<'l>> {
        at.follow().ok()
    }
}
