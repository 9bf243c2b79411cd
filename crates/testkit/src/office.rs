//! An app with many routes: an office of two tenants, all in memory, to measure how long it takes to
//! look at all of it.
//!
//! Five resources have seven routes each, five more routes stand beside them: forty in all. Whoever
//! has one of the four tokens of [`TOKENS`] is known by it. Everybody works with what belongs to
//! their tenant; what belongs to others is 404. Changing the settings is for admins.
//!
//! | Route | Answer |
//! |---|---|
//! | `GET /health` | for everybody |
//! | `GET /api/me`, `GET /api/report` | who asks; how much there is |
//! | `GET`, `PUT /api/settings` | the tenant's name; changed by admins |
//! | `GET`, `POST /api/{resource}` | list (`q`, `limit`), create from `{"title":…}` |
//! | `GET`, `PUT`, `PATCH`, `DELETE /api/{resource}/{id}` | one thing |
//! | `GET /api/{resource}/{id}/history` | how often it was changed |

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::recorder::{App, RecordedRequest, Reply};

/// The resources.
pub const RESOURCES: [&str; 5] = ["clients", "projects", "invoices", "documents", "tickets"];

/// Each person's token, tenant, and whether they are an admin.
pub const TOKENS: [(&str, &str, bool); 4] = [
    ("token-of-anna", "harbour", false),
    ("token-of-adam", "harbour", true),
    ("token-of-boris", "lagoon", false),
    ("token-of-greta", "lagoon", true),
];

/// How many things each tenant has of each resource from the beginning.
const SEEDED: usize = 3;

/// The running app.
pub struct Office {
    app: App,
    /// The recorder keeps the first ones only.
    answered: Arc<AtomicUsize>,
}

impl Office {
    /// Starts the app.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start() -> Self {
        let store = Arc::new(Mutex::new(Store::seeded()));
        let answered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&answered);
        let app = App::start(move |request| {
            count.fetch_add(1, Ordering::Relaxed);
            lock(&store).answer(request)
        });
        Self { app, answered }
    }

    /// Returns the origin without a trailing slash.
    pub fn url(&self) -> &str {
        self.app.url()
    }

    /// Returns how many requests it has answered.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Clone, Copy)]
struct Person {
    tenant: &'static str,
    is_admin: bool,
}

struct Thing {
    tenant: &'static str,
    title: String,
    changes: u64,
}

struct Store {
    things: BTreeMap<(String, u64), Thing>,
    names: BTreeMap<&'static str, String>,
    last: u64,
}

impl Store {
    fn seeded() -> Self {
        let mut store = Self {
            things: BTreeMap::new(),
            names: BTreeMap::new(),
            last: 0,
        };
        for resource in RESOURCES {
            for tenant in ["harbour", "lagoon"] {
                store.names.insert(tenant, format!("The {tenant}"));
                for number in 0..SEEDED {
                    store.create(resource, tenant, format!("{tenant} {number}"));
                }
            }
        }
        store
    }

    fn create(&mut self, resource: &str, tenant: &'static str, title: String) -> u64 {
        self.last += 1;
        let thing = Thing {
            tenant,
            title,
            changes: 0,
        };
        self.things.insert((resource.to_owned(), self.last), thing);
        self.last
    }

