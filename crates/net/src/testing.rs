//! A client for tests that know the inside of this room.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::ports::http::Cause;
use tidegate_core::ports::{BoxFuture, Clock, Secrets};
use tidegate_core::redact::Redactor;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;
use tidegate_core::template::{Template, TemplateError};
use tidegate_testkit::machine::{Plain, Shelf, environment};
use tidegate_testkit::tls::TlsApp;

use crate::addresses::Reach;
use crate::client::{Client, Wiring};
use crate::provider::Providers;
use crate::tls::Tls;

/// A secret that these clients know.
pub(crate) const KEY: &str = "the-key-4711";

/// A clock that stands still and never lets anybody wait.
struct Still;

impl Clock for Still {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

/// Secrets of which one is known.
struct Known(Redactor);

impl Secrets for Known {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }
    fn learn(&self, _: &str, _: &str) {}
    fn redact(&self, text: &str) -> String {
        self.0.redact(text)
    }
}

/// A client whose environment is at this address, and what it publishes.
pub(crate) fn client(home: &str, kind: EnvironmentKind) -> (Client, Arc<Exchanges>) {
    let secrets = Redactor::new();
    secrets.learn("KEY", KEY);
    let exchanges = Arc::new(Exchanges::default());
    let client = Client::new(Wiring {
        environment: Arc::new(Environment {
            kind,
            headers: vec![("x-bypass".into(), Template::literal("let-me-in"))],
            ..environment(home)
        }),
        identities: Vec::new(),
        files: Arc::new(Shelf::default()),
        secrets: Arc::new(Known(secrets)),
        exchanges: exchanges.clone(),
        clock: Arc::new(Still),
        random: Arc::new(Plain::start()),
        runtime: tokio::runtime::Handle::current(),
        user_agent: "tidegate/test".into(),
    });
    (client.unwrap(), exchanges)
}

/// Lets a server on loopback stand in for those beside the portal.
pub(crate) fn trusting(server: &TlsApp) -> Providers {
    Providers {
        tls: Tls::new(Some(server.authority_pem().as_bytes())).unwrap(),
        reach: Reach::Declared,
    }
}

/// A check and its line.
pub(crate) fn cause() -> Cause {
    Cause {
        check: "no-new-secrets".into(),
        location: Location::line_of("tidegate.yaml", 7),
    }
}
