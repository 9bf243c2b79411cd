//! The engine and plugins that mean harm: each ends with its own error, and the next call works.

mod cached;
mod components;
mod descriptions;
mod golden;
mod hostile;
mod outcomes;
mod quotas;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tidegate_core::plugin::Limits;

use super::{Call, Engine, Loaded, Ran};
use crate::deadline::{Deadline, Stop};
use crate::error::RunError;
use crate::guest::{self, Guest};
use crate::imports::{Imports, Nothing};
use crate::interface::types::{Context, EnvironmentKind};
use crate::interface::{files, http, recorded};
use crate::limits::LimitName;

/// Limits that are never reached unless a test lowers one.
fn ample() -> Limits {
    Limits {
        time: Duration::from_secs(300),
        ..Limits::default()
    }
}

/// Limits under which whatever does not end is ended soon.
fn brief() -> Limits {
    Limits {
        time: Duration::from_millis(50),
        ..Limits::default()
    }
}

fn context() -> Context {
    Context {
        check: "totals".to_owned(),
        target: "https://portal.example".to_owned(),
        environment: "preview".to_owned(),
        environment_kind: EnvironmentKind::Preview,
        deploy: Some("abc123".to_owned()),
        identity: Some("anna".to_owned()),
        identities: vec!["anna".to_owned(), "boris".to_owned()],
        apis: vec!["db".to_owned()],
        now: 1_790_000_000_000,
        seed: 7,
        mark: "tide-1".to_owned(),
    }
}

/// The engine of all tests, in which plugins of all sorts run beside each other.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(None))
}

fn load(guest: &Guest) -> Arc<Loaded> {
    let loaded = engine().load(&guest.component());
    loaded.expect("the component loads")
}

fn run(guest: &Guest, limits: Limits, imports: impl Imports + 'static) -> Ran {
    run_loaded(&load(guest), limits, imports)
}

fn run_loaded(loaded: &Loaded, limits: Limits, imports: impl Imports + 'static) -> Ran {
    let codes = guest::description().codes;
    let call = Call {
        config: "{}",
        context: context(),
        codes: &codes,
        limits,
        stop: Stop::new(),
    };
    loaded.run(call, Box::new(imports))
}

/// Runs a plugin that does harm, and then one that does not.
fn ended(guest: &Guest, limits: Limits) -> RunError {
    ended_with(guest, limits, Nothing)
}

fn ended_with(guest: &Guest, limits: Limits, imports: impl Imports + 'static) -> RunError {
    let ran = run(guest, limits, imports);
    let error = ran.result.expect_err("it has no result");
    assert!(!error.help().is_empty());
    let next = run(&Guest::answering(&guest::outcome()), ample(), Nothing);
    assert_eq!(next.result, Ok(guest::outcome()));
    error
}

#[track_caller]
fn assert_limit(error: &RunError, limit: LimitName) {
    assert!(
        matches!(error, RunError::Limit { which, .. } if *which == limit),
        "{error:?}"
    );
    let named = limit.key().map(|key| format!("`{key}:` under `limits:`"));
    assert!(
        named.is_none_or(|named| error.help().contains(&named)),
        "{}",
        error.help()
    );
}

/// A world that answers everything in the same way.
#[derive(Clone)]
struct World {
    body: usize,
    /// Whether it answers only when the deadline is over.
    late: bool,
}

impl World {
    fn answering(body: usize) -> Self {
        Self { body, late: false }
    }

    fn late() -> Self {
        Self {
            body: 1,
            late: true,
        }
    }
}

impl Imports for World {
    fn send(
        &mut self,
        request: http::Request,
        deadline: Deadline,
    ) -> Result<http::Response, http::HttpError> {
        assert!(request.timeout.is_some() && request.body_limit.is_some());
        while self.late && !deadline.passed() {
            std::thread::yield_now();
        }
        Ok(http::Response {
            status: 200,
            headers: Vec::new(),
            body: vec![b'x'; self.body],
            truncated: false,
            url: "https://portal.example/".to_owned(),
            redirects: Vec::new(),
            timings: http::Timings {
                dns: None,
                connect: None,
                tls: None,
                first_byte: 1,
                download: 1,
                total: 2,
            },
        })
    }

    fn page(
        &mut self,
        after: u64,
        limit: u32,
    ) -> Result<(Vec<recorded::Exchange>, Option<u64>), String> {
        let exchange = recorded::Exchange {
            check: "flow".to_owned(),
            identity: None,
            method: "GET".to_owned(),
            route: "/".to_owned(),
            url: String::new(),
            status: Some(200),
            headers: Vec::new(),
            body: vec![b'x'; self.body],
            truncated: false,
            provoked: false,
        };
        Ok((vec![exchange; limit.min(2) as usize], Some(after + 2)))
    }

    fn find(&mut self, _glob: &str) -> Result<Vec<String>, files::FilesError> {
        Ok(vec!["exports/a.csv".to_owned()])
    }

    fn read(&mut self, _path: &str, limit: u32) -> Result<Vec<u8>, files::FilesError> {
        match self.body > limit as usize {
            true => Err(files::FilesError::TooLarge(self.body as u64)),
            false => Ok(vec![b'x'; self.body]),
        }
    }
}

/// A request for a page of the environment under test.
fn request() -> http::Request {
    http::Request {
        method: "GET".to_owned(),
        place: http::Place::Target("/api/invoices".to_owned()),
        route: None,
        identity: None,
        headers: Vec::new(),
        body: None,
        timeout: None,
        redirects: 0,
        body_limit: None,
    }
}
