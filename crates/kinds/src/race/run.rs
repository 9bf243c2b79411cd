//! One attempt: a single request first, which must work and show, then volleys.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::{Request, SessionId, Sharing};
use tidegate_core::ports::volley::Way;
use tidegate_core::ports::{Cleanup, Files, Http, Volley};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::answers::Answers;
use super::config::Config;
use super::mode::{Measure, Mode};
use super::read_back::Reading;
use super::removal::Pledged;
use super::{findings, summary};
use crate::attack::{Marks, Patience};
use crate::flow::{Run, is_of_the_portal, never_arrived, refuses};

/// One attempt of a race.
pub(super) struct Attempt<'a> {
    /// What the gate file says.
    pub(super) config: &'a Config,
    /// The attempt.
    pub(super) context: &'a Context,
    /// What was found.
    pub(super) report: CheckReport,
    /// Requests.
    pub(super) http: Arc<dyn Http>,
    /// Requests that are released together.
    pub(super) volley: Arc<dyn Volley>,
    /// Files that requests send.
    pub(super) files: Arc<dyn Files>,
    /// Removal.
    pub(super) cleanup: Arc<dyn Cleanup>,
    /// How often the portal asked for patience.
    pub(super) patience: Patience,
    /// By how much one request alone changes what is read.
    pub(super) unit: f64,
    /// What the rounds came to.
    pub(super) tally: Tally,
}

/// What the rounds came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// How many were judged.
    pub(super) judged: u32,
    /// From the first release to the last, for each volley.
    pub(super) spreads: Vec<Duration>,
    /// How volleys were released, each way once.
    pub(super) ways: Vec<Way>,
    /// What the client says about it, each sentence once.
    pub(super) notes: Vec<String>,
    /// The most requests of one volley that were answered with 429.
    pub(super) limited: usize,
    /// The longest time after which something that was written showed.
    pub(super) delay: Duration,
    /// How many requests had no answer.
    pub(super) silent: u32,
    /// How many requests were answered with 401.
    pub(super) strangers: u32,
    /// Whether an error of the portal was found.
    pub(super) failed: bool,
}

/// What one round, or the control, begins with.
pub(super) struct Stage {
    /// What its steps captured, and its own built-in values.
    pub(super) scope: Scope,
    /// Whose requests they are.
    pub(super) session: SessionId,
    /// The text in what it creates, when the request stores one.
    pub(super) mark: Option<String>,
    /// What a person would look for.
    pub(super) marker: String,
}

/// Runs one attempt.
///
/// # Errors
/// What keeps it from being judged: a secret that is not set, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut attempt = Attempt::begin(config, context)?;
    if !context.environment().kind.writable() {
        attempt.doubt("Simultaneous writes are left out in production. Run the check where a mistake hurts nobody (an environment with `kind: preview`, `staging` or `local`), and name those with `when:`.");
        return Ok(attempt.report);
    }
    if attempt.control().await? {
        attempt.rounds().await?;
    }
    summary::tell(&mut attempt);
    findings::advise(&mut attempt);
    Ok(attempt.report)
}

impl<'a> Attempt<'a> {
    fn begin(config: &'a Config, context: &'a Context) -> Result<Self, CheckError> {
        Ok(Self {
            config,
            context,
            report: CheckReport::default(),
            http: context.http()?.clone(),
            volley: context.volley()?.clone(),
            files: context.files()?.clone(),
            cleanup: context.cleanup()?.clone(),
            patience: Patience::default(),
            unit: 1.0,
            tally: Tally::default(),
        })
    }

    /// Says why nothing is proven.
    pub(super) fn doubt(&mut self, text: impl Into<String>) {
        self.report.inconclusive = Some(Inconclusive {
            reason: Doubt::NoEvidence,
            text: text.into(),
        });
    }

    /// Adds a finding.
    pub(super) fn found(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    /// A request of a stage.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(super) fn render(
        &self,
        template: &RequestTemplate,
        stage: &Stage,
    ) -> Result<Request, CheckError> {
        let cause = self.context.cause(&template.span);
        let mut request = template.render(&stage.scope, &*self.files, cause)?;
        request.session = Some(stage.session);
        Ok(request)
    }

    /// Runs the steps of `before:` with values of their own; nothing, with a doubt, when one fails.
    ///
    /// # Errors
    /// As for [`run`].
    pub(super) async fn stage(&mut self, number: u32) -> Result<Option<Stage>, CheckError> {
        let base = self.context.values();
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        let values = Marks::values(base, &Marks::new(base, "race").nth(number));
        let mark = self.config.mark.map(|name| match name {
            "canary" => values.canary.clone(),
            "uuid" => values.uuid.clone(),
            _ => values.unique.clone(),
        });
        let marker = mark.clone().unwrap_or_else(|| values.unique.clone());
        let mut run = Run::new(self.context, values)?;
        run.walk(&self.config.before).await?;
        if let Some(failed) = run.report.findings.first() {
            let title = failed.title.clone();
            self.doubt(format!(
                "What each round begins with did not work: {title}."
            ));
            return Ok(None);
        }
        let identity = self.config.identity.as_ref();
        let sharing = identity.map_or(Sharing::Fresh, |_| Sharing::Shared);
        let session = run.session_of(identity, sharing);
        Ok(Some(Stage {
            scope: run.scope,
            session,
            mark,
            marker,
        }))
    }

