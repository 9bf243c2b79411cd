//! Two deploys that both answer.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::period::Period;
use tidegate_core::ports::http::{HttpError, Request, Response, SessionId, Sharing};
use tidegate_core::request::RequestTemplate;

use super::config::Config;
use super::measure::Deploy;
use super::old::Old;
use super::program::{self, Program};
use super::rounds::Rounds;
use super::tell;
use crate::flow::is_of_the_portal;
use crate::measure::Rates;
use crate::timed_routes;

/// Headers that name the build of an answer.
const BUILDS: &[&str] = &[
    "x-commit",
    "x-commit-sha",
    "x-git-commit",
    "x-git-sha",
    "x-revision",
    "x-build",
    "x-build-id",
    "x-release",
    "x-app-version",
    "x-vercel-deployment-url",
];

/// Runs one attempt.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let new = Deploy {
        name: "the new deploy",
        http: context.http()?.clone(),
        load: context.load()?.clone(),
    };
    let mut report = CheckReport::default();
    let (old, program) = match beside(config, context).await? {
        Ok(beside) => beside,
        Err(reason) => return Ok(tell::no_evidence(report, reason)),
    };
    let compared = compare(config, context, &old, &new, &mut report).await;
    let gone = match program {
        Some(program) => program.stop().await,
        None => None,
    };
    if let (Some(gone), Ok(Some(_))) = (&gone, &compared) {
        return Ok(tell::no_evidence(report, gone.clone()));
    }
    report.notes.extend(gone);
    Ok(match compared? {
        Some(reason) => tell::no_evidence(report, reason),
        None => report,
    })
}

/// The old deploy, and its program when it was started.
type Beside = (Deploy, Option<Program>);

async fn beside(config: &Config, context: &Context) -> Result<Result<Beside, String>, CheckError> {
    let (neighbour, program) = match &config.old {
        Old::Place(place) => {
            let neighbour = context.load()?.beside((**place).clone())?;
            (neighbour, None)
        }
        Old::Program(start) => match program::start(start, context).await? {
            Ok((program, neighbour)) => (neighbour, Some(program)),
            Err(reason) => return Ok(Err(reason)),
        },
        Old::Reference(_) | Old::Absent => {
            let here = &context.environment().name;
            return Ok(Err(format!(
                "There is no old deploy to compare with in the environment {here}."
            )));
        }
    };
    let deploy = Deploy {
        name: "the old deploy",
        http: neighbour.http,
        load: neighbour.load,
    };
    Ok(Ok((deploy, program)))
}

/// Measures and judges; or says why nothing is proven.
async fn compare(
    config: &Config,
    context: &Context,
    old: &Deploy,
    new: &Deploy,
    report: &mut CheckReport,
) -> Result<Option<String>, CheckError> {
    let rates = config.pace(context.environment());
    let looks = match config.looks(rates) {
        Ok(looks) => looks,
        Err(fitting) => return Ok(Some(too_slow(config, rates, fitting))),
    };
    let (to_old, old_build) = match greet(old, config, context).await? {
        Ok(greeted) => greeted,
        Err(reason) => return Ok(Some(reason)),
    };
    let (to_new, new_build) = match greet(new, config, context).await? {
        Ok(greeted) => greeted,
        Err(reason) => return Ok(Some(reason)),
    };
    report.notes.extend(same_build(old_build, new_build));
    let sides = [(old, to_old), (new, to_new)];
    let mut rounds = Rounds::new(config, context, looks, rates);
    if let Some(reason) = rounds.measure(&sides).await? {
        return Ok(Some(reason));
    }
    report.notes.push(rounds.how());
    report.notes.append(&mut rounds.left_out);
    tell::routes(&rounds.told(), &rounds.question, "the old deploy", report);
    Ok(None)
}

/// Why so few pairs are not measured.
pub(super) fn too_slow(config: &Config, rates: Rates, fitting: u32) -> String {
    format!(
        "At {:.1} pairs a second, which the environments allow, only {fitting} pairs of each route fit into {}; {} prove something. Give it longer with `within:`.",
        rates.mean,
        Period(config.within),
        config.least(),
    )
}

type Greeted = (Vec<Request>, Option<String>);

/// Logs in, asks for the first route once, and makes the requests ready; or says what is wrong.
pub(super) async fn greet(
    deploy: &Deploy,
    config: &Config,
    context: &Context,
) -> Result<Result<Greeted, String>, CheckError> {
    let session = match log_in(deploy, context).await? {
        Ok(session) => session,
        Err(reason) => return Ok(Err(reason)),
    };
    let series = requests(&config.routes, context, session)?;
    let Some(first) = series.first() else {
        return Ok(Ok((series, None)));
    };
    match deploy.http.send(first.clone()).await {
        Ok(answer) => Ok(Ok((series, build(&answer)))),
        Err(error) => unanswered(deploy, error).map(Err),
    }
}

async fn log_in(
    deploy: &Deploy,
    context: &Context,
) -> Result<Result<Option<SessionId>, String>, CheckError> {
    let Some(identity) = context.identity() else {
        return Ok(Ok(None));
    };
    let session = deploy.http.open_session(Some(identity), Sharing::Shared);
    match deploy.http.log_in(session).await {
        Ok(()) => Ok(Ok(Some(session))),
        Err(error) => unanswered(deploy, error).map(Err),
    }
}

/// The requests of these routes as somebody.
pub(super) fn requests<'r>(
    routes: impl IntoIterator<Item = &'r RequestTemplate>,
    context: &Context,
    session: Option<SessionId>,
) -> Result<Vec<Request>, CheckError> {
    let routes = routes.into_iter();
    routes
        .map(|route| timed_routes::render(route, context, session))
        .collect()
}

/// A deploy that does not answer proves nothing; any other error is one of the check.
pub(super) fn unanswered(deploy: &Deploy, error: HttpError) -> Result<String, CheckError> {
    if is_of_the_portal(&error) {
        let help = error.help();
        return Ok(format!(
            "There was no answer from {}: {error}. {help}",
            deploy.name
        ));
    }
    Err(error.into())
}

/// What an answer says of its build.
fn build(answer: &Response) -> Option<String> {
    let found = BUILDS.iter().find_map(|name| {
        let value = answer.header(name)?;
        Some(format!(
            "{name}: {}",
            value.chars().take(80).collect::<String>()
        ))
    });
    found.filter(|value| !value.ends_with(": "))
}

fn same_build(old: Option<String>, new: Option<String>) -> Option<String> {
    let build = old.filter(|old| new.as_ref() == Some(old))?;
    Some(format!(
        "Both deploys answer as the same build ({build}). Is `old:` really the old one?"
    ))
}
