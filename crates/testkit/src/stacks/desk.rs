//! Who can log in, who is logged in, and what belongs to whom.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use crate::recorder::{App, RecordedRequest, Reply};

/// Somebody who can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address that logs in.
    pub email: &'static str,
    /// The password that logs in.
    pub password: &'static str,
    /// The tenant whose things they see.
    pub tenant: &'static str,
    /// Whether they may do what only admins may.
    pub is_admin: bool,
}

/// An ordinary user of the tenant `acme`.
pub const ANNA: Person = person("anna@acme.example", "anchor-and-lantern-7", "acme", false);

/// An admin of the tenant `acme`.
pub const ADAM: Person = person("adam@acme.example", "breakwater-beacon-3", "acme", true);

/// An ordinary user of the tenant `globex`.
pub const BORIS: Person = person(
    "boris@globex.example",
    "cutter-and-compass-9",
    "globex",
    false,
);

/// A user of the tenant `acme` whose account may be locked.
pub const CARLA: Person = person("carla@acme.example", "dinghy-and-davit-5", "acme", false);

const PEOPLE: [Person; 4] = [ANNA, ADAM, BORIS, CARLA];

/// How many things each tenant has from the beginning.
const SEEDED: usize = 12;

/// After how many wrong passwords an account is slowed down.
const TRIES: u32 = 8;

const fn person(
    email: &'static str,
    password: &'static str,
    tenant: &'static str,
    is_admin: bool,
) -> Person {
    Person {
        email,
        password,
        tenant,
        is_admin,
    }
}

/// A thing that belongs to a tenant.
pub(super) struct Thing {
    /// Whose it is.
    pub(super) tenant: String,
    /// What it holds beside its id.
    pub(super) fields: Map<String, Value>,
}

impl Thing {
    /// The thing as a client sees it.
    pub(super) fn shown(&self, id: u64) -> Value {
        let mut shown = self.fields.clone();
        shown.insert("id".to_owned(), json!(id));
        Value::Object(shown)
    }
}

/// How a login ended.
pub(super) enum Login {
    /// With a session of this name.
    Done(String),
    /// The name or the password is wrong.
    Wrong,
    /// There were too many wrong ones.
    Limited,
}

/// The state of a portal.
#[derive(Default)]
pub(super) struct Desk {
    sessions: BTreeMap<String, &'static Person>,
    things: BTreeMap<u64, Thing>,
    wrong: BTreeMap<String, u32>,
    /// Ids of things by the key that a client gave its request.
    pub(super) keys: BTreeMap<String, u64>,
    /// Names that were seen before, such as those of events.
    pub(super) seen: BTreeMap<String, u64>,
    last: u64,
    /// How often wrong passwords may be tried without being slowed down; `TRIES` when absent.
    pub(super) is_unlimited: bool,
}

impl Desk {
    /// A desk at which each tenant has some things, whose text is in this field.
    pub(super) fn seeded(field: &str) -> Self {
        let mut desk = Self::default();
        for tenant in ["acme", "globex"] {
            for number in 0..SEEDED {
                let mut fields = Map::new();
                fields.insert(field.to_owned(), json!(format!("{tenant} dock {number}")));
                desk.add(tenant, fields);
            }
        }
        desk
    }

    /// Tries a name and a password.
    pub(super) fn log_in(&mut self, email: &str, password: &str) -> Login {
        let wrong = self.wrong.entry(email.to_owned()).or_default();
        if *wrong >= TRIES && !self.is_unlimited {
            return Login::Limited;
        }
        let known = PEOPLE
            .iter()
            .find(|one| one.email == email && one.password == password);
        let Some(person) = known else {
            *wrong += 1;
            return Login::Wrong;
        };
        *wrong = 0;
        self.last += 1;
        let number = self.last.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let name = format!("{number:016x}{:016x}", number.rotate_left(29) ^ 0x5bd1_e995);
        self.sessions.insert(name.clone(), person);
        Login::Done(name)
    }

    /// Whose session it is.
    pub(super) fn who(&self, session: &str) -> Option<&'static Person> {
        self.sessions.get(session).copied()
    }

    /// Ends a session.
    pub(super) fn log_out(&mut self, session: &str) {
        self.sessions.remove(session);
    }

    /// Stores a thing and gives its id.
    pub(super) fn add(&mut self, tenant: &str, fields: Map<String, Value>) -> u64 {
        self.last += 1;
        let tenant = tenant.to_owned();
        self.things.insert(self.last, Thing { tenant, fields });
        self.last
    }

    /// A thing of a tenant, or of anybody.
    pub(super) fn thing(&mut self, tenant: Option<&str>, id: &str) -> Option<(u64, &mut Thing)> {
        let id = id.parse().ok()?;
        let thing = self.things.get_mut(&id)?;
        let is_theirs = tenant.is_none_or(|tenant| thing.tenant == tenant);
        is_theirs.then_some((id, thing))
    }

    /// The things of a tenant that hold a text, the newest first.
    pub(super) fn things(&self, tenant: &str, text: &str) -> Vec<Value> {
        let own = self.things.iter().rev();
        let own = own.filter(|(_, thing)| thing.tenant == tenant);
        let shown = own.map(|(id, thing)| thing.shown(*id));
        shown
            .filter(|thing| thing.to_string().contains(text))
            .collect()
    }

    /// Removes a thing of a tenant, or of anybody; whether there was one.
    pub(super) fn remove(&mut self, tenant: Option<&str>, id: &str) -> bool {
        let found = self.thing(tenant, id).map(|(id, _)| id);
        found.is_some_and(|id| self.things.remove(&id).is_some())
    }
}

/// Starts an app over a desk.
pub(super) fn serve<F>(desk: Desk, answer: F) -> App
where
    F: Fn(&mut Desk, &RecordedRequest) -> Reply + Send + Sync + 'static,
{
    let desk = Arc::new(Mutex::new(desk));
    App::start(move |request| answer(&mut lock(&desk), request))
}

fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The parts of a path without empty ones.
pub(super) fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether the body says that it is JSON.
pub(super) fn is_json(request: &RecordedRequest) -> bool {
    let media = request.header("content-type").unwrap_or_default();
    media.split(';').next().unwrap_or_default().trim() == "application/json"
}

/// A text of a JSON body.
pub(super) fn text(body: &Value, field: &str) -> String {
    body[field].as_str().unwrap_or_default().to_owned()
}
