//! What the portal sends: received while a journey makes it send, and judged.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::finding::Finding;
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::ports::{Reply, Sink};
use tidegate_core::scope::Scope;
use tidegate_core::template::TemplateError;

use super::arrival::Arrival;
use super::as_step;
use super::config::{Expected, Outgoing};
use super::contract::{Contract, Contracts};
use super::findings::Outlook;
use crate::expect::Shown;
use crate::flow::Run;
use crate::hosts;

/// How long nothing more must have arrived before the same event is said to come once only.
const SETTLED: Duration = Duration::from_millis(200);
/// The longest that is waited for everything to have arrived.
pub(super) const SETTLING: Duration = Duration::from_secs(2);
/// The most events of a sort that are judged.
const JUDGED: usize = 50;
/// The most findings about the contract of one sort of events.
const TOLD: usize = 20;

/// Receives what the portal sends, and judges it.
///
/// # Errors
/// What keeps the events from being judged: a contract that cannot be read, a port that is taken.
pub(super) async fn run(
    outgoing: &Outgoing,
    context: &Context,
    contracts: &mut Contracts<'_>,
    report: &mut CheckReport,
) -> Result<(), CheckError> {
    if !is_here(context.environment()) {
        report.inconclusive = Some(out_of_reach(context.environment()));
        return Ok(());
    }
    let agreed = outgoing.expect.iter();
    let agreed = agreed.map(|expected| contracts.outgoing(expected.contract.as_ref()));
    let agreed: Vec<Option<Contract>> = agreed.collect::<Result<_, _>>()?;
    let reply = Reply {
        status: outgoing.reply,
    };
    let sink = context.sinks()?.listen(outgoing.port.value, reply).await;
    let sink = sink.map_err(|error| taken(error.into(), outgoing))?;
    let mut run = Run::new(context, context.values().clone())?;
    run.walk(&outgoing.trigger).await?;
    let failed = !run.report.findings.is_empty();
    add(report, std::mem::take(&mut run.report));
    if failed {
        report
            .notes
            .push("No event was waited for, because its trigger failed.".into());
        return Ok(());
    }
    let shown = Shown::of(context);
    let judge = Judge {
        outgoing,
        context,
        scope: &run.scope,
        shown: &shown,
    };
    let gathered = judge.gather(&*sink).await?;
    for ((expected, contract), meant) in outgoing.expect.iter().zip(&agreed).zip(&gathered.meant) {
        judge.judge(expected, contract.as_ref(), meant, &gathered, report)?;
    }
    gathered.tell(report);
    Ok(())
}

/// Takes over what came of the trigger.
fn add(report: &mut CheckReport, steps: CheckReport) {
    report
        .findings
        .extend(steps.findings.into_iter().map(as_step));
    report.metrics.extend(steps.metrics);
    report.notes.extend(steps.notes);
    report.evaluated += steps.evaluated;
}

fn taken(error: CheckError, outgoing: &Outgoing) -> CheckError {
    CheckError {
        help: format!(
            "Nothing else may listen on port {} while the check runs. End what does, or choose another \
             port and let the portal send there.",
            outgoing.port.value
        ),
        ..error
    }
    .at(outgoing.port.span.location())
}

/// Whether the portal runs on this machine, so that it can reach a sink.
fn is_here(environment: &Environment) -> bool {
    hosts::is_this_machine(&environment.url.value) || environment.kind == EnvironmentKind::Local
}

fn out_of_reach(environment: &Environment) -> Inconclusive {
    Inconclusive {
        reason: Doubt::NoEvidence,
        text: format!(
            "`{}` runs elsewhere and cannot send events to this machine, where they would be received. \
             Give the check `when: {{ environment: […] }}` with the environments that run on the \
             machine of the gate, or start the portal there with `start:`.",
            environment.name
        ),
    }
}

struct Judge<'j> {
    outgoing: &'j Outgoing,
    context: &'j Context,
    scope: &'j Scope,
    shown: &'j Shown,
}

/// Everything that arrived, and what of it each expectation means.
pub(super) struct Gathered {
    /// In the order of arrival.
    pub(super) arrivals: Vec<Arrival>,
    meant: Vec<Vec<usize>>,
    /// Requests that did not become whole.
    pub(super) broken: usize,
    /// Requests that there was no room for.
    beyond: usize,
}

