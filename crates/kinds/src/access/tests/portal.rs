//! A portal in memory with records, users and a plan, and its faults.

use serde_json::{Value as Json, json};
use tidegate_core::ports::http::{HttpError, Response};

use crate::testing::{Asked, answer};

/// What is wrong with the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The list of records needs no login.
    OpenList,
    /// One record needs no login.
    OpenRecord,
    /// Strangers may create records.
    OpenCreate,
    /// Strangers may remove records.
    OpenDelete,
    /// Strangers may change the plan.
    OpenPlan,
    /// Members read the users.
    UsersForMembers,
    /// Members may change the plan.
    PlanForMembers,
    /// The plan changes, and members are told 403.
    PlanChangesFirst,
    /// Members are told 200 and the plan stays.
    PlanSaysYes,
    /// Members are told 404 and their record is removed.
    DeletesFirst,
    /// A refusal has the records in it.
    DataInRefusal,
    /// adam is refused the users.
    LockedOut,
    /// Strangers are refused at the home page.
    HomeShut,
    /// Refusals are 200 with `status: fail`.
    Fails200,
    /// Refusals are redirects to the login.
    Redirects,
    /// Refusals are redirects to another site.
    RedirectsAway,
    /// Unknown paths and refusals show the single-page app.
    SinglePage,
    /// After some requests nobody's login is accepted any more but adam's.
    TokensDie,
    /// After some requests everything is answered with 429.
    Limits,
    /// Every second list is a 404.
    Flips,
    /// Nobody has a record.
    Empty,
    /// The plan is never what was sent.
    PlanStays,
    /// Somebody else changes the price whenever the plan is asked to change.
    Busy,
    /// Every answer has a time and a number of its own.
    Volatile,
}

use Fault as F;

pub(super) const DOCUMENT: &str = r##"{
  "openapi": "3.1.0",
  "info": { "title": "t", "version": "1" },
  "components": { "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } } },
  "security": [{ "bearer": [] }],
  "paths": {
    "/": { "get": { "security": [], "responses": { "200": { "description": "" } } } },
    "/login": { "post": { "security": [], "responses": { "200": { "description": "" } } } },
    "/records": {
      "get": {
        "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
        "responses": { "200": { "description": "" } } },
      "post": {
        "requestBody": { "content": { "application/json": { "schema": {
          "type": "object", "required": ["title"], "properties": { "title": { "type": "string", "maxLength": 80 } } } } } },
        "responses": { "201": { "description": "" } } }
    },
    "/records/{id}": {
      "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
      "get": { "responses": { "200": { "description": "" } } },
      "delete": { "responses": { "204": { "description": "" } } }
    },
    "/users": { "get": { "responses": { "200": { "description": "" } } } },
    "/plan": {
      "get": { "responses": { "200": { "description": "" } } },
      "put": {
        "requestBody": { "content": { "application/json": { "schema": {
          "type": "object", "required": ["plan"], "properties": { "plan": { "enum": ["starter", "team"] } } } } } },
        "responses": { "200": { "description": "" } } }
    },
    "/sessions/logout": { "get": { "responses": { "204": { "description": "" } } } }
  }
}"##;

/// The portal.
pub(super) struct Portal {
    faults: Vec<F>,
    records: Vec<(String, Json)>,
    plan: String,
    price: u32,
    asked: usize,
}

type Answer = Result<Response, HttpError>;

impl Portal {
    pub(super) fn with(faults: &[F]) -> std::sync::Arc<Shared> {
        let record = |id: &str, owner: &str, title: &str| {
            (
                owner.to_owned(),
                json!({ "id": id, "title": title, "amount": 12500 }),
            )
        };
        let records = vec![
            record("rec-1001", "acme", "Offer 4711"),
            record("rec-1002", "acme", "Offer 4712"),
            record("rec-2001", "globex", "Contract 815"),
        ];
        let is_empty = faults.contains(&F::Empty);
        std::sync::Arc::new(Shared(std::sync::Mutex::new(Self {
            faults: faults.to_vec(),
            records: if is_empty { Vec::new() } else { records },
            plan: "starter".to_owned(),
            price: 4900,
            asked: 0,
        })))
    }

    fn has(&self, fault: F) -> bool {
        self.faults.contains(&fault)
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        self.asked += 1;
        if self.has(F::Limits) && self.asked > 12 {
            return answer(429, "{}");
        }
        let path = asked.path.split('?').next().unwrap_or_default().to_owned();
        let who = match asked.name() {
            "anna" | "boris" if self.has(F::TokensDie) && self.asked > 12 => "",
            who => who,
        };
        match (&*asked.method, &*path) {
            ("GET", "/") if self.has(F::HomeShut) => answer(403, "{}"),
            ("GET", "/") => answer(200, "<html><h1>The portal</h1> call 555 12345</html>"),
            ("GET", "/records") => self.list(who, asked),
            ("POST", "/records") => self.create(who, asked),
            ("GET", "/users") => self.users(who),
            ("GET", "/plan") => self.show_plan(who),
            ("PUT", "/plan") => self.set_plan(who, asked),
            (method, path) if path.starts_with("/records/") => {
                self.record(who, method, path.trim_start_matches("/records/"))
            }
            _ => self.unknown(),
        }
    }

