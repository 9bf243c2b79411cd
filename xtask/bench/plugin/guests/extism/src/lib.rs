//! Asks for a list of invoices and adds each one up.

use extism_pdk::{FnResult, HttpRequest, Json, http, plugin_fn};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Config {
    /// Asked for the invoices when they are not given.
    url: Option<String>,
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

#[derive(Serialize)]
struct Outcome {
    evaluated: u32,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    code: &'static str,
    title: String,
}

/// The check.
#[plugin_fn]
pub fn run(Json(config): Json<Config>) -> FnResult<Json<Outcome>> {
    let invoices = match (config.invoices, config.url) {
        (Some(invoices), _) => invoices,
        (None, url) => {
            let response = http::request::<()>(&HttpRequest::new(url.unwrap_or_default()), None)?;
            serde_json::from_slice(&response.body())?
        }
    };
    let mut outcome = Outcome { evaluated: 0, findings: Vec::new() };
    for invoice in invoices {
        let sum: i64 = invoice.lines.iter().map(|line| line.quantity * line.price).sum();
        outcome.evaluated += 1;
        if sum != invoice.total {
            let title = format!("invoice {} says {} and adds up to {sum}", invoice.number, invoice.total);
            outcome.findings.push(Finding { code: "total-differs", title });
        }
    }
    Ok(Json(outcome))
}