impl Judge<'_> {
    /// Waits until every event has arrived, or the time is up, and then until no more come.
    async fn gather(&self, sink: &dyn Sink) -> Result<Gathered, CheckError> {
        let clock = self.context.clock();
        let mut gathered = Gathered {
            arrivals: Vec::new(),
            meant: vec![Vec::new(); self.outgoing.expect.len()],
            broken: 0,
            beyond: 0,
        };
        let mut last = clock.monotonic() + self.outgoing.within;
        let mut complete = false;
        let mut received = sink.received();
        loop {
            for received in &received[gathered.arrivals.len()..] {
                self.sort(Arrival::new(received), &mut gathered)?;
            }
            if !complete && gathered.meant.iter().all(|meant| !meant.is_empty()) {
                complete = true;
                last = clock.monotonic() + SETTLING;
            }
            let left = last.saturating_sub(clock.monotonic());
            let patience = if complete { left.min(SETTLED) } else { left };
            let known = received.len();
            received = sink.wait(known, patience).await;
            if received.len() == known {
                break;
            }
        }
        let overlooked = sink.overlooked();
        (gathered.broken, gathered.beyond) = (overlooked.broken, overlooked.beyond);
        Ok(gathered)
    }

    /// Finds out which of the expected events an arrival is.
    fn sort(&self, arrival: Arrival, gathered: &mut Gathered) -> Result<(), TemplateError> {
        for (expected, meant) in self.outgoing.expect.iter().zip(&mut gathered.meant) {
            if arrival.is_at(expected)
                && arrival
                    .judge(&expected.meant, expected, self.shown, self.scope)?
                    .unmet
                    .is_empty()
            {
                meant.push(gathered.arrivals.len());
            }
        }
        gathered.arrivals.push(arrival);
        Ok(())
    }

    fn judge(
        &self,
        expected: &Expected,
        contract: Option<&Contract>,
        meant: &[usize],
        gathered: &Gathered,
        report: &mut CheckReport,
    ) -> Result<(), CheckError> {
        let outlook = Outlook {
            expected,
            outgoing: self.outgoing,
            shown: self.shown,
        };
        report.evaluated += 1;
        if meant.is_empty() {
            report.findings.push(self.absence(&outlook, gathered)?);
            return Ok(());
        }
        let mut told = Told::default();
        for index in meant.iter().take(JUDGED) {
            self.judge_one(
                &outlook,
                contract,
                &gathered.arrivals[*index],
                &mut told,
                report,
            )?;
        }
        if meant.len() > JUDGED {
            report.notes.push(format!(
                "Of “{}” {} events came; the first {JUDGED} were held against the contract.",
                expected.name,
                meant.len()
            ));
        }
        let left_out = told.findings.len().saturating_sub(TOLD);
        if left_out > 0 {
            report.notes.push(format!(
                "“{}” breaks its contract in {left_out} more places.",
                expected.name
            ));
        }
        report.findings.extend(told.findings.into_iter().take(TOLD));
        if (200..300).contains(&self.outgoing.reply)
            && let Some(twice) = first_double(meant, gathered)
        {
            report.findings.push(outlook.duplicate(twice));
        }
        Ok(())
    }

    /// Why the event is missing: it did not come, or what came in its place cannot be read.
    fn absence(&self, outlook: &Outlook<'_>, gathered: &Gathered) -> Result<Finding, CheckError> {
        let here = gathered.arrivals.iter();
        let here: Vec<&Arrival> = here.filter(|one| one.is_at(outlook.expected)).collect();
        if let Some(unread) = here.iter().find(|arrival| arrival.json.is_none()) {
            return Ok(outlook.not_json(unread));
        }
        let nearest = match here.last() {
            Some(arrival) => {
                let expected = outlook.expected;
                let judgement = arrival.judge(&expected.meant, expected, self.shown, self.scope)?;
                judgement.unmet.into_iter().next()
            }
            None => None,
        };
        Ok(outlook.not_sent(gathered, nearest.as_ref()))
    }

    fn judge_one(
        &self,
        outlook: &Outlook<'_>,
        contract: Option<&Contract>,
        arrival: &Arrival,
        told: &mut Told,
        report: &mut CheckReport,
    ) -> Result<(), CheckError> {
        let expected = outlook.expected;
        let held = arrival.judge(&expected.held, expected, self.shown, self.scope)?;
        // An event has no status, so that what is said about one is not counted.
        report.evaluated += held.evaluated.saturating_sub(1);
        for unmet in &held.unmet {
            told.tell(outlook.unmet(arrival, unmet));
        }
        if let Some(signature) = &expected.signature {
            report.evaluated += 1;
            let key = signature.secret.render(self.scope)?;
            let header = |name: &str| arrival.header(name);
            let verdict = signature.verify(key.expose(), &header, &arrival.response.body);
            if let Err(fault) = verdict {
                told.tell(outlook.signature(arrival, &fault));
            }
        }
        let Some(contract) = contract else {
            return Ok(());
        };
        report.evaluated += 1;
        let Some(json) = &arrival.json else {
            told.tell(outlook.not_json(arrival));
            return Ok(());
        };
        let verdict = contract.check(json)?;
        for mismatch in &verdict.mismatches {
            told.tell(outlook.mismatch(arrival, mismatch));
        }
        for undocumented in &verdict.undocumented {
            told.tell(outlook.undocumented(undocumented));
        }
        Ok(())
    }
}

/// Findings of one expectation, each fault once however many events have it.
#[derive(Default)]
struct Told {
    findings: Vec<Finding>,
    subjects: BTreeSet<(String, String)>,
}

impl Told {
    fn tell(&mut self, finding: Finding) {
        let subject = (finding.code.to_string(), finding.subject.clone());
        if self.subjects.insert(subject) {
            self.findings.push(finding);
        }
    }
}

/// The first event that came again with the same content.
fn first_double<'g>(meant: &[usize], gathered: &'g Gathered) -> Option<&'g Arrival> {
    let mut seen = BTreeSet::new();
    let mut arrivals = meant.iter().map(|index| &gathered.arrivals[*index]);
    arrivals.find(|arrival| !seen.insert((&arrival.path, &arrival.response.body)))
}

impl Gathered {
    /// Says what else arrived.
    fn tell(&self, report: &mut CheckReport) {
        let meant: BTreeSet<usize> = self.meant.iter().flatten().copied().collect();
        let mut others: Vec<&str> = Vec::new();
        for (index, arrival) in self.arrivals.iter().enumerate() {
            if !meant.contains(&index) && !others.contains(&arrival.name.as_str()) {
                others.push(&arrival.name);
            }
        }
        others.truncate(5);
        if !others.is_empty() {
            report.notes.push(format!(
                "Also received, and expected by nothing in this check: {}.",
                others.join(", ")
            ));
        }
        if self.broken > 0 {
            report.notes.push(format!(
                "{} requests to the sink were no proper HTTP or broke off.",
                self.broken
            ));
        }
        if self.beyond > 0 {
            report.notes.push(format!(
                "{} more requests reached the sink than it keeps.",
                self.beyond
            ));
        }
    }
}
