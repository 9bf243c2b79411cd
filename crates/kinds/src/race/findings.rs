//! What is said about a round that caught something.

use std::time::Duration;

use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;
use tidegate_core::ports::volley::Way;

use super::answers::Answers;
use super::codes;
use super::config::Config;
use super::judge::{Fault, State, number, plain};
use super::mode::Mode;
use super::run::Attempt;
use crate::attack::lines;
use crate::frameworks::{Topic, advise as advise_within};

/// The longest id that is shown, in characters.
const LONGEST_ID: usize = 80;

/// The round that caught something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caught {
    /// Counted from 1.
    pub(super) round: u32,
    /// How its requests were released.
    pub(super) way: Way,
    /// From the first release to the last.
    pub(super) spread: Duration,
}

/// A fault of what is stored.
pub(super) fn fault(
    config: &Config,
    caught: &Caught,
    fault: &Fault,
    state: &State,
    answers: &Answers,
) -> Finding {
    let info = info(&config.mode, fault);
    let finding = Finding::new(
        &info,
        config.send.span.location(),
        title(config, fault, state, answers),
    )
    .subject(format!("{} {}", info.code.as_str(), config.send.name()))
    .advice(advice(&config.mode, fault));
    let finding = evidence(finding, config, caught, answers);
    let look = config.watch.look.name();
    let read = match fault {
        Fault::Several | Fault::Nothing => format!("{look} shows {}", stored(state)),
        Fault::Lost | Fault::Over | Fault::Inconsistent(_) => {
            format!("{look} shows the work of {}", requests(state.done))
        }
    };
    let finding = finding.evidence("read back", read);
    let ids = state
        .ids
        .iter()
        .map(|id| plain(id).chars().take(LONGEST_ID).collect());
    match state.ids.as_slice() {
        [] => finding,
        _ => finding.evidence("ids", lines(ids)),
    }
}

/// An error of the portal, which a request at the same moment is no reason for.
pub(super) fn server_error(config: &Config, caught: &Caught, answers: &Answers) -> Finding {
    let title = format!(
        "{} of {} simultaneous {} were answered with a server error",
        answers.failed,
        config.times,
        config.send.name()
    );
    let finding = Finding::new(&codes::SERVER_ERROR, config.send.span.location(), title)
        .subject(format!("server error {}", config.send.name()))
        .advice("Find the error in the application's log. Where it is a violated unique constraint, a deadlock, or a database that is locked: catch it, and answer 409, or try the transaction again.");
    evidence(finding, config, caught, answers)
}

fn evidence(finding: Finding, config: &Config, caught: &Caught, answers: &Answers) -> Finding {
    finding
        .evidence(
            "round",
            format!("{} of {} planned", caught.round, config.rounds),
        )
        .evidence("answers", answers.told())
        .evidence(
            "released",
            format!(
                "{}, within {}",
                caught.way.name(),
                milliseconds(caught.spread)
            ),
        )
}

/// Ends the advice of each finding with what to do in the frameworks of the project.
pub(super) fn advise(attempt: &mut Attempt<'_>) {
    advise_within(
        &mut attempt.report.findings,
        &*attempt.files,
        |finding| match finding.code.as_str() {
            "race/server-error" => None,
            "race/lost-update" | "race/over-limit" => Some(Topic::Updates),
            _ => Some(Topic::Duplicates),
        },
    );
}

fn info(mode: &Mode, fault: &Fault) -> CodeInfo {
    match (fault, mode) {
        (Fault::Several, Mode::Idempotent(_)) => codes::DUPLICATE_KEY,
        (Fault::Several, _) => codes::DUPLICATE,
        (Fault::Nothing, _) => codes::NOTHING_STORED,
        (Fault::Lost, _) => codes::LOST_UPDATE,
        (Fault::Over, _) => codes::OVER_LIMIT,
        (Fault::Inconsistent(_), _) => codes::INCONSISTENT,
    }
}

fn title(config: &Config, fault: &Fault, state: &State, answers: &Answers) -> String {
    let sent = format!("{} simultaneous {}", config.times, config.send.name());
    match (fault, &config.mode) {
        (Fault::Several, Mode::Idempotent(_)) => {
            format!("{sent} with one idempotency key made {}", stored(state))
        }
        (Fault::Several, _) => format!("{sent} made {} where one is right", stored(state)),
        (Fault::Nothing, _) => format!("{sent} stored nothing, although a single one is stored"),
        (Fault::Over, Mode::Limit(most)) => format!(
            "{sent}: {} answered with a success and {} counted, where {most} may be",
            answers.served(),
            number(state.done)
        ),
        (Fault::Inconsistent(reason), _) => format!("{sent}: {reason}"),
        (Fault::Lost | Fault::Over, _) => format!(
            "{sent}: {} answered with a success, and only {} counted",
            answers.served(),
            number(state.done)
        ),
    }
}

fn stored(state: &State) -> String {
    match number(state.done) {
        one if one == "1" => "1 record".into(),
        many => format!("{many} records"),
    }
}

fn requests(done: f64) -> String {
    match number(done) {
        one if one == "1" => "1 request".into(),
        many => format!("{many} requests"),
    }
}

fn advice(mode: &Mode, fault: &Fault) -> &'static str {
    match (fault, mode) {
        (Fault::Several, Mode::Idempotent(_)) => {
            "Keep idempotency keys in a table with a unique key on user and key, insert the key in the same transaction as the record, and answer a repeated one with the stored first answer; while the first is on its way, answer 409."
        }
        (Fault::Several, _) => {
            "Put a unique constraint on the natural key into the database, insert without looking first, and answer the violation with 409 or with the record that is there; where there is no natural key let the form bring an idempotency key along. A disabled button does not help: it is the browser's."
        }
        (Fault::Nothing, _) => {
            "Let one of the requests win: insert with a unique constraint, and refuse only those that violate it, instead of undoing all of them. Where transactions are undone by deadlocks, try them again."
        }
        (Fault::Lost, _) => {
            "Let the database reckon, in one statement: `update … set balance = balance + $1 where id = $2`; or compare a version: `where id = $2 and version = $3`, with 409 or 412 when no row was touched."
        }
        (Fault::Over, _) => {
            "Put the limit into the statement that takes: `update … set left = left - 1 where id = $1 and left > 0`, and refuse when no row was touched; or lock the row (`select … for update`) in the transaction that counts and takes. A check constraint keeps the number from leaving its limits whatever the code does."
        }
        (Fault::Inconsistent(_), _) => {
            "Answer from what the transaction has stored, after it is committed; a repeated request gets the answer of the first one."
        }
    }
}

/// A time in milliseconds as a person reads it: `0.03 ms`.
pub(super) fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", crate::measure::milliseconds(time))
}
