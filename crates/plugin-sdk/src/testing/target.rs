//! A target that answers what it was told.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Answer;
use crate::bindings::tidegate::check::types;
use crate::{Capability, EnvironmentKind, Exchange, HttpError, Power};

/// The address of every target.
pub(super) const URL: &str = "https://portal.test";

/// Whom an answer is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Whom {
    Anyone,
    Nobody,
    Identity(String),
}

/// What is answered to one request.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) whom: Whom,
    pub(super) method: String,
    /// As in [`Sent::place`](super::Sent::place).
    pub(super) place: String,
    pub(super) answer: Result<Answer, HttpError>,
}

/// A target that answers what it was told, and everything else that a check finds around it.
///
/// Answers are for anyone until [`as_identity`](Self::as_identity) or [`as_nobody`](Self::as_nobody) says for whom those
/// after it are; an answer for somebody goes before one for anyone. Several answers to the same request are given one
/// after the other, the last one again and again. A path without a query answers whatever the query is, unless
/// one with it is there. A request that nothing was said about fails, and says what there is.
#[derive(Clone, Debug)]
pub struct Target {
    pub(super) context: types::Context,
    pub(super) told: Vec<Told>,
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) recorded: Vec<Exchange>,
    pub(super) withheld: Vec<Power>,
    whom: Whom,
    /// What stands before the paths of answers: nothing, `NAME:`, or an origin.
    origin: String,
}

impl Default for Target {
    fn default() -> Self {
        Self::new()
    }
}

impl Target {
    /// A local environment at `https://portal.test`, without identities, on 2026-01-15 at noon.
    pub fn new() -> Self {
        Self {
            context: types::Context {
                check: "check".to_owned(),
                target: URL.to_owned(),
                environment: "local".to_owned(),
                environment_kind: EnvironmentKind::Local,
                deploy: None,
                identity: None,
                identities: Vec::new(),
                apis: Vec::new(),
                now: 1_768_478_400_000,
                seed: 7,
                mark: "tidegate-test".to_owned(),
            },
            told: Vec::new(),
            files: BTreeMap::new(),
            recorded: Vec::new(),
            withheld: Vec::new(),
            whom: Whom::Anyone,
            origin: String::new(),
        }
    }

    /// Who the check is, by `as:`.
    #[must_use]
    pub fn identity(mut self, name: &str) -> Self {
        self.context.identity = Some(name.to_owned());
        self.know(name);
        self
    }

    /// The answers after this are for an identity, which the check may use.
    #[must_use]
    pub fn as_identity(mut self, name: &str) -> Self {
        self.know(name);
        self.whom = Whom::Identity(name.to_owned());
        self
    }

    /// The answers after this are for strangers.
    #[must_use]
    pub fn as_nobody(mut self) -> Self {
        self.whom = Whom::Nobody;
        self
    }

    /// The answers after this are for anyone.
    #[must_use]
    pub fn as_anyone(mut self) -> Self {
        self.whom = Whom::Anyone;
        self
    }

    /// The answers after this are from an entry under `apis:`, which the check may use.
    #[must_use]
    pub fn on_api(mut self, name: &str) -> Self {
        if !self.context.apis.iter().any(|known| known == name) {
            self.context.apis.push(name.to_owned());
        }
        self.origin = format!("{name}:");
        self
    }

    /// The answers after this are from another origin, such as `https://api.stripe.com`.
    #[must_use]
    pub fn on_host(mut self, origin: &str) -> Self {
        self.origin = origin.trim_end_matches('/').to_owned();
        self
    }

    /// Answers `GET` with JSON.
    #[must_use]
    pub fn get(self, path: &str, status: u16, json: Value) -> Self {
        self.answer("GET", path, Answer::status(status).json(json))
    }

    /// Answers `POST` with JSON.
    #[must_use]
    pub fn post(self, path: &str, status: u16, json: Value) -> Self {
        self.answer("POST", path, Answer::status(status).json(json))
    }

    /// Answers `DELETE` without a body.
    #[must_use]
    pub fn delete(self, path: &str, status: u16) -> Self {
        self.answer("DELETE", path, Answer::status(status))
    }

    /// Answers any method with anything.
    #[must_use]
    pub fn answer(self, method: &str, path: &str, answer: Answer) -> Self {
        self.tell(method, path, Ok(answer))
    }

    /// Answers nothing: the request fails in this way.
    #[must_use]
    pub fn fails(self, method: &str, path: &str, error: HttpError) -> Self {
        self.tell(method, path, Err(error))
    }

    /// Puts a file into the project.
    #[must_use]
    pub fn file(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), content.into());
        self
    }

    /// Adds what another check sent and received; [`exchange`](super::exchange) makes it.
    #[must_use]
    pub fn recorded(mut self, exchange: Exchange) -> Self {
        self.recorded.push(exchange);
        self
    }

    /// Does not grant something that the check asks for.
    #[must_use]
    pub fn withhold(mut self, capability: Capability) -> Self {
        self.withheld.push(capability.power);
        self
    }

    /// The environment: its name, and what sort of place it is. Production is only looked at.
    #[must_use]
    pub fn environment(mut self, name: &str, kind: EnvironmentKind) -> Self {
        name.clone_into(&mut self.context.environment);
        self.context.environment_kind = kind;
        self
    }

    /// The commit or deploy that is judged.
    #[must_use]
    pub fn deploy(mut self, deploy: &str) -> Self {
        self.context.deploy = Some(deploy.to_owned());
        self
    }

    /// The time of day; a moment before 1970 is 1970.
    #[must_use]
    pub fn now(mut self, now: SystemTime) -> Self {
        let since = now.duration_since(SystemTime::UNIX_EPOCH);
        let milliseconds = since.as_ref().map_or(0, Duration::as_millis);
        self.context.now = u64::try_from(milliseconds).unwrap_or(u64::MAX);
        self
    }

    /// The number for whatever the check chooses at random.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.context.seed = seed;
        self
    }

    fn know(&mut self, name: &str) {
        if !self.context.identities.iter().any(|known| known == name) {
            self.context.identities.push(name.to_owned());
        }
    }

    fn tell(mut self, method: &str, path: &str, answer: Result<Answer, HttpError>) -> Self {
        self.told.push(Told {
            whom: self.whom.clone(),
            method: method.to_ascii_uppercase(),
            place: format!("{}{path}", self.origin),
            answer,
        });
        self
    }
}
