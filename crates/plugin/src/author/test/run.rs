//! Running a case.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::case::{Answers, Case};
use super::fake::World;
use super::tape::{Player, with_nearest};
use super::{compare, fake, grant, tape};
use crate::capability::Powers;
use crate::deadline::Stop;
use crate::engine::{Call, Loaded, Ran};
use crate::imports::Imports;
use crate::interface::types::Description;

/// What a plugin asked for in a test.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Each request in one line with what it got, in order.
    pub requests: Vec<String>,
    /// What the case has no answer to, with what comes nearest.
    pub missing: Vec<String>,
}

/// What a case came to.
#[derive(Debug, Clone)]
pub struct CaseRan {
    /// The result, to be kept or compared.
    pub outcome: Value,
    /// The call itself.
    pub ran: Ran,
    /// What was asked for.
    pub asked: Asked,
}

/// Why a case cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// Its recording is not there.
    #[error("the cassette {0} is not there yet")]
    NotRecorded(String),
}

impl CaseError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotRecorded(_) => {
                "Record it with `tidegate plugin test CASE --record --url URL`."
            }
        }
    }
}

/// Runs a case on this thread, which needs 2 MiB of stack.
///
/// # Errors
/// When it cannot begin. A plugin that fails is no error: that may be what is expected.
pub fn run(
    loaded: &Loaded,
    description: &Description,
    case: &Case,
    stop: Stop,
) -> Result<CaseRan, CaseError> {
    let grant = match &case.grant {
        Some(grant) => grant.clone(),
        None => grant::all(&description.capabilities, &case.context),
    };
    let powers = Powers::of(&description.capabilities, &grant);
    let asked = Arc::new(Mutex::new(Asked::default()));
    let who = case.context.identity.clone();
    let (imports, known): (Box<dyn Imports>, _) = match &case.answers {
        Answers::Fake(given) => {
            let target = case.context.target.clone();
            let world = World::new(given.clone(), powers, who, target, Arc::clone(&asked));
            (Box::new(world), fake::known(given))
        }
        Answers::Cassette(_, Some(cassette)) => {
            let player = Player::new(cassette.clone(), who, Arc::clone(&asked));
            (Box::new(player), tape::known(cassette))
        }
        Answers::Cassette(path, None) => return Err(CaseError::NotRecorded(path.clone())),
    };
    let config = case.config.to_string();
    let call = Call {
        config: &config,
        context: case.context.clone(),
        codes: &description.codes,
        limits: case.limits,
        stop,
    };
    let ran = loaded.run(call, imports);
    let mut asked = mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner));
    for missing in &mut asked.missing {
        *missing = with_nearest(missing, &known);
    }
    Ok(CaseRan {
        outcome: compare::outcome(&ran),
        ran,
        asked,
    })
}
