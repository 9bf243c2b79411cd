//! The billing plan.

use axum::Json;
use axum::extract::State;
use rusqlite::Connection;
use serde::Serialize;

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;

/// The plans and what they cost a month, in cents.
const PLANS: [(&str, i64); 3] = [("starter", 0), ("team", 4_900), ("business", 19_900)];

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
