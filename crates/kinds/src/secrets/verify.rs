//! Whether a key that was found still opens anything: one question to who issued it, which changes
//! nothing there.

mod endpoints;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{PROVIDER_BODY_CAP, PROVIDER_TIMEOUT, Purpose, Request, Target};
use tidegate_core::secret::Sensitive;

use super::collect::counted;
use super::exposure::{Exposure, Id, Known};
use super::findings::order;
use crate::scan::Origin;
use endpoints::{ENDPOINTS, Endpoint};

/// The most keys that are tried in a run.
const MOST: u32 = 20;
/// How long a try waits for the one before.
const GAP: Duration = Duration::from_secs(1);

/// The longest that all tries may take.
pub(super) fn worst() -> Duration {
    (GAP + PROVIDER_TIMEOUT) * MOST
}

/// What is asked of whom, for the plan.
pub(super) fn question() -> String {
    format!("the providers of at most {MOST} found keys whether these still work")
}

/// What a provider says about a key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It takes the key.
    Opens,
    /// It does not know the key any more.
    Refused,
    /// Neither of the two; why, for people.
    Unclear(String),
}

/// A key and where it is tried.
struct Try {
    id: Id,
    provider: &'static str,
    endpoint: &'static Endpoint,
    value: Sensitive,
}

/// Tries each value once where it was issued, one after the other, and notes the answers at the
/// exposures; returns what a reader should know.
///
/// # Errors
/// When the run was stopped. A provider that does not answer is no error.
pub(super) async fn ask(
    context: &Context,
    exposures: &mut [Exposure],
    known: &Known,
) -> Result<Vec<String>, CheckError> {
    let tries = tries(exposures, known);
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let (clock, http) = (context.clock(), context.http()?);
    let mut answers = HashMap::new();
    for one in tries.iter().take(most) {
        if !answers.is_empty() {
            clock.sleep_until(clock.monotonic() + GAP).await;
        }
        let answer = match http.send(request(context, one)).await {
            Ok(response) => one.endpoint.answer(response.status, &response.text()),
            Err(HttpError::Stopped) => return Err(HttpError::Stopped.into()),
            Err(error) => Answer::Unclear(error.to_string()),
        };
        answers.insert(one.id, answer);
    }
    for one in exposures {
        one.answer = answers.get(&known.id(&one.sighting)).cloned();
    }
    Ok(notes(&tries, most))
}

/// The values that can be tried, those that the most people can see first.
fn tries(exposures: &[Exposure], known: &Known) -> Vec<Try> {
    let mut sorted: Vec<&Exposure> = exposures.iter().collect();
    sorted.sort_by(|one, other| order(one).cmp(&order(other)));
    let mut seen = BTreeSet::new();
    sorted
        .into_iter()
        .filter_map(|one| {
            let Origin::BuiltIn(rule) = &one.sighting.origin else {
                return None;
            };
            let value = &one.sighting.value;
            let endpoint = ENDPOINTS
                .iter()
                .find(|endpoint| endpoint.takes(rule.slug, value.expose()))?;
            let id = known.id(&one.sighting);
            seen.insert(id).then(|| Try {
                id,
                provider: rule.provider,
                endpoint,
                value: value.clone(),
            })
        })
        .collect()
}

fn request(context: &Context, one: &Try) -> Request {
    let cause = context.cause(context.span());
    let endpoint = one.endpoint;
    let key = format!("{}{}", endpoint.before, one.value.expose());
    let also = endpoint.also.iter();
    let also = also.map(|(name, value)| ((*name).to_owned(), Sensitive::from(*value)));
    Request {
        headers: std::iter::once((endpoint.header.to_owned(), Sensitive::new(key)))
            .chain(also)
            .collect(),
        timeout: PROVIDER_TIMEOUT,
        body_cap: PROVIDER_BODY_CAP,
        purpose: Purpose::Survey,
        ..Request::new("GET", Target::Provider(endpoint.url), endpoint.url, cause)
    }
}

fn notes(tries: &[Try], most: usize) -> Vec<String> {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let tried = tries.iter().take(most);
    let asked: BTreeSet<&str> = tried.map(|one| one.provider).collect();
    let mut notes = Vec::new();
    if !asked.is_empty() {
        let asked: Vec<&str> = asked.into_iter().collect();
        notes.push(format!(
            "{} tried once at {}",
            counted(
                count(tries.len().min(most)),
                "found key was",
                "found keys were"
            ),
            asked.join(", ")
        ));
    }
    if let Some(more @ 1..) = tries.len().checked_sub(most) {
        notes.push(format!(
            "{} not tried: a run tries at most {MOST}",
            counted(count(more), "found key was", "found keys were")
        ));
    }
    notes
}
