//! Orders and sessions, in memory.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use super::{Account, Fault, HANNAH, LEON};

/// The most sessions kept; beyond it the store starts over.
const SESSIONS: usize = 10_000;

/// The most orders kept; creating beyond it is refused.
const ORDERS: usize = 10_000;

/// One order.
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) tenant: &'static str,
    pub(super) title: String,
    pub(super) quantity: u64,
}

/// A browser's session: anonymous until somebody signs in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) csrf: String,
    pub(super) account: Option<Account>,
}

/// Everything the app knows.
pub(super) struct Store {
    orders: BTreeMap<u64, Order>,
    next_id: u64,
    sessions: HashMap<String, Session>,
    next_token: u64,
    random: RandomState,
    faults: Vec<Fault>,
}

impl Store {
    /// Creates a store with two orders for each tenant.
    pub(super) fn new(faults: &[Fault]) -> Self {
        let mut store = Self {
            orders: BTreeMap::new(),
            next_id: 1001,
            sessions: HashMap::new(),
            next_token: 0,
            random: RandomState::new(),
            faults: Vec::new(),
        };
        for (account, title, quantity) in [
            (HANNAH, "Mooring rope", 12),
            (LEON, "Reed boat", 1),
            (HANNAH, "Buoy, red", 4),
            (LEON, "Bird \"hide\" kit", 2),
        ] {
            store.create(account.tenant, title.to_owned(), quantity);
        }
        // Only now, so that no fault touches what the store starts with.
        store.faults = faults.to_vec();
        store
    }

    /// Returns whether the app was started with a fault.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Returns the account that an email and a password sign in.
    pub(super) fn account(&self, email: &str, password: &str) -> Option<Account> {
        let known = |account: &Account| account.email == email && account.password == password;
        [HANNAH, LEON].into_iter().find(known)
    }

    /// Opens a session and returns its cookie value.
    pub(super) fn open_session(&mut self, account: Option<Account>) -> String {
        if self.sessions.len() >= SESSIONS {
            self.sessions.clear();
        }
        let (id, csrf) = (self.token(), self.token());
        self.sessions.insert(id.clone(), Session { csrf, account });
        id
    }

    /// Returns the session a cookie value names.
    pub(super) fn session(&self, id: &str) -> Option<&Session> {
        self.sessions.get(id)
    }

    /// Ends one session.
    pub(super) fn end_session(&mut self, id: &str) {
        self.sessions.remove(id);
    }

    /// Ends every session.
    pub(super) fn expire_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Returns a tenant's orders whose title contains a text, in any case, oldest first.
    pub(super) fn orders(&self, tenant: &str, search: &str) -> impl Iterator<Item = &Order> {
        let search = search.to_lowercase();
        self.orders.values().filter(move |order| {
            order.tenant == tenant && order.title.to_lowercase().contains(&search)
        })
    }

    /// Returns an order if it belongs to the tenant.
    pub(super) fn order(&self, tenant: &str, id: u64) -> Option<&Order> {
        self.orders.get(&id).filter(|order| order.tenant == tenant)
    }

    /// Creates an order and returns its id, or nothing when the store is full.
    pub(super) fn create(
        &mut self,
        tenant: &'static str,
        title: String,
        quantity: u64,
    ) -> Option<u64> {
        if self.orders.len() >= ORDERS {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        if !self.has(Fault::CreateForgotten) {
            self.orders.insert(
                id,
                Order {
                    id,
                    tenant,
                    title,
                    quantity,
                },
            );
        }
        Some(id)
    }

    /// Changes an order of the tenant; returns whether there was one.
    pub(super) fn update(&mut self, tenant: &str, id: u64, title: String, quantity: u64) -> bool {
        let order = self
            .orders
            .get_mut(&id)
            .filter(|order| order.tenant == tenant);
        order
            .map(|order| (order.title, order.quantity) = (title, quantity))
            .is_some()
    }

    /// Deletes an order of the tenant; returns whether there was one.
    pub(super) fn delete(&mut self, tenant: &str, id: u64) -> bool {
        self.order(tenant, id).is_some() && self.orders.remove(&id).is_some()
    }

    /// Makes a value nobody can guess from an earlier one, well enough for a test.
    fn token(&mut self) -> String {
        self.next_token += 1;
        let halves = (
            self.random.hash_one(self.next_token),
            self.random.hash_one((self.next_token, 1)),
        );
        format!("{:016x}{:016x}", halves.0, halves.1)
    }
}
