//! Tests a check natively, without a server and without WebAssembly: `cargo test` takes milliseconds.
//!
//! A [`Target`] is told what it answers; [`run`] runs the check against it and gives what it found, sent and logged.
//! Only what the check asks for is granted, so that a missing [`Capability`](crate::Capability) shows here first.
//!
//! ```
//! use tidegate_plugin_sdk::prelude::*;
//! use tidegate_plugin_sdk::testing::{self, Target};
//! # const EMPTY: Code = Code {
//! #     slug: "empty", summary: "a list is empty", severity: Severity::Low, impact: "i", remedy: "r",
//! #     effort: Effort::Small,
//! # };
//! # check! {
//! #     name: "empty", summary: "s", documentation: "`empty`", config: NoConfig, codes: [EMPTY],
//! #     asks: [Capability::target_read("to read the list")], run: run,
//! # }
//! # fn run(_: NoConfig, context: &Context) -> Result<Outcome, Failure> {
//! #     let mut outcome = Outcome::new();
//! #     let list: Vec<Value> = context.get("/api/records")?.expect_ok()?.json()?;
//! #     outcome.check(!list.is_empty(), || EMPTY.finding("the list is empty"));
//! #     Ok(outcome)
//! # }
//! # fn main() {
//! let target = Target::new().get("/api/records", 200, json!([]));
//! let run = testing::run::<Plugin>(json!({}), &target);
//! assert_eq!(run.codes(), ["empty"]);
//! assert_eq!(run.requests[0].place, "/api/records");
//! # }
//! ```

mod answer;
mod faults;
mod glob;
mod grants;
pub(crate) mod host;
mod target;

use serde_json::Value;

use crate::{Check, Context, Description, Failure, Level, Outcome, check};

pub use answer::{Answer, exchange};
pub use faults::faults;
pub use target::Target;

/// A request that the check sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The method in capitals.
    pub method: String,
    /// A path of the environment under test, `NAME:PATH` of an entry under `apis:`, or an address.
    pub place: String,
    /// The path for reports, when it is another than the place.
    pub route: Option<String>,
    /// As whom; absent for the check's own identity, empty for nobody.
    pub identity: Option<String>,
    /// Names and values of the headers, with the placeholders of secrets.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: Vec<u8>,
}

impl Sent {
    /// The body as JSON, `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What the check says.
    pub result: Result<Outcome, Failure>,
    /// What it sent, in its order, refused requests included.
    pub requests: Vec<Sent>,
    /// What it logged.
    pub log: Vec<(Level, String)>,
}

impl Run {
    /// The outcome.
    ///
    /// # Panics
    /// When the check came to no result.
    #[track_caller]
    pub fn outcome(&self) -> &Outcome {
        match &self.result {
            Ok(outcome) => outcome,
            Err(failure) => panic!("the check came to no result: {failure}"),
        }
    }

    /// Why the check came to no result.
    ///
    /// # Panics
    /// When it came to one.
    #[track_caller]
    pub fn failure(&self) -> &Failure {
        match &self.result {
            Ok(outcome) => panic!("the check came to a result: {outcome:?}"),
            Err(failure) => failure,
        }
    }

    /// The codes of the findings, in their order.
    ///
    /// # Panics
    /// When the check came to no result.
    #[track_caller]
    pub fn codes(&self) -> Vec<&str> {
        let findings = self.outcome().findings.iter();
        findings.map(|finding| finding.code.as_str()).collect()
    }
}

/// Runs a check with a config, as it stands under the plugin's key in a gate file, against a target.
///
/// A finding with a code that the check does not declare is a failure, as it is in Tidegate.
pub fn run<C: Check>(config: Value, target: &Target) -> Run {
    let context = Context::new(target.context.clone());
    let world = host::World::new(target.clone(), C::CAPABILITIES);
    let (result, world) = host::within(world, || check::run::<C>(&config.to_string(), &context));
    Run {
        result: result.and_then(declared::<C>),
        requests: world.requests,
        log: world.log,
    }
}

/// What a check says about itself, for a look at its schema.
pub fn describe<C: Check>() -> Description {
    check::describe::<C>()
}

fn declared<C: Check>(outcome: Outcome) -> Result<Outcome, Failure> {
    let known = |code: &str| C::CODES.iter().any(|one| one.slug == code);
    match outcome.findings.iter().find(|one| !known(&one.code)) {
        Some(finding) => Err(Failure::failed(format!(
            "a finding has the code `{}`, which the check does not declare",
            finding.code
        ))),
        None => Ok(outcome),
    }
}

#[cfg(test)]
mod tests;
