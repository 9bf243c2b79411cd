//! The key `plugins:`: where each plugin comes from, what it is granted, and how much it may use.

mod grant;
mod limits;
mod origin;

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::plugin::{Grant, Limits, Plugin, Source, is_name};

use crate::faults::{Faults, wrong_type};
use crate::load::{LoadError, shown};
use crate::reader::Reader;
use crate::yaml;
use grant::{Around, RawGrant};
use limits::RawLimits;

/// How the name of a plugin may be written; the schema says the same.
pub(crate) const PLUGIN_NAME_PATTERN: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";

/// A plugin: a WASM component with a check kind of its own, which checks name as `plugin/NAME`.
#[derive(Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
pub(crate) struct RawPlugin {
    /// The component's file, from the folder of the gate file, as in `plugins/invoice-totals.wasm`.
    #[schemars(with = "String", length(min = 1))]
    #[serde(default)]
    path: Option<Node>,
    /// The https address of the component, in place of a file; `sha256` says what must be there.
    #[schemars(with = "String", regex(pattern = "^https?://"))]
    #[serde(default)]
    url: Option<Node>,
    /// The SHA-256 of what is at the address: 64 hexadecimal digits.
    #[schemars(with = "String", regex(pattern = "^[0-9A-Fa-f]{64}$"))]
    #[serde(default)]
    sha256: Option<Node>,
    /// What it may do. Of this it has what it also asks for; without it, nothing.
    #[schemars(with = "RawGrant")]
    #[serde(default)]
    grant: Option<Node>,
    /// How much one check of it may use; what goes beyond ends the check with an error.
    #[schemars(with = "RawLimits")]
    #[serde(default)]
    limits: Option<Node>,
}

/// The plugins that a gate file declares, as far as they can be read: what is wrong with them is told to who loads
/// the file.
///
/// # Errors
/// When the file cannot be read or is no YAML.
pub fn plugins(path: &Path, reader: &dyn Reader) -> Result<Vec<Arc<Plugin>>, LoadError> {
    let name = shown(path);
    let mut faults = Faults::default();
    let opened = yaml::open(reader, path, &name).map_err(|fault| vec![fault]);
    match faults.take(opened.and_then(|source| yaml::read(&source))) {
        Some(node) => Ok(read(&node, &mut Faults::default())),
        None => Err(LoadError {
            diagnostics: faults.sorted(&name),
        }),
    }
}

/// Reads `plugins:` of a whole gate file; those with a fault are left out.
pub(crate) fn read(root: &Node, faults: &mut Faults) -> Vec<Arc<Plugin>> {
    let Some(section) = root.get("plugins") else {
        return Vec::new();
    };
    let entries = match &section.value {
        Value::Null => return Vec::new(),
        Value::Map(entries) => entries,
        _ => {
            faults.push(wrong_type(
                section,
                "a map with the name of a plugin before each value",
            ));
            return Vec::new();
        }
    };
    let around = Around::of(root);
    let plugins = entries.iter();
    plugins
        .filter_map(|(key, node)| plugin(key, node, &around, faults))
        .map(Arc::new)
        .collect()
}

fn plugin(key: &Key, node: &Node, around: &Around<'_>, faults: &mut Faults) -> Option<Plugin> {
    let named = is_name(&key.text);
    if !named {
        faults.push(
            Diagnostic::at(
                key.span.clone(),
                format!("`{}` cannot name a plugin", key.text),
            )
            .label("lowercase words with hyphens between them only")
            .help("Write the name that the plugin gives itself, as in `invoice-totals`."),
        );
    }
    let Value::Map(_) = node.value else {
        faults.push(wrong_type(node, "a map with `path:` or `url:`"));
        return None;
    };
    let raw: RawPlugin = faults.read_fields(node, &[]);
    let grant = match raw.grant.filter(|node| node.value != Value::Null) {
        Some(node) => grant::read(&node, around, faults),
        None => Grant::default(),
    };
    let limits = match raw.limits.filter(|node| node.value != Value::Null) {
        Some(node) => limits::read(&node, faults),
        None => Limits::default(),
    };
    let source = source(key, raw.path, raw.url, raw.sha256, faults)?;
    named.then(|| Plugin {
        name: key.text.clone(),
        span: key.span.clone(),
        source,
        grant,
        limits,
    })
}

fn source(
    key: &Key,
    path: Option<Node>,
    url: Option<Node>,
    sha256: Option<Node>,
    faults: &mut Faults,
) -> Option<Source> {
    match (path, url) {
        (None, None) => {
            let told = format!("`{}` says not where its component is", key.text);
            faults.push(
                Diagnostic::at(key.span.clone(), told)
                    .label("needs `path` or `url`")
                    .help(format!(
                        "Add `path: plugins/{}.wasm`, or `url:` with `sha256:`.",
                        key.text
                    )),
            );
            None
        }
        (Some(_), Some(url)) => {
            let told = format!("`{}` has two places", key.text);
            faults.push(
                Diagnostic::at(url.span, told)
                    .label("`path` is given already")
                    .help("Keep one of them."),
            );
            None
        }
        (Some(path), None) => {
            if let Some(sha256) = sha256 {
                faults.push(
                    Diagnostic::at(sha256.span, "a file needs no `sha256`")
                        .label("tidegate.lock has it already")
                        .help("Remove the line."),
                );
            }
            file(&path, faults).map(Source::File)
        }
        (None, Some(url)) => {
            let read = origin::component(&url, faults);
            let Some(sha256) = sha256 else {
                faults.push(
                    Diagnostic::at(url.span, "what is at an address can become something else")
                        .label("needs `sha256`")
                        .help(format!(
                            "Run `tidegate plugin add {} URL`: it prints the lines to write.",
                            key.text
                        )),
                );
                return None;
            };
            let sha256 = digest(&sha256, faults);
            Some(Source::Address {
                url: read?,
                sha256: sha256?,
            })
        }
    }
}

/// The path of a component: relative, so that it is the same file on every machine.
fn file(node: &Node, faults: &mut Faults) -> Option<Located<String>> {
    let path: Located<String> = faults.take(node.read())?;
    let text = path.value.as_str();
    let absolute = text.starts_with(['/', '\\', '~']) || text.as_bytes().get(1) == Some(&b':');
    if text.is_empty() || absolute || text.contains('\\') || text.contains(char::is_control) {
        faults.push(
            Diagnostic::at(path.span, "this is not the path of a component")
                .label("expected a path from the folder of the gate file, with `/`")
                .help("Write it as in `plugins/invoice-totals.wasm`, and commit the file."),
        );
        return None;
    }
    Some(path)
}

fn digest(node: &Node, faults: &mut Faults) -> Option<Located<String>> {
    let fault = || {
        Diagnostic::at(node.span.clone(), "this is no SHA-256")
            .label("expected 64 hexadecimal digits")
            .help("`tidegate plugin add` prints the digest of a component; `sha256sum FILE` does, too.")
    };
    let digest = node.text().map(str::to_ascii_lowercase);
    let digest =
        digest.filter(|text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
    match digest {
        Some(value) => Some(Located {
            value,
            span: node.span.clone(),
        }),
        None => {
            faults.push(fault());
            None
        }
    }
}
