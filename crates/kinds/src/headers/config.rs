//! What stands under `headers:` in a gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::Node;

use super::item::Item;
use crate::attack::Proof;
use crate::hosts;

/// The most pages that one check looks at.
const PAGES: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    pages: Vec<Located<String>>,
    #[serde(default)]
    embedded_by: Option<Vec<Located<String>>>,
    #[serde(default)]
    ignore: Vec<Located<String>>,
}

/// A config whose parts fit together.
#[derive(Debug, Clone)]
pub(super) struct Config {
    /// The pages that are looked at; the start page and one of the document when empty.
    pub(super) pages: Vec<Located<String>>,
    /// The origins whose pages show the portal inside their own; not known when absent.
    pub(super) embedded_by: Option<Vec<String>>,
    /// What is not judged.
    pub(super) ignore: Vec<Item>,
    /// Whether the identity proves who it is with cookies.
    pub(super) by_cookie: bool,
    /// Who the check is.
    pub(super) identity: Option<IdentityName>,
    /// The gate's document.
    pub(super) document: Option<Located<String>>,
}

impl Config {
    /// Reads the value under `headers:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        // `headers:` with nothing behind it looks at the start page.
        let node = node.or_empty();
        let written: Written = node.read()?;
        let mut faults = Vec::new();
        if written.pages.len() > PAGES {
            faults.push(
                Diagnostic::at(node.span.clone(), "these are too many pages")
                    .label(format!("expected {PAGES} at most"))
                    .help("Name one page of each sort; the others usually have the same headers."),
            );
        }
        for page in &written.pages {
            if !page.value.starts_with('/') || page.value.contains("${") {
                faults.push(
                    Diagnostic::at(page.span.clone(), "a page is a path of the site").help(
                        "Write it with a slash at the beginning and without values: `/dashboard`.",
                    ),
                );
            }
        }
        for origin in written.embedded_by.iter().flatten() {
            faults.extend(no_origin(origin));
        }
        let mut ignore = Vec::new();
        for name in &written.ignore {
            match Item::named(&name.value) {
                Some(item) => ignore.push(item),
                None => faults.push(Diagnostic::unknown(
                    name.span.clone(),
                    "header",
                    &name.value,
                    &Item::ALL.map(Item::name),
                )),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = |located: Located<String>| located.value;
        let origins = written.embedded_by;
        Ok(Self {
            pages: written.pages,
            embedded_by: origins.map(|origins| origins.into_iter().map(text).collect()),
            ignore,
            by_cookie: Proof::of(scope).cookies,
            identity: scope.identity.cloned(),
            document: scope.openapi.cloned(),
        })
    }
}

fn no_origin(text: &Located<String>) -> Option<Diagnostic> {
    let reason = hosts::origin(&text.value).err()?;
    let fault = Diagnostic::at(text.span.clone(), format!("`{}` is no origin", text.value));
    Some(fault.label(reason).help(
        "Write it without a path and without a slash at the end: `https://intranet.acme.example`.",
    ))
}
