//! Whether an event that comes twice counts once: senders repeat an event whose answer they did not see.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Doubt, Inconclusive, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::finding::Finding;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::http::Purpose;
use tidegate_core::template::Lookup as _;

use super::{Manner, Sender, send};
use crate::events::payload::Example;
use crate::events::{as_step, codes};
use crate::flow::Step;

/// What an answer's value is kept as.
const COUNTED: &str = "counted";
/// How often it is looked whether an event counted.
const LOOKS: u32 = 11;
/// How long is waited before each further look.
const EVERY: Duration = Duration::from_millis(200);

/// Where it is read how often events counted.
pub(in crate::events) struct Once {
    /// The request, which keeps the value.
    pub(in crate::events) step: Step,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    value: Node,
}

impl Once {
    /// How often it is read at most: before the event, until it counts, and after it came again.
    pub(in crate::events) const READS: u32 = LOOKS + 2;

    /// How long reading and waiting takes at most.
    pub(in crate::events) fn worst(&self) -> Duration {
        let waits = EVERY * (LOOKS - 1) + EVERY * 2 * LOOKS;
        self.step.worst().saturating_mul(Self::READS) + waits
    }

    /// Reads the value of `once:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(in crate::events) fn parse(
        node: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let of = |entries: Vec<(Key, Node)>| Node::new(Value::Map(entries), node.span.clone());
        let is_own = |(key, _): &(Key, Node)| key.text == "value";
        let (own, mut rest): (Vec<_>, Vec<_>) = node.entries().iter().cloned().partition(is_own);
        let raw: Raw = of(own).read()?;
        let key = |text: &str| Key {
            text: text.to_owned(),
            span: raw.value.span.clone(),
        };
        rest.push((key("capture"), of(vec![(key(COUNTED), raw.value.clone())])));
        let step = Step::parse(&of(rest), scope)?;
        if step.request.writes() {
            return Err(vec![
                Diagnostic::at(step.request.span.clone(), "this changes something")
                    .label("expected a GET")
                    .help("Write it like `once: { get: /api/billing/events, as: adam, value: $.events }`."),
            ]);
        }
        Ok(Self { step })
    }
}

/// What an event sent twice came to.
enum Came {
    Once,
    Twice,
    Doubt(&'static str),
    /// Told already.
    Told,
}

/// Sends a right event twice and looks whether it counted once.
///
/// # Errors
/// What keeps it from being sent.
pub(super) async fn run(
    sender: &mut Sender<'_>,
    example: &Example,
    report: &mut CheckReport,
) -> Result<(), CheckError> {
    let incoming = sender.incoming;
    let Some(once) = &incoming.once else {
        return Ok(());
    };
    let name = &incoming.step.name;
    match came(sender, once, example, report).await? {
        Came::Once => report.evaluated += 1,
        Came::Twice => {
            report.evaluated += 1;
            report.findings.push(
                Finding::new(
                    &codes::COUNTED_TWICE,
                    incoming.step.request.span.location(),
                    format!("“{name}” counted an event twice that was sent twice"),
                )
                .advice(
                    "Store the id of each event under a unique key, in the same transaction as what it does, and \
                     answer success without doing it again when the id is there already.",
                )
                .subject(format!("{name} counted twice"))
                .evidence("sent", "the same event twice, signed anew the second time")
                .related("where it is read", once.step.request.span.location()),
            );
        }
        Came::Doubt(why) => {
            report.inconclusive = Some(Inconclusive {
                reason: Doubt::NoEvidence,
                text: format!("Whether “{name}” counts an event once is not known: {why}."),
            });
        }
        Came::Told => {}
    }
    Ok(())
}

async fn came(
    sender: &mut Sender<'_>,
    once: &Once,
    example: &Example,
    report: &mut CheckReport,
) -> Result<Came, CheckError> {
    let Some(before) = count(sender, once, report).await? else {
        return Ok(Came::Told);
    };
    let values = sender.values();
    let context = sender.context;
    let content = example.render(&values, context)?;
    let incoming = sender.incoming;
    let manner = Manner {
        purpose: Purpose::Normal,
        sign: &|key, message| incoming.sign(key, message),
        change: &|_| {},
    };
    let first = send(context, incoming, values.clone(), content.clone(), &manner).await?;
    if !first.findings.is_empty() {
        return Ok(Came::Doubt("a second right event was refused"));
    }
    let clock = context.clock();
    let mut counted = before.clone();
    let mut looks = 0;
    while counted == before && looks < LOOKS {
        if looks > 0 {
            clock.sleep_until(clock.monotonic() + EVERY).await;
        }
        looks += 1;
        let Some(now) = count(sender, once, report).await? else {
            return Ok(Came::Told);
        };
        counted = now;
    }
    if counted == before {
        return Ok(Came::Doubt(
            "what `once` reads did not change with a right event, so that a second one would not show either",
        ));
    }
    let again = send(context, incoming, values, content, &manner).await?;
    if again.status.is_none() {
        return Ok(Came::Doubt("the event that was sent again got no answer"));
    }
    if looks > 1 {
        // It counts late, so that twice may show late, too.
        clock
            .sleep_until(clock.monotonic() + EVERY * 2 * looks)
            .await;
    }
    Ok(match count(sender, once, report).await? {
        None => Came::Told,
        Some(after) if after == counted => Came::Once,
        Some(_) => Came::Twice,
    })
}

/// What is read; nothing when that failed, which is told.
async fn count(
    sender: &Sender<'_>,
    once: &Once,
    report: &mut CheckReport,
) -> Result<Option<Json>, CheckError> {
    let context = sender.context;
    let at = |error: CheckError| error.at(once.step.request.span.location());
    let mut run = crate::flow::Run::new(context, context.values().clone())?;
    let tried = run.attempt(&once.step).await.map_err(at)?;
    if tried.findings.is_empty() {
        return Ok(run.scope.value(COUNTED));
    }
    report
        .findings
        .extend(tried.findings.into_iter().map(as_step));
    Ok(None)
}
