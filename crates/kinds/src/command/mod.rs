//! The kind `command`: any suite or scanner that already exists becomes a check.
//!
//! The command runs in a process group of its own, its report is read, and each failed test or
//! result becomes a finding on its file and line. A pass needs evidence: a report that the command
//! wrote, whole, with tests in it, and an exit code that agrees with it.

mod codes;
mod config;
mod freshness;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod judge;
mod output;
mod place;
mod report;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::Meta;
use tidegate_core::node::Node;
use tidegate_core::ports::{BoxFuture, Command};
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::TemplateError;

use config::{Config, GIVEN, LIMIT};
use freshness::Before;
use judge::Judge;

/// What ending the process group and reading the report may take beyond the command's own limit.
const AFTERWARDS: Duration = Duration::from_secs(15);

/// The most characters of a command line that a title shows.
const TITLE_WIDTH: usize = 60;

/// The kind `command`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(CommandKind)
}

struct CommandKind;

impl Kind for CommandKind {
    fn meta(&self) -> &Meta {
        &codes::META
    }

    fn schema(&self) -> Json {
        config::schema()
    }

    fn parse(
        &self,
        config: &Node,
        _scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(CommandCheck {
            config: Config::read(config)?,
        }))
    }
}

/// A configured command.
struct CommandCheck {
    config: Config,
}

impl Check for CommandCheck {
    fn forecast(&self) -> Forecast {
        let templates = self.config.environment.iter().map(|(_, value)| value);
        let templates = std::iter::once(&self.config.run.value).chain(templates);
        let write = format!("command: {}", self.config.title());
        Forecast {
            writes: if self.config.read_only {
                Vec::new()
            } else {
                vec![write]
            },
            worst: self.config.limit.unwrap_or(LIMIT) + AFTERWARDS,
            secrets: crate::flow::secrets(templates),
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

impl CommandCheck {
    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let files = context.files()?;
        let command = self
            .command(context)
            .map_err(|error| CheckError::from(error).at(self.config.run.span.location()))?;
        let before = match &self.config.report {
            Some(report) => Some(Before::look(&**files, &**context.clock(), &report.source)?),
            None => None,
        };
        let limit = self.limit(context.timeout());
        let ended = context.processes()?.run(command, limit).await;
        let judge = Judge::new(
            &self.config,
            &**files,
            &**context.secrets(),
            context.root(),
            limit,
        );
        match ended {
            Ok(completed) => Ok(judge.completed(&completed, before.as_ref())?),
            Err(error) => Ok(judge.refused(&error)),
        }
    }

    /// Its own `limit:`, and what `timeout:` leaves of the attempt, so that the output of a command
    /// that hangs can still be shown.
    fn limit(&self, timeout: Option<Duration>) -> Duration {
        let left = timeout.map(|timeout| timeout.saturating_sub(AFTERWARDS).max(timeout / 2));
        let limits = [self.config.limit, left];
        limits.into_iter().flatten().min().unwrap_or(LIMIT)
    }

    fn command(&self, context: &Context) -> Result<Command, TemplateError> {
        let scope = Scope::new(context.values().clone(), context.secrets().clone());
        let given = [
            context.environment().url.value.as_str(),
            context.environment().name.as_str(),
            context.values().run_mark.as_str(),
        ];
        let mut environment: Vec<(String, Sensitive)> = GIVEN
            .iter()
            .zip(given)
            .map(|(name, value)| ((*name).to_owned(), value.into()))
            .collect();
        for (name, template) in &self.config.environment {
            environment.push((name.clone(), template.render(&scope)?));
        }
        Ok(Command {
            line: self.config.run.value.render(&scope)?,
            directory: context.root().join(&self.config.directory),
            environment,
            output_cap: self.config.output_cap,
        })
    }
}

impl Config {
    /// The command line as the gate file has it, secrets by name, short enough for a title.
    fn title(&self) -> String {
        let line = self.run.value.to_string();
        output::clip(line.trim().lines().next().unwrap_or_default(), TITLE_WIDTH)
    }
}

// These run real commands in a POSIX shell.
#[cfg(test)]
#[cfg(unix)]
mod cases;
#[cfg(test)]
#[cfg(unix)]
mod testing;
#[cfg(test)]
#[cfg(unix)]
mod tests;
