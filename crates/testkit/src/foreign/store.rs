//! Orders and sessions, in memory.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use super::{ACCOUNTS, Account, Fault, HANNAH, LEON};

/// The most sessions kept; beyond it the store starts over.
const SESSIONS: usize = 10_000;

/// The most orders kept; creating beyond it is refused.
const ORDERS: usize = 10_000;

/// The wrong passwords within [`WINDOW`] after which an email has to wait.
const MOST_FAILURES: usize = 10;
const WINDOW: Duration = Duration::from_secs(60);

/// What the author of an order says of it.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) quantity: u64,
    /// Nobody can set it through the app as it should be.
    pub(super) approved: bool,
}

/// One order.
pub(super) struct Order {
    pub(super) id: u64,
    pub(super) tenant: &'static str,
    pub(super) draft: Draft,
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
    markups: HashMap<&'static str, u64>,
    sessions: HashMap<String, Session>,
    failures: HashMap<String, Vec<Instant>>,
    next_token: u64,
    random: RandomState,
    faults: Vec<Fault>,
}

impl Store {
    /// Creates a store with a few orders for each tenant.
    pub(super) fn new(faults: &[Fault]) -> Self {
        let mut store = Self {
            orders: BTreeMap::new(),
            next_id: 1001,
            markups: HashMap::new(),
            sessions: HashMap::new(),
            failures: HashMap::new(),
            next_token: 0,
            random: RandomState::new(),
            faults: Vec::new(),
        };
        for (account, title, quantity) in [
            (HANNAH, "Mooring rope", 12),
            (LEON, "Reed boat", 1),
            (HANNAH, "Buoy, red", 4),
            (LEON, "Bird \"hide\" kit", 2),
            (HANNAH, "Fender", 6),
        ] {
            let draft = Draft {
                title: title.to_owned(),
                quantity,
                approved: false,
            };
            store.create(account.tenant, draft);
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
        ACCOUNTS.into_iter().find(known)
    }

    /// Returns whether somebody signs in with an email.
    pub(super) fn is_known(&self, email: &str) -> bool {
        ACCOUNTS.iter().any(|account| account.email == email)
    }

    /// Returns whether an email has to wait after wrong passwords.
    pub(super) fn is_throttled(&self, email: &str) -> bool {
        let recent = |at: &&Instant| at.elapsed() < WINDOW;
        let failures = self.failures.get(email).into_iter().flatten();
        !self.has(Fault::ThrottleMissing) && failures.filter(recent).count() >= MOST_FAILURES
    }

    /// Notes a wrong password.
    pub(super) fn failed(&mut self, email: &str) {
        if self.failures.len() >= SESSIONS {
            self.failures.clear();
        }
        let failures = self.failures.entry(email.to_owned()).or_default();
        failures.push(Instant::now());
    }

    /// Forgets the wrong passwords of somebody who has signed in.
    pub(super) fn succeeded(&mut self, email: &str) {
        self.failures.remove(email);
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

    /// Lets somebody sign in to a session that goes on under its name.
    pub(super) fn sign_in_to(&mut self, id: String, account: Account) -> String {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.account = Some(account);
        }
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

    /// Returns a tenant's orders whose title contains a text, in any case, oldest first; those of
    /// every tenant with the fault.
    pub(super) fn orders(
        &self,
        tenant: &str,
        search: &str,
        shared: Fault,
    ) -> impl Iterator<Item = &Order> {
        let (search, everybody) = (search.to_lowercase(), self.has(shared));
        self.orders.values().filter(move |order| {
            let visible = everybody || order.tenant == tenant;
            visible && order.draft.title.to_lowercase().contains(&search)
        })
    }

    /// Returns all of a tenant's orders, oldest first.
    pub(super) fn orders_of(&self, tenant: &str) -> impl Iterator<Item = &Order> {
        self.orders
            .values()
            .filter(move |order| order.tenant == tenant)
    }

    /// Returns an order if it belongs to the tenant, or whoever has it with the fault.
    pub(super) fn order(&self, tenant: &str, id: u64, open: Fault) -> Option<&Order> {
        let reachable = |order: &&Order| order.tenant == tenant || self.has(open);
        self.orders.get(&id).filter(reachable)
    }

    /// Returns whether the tenant has the order.
    pub(super) fn is_own(&self, tenant: &str, id: u64) -> bool {
        self.orders
            .get(&id)
            .is_some_and(|order| order.tenant == tenant)
    }

    /// Creates an order and returns its id, or nothing when the store is full.
    pub(super) fn create(&mut self, tenant: &'static str, draft: Draft) -> Option<u64> {
        if self.orders.len() >= ORDERS {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        if !self.has(Fault::CreateForgotten) {
            self.orders.insert(id, Order { id, tenant, draft });
        }
        Some(id)
    }

    /// Changes an order that the tenant may change; returns whether there was one.
    pub(super) fn update(&mut self, tenant: &str, id: u64, draft: Draft) -> bool {
        let open = self.has(Fault::OrderWritable) || self.has(Fault::OrderWritableSilently);
        let order = self.orders.get_mut(&id);
        let order = order.filter(|order| open || order.tenant == tenant);
        order.map(|order| order.draft = draft).is_some()
    }

    /// Deletes an order that the tenant may delete; returns whether there was one.
    pub(super) fn delete(&mut self, tenant: &str, id: u64) -> bool {
        self.order(tenant, id, Fault::OrderDeletable).is_some() && self.orders.remove(&id).is_some()
    }

    /// Returns what a tenant adds to its prices, in percent.
    pub(super) fn markup(&self, tenant: &str) -> u64 {
        self.markups.get(tenant).copied().unwrap_or(20)
    }

    /// Changes what a tenant adds to its prices.
    pub(super) fn set_markup(&mut self, tenant: &'static str, markup: u64) {
        self.markups.insert(tenant, markup);
    }

    /// Returns what [`Fault::EnvServed`] hands out, with a password of this start.
    pub(super) fn settings_file(&mut self) -> String {
        let password = self.token();
        format!(
            "APP_ENV=production\nPORT=3000\nDATABASE_URL=postgresql://shop:{password}@db.harbour.example/shop\n"
        )
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
