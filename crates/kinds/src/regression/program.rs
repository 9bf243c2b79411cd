//! The old deploy as a program that is started beside the candidate.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, Context};
use tidegate_core::gate::{Environment, EnvironmentKind, Start};
use tidegate_core::located::Located;
use tidegate_core::period::Period;
use tidegate_core::ports::http::{Http, HttpError, Request};
use tidegate_core::ports::load::Neighbour;
use tidegate_core::ports::{Reply, Running};
use tidegate_core::scope::Scope;

use super::old::{NAME, PORT};

/// How often it is asked whether it is ready.
const EVERY: Duration = Duration::from_millis(100);
/// How long one such question may take.
const ASKING: Duration = Duration::from_secs(2);
/// How long it may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of its log is kept, in bytes.
const LOG: usize = 64 * 1024;

/// An old deploy that was started; it ends with this value at the latest.
pub(super) struct Program {
    running: Box<dyn Running>,
}

impl Program {
    /// Ends it; says so when it was gone already.
    pub(super) async fn stop(self) -> Option<String> {
        let gone = self.running.ending();
        self.running.stop(PATIENCE).await;
        // Its last words may arrive after its end.
        gone.map(|how| format!("The old deploy ended {how}. {}", self.running.last_words()))
    }
}

/// Starts the old deploy on a free port, and waits until it is ready; or says why it is not.
pub(super) async fn start(
    start: &Start,
    context: &Context,
) -> Result<Result<(Program, Neighbour), String>, CheckError> {
    let port = free_port(context).await?;
    let mut scope = Scope::new(context.values().clone(), context.secrets().clone());
    scope.capture(PORT, Json::from(port.clone()));
    let at = start.command.span.location();
    let failed = |error: CheckError| error.at(at.clone());
    let command = start.command(&scope, context.root(), LOG);
    let mut command = command.map_err(|error| failed(error.into()))?;
    if !command.environment.iter().any(|(name, _)| name == "PORT") {
        command
            .environment
            .push(("PORT".to_owned(), port.as_str().into()));
    }
    let neighbour = context.load()?.beside(environment(start, context, &port))?;
    let running = context.processes()?.start(command).await;
    let running = running.map_err(|error| failed(error.into()))?;
    let program = Program { running };
    match wait(start, context, &scope, &program, &*neighbour.http).await? {
        None => Ok(Ok((program, neighbour))),
        Some(reason) => {
            program.running.stop(PATIENCE).await;
            Ok(Err(format!("{reason} {}", program.running.last_words())))
        }
    }
}

/// A port that was free a moment ago: one that the system chose for a server that is closed again.
async fn free_port(context: &Context) -> Result<String, CheckError> {
    let sink = context.sinks()?.listen(0, Reply { status: 503 }).await?;
    let url = sink.url();
    let port = url.rsplit(':').next().unwrap_or_default();
    Ok(port.trim_end_matches('/').to_owned())
}

/// Where it will answer: what the candidate's environment says of apis holds for it, too.
fn environment(start: &Start, context: &Context, port: &str) -> Environment {
    Environment {
        name: NAME.to_owned(),
        kind: EnvironmentKind::Local,
        url: Located {
            value: format!("http://127.0.0.1:{port}"),
            span: start.command.span.clone(),
        },
        headers: Vec::new(),
        apis: context.environment().apis.clone(),
        start: None,
        certificate_authority: None,
        rate: None,
    }
}

/// Asks until the answer is 2xx, the program is gone, or the time is up; then why it is not ready.
async fn wait(
    start: &Start,
    context: &Context,
    scope: &Scope,
    program: &Program,
    http: &dyn Http,
) -> Result<Option<String>, CheckError> {
    let cause = context.cause(&start.ready.span);
    let mut ready: Request = start.ready.render(scope, &**context.files()?, cause)?;
    ready.timeout = ASKING;
    let clock = context.clock();
    let deadline = clock.monotonic() + start.within;
    loop {
        if let Some(how) = program.running.ending() {
            return Ok(Some(format!(
                "The old deploy ended {how}. It never was ready."
            )));
        }
        let answer = http.send(ready.clone()).await;
        let last = match answer {
            Ok(answer) if (200..300).contains(&answer.status) => return Ok(None),
            Ok(answer) => format!("it answered {}", answer.status),
            Err(error @ HttpError::Stopped) => return Err(error.into()),
            Err(error) => error.to_string(),
        };
        let again = clock.monotonic() + EVERY;
        if again >= deadline {
            let within = Period(start.within);
            return Ok(Some(format!(
                "The old deploy was not ready within {within}: {last}. Give it longer with `within:`, or correct the path under `ready:`."
            )));
        }
        clock.sleep_until(again).await;
    }
}
