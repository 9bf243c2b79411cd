//! What others send to the portal: sent as they would, and judged by what the portal says.

mod config;
mod once;

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Purpose;
use tidegate_core::request::BodyTemplate;
use tidegate_core::scope::Values;
use tidegate_core::template::Template;

use super::contract::{Contract, Contracts};
use super::payload::{self, Example};
use super::signature::Message;
use super::{as_step, codes, refusals};
use crate::flow::{Run, Tried};

pub(super) use config::{Incoming, schema};
pub(super) use once::Once;

/// The most findings about one example.
const TOLD: usize = 10;

/// Sends the examples, and what must be refused.
///
/// # Errors
/// What keeps the portal from being judged: an example or a contract that cannot be read.
pub(super) async fn run(
    incoming: &Incoming,
    number: usize,
    context: &Context,
    contracts: &mut Contracts<'_>,
    report: &mut CheckReport,
) -> Result<(), CheckError> {
    let mut sender = Sender::new(incoming, number, context, contracts)?;
    let examples = payload::load(incoming, &**context.files()?, report)?;
    let mut accepted = None;
    for example in &examples {
        if sender.control(example, report).await? {
            accepted = accepted.or(Some(example));
        }
    }
    match accepted {
        Some(example) => {
            once::run(&mut sender, example, report).await?;
            refusals::run(&mut sender, example, report).await
        }
        None if incoming.demands_refusals() => {
            report.notes.push(format!(
                "“{}” was sent nothing wrong on purpose: it accepted no right event, so a refusal would \
                 prove nothing.",
                incoming.step.name
            ));
            Ok(())
        }
        None => Ok(()),
    }
}

/// Sends events to one address, each with marks of its own.
pub(super) struct Sender<'s> {
    /// Where, and what is known of it.
    pub(super) incoming: &'s Incoming,
    /// What must hold of what is sent.
    pub(super) contract: Option<Contract>,
    context: &'s Context,
    /// Which entry it is, and how many events were sent.
    number: usize,
    sent: usize,
}

/// The headers that sign an event, made of the key, the body and the time.
type Sign<'m> = dyn Fn(&str, &Message<'_>) -> Vec<(String, String)> + Sync + 'm;

/// How an event is sent.
pub(super) struct Manner<'m> {
    /// What it is for.
    pub(super) purpose: Purpose,
    /// Signs it.
    pub(super) sign: &'m Sign<'m>,
    /// Changes the content.
    pub(super) change: &'m (dyn Fn(&mut Json) + Sync),
}

impl<'s> Sender<'s> {
    fn new(
        incoming: &'s Incoming,
        number: usize,
        context: &'s Context,
        contracts: &mut Contracts<'_>,
    ) -> Result<Self, CheckError> {
        let request = &incoming.step.request;
        let at = |error: CheckError| error.at(request.span.location());
        let scope =
            tidegate_core::scope::Scope::new(context.values().clone(), context.secrets().clone());
        let path = request
            .path
            .render(&scope)
            .map_err(|error| at(error.into()))?;
        let contract =
            contracts.incoming(incoming.contract.as_ref(), request.method, path.expose())?;
        if contract.is_none() && incoming.refuse {
            return Err(at(CheckError::new(
                format!("nothing says what {} must refuse", request.name()),
                "Name a JSON Schema with `schema:`, or describe the request's body in the document that \
                 `openapi:` names.",
            )));
        }
        Ok(Self {
            incoming,
            contract,
            context,
            number,
            sent: 0,
        })
    }

    /// Marks that no other event of the run has, so that none is taken for one that was there before.
    fn values(&mut self) -> Values {
        self.sent += 1;
        let name = format!("{} {}.{}", self.context.check(), self.number, self.sent);
        Values::draw(
            &**self.context.random(),
            &**self.context.clock(),
            &name.as_str().into(),
            1,
        )
    }

    /// Sends an example as it should be; whether it was accepted.
    async fn control(
        &mut self,
        example: &Example,
        report: &mut CheckReport,
    ) -> Result<bool, CheckError> {
        let values = self.values();
        let content = example.render(&values, self.context)?;
        report.evaluated += 1;
        if !self.fits(&content, example, report)? {
            return Ok(false);
        }
        let manner = Manner {
            purpose: Purpose::Normal,
            sign: &|key, message| self.incoming.sign(key, message),
            change: &|_| {},
        };
        let tried = send(self.context, self.incoming, values, content, &manner).await?;
        let accepted = tried.findings.is_empty();
        let findings = tried.findings.into_iter();
        report
            .findings
            .extend(findings.map(|finding| match finding.code.as_str() {
                "flow/status" => refused(self.incoming, example, tried.status, finding),
                _ => as_step(finding),
            }));
        Ok(accepted)
    }

