//! A plugin as a check kind: what the lock file says of it, and its component, which is read only to run.

mod background;
mod check;
mod component;
mod config;
mod page;
mod report;
mod schema;
#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value as Json;
use tidegate_core::check::{Check, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};
use tidegate_core::name::Code;
use tidegate_core::node::Node;
use tidegate_core::plugin::{KIND_PREFIX, Plugin};
use tidegate_core::span::Span;

pub use component::{ComponentError, Fetch, FetchError, Host, downloaded};
pub use schema::{SchemaError, admit};

use self::check::PluginCheck;
use self::component::Component;
use self::config::Config;
use crate::capability::{self, Powers};
use crate::interface::types;
use crate::lock::Locked;

/// A plugin as a check kind.
pub struct PluginKind {
    meta: Meta,
    component: Arc<Component>,
    validator: OnceLock<Result<Validator, SchemaError>>,
}

impl PluginKind {
    /// Makes a kind of what is locked under a name; nothing is read for it.
    pub fn new(name: &str, locked: Locked, host: Arc<Host>) -> Self {
        Self {
            meta: meta(name, &locked),
            component: Arc::new(Component::new(name.to_owned(), locked, host)),
            validator: OnceLock::new(),
        }
    }

    fn validator(&self, span: &Span) -> Result<&Validator, Vec<Diagnostic>> {
        let schema = &self.component.locked.describes.config_schema;
        let validator = self.validator.get_or_init(|| schema::compile(schema));
        let unusable = |error: &SchemaError| {
            vec![Diagnostic::at(span.clone(), error.to_string()).help(error.help())]
        };
        validator.as_ref().map_err(unusable)
    }

    /// What the gate file declares under this name, when it grants what the plugin cannot do without.
    fn declared(&self, scope: &ParseScope<'_>) -> Result<Arc<Plugin>, Vec<Diagnostic>> {
        let name = &self.component.name;
        let mut plugins = scope.plugins.iter();
        let Some(plugin) = plugins.find(|plugin| plugin.name == *name) else {
            let fault = Diagnostic::at(
                scope.span.clone(),
                format!("the plugin `{name}` is not declared"),
            );
            let source = &self.component.locked.source;
            return Err(vec![fault.help(format!(
                "Declare it in the gate file, as in `plugins: {{ {name}: {{ path: {source} }} }}`."
            ))]);
        };
        let asked = &self.component.locked.describes.capabilities;
        let missing = capability::faults(plugin, asked);
        if missing.is_empty() {
            Ok(plugin.clone())
        } else {
            Err(missing)
        }
    }
}

/// Holds a config against the schema of a plugin, as a gate file's is before anything runs.
///
/// # Errors
/// Every fault at its own line, or that the schema cannot be used.
pub fn held(config: &Node, schema: &Json) -> Result<(), Vec<Diagnostic>> {
    let validator = schema::compile(schema).map_err(|error| {
        vec![Diagnostic::at(config.span.clone(), error.to_string()).help(error.help())]
    })?;
    Config::read(config, &validator, schema).map(drop)
}

impl Kind for PluginKind {
    fn meta(&self) -> &Meta {
        &self.meta
    }

    fn schema(&self) -> Json {
        let mut schema = self.component.locked.describes.config_schema.clone();
        if let Some(entries) = schema.as_object_mut() {
            entries.remove("$schema");
        }
        schema
    }

    fn parse(
        &self,
        node: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        let validator = self.validator(&node.span);
        let schema = &self.component.locked.describes.config_schema;
        let config = validator.and_then(|validator| Config::read(node, validator, schema));
        let (config, plugin) = match (config, self.declared(scope)) {
            (Ok(config), Ok(plugin)) => (config, plugin),
            (config, plugin) => {
                let faults = [config.err(), plugin.err()];
                return Err(faults.into_iter().flatten().flatten().collect());
            }
        };
        let powers = Powers::of(&self.component.locked.describes.capabilities, &plugin.grant);
        let ungranted = ungranted(&config, &powers, &plugin.name);
        if !ungranted.is_empty() {
            return Err(ungranted);
        }
        Ok(Arc::new(PluginCheck {
            component: self.component.clone(),
            codes: self.meta.codes.to_vec(),
            config,
            powers: Arc::new(powers),
            limits: plugin.limits,
            identity: scope.identity.cloned(),
            environment: scope.environment,
        }))
    }
}

/// Secrets that the config names and that could never be sent.
fn ungranted(config: &Config, powers: &Powers, plugin: &str) -> Vec<Diagnostic> {
    let has = |name: &str| powers.secrets.iter().any(|(known, _)| known == name);
    let missing = config.secrets().into_iter().filter(|(name, _)| !has(name));
    let fault = |(name, span): (String, Span)| {
        let message = format!("the secret `{name}` is not granted to the plugin `{plugin}`");
        Diagnostic::at(span, message)
            .label("the plugin gets a reference, which stands for the value in headers alone")
            .help(format!(
                "Grant it under `plugins: {plugin}`, as in `grant: {{ secrets: {{ {name}: target }} }}`, if the plugin asks for it; declare {name} under `variables:` if it is no secret."
            ))
    };
    missing.map(fault).collect()
}

fn meta(name: &str, locked: &Locked) -> Meta {
    let kind = format!("{KIND_PREFIX}{name}");
    let codes = locked.describes.codes.iter();
    let codes: Vec<CodeInfo> = codes.map(|code| info(&kind, code)).collect();
    Meta {
        summary: Cow::Owned(locked.describes.summary.clone()),
        docs: Docs::Written(Cow::Owned(page::page(&kind, locked))),
        name: Cow::Owned(kind),
        codes: Cow::Owned(codes),
        always_run: false,
        retry: RetryClass::Never,
        ports: Cow::Borrowed(&[Port::Http, Port::Files, Port::Exchanges]),
    }
}

fn info(kind: &str, code: &types::Code) -> CodeInfo {
    CodeInfo {
        code: Code::new(format!("{kind}/{}", code.slug)),
        summary: Cow::Owned(code.summary.clone()),
        severity: severity(code.severity),
        impact: Cow::Owned(code.impact.clone()),
        effort: match code.effort {
            types::Effort::Small => Effort::Small,
            types::Effort::Medium => Effort::Medium,
            types::Effort::Large => Effort::Large,
        },
    }
}

fn severity(said: types::Severity) -> Severity {
    match said {
        types::Severity::Info => Severity::Info,
        types::Severity::Low => Severity::Low,
        types::Severity::Medium => Severity::Medium,
        types::Severity::High => Severity::High,
        types::Severity::Critical => Severity::Critical,
    }
}
