//! A portal in memory that checks its input, or does not.

mod documents;

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value as Json, json};
use tidegate_core::check::{Check, CheckError, CheckReport, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::{
    Body, Cookie, Credentials, Http, HttpError, Request, Response, SessionId, Sharing,
};
use tidegate_core::span::{Source, Span};

use crate::testing::{FakeCleanup, FakeFiles, answer, block_on, context_with, node, path};

/// What is wrong with the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Amounts beyond the limits become the nearest that is allowed.
    Clamps,
    /// What is refused is stored.
    Stores,
    /// What is refused is stored, its texts left out.
    StoresBare,
    /// An amount that is text is answered with 500.
    Fails,
    /// A quote is answered with 500.
    Quote500,
    /// A quote is answered with an error of the database.
    QuoteSql,
    /// The page shows titles as they are.
    Unescaped,
    /// Refusals do not name the field.
    Unnamed,
    /// Plain text is read as JSON.
    AnyType,
    /// Bodies have no limit.
    NoLimit,
    /// Every valid create is refused.
    Closed,
    /// The fourth request and all after it are answered with 429.
    Limits,
    /// The list never shows anything.
    Blind,
    /// Fields that are not known are ignored.
    Lax,
    /// Refusals are PostgREST's.
    PostgRest,
    /// Updates are made and then refused.
    UpdatesFirst,
    /// No answer to an amount that is text.
    Hangs,
    /// Somebody else creates something between any two looks.
    Busy,
    /// The connection of a body that is too large breaks under the next request.
    HangsUp,
    /// After a body that is too large the list answers 500.
    GoesBlind,
    /// There is no page.
    PageGone,
}

/// Ends the line of a body that is too large.
const OVERSIZED: &str = " (oversized)";

/// The portal.
#[derive(Default)]
pub(super) struct Portal {
    faults: Vec<Fault>,
    records: Mutex<Vec<(u64, Json)>>,
    /// Everything that was sent, as one line each.
    pub(super) log: Mutex<Vec<String>>,
}

type Answer = Result<Response, HttpError>;

impl Portal {
    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// How many records with a mark there are.
    pub(super) fn marked(&self) -> usize {
        let records = self.records.lock().unwrap();
        let marked = records
            .iter()
            .filter(|(_, record)| record.to_string().contains("tidegate-00c0ffee"));
        marked.count()
    }

    fn answer(&self, request: &Request) -> Answer {
        let path = path(request);
        let (route, query) = path.split_once('?').unwrap_or((&path, ""));
        let search = request.query.iter().find(|(name, _)| name == "q");
        let search = search.map(|(_, text)| text.expose().to_owned());
        let search = search.unwrap_or_else(|| query.trim_start_matches("q=").to_owned());
        let id: Option<u64> = route
            .strip_prefix("/api/records/")
            .and_then(|id| id.parse().ok());
        if self.has(Fault::Limits) && self.log.lock().unwrap().len() > 6 {
            return answer(429, "{}");
        }
        if let Some(answer) = self.after_oversized(request) {
            return answer;
        }
        match (&*request.method, route, id) {
            ("POST", "/api/records", _) => self.create(request),
            ("GET", "/api/records", _) => answer(200, self.list(&search).to_string()),
            ("GET", "/page", _) if self.has(Fault::PageGone) => answer(404, "gone"),
            ("GET", "/page", _) => answer(200, self.page()),
            ("GET", _, Some(id)) => match self.record(id) {
                Some(record) => answer(200, record.to_string()),
                None => answer(404, "{}"),
            },
            ("PUT" | "PATCH", _, Some(id)) => self.update(id, request),
            _ => answer(404, "{}"),
        }
    }

    fn after_oversized(&self, request: &Request) -> Option<Answer> {
        let log = self.log.lock().unwrap();
        let since = log.iter().rev().position(|line| line.ends_with(OVERSIZED));
        if request.method != "GET" {
            return None;
        }
        match since {
            Some(1) if self.has(Fault::HangsUp) => Some(Err(HttpError::Broken {
                phase: "before the answer",
                reason: "connection reset".into(),
            })),
            Some(1..) if self.has(Fault::GoesBlind) => Some(answer(500, "{}")),
            _ => None,
        }
    }

    fn record(&self, id: u64) -> Option<Json> {
        let records = self.records.lock().unwrap();
        records
            .iter()
            .find(|(own, _)| *own == id)
            .map(|(_, record)| record.clone())
    }

