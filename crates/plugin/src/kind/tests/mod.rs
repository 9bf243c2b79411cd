mod config;
mod parse;
mod run;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;

use super::*;
use crate::engine::Engine;
use crate::interface::types::{Capability, Power};
use crate::lock::{Description, Source, digest};

/// What is locked of a plugin whose config has this schema.
fn locked(schema: Json, asked: &[Power]) -> Locked {
    let capabilities = asked.iter().map(|power| Capability {
        power: power.clone(),
        reason: "to read the invoices".to_owned(),
        optional: false,
    });
    Locked {
        source: Source::Path("plugins/totals.wasm".to_owned()),
        sha256: digest(b"component"),
        size: 9,
        interface: "tidegate:check@0.1.0".to_owned(),
        describes: Description {
            version: "1.2.0".to_owned(),
            summary: "Adds up the lines of invoices".to_owned(),
            capabilities: capabilities.collect(),
            codes: vec![types::Code {
                slug: "total-differs".to_owned(),
                summary: "the total is not the sum".to_owned(),
                severity: types::Severity::High,
                impact: "Clients are billed a wrong amount.".to_owned(),
                remedy: "Add up in cents.".to_owned(),
                effort: types::Effort::Small,
            }],
            config_schema: schema,
            documentation: "## What it does\n\nIt adds up.\n\n```yaml\n# no heading\n```\n"
                .to_owned(),
        },
    }
}

/// The kind of what is locked, with a root that is not there.
fn kind(locked: Locked) -> Arc<PluginKind> {
    kind_in(locked, PathBuf::from("no-such-folder"))
}

fn kind_in(locked: Locked, root: PathBuf) -> Arc<PluginKind> {
    let host = Host::new(Engine::new(None), root.clone(), root);
    Arc::new(PluginKind::new("invoice-totals", locked, Arc::new(host)))
}

/// Faults as `line: message | label`.
fn told(faults: &[Diagnostic]) -> Vec<String> {
    let told = faults.iter().map(|fault| {
        let line = fault.span.as_ref().map_or(0, Span::line);
        let label = fault.label.as_deref().unwrap_or("");
        format!("{line}: {} | {label}", fault.message)
    });
    told.collect()
}

fn any() -> Json {
    json!({ "type": "object" })
}
