//! What a plugin is told of the run around it, in a case.

use jiff::Timestamp;
use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;

use crate::interface::types::{Context, EnvironmentKind};

/// The address of the environment unless a case says otherwise (RFC 2606, 2).
const TARGET: &str = "https://portal.example";
/// When the check begins unless a case says otherwise: 2026-01-01T00:00:00Z, in milliseconds.
const NOW: u64 = 1_767_225_600_000;
/// What marks that which the check creates, unless a case says otherwise.
const MARK: &str = "tidegate-test";

/// `context:` of a case; what is absent is the same in every test.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Raw {
    target: Option<String>,
    environment: Option<String>,
    kind: Option<Kind>,
    deploy: Option<String>,
    identities: Vec<String>,
    apis: Vec<String>,
    now: Option<Located<String>>,
    seed: Option<u64>,
    mark: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Preview,
    Staging,
    Local,
    Production,
}

impl From<Kind> for EnvironmentKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Preview => Self::Preview,
            Kind::Staging => Self::Staging,
            Kind::Local => Self::Local,
            Kind::Production => Self::Production,
        }
    }
}

impl Raw {
    /// Lays what the case says over a recorded context, or over what is usual.
    ///
    /// # Errors
    /// When `now` is no time of day.
    pub(super) fn over(
        self,
        base: Context,
        identity: Option<String>,
    ) -> Result<Context, Diagnostic> {
        let now = self.now.map(|now| milliseconds(&now)).transpose()?;
        let identity = identity.or(base.identity);
        let mut identities = if self.identities.is_empty() {
            base.identities
        } else {
            self.identities
        };
        identities.extend(identity.clone().filter(|who| !identities.contains(who)));
        Ok(Context {
            check: base.check,
            target: self
                .target
                .map_or(base.target, |url| url.trim_end_matches('/').to_owned()),
            environment: self.environment.unwrap_or(base.environment),
            environment_kind: self.kind.map_or(base.environment_kind, Into::into),
            deploy: self.deploy.or(base.deploy),
            identity,
            identities,
            apis: if self.apis.is_empty() {
                base.apis
            } else {
                self.apis
            },
            now: now.unwrap_or(base.now),
            seed: self.seed.unwrap_or(base.seed),
            mark: self.mark.unwrap_or(base.mark),
        })
    }
}

/// What is usual, for a case of this name.
pub(super) fn usual(case: &str) -> Context {
    Context {
        check: case.to_owned(),
        target: TARGET.to_owned(),
        environment: "test".to_owned(),
        environment_kind: EnvironmentKind::Local,
        deploy: None,
        identity: None,
        identities: Vec::new(),
        apis: Vec::new(),
        now: NOW,
        seed: 1,
        mark: MARK.to_owned(),
    }
}

fn milliseconds(now: &Located<String>) -> Result<u64, Diagnostic> {
    let parsed = now.value.parse::<Timestamp>().ok();
    parsed
        .and_then(|time| u64::try_from(time.as_millisecond()).ok())
        .ok_or_else(|| {
            Diagnostic::at(
                now.span.clone(),
                format!("`{}` is no time of day", now.value),
            )
            .help("Write it as in `2026-01-31T12:00:00Z`.")
        })
}
