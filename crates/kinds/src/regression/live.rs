//! Two deploys that both answer.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::ports::http::{HttpError, Request, Response, SessionId, Sharing};
use tidegate_core::request::RequestTemplate;

use super::config::Config;
use super::fitness::{self, Measured};
use super::judge::{Question, judge};
use super::measure::{Deploy, Errand, Side, both};
use super::old::Old;
use super::program::{self, Program};
use super::schedule::{self, Extent, Slot};
use super::tell::{self, Told};
use crate::flow::is_of_the_portal;
use crate::statistics::Paired;
use crate::timed_routes;

/// The most that may wait for an answer at once, and the same in production.
pub(super) const IN_FLIGHT: (usize, usize) = (64, 8);
/// The requests a second that production gets in all where its environment does not say so.
const PRODUCTION: u32 = 10;
/// The share of an environment's rate that a schedule may use, so that nothing waits for the rest.
const SHARE: f64 = 0.8;
/// The time between the planning and the first request.
pub(super) const LEAD: Duration = Duration::from_millis(100);
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
    let (old, place, program) = match beside(config, context).await? {
        Ok(beside) => beside,
        Err(reason) => return Ok(tell::no_evidence(report, reason)),
    };
    let places = [Some(context.environment()), place.as_ref()];
    let compared = compare(config, context, &old, &new, places, &mut report).await;
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

/// The old deploy, where it is when that is a place of its own, and its program when it was started; or
/// why there is none.
type Beside = (Deploy, Option<Environment>, Option<Program>);

async fn beside(config: &Config, context: &Context) -> Result<Result<Beside, String>, CheckError> {
    let (neighbour, place, program) = match &config.old {
        Old::Place(place) => {
            let neighbour = context.load()?.beside((**place).clone())?;
            (neighbour, Some((**place).clone()), None)
        }
        Old::Program(start) => match program::start(start, context).await? {
            Ok((program, neighbour)) => (neighbour, None, Some(program)),
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
    Ok(Ok((deploy, place, program)))
}

/// Measures and judges; or says why nothing is proven.
async fn compare(
    config: &Config,
    context: &Context,
    old: &Deploy,
    new: &Deploy,
    places: [Option<&Environment>; 2],
    report: &mut CheckReport,
) -> Result<Option<String>, CheckError> {
    let extent = match extent(config, &places) {
        Ok(extent) => extent,
        Err(reason) => return Ok(Some(reason)),
    };
    let gentle = places.iter().flatten().any(|place| is_production(place));
    let in_flight = if gentle { IN_FLIGHT.1 } else { IN_FLIGHT.0 };
    let mut series = Vec::new();
    for deploy in [old, new] {
        match greet(deploy, config, context).await? {
            Ok(greeted) => series.push(greeted),
            Err(reason) => return Ok(Some(reason)),
        }
    }
    let builds: Vec<Option<String>> = series.iter().map(|(_, build)| build.clone()).collect();
    report.notes.extend(same_build(&builds));
    let seed = context
        .random()
        .derive(&format!("regression {}", context.check()));
    let start = context.clock().monotonic() + LEAD;
    let slots = schedule::slots(&extent, start, seed);
    let mut series = series.into_iter().map(|(series, _)| series);
    let mut errand = |arrivals| Errand {
        series: series.next().unwrap_or_default(),
        arrivals,
        in_flight,
    };
    let to_old = errand(schedule::to_old(&slots));
    let to_new = errand(schedule::to_new(&slots));
    let (of_old, of_new) = match both((old, to_old), (new, to_new)).await {
        (Ok(of_old), Ok(of_new)) => (of_old, of_new),
        (Err(error), _) => return unanswered(old, error).map(Some),
        (_, Err(error)) => return unanswered(new, error).map(Some),
    };
    let sides = [(old, &of_old), (new, &of_new)].map(|(deploy, side)| Measured {
        deploy,
        side,
        in_flight,
    });
    let names: Vec<String> = config.routes.iter().map(RequestTemplate::name).collect();
    if let Some(reason) = fitness::trouble(&sides, &names) {
        return Ok(Some(reason));
    }
    let question = Question::of(config, seed);
    let told = told(config, &question, &slots, &of_old, &of_new);
    report.notes.push(paired(config, seed));
    tell::routes(
        &told,
        &question,
        &config.percentile(),
        "the old deploy",
        report,
    );
    Ok(None)
}

/// How both were asked.
fn paired(config: &Config, seed: u64) -> String {
    format!(
        "Old and new were asked at the same time, in pairs of random order (seed {seed}); {} of each route came first and did not count.",
        config.warm_up
    )
}

fn is_production(place: &Environment) -> bool {
    place.kind == EnvironmentKind::Production
}

/// How much is sent how fast, so that both places bear it; or why that is too little.
pub(super) fn extent(config: &Config, places: &[Option<&Environment>]) -> Result<Extent, String> {
    let limit = |place: &&Environment| {
        let usual = is_production(place).then_some(PRODUCTION);
        place.rate.or(usual).map(|rate| f64::from(rate) * SHARE)
    };
    let limits = places.iter().flatten().filter_map(limit);
    let rate = limits.fold(f64::from(config.rate), f64::min);
    let mut samples = config.samples;
    let fits =
        |samples: u32| f64::from(config.slots(samples)) / rate <= config.within.as_secs_f64();
    if !fits(samples) {
        let routes = config.routes.len() as f64;
        let all = config.within.as_secs_f64() * rate / routes;
        samples = (all - f64::from(2 * config.warm_up)).max(0.0) as u32;
    }
    let least = config.least();
    if samples < least {
        return Err(format!(
            "At {rate:.1} requests a second, which the environments allow, only {samples} pairs of each route fit into {}; {least} prove something. Give it longer with `within:`.",
            tidegate_core::period::Period(config.within),
        ));
    }
    Ok(Extent {
        routes: config.routes.len(),
        warm_up: config.warm_up,
        samples,
        gap: Duration::from_secs_f64(1.0 / rate),
    })
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
    let files: &Arc<_> = context.files()?;
    let render = |route: &RequestTemplate| {
        let rendered = timed_routes::render(route, context, &**files, session);
        rendered.map_err(|error| CheckError::from(error).at(route.span.location()))
    };
    routes.into_iter().map(render).collect()
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

fn same_build(builds: &[Option<String>]) -> Option<String> {
    match builds {
        [Some(old), Some(new)] if old == new => Some(format!(
            "Both deploys answer as the same build ({old}). Is `old:` really the old one?"
        )),
        _ => None,
    }
}

/// What the pairs of each route prove.
fn told(
    config: &Config,
    question: &Question,
    slots: &[Slot],
    of_old: &Side,
    of_new: &Side,
) -> Vec<Told> {
    let times = |side: &Side| {
        let mut times = vec![None; slots.len()];
        for taken in &side.taken {
            if let Some(slot) = times.get_mut(taken.number) {
                *slot = taken.milliseconds();
            }
        }
        times
    };
    let (old, new) = (times(of_old), times(of_new));
    let routes = config.routes.iter().enumerate();
    let told = routes.map(|(place, route)| {
        let mut pairs = Paired::default();
        for (index, slot) in slots.iter().enumerate() {
            if let (true, Some(old), Some(new)) =
                (slot.counts && slot.route == place, old[index], new[index])
            {
                pairs.old.push(old);
                pairs.new.push(new);
            }
        }
        let judged = judge(&pairs, question);
        Told::new(route, pairs.old, pairs.new, Some(judged))
    });
    told.collect()
}
