//! A portal in memory whose records belong to tenants, with faults that can be switched on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tidegate_core::ports::http::{HttpError, LoginError, Response};
use tidegate_core::span::Location;

use crate::testing::{Asked, FakePortal, Trial, Tried, answer};

mod faults;

pub(super) use faults::{Fault, Manner};

#[derive(Debug, Clone)]
struct Record {
    id: Json,
    tenant: String,
    title: String,
    parent: Json,
    reads: u32,
    /// How many more looks it takes until it can be seen.
    hidden: u32,
}

/// The portal.
pub(super) struct World {
    faults: BTreeSet<Fault>,
    manners: BTreeSet<Manner>,
    records: BTreeMap<String, Record>,
    cache: BTreeMap<String, Response>,
    next: u64,
    asked: u32,
}

/// What gate files say about it.
pub(super) const CONFIG: &str = r#"
owner: anna
attacker: boris
create: { post: /records, json: { title: "${canary}", parent_id: null }, id: $.id, delete: "/records/${id}" }
read: "/records/${id}"
update:
  - { put: "/records/${id}", json: { title: "${canary}" } }
  - { patch: "/records/${id}", json: { title: "${canary}" } }
  - { post: /records/bulk, json: { ids: ["${id}"], title: "${canary}" } }
nested: ["/records/${id}/content"]
absent-from: ["/search?q=${canary}", /records, /export.csv]
"#;

/// Runs the check against a portal.
pub(super) fn run(faults: &[Fault], manners: &[Manner]) -> Tried {
    run_with(CONFIG, faults, manners)
}

/// The same with another config.
pub(super) fn run_with(config: &str, faults: &[Fault], manners: &[Manner]) -> Tried {
    trial().run(config, &portal(faults, manners))
}

/// A check in a preview.
pub(super) fn trial() -> Trial {
    Trial::of(super::kind())
}

/// A portal with two records of each tenant.
pub(super) fn portal(faults: &[Fault], manners: &[Manner]) -> Arc<FakePortal> {
    let mut world = World {
        faults: faults.iter().copied().collect(),
        manners: manners.iter().copied().collect(),
        records: BTreeMap::new(),
        cache: BTreeMap::new(),
        next: 100,
        asked: 0,
    };
    for (tenant, title) in [
        ("acme", "Rope"),
        ("globex", "Boat"),
        ("acme", "Buoy"),
        ("globex", "Net"),
    ] {
        world.insert(tenant, title, Json::Null);
    }
    FakePortal::new(move |asked| world.answer(asked))
}

fn tenant_of(name: &str) -> Option<&'static str> {
    match name {
        "anna" | "adam" => Some("acme"),
        "boris" => Some("globex"),
        _ => None,
    }
}

impl World {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn does(&self, manner: Manner) -> bool {
        self.manners.contains(&manner)
    }

    fn insert(&mut self, tenant: &str, title: &str, parent: Json) -> Json {
        self.next += 1;
        let id = if self.does(Manner::Words) {
            Json::from(format!("rec-{:08x}", self.next * 0x9e37))
        } else {
            Json::from(self.next)
        };
        let record = Record {
            id: id.clone(),
            tenant: tenant.to_owned(),
            title: title.to_owned(),
            parent,
            reads: 0,
            hidden: if self.does(Manner::Later) { 2 } else { 0 },
        };
        self.records.insert(key(&id), record);
        id
    }

