//! Lists against their invoices, and against what somebody else is shown.

use std::collections::BTreeMap;

use tidegate_plugin_sdk::prelude::*;

use crate::codes::{SUM_DIFFERS, VIEW_DIFFERS};
use crate::config::{Config, Sign};
use crate::field;
use crate::invoice::{is_credit_note, name};
use crate::number::Number;
use crate::report::Report;
use crate::shown::List;

/// Holds the sum and the number of a list against its invoices; those of a list that was cut say nothing.
pub(crate) fn judge(config: &Config, list: &List, invoices: &[Value], report: &mut Report) {
    if list.cut {
        return;
    }
    if let Some(path) = &config.count {
        let found = field::at(&list.first, path).and_then(Value::as_u64);
        let counted = list.invoices.len() as u64;
        report.check(&SUM_DIFFERS, path, found == Some(counted), |code| {
            let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
            code.finding(format!(
                "the list says that there are {found} invoices, and shows {counted}"
            ))
            .evidence("expected", counted)
            .evidence("actual", found)
        });
    }
    let (Some(path), false) = (&config.sum, invoices.len() < list.invoices.len()) else {
        return;
    };
    let totals: Option<Vec<Number>> = invoices.iter().map(|one| signed(config, one)).collect();
    let found = field::at(&list.first, path).and_then(Number::read);
    // What is missing in an invoice was told there.
    let Some(totals) = totals else { return };
    let sum: Number = totals.into_iter().sum();
    match found {
        Some(found) => {
            let how = "what its invoices come to";
            report.equal(&SUM_DIFFERS, "the list", "the sum", (sum, found), how);
        }
        None => report.check(&SUM_DIFFERS, path, false, |code| {
            code.finding(format!("the list has no number at `{path}`"))
                .evidence("expected", sum)
        }),
    }
}

/// The total of an invoice as it counts in a sum.
fn signed(config: &Config, invoice: &Value) -> Option<Number> {
    let total = field::at(invoice, &config.invoice.total).and_then(Number::read)?;
    let positive = config
        .credit_notes
        .as_ref()
        .is_some_and(|notes| notes.amounts == Sign::Positive);
    let taken_away = positive && is_credit_note(config, invoice);
    Some(if taken_away { -total } else { total })
}

/// Holds what one person is shown against what another one of the account is.
pub(crate) fn compare(
    config: &Config,
    other: &str,
    mine: &List,
    theirs: &List,
    report: &mut Report,
) {
    if mine.cut || theirs.cut {
        return;
    }
    let totals = |list: &List| -> BTreeMap<String, String> {
        let one = |invoice: &Value| {
            let total = field::at(invoice, &config.invoice.total).and_then(Number::read);
            let shown = total.map_or_else(|| "no total".to_owned(), |total| total.to_string());
            (name(config, invoice), shown)
        };
        list.invoices.iter().map(one).collect()
    };
    let (mine, theirs) = (totals(mine), totals(theirs));
    let mut names: Vec<&String> = mine.keys().chain(theirs.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (one, two) = (mine.get(name), theirs.get(name));
        report.check(&VIEW_DIFFERS, name, one == two, |code| {
            let shown =
                |total: Option<&String>| total.map_or("not shown", String::as_str).to_owned();
            code.finding(format!("{name} looks different for {other}"))
                .evidence("expected", shown(one))
                .evidence("actual", shown(two))
        });
    }
}
