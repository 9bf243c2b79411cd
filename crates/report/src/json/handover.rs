//! The handover of a report, both ways.

use tidegate_core::handover::{Answer, Asked, Handover, Watch};
use tidegate_core::name::CheckId;

use super::read::ReadError;
use super::wire;

pub(super) fn handover(handover: &Handover) -> wire::Handover {
    let handover = handover.clone();
    let answers = handover.answers.into_iter().map(|answer| wire::Answer {
        question: answer.asked.key().to_owned(),
        yes: answer.yes,
        because: answer.because,
        by: answer.by,
        on: answer.on.to_string(),
    });
    let journeys = handover.journeys.into_iter();
    wire::Handover {
        client: handover.client,
        prepared_by: handover.prepared_by,
        answers: answers.collect(),
        journeys: journeys
            .map(|(check, text)| wire::Journey {
                check: check.to_string(),
                text,
            })
            .collect(),
        known_limits: handover.known_limits,
        next_steps: handover.next_steps,
        first_14_days: handover.watch.first_14_days,
        first_30_days: handover.watch.first_30_days,
    }
}

/// An answer to a question that this version does not ask is left out.
///
/// # Errors
/// [`ReadError::Wrong`] for a day that is none.
pub(super) fn into_handover(handover: wire::Handover) -> Result<Handover, ReadError> {
    let mut answers = Vec::new();
    for (index, answer) in handover.answers.into_iter().enumerate() {
        let mut known = Asked::ALL.into_iter();
        let Some(asked) = known.find(|asked| asked.key() == answer.question) else {
            continue;
        };
        let on = answer.on.parse().map_err(|_| ReadError::Wrong {
            path: format!("handover.answers[{index}].on"),
            reason: "expected a day, as in 2026-11-20".to_owned(),
        })?;
        answers.push(Answer {
            asked,
            yes: answer.yes,
            because: answer.because,
            by: answer.by,
            on,
        });
    }
    let journeys = handover.journeys.into_iter();
    Ok(Handover {
        client: handover.client,
        prepared_by: handover.prepared_by,
        answers,
        journeys: journeys
            .map(|journey| (CheckId::new(journey.check), journey.text))
            .collect(),
        known_limits: handover.known_limits,
        next_steps: handover.next_steps,
        watch: Watch {
            first_14_days: handover.first_14_days,
            first_30_days: handover.first_30_days,
        },
    })
}