    fn list(&self, search: &str) -> Json {
        let records = self.records.lock().unwrap();
        let found: Vec<Json> = records
            .iter()
            .filter(|(_, record)| !self.has(Fault::Blind) && record.to_string().contains(search))
            .map(|(_, record)| record.clone())
            .collect();
        let others = if self.has(Fault::Busy) {
            let log = self.log.lock().unwrap();
            log.iter().filter(|line| line.contains(" GET ")).count()
        } else {
            0
        };
        json!({ "total": found.len() + others, "items": found })
    }

    fn page(&self) -> String {
        let records = self.records.lock().unwrap();
        let titles = records.iter().map(|(_, record)| {
            let title = record["title"].as_str().unwrap_or_default();
            if self.has(Fault::Unescaped) {
                title.to_owned()
            } else {
                title.replace('<', "&lt;")
            }
        });
        format!("<ul>{}</ul>", titles.collect::<Vec<_>>().join("<li>"))
    }

    fn create(&self, request: &Request) -> Answer {
        let checked = self.checked(request, true);
        let mut records = self.records.lock().unwrap();
        let mut store = |mut record: Json| {
            let id = 100 + records.len() as u64;
            record["id"] = json!(id);
            records.push((id, record.clone()));
            record
        };
        match checked {
            Ok(_) if self.has(Fault::Closed) => answer(403, "{}"),
            Ok(record) => answer(201, store(record).to_string()),
            Err(refusal) => {
                let keeps = self.has(Fault::Stores) || self.has(Fault::StoresBare);
                let record = keeps.then(|| read(request)).flatten();
                let record = record.filter(Json::is_object);
                if let Some(record) = record.clone().filter(|_| self.has(Fault::Stores)) {
                    store(record);
                }
                if record.is_some() && self.has(Fault::StoresBare) {
                    store(json!({}));
                }
                *refusal
            }
        }
    }

    fn update(&self, id: u64, request: &Request) -> Answer {
        let checked = self.checked(request, request.method == "PUT");
        let mut records = self.records.lock().unwrap();
        let Some((_, record)) = records.iter_mut().find(|(own, _)| *own == id) else {
            return answer(404, "{}");
        };
        let mut write = |change: Json| {
            for (key, value) in change.as_object().cloned().unwrap_or_default() {
                record[key] = value;
            }
            record.to_string()
        };
        match checked {
            Ok(change) => answer(200, write(change)),
            Err(refusal) => {
                let is_first = self.has(Fault::UpdatesFirst);
                if let Some(change) = is_first.then(|| read(request)).flatten() {
                    write(change);
                }
                *refusal
            }
        }
    }

    /// The body, or the refusal.
    fn checked(&self, request: &Request, is_whole: bool) -> Result<Json, Box<Answer>> {
        let is_json = matches!(request.body, Body::Json(_))
            || request
                .headers
                .iter()
                .any(|(_, value)| value.expose() == "application/json");
        if !is_json && !self.has(Fault::AnyType) {
            return Err(Box::new(answer(415, "{}")));
        }
        if text(request).len() > 1_000_000 && !self.has(Fault::NoLimit) {
            return Err(Box::new(answer(413, "{}")));
        }
        let body = read(request).ok_or_else(|| Box::new(answer(400, "{}")))?;
        let Json::Object(mut fields) = body else {
            return Err(Box::new(answer(400, "{}")));
        };
        self.breaks(&fields)?;
        let problems = self.problems(&mut fields, is_whole);
        match problems.first() {
            Some((name, problem)) => Err(Box::new(self.refusal(name, problem))),
            None => Ok(Json::Object(fields)),
        }
    }

    fn breaks(&self, fields: &Map<String, Json>) -> Result<(), Box<Answer>> {
        let has_quote = fields
            .values()
            .any(|value| value.to_string().contains('\''));
        if has_quote && self.has(Fault::Quote500) {
            return Err(Box::new(answer(500, "{}")));
        }
        if has_quote && self.has(Fault::QuoteSql) {
            let shown = r#"{"error":"syntax error at or near \"Brien\""}"#;
            return Err(Box::new(answer(400, shown)));
        }
        let is_text = fields.get("amount").is_some_and(Json::is_string);
        if is_text && self.has(Fault::Fails) {
            return Err(Box::new(answer(500, "{}")));
        }
        if is_text && self.has(Fault::Hangs) {
            let (phase, reason) = ("while waiting", "reset".to_owned());
            return Err(Box::new(Err(HttpError::Broken { phase, reason })));
        }
        Ok(())
    }

