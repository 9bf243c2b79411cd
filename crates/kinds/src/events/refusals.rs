//! Events that the portal must refuse, sent once it has accepted a right one.

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport};
use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;
use tidegate_core::ports::http::Purpose;
use tidegate_core::span::Location;

use super::incoming::{Manner, Sender};
use super::payload::{self, Example};
use super::signature::{Message, Signature};
use super::{as_step, codes};
use crate::flow::Tried;

/// How old a stale event is.
const DAY_SECONDS: i64 = 24 * 60 * 60;

/// The key of a forger.
const FORGED_KEY: &str = "tidegate-forged-signing-key";

/// A way to sign wrongly.
struct Forgery {
    words: &'static str,
    code: &'static CodeInfo,
    sign: fn(&Signature, &str, &Message<'_>) -> Vec<(String, String)>,
    /// Whether only a signature with a time in it can be wrong in this way.
    dated: bool,
}

static FORGERIES: &[Forgery] = &[
    Forgery {
        words: "without a signature",
        code: &codes::UNSIGNED_ACCEPTED,
        sign: |_, _, _| Vec::new(),
        dated: false,
    },
    Forgery {
        words: "signed with another key",
        code: &codes::UNSIGNED_ACCEPTED,
        sign: |signature, _, message| signature.sign(FORGED_KEY, message),
        dated: false,
    },
    Forgery {
        words: "with the signature of another event",
        code: &codes::UNSIGNED_ACCEPTED,
        sign: |signature, key, message| {
            let other = Message {
                body: b"{}",
                ..*message
            };
            signature.sign(key, &other)
        },
        dated: false,
    },
    Forgery {
        words: "signed a day ago",
        code: &codes::STALE_ACCEPTED,
        sign: |signature, key, message| {
            let stale = Message {
                seconds: message.seconds - DAY_SECONDS,
                ..*message
            };
            signature.sign(key, &stale)
        },
        dated: true,
    },
];

/// How many wrongly signed events are sent.
pub(super) fn signed_wrongly(signature: &Signature) -> usize {
    forgeries(signature).count()
}

fn forgeries(signature: &Signature) -> impl Iterator<Item = &'static Forgery> {
    let dated = signature.is_dated();
    FORGERIES
        .iter()
        .filter(move |forgery| dated || !forgery.dated)
}

/// What the portal did with wrong events.
#[derive(Default)]
struct Outcome {
    accepted: Vec<(String, u16, Location)>,
    failed: Vec<(String, u16)>,
}

/// Sends what must be refused.
///
/// # Errors
/// What keeps it from being sent.
pub(super) async fn run(
    sender: &mut Sender<'_>,
    example: &Example,
    report: &mut CheckReport,
) -> Result<(), CheckError> {
    let incoming = sender.incoming;
    let here = incoming.step.request.span.location();
    let mut failed = Vec::new();
    for code in [&codes::UNSIGNED_ACCEPTED, &codes::STALE_ACCEPTED] {
        let mut outcome = Outcome::default();
        if let Some(signature) = &incoming.signature {
            for forgery in forgeries(signature).filter(|forgery| forgery.code.code == code.code) {
                let manner = Manner {
                    purpose: Purpose::Attack,
                    sign: &|key, message| (forgery.sign)(signature, key, message),
                    change: &|_| {},
                };
                let tried = sender.wrong(example, &manner).await?;
                outcome.add(forgery.words, tried, here.clone(), report);
            }
        }
        outcome.tell(sender, code, report);
        failed.append(&mut outcome.failed);
    }
    let mut outcome = broken(sender, example, report).await?;
    outcome.tell(sender, &codes::ACCEPTED_INVALID, report);
    failed.append(&mut outcome.failed);
    if !failed.is_empty() {
        report.findings.push(server_error(sender, &failed));
    }
    Ok(())
}

