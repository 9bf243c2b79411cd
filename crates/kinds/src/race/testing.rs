//! A portal in memory, and requests that reach it at the same moment: with a race each of them sees
//! what was there before all of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::gate::{Common, Entry, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Body, HttpError, Purpose, Request, Response};
use tidegate_core::ports::volley::{Released, Way};
use tidegate_core::ports::{BoxFuture, Ports, Volley};
use tidegate_core::scope::Values;
use tidegate_core::span::{Source, Span};

use crate::testing::{
    Asked, FakeCleanup, FakeFiles, FakePortal, Kept, Trial, answer, block_on, gate, path, ports,
};

/// One record by its natural key.
pub(super) const DUPLICATE: &str = "
send: { post: /records, json: { title: '${unique}', external_id: '${unique}' } }
duplicate: { read: '/records?q=${unique}', records: '$.items[*]', answer: $.id }
cleanup: { delete: '/records/${id}' }
";
/// One record by its idempotency key.
pub(super) const IDEMPOTENT: &str = "
send: { post: /records, json: { title: '${unique}' } }
idempotent: { read: '/records?q=${unique}', records: '$.items[*]', answer: $.id }
cleanup: { delete: '/records/${id}' }
";
/// Two requests, one record.
pub(super) const DOUBLE: &str = "
send: { post: /records, json: { title: '${unique}', external_id: '${unique}' } }
double-submit: { read: '/records?q=${unique}', records: '$.items[*]' }
cleanup: { delete: '/records/${id}' }
";
/// One record, read from a page.
pub(super) const PAGE: &str = "
send: { post: /records, form: { title: '${unique}', external_id: '${unique}' } }
duplicate: { read: '/page?q=${unique}' }
cleanup: { delete: '/records/by-title/${unique}' }
";
/// Every change counts.
pub(super) const UPDATE: &str = "
before: [{ post: /records, json: { title: '${unique}', amount: 10 }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }]
send: { post: '/records/${record}/amount', json: { add: 5 } }
lost-update: { read: '/records/${record}', number: $.amount, step: 5 }
";
/// Three are served.
pub(super) const LIMIT: &str = "
before: [{ post: /records, json: { title: '${unique}', amount: 30 }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }]
send: { post: '/records/${record}/amount', json: { add: -10 } }
limit: { most: 3, read: '/records/${record}', number: $.amount }
";

#[derive(Debug, Clone)]
struct Record {
    id: u64,
    title: String,
    external_id: Option<String>,
    key: Option<String>,
    amount: i64,
}

/// What the portal stores.
#[derive(Debug, Clone, Default)]
pub(super) struct Server {
    fault: &'static str,
    records: Vec<Record>,
    number: u64,
    /// Volleys so far.
    volleys: u32,
    /// Reads since the last volley.
    reads: u32,
}

/// What came of a race against it.
pub(super) struct Raced {
    pub(super) report: Result<CheckReport, CheckError>,
    pub(super) portal: Arc<FakePortal>,
    pub(super) cleanup: Arc<FakeCleanup>,
    /// The volleys, with their requests.
    pub(super) volleys: Arc<Mutex<Vec<Vec<Request>>>>,
    pub(super) server: Arc<Mutex<Server>>,
}

impl Raced {
    pub(super) fn report(&self) -> &CheckReport {
        self.report.as_ref().unwrap()
    }

    pub(super) fn codes(&self) -> Vec<&str> {
        let findings = self.report().findings.iter();
        findings.map(|finding| finding.code.as_str()).collect()
    }

    pub(super) fn doubt(&self) -> &str {
        let doubt = self.report().inconclusive.as_ref();
        doubt.map_or("", |doubt| doubt.text.as_str())
    }

    pub(super) fn notes(&self) -> String {
        self.report().notes.join("\n")
    }

    /// The ids of records that nothing will remove; those of an open promise are looked for.
    pub(super) fn left(&self) -> Vec<u64> {
        let mut promises = self.cleanup.promises.lock().unwrap();
        let mut removed = Vec::new();
        for (promise, kept) in promises.iter_mut() {
            match kept {
                Kept::Fulfilled(line) => removed.push(line.clone()),
                Kept::Released => {}
                Kept::Open => {
                    let Some(recover) = promise.recover.take() else {
                        continue;
                    };
                    let found = block_on(recover()).unwrap_or_default();
                    let line = |request: &Request| format!("{} {}", request.method, path(request));
                    removed.extend(found.iter().map(line));
                }
            }
        }
        let server = self.server.lock().unwrap();
        let stays = |record: &&Record| {
            let by_id = format!("DELETE /records/{}", record.id);
            let by_title = format!("DELETE /records/by-title/{}", record.title);
            !removed.contains(&by_id) && !removed.contains(&by_title)
        };
        server
            .records
            .iter()
            .filter(stays)
            .map(|record| record.id)
            .collect()
    }
}

/// Runs a race as anna in a preview.
pub(super) fn race(fault: &'static str, config: &str) -> Raced {
    race_in(
        fault,
        config,
        EnvironmentKind::Preview,
        &FakeFiles::new(&[]),
    )
}

