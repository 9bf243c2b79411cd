//! Payment events that the payment provider reports, signed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;
use crate::page::{Page, PageRequest};
use crate::store::is_duplicate;
use crate::{clock, identifiers};

pub(crate) const TIMESTAMP: &str = "x-portal-timestamp";
pub(crate) const SIGNATURE: &str = "x-portal-signature";

/// How far, in seconds, a timestamp may be from the portal's clock in either direction.
const TOLERANCE_SECONDS: i64 = 300;

const MOST_AMOUNT: i64 = 1_000_000_000;

/// Signs a webhook body: HMAC-SHA256 (RFC 2104) over timestamp, a dot and the body, in hexadecimal.
///
/// The timestamp is in whole seconds since 1970. The result goes into `x-portal-signature`, the
/// timestamp into `x-portal-timestamp`.
#[must_use]
pub fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let signer = signer(secret.as_bytes(), &timestamp.to_string(), body);
    identifiers::hex(&signer.finalize().into_bytes())
}

#[allow(
    clippy::expect_used,
    reason = "HMAC takes keys of any length (RFC 2104, section 3)"
)]
fn signer(secret: &[u8], timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut signer = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    signer.update(timestamp.as_bytes());
    signer.update(b".");
    signer.update(body);
    signer
}

/// A payment event as the admin sees it.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    id: String,
    r#type: String,
    invoice: String,
    /// In cents.
    amount: i64,
    received_at: String,
}

impl Event {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            r#type: row.get(1)?,
            invoice: row.get(2)?,
            amount: row.get(3)?,
            received_at: row.get(4)?,
        })
    }
}

/// `POST /api/webhooks/payments`
pub(crate) async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let unchecked = app.broken(Break::AcceptsUnsignedWebhook) && !headers.contains_key(SIGNATURE);
    if !unchecked {
        let secret = app.webhook_secret.reveal();
        check_signature(secret, &headers, &body, clock::unix_seconds())?;
    }
    let (account, event) = read_event(&body)?;
    let answer = json!({ "id": event.id, "status": "accepted" });
    let write = move |connection: &mut Connection| insert(connection, &account, &event);
    app.store.call(write).await?;
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// Nothing of the body is looked at before this succeeds.
fn check_signature(
    secret: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: i64,
) -> Result<(), ApiError> {
    let refused = |message| ApiError::new(StatusCode::UNAUTHORIZED, "invalid-signature", message);
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(timestamp), Some(signature)) = (header(TIMESTAMP), header(SIGNATURE)) else {
        return Err(refused("the webhook is not signed"));
    };
    let expected = signer(secret.as_bytes(), timestamp, body);
    let given = identifiers::from_hex(signature);
    let fits = given.is_some_and(|given| expected.verify_slice(&given).is_ok());
    if !fits {
        return Err(refused("the signature does not fit"));
    }
    let sent_at: i64 = timestamp
        .parse()
        .map_err(|_| refused("the timestamp is not a number"))?;
    if now.abs_diff(sent_at) > TOLERANCE_SECONDS.unsigned_abs() {
        return Err(refused("the webhook is too old"));
    }
    Ok(())
}

fn read_event(body: &[u8]) -> Result<(String, Event), ApiError> {
    let mut fields = Fields::parse(body)?;
    let account = fields.required_text("account", 1..=50);
    let id = fields.required_text("id", 1..=100);
    let kind = fields.required_text("type", 1..=100);
    let invoice = fields.required_text("invoice", 1..=100);
    fields.require("amount");
    let amount = fields
        .integer("amount", 0..=MOST_AMOUNT)
        .unwrap_or_default();
    fields.finish()?;
    Ok((
        account,
        Event {
            id,
            r#type: kind,
            invoice,
            amount,
            received_at: clock::now_text(),
        },
    ))
}

/// The event's id is the primary key, so a replay cannot be stored, however fast it follows.
fn insert(connection: &Connection, account: &str, event: &Event) -> Result<(), ApiError> {
    let sql = "select id from tenants where id = ?1";
    let tenant: Option<String> = connection
        .query_row(sql, [account], |row| row.get(0))
        .optional()?;
    let tenant = tenant.ok_or_else(|| ApiError::invalid_field("account", "is not known"))?;
    let sql = "insert into webhook_events (tenant_id, id, kind, invoice, amount, received_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    let Event {
        id,
        r#type,
        invoice,
        amount,
        received_at,
    } = event;
    match connection.execute(
        sql,
        params![tenant, id, r#type, invoice, amount, received_at],
    ) {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => Err(ApiError::conflict("id", "was already received")),
        Err(error) => Err(error.into()),
    }
}

/// `GET /api/webhooks/events`
pub(crate) async fn list_events(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Json<Page<Event>>, ApiError> {
    caller.require_admin()?;
    let read = move |connection: &mut Connection| {
        let sql = "select count(*) from webhook_events where tenant_id = ?1";
        let total = connection.query_row(sql, [&caller.tenant], |row| row.get(0))?;
        let sql = "select id, kind, invoice, amount, received_at from webhook_events
                   where tenant_id = ?1 order by rowid desc limit ?2 offset ?3";
        let mut statement = connection.prepare_cached(sql)?;
        let bound = params![caller.tenant, request.limit(), request.offset()];
        let items = statement
            .query_map(bound, Event::of_row)?
            .collect::<Result<_, _>>()?;
        Ok(Page::new(&request, items, total))
    };
    app.store.call(read).await.map(Json)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn check(secret: &str, timestamp: i64, signature: &str) -> Result<(), ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(TIMESTAMP, timestamp.into());
        headers.insert(SIGNATURE, signature.parse().expect("header"));
        check_signature(secret, &headers, b"{}", NOW)
    }

    #[test]
    fn the_signature_is_hmac_sha256_as_others_compute_it() {
        // printf '1800000000.{}' | openssl dgst -sha256 -hmac key
        let expected = "7321475872b03ff21bdc2dfd86ea2d99ec29c479fbe4a77aa6acf4509505493f";
        assert_eq!(sign("key", NOW, b"{}"), expected);
    }

    #[test]
    fn a_fresh_signature_is_accepted_and_an_old_one_refused() {
        for (age, accepted) in [
            (0, true),
            (300, true),
            (-300, true),
            (301, false),
            (-301, false),
        ] {
            let at = NOW - age;
            assert_eq!(
                check("key", at, &sign("key", at, b"{}")).is_ok(),
                accepted,
                "{age}"
            );
        }
    }

    #[test]
    fn any_other_signature_is_refused() {
        let good = sign("key", NOW, b"{}");
        for signature in [
            "",
            "00",
            &good[2..],
            &sign("other", NOW, b"{}"),
            &sign("key", NOW, b"{ }"),
        ] {
            assert!(check("key", NOW, signature).is_err(), "{signature}");
        }
        assert!(check_signature("key", &HeaderMap::new(), b"{}", NOW).is_err());
    }
}
