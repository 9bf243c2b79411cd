//! Invoices and the billing plan.

use axum::Json;
use axum::extract::{Path, State};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;
use crate::page::{Page, PageRequest};

/// The plans and what they cost a month, in cents.
const PLANS: [(&str, i64); 3] = [("starter", 0), ("team", 4_900), ("business", 19_900)];

/// One invoice as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct Invoice {
    id: String,
    number: String,
    /// In cents.
    amount: i64,
    status: String,
    issued_on: String,
}

impl Invoice {
    const COLUMNS: &'static str = "id, number, amount, status, issued_on";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            number: row.get(1)?,
            amount: row.get(2)?,
            status: row.get(3)?,
            issued_on: row.get(4)?,
        })
    }
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
pub(crate) async fn list_invoices(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Json<Invoices>, ApiError> {
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
            .collect::<Result<_, _>>()?;
        Ok(Invoices {
            page: Page::new(&request, items, total),
            total_amount,
        })
    };
    app.store.call(read).await.map(Json)
}

/// `GET /api/invoices/{id}`
pub(crate) async fn read_invoice(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Invoice>, ApiError> {
    let read = move |connection: &mut Connection| {
        let columns = Invoice::COLUMNS;
        let sql = format!("select {columns} from invoices where tenant_id = ?1 and id = ?2");
        let invoice = connection.query_row(&sql, [caller.tenant, id], Invoice::of_row);
        invoice.optional()?.ok_or_else(ApiError::not_found)
    };
    app.store.call(read).await.map(Json)
}

/// The account's plan and its price.
#[derive(Debug, Serialize)]
pub(crate) struct Plan {
    plan: String,
    /// In cents.
    monthly_price: i64,
}

impl Plan {
    fn of_name(plan: String) -> Self {
        let price = PLANS
            .iter()
            .find(|(name, _)| *name == plan)
            .map(|(_, price)| *price);
        Self {
            plan,
            monthly_price: price.unwrap_or_default(),
        }
    }
}

/// `GET /api/billing/plan`
pub(crate) async fn read_plan(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Plan>, ApiError> {
    let read = move |connection: &mut Connection| {
        let sql = "select plan from tenants where id = ?1";
        Ok(Plan::of_name(connection.query_row(
            sql,
            [caller.tenant],
            |row| row.get(0),
        )?))
    };
    app.store.call(read).await.map(Json)
}

/// `PUT /api/billing/plan`: the one action that is the admins' alone.
pub(crate) async fn change_plan(
    State(app): State<App>,
    caller: Caller,
    mut fields: Fields,
) -> Result<Json<Plan>, ApiError> {
    if !app.broken(Break::BillingOpen) {
        caller.require_admin()?;
    }
    fields.require("plan");
    let plan = fields
        .word("plan", &PLANS.map(|(name, _)| name))
        .unwrap_or_default();
    fields.finish()?;
    let write = move |connection: &mut Connection| {
        let sql = "update tenants set plan = ?2 where id = ?1";
        connection.execute(sql, [&caller.tenant, &plan])?;
        Ok(Plan::of_name(plan))
    };
    app.store.call(write).await.map(Json)
}
