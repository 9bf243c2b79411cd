//! Whether what is stored is right after a volley. The state decides; answers only tell what is to be
//! expected of it.

use serde_json::Value as Json;

use super::answers::Answers;
use super::mode::Mode;

/// Numbers that differ by less are the same: they were reckoned from what was read.
const NEAR: f64 = 1e-6;

/// What was read back after a volley.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// How many of the requests took effect: what is there more than before, in parts of what one
    /// request alone brought.
    pub(super) done: f64,
    /// The ids of what was created, as far as they can be read.
    pub(super) ids: Vec<Json>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fault {
    /// More than one thing was created.
    Several,
    /// Nothing was created.
    Nothing,
    /// Fewer changes count than were answered with a success.
    Lost,
    /// More were served than may be, or more was taken than there is.
    Over,
    /// Answers and state do not fit; why, as a plain sentence without a full stop.
    Inconsistent(String),
}

/// What is wrong after a volley, if something is; `named` are the ids that answers name.
pub(super) fn judge(
    mode: &Mode,
    state: &State,
    answers: &Answers,
    named: &[Json],
) -> Option<Fault> {
    match mode {
        Mode::Duplicate | Mode::DoubleSubmit | Mode::Idempotent(_) => {
            if state.done > 1.0 + NEAR {
                Some(Fault::Several)
            } else if state.done < 1.0 - NEAR {
                // What has no answer yet may be on its way.
                (answers.silent == 0).then_some(Fault::Nothing)
            } else {
                one(mode, state, answers, named).map(Fault::Inconsistent)
            }
        }
        Mode::LostUpdate(_) if state.done < f64::from(answers.served()) - NEAR => Some(Fault::Lost),
        Mode::Limit(most) if state.done > f64::from(*most) + NEAR || answers.served() > *most => {
            Some(Fault::Over)
        }
        Mode::LostUpdate(_) | Mode::Limit(_) => counted(state, answers).map(Fault::Inconsistent),
    }
}

/// Whether the state is what the answers make expect, so that nothing more is waited for.
pub(super) fn agrees(mode: &Mode, done: f64, answers: &Answers) -> bool {
    if mode.creates() {
        return done > 1.0 - NEAR;
    }
    let served = f64::from(answers.served());
    (served - NEAR..=served + f64::from(answers.unsure()) + NEAR).contains(&done)
}

/// What is wrong with the answers where one thing was created.
fn one(mode: &Mode, state: &State, answers: &Answers, named: &[Json]) -> Option<String> {
    if named.len() > 1 {
        return Some(format!(
            "one thing is stored, and the answers name {} different ids",
            named.len()
        ));
    }
    if let ([named], [stored]) = (named, state.ids.as_slice())
        && plain(named) != plain(stored)
    {
        return Some("the answers name an id that is not the stored one".into());
    }
    let replays = matches!(mode, Mode::Idempotent(_));
    (replays && answers.refused > 0)
        .then(|| "some of the repeated requests were refused with another status than 409".into())
}

/// What is wrong with the answers where changes are counted.
fn counted(state: &State, answers: &Answers) -> Option<String> {
    let served = f64::from(answers.served());
    if state.done < served - NEAR {
        return Some(format!(
            "{served} requests were served, and only {} count",
            number(state.done)
        ));
    }
    let most = served + f64::from(answers.unsure());
    (state.done > most + NEAR).then(|| {
        format!(
            "{} requests count, and only {served} were answered with a success",
            number(state.done)
        )
    })
}

/// An id as text: the same one may be a number here and a text there.
pub(super) fn plain(id: &Json) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

/// A number as a person writes it, with three decimals at most.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
