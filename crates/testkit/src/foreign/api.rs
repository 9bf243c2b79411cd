//! The API: 200 whatever happens, the outcome in the body.

use serde_json::{Value, json};

use super::routes::order_id;
use super::sign_in::session;
use super::store::{Draft, Order, Store};
use super::{Account, Fault, HANNAH};
use crate::recorder::{RecordedRequest, Reply};

/// The most orders that one answer lists.
const MOST_LISTED: usize = 50;

const NO_ORDER: &str = "there is no such order";
const NOT_SUPPORTED: &str = "this method is not supported";

/// Answers a request below `/api`.
pub(super) fn answer(store: &mut Store, request: &RecordedRequest) -> Reply {
    let account = session(store, request).and_then(|session| session.account);
    let creates = (request.method.as_str(), request.path()) == ("POST", "/api/orders");
    let stranger = (creates && store.has(Fault::WriteOpen)).then_some(HANNAH);
    let account = account.or(stranger).ok_or("you are not signed in");
    let outcome = account.and_then(|account| match request.path() {
        "/api/me" => Ok(json!({ "email": account.email, "tenant": account.tenant })),
        "/api/settings" => settings(store, request, account),
        _ => orders(store, request, account.tenant),
    });
    match outcome {
        Ok(data) => Reply::json(200, &json!({ "status": "ok", "data": data })),
        Err(message) => Reply::json(200, &json!({ "status": "fail", "message": message })),
    }
}

fn settings(
    store: &mut Store,
    request: &RecordedRequest,
    account: Account,
) -> Result<Value, &'static str> {
    match request.method.as_str() {
        "GET" => {}
        "PUT" if account.manager || store.has(Fault::RoleBypass) => {
            let body = request.json().ok_or("the body is not JSON")?;
            let markup = body["markup"].as_u64().filter(|markup| *markup <= 100);
            let markup = markup.ok_or("the markup is not a whole number up to 100")?;
            store.set_markup(account.tenant, markup);
        }
        "PUT" => return Err("only a manager may do this"),
        _ => return Err(NOT_SUPPORTED),
    }
    Ok(json!({ "markup": store.markup(account.tenant) }))
}

fn orders(
    store: &mut Store,
    request: &RecordedRequest,
    tenant: &'static str,
) -> Result<Value, &'static str> {
    let id = order_id(request.path(), "/api/orders/").ok_or(NO_ORDER);
    match (request.method.as_str(), request.path()) {
        ("GET", "/api/orders") => Ok(list(store, request, tenant)),
        ("POST", "/api/orders") => {
            let draft = draft(store, request)?;
            let body = request.json().unwrap_or_default();
            let tenant = chosen(store, &body).unwrap_or(tenant);
            create(store, tenant, draft)
        }
        ("GET", _) => store
            .order(tenant, id?, Fault::OrderReadable)
            .map(order_json)
            .ok_or(NO_ORDER),
        ("PUT", _) => put(store, request, tenant, id?),
        ("DELETE", _) => {
            let deleted = store.delete(tenant, id?);
            deleted.then_some(Value::Null).ok_or(NO_ORDER)
        }
        _ => Err(NOT_SUPPORTED),
    }
}

/// Lists the oldest orders first; what is beyond the limit is not shown.
fn list(store: &Store, request: &RecordedRequest, tenant: &str) -> Value {
    let search = request.query_value("search").unwrap_or_default();
    let limit = request
        .query_value("limit")
        .and_then(|text| text.parse().ok());
    let limit = if store.has(Fault::LimitIgnored) {
        usize::MAX
    } else {
        limit.unwrap_or(MOST_LISTED).min(MOST_LISTED)
    };
    let found = store.orders(tenant, &search, Fault::ListShared);
    let shown = |order| {
        let mut shown = order_json(order);
        if store.has(Fault::SensitiveField) {
            shown["created_by"] = json!({ "email": HANNAH.email, "password_hash": HASH });
        }
        shown
    };
    found.take(limit).map(shown).collect()
}

/// What [`Fault::SensitiveField`] shows: of the form of a bcrypt hash, of no password.
const HASH: &str = "$2b$12$eImiTXuWVxfM37uY4JANjQabcdefghijklmnopqrstuvwxyzABCDE";

/// The tenant that a body names, when the app heeds it.
fn chosen(store: &Store, body: &Value) -> Option<&'static str> {
    let named = body["tenant"]
        .as_str()
        .filter(|_| store.has(Fault::TenantChosen))?;
    let accounts = super::ACCOUNTS.iter();
    let mut tenants = accounts.map(|account| account.tenant);
    tenants.find(|tenant| *tenant == named)
}

fn put(
    store: &mut Store,
    request: &RecordedRequest,
    tenant: &'static str,
    id: u64,
) -> Result<Value, &'static str> {
    let draft = draft(store, request)?;
    let is_own = store.is_own(tenant, id);
    if store.update(tenant, id, draft.clone()) {
        let silent = !is_own && store.has(Fault::OrderWritableSilently);
        return if silent {
            Err(NO_ORDER)
        } else {
            Ok(json!({ "id": id }))
        };
    }
    create(store, tenant, draft)
}

fn create(store: &mut Store, tenant: &'static str, draft: Draft) -> Result<Value, &'static str> {
    let id = store.create(tenant, draft);
    Ok(json!({ "id": id.ok_or("there are too many orders")? }))
}

fn draft(store: &Store, request: &RecordedRequest) -> Result<Draft, &'static str> {
    let body = request.json().ok_or("the body is not JSON")?;
    let title = body["title"]
        .as_str()
        .filter(|title| !title.trim().is_empty());
    let quantity = body.get("quantity").map_or(Some(1), Value::as_u64);
    Ok(Draft {
        title: title.ok_or("the title is missing")?.to_owned(),
        quantity: quantity.ok_or("the quantity is not a whole number")?,
        approved: body["approved"] == true && store.has(Fault::ExtraFieldStored),
    })
}

fn order_json(order: &Order) -> Value {
    let Draft {
        title,
        quantity,
        approved,
    } = &order.draft;
    json!({ "id": order.id, "title": title, "quantity": quantity, "approved": approved })
}