    fn unknown(&self) -> Answer {
        if self.has(F::SinglePage) {
            return answer(
                200,
                "<html><div id=root></div><script src=/app.js></script></html>",
            );
        }
        answer(404, r#"{"error":"no such route"}"#)
    }

    fn refused(&self, status: u16) -> Answer {
        if self.has(F::Fails200) {
            return answer(200, r#"{"status":"fail","error":"not for you"}"#);
        }
        if self.has(F::DataInRefusal) {
            let records: Vec<&Json> = self.records.iter().map(|(_, record)| record).collect();
            return answer(
                status,
                json!({ "error": "no", "debug": records }).to_string(),
            );
        }
        if self.has(F::Redirects) || self.has(F::RedirectsAway) {
            let target = if self.has(F::Redirects) {
                "/login?next=%2F"
            } else {
                "https://id.example/authorize"
            };
            let mut response = answer(302, "")?;
            response.headers.push(("location".into(), target.into()));
            return Ok(response);
        }
        if self.has(F::SinglePage) {
            return self.unknown();
        }
        answer(status, r#"{"error":"no"}"#)
    }

    fn shown(&self, mut body: Json) -> Answer {
        if self.has(F::Volatile) && body.is_object() {
            body["served_at"] = json!(format!("2026-11-26T10:00:{:02}Z", self.asked % 60));
            body["request_id"] = json!(format!("r-{:06}", self.asked));
        }
        answer(200, body.to_string())
    }

    fn tenant(who: &str) -> &str {
        match who {
            "boris" => "globex",
            "" => "",
            _ => "acme",
        }
    }

    fn list(&self, who: &str, asked: &Asked) -> Answer {
        if self.has(F::Flips) && self.asked.is_multiple_of(2) {
            return answer(404, r#"{"error":"no such route"}"#);
        }
        if who.is_empty() && !self.has(F::OpenList) {
            return self.refused(401);
        }
        let search = asked.path.split_once("q=").map(|(_, text)| text.to_owned());
        let fits = |record: &&(String, Json)| {
            let text = record.1.to_string();
            let own = who.is_empty() || record.0 == Self::tenant(who);
            own && search
                .as_ref()
                .is_none_or(|search| text.contains(search.as_str()))
        };
        let items: Vec<&Json> = self
            .records
            .iter()
            .filter(fits)
            .map(|(_, record)| record)
            .collect();
        self.shown(json!({ "query": search, "total": items.len(), "items": items }))
    }

    fn create(&mut self, who: &str, asked: &Asked) -> Answer {
        if who.is_empty() && !self.has(F::OpenCreate) {
            return self.refused(401);
        }
        let Some(title) = asked.json()["title"].as_str().map(str::to_owned) else {
            return answer(422, "{}");
        };
        let id = format!("rec-{}", 3000 + self.asked);
        let record = json!({ "id": id, "title": title, "amount": 1 });
        // Strangers' records land where everybody's do.
        let tenant = if who.is_empty() {
            "acme"
        } else {
            Self::tenant(who)
        };
        self.records.push((tenant.to_owned(), record.clone()));
        answer(201, record.to_string())
    }

    fn record(&mut self, who: &str, method: &str, id: &str) -> Answer {
        let found = self
            .records
            .iter()
            .position(|(_, record)| record["id"] == id);
        let is_own =
            |portal: &Self| found.is_some_and(|found| portal.records[found].0 == Self::tenant(who));
        match method {
            "GET" if who.is_empty() && !self.has(F::OpenRecord) => self.refused(401),
            "GET" => match found.filter(|_| who.is_empty() || is_own(self)) {
                Some(found) => self.shown(self.records[found].1.clone()),
                None => answer(404, r#"{"error":"no such record"}"#),
            },
            "DELETE" => {
                let may = is_own(self) || (who.is_empty() && self.has(F::OpenDelete));
                let silently = self.has(F::DeletesFirst) && !may;
                if let Some(found) = found.filter(|_| may || silently) {
                    self.records.remove(found);
                }
                match (may, who.is_empty()) {
                    (true, _) => answer(204, ""),
                    (false, true) => self.refused(401),
                    (false, false) => answer(404, "{}"),
                }
            }
            _ => answer(405, "{}"),
        }
    }

    fn users(&self, who: &str) -> Answer {
        match who {
            "" => self.refused(401),
            "adam" if self.has(F::LockedOut) => self.refused(403),
            who if who == "adam" || self.has(F::UsersForMembers) => self.shown(json!([
                { "name": "Anna", "email": "anna@acme.example" },
                { "name": "Adam", "email": "adam@acme.example" },
            ])),
            _ => self.refused(403),
        }
    }

    fn show_plan(&self, who: &str) -> Answer {
        match who {
            "adam" => self.shown(json!({ "plan": self.plan, "price": self.price })),
            "" => self.refused(401),
            _ => self.refused(403),
        }
    }

    fn set_plan(&mut self, who: &str, asked: &Asked) -> Answer {
        self.price += u32::from(self.has(F::Busy));
        let may = match who {
            "" => self.has(F::OpenPlan),
            "adam" => true,
            _ => self.has(F::PlanForMembers),
        };
        if !may && who.is_empty() {
            return self.refused(401);
        }
        let says_yes = self.has(F::PlanSaysYes);
        if (may || self.has(F::PlanChangesFirst)) && !self.has(F::PlanStays) {
            let plan = asked.json()["plan"].as_str().unwrap_or_default().to_owned();
            self.plan = plan;
        }
        if may || says_yes {
            return answer(200, json!({ "plan": self.plan }).to_string());
        }
        self.refused(403)
    }
}

/// The portal behind a lock.
pub(super) struct Shared(std::sync::Mutex<Portal>);

impl Shared {
    pub(super) fn answer(&self, asked: &Asked) -> Answer {
        self.0.lock().unwrap().answer(asked)
    }
}
