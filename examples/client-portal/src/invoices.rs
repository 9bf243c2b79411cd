//! Invoices: what the account owes for which work.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::page::{Page, PageRequest};

/// One invoice as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct Invoice {
    id: String,
    number: String,
    currency: &'static str,
    lines: Vec<Line>,
    /// In cents, without tax.
    net: i64,
    /// In cents; rounded once for each rate.
    tax: i64,
    /// In cents, with tax.
    amount: i64,
    status: String,
    issued_on: String,
}

/// One line of an invoice.
#[derive(Debug, Serialize)]
struct Line {
    description: String,
    quantity: f64,
    /// In cents, without tax; a discount is below 0.
    unit_price: i64,
    /// In percent.
    tax_rate: i64,
}

impl Line {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            description: row.get(0)?,
            quantity: row.get(1)?,
            unit_price: row.get(2)?,
            tax_rate: row.get(3)?,
        })
    }

    /// In cents, without tax.
    fn net(&self) -> i64 {
        (self.quantity * self.unit_price as f64).round() as i64
    }
}

impl Invoice {
    const COLUMNS: &'static str = "id, number, amount, status, issued_on";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            currency: "EUR",
            lines: Vec::new(),
            net: 0,
            tax: 0,
            amount: row.get(2)?,
            status: row.get(3)?,
            issued_on: row.get(4)?,
        })
    }

    fn with_lines(mut self, connection: &Connection, forgetful: bool) -> rusqlite::Result<Self> {
        let sql = "select description, quantity, unit_price, tax_rate from invoice_lines \
                   where invoice_id = ?1 order by position";
        let mut statement = connection.prepare_cached(sql)?;
        let lines: rusqlite::Result<_> = statement.query_map([&self.id], Line::of_row)?.collect();
        self.lines = lines?;
        self.net = self.lines.iter().map(Line::net).sum();
        self.tax = tax(&self.lines);
        if forgetful && let Some((_, others)) = self.lines.split_last() {
            self.amount = self.net + tax(others);
        }
        Ok(self)
    }
}

/// The tax on the lines in cents, rounded half up once for each rate.
fn tax(lines: &[Line]) -> i64 {
    let mut nets: BTreeMap<i64, i64> = BTreeMap::new();
    for line in lines {
        *nets.entry(line.tax_rate).or_default() += line.net();
    }
    let of_rate = |(rate, net): (i64, i64)| (rate * net + 50).div_euclid(100);
    nets.into_iter().map(of_rate).sum()
}

/// A page of invoices and what all the account's invoices come to.
#[derive(Debug, Serialize)]
pub(crate) struct Invoices {
    #[serde(flatten)]
    page: Page<Invoice>,
    /// In cents, over all pages.
    total_amount: i64,
}

/// `GET /api/invoices`
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Json<Invoices>, ApiError> {
    let forgetful = app.broken(Break::WrongInvoiceTotal);
    let read = move |connection: &mut Connection| {
        let sql = "select count(*), coalesce(sum(amount), 0) from invoices where tenant_id = ?1";
        let sums = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (total, total_amount) = connection.query_row(sql, [&caller.tenant], sums)?;
        let columns = Invoice::COLUMNS;
        let sql = format!(
            "select {columns} from invoices where tenant_id = ?1 order by number limit ?2 offset ?3"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let bound = params![caller.tenant, request.limit(), request.offset()];
        let items = statement
            .query_map(bound, Invoice::of_row)?
            .map(|invoice| invoice?.with_lines(connection, forgetful))
            .collect::<Result<_, _>>()?;
        Ok(Invoices {
            page: Page::new(&request, items, total),
            total_amount,
        })
    };
    app.store.call(read).await.map(Json)
}

/// `GET /api/invoices/{id}`
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Invoice>, ApiError> {
    let forgetful = app.broken(Break::WrongInvoiceTotal);
    let read = move |connection: &mut Connection| {
        let columns = Invoice::COLUMNS;
        let sql = format!("select {columns} from invoices where tenant_id = ?1 and id = ?2");
        let invoice = connection.query_row(&sql, [caller.tenant, id], Invoice::of_row);
        let invoice = invoice.optional()?.ok_or_else(ApiError::not_found)?;
        Ok(invoice.with_lines(connection, forgetful)?)
    };
    app.store.call(read).await.map(Json)
}
