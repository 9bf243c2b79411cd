//! What GitHub Actions says about a run: which change it judges, where the candidate is, and how far
//! the change is trusted.
//!
//! Nothing here asks the network, the repository or the process: variables and the file of the event
//! come through closures. What is missing in the payload is told as a note and the rest is used.

mod payload;
mod rows;
#[cfg(test)]
mod tests;

use std::io::Read;

use tidegate_core::provenance::Provenance;

use payload::Payload;

/// The most bytes of a payload that are read: GitHub caps payloads at 25 MB.
pub const PAYLOAD_LIMIT: u64 = 25 * 1024 * 1024;

/// A run that GitHub Actions started: what it judges and what a verdict does there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Occasion {
    /// Which change is judged, as far as the event says it: its base and the folder of the gate file
    /// are the repository's to tell.
    pub provenance: Provenance,
    /// Where the change may begin, the best first; empty when no change is judged.
    pub beginnings: Vec<Beginning>,
    /// The commit that is checked out by default, by its full id.
    pub checkout: Option<String>,
    /// The environment, by the name that the event gives it.
    pub environment: Option<String>,
    /// The address of the candidate.
    pub url: Option<String>,
    /// Whether the run has secrets that the change must not get.
    pub withhold_secrets: bool,
    /// What a reader should know, such as a field that the payload lacks.
    pub notes: Vec<String>,
}

/// Where a change may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// At the first parent of the checked-out commit, when that is the merge of a pull request.
    MergedInto,
    /// Where the checked-out commit left this one, given by its full id.
    Commit(String),
    /// Where the checked-out commit left this branch.
    Branch(String),
    /// At the first parent of the checked-out commit.
    Parent,
}

/// Opens the file of a path.
pub type Open<'o> = &'o dyn Fn(&str) -> std::io::Result<Box<dyn Read>>;

/// What GitHub Actions says about this run; `None` when the run is not one of GitHub Actions.
///
/// `variable` gives the value of an environment variable, and `open` the file of the event's payload.
pub fn read(variable: &dyn Fn(&str) -> Option<String>, open: Open<'_>) -> Option<Occasion> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    if variable("GITHUB_ACTIONS").as_deref() != Some("true") {
        return None;
    }
    let mut payload = match variable("GITHUB_EVENT_PATH") {
        Some(path) => Payload::read(&path, open),
        None => Payload::absent("GITHUB_EVENT_PATH is not set"),
    };
    let mut occasion = rows::occasion(&variable, &mut payload);
    occasion.notes.extend(payload.into_notes());
    Some(occasion)
}