    fn answer(&mut self, asked: &Asked) -> Result<Response, HttpError> {
        self.asked += 1;
        if self.does(Manner::Limits) && self.asked > 12 {
            let mut response = answer(429, "{}")?;
            response.headers.push(("retry-after".into(), "60".into()));
            return Ok(response);
        }
        let Some(tenant) = tenant_of(asked.name()) else {
            return self.as_stranger(asked);
        };
        let locked = if tenant == "acme" {
            Manner::NoOwner
        } else {
            Manner::NoLogin
        };
        if self.does(locked) {
            return Err(no_login(asked.name()));
        }
        let logins = asked
            .session
            .map_or(0, |(session, logins)| session + u64::from(logins));
        if self.does(Manner::Expires) && tenant == "globex" && self.asked > 8 && logins < 2 {
            return answer(401, r#"{"error":"your session has ended"}"#);
        }
        let path = asked.path.split('?').next().unwrap_or_default();
        if self.has(Fault::Caches) && asked.method == "GET" && path.starts_with("/records/") {
            if let Some(kept) = self.cache.get(&asked.path) {
                return Ok(kept.clone());
            }
            let response = self.route(asked, tenant, path)?;
            if response.status == 200 {
                self.cache.insert(asked.path.clone(), response.clone());
            }
            return Ok(response);
        }
        self.route(asked, tenant, path)
    }

    fn as_stranger(&self, asked: &Asked) -> Result<Response, HttpError> {
        if self.has(Fault::Caches)
            && let Some(kept) = self.cache.get(&asked.path)
        {
            return Ok(kept.clone());
        }
        answer(401, r#"{"error":"log in"}"#)
    }

    fn route(&mut self, asked: &Asked, tenant: &str, path: &str) -> Result<Response, HttpError> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["records"]) => self.list(asked, tenant),
            ("GET", ["search"]) => self.search(asked, tenant),
            ("GET", ["export.csv"]) => self.export(tenant),
            ("POST", ["records"]) => self.create(asked, tenant),
            ("POST", ["records", "bulk"]) => self.bulk(asked, tenant),
            ("GET", ["records", id]) => self.read(asked, tenant, id),
            ("HEAD", ["records", id]) => self.head(tenant, id),
            ("GET", ["records", id, "content"]) => self.content(tenant, id),
            ("PUT" | "PATCH", ["records", id]) => self.change(asked, tenant, id),
            ("DELETE", ["records", id]) => self.delete(tenant, id),
            _ => self.no(),
        }
    }

    fn no(&self) -> Result<Response, HttpError> {
        if self.does(Manner::OffHost) {
            let mut response = answer(302, "")?;
            response.refused_redirect = Some("https://sso.example/start".into());
            return Ok(response);
        }
        if self.does(Manner::FailsInBody) {
            return answer(
                200,
                r#"{"status":"fail","message":"there is no such record"}"#,
            );
        }
        answer(404, r#"{"error":"there is no such record"}"#)
    }

    fn shown(&self, record: &Record) -> Json {
        let parent = self.records.get(&key(&record.parent));
        let parent = parent
            .filter(|parent| self.has(Fault::ShowsParent) || parent.tenant == record.tenant)
            .map(|parent| json!({ "title": parent.title }));
        let mut shown = json!({
            "id": record.id, "title": record.title, "amount": 250, "currency": "EUR",
            "status": "open", "tenant_id": record.tenant, "parent": parent,
        });
        if self.does(Manner::CountsReads) {
            shown["reads"] = Json::from(record.reads);
        }
        shown
    }

    fn json(&self, status: u16, body: &Json) -> Result<Response, HttpError> {
        let mut response = answer(status, body.to_string())?;
        let control = if self.has(Fault::Public) {
            "public, max-age=60"
        } else {
            "no-store"
        };
        response
            .headers
            .push(("cache-control".into(), control.into()));
        let size = response.body.len().to_string();
        response.headers.push(("content-length".into(), size));
        Ok(response)
    }

    fn visible(&self, record: &Record, tenant: &str, everything: bool) -> bool {
        record.hidden == 0 && (everything || record.tenant == tenant)
    }

    fn list(&mut self, asked: &Asked, tenant: &str) -> Result<Response, HttpError> {
        for record in self.records.values_mut() {
            record.hidden = record.hidden.saturating_sub(1);
        }
        let named = self.has(Fault::Filters) && asked.path.contains("tenant_id=acme");
        let header = self.has(Fault::TrustsHeader) && asked.header("x-tenant-id") == Some("acme");
        let tenant = if named || header { "acme" } else { tenant };
        let all = self.records.values();
        let all: Vec<Json> = all
            .filter(|record| self.visible(record, tenant, self.has(Fault::Lists)))
            .filter(|_| !(self.does(Manner::EmptyForBoris) && asked.name() == "boris"))
            .map(|record| self.shown(record))
            .collect();
        if !self.does(Manner::Pages) {
            return self.json(200, &json!({ "items": all }));
        }
        let page = asked.path.split("page=").nth(1);
        let page = page.and_then(|rest| rest.split('&').next());
        let page: usize = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let items: Vec<&Json> = all.iter().skip((page - 1) * 3).take(3).collect();
        let body = json!({ "items": items, "total": all.len(), "page": page, "per_page": 3 });
        self.json(200, &body)
    }

    fn search(&mut self, asked: &Asked, tenant: &str) -> Result<Response, HttpError> {
        let text = asked.path.split("q=").nth(1).unwrap_or_default();
        for record in self.records.values_mut() {
            record.hidden = record.hidden.saturating_sub(1);
        }
        let all = self.records.values();
        let found: Vec<Json> = all
            .filter(|record| record.title.contains(text))
            .filter(|record| self.visible(record, tenant, self.has(Fault::Searches)))
            .map(|record| self.shown(record))
            .collect();
        let mut body = json!({ "items": found });
        if self.does(Manner::Echoes) {
            body["query"] = Json::from(text);
        }
        self.json(200, &body)
    }

    fn export(&self, tenant: &str) -> Result<Response, HttpError> {
        let all = self.records.values();
        let rows = all
            .filter(|record| self.visible(record, tenant, self.has(Fault::Exports)))
            .map(|record| format!("{},{}\n", key(&record.id), record.title));
        answer(200, format!("id,title\n{}", rows.collect::<String>()))
    }

    fn create(&mut self, asked: &Asked, tenant: &str) -> Result<Response, HttpError> {
        let body = asked.json();
        let known = ["title", "parent_id"];
        let mut names = body.as_object().into_iter().flat_map(|map| map.keys());
        if self.does(Manner::Strict) && !names.all(|name| known.contains(&name.as_str())) {
            return answer(422, r#"{"error":"a field is not known"}"#);
        }
        if self.does(Manner::ReadOnly) && tenant != "acme" {
            return answer(403, r#"{"error":"you may only read"}"#);
        }
        let named = body["tenant_id"]
            .as_str()
            .filter(|_| self.has(Fault::CreatesFor));
        let title = body["title"].as_str().unwrap_or_default();
        if self.has(Fault::IdInBody)
            && let Some(known) = self.records.get_mut(&key(&body["id"]))
        {
            title.clone_into(&mut known.title);
        }
        let id = self.insert(named.unwrap_or(tenant), title, body["parent_id"].clone());
        if self.does(Manner::Later) {
            return answer(202, "{}");
        }
        if self.does(Manner::NoId) {
            return answer(201, r#"{"ok":true}"#);
        }
        let shown = self.shown(&self.records[&key(&id)]);
        self.json(201, &shown)
    }

    fn read(&mut self, asked: &Asked, tenant: &str, id: &str) -> Result<Response, HttpError> {
        let header = self.has(Fault::TrustsHeader) && asked.header("x-tenant-id") == Some("acme");
        let tenant = if header { "acme" } else { tenant };
        let everything = self.has(Fault::Reads);
        let settles = self.does(Manner::Settles);
        let seen = self
            .records
            .get(id)
            .filter(|record| self.visible(record, tenant, everything));
        let Some(record) = seen.cloned() else {
            return self.no();
        };
        if let Some(known) = self.records.get_mut(id) {
            known.reads += 1;
        }
        let mut shown = self.shown(&record);
        if settles && record.reads > 0 {
            shown["status"] = Json::from("scanned");
        }
        self.json(200, &shown)
    }

    fn head(&self, tenant: &str, id: &str) -> Result<Response, HttpError> {
        let everything = self.has(Fault::Reads) || self.has(Fault::Heads);
        let record = self.records.get(id);
        let Some(record) = record.filter(|record| self.visible(record, tenant, everything)) else {
            return self.no();
        };
        let mut response = self.json(200, &self.shown(record))?;
        response.body = Arc::from([]);
        Ok(response)
    }

    fn content(&self, tenant: &str, id: &str) -> Result<Response, HttpError> {
        let everything = self.has(Fault::ReadsContent);
        let record = self.records.get(id);
        match record.filter(|record| self.visible(record, tenant, everything)) {
            Some(record) => answer(200, format!("<p>{}</p>", record.title)),
            None => self.no(),
        }
    }

    fn change(&mut self, asked: &Asked, tenant: &str, id: &str) -> Result<Response, HttpError> {
        let body = asked.json();
        let title = body["title"].as_str().unwrap_or_default().to_owned();
        if self.does(Manner::NoPut) {
            return answer(405, "");
        }
        let id = if self.has(Fault::IdInBody) && !body["id"].is_null() {
            key(&body["id"])
        } else {
            id.to_owned()
        };
        let silent = self.has(Fault::PatchesSilently) && asked.method == "PATCH";
        let everything = silent
            || self.has(Fault::IdInBody)
            || (self.has(Fault::Puts) && asked.method == "PUT")
            || (self.has(Fault::TakesOver) && asked.method == "PUT");
        let moves = self.has(Fault::MovesTo);
        let takes_over = self.has(Fault::TakesOver);
        let found = self.records.get_mut(&id);
        let Some(record) = found.filter(|record| everything || record.tenant == tenant) else {
            if self.does(Manner::Redirects) {
                self.insert(tenant, &title, Json::Null);
                return answer(204, "");
            }
            return self.no();
        };
        let is_foreign = record.tenant != tenant;
        record.title = title;
        if moves && let Some(named) = body["tenant_id"].as_str() {
            named.clone_into(&mut record.tenant);
        }
        if takes_over {
            tenant.clone_into(&mut record.tenant);
        }
        if silent && is_foreign {
            return self.no();
        }
        let shown = json!({ "id": record.id });
        self.json(200, &shown)
    }

    fn bulk(&mut self, asked: &Asked, tenant: &str) -> Result<Response, HttpError> {
        let body = asked.json();
        let everything = self.has(Fault::Bulk);
        let mut changed = 0;
        for id in body["ids"].as_array().into_iter().flatten() {
            let found = self.records.get_mut(&key(id));
            if let Some(record) = found.filter(|one| everything || one.tenant == tenant) {
                record.title = body["title"].as_str().unwrap_or_default().to_owned();
                changed += 1;
            }
        }
        self.json(200, &json!({ "changed": changed }))
    }

    fn delete(&mut self, tenant: &str, id: &str) -> Result<Response, HttpError> {
        let everything = self.has(Fault::Deletes);
        let found = self.records.get(id);
        if found.is_some_and(|record| everything || record.tenant == tenant) {
            self.records.remove(id);
            return answer(204, "");
        }
        self.no()
    }
}

fn key(id: &Json) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn no_login(name: &str) -> HttpError {
    HttpError::Login(LoginError {
        identity: name.into(),
        reason: "the login was answered with 401".into(),
        help: "Look at the password.".into(),
        location: Location::line_of("tidegate.yaml", 1),
        status: Some(401),
    })
}