    /// One request alone: it must work, and what it does must show.
    async fn control(&mut self) -> Result<bool, CheckError> {
        let Some(stage) = self.stage(0).await? else {
            return Ok(false);
        };
        let before = match self.read(&stage).await? {
            Ok(before) => before.value,
            Err(reason) => {
                self.doubt(format!("What is stored could not be read: {reason}."));
                return Ok(false);
            }
        };
        let pledged = self.pledge(&stage)?;
        let Some((answers, pledged)) = self.alone(&stage, pledged).await? else {
            return Ok(false);
        };
        let shows = |value: f64| differs(value, before);
        let after = self.read_until(&stage, shows).await?;
        let read = after.as_ref().ok();
        let complete = read.is_some_and(|after| shows(after.value));
        let ids = self.known_ids(
            &answers,
            read.map_or_else(Vec::new, |after| after.ids.clone()),
        );
        self.settle(&stage, pledged, ids, complete)?;
        Ok(self.calibrate(before, after))
    }

    /// Sends the request once; nothing, with a doubt, when that does not work.
    async fn alone(
        &mut self,
        stage: &Stage,
        pledged: Option<Pledged>,
    ) -> Result<Option<(Answers, Option<Pledged>)>, CheckError> {
        let name = self.config.send.name();
        let request = self.render(&self.config.send, stage)?;
        match self.http.send(request).await {
            Ok(response) if response.status >= 400 => {
                self.settle(stage, pledged, Vec::new(), refuses(response.status))?;
                self.doubt(format!("{name}, sent once, was answered with status {}, so that sending it many times at once proves nothing.", response.status));
                Ok(None)
            }
            Ok(response) => {
                let mut answers = Answers::default();
                answers.served.push(response);
                Ok(Some((answers, pledged)))
            }
            Err(error) if is_of_the_portal(&error) => {
                if never_arrived(&error) {
                    self.give_back(pledged);
                }
                self.doubt(format!("{name}, sent once, got no answer: {error}."));
                Ok(None)
            }
            Err(error) => Err(CheckError::from(error).at(self.config.send.span.location())),
        }
    }

    /// Learns what one request alone changes; says why nothing can be learned from that.
    fn calibrate(&mut self, before: f64, after: Result<Reading, String>) -> bool {
        let name = self.config.send.name();
        let look = self.config.watch.look.name();
        let after = match after {
            Ok(after) => after.value,
            Err(reason) => {
                self.doubt(format!("What {name} did could not be read back: {reason}."));
                return false;
            }
        };
        let change = after - before;
        if change == 0.0 {
            self.doubt(format!(
                "{name} was answered with a success, and within 2s {look} does not show it. {}",
                self.hint()
            ));
            return false;
        }
        let entries = matches!(self.config.watch.measure, Measure::Entries(_));
        let one = match self.config.mode {
            Mode::LostUpdate(step) => Some(step),
            _ if self.config.mode.creates() && before != 0.0 => {
                self.doubt(format!("{look} shows the mark before anything was created, so that it cannot be told what was. Read a place that shows what is stored, not what was asked for."));
                return false;
            }
            _ if entries => Some(1.0),
            _ => None,
        };
        if let Some(one) = one.filter(|one| differs(*one, change)) {
            self.doubt(format!(
                "{name}, sent once, changes what {look} shows by {}, where {} is expected. {}",
                super::judge::number(change),
                super::judge::number(one),
                self.hint()
            ));
            return false;
        }
        self.unit = change;
        self.report.evaluated += 1;
        true
    }

    /// What to look at when the control does not show as expected.
    fn hint(&self) -> &'static str {
        match (&self.config.mode, &self.config.watch.measure) {
            (Mode::LostUpdate(_), _) => "Check `number`, and `step`: how much one request adds.",
            (_, Measure::Number(_)) => {
                "Check `number`: it must change with every request that is served."
            }
            (_, Measure::Entries(_)) => {
                "Check `records`: each entry must show the mark (`${unique}`) of the request that made it."
            }
            (_, Measure::Mark) => "Check `read`: the mark (`${unique}`) must be in what it shows.",
        }
    }

    /// Sends volleys until one catches something, or there were as many as planned.
    async fn rounds(&mut self) -> Result<(), CheckError> {
        let mut number = 0;
        while self.tally.judged < self.config.rounds {
            number += 1;
            if !self.round(number).await? {
                break;
            }
        }
        Ok(())
    }
}

/// Whether two numbers are not the same.
fn differs(one: f64, other: f64) -> bool {
    (one - other).abs() > 1e-6 * one.abs().max(1.0)
}