/// The same elsewhere, with files.
pub(super) fn race_in(
    fault: &'static str,
    config: &str,
    environment: EnvironmentKind,
    files: &Arc<FakeFiles>,
) -> Raced {
    let server = Arc::new(Mutex::new(Server {
        fault,
        ..Server::default()
    }));
    let behind = server.clone();
    let portal = FakePortal::new(move |asked: &Asked| {
        let key = asked.header("idempotency-key").map(str::to_owned);
        let mut server = behind.lock().unwrap();
        server.answer(None, &asked.method, &asked.path, &body(&asked.body), key)
    });
    let mut trial = Trial::of(super::kind());
    trial.who = Some("anna");
    let check = trial.parse(config).unwrap();
    let cleanup = Arc::new(FakeCleanup::default());
    let volleys = Arc::new(Mutex::new(Vec::new()));
    let volley = Arc::new(FakeVolley {
        server: server.clone(),
        sent: volleys.clone(),
    });
    let span = Span::new(Source::new("tidegate.yaml", "checks:\n  race:\n"), 10, 14);
    let entry = Entry {
        id: "race".into(),
        kind: super::kind(),
        check: check.clone(),
        common: Common {
            identity: Some(Located {
                value: IdentityName::from("anna"),
                span: span.clone(),
            }),
            ..Common::default()
        },
        span: span.clone(),
    };
    let ports = Ports {
        volley,
        files: files.clone(),
        ..ports(portal.clone(), cleanup.clone())
    };
    let values = Values::draw(&*ports.random, &*ports.clock, &"race".into(), 1);
    let context = Context::new(&entry, &gate(environment, span), values, ports);
    Raced {
        report: block_on(check.run(&context)),
        portal,
        cleanup,
        volleys,
        server,
    }
}

/// Releases requests into the server: with a race each sees the state before all of them.
struct FakeVolley {
    server: Arc<Mutex<Server>>,
    sent: Arc<Mutex<Vec<Vec<Request>>>>,
}

impl Volley for FakeVolley {
    fn release(
        &self,
        requests: Vec<Request>,
        ways: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        assert_eq!(ways, Way::ALL);
        let of_many = |request: &Request| request.purpose == Purpose::Load;
        assert!(requests.iter().all(of_many), "nobody ranks their times");
        self.sent.lock().unwrap().push(requests.clone());
        let released = self.server.lock().unwrap().volley(&requests);
        Box::pin(async move { released })
    }
}

fn body(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let fields = text.split('&').filter_map(|field| field.split_once('='));
        fields
            .map(|(name, value)| (name.to_owned(), Json::from(value)))
            .collect()
    })
}

fn silence() -> HttpError {
    HttpError::Timeout {
        limit: Duration::from_secs(30),
        phase: "waiting for the answer",
    }
}

impl Server {
    /// How many records there are.
    pub(super) fn size(&self) -> usize {
        self.records.len()
    }

    fn volley(&mut self, requests: &[Request]) -> Result<Released, HttpError> {
        self.volleys += 1;
        self.reads = 0;
        let before = self.clone();
        let mut answers = Vec::new();
        for (index, request) in requests.iter().enumerate() {
            answers.push(self.at_once(&before, index, request));
        }
        let (way, millis) = match self.fault {
            "far" => (Way::Barrier, 9),
            "http1" => (Way::LastByte, 1),
            _ => (Way::LastFrame, 0),
        };
        let released = Released {
            way,
            spread: Duration::from_millis(millis) + Duration::from_micros(30),
            answers,
            notes: match self.fault {
                "http1" => vec!["The server does not speak HTTP/2.".into()],
                _ => Vec::new(),
            },
        };
        match self.fault {
            "stopped" => Err(HttpError::Stopped),
            "unreachable" => Err(HttpError::Connect {
                origin: "http://127.0.0.1".into(),
                reason: "refused".into(),
            }),
            _ => Ok(released),
        }
    }

