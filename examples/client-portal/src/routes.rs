//! The table of routes; router, documentation test and access test are made from it.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{self, MethodRouter};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::{
    auth, billing, cors, enquiries, envelope, files, frontend, invoices, records, summary, system,
    webhooks,
};

pub(crate) const OPENAPI: &str = include_str!("openapi.json");

/// JSON bodies above this are refused with 413.
const MOST_JSON_BYTES: usize = 256 * 1024;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever holds the key that signs webhooks.
    Signature,
    /// Every person with a live session.
    Session,
    /// Admins of the account the session works in.
    Admin,
}

struct Route {
    method: Method,
    path: &'static str,
    access: Access,
    handler: MethodRouter<App>,
}

macro_rules! constructors {
    ($($name:ident = $method:ident,)+) => {
        impl Route {
            $(fn $name<H: Handler<T, App>, T: 'static>(
                path: &'static str,
                access: Access,
                handler: H,
            ) -> Self {
                Self { method: Method::$method, path, access, handler: routing::$name(handler) }
            })+
        }
    };
}

constructors! { get = GET, post = POST, put = PUT, patch = PATCH, delete = DELETE, }

/// One line per operation.
fn table() -> Vec<Route> {
    use Access::{Admin, Public, Session, Signature};
    vec![
        Route::get("/", Public, frontend::page),
        Route::get("/assets/{name}", Public, frontend::asset),
        Route::get("/health", Public, system::health),
        Route::get("/openapi.json", Public, system::openapi),
        Route::post("/api/login", Public, auth::log_in),
        Route::post("/api/logout", Session, auth::log_out),
        Route::get("/api/me", Session, auth::me),
        Route::post("/api/me/password", Session, auth::change_password),
        Route::post("/api/session/switch", Session, auth::switch_account),
        Route::get("/api/records", Session, records::list),
        Route::post("/api/records", Session, records::create),
        Route::get("/api/records/{id}", Session, records::read),
        Route::put("/api/records/{id}", Session, records::put),
        Route::patch("/api/records/{id}", Session, records::patch),
        Route::delete("/api/records/{id}", Session, records::delete),
        Route::post("/api/records/{id}/amount", Session, records::add),
        Route::post("/api/records/{id}/summary", Session, summary::of_record),
        Route::get("/api/search", Session, records::search),
        Route::post("/api/files", Session, files::upload),
        Route::get("/api/files/{id}", Session, files::read),
        Route::delete("/api/files/{id}", Session, files::delete),
        Route::get("/api/files/{id}/content", Session, files::download),
        Route::post("/api/files/{id}/summary", Session, summary::of_file),
        Route::get("/api/invoices", Session, invoices::list),
        Route::get("/api/invoices/{id}", Session, invoices::read),
        Route::get("/api/enquiries.csv", Session, enquiries::export),
        Route::get("/api/billing/plan", Session, billing::read_plan),
        Route::put("/api/billing/plan", Admin, billing::change_plan),
        Route::post("/api/webhooks/payments", Signature, webhooks::receive),
        Route::get("/api/webhooks/events", Admin, webhooks::list_events),
        Route::post("/api/diagnostics/error", Admin, system::raise_error),
    ]
}

impl Route {
    /// The handler with the body limit that fits it: only uploads may be large.
    fn limited(self) -> MethodRouter<App> {
        let is_upload = (self.method, self.path) == (Method::POST, "/api/files");
        let most = if is_upload {
            files::MOST_BODY_BYTES
        } else {
            MOST_JSON_BYTES
        };
        self.handler.layer(DefaultBodyLimit::max(most))
    }
}

/// Every operation the portal has: its method, its path and who may call it.
#[must_use]
pub fn documented_routes() -> Vec<(Method, &'static str, Access)> {
    table()
        .into_iter()
        .map(|route| (route.method, route.path, route.access))
        .collect()
}

/// The OpenAPI 3.1 document that `/openapi.json` serves.
#[must_use]
pub const fn openapi() -> &'static str {
    OPENAPI
}

/// The whole portal as one service.
pub(crate) fn router(app: App) -> Router {
    let add = |router: Router<App>, route: Route| router.route(route.path, route.limited());
    table()
        .into_iter()
        .fold(Router::new(), add)
        .fallback(system::no_route)
        .layer(CatchPanicLayer::new())
        .layer(cors::layer(&app))
        .layer(middleware::from_fn_with_state(
            App::clone(&app),
            envelope::finish,
        ))
        .with_state(app)
}
