//! One attempt: what is measured, in which order, and what is said when it cannot be.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::distribution::Standing;
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;
use tidegate_core::ports::Clock;
use tidegate_core::ports::http::{SessionId, Sharing};
use tidegate_core::ports::load::{Samples, Volume};

use super::config::{Budget, Config, Route};
use super::subject::Subject;
use super::watch::Watch;
use super::{budgets, codes, growth, loaded, open};
use crate::frameworks::{Topic, advise};
use crate::measure::{ClockWatch, Lateness, Rates, busy, milliseconds, sentence, stepped};

/// One attempt of a check of latency.
pub(super) struct Attempt<'c> {
    /// What the gate file says.
    pub(super) config: &'c Config,
    /// The attempt.
    pub(super) context: &'c Context,
    /// The routes that may be measured here.
    pub(super) routes: Vec<&'c Route>,
    /// Whose session it is.
    pub(super) session: SessionId,
    /// How fast requests go out.
    pub(super) rates: Rates,
    /// What was found.
    pub(super) report: CheckReport,
    doubts: Vec<(Doubt, String)>,
    lateness: Lateness,
    /// The smallest latency budget of which nothing is known because this machine was late, in
    /// milliseconds.
    open: Option<f64>,
    /// Whether a route is within its budget though this machine was late.
    pub(super) within_though_late: bool,
    waited: bool,
    /// The subjects of findings whose queries are suspected.
    queries: Vec<String>,
}

/// Runs one attempt.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut attempt = Attempt::begin(config, context)?;
    let clocks = ClockWatch::begin(&**attempt.clock());
    if attempt.routes.is_empty() {
        attempt.doubt(
            Doubt::NoEvidence,
            "every route of it may change something, and production is only looked at; name the environments with `when:`",
        );
        return Ok(attempt.report());
    }
    match &config.clients {
        Some(clients) => loaded::run(&mut attempt, clients).await?,
        None => attempt.without_load().await?,
    }
    attempt.hold_against_the_clock(&clocks);
    attempt.advise()?;
    Ok(attempt.report())
}

impl<'c> Attempt<'c> {
    fn begin(config: &'c Config, context: &'c Context) -> Result<Self, CheckError> {
        let environment = context.environment();
        let sharing = Sharing::Shared;
        let session = context.http()?.open_session(context.identity(), sharing);
        let routes = config.measured(environment.kind);
        let mut report = CheckReport::default();
        let out = config
            .routes
            .iter()
            .filter(|route| !routes.iter().any(|one| std::ptr::eq(*one, *route)));
        let out: Vec<&str> = out.map(|route| route.name.as_str()).collect();
        if !out.is_empty() && !routes.is_empty() {
            report.notes.push(format!(
                "Left out in production, because it may change something: {}.",
                out.join(", ")
            ));
        }
        Ok(Self {
            config,
            context,
            routes,
            session,
            rates: Rates::within(environment, config.rate),
            report,
            doubts: Vec::new(),
            lateness: Lateness::default(),
            open: None,
            within_though_late: false,
            waited: false,
            queries: Vec::new(),
        })
    }

    /// Pairs of pages first, because their number is fixed, and then latency budgets for as long as the
    /// time allows.
    async fn without_load(&mut self) -> Result<(), CheckError> {
        let began = self.clock().monotonic();
        let until = began + self.config.within;
        if let Some((mut watch, mut pages)) = growth::pages(self)? {
            let sampled = self.routes.iter().any(|route| route.is_sampled());
            // Latency budgets have the other half.
            let half = began + self.config.within / if sampled { 2 } else { 1 };
            let mut paged = growth::measure(self, &mut watch, &mut pages, half).await?;
            paged.trouble = paged.trouble.or_else(|| watch.failing());
            if budgets::pages(self, &watch, pages, &paged) {
                return Ok(());
            }
        }
        let subjects = self.subjects()?;
        if subjects.is_empty() {
            return Ok(());
        }
        let mut watch = Watch::new(subjects, self.comparisons(), self.seed("kept"));
        let began = self.clock().monotonic();
        let trouble = open::measure(self, &mut watch, until).await?;
        let trouble = trouble.or_else(|| watch.failing());
        let lasted = self.clock().monotonic().saturating_sub(began);
        watch.late_by(self.late());
        budgets::conclude(self, &watch, trouble.as_ref(), lasted);
        Ok(())
    }