    fn at_once(
        &mut self,
        before: &Self,
        index: usize,
        request: &Request,
    ) -> Result<Response, HttpError> {
        let text = match &request.body {
            Body::Json(text) => text.expose().to_owned(),
            Body::Form(fields) => {
                let fields = fields.iter();
                let fields = fields.map(|(name, value)| format!("{name}={}", value.expose()));
                fields.collect::<Vec<_>>().join("&")
            }
            _ => String::new(),
        };
        let mut headers = request.headers.iter();
        let key = headers.find(|(name, _)| name == "idempotency-key");
        let key = key.map(|(_, value)| value.expose().to_owned());
        let seen = match self.fault {
            "duplicate" | "lost" | "over" | "late" | "silent-duplicate" => Some(before),
            "third" if self.volleys == 3 => Some(before),
            _ => None,
        };
        match self.fault {
            "unreachable" => return answer(200, "{}"),
            "limited" => return answer(429, "{}"),
            "some-limited" if index >= 2 => return answer(429, "{}"),
            "silent" => return Err(silence()),
            "nothing" => return answer(409, "{}"),
            "forgotten" => return answer(401, "{}"),
            "forgetful" if index % 5 == 4 => return answer(401, "{}"),
            "nearly-forgotten" if index > 0 => return answer(401, "{}"),
            "error" if index % 2 == 1 => return answer(500, "{}"),
            "replay-422" if index > 0 => return answer(422, "{}"),
            _ => {}
        }
        let answered = self.answer(seen, &request.method, &path(request), &body(&text), key);
        match self.fault {
            "applied" => answer(409, "{}"),
            "silent-duplicate" | "half-silent" if index > 5 => Err(silence()),
            "ids" => answer(201, format!(r#"{{"id":{}}}"#, 1000 + index)),
            "hostile" => answer(201, format!("{}1", "[".repeat(100_000))),
            _ => answered,
        }
    }

    /// One request; `seen` is what it looks at before it writes.
    fn answer(
        &mut self,
        seen: Option<&Self>,
        method: &str,
        path: &str,
        body: &Json,
        key: Option<String>,
    ) -> Result<Response, HttpError> {
        let (path, query) = path.split_once("?q=").unwrap_or((path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("POST", ["records"]) => self.create(seen, body, key),
            ("GET", ["records"]) => self.list(query),
            ("GET", ["page"]) => {
                let rows = self.found(query).into_iter();
                let rows = rows.map(|row| format!("<li title=\"{0}\">{0}</li>", row.title));
                answer(200, format!("<ul>{}</ul>", rows.collect::<String>()))
            }
            ("POST", ["records", id, "amount"]) => self.change(seen, id, body),
            ("GET", ["records", id]) => self.show(id),
            _ => answer(404, "{}"),
        }
    }

    fn create(
        &mut self,
        seen: Option<&Self>,
        body: &Json,
        key: Option<String>,
    ) -> Result<Response, HttpError> {
        if self.fault == "refuses" {
            return answer(403, "{}");
        }
        let external_id = body["external_id"].as_str().map(str::to_owned);
        let known = seen.unwrap_or(self).records.iter();
        let mut known = known.cloned().collect::<Vec<_>>().into_iter();
        if let Some(record) = known
            .clone()
            .find(|one| one.key.is_some() && one.key == key)
        {
            return answer(201, json!({ "id": record.id }).to_string());
        }
        if known.any(|one| external_id.is_some() && one.external_id == external_id) {
            return answer(409, "{}");
        }
        self.number += 1;
        self.records.push(Record {
            id: self.number,
            title: body["title"].as_str().unwrap_or_default().to_owned(),
            external_id,
            key,
            amount: body["amount"].as_i64().unwrap_or_default(),
        });
        answer(201, json!({ "id": self.number }).to_string())
    }

    fn found(&self, query: &str) -> Vec<Record> {
        let records = self.records.iter().filter(|record| record.title == query);
        records.cloned().collect()
    }

    fn list(&mut self, query: &str) -> Result<Response, HttpError> {
        self.reads += 1;
        let mut found = self.found(query);
        match self.fault {
            "hidden" => found.clear(),
            // The second one shows later than the first.
            "late" if self.reads == 1 => found.truncate(1),
            "garbage" if self.volleys > 0 => return answer(200, "<html>"),
            "deep" if self.volleys > 0 => return answer(200, "[".repeat(200_000)),
            _ => {}
        }
        let mut items: Vec<Json> = found
            .iter()
            .map(|record| json!({ "id": record.id, "title": record.title }))
            .collect();
        if self.fault == "echo" {
            items.push(json!({ "id": 0, "title": format!("you asked for {query}") }));
        }
        if self.fault == "flood" && self.volleys > 0 {
            let title = format!("{query}\u{7}");
            items.extend((0..5_000).map(|id| json!({ "id": id, "title": title })));
        }
        answer(200, json!({ "items": items }).to_string())
    }

    fn record(&mut self, id: &str) -> Option<&mut Record> {
        let mut records = self.records.iter_mut();
        records.find(|record| record.id.to_string() == id)
    }

    fn show(&mut self, id: &str) -> Result<Response, HttpError> {
        let (fault, volleys) = (self.fault, self.volleys);
        match self.record(id).map(|record| record.amount) {
            Some(_) if fault == "no-number" && volleys > 0 => answer(200, r#"{"amount":"NaN"}"#),
            Some(amount) => answer(200, json!({ "amount": amount.to_string() }).to_string()),
            None => answer(404, "{}"),
        }
    }

    fn change(
        &mut self,
        seen: Option<&Self>,
        id: &str,
        body: &Json,
    ) -> Result<Response, HttpError> {
        let add = body["add"].as_i64().unwrap_or_default();
        let mut looked = seen.unwrap_or(self).clone();
        let before = looked.record(id).map_or(0, |record| record.amount);
        if before + add < 0 {
            return answer(409, "{}");
        }
        let (fault, twice) = (self.fault, self.fault == "wrong-step");
        let Some(record) = self.record(id) else {
            return answer(404, "{}");
        };
        record.amount = match fault {
            "lost" => before + add,
            _ => record.amount + add * if twice { 2 } else { 1 },
        };
        answer(200, "{}")
    }
}
