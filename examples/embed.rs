//! Runs a gate from Rust, with a check kind of the program's own and the events consumed.
//!
//! `cargo run --features demo --example embed`

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate::event::Event;
use tidegate::finding::Finding;
use tidegate::meta::{CodeInfo, Effort, Meta, Port, RetryClass, Severity};
use tidegate::node::Node;
use tidegate::ports::BoxFuture;
use tidegate::ports::http::Request;
use tidegate::{Diagnostic, Gate, Located, RunOptions};
use tidegate_client_portal::{Options, start_blocking};

static CODES: &[CodeInfo] = &[CodeInfo::known(
    "page-weight/too-heavy",
    Severity::Medium,
    Effort::Small,
    "a page is heavier than it may be",
    "People on a phone wait for the page, and some give up.",
)];

static META: Meta = Meta {
    name: std::borrow::Cow::Borrowed("page-weight"),
    summary: std::borrow::Cow::Borrowed("Holds the size of a page against a limit."),
    docs: tidegate::meta::Docs::known(
        "## What it does\n\nHolds the size of a page against a limit.",
    ),
    codes: std::borrow::Cow::Borrowed(CODES),
    always_run: false,
    retry: RetryClass::Never,
    ports: std::borrow::Cow::Borrowed(&[Port::Http]),
};

/// What stands under `page-weight:` in the gate file.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Config {
    page: String,
    max_bytes: Located<usize>,
}

struct PageWeight;

impl Kind for PageWeight {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": { "page": { "type": "string" }, "max-bytes": { "type": "integer" } },
            "required": ["page", "max-bytes"],
            "additionalProperties": false,
        })
    }

    fn parse(
        &self,
        config: &Node,
        _scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        let config: Config = config.read()?;
        Ok(Arc::new(config))
    }
}

impl Check for Config {
    fn forecast(&self) -> Forecast {
        Forecast {
            requests: 1,
            worst: Duration::from_secs(30),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(async move {
            let request = Request::get(&self.page, context.cause(&self.max_bytes.span));
            let response = context.http()?.send(request).await?;
            let mut report = CheckReport {
                evaluated: 1,
                ..CheckReport::default()
            };
            let bytes = response.body.len();
            if bytes > self.max_bytes.value {
                let title = format!("{} weighs {bytes} bytes", self.page);
                let finding = Finding::new(&CODES[0], self.max_bytes.span.location(), title)
                    .subject(self.page.clone())
                    .evidence(
                        "expected",
                        format!("at most {} bytes", self.max_bytes.value),
                    )
                    .advice("Leave out what the page does not need, or raise the limit.");
                report.findings.push(finding);
            }
            Ok(report)
        })
    }
}

const GATE: &str = r#"
version: 1
name: embedded
environments:
  local: { kind: local, url: "${PORTAL_URL:-}" }
checks:
  light-home-page: { page-weight: { page: /, max-bytes: 200 } }
  healthy: { flow: [{ get: /health, expect: 200 }] }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let portal = start_blocking(Options::default())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("tidegate.yaml");
    std::fs::write(&path, GATE)?;
    let gate = Gate::builder(&path)
        .kind(Arc::new(PageWeight))
        .variable("PORTAL_URL", portal.url())
        .load()?;
    let mut lines = Vec::new();
    let summary = gate.run(RunOptions::default(), |event| {
        if let Event::CheckFinished { result } = event {
            lines.push(format!("{}: {}", result.id, result.outcome.name()));
        }
    })?;
    lines.push(format!("verdict: {:?}", summary.judgement.verdict));
    std::io::Write::write_all(
        &mut std::io::stdout(),
        format!("{}\n", lines.join("\n")).as_bytes(),
    )?;
    Ok(())
}
