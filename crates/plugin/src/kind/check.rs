//! A check of a plugin.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast};
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::meta::CodeInfo;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::plugin::{Access, KIND_PREFIX, Limits};
use tidegate_core::ports::{BoxFuture, Tasks};
use tidegate_core::scope::Scope;

use super::background::blocking;
use super::component::Component;
use super::config::Config;
use super::report::Reporting;
use crate::capability::Powers;
use crate::deadline::Stop;
use crate::engine::{Call, Loaded, Ran};
use crate::granted::Granted;
use crate::interface::types;
use crate::limits::COMPILE_TIME;

/// What a check may take beside the time of its plugin, while the component is made ready.
const READYING: Duration = COMPILE_TIME;

/// A check of a plugin.
pub(super) struct PluginCheck {
    pub(super) component: Arc<Component>,
    pub(super) codes: Vec<CodeInfo>,
    pub(super) config: Config,
    pub(super) powers: Arc<Powers>,
    pub(super) limits: Limits,
    pub(super) identity: Option<IdentityName>,
    pub(super) environment: EnvironmentKind,
}

impl Check for PluginCheck {
    fn forecast(&self) -> Forecast {
        let kind = format!("{KIND_PREFIX}{}", self.component.name);
        let powers = &self.powers;
        let writes = powers.target == Some(Access::Write) && self.environment.writable();
        let writes = writes.then(|| format!("whatever {kind} sends"));
        let hosts = powers.hosts.iter();
        Forecast {
            writes: writes.into_iter().collect(),
            requests: if powers.sends() {
                self.limits.requests
            } else {
                0
            },
            asks: hosts
                .map(|host| format!("{host} whatever {kind} wants to know"))
                .collect(),
            worst: self.limits.time.saturating_add(READYING),
            identities: self.identities(),
            secrets: powers
                .secrets
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
            last: powers.recorded,
            powers: powers.sentences(),
            ..Forecast::default()
        }
    }

    fn prepare(&self, tasks: &Arc<dyn Tasks>) -> BoxFuture<'static, ()> {
        let component = self.component.clone();
        let ready = blocking(&**tasks, move || {
            let _ = component.load();
        });
        Box::pin(async move {
            ready.await;
        })
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

/// Asks a call to stop when whoever waits for it is gone.
struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.ask();
    }
}

impl PluginCheck {
    /// Everybody that its requests may be sent as.
    fn identities(&self) -> Vec<IdentityName> {
        if self.powers.target.is_none() && self.powers.apis.is_empty() {
            return Vec::new();
        }
        let mut all: Vec<IdentityName> = self.identity.iter().cloned().collect();
        let granted = self.powers.identities.iter();
        all.extend(
            granted
                .filter(|one| self.identity.as_ref() != Some(*one))
                .cloned(),
        );
        all
    }

    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let loaded = self.loaded(context).await?;
        let stop = Stop::new();
        let _stopping = StopOnDrop(stop.clone());
        let ran = self.call(loaded.clone(), stop, context)?;
        let ran = ran.await.ok_or_else(broken)?;
        let reporting = Reporting {
            kind: &self.component.name,
            codes: &self.codes,
            described: &self.component.locked.describes.codes,
            config: &self.config,
            files: &**context.files()?,
            line: context.span().location(),
        };
        let mut report = reporting.report(ran)?;
        report.notes.extend_from_slice(loaded.notes());
        Ok(report)
    }

    /// The component, which may be ready since the run began.
    async fn loaded(&self, context: &Context) -> Result<Arc<Loaded>, CheckError> {
        if let Some(known) = self.component.known() {
            return Ok(known?);
        }
        let component = self.component.clone();
        let loading = blocking(&**context.tasks(), move || component.load());
        Ok(loading.await.ok_or_else(broken)??)
    }

    /// Begins the call on a thread of its own.
    fn call(
        &self,
        loaded: Arc<Loaded>,
        stop: Stop,
        context: &Context,
    ) -> Result<impl Future<Output = Option<Ran>> + Send + 'static, CheckError> {
        let scope = Scope::new(context.values().clone(), context.secrets().clone());
        let config = self.config.json(&scope)?;
        let component = self.component.clone();
        let limits = self.limits;
        let told = self.told(context);
        let imports = Box::new(Granted::new(self.powers.clone(), context)?);
        let imports = component.recorded(imports, &told);
        Ok(blocking(&**context.tasks(), move || {
            let call = Call {
                config: &config,
                context: told,
                codes: &component.locked.describes.codes,
                limits,
                stop,
            };
            loaded.run(call, imports)
        }))
    }

    /// What the plugin is told of the run around it.
    fn told(&self, context: &Context) -> types::Context {
        let environment = context.environment();
        let names = |names: &[ApiName]| names.iter().map(ToString::to_string).collect();
        let now = context.clock().wall().as_millisecond();
        types::Context {
            check: context.check().to_string(),
            target: context.secrets().redact(address(environment)),
            environment: environment.name.clone(),
            environment_kind: match environment.kind {
                EnvironmentKind::Preview => types::EnvironmentKind::Preview,
                EnvironmentKind::Staging => types::EnvironmentKind::Staging,
                EnvironmentKind::Local => types::EnvironmentKind::Local,
                EnvironmentKind::Production => types::EnvironmentKind::Production,
            },
            deploy: context.commit().map(str::to_owned),
            identity: self.identity.as_ref().map(ToString::to_string),
            identities: self.identities().iter().map(ToString::to_string).collect(),
            apis: names(&self.powers.apis),
            now: u64::try_from(now).unwrap_or_default(),
            seed: context
                .random()
                .derive(&format!("plugin {}", context.check())),
            mark: context.values().unique.clone(),
        }
    }
}

fn address(environment: &Environment) -> &str {
    environment.url.value.trim_end_matches('/')
}

fn broken() -> CheckError {
    CheckError::new(
        "the thread that runs the plugin broke off",
        "This is a fault of Tidegate; please report it with the plugin.",
    )
}
