//! The routes and the pages they answer with.

use super::store::Store;
use super::{Account, Fault, HANNAH, api, headers, pages, sign_in};
use crate::escape;
use crate::recorder::{RecordedRequest, Reply};

/// Answers one request.
pub(super) fn answer(store: &mut Store, request: &RecordedRequest) -> Reply {
    let reply = route(store, request);
    headers::add(store, request, reply)
}

fn route(store: &mut Store, request: &RecordedRequest) -> Reply {
    match (request.method.as_str(), request.path()) {
        ("GET", "/") => Reply::redirect(302, "/dashboard"),
        ("GET", "/login") => sign_in::show(store, request),
        ("POST", "/login") => sign_in::submit(store, request),
        ("POST", "/logout") => sign_in::sign_out(store, request),
        ("GET", "/dashboard" | "/export/orders.csv" | "/settings") => page(store, request),
        ("GET", path) if path.starts_with("/orders/") => page(store, request),
        ("GET", "/.env") if store.has(Fault::EnvServed) => Reply::text(200, &store.settings_file()),
        (_, path) if is_api(path) => api::answer(store, request),
        _ => Reply::html(200, pages::INDEX),
    }
}

fn is_api(path: &str) -> bool {
    matches!(path, "/api/me" | "/api/settings") || path.starts_with("/api/orders")
}

fn page(store: &Store, request: &RecordedRequest) -> Reply {
    let session = sign_in::session(store, request);
    let open = request.path() == "/dashboard" && store.has(Fault::PagesOpen);
    let signed_in = session.and_then(|session| Some((session.csrf.as_str(), session.account?)));
    let Some((csrf, account)) = signed_in.or(open.then_some(("", HANNAH))) else {
        return Reply::redirect(
            302,
            &format!("/login?next={}", escape::percent(&request.target)),
        );
    };
    let Account {
        tenant, manager, ..
    } = account;
    match request.path() {
        "/dashboard" => Reply::html(
            200,
            &pages::dashboard(tenant, csrf, store.orders_of(tenant)),
        ),
        "/export/orders.csv" => export(store, tenant),
        "/settings" if manager || store.has(Fault::RoleBypass) => {
            Reply::html(200, &pages::settings(tenant, store.markup(tenant)))
        }
        "/settings" => Reply::html(403, &pages::problem("Only a manager may see this")),
        path => {
            let id = order_id(path, "/orders/");
            match id.and_then(|id| store.order(tenant, id, Fault::OrderReadable)) {
                Some(order) => Reply::html(200, &pages::order(order)),
                None => Reply::html(404, &pages::problem("There is no such order")),
            }
        }
    }
}

fn export(store: &Store, tenant: &str) -> Reply {
    let count = store.orders(tenant, "", Fault::ExportShared).count();
    let kept = if store.has(Fault::ExportTruncated) {
        count.saturating_sub(1)
    } else {
        count
    };
    let body = pages::csv(store.orders(tenant, "", Fault::ExportShared).take(kept));
    Reply::bytes(200, "text/csv; charset=utf-8", body)
        .header("content-disposition", "attachment; filename=\"orders.csv\"")
}

/// Returns the number at the end of a path.
pub(super) fn order_id(path: &str, prefix: &str) -> Option<u64> {
    path.strip_prefix(prefix)?.parse().ok()
}
