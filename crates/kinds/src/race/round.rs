//! One round: everybody at once, and then what is stored.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{HttpError, Purpose, Request};
use tidegate_core::ports::volley::{Released, Way};

use super::answers::Answers;
use super::findings::{self, Caught};
use super::judge::{State, agrees, judge};
use super::read_back::Reading;
use super::removal::Pledged;
use super::run::{Attempt, Stage};
use crate::flow::{is_of_the_portal, never_arrived};

/// The most sentences of the client that are told.
const MOST_NOTES: usize = 4;

impl Attempt<'_> {
    /// One round; whether another one follows.
    ///
    /// # Errors
    /// What keeps it from being judged: an undeclared origin, a stop.
    pub(super) async fn round(&mut self, number: u32) -> Result<bool, CheckError> {
        let Some(stage) = self.stage(number).await? else {
            return Ok(false);
        };
        let Some(before) = self.before(&stage).await? else {
            return Ok(false);
        };
        let pledged = self.pledge(&stage)?;
        let mut request = self.render(&self.config.send, &stage)?;
        // They wait for each other, so nobody may take their times for those of a user.
        request.purpose = Purpose::Load;
        let times = usize::try_from(self.config.times).unwrap_or_default();
        let requests: Vec<Request> = vec![request; times];
        let released = match self.volley.release(requests, &Way::ALL).await {
            Ok(released) => released,
            Err(error) => return self.not_released(pledged, error),
        };
        let caught = self.remember(number, &released);
        let answers = Answers::sort(released.answers);
        let answers = answers
            .map_err(|error| CheckError::from(error).at(self.config.send.span.location()))?;
        self.tally.silent += answers.silent;
        self.tally.strangers += answers.strangers;
        self.tally.limited = self.tally.limited.max(answers.limited.len());
        let after = self.after(&stage, before, &answers).await?;
        let read = after
            .as_ref()
            .map_or_else(|_| Vec::new(), |after| after.ids.clone());
        let ids = self.known_ids(&answers, read);
        let complete = after.is_ok() && answers.unsure() == 0;
        self.settle(&stage, pledged, ids, complete)?;
        self.judged(&caught, &answers, before, after).await
    }

    /// What is read before the volley; a fresh mark is nowhere.
    async fn before(&mut self, stage: &Stage) -> Result<Option<f64>, CheckError> {
        if self.config.mode.creates() {
            return Ok(Some(0.0));
        }
        match self.read(stage).await? {
            Ok(before) => Ok(Some(before.value)),
            Err(reason) => {
                self.doubt(format!("What is stored could not be read: {reason}."));
                Ok(None)
            }
        }
    }

    fn not_released(
        &mut self,
        pledged: Option<Pledged>,
        error: HttpError,
    ) -> Result<bool, CheckError> {
        if never_arrived(&error) {
            self.give_back(pledged);
        }
        let told = is_of_the_portal(&error) || matches!(error, HttpError::NoWay { .. });
        if !told {
            return Err(CheckError::from(error).at(self.config.send.span.location()));
        }
        let name = self.config.send.name();
        self.doubt(format!(
            "{name} could not be sent many times at once: {error}."
        ));
        Ok(false)
    }

    /// Keeps how a volley was released.
    fn remember(&mut self, number: u32, released: &Released) -> Caught {
        self.tally.spreads.push(released.spread);
        if !self.tally.ways.contains(&released.way) {
            self.tally.ways.push(released.way);
        }
        for note in &released.notes {
            if self.tally.notes.len() < MOST_NOTES && !self.tally.notes.contains(note) {
                self.tally.notes.push(note.clone());
            }
        }
        Caught {
            round: number,
            way: released.way,
            spread: released.spread,
        }
    }

    /// What is stored after a volley.
    async fn after(
        &mut self,
        stage: &Stage,
        before: f64,
        answers: &Answers,
    ) -> Result<Result<Reading, String>, CheckError> {
        let (config, unit) = (self.config, self.unit);
        let fits = |value: f64| agrees(&config.mode, (value - before) / unit, answers);
        let read = self.read_until(stage, fits).await?;
        match read {
            // A second one may show a moment later.
            Ok(first) if config.mode.creates() && first.value > 0.0 => {
                Ok(Ok(self.read_settled(stage, first).await?))
            }
            read => Ok(read),
        }
    }

    /// Judges a round; whether another one follows.
    async fn judged(
        &mut self,
        caught: &Caught,
        answers: &Answers,
        before: f64,
        after: Result<Reading, String>,
    ) -> Result<bool, CheckError> {
        if answers.failed > 0 && !self.tally.failed {
            self.tally.failed = true;
            self.report.evaluated += 1;
            let finding = findings::server_error(self.config, caught, answers);
            self.found(finding);
        }
        let after = match after {
            Ok(after) => after,
            Err(reason) => {
                self.doubt(format!(
                    "What is stored after {} could not be read back: {reason}.",
                    answers.told()
                ));
                return Ok(false);
            }
        };
        if !self.competed(answers).await {
            return Ok(self.report.inconclusive.is_none());
        }
        let state = State {
            done: (after.value - before) / self.unit,
            ids: after.ids,
        };
        let named = self.named_ids(answers);
        self.tally.judged += 1;
        self.report.evaluated += 1;
        let Some(fault) = judge(&self.config.mode, &state, answers, &named) else {
            return Ok(true);
        };
        let finding = findings::fault(self.config, caught, &fault, &state, answers);
        self.found(finding);
        Ok(false)
    }

    /// Whether enough requests of a volley were let through to tell anything; waits, or says why not,
    /// when they were not.
    async fn competed(&mut self, answers: &Answers) -> bool {
        let name = self.config.send.name();
        if let (Some(limited), 0 | 1) = (answers.limited.first(), answers.competing()) {
            let clock = self.context.clock().clone();
            if let Err(time) = self.patience.wait(&*clock, limited).await {
                self.doubt(format!("The portal lets too few requests at once through to tell anything after {} of {} rounds: {} of {} were answered with 429 and ask for patience{time}. Exempt this account from the limit in this environment, or lower `times`.", self.tally.judged, self.config.rounds, answers.limited.len(), self.config.times));
            }
            return false;
        }
        let carried_out = answers.served() + answers.conflicts + answers.failed > 0;
        if carried_out && answers.competing() > 1 {
            return true;
        }
        if carried_out {
            self.doubt(format!("All but one of {} simultaneous {name} were refused as coming from nobody who is logged in, so that nothing competed: {}.", self.config.times, answers.told()));
            return false;
        }
        self.doubt(format!(
            "None of {} simultaneous {name} was carried out, although a single one is: {}.",
            self.config.times,
            answers.told()
        ));
        false
    }

    /// The ids that answers name.
    fn named_ids(&self, answers: &Answers) -> Vec<Json> {
        let path = self.config.watch.answer.as_ref();
        path.map_or_else(Vec::new, |path| answers.ids(path))
    }

    /// The ids of everything that is known to have been created: as read, and as answered.
    pub(super) fn known_ids(&self, answers: &Answers, mut read: Vec<Json>) -> Vec<Json> {
        read.extend(self.named_ids(answers));
        read
    }
}
