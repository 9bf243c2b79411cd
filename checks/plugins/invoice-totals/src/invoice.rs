//! One invoice against its lines.

use std::collections::BTreeMap;

use tidegate_plugin_sdk::prelude::*;

use crate::codes::{
    LINE_DIFFERS, NET_DIFFERS, TAX_DIFFERS, TOTAL_DIFFERS, VALUE_MISSING, WRONG_SIGN,
};
use crate::config::{Config, Prices, Rates, Rounding, Sign};
use crate::field;
use crate::number::Number;
use crate::report::Report;

/// What one line comes to, with or without tax as prices are, and its rate in percent.
struct Line {
    amount: Number,
    rate: Number,
}

/// What the lines come to.
struct Sums {
    net: Number,
    tax: Number,
}

/// Whether an invoice is a credit note.
pub(crate) fn is_credit_note(config: &Config, invoice: &Value) -> bool {
    let notes = config.credit_notes.as_ref();
    notes.is_some_and(|notes| field::text(invoice, &notes.field) == notes.value)
}

/// What people call an invoice.
pub(crate) fn name(config: &Config, invoice: &Value) -> String {
    format!("invoice {}", field::text(invoice, &config.invoice.number))
}

/// Holds an invoice against its lines; each mistake is told once, where it begins.
pub(crate) fn judge(config: &Config, invoice: &Value, report: &mut Report) {
    let name = name(config, invoice);
    let Some(total) = needed(invoice, &config.invoice.total, &name, report) else {
        return;
    };
    sign(config, invoice, total, &name, report);
    let Some(lines) = lines(config, invoice, &name, report) else {
        return;
    };
    let Some(sums) = sums(config, &lines) else {
        report.note(format!("{name}: its amounts are too large to be computed"));
        return;
    };
    let fields = &config.invoice;
    let shown = |path: &str| {
        let value = field::at(invoice, path).filter(|_| !path.is_empty());
        value.and_then(Number::read)
    };
    let net = shown(&fields.net);
    if let Some(net) = net {
        let amounts = (sums.net, net);
        report.equal(
            &NET_DIFFERS,
            &name,
            "the net amount",
            amounts,
            "the sum of its lines",
        );
    }
    let tax = shown(&fields.tax);
    if let Some(tax) = tax {
        let how = match config.rounding {
            Rounding::PerRate => "the tax of its lines, rounded once for each rate",
            Rounding::PerLine => "the tax of its lines, rounded in each line",
        };
        report.equal(&TAX_DIFFERS, &name, "the tax", (sums.tax, tax), how);
    }
    let (expected, how) = match net {
        // The lines come to the total, whatever part of it is called tax.
        None if config.prices == Prices::WithTax => {
            (sums.net + sums.tax, "the sum of its lines".to_owned())
        }
        net => {
            let (net, tax) = (net.unwrap_or(sums.net), tax.unwrap_or(sums.tax));
            (net + tax, format!("{net} net and {tax} tax"))
        }
    };
    report.equal(&TOTAL_DIFFERS, &name, "the total", (expected, total), &how);
}

/// A number that must be there.
fn needed(value: &Value, path: &str, name: &str, report: &mut Report) -> Option<Number> {
    let found = field::at(value, path);
    let number = found.and_then(Number::read);
    report.check(
        &VALUE_MISSING,
        &format!("{name} {path}"),
        number.is_some(),
        |code| {
            let kind = match found {
                None | Some(Value::Null) => "nothing",
                Some(Value::String(_)) => "a text that is no number",
                Some(Value::Number(_)) => "a number of too many digits",
                Some(_) => "something else",
            };
            code.finding(format!("{name} has no number at `{path}`"))
                .evidence("expected", "a number")
                .evidence("actual", kind)
        },
    );
    number
}

fn sign(config: &Config, invoice: &Value, total: Number, name: &str, report: &mut Report) {
    let Some(notes) = &config.credit_notes else {
        return;
    };
    let credit = is_credit_note(config, invoice);
    let negative = credit && notes.amounts == Sign::Negative;
    let holds = total == Number::ZERO || total.is_negative() == negative;
    report.check(&WRONG_SIGN, name, holds, |code| {
        let what = if credit {
            "the credit note"
        } else {
            "the bill"
        };
        let side = if negative { "below zero" } else { "above zero" };
        code.finding(format!("{what} {name} comes to {total}"))
            .evidence("expected", side)
            .evidence("actual", total)
    });
}

/// Its lines; nothing when one of them lacks a number.
fn lines(config: &Config, invoice: &Value, name: &str, report: &mut Report) -> Option<Vec<Line>> {
    let path = &config.invoice.lines;
    let values = field::at(invoice, path).and_then(Value::as_array);
    report.check(
        &VALUE_MISSING,
        &format!("{name} {path}"),
        values.is_some(),
        |code| {
            code.finding(format!("{name} has no lines at `{path}`"))
                .evidence("expected", "a list")
                .evidence("actual", "none")
        },
    );
    let mut lines = Vec::new();
    for (place, value) in values?.iter().enumerate() {
        let line = format!("line {} of {name}", place + 1);
        lines.push(one_line(config, value, &line, report)?);
    }
    Some(lines)
}

fn one_line(config: &Config, value: &Value, name: &str, report: &mut Report) -> Option<Line> {
    let fields = &config.line;
    let mut number = |path: &str, otherwise| match path {
        "" => Some(otherwise),
        path => needed(value, path, name, report),
    };
    let quantity = number(&fields.quantity, Number::ONE)?;
    let price = number(&fields.price, Number::ZERO)?;
    let rate = number(&fields.tax_rate, Number::ZERO)?;
    let rate = match config.tax_rates {
        Rates::Percent => rate,
        Rates::Fraction => rate.times(Number::smallest(100, 0))?,
    };
    let amount = quantity.times(price)?.rounded(config.places());
    let shown = field::at(value, &fields.amount).filter(|_| !fields.amount.is_empty());
    if let Some(shown) = shown.and_then(Number::read) {
        let how = format!("{quantity} times {price}");
        report.equal(&LINE_DIFFERS, name, "the amount", (amount, shown), &how);
        // What is told here is not told again of the whole.
        return Some(Line {
            amount: shown,
            rate,
        });
    }
    Some(Line { amount, rate })
}

fn sums(config: &Config, lines: &[Line]) -> Option<Sums> {
    let all: Number = lines.iter().map(|line| line.amount).sum();
    let mut taxed: Vec<(Number, Number)> =
        lines.iter().map(|line| (line.rate, line.amount)).collect();
    if config.rounding == Rounding::PerRate {
        let mut rates: BTreeMap<Number, Number> = BTreeMap::new();
        for (rate, amount) in taxed {
            let sum = rates.entry(rate).or_default();
            *sum = *sum + amount;
        }
        taxed = rates.into_iter().collect();
    }
    let hundred = Number::smallest(100, 0);
    let mut tax = Number::ZERO;
    for (rate, amount) in taxed {
        let whole = match config.prices {
            Prices::WithoutTax => hundred,
            Prices::WithTax => hundred + rate,
        };
        tax = tax + amount.share(rate, whole, config.places())?;
    }
    let net = match config.prices {
        Prices::WithoutTax => all,
        Prices::WithTax => all - tax,
    };
    Some(Sums { net, tax })
}
