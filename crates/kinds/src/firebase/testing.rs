//! A Firebase project in memory, which answers as the vendor's pages and its own emulators do.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tidegate_core::ports::http::{HttpError, Response};

use crate::testing::{Asked, FakePortal, Trial, Tried, answer, api};

/// The token of an anonymous account.
pub(super) const TOKEN: &str = "token-of-an-account";
/// What nothing may show.
pub(super) const ROW: &str = "Ada Lovelace";

/// What rules say to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// No.
    Closed,
    /// To everybody.
    Open,
    /// To everybody, and there is nothing.
    Bare,
    /// To whoever has an account.
    Account,
}

type Instead = fn(&Asked) -> Option<Result<Response, HttpError>>;

/// A project.
#[derive(Clone)]
pub(super) struct Project {
    pub(super) database: Rule,
    pub(super) documents: Rule,
    pub(super) files: Rule,
    /// What writes are answered with: refused, stored, or only said to be stored.
    pub(super) writes: Writes,
    /// The error of a sign-up; an account when absent.
    pub(super) sign_up: Option<&'static str>,
    /// Answers before anything else.
    pub(super) instead: Instead,
}

/// What becomes of writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writes {
    /// They are refused.
    Refused,
    /// They are stored.
    Stored,
    /// They are stored, and nobody may read them.
    Hidden,
    /// They are answered with success and not stored.
    Lost,
}

impl Default for Project {
    /// A project in which everything is as it should be.
    fn default() -> Self {
        Self {
            database: Rule::Closed,
            documents: Rule::Closed,
            files: Rule::Closed,
            writes: Writes::Refused,
            sign_up: None,
            instead: |_| None,
        }
    }
}

fn told(status: u16, body: &Json) -> Result<Response, HttpError> {
    let mut response = answer(status, body.to_string())?;
    response.headers[0].1 = "application/json".to_owned();
    Ok(response)
}

impl Project {
    /// Runs a check against it.
    pub(super) fn run(self, config: &str) -> Tried {
        trial().run(config, &self.portal())
    }

    /// The project as a portal in memory.
    pub(super) fn portal(self) -> Arc<FakePortal> {
        let stored: Mutex<BTreeSet<String>> = Mutex::default();
        FakePortal::new(move |asked| {
            if let Some(instead) = (self.instead)(asked) {
                return instead;
            }
            let route = asked.path.split('?').next().unwrap_or_default();
            match (asked.api.as_deref(), asked.method.as_str()) {
                (Some("accounts"), _) => self.accounts(asked),
                (Some("rtdb"), "GET") if route.contains("tidegate-") => self.back(route, &stored),
                (Some("firestore"), "GET") if route.contains("tidegate-") => {
                    self.back(route, &stored)
                }
                (Some("rtdb"), "GET") => self.database(asked),
                (Some("firestore"), "GET") => self.documents(asked),
                (Some("storage"), "GET") => self.files(asked),
                (Some("rtdb"), "PUT") => self.store(route.to_owned(), &stored),
                (Some("firestore"), "POST") => {
                    let (_, id) = asked.path.split_once("documentId=").unwrap();
                    self.store(format!("{route}/{id}"), &stored)
                }
                _ => panic!("nothing answers {}", asked.line()),
            }
        })
    }

    fn store(&self, path: String, stored: &Mutex<BTreeSet<String>>) -> Result<Response, HttpError> {
        if self.writes == Writes::Refused {
            return denied(403);
        }
        if self.writes != Writes::Lost {
            stored.lock().unwrap().insert(path);
        }
        told(200, &json!({}))
    }

    fn back(&self, path: &str, stored: &Mutex<BTreeSet<String>>) -> Result<Response, HttpError> {
        if self.writes == Writes::Hidden {
            return denied(403);
        }
        if stored.lock().unwrap().contains(path) {
            told(200, &json!({ "name": path }))
        } else {
            told(200, &Json::Null)
        }
    }

    fn accounts(&self, asked: &Asked) -> Result<Response, HttpError> {
        assert!(asked.path.contains("key=s3cret-value"), "{}", asked.line());
        match self.sign_up {
            Some(message) => told(
                400,
                &json!({ "error": { "code": 400, "message": message } }),
            ),
            None => told(
                200,
                &json!({ "idToken": TOKEN, "refreshToken": "renew", "localId": "u1" }),
            ),
        }
    }

    fn database(&self, asked: &Asked) -> Result<Response, HttpError> {
        match self
            .database
            .says(asked.path.contains(&format!("auth={TOKEN}")))
        {
            Some(true) => told(200, &json!({ "clients": true, "log": true })),
            Some(false) => told(200, &Json::Null),
            None => told(401, &json!({ "error": "Permission denied" })),
        }
    }

    fn documents(&self, asked: &Asked) -> Result<Response, HttpError> {
        let bearer = format!("Bearer {TOKEN}");
        let documents = |number| vec![json!({ "name": ROW }); number];
        match self
            .documents
            .says(asked.header("authorization") == Some(&bearer))
        {
            Some(true) if asked.path.contains("pageSize=1&") => told(
                200,
                &json!({ "documents": documents(1), "nextPageToken": "x" }),
            ),
            Some(true) => told(200, &json!({ "documents": documents(7) })),
            Some(false) => told(200, &json!({})),
            None => denied(403),
        }
    }

    fn files(&self, asked: &Asked) -> Result<Response, HttpError> {
        let proof = format!("Firebase {TOKEN}");
        match self
            .files
            .says(asked.header("authorization") == Some(&proof))
        {
            Some(true) => told(200, &json!({ "prefixes": [], "items": [{ "name": ROW }] })),
            Some(false) => told(200, &json!({ "prefixes": [], "items": [] })),
            None => denied(403),
        }
    }
}

impl Rule {
    /// Whether there is something for whoever asks; nothing when they are refused.
    fn says(self, has_account: bool) -> Option<bool> {
        match self {
            Self::Open => Some(true),
            Self::Bare => Some(false),
            Self::Account => has_account.then_some(true),
            Self::Closed => None,
        }
    }
}

fn denied(status: u16) -> Result<Response, HttpError> {
    let message = "Missing or insufficient permissions.";
    told(
        status,
        &json!({ "error": { "code": status, "message": message, "status": "PERMISSION_DENIED" } }),
    )
}

/// A check with the services under `apis:`.
pub(super) fn trial() -> Trial {
    let mut trial = Trial::of(super::kind());
    let names = ["rtdb", "firestore", "storage", "accounts"];
    trial.apis = names.iter().map(|name| api(name, &[])).collect();
    trial
}
