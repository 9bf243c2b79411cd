//! What the examples wire a client to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::ports::http::Cause;
use tidegate_core::ports::{
    BoxFuture, Clock, Files, FilesError, FoundFile, HttpError, Random, Secrets,
};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Location, Source, Span};
use tidegate_core::template::TemplateError;
use tidegate_net::{Client, Wiring};
use tokio::runtime::Handle;

/// A client for one address.
pub(crate) fn client(
    url: &str,
    machine: &Arc<Machine>,
    runtime: &Handle,
) -> Result<Client, HttpError> {
    let environment = Environment {
        name: "measured".into(),
        kind: EnvironmentKind::Local,
        url: Located {
            value: url.to_owned(),
            span: Span::new(Source::new("tidegate.yaml", "url"), 0, 3),
        },
        headers: Vec::new(),
        apis: Vec::new(),
        start: None,
        certificate_authority: (!machine.authority.is_empty()).then(|| "ca.pem".into()),
        rate: None,
    };
    Client::new(Wiring {
        environment: Arc::new(environment),
        identities: Vec::new(),
        files: machine.clone(),
        secrets: machine.clone(),
        exchanges: Arc::new(Exchanges::default()),
        clock: machine.clone(),
        random: machine.clone(),
        runtime: runtime.clone(),
        user_agent: "tidegate/example".into(),
    })
}

/// The cause of every request.
pub(crate) fn cause() -> Cause {
    Cause {
        check: "example".into(),
        location: Location::line_of("tidegate.yaml", 1),
    }
}

/// A machine without secrets, whose only file is the certificate of an authority.
pub(crate) struct Machine {
    started: Instant,
    authority: String,
}

impl Machine {
    /// A machine whose clock starts now; without an authority, https needs the system's.
    pub(crate) fn new(authority: &str) -> Self {
        Self {
            started: Instant::now(),
            authority: authority.to_owned(),
        }
    }
}

impl Clock for Machine {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until((self.started + instant).into()))
    }
}

impl Secrets for Machine {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }

    fn learn(&self, _: &str, _: &str) {}

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

impl Random for Machine {
    fn seed(&self) -> u64 {
        1
    }

    fn next(&self) -> u64 {
        1
    }

    fn derive(&self, _: &str) -> u64 {
        1
    }
}

impl Files for Machine {
    fn read(&self, _: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        Ok(self.authority.clone().into_bytes())
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(Vec::new())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> std::ops::ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        Err(FilesError::Missing { path: path.into() })
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