    /// The routes of which single samples are taken.
    pub(super) fn subjects(&self) -> Result<Vec<Subject<'c>>, CheckError> {
        let sampled = self.routes.iter().filter(|route| route.is_sampled());
        let subjects = sampled.map(|route| Subject::of(route, self.context, self.session));
        subjects.collect()
    }

    /// How many claims the check judges: latency budgets, and pages whose time may grow. Together they err
    /// no more often than one alone may.
    pub(super) fn comparisons(&self) -> u32 {
        let claims = |route: &&Route| route.budgets.len() + usize::from(route.growth.is_some());
        let claims = self.routes.iter().map(claims);
        u32::try_from(claims.sum::<usize>()).unwrap_or(u32::MAX)
    }

    /// Time.
    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        self.context.clock()
    }

    /// Random bits for one purpose, the same for the same seed of the run.
    pub(super) fn seed(&self, purpose: &str) -> u64 {
        let check = self.context.check();
        self.context
            .random()
            .derive(&format!("latency {check} {purpose}"))
    }

    /// Starts to send.
    pub(super) async fn start(&self, volume: Volume) -> Result<Box<dyn Samples>, CheckError> {
        Ok(self.context.load()?.start(volume).await?)
    }

    /// Adds how late a volume was sent.
    pub(super) fn add_lateness(&mut self, lateness: Lateness) {
        self.lateness = std::mem::take(&mut self.lateness).and(lateness);
    }

    /// Waits as the portal asks, once, if that is not for long; whether it did.
    pub(super) async fn patience(&mut self, after: Option<u64>, until: Duration) -> bool {
        let wait = after.map_or(Duration::from_secs(5), Duration::from_secs);
        let then = self.clock().monotonic().saturating_add(wait);
        if self.waited || wait > super::config::PATIENCE || then >= until {
            return false;
        }
        self.waited = true;
        self.clock().sleep_until(then).await;
        self.report.notes.push(format!(
            "The portal asked for fewer requests; after {} it was asked at half the rate.",
            Period(wait)
        ));
        true
    }

    /// Says why something is not known.
    pub(super) fn doubt(&mut self, doubt: Doubt, text: impl Into<String>) {
        self.doubts.push((doubt, text.into()));
    }

    /// Remembers that the queries behind a finding are suspected.
    pub(super) fn suspect_queries(&mut self, finding: &Finding) {
        self.queries.push(finding.subject.clone());
    }

    /// What this machine was late by, in milliseconds: all requests but one in a hundred were sent sooner.
    pub(super) fn late(&self) -> f64 {
        milliseconds(self.lateness.p99())
    }

    /// Remembers a latency budget of which nothing is known, because this machine was late.
    pub(super) fn leave_open(&mut self, budget: &Budget) {
        let limit = milliseconds(budget.limit);
        self.open = Some(self.open.map_or(limit, |open| open.min(limit)));
    }

    /// Nothing that was measured counts when a clock stepped; and it is said what is not known because this
    /// machine was late.
    fn hold_against_the_clock(&mut self, clocks: &ClockWatch) {
        let text = if let Some(step) = clocks.step(&**self.clock()) {
            stepped(step)
        } else if self.lateness.backwards {
            "the clock of this machine went back while it measured; run it again".to_owned()
        } else {
            self.tell_lateness();
            return;
        };
        let measured = [codes::OVER_BUDGET, codes::GROWTH, codes::UNDER_LOAD];
        let kept = |code| !measured.iter().any(|one| one.code == code);
        self.report
            .findings
            .retain(|finding| kept(finding.code.clone()));
        let pictures = self.report.distributions.iter_mut();
        for mark in pictures.flat_map(|picture| &mut picture.marks) {
            mark.standing = Standing::Unjudged;
        }
        self.doubts.clear();
        self.doubt(Doubt::NoEvidence, text);
    }

    fn tell_lateness(&mut self) {
        if let Some(budget) = self.open {
            let of = format!("a latency budget of {}", crate::measure::time(budget));
            let text = busy(self.late(), budget / 10.0, &of);
            self.doubt(Doubt::NoEvidence, text);
        }
        if self.within_though_late {
            let late = crate::measure::time(self.late());
            self.report.notes.push(format!(
                "This machine was busy: 1 in 100 requests was sent {late} late or more. That only makes times longer, so that what is within its latency budget all the same stays so."
            ));
        }
    }

    fn advise(&mut self) -> Result<(), CheckError> {
        let files = self.context.files()?;
        let queries = &self.queries;
        advise(&mut self.report.findings, &**files, |finding| {
            queries.contains(&finding.subject).then_some(Topic::Queries)
        });
        Ok(())
    }

    /// The report, with every doubt: want of evidence comes before a measurement that is too close.
    fn report(mut self) -> CheckReport {
        self.doubts
            .sort_by_key(|(doubt, _)| *doubt == Doubt::TooClose);
        let Some((reason, _)) = self.doubts.first() else {
            return self.report;
        };
        let reason = *reason;
        let texts: Vec<String> = self
            .doubts
            .into_iter()
            .map(|(_, text)| sentence(&text))
            .collect();
        let text = texts.join(" ");
        if !self.report.findings.is_empty() {
            self.report.notes.push(text.clone());
        }
        self.report.inconclusive = Some(Inconclusive { reason, text });
        self.report
    }
}
