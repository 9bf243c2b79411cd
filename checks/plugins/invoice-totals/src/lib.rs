//! A check for [Tidegate](https://github.com/tidegate/tidegate): invoices come to their lines.
#![doc = include_str!("../check.md")]

mod codes;
mod config;
mod field;
mod invoice;
mod number;
mod report;
mod shown;
mod sums;

use tidegate_plugin_sdk::prelude::*;

use codes::*;
use config::Config;

check! {
    name: "invoice-totals",
    summary: "Invoices come to their lines, and lists to their invoices",
    documentation: include_str!("../check.md"),
    config: Config,
    codes: [
        UNREADABLE,
        VALUE_MISSING,
        LINE_DIFFERS,
        NET_DIFFERS,
        TAX_DIFFERS,
        TOTAL_DIFFERS,
        SUM_DIFFERS,
        DETAIL_DIFFERS,
        WRONG_SIGN,
        VIEW_DIFFERS,
    ],
    asks: [Capability::target_read("to read the invoices as the check's identity")],
    run: run,
}

fn run(config: Config, context: &Context) -> Result<Outcome, Failure> {
    config.verify()?;
    let mut report = report::Report::new(&config);
    let Some(list) = shown::list(&config, &context.client(), &mut report)? else {
        return Ok(report.outcome());
    };
    let invoices = shown::details(&config, &context.client(), &list.invoices, &mut report)?;
    for value in &invoices {
        invoice::judge(&config, value, &mut report);
    }
    sums::judge(&config, &list, &invoices, &mut report);
    if let Some(other) = &config.same_for {
        let client = context.as_identity(other);
        if let Some(theirs) = shown::list(&config, &client, &mut report)? {
            sums::compare(&config, other, &list, &theirs, &mut report);
        }
    }
    let counted = u32::try_from(invoices.len()).unwrap_or(u32::MAX);
    let mut outcome = report.outcome();
    if list.invoices.is_empty() {
        outcome.inconclusive("there are no invoices to look at");
    }
    outcome.metric("invoices", Unit::Count, f64::from(counted));
    Ok(outcome)
}

#[cfg(test)]
mod tests;
