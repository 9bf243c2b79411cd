//! Reading back what came of a volley.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::Response;

use super::answers::is_id;
use super::mode::{Measure, Watch};
use super::run::{Attempt, Stage};
use crate::attack::asks_to_wait;
use crate::expect::Path;
use crate::flow::is_of_the_portal;

/// How long is waited for what was written to show.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);
/// The shortest time that is waited for a second thing to show beside the first. All answers are there
/// by then, and most portals store before they answer.
const SETTLING: Duration = Duration::from_millis(25);
/// The longest time that is waited for it.
const LONGEST_SETTLING: Duration = Duration::from_secs(1);
/// The pause before it is read again the first time; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// The most ids that are taken from one answer.
pub(super) const MOST_IDS: usize = 200;

/// What was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    /// The number, or how many there are.
    pub(super) value: f64,
    /// The ids of the entries.
    pub(super) ids: Vec<Json>,
}

impl Attempt<'_> {
    /// Reads until the value is as wanted, or the patience is at its end: the last reading, or why
    /// there is none.
    pub(super) async fn read_until(
        &mut self,
        stage: &Stage,
        wanted: impl Fn(f64) -> bool,
    ) -> Result<Result<Reading, String>, CheckError> {
        let clock = self.context.clock().clone();
        let first = clock.monotonic();
        let last = first + PATIENCE;
        let mut pause = PAUSE;
        loop {
            let waited = clock.monotonic().saturating_sub(first);
            let read = self.read(stage).await?;
            let fits = read.as_ref().is_ok_and(|reading| wanted(reading.value));
            if fits {
                self.tally.delay = self.tally.delay.max(waited);
            }
            if fits || clock.monotonic() + pause > last {
                return Ok(read);
            }
            clock.sleep_until(clock.monotonic() + pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Reads once more after a short time, which is longer where things took longer to show: the larger
    /// one of both readings counts.
    pub(super) async fn read_settled(
        &mut self,
        stage: &Stage,
        first: Reading,
    ) -> Result<Reading, CheckError> {
        let clock = self.context.clock().clone();
        clock
            .sleep_until(clock.monotonic() + settling(self.tally.delay))
            .await;
        let second = self.read(stage).await?;
        Ok(match second {
            Ok(second) if second.value >= first.value => second,
            _ => first,
        })
    }

    /// Reads once; why there is nothing to read, when there is not.
    pub(super) async fn read(
        &mut self,
        stage: &Stage,
    ) -> Result<Result<Reading, String>, CheckError> {
        let watch = &self.config.watch;
        let name = watch.look.name();
        loop {
            let request = self.render(&watch.look, stage)?;
            match self.http.send(request).await {
                Ok(response) if asks_to_wait(&response) => {
                    let clock = self.context.clock().clone();
                    if let Err(time) = self.patience.wait(&*clock, &response).await {
                        return Ok(Err(format!("{name} asks for patience{time}")));
                    }
                }
                Ok(response) => {
                    let reading = measure(watch, &response, stage.mark.as_deref());
                    return Ok(reading.map_err(|reason| format!("{name} {reason}")));
                }
                Err(error) if is_of_the_portal(&error) => {
                    return Ok(Err(format!("{name} got no answer: {error}")));
                }
                Err(error) => return Err(CheckError::from(error).at(watch.look.span.location())),
            }
        }
    }
}

/// How long is waited for a second thing where the slowest took so long to show.
fn settling(delay: Duration) -> Duration {
    (delay * 2).clamp(SETTLING, LONGEST_SETTLING)
}

/// What counts in an answer; why nothing does, as the end of a sentence.
pub(super) fn measure(
    watch: &Watch,
    response: &Response,
    mark: Option<&str>,
) -> Result<Reading, String> {
    if response.status >= 300 {
        return Err(format!("was answered with status {}", response.status));
    }
    if response.truncated {
        return Err("has more to say than is read".into());
    }
    let document = || {
        serde_json::from_slice::<Json>(&response.body)
            .map_err(|_| "was not answered with JSON".to_owned())
    };
    match &watch.measure {
        Measure::Number(path) => {
            let document = document()?;
            let found = path.all(&document).first().copied().and_then(as_number);
            let value = found.ok_or_else(|| format!("has no number at `{}`", path.text()))?;
            Ok(Reading {
                value,
                ids: Vec::new(),
            })
        }
        Measure::Entries(path) => {
            let document = document()?;
            let own = marked(path, &document, mark);
            Ok(Reading {
                value: as_float(own.len()),
                ids: ids(watch, &own),
            })
        }
        Measure::Mark => {
            let text = response.text();
            let times = mark.map_or(0, |mark| text.matches(mark).count());
            Ok(Reading {
                value: as_float(times),
                ids: Vec::new(),
            })
        }
    }
}

/// The ids of all entries with the mark.
pub(super) fn ids_in(watch: &Watch, document: &Json, mark: Option<&str>) -> Vec<Json> {
    match &watch.measure {
        Measure::Entries(path) => ids(watch, &marked(path, document, mark)),
        Measure::Number(_) | Measure::Mark => Vec::new(),
    }
}

fn marked<'d>(path: &Path, document: &'d Json, mark: Option<&str>) -> Vec<&'d Json> {
    let holds = |entry: &&Json| mark.is_none_or(|mark| entry.to_string().contains(mark));
    path.all(document).into_iter().filter(holds).collect()
}

fn ids(watch: &Watch, entries: &[&Json]) -> Vec<Json> {
    let ids = entries.iter().filter_map(|entry| {
        let id = watch.id.all(entry).first().map(|id| (*id).clone());
        id.filter(is_id)
    });
    ids.take(MOST_IDS).collect()
}

fn as_number(value: &Json) -> Option<f64> {
    let number = match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

fn as_float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_things_show_late_a_second_one_is_waited_for_longer() {
        let settling = |millis| settling(Duration::from_millis(millis)).as_millis();
        assert_eq!(
            [0, 5, 50, 350, 1_900].map(settling),
            [25, 25, 100, 700, 1_000]
        );
    }
}