    /// Whether an example fits its own contract.
    fn fits(
        &self,
        content: &Json,
        example: &Example,
        report: &mut CheckReport,
    ) -> Result<bool, CheckError> {
        let Some(contract) = &self.contract else {
            return Ok(true);
        };
        let verdict = contract.check(content)?;
        let left_out = verdict.mismatches.len().saturating_sub(TOLD);
        if left_out > 0 {
            let note = format!(
                "{} does not fit its contract in {left_out} more places.",
                example.name
            );
            report.notes.push(note);
        }
        let told = verdict.mismatches.iter().take(TOLD);
        report.findings.extend(told.map(|mismatch| {
            let (path, text) = (&mismatch.path, &mismatch.text);
            let title = format!("{} does not fit its contract: {path} {text}", example.name);
            Finding::new(&codes::FIXTURE, example.location.clone(), title)
                .advice(
                    "Bring the example up to date with what the sender really sends now, and the contract with \
                     it. It was not sent.",
                )
                .subject(format!("{} {path} {text}", example.name))
                .evidence("path", path.clone())
                .related("what the contract says", mismatch.location.clone())
                .related("the check that sends it", self.incoming.step.request.span.location())
        }));
        Ok(verdict.mismatches.is_empty())
    }

    /// Sends an example in another manner than it should be.
    ///
    /// # Errors
    /// What keeps it from being sent.
    pub(super) async fn wrong(
        &mut self,
        example: &Example,
        manner: &Manner<'_>,
    ) -> Result<Tried, CheckError> {
        let values = self.values();
        let content = example.render(&values, self.context)?;
        send(self.context, self.incoming, values, content, manner).await
    }

    /// The content of an example with the marks of the attempt.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(super) fn sample(&self, example: &Example) -> Result<Json, CheckError> {
        example.render(self.context.values(), self.context)
    }
}

async fn send(
    context: &Context,
    incoming: &Incoming,
    values: Values,
    mut content: Json,
    manner: &Manner<'_>,
) -> Result<Tried, CheckError> {
    (manner.change)(&mut content);
    let body = content.to_string();
    let id = format!("msg_{}", values.unique);
    let mut run = Run::new(context, values)?;
    let at = |error: CheckError| error.at(incoming.step.request.span.location());
    let mut step = incoming.step.clone();
    step.purpose = manner.purpose;
    if manner.purpose != Purpose::Normal {
        step.expect = incoming.refusal.clone();
    }
    let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    if let Some(signature) = &incoming.signature {
        let key = signature
            .secret
            .render(&run.scope)
            .map_err(|error| at(error.into()))?;
        let message = Message {
            body: body.as_bytes(),
            seconds: context.clock().wall().as_second(),
            id: &id,
        };
        headers.extend((manner.sign)(key.expose(), &message));
    }
    for (name, value) in headers {
        let own = &mut step.request.headers;
        if !own
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(&name))
        {
            own.push((name, Template::literal(value)));
        }
    }
    step.request.body = BodyTemplate::Text(Template::literal(body));
    run.attempt(&step).await.map_err(at)
}

fn refused(
    incoming: &Incoming,
    example: &Example,
    status: Option<u16>,
    finding: Finding,
) -> Finding {
    let name = &incoming.step.name;
    let answered = status.map_or_else(String::new, |status| format!(" with {status}"));
    let advice = match status {
        Some(401 | 403) => {
            "The portal does not take the event for genuine. Check that the gate has the signing key of this \
             environment, that the scheme under `signature:` is the sender's, and what the deploy changed in \
             how signatures are checked."
        }
        Some(404 | 405 | 410) => {
            "There is nothing at this address any more. The sender does not know that: it goes on sending to \
             the old one."
        }
        Some(409) => {
            "The portal knows this event already. Give the example an id of its own each time, as in \
             `\"id\": \"evt_${unique}\"`."
        }
        Some(500..) => "The portal failed on a right event. Look at its log at this moment.",
        _ => {
            "The event is what the sender sends, so real ones are refused too and lost. Compare what the \
             portal asks for with the contract."
        }
    };
    let mut refused = Finding::new(
        &codes::REFUSED,
        incoming.step.request.span.location(),
        format!("“{name}” refused {}{answered}", example.name),
    )
    .advice(advice)
    .subject(format!("{name} refused {}", example.name))
    .related("the event that was sent", example.location.clone());
    refused.evidence = finding.evidence;
    refused
}