/// Sends events that break the contract.
async fn broken(
    sender: &mut Sender<'_>,
    example: &Example,
    report: &mut CheckReport,
) -> Result<Outcome, CheckError> {
    let incoming = sender.incoming;
    let mut outcome = Outcome::default();
    let Some(contract) = sender.contract.clone().filter(|_| incoming.refuse) else {
        return Ok(outcome);
    };
    let mutations = payload::mutations(&sender.sample(example)?, &contract)?;
    if mutations.is_empty() {
        report.notes.push(format!(
            "The contract of “{}” forbids nothing that could be tried: it has no required field and no type.",
            incoming.step.name
        ));
    }
    for mutation in mutations {
        let manner = Manner {
            purpose: Purpose::Negative,
            sign: &|key, message| incoming.sign(key, message),
            change: &|json: &mut Json| mutation.apply(json),
        };
        let tried = sender.wrong(example, &manner).await?;
        outcome.add(&mutation.words, tried, mutation.location.clone(), report);
    }
    Ok(outcome)
}

impl Outcome {
    /// Takes in what was answered to one wrong event.
    fn add(&mut self, words: &str, tried: Tried, location: Location, report: &mut CheckReport) {
        let Some(status) = tried.status else {
            report
                .findings
                .extend(tried.findings.into_iter().map(as_step));
            return;
        };
        match status {
            200..300 => self.accepted.push((words.to_owned(), status, location)),
            500.. => self.failed.push((words.to_owned(), status)),
            409 | 429 => {
                report.notes.push(format!(
                    "An event {words} was answered {status}, which does not say that it was refused for that."
                ));
                return;
            }
            _ => {}
        }
        report.evaluated += 1;
    }

    /// Says which wrong events were accepted.
    fn tell(&self, sender: &Sender<'_>, code: &CodeInfo, report: &mut CheckReport) {
        let Some((first, status, location)) = self.accepted.first() else {
            return;
        };
        let step = &sender.incoming.step;
        let all: Vec<&str> = self
            .accepted
            .iter()
            .map(|(words, ..)| words.as_str())
            .collect();
        let more = match all.len() {
            1 => String::new(),
            all => format!(", and {} more that are wrong", all - 1),
        };
        let title = format!("“{}” accepted an event {first}{more}", step.name);
        let here = step.request.span.location();
        let mut finding = Finding::new(code, here.clone(), title)
            .advice(advice(code))
            .subject(format!("{} accepted {}", step.name, all.join(", ")))
            .evidence("expected", "a refusal: 400, 401, 403 or 422")
            .evidence("actual", status.to_string())
            .evidence("accepted", all.join("\n"));
        if *location != here {
            finding = finding.related("what the contract says", location.clone());
        }
        report.findings.push(finding);
    }
}

fn advice(code: &CodeInfo) -> &'static str {
    if code.code == codes::UNSIGNED_ACCEPTED.code {
        "Check the signature over the bytes as they were received, with the key of this environment, before \
         anything else is done with them, compare in constant time, and answer 401 when it does not fit. An \
         environment without a key must refuse everything."
    } else if code.code == codes::STALE_ACCEPTED.code {
        "Refuse events whose signed time is more than five minutes from the server's clock, and remember the \
         ids of those that were handled."
    } else {
        "Check the event against its contract before it is stored, and answer 400 or 422. If the portal accepts \
         anything on purpose and sorts it out later, remove `refuse: true`."
    }
}

fn server_error(sender: &Sender<'_>, failed: &[(String, u16)]) -> Finding {
    let step = &sender.incoming.step;
    let (first, status) = &failed[0];
    let all: Vec<&str> = failed.iter().map(|(words, _)| words.as_str()).collect();
    let title = format!("“{}” answered {status} to an event {first}", step.name);
    Finding::new(&codes::SERVER_ERROR, step.request.span.location(), title)
        .advice(
            "A wrong event is to be refused with 400, 401 or 422. Look at the portal's log at this moment: it \
             read a field before it had checked that it is there.",
        )
        .subject(format!("{} failed {}", step.name, all.join(", ")))
        .evidence("expected", "a refusal: 400, 401, 403 or 422")
        .evidence("actual", status.to_string())
        .evidence("sent", all.join("\n"))
}
