//! The routes and what they answer.

use serde_json::{Value, json};

use super::store::{Order, Session, Store};
use super::{Account, Fault, pages};
use crate::escape;
use crate::recorder::{RecordedRequest, Reply};

/// The cookie that names the session.
const COOKIE: &str = "sid";

/// Answers one request.
pub(super) fn answer(store: &mut Store, request: &RecordedRequest) -> Reply {
    match (request.method.as_str(), request.path()) {
        ("GET", "/") => Reply::redirect(302, "/dashboard"),
        ("GET", "/login") => show_login(store, request),
        ("POST", "/login") => login(store, request),
        ("POST", "/logout") => logout(store, request),
        ("GET", "/dashboard" | "/export/orders.csv") => page(store, request),
        ("GET", path) if path.starts_with("/orders/") => page(store, request),
        (_, path) if path == "/api/me" || path.starts_with("/api/orders") => api(store, request),
        _ => Reply::html(200, pages::INDEX),
    }
}

fn session<'a>(store: &'a Store, request: &RecordedRequest) -> Option<&'a Session> {
    store.session(request.cookie(COOKIE)?)
}

fn with_cookie(reply: Reply, id: &str) -> Reply {
    reply.header(
        "set-cookie",
        &format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax"),
    )
}

fn show_login(store: &mut Store, request: &RecordedRequest) -> Reply {
    let next = request.query_value("next").unwrap_or_default();
    if let Some(session) = session(store, request) {
        return Reply::html(200, &pages::login(&session.csrf, &next, ""));
    }
    let id = store.open_session(None);
    let csrf = store.session(&id).map_or("", |session| &session.csrf);
    with_cookie(Reply::html(200, &pages::login(csrf, &next, "")), &id)
}

/// Returns the request's session if its form carries the session's CSRF token.
fn form_session(store: &Store, request: &RecordedRequest) -> Option<(String, Session)> {
    let id = request.cookie(COOKIE)?;
    let session = store.session(id)?;
    let echoed = request.form_value("csrf")? == session.csrf;
    echoed.then(|| (id.to_owned(), session.clone()))
}

fn login(store: &mut Store, request: &RecordedRequest) -> Reply {
    let Some((id, session)) = form_session(store, request) else {
        return Reply::html(403, &pages::problem("This form has expired"));
    };
    let field = |name| request.form_value(name).unwrap_or_default();
    let account = store.account(&field("email"), &field("password"));
    let next = field("next");
    match account.filter(|_| !store.has(Fault::LoginRefused)) {
        Some(account) => {
            // A session that somebody signs in to gets a new name, so that a planted one is void.
            store.end_session(&id);
            let id = store.open_session(Some(account));
            with_cookie(Reply::redirect(303, local(&next)), &id)
        }
        None => {
            let problem = "The email or the password is wrong.";
            Reply::html(200, &pages::login(&session.csrf, &next, problem))
        }
    }
}

/// Returns a target within this app: anything else would be an open redirect.
fn local(next: &str) -> &str {
    let within = next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if within { next } else { "/dashboard" }
}

fn logout(store: &mut Store, request: &RecordedRequest) -> Reply {
    let Some((id, _)) = form_session(store, request) else {
        return Reply::html(403, &pages::problem("This form has expired"));
    };
    store.end_session(&id);
    Reply::redirect(303, "/login").header("set-cookie", "sid=; Path=/; Max-Age=0; HttpOnly")
}

fn page(store: &Store, request: &RecordedRequest) -> Reply {
    let signed_in = session(store, request).and_then(|session| Some((session, session.account?)));
    let Some((session, Account { tenant, .. })) = signed_in else {
        return Reply::redirect(
            302,
            &format!("/login?next={}", escape::percent(&request.target)),
        );
    };
    match request.path() {
        "/dashboard" => Reply::html(
            200,
            &pages::dashboard(tenant, &session.csrf, store.orders(tenant, "")),
        ),
        "/export/orders.csv" => export(store, tenant),
        path => match order_id(path, "/orders/").and_then(|id| store.order(tenant, id)) {
            Some(order) => Reply::html(200, &pages::order(order)),
            None => Reply::html(404, &pages::problem("There is no such order")),
        },
    }
}

fn export(store: &Store, tenant: &str) -> Reply {
    let count = store.orders(tenant, "").count();
    let kept = if store.has(Fault::ExportTruncated) {
        count.saturating_sub(1)
    } else {
        count
    };
    let body = pages::csv(store.orders(tenant, "").take(kept));
    Reply::bytes(200, "text/csv; charset=utf-8", body)
        .header("content-disposition", "attachment; filename=\"orders.csv\"")
}

fn order_id(path: &str, prefix: &str) -> Option<u64> {
    path.strip_prefix(prefix)?.parse().ok()
}

fn api(store: &mut Store, request: &RecordedRequest) -> Reply {
    let account = session(store, request).and_then(|session| session.account);
    let outcome = account.ok_or("you are not signed in").and_then(|account| {
        if request.path() == "/api/me" {
            Ok(json!({ "email": account.email, "tenant": account.tenant }))
        } else {
            orders(store, request, account.tenant)
        }
    });
    match outcome {
        Ok(data) => Reply::json(200, &json!({ "status": "ok", "data": data })),
        Err(message) => Reply::json(200, &json!({ "status": "fail", "message": message })),
    }
}

fn orders(
    store: &mut Store,
    request: &RecordedRequest,
    tenant: &'static str,
) -> Result<Value, &'static str> {
    let id = order_id(request.path(), "/api/orders/").ok_or("there is no such order");
    match (request.method.as_str(), request.path()) {
        ("GET", "/api/orders") => {
            let search = request.query_value("search").unwrap_or_default();
            Ok(store.orders(tenant, &search).map(order_json).collect())
        }
        ("POST", "/api/orders") => {
            let (title, quantity) = order_fields(request)?;
            create(store, tenant, title, quantity)
        }
        ("GET", _) => store
            .order(tenant, id?)
            .map(order_json)
            .ok_or("there is no such order"),
        ("PUT", _) => put(store, request, tenant, id?),
        ("DELETE", _) => {
            let deleted = store.delete(tenant, id?);
            deleted
                .then_some(Value::Null)
                .ok_or("there is no such order")
        }
        _ => Err("this method is not supported"),
    }
}

fn put(
    store: &mut Store,
    request: &RecordedRequest,
    tenant: &'static str,
    id: u64,
) -> Result<Value, &'static str> {
    let (title, quantity) = order_fields(request)?;
    if store.update(tenant, id, title.clone(), quantity) {
        Ok(json!({ "id": id }))
    } else {
        create(store, tenant, title, quantity)
    }
}

fn create(
    store: &mut Store,
    tenant: &'static str,
    title: String,
    quantity: u64,
) -> Result<Value, &'static str> {
    let id = store
        .create(tenant, title, quantity)
        .ok_or("there are too many orders")?;
    Ok(json!({ "id": id }))
}

fn order_fields(request: &RecordedRequest) -> Result<(String, u64), &'static str> {
    let body = request.json().ok_or("the body is not JSON")?;
    let title = body["title"]
        .as_str()
        .filter(|title| !title.trim().is_empty());
    let quantity = body.get("quantity").map_or(Some(1), Value::as_u64);
    Ok((
        title.ok_or("the title is missing")?.to_owned(),
        quantity.ok_or("the quantity is not a whole number")?,
    ))
}

fn order_json(order: &Order) -> Value {
    json!({ "id": order.id, "title": order.title, "quantity": order.quantity })
}
