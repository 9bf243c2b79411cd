//! What a gate file says.

use tidegate_plugin_sdk::prelude::*;

/// Where the invoices are, and how they are computed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Config {
    /// The path of the list. With `{page}` in it all pages are read: `/api/invoices?per_page=100&page={page}`.
    pub(crate) list: String,
    /// Where the invoices are in its answer, as names with dots between them; empty when the answer is the list itself.
    #[serde(default = "items")]
    pub(crate) items: String,
    /// The path of one invoice, such as `/api/invoices/{id}`: then each is read by itself and held against the list.
    pub(crate) detail: Option<String>,
    /// Where the list says what all invoices come to together.
    pub(crate) sum: Option<String>,
    /// Where the list says how many invoices there are.
    pub(crate) count: Option<String>,
    /// Where an invoice has its parts.
    #[serde(default)]
    pub(crate) invoice: InvoiceFields,
    /// Where a line has its parts.
    #[serde(default)]
    pub(crate) line: LineFields,
    /// How amounts are written.
    #[serde(default)]
    pub(crate) amounts: Amounts,
    /// How many decimal places the currency has, for amounts that are written as `decimal`.
    #[serde(default = "decimals")]
    #[schemars(range(max = 4))]
    pub(crate) decimals: u32,
    /// Whether the prices of lines have the tax in them.
    #[serde(default)]
    pub(crate) prices: Prices,
    /// How tax rates are written.
    #[serde(default)]
    pub(crate) tax_rates: Rates,
    /// Where tax is rounded, half away from zero.
    #[serde(default)]
    pub(crate) rounding: Rounding,
    /// By how much amounts may differ, in the smallest unit of the currency.
    #[serde(default)]
    pub(crate) tolerance: u32,
    /// What tells a credit note from an invoice.
    pub(crate) credit_notes: Option<CreditNotes>,
    /// An identity of the same account that must be shown the same.
    pub(crate) same_for: Option<String>,
    /// The most invoices that are looked at.
    #[serde(default = "most")]
    #[schemars(range(min = 1))]
    pub(crate) most: usize,
}

/// Where an invoice has its parts, as names with dots between them: `totals.gross`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct InvoiceFields {
    /// What its path has in the place of `{id}`.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) number: String,
    /// Its lines.
    pub(crate) lines: String,
    /// What it comes to without tax; empty when it does not say so.
    pub(crate) net: String,
    /// Its tax; empty when it does not say so.
    pub(crate) tax: String,
    /// What is to be paid.
    pub(crate) total: String,
}

/// Where a line has its parts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct LineFields {
    /// How many; empty for always one.
    pub(crate) quantity: String,
    /// The price of one; below zero for a discount.
    pub(crate) price: String,
    /// Its tax rate; empty for none.
    pub(crate) tax_rate: String,
    /// What the line comes to; empty when it does not say so.
    pub(crate) amount: String,
}

/// How amounts are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Amounts {
    /// In the smallest unit of the currency: 1999 is 19.99.
    #[default]
    Minor,
    /// In the unit of the currency, as a number or a text: 19.99 or "19.99".
    Decimal,
}

/// Whether prices have the tax in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Prices {
    /// The tax is added to them.
    #[default]
    WithoutTax,
    /// The tax is a part of them.
    WithTax,
}

/// How tax rates are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rates {
    /// 20 is a fifth.
    #[default]
    Percent,
    /// 0.2 is a fifth.
    Fraction,
}

/// Where tax is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rounding {
    /// Once for all lines of a rate.
    #[default]
    PerRate,
    /// In each line.
    PerLine,
}

/// What tells a credit note from an invoice.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct CreditNotes {
    /// Where an invoice says what it is.
    pub(crate) field: String,
    /// What a credit note says there.
    pub(crate) value: String,
    /// The sign of its amounts.
    #[serde(default)]
    pub(crate) amounts: Sign,
}

/// The sign of a credit note's amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Sign {
    /// Below zero.
    #[default]
    Negative,
    /// Above zero: the sum of a list takes them away.
    Positive,
}

fn items() -> String {
    "items".to_owned()
}

fn decimals() -> u32 {
    2
}

fn most() -> usize {
    200
}

impl Default for InvoiceFields {
    fn default() -> Self {
        Self {
            id: "id".to_owned(),
            number: "number".to_owned(),
            lines: "lines".to_owned(),
            net: "net".to_owned(),
            tax: "tax".to_owned(),
            total: "total".to_owned(),
        }
    }
}

impl Default for LineFields {
    fn default() -> Self {
        Self {
            quantity: "quantity".to_owned(),
            price: "unit_price".to_owned(),
            tax_rate: "tax_rate".to_owned(),
            amount: String::new(),
        }
    }
}

impl Config {
    /// The decimal places that amounts are rounded to.
    pub(crate) fn places(&self) -> u32 {
        match self.amounts {
            Amounts::Minor => 0,
            Amounts::Decimal => self.decimals,
        }
    }

    /// Refuses what the schema cannot.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        let absent = |path: &str, mark: &str| !path.contains(mark);
        match &self.detail {
            Some(path) if absent(path, "{id}") => Err(Failure::config(
                "/detail",
                "the path has no {id}",
                "Write {id} where the id of an invoice goes, such as `/api/invoices/{id}`.",
            )),
            _ => Ok(()),
        }
    }
}