    fn problems(
        &self,
        fields: &mut Map<String, Json>,
        is_whole: bool,
    ) -> Vec<(String, &'static str)> {
        let mut problems = Vec::new();
        match fields.get("title") {
            None if is_whole => problems.push(("title".to_owned(), "is missing")),
            Some(Json::String(title)) => {
                let most = if self.has(Fault::NoLimit) {
                    usize::MAX
                } else {
                    60
                };
                if title.is_empty() || title.len() > most {
                    problems.push(("title".to_owned(), "is too short or too long"));
                }
            }
            Some(_) => problems.push(("title".to_owned(), "must be text")),
            None => {}
        }
        if let Some(amount) = fields.get_mut("amount") {
            let number = amount.as_i64();
            if self.has(Fault::Clamps) {
                *amount = number.map_or(amount.clone(), |number| json!(number.clamp(0, 100)));
            }
            if !amount
                .as_i64()
                .is_some_and(|number| (0..=100).contains(&number))
            {
                problems.push(("amount".to_owned(), "must be a number from 0 to 100"));
            }
        }
        if !self.has(Fault::Lax) {
            let known = ["title", "amount", "note"];
            let other = fields.keys().find(|name| !known.contains(&name.as_str()));
            problems.extend(other.map(|name| (name.clone(), "is not known")));
        }
        problems
    }

    fn refusal(&self, name: &str, problem: &str) -> Answer {
        if self.has(Fault::PostgRest) {
            let message = format!("null value in column \"{name}\" violates not-null constraint");
            let body =
                json!({ "code": "23502", "details": null, "hint": null, "message": message });
            return answer(400, body.to_string());
        }
        if self.has(Fault::Unnamed) {
            return answer(422, r#"{"error":"invalid input"}"#);
        }
        answer(
            422,
            json!({ "error": format!("{name} {problem}") }).to_string(),
        )
    }
}

fn text(request: &Request) -> String {
    match &request.body {
        Body::Json(text) | Body::Text(text) => text.expose().to_owned(),
        _ => String::new(),
    }
}

fn read(request: &Request) -> Option<Json> {
    serde_json::from_str(&text(request)).ok()
}

impl Http for Portal {
    fn open_session(&self, _: Option<&IdentityName>, _: Sharing) -> SessionId {
        SessionId(1)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, _: SessionId) {}

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        Vec::new()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("nothing here copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("nothing here plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Answer> {
        let body = text(&request);
        let short: String = body.chars().take(200).collect();
        let query: Vec<String> = request
            .query
            .iter()
            .map(|(name, value)| format!("{name}={}", value.expose()))
            .collect();
        let purpose = request.purpose;
        let size = if body.len() > 1 << 20 { OVERSIZED } else { "" };
        let line = format!(
            "{purpose:?} {} {} {} {short}{size}",
            request.method,
            path(&request),
            query.join("&")
        );
        self.log.lock().unwrap().push(line);
        let answer = self.answer(&request);
        Box::pin(async move { answer })
    }
}

/// Reads a config as anna, in a gate with or without a document.
pub(super) fn parse(config: &str, has_document: bool) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    let id = CheckId::from("journey");
    let anna = IdentityName::from("anna");
    let openapi = Located {
        value: "openapi.json".to_owned(),
        span: Span::new(Source::new("tidegate.yaml", "openapi: openapi.json"), 9, 21),
    };
    super::kind().parse(
        &config,
        &ParseScope {
            id: &id,
            span: &config.span,
            identities: std::slice::from_ref(&anna),
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: Some(&anna),
            openapi: has_document.then_some(&openapi),
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

/// A check that was run against the portal.
pub(super) struct Ran {
    pub(super) report: Result<CheckReport, CheckError>,
    pub(super) portal: Arc<Portal>,
    pub(super) cleanup: Arc<FakeCleanup>,
}

impl Ran {
    pub(super) fn report(&self) -> &CheckReport {
        self.report.as_ref().unwrap()
    }

    /// The codes that were found, each once.
    pub(super) fn codes(&self) -> Vec<&str> {
        let findings = self.report().findings.iter();
        let mut codes: Vec<&str> = findings.map(|finding| finding.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(super) fn titles(&self) -> Vec<&str> {
        let findings = self.report().findings.iter();
        findings.map(|finding| finding.title.as_str()).collect()
    }
}

/// Runs a check against a portal with faults.
pub(super) fn run(config: &str, has_document: bool, faults: &[Fault]) -> Ran {
    let check = parse(config, has_document).unwrap();
    let portal = Arc::new(Portal {
        faults: faults.to_vec(),
        ..Portal::default()
    });
    let files = FakeFiles::new(&[
        ("openapi.json", &documents::document().to_string()),
        ("record.json", &documents::schema().to_string()),
    ]);
    let cleanup = Arc::new(FakeCleanup::default());
    let context = context_with(
        check.clone(),
        EnvironmentKind::Preview,
        portal.clone(),
        cleanup.clone(),
        files,
    );
    let report = block_on(check.run(&context));
    Ran {
        report,
        portal,
        cleanup,
    }
}
