//! The kind `environment`: proves that production and the other environments share nothing they must
//! not, and that each is set up as what it is.
//!
//! Values are turned into facts as soon as they are read: what is judged, compared, shown and written
//! to fingerprint files knows no value. Equal values are found by keyed fingerprints.

mod advice;
mod assigned;
mod bundle;
mod codes;
mod config;
mod discover;
mod dotenv;
mod emit;
mod facts;
mod gather;
mod judge;
mod matrix;
mod model;
mod print;
mod served;
mod sources;
mod text;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{
    Check, CheckError, CheckReport, Context, Doubt, Forecast, Inconclusive, Kind, ParseScope,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Meta;
use tidegate_core::node::Node;
use tidegate_core::ports::BoxFuture;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;

pub use assigned::{Assigned, assigned};

use crate::blocking::{self, Stop};
use bundle::Bundle;
use config::{Config, Emit};
use gather::{Gathered, Gatherer, Here};
use judge::Judge;
use model::{Role, Side};
use print::Key;
use served::{CORS_PATH_LIMIT, ORIGIN_LIMIT, Visitor};

/// What reading and comparing takes at most, beside requests.
const READING: Duration = Duration::from_secs(30);

/// The kind `environment`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(EnvironmentCheckKind)
}

struct EnvironmentCheckKind;

impl Kind for EnvironmentCheckKind {
    fn meta(&self) -> &Meta {
        &codes::META
    }

    fn schema(&self) -> Json {
        config::schema()
    }

    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(EnvironmentCheck {
            config: Config::read(config)?,
            kind: scope.environment,
        }))
    }
}

/// A configured check.
struct EnvironmentCheck {
    config: Config,
    kind: EnvironmentKind,
}

impl Check for EnvironmentCheck {
    fn forecast(&self) -> Forecast {
        let health = u32::from(self.config.health.is_some());
        let preflights = (1 + self.config.cors.len()).min(CORS_PATH_LIMIT) * ORIGIN_LIMIT;
        let may_be_production =
            self.kind == EnvironmentKind::Production || !self.config.production.is_empty();
        let crawl = bundle::limits();
        let mut forecast = Forecast {
            requests: health + crawl.requests,
            worst: READING + DEFAULT_TIMEOUT * health + crawl.time,
            secrets: if self.config.needs_shared_key() {
                vec![emit::KEY_VARIABLE.to_owned()]
            } else {
                Vec::new()
            },
            ..Forecast::default()
        };
        if may_be_production {
            let asked = 2 + u32::try_from(preflights).unwrap_or(u32::MAX);
            forecast.requests += asked;
            forecast.worst += DEFAULT_TIMEOUT * (asked + 1);
        }
        forecast
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

impl EnvironmentCheck {
    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let process = context.variables()?;
        let key = if self.config.needs_shared_key() {
            emit::shared_key(&**process)?
        } else {
            Key::of_run(&**context.random())
        };
        let here = &context.environment().name;
        let role = self.role(context);
        let gathered = Gatherer {
            files: &**context.files()?,
            process: &**process,
            key: &key,
            here: Here { name: here, role },
        }
        .gather(&self.config)?;
        learn(context, &gathered);
        let judgement = Judge::new(&gathered, &self.config.shared, here).judge();
        let served = Visitor::new(context, &self.config, role)
            .look(&gathered)
            .await?;
        let bundle = Bundle::fetch(context).await?;
        let bundle = match role {
            Role::Local => {
                let files = context.files()?.clone();
                let look = move |stop: &Stop| bundle.judge_at_home(&*files, stop);
                blocking::run(&**context.tasks(), look).await
            }
            _ => {
                let url = &context.environment().url.value;
                bundle.judge(&gathered, (&key, role), url)
            }
        };
        let table = matrix::matrix(&gathered, &judgement);
        let mut report = CheckReport {
            evaluated: judgement
                .evaluated
                .saturating_add(served.evaluated)
                .saturating_add(bundle.evaluated),
            inconclusive: served.inconclusive,
            tables: table.into_iter().collect(),
            ..CheckReport::default()
        };
        let judged = judgement.judged.into_iter().chain(served.judged);
        report.findings.extend(judged.map(|judged| judged.finding));
        report.findings.extend(bundle.findings);
        if report.evaluated == 0 && report.findings.is_empty() {
            report.inconclusive.get_or_insert_with(nothing_found);
        }
        if let Some(emit) = &self.config.emit {
            report.notes.push(write(context, emit, &gathered, &key)?);
        }
        report.notes.extend(
            gathered
                .notes
                .into_iter()
                .chain(served.notes)
                .chain(bundle.notes),
        );
        Ok(report)
    }

    /// What the environment of the gate is for.
    fn role(&self, context: &Context) -> Role {
        let environment = context.environment();
        if self.config.production.contains(&environment.name) {
            Role::Production
        } else {
            environment.kind.into()
        }
    }
}

/// Why there is nothing to say of environments that nobody described.
fn nothing_found() -> Inconclusive {
    Inconclusive {
        reason: Doubt::NoEvidence,
        text: "no variables of an environment were found to compare; say where they are under \
               `environments:` of the check, as `tidegate explain environment` shows"
            .to_owned(),
    }
}

/// Keeps every secret that was read out of what any check reports from now on.
fn learn(context: &Context, gathered: &Gathered) {
    let variables = gathered.sides.iter().flat_map(|side| &side.variables);
    for variable in variables {
        let secret = variable.facts.as_ref().is_some_and(facts::Facts::secret);
        if let Some(value) = variable.value.as_ref().filter(|_| secret) {
            context.secrets().learn(&variable.name, value.expose());
        }
    }
}

/// Writes the fingerprints of this job's environment, and says where.
fn write(
    context: &Context,
    emit: &Emit,
    gathered: &Gathered,
    key: &Key,
) -> Result<String, CheckError> {
    let here = &context.environment().name;
    let own = gathered.sides.iter().find(|side| side.name == *here);
    let only = match gathered.sides.as_slice() {
        [side] => Some(side),
        _ => None,
    };
    let Some(side) = own.or(only) else {
        let error = CheckError::new(
            format!("there is nothing to write: no source belongs to the environment `{here}`"),
            "Name its sources under `environments`, or run the gate with --env for the environment whose variables this job sees.",
        );
        return Err(error.at(emit.span.location()));
    };
    let name = emit.name.clone().unwrap_or_else(|| file_name(side));
    let state = context.state()?;
    state.write(&name, &emit::write(side, key))?;
    let amount = side.variables.len();
    Ok(format!(
        "The fingerprints of {amount} variables of {} were written to .tidegate/{name}; hand the file to the job that compares.",
        side.name
    ))
}

fn file_name(side: &Side) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let name = side
        .name
        .chars()
        .map(|letter| if plain(letter) { letter } else { '-' });
    format!("environment-{}.json", name.collect::<String>())
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