    fn answer(&mut self, request: &RecordedRequest) -> Reply {
        if request.path() == "/health" {
            return Reply::json(200, &json!({ "status": "ok" }));
        }
        let Some(person) = person(request) else {
            return problem(401, "log in first");
        };
        let parts: Vec<&str> = request.path().trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["api", "me"]) => Reply::json(
                200,
                &json!({ "tenant": person.tenant, "admin": person.is_admin }),
            ),
            ("GET", ["api", "report"]) => self.report(person),
            ("GET", ["api", "settings"]) => self.settings(person),
            ("PUT", ["api", "settings"]) => self.rename(person, request),
            ("GET", ["api", resource]) if is_known(resource) => {
                self.list(person, resource, request)
            }
            ("POST", ["api", resource]) if is_known(resource) => match title(request) {
                Some(title) => {
                    let id = self.create(resource, person.tenant, title);
                    self.shown(201, resource, id)
                }
                None => problem(422, "the title is missing"),
            },
            (method, ["api", resource, id, rest @ ..]) if is_known(resource) => {
                self.one(person, method, (resource, id), rest, request)
            }
            _ => problem(404, "there is no such page"),
        }
    }

    fn report(&self, person: Person) -> Reply {
        let own = self
            .things
            .values()
            .filter(|one| one.tenant == person.tenant);
        Reply::json(200, &json!({ "things": own.count() }))
    }

    fn settings(&self, person: Person) -> Reply {
        Reply::json(200, &json!({ "name": self.names.get(person.tenant) }))
    }

    fn rename(&mut self, person: Person, request: &RecordedRequest) -> Reply {
        if !person.is_admin {
            return problem(403, "only an admin may do this");
        }
        let name = field(request, "name").unwrap_or_default();
        self.names.insert(person.tenant, name);
        self.settings(person)
    }

    fn list(&self, person: Person, resource: &str, request: &RecordedRequest) -> Reply {
        let search = request.query_value("q").unwrap_or_default();
        let limit = request.query_value("limit");
        let limit = limit
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(50_usize);
        let things = self.things.iter().rev().filter(|((of, _), thing)| {
            of == resource && thing.tenant == person.tenant && thing.title.contains(&search)
        });
        let items = things.take(limit.min(100));
        let items: Vec<Value> = items.map(|((_, id), thing)| shown(*id, thing)).collect();
        Reply::json(200, &json!({ "items": items }))
    }

    fn one(
        &mut self,
        person: Person,
        method: &str,
        (resource, id): (&str, &str),
        rest: &[&str],
        request: &RecordedRequest,
    ) -> Reply {
        let Ok(id) = id.parse() else {
            return problem(404, "there is no such thing");
        };
        let key = (resource.to_owned(), id);
        let own = self.things.get_mut(&key);
        let Some(thing) = own.filter(|thing| thing.tenant == person.tenant) else {
            return problem(404, "there is no such thing");
        };
        match (method, rest) {
            ("GET", []) => self.shown(200, resource, id),
            ("GET", ["history"]) => {
                Reply::json(200, &json!({ "id": id, "changes": thing.changes }))
            }
            ("PUT" | "PATCH", []) => match title(request) {
                Some(title) => {
                    thing.title = title;
                    thing.changes += 1;
                    self.shown(200, resource, id)
                }
                None => problem(422, "the title is missing"),
            },
            ("DELETE", []) => {
                self.things.remove(&key);
                Reply::new(204)
            }
            _ => problem(405, "this cannot be done"),
        }
    }

    fn shown(&self, status: u16, resource: &str, id: u64) -> Reply {
        match self.things.get(&(resource.to_owned(), id)) {
            Some(thing) => Reply::json(status, &shown(id, thing)),
            None => problem(404, "there is no such thing"),
        }
    }
}

fn shown(id: u64, thing: &Thing) -> Value {
    json!({ "id": id, "title": thing.title })
}

fn problem(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": { "message": message } }))
}

fn is_known(resource: &str) -> bool {
    RESOURCES.contains(&resource)
}

fn person(request: &RecordedRequest) -> Option<Person> {
    let token = request.header("authorization")?.strip_prefix("Bearer ")?;
    let (_, tenant, is_admin) = *TOKENS.iter().find(|(known, ..)| *known == token)?;
    Some(Person { tenant, is_admin })
}

fn title(request: &RecordedRequest) -> Option<String> {
    field(request, "title").filter(|title| !title.is_empty())
}

fn field(request: &RecordedRequest, name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    body.get(name)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client;

    fn send(office: &Office, who: &str, method: &str, target: &str, body: &str) -> client::Answer {
        let token = format!("Bearer token-of-{who}");
        client::send(
            office.app.address(),
            method,
            target,
            &[("authorization", &token)],
            body,
        )
    }

    #[test]
    fn everybody_works_with_what_is_theirs() {
        let office = Office::start();
        let created = send(
            &office,
            "anna",
            "POST",
            "/api/invoices",
            r#"{"title":"Rope"}"#,
        );
        assert_eq!(created.status, 201);
        let path = format!("/api/invoices/{}", created.json()["id"]);
        for (method, body) in [("GET", ""), ("PATCH", r#"{"title":"x"}"#), ("DELETE", "")] {
            assert_eq!(send(&office, "boris", method, &path, body).status, 404);
        }
        assert_eq!(
            send(&office, "adam", "GET", &path, "").json()["title"],
            "Rope"
        );
        let list = send(&office, "boris", "GET", "/api/invoices", "").json();
        assert_eq!(list["items"].as_array().unwrap().len(), SEEDED);
        assert_eq!(send(&office, "anna", "DELETE", &path, "").status, 204);
        assert_eq!(send(&office, "anna", "GET", &path, "").status, 404);
    }

    #[test]
    fn strangers_and_members_are_refused() {
        let office = Office::start();
        assert_eq!(client::get(office.app.address(), "/api/me").status, 401);
        assert_eq!(client::get(office.app.address(), "/health").status, 200);
        let body = r#"{"name":"Mine"}"#;
        assert_eq!(
            send(&office, "anna", "PUT", "/api/settings", body).status,
            403
        );
        let renamed = send(&office, "adam", "PUT", "/api/settings", body).json();
        assert_eq!(renamed["name"], "Mine");
        assert_eq!(office.answered(), 4);
    }
}
