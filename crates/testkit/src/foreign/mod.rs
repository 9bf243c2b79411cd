//! A second app under test, built the way the example portal is not.
//!
//! A shop's back office with four people of two tenants, all in memory:
//!
//! - Sign-in is an HTML form. `GET /login` opens an anonymous session and shows the form with a
//!   hidden `csrf` field; `POST /login` (urlencoded: `email`, `password`, `csrf`, `next`) answers
//!   303 to `/dashboard` or to a local `next` and sets the cookie `sid` anew. A wrong password
//!   shows the form again with status 200, a missing or foreign `csrf` is 403. After ten wrong
//!   passwords within a minute the form says so, for the right password too.
//! - A page asked for without a session answers 302 to `/login?next=…`.
//! - The API answers 200 whatever happens: `{"status":"ok","data":…}` or
//!   `{"status":"fail","message":…}`.
//! - Ids are numbers that count up across tenants. `PUT` on another tenant's order does not touch
//!   it: the write lands in a new order of the caller, and the answer is a success.
//! - A list shows at most 50 orders, fewer with `limit`; a greater `limit` is taken as 50.
//! - Only managers may see the settings page and change the markup; clerks get 403, or a failure.
//! - Every unknown path answers 200 with one and the same page.
//! - No other origin may read anything, no other site may frame a page, nothing may be cached.
//!
//! | Route | Answer |
//! |---|---|
//! | `GET /`, `GET /dashboard` | redirect; page with the tenant's orders |
//! | `GET /orders/{id}` | page; 404 page for another tenant's |
//! | `POST /logout` | 303 to `/login` (urlencoded: `csrf`) |
//! | `GET /export/orders.csv` | the tenant's orders as an attachment |
//! | `GET /api/me` | email and tenant |
//! | `GET /api/orders?search=&limit=`, `POST /api/orders` | list; create from `{"title":…,"quantity":…}` |
//! | `GET`, `PUT`, `DELETE /api/orders/{id}` | one order |
//! | `GET /settings` | page with the tenant's markup, for managers |
//! | `GET`, `PUT /api/settings` | `{"markup":…}`; the change is for managers |

mod api;
mod fault;
mod headers;
mod pages;
mod routes;
mod sign_in;
mod store;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::recorder::{App, RecordedRequest};

pub use fault::Fault;
use store::Store;

/// A person who can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// The email that signs in.
    pub email: &'static str,
    /// The password that signs in.
    pub password: &'static str,
    /// The tenant whose orders the person sees.
    pub tenant: &'static str,
    /// Whether the person may change the tenant's settings.
    pub manager: bool,
}

/// A clerk of the tenant `harbour`.
pub const HANNAH: Account = Account {
    email: "hannah@harbour.example",
    password: "low-tide-lantern",
    tenant: "harbour",
    manager: false,
};

/// A clerk of the tenant `lagoon`.
pub const LEON: Account = Account {
    email: "leon@lagoon.example",
    password: "neap+tide&heron",
    tenant: "lagoon",
    manager: false,
};

/// The manager of the tenant `harbour`.
pub const MARTA: Account = Account {
    email: "marta@harbour.example",
    password: "spring-tide-anchor",
    tenant: "harbour",
    manager: true,
};

/// A clerk of the tenant `harbour` with whom nobody works: a check may lock the account.
pub const TILDA: Account = Account {
    email: "tilda@harbour.example",
    password: "ebb-and-flow-buoy",
    tenant: "harbour",
    manager: false,
};

/// Everybody who can sign in.
const ACCOUNTS: [Account; 4] = [HANNAH, LEON, MARTA, TILDA];

/// The running app.
pub struct ForeignApp {
    app: App,
    store: Arc<Mutex<Store>>,
}

impl ForeignApp {
    /// Starts the app as it should be.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts the app with regressions.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start_with(faults: &[Fault]) -> Self {
        let store = Arc::new(Mutex::new(Store::new(faults)));
        let handed = Arc::clone(&store);
        let app = App::start(move |request| routes::answer(&mut lock(&handed), request));
        Self { app, store }
    }

    /// Returns the origin without a trailing slash.
    pub fn url(&self) -> &str {
        self.app.url()
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.app.address()
    }

    /// Returns every request received so far, in order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.app.requests()
    }

    /// Ends every session, as an expiry would.
    pub fn expire_sessions(&self) {
        lock(&self.store).expire_sessions();
    }

    /// Returns the titles of a tenant's orders, oldest first, as they are stored.
    pub fn stored_titles(&self, tenant: &str) -> Vec<String> {
        let store = lock(&self.store);
        store
            .orders_of(tenant)
            .map(|order| order.draft.title.clone())
            .collect()
    }
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
