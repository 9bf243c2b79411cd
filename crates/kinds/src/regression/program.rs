//! The old deploy as a program that is started beside the candidate.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, Context};
use tidegate_core::gate::{Environment, EnvironmentKind, Start};
use tidegate_core::located::Located;
use tidegate_core::period::Period;
use tidegate_core::ports::http::{Http, HttpError, Request};
use tidegate_core::ports::load::Neighbour;
use tidegate_core::ports::{Command, Reply, Running};
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;

use super::old::{NAME, PORT};

/// How often it is asked whether it is ready.
const EVERY: Duration = Duration::from_millis(100);
/// How long one such question may take.
const ASKING: Duration = Duration::from_secs(2);
/// How long it may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of its log is kept, in bytes.
const LOG: usize = 64 * 1024;
/// How many lines of its log are told.
const LINES: usize = 3;

/// An old deploy that was started; it ends with this value at the latest.
pub(super) struct Program {
    running: Box<dyn Running>,
}

impl Program {
    /// Ends it; says so when it was gone already.
    pub(super) async fn stop(self) -> Option<String> {
        let gone = self.ended();
        self.running.stop(PATIENCE).await;
        // Its last words may arrive after its end.
        gone.map(|gone| format!("{gone} {}", self.last_words()))
    }

    /// How it ended by itself.
    fn ended(&self) -> Option<String> {
        let how = match self.running.exited()? {
            Some(code) => format!("with exit code {code}"),
            None => "by a signal".to_owned(),
        };
        Some(format!("The old deploy ended {how}."))
    }

    /// The last lines of its log, which is redacted.
    fn last_words(&self) -> String {
        let log = self.running.output();
        let lines: Vec<&str> = log
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        match &lines[lines.len().saturating_sub(LINES)..] {
            [] => "It wrote no log.".to_owned(),
            last => format!("Its log ends: {}", last.join(" | ")),
        }
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
    let command = command(start, context, &scope, &port).map_err(failed)?;
    let neighbour = context.load()?.beside(environment(start, context, &port))?;
    let running = context.processes()?.start(command).await;
    let running = running.map_err(|error| failed(error.into()))?;
    let program = Program { running };
    match wait(start, context, &scope, &program, &*neighbour.http).await? {
        None => Ok(Ok((program, neighbour))),
        Some(reason) => {
            program.running.stop(PATIENCE).await;
            Ok(Err(format!("{reason} {}", program.last_words())))
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

fn command(
    start: &Start,
    context: &Context,
    scope: &Scope,
    port: &str,
) -> Result<Command, CheckError> {
    let mut environment: Vec<(String, Sensitive)> = vec![("PORT".to_owned(), port.into())];
    for (name, template) in &start.environment {
        environment.retain(|(known, _)| known != name);
        environment.push((name.clone(), template.render(scope)?));
    }
    let root = context.root();
    let directory = start.directory.as_ref();
    Ok(Command {
        line: start.command.value.render(scope)?,
        directory: directory.map_or_else(|| root.to_owned(), |below| root.join(below)),
        environment,
        output_cap: LOG,
    })
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
        if let Some(gone) = program.ended() {
            return Ok(Some(format!("{gone} It never was ready.")));
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
