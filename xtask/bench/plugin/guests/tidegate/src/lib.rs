//! Asks for a list of invoices and adds each one up.

use serde::Deserialize;
use tidegate::check::http;
use tidegate::check::types::{
    Capability, Code, Confidence, Context, Description, Effort, Failure, Finding, Outcome, Power, Severity,
};

wit_bindgen::generate!({ path: "../../../../../crates/plugin/wit", world: "plugin" });

#[derive(Deserialize)]
struct Config {
    /// Asked for the invoices when they are not given.
    path: Option<String>,
    invoices: Option<Vec<Invoice>>,
}

#[derive(Deserialize)]
struct Invoice {
    number: String,
    lines: Vec<Line>,
    total: i64,
}

#[derive(Deserialize)]
struct Line {
    quantity: i64,
    price: i64,
}

struct Totals;

fn failed(error: impl std::fmt::Debug) -> Failure {
    Failure::Failed(format!("{error:?}"))
}

fn ask(path: String) -> Result<Vec<Invoice>, Failure> {
    let request = http::Request {
        method: "GET".into(),
        place: http::Place::Target(path),
        route: None,
        identity: None,
        headers: Vec::new(),
        body: None,
        timeout: None,
        redirects: 0,
        body_limit: None,
    };
    let response = http::send(&request).map_err(failed)?;
    serde_json::from_slice(&response.body).map_err(failed)
}

impl Guest for Totals {
    fn description() -> Description {
        Description {
            name: "totals".into(),
            version: "1.0.0".into(),
            summary: "Adds up invoices".into(),
            documentation: "## What it does\n\nAdds up invoices.\n".into(),
            config_schema: r#"{"type":"object"}"#.into(),
            codes: vec![Code {
                slug: "total-differs".into(),
                summary: "an invoice does not add up".into(),
                severity: Severity::High,
                impact: "Clients pay a wrong amount.".into(),
                remedy: "Compute the total from the lines.".into(),
                effort: Effort::Small,
            }],
            capabilities: vec![Capability {
                power: Power::TargetRead,
                reason: "It reads the invoices.".into(),
                optional: false,
            }],
        }
    }

    fn run(config: String, _context: Context) -> Result<Outcome, Failure> {
        let config: Config = serde_json::from_str(&config).map_err(failed)?;
        let invoices = match (config.invoices, config.path) {
            (Some(invoices), _) => invoices,
            (None, path) => ask(path.unwrap_or_default())?,
        };
        let mut outcome = Outcome {
            evaluated: 0,
            findings: Vec::new(),
            metrics: Vec::new(),
            notes: Vec::new(),
            inconclusive: None,
        };
        for invoice in invoices {
            let sum: i64 = invoice.lines.iter().map(|line| line.quantity * line.price).sum();
            outcome.evaluated += 1;
            if sum != invoice.total {
                let title = format!("invoice {} says {} and adds up to {sum}", invoice.number, invoice.total);
                outcome.findings.push(Finding {
                    code: "total-differs".into(),
                    title,
                    severity: None,
                    confidence: Confidence::High,
                    location: None,
                    evidence: Vec::new(),
                    remediation: None,
                    subject: None,
                });
            }
        }
        Ok(outcome)
    }
}

export!(Totals);
