//! What the gate file says to whoever the portal is handed to.

use serde::{Deserialize, Serialize};

/// What the gate file says to whoever the portal is handed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Handover {
    /// Who the portal is handed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Who hands it over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepared_by: Option<String>,
    /// What somebody answers for, because no check proves it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What checks prove in the words of those who use the portal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub journeys: Vec<Journey>,
    /// What the portal does not do, or not well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known_limits: Vec<String>,
    /// What should be done next, the first first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub next_steps: Vec<String>,
    /// What to look at in the first 14 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_14_days: Vec<String>,
    /// What to look at in the first 30 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first_30_days: Vec<String>,
}

/// What somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    /// The key of the question in the gate file, as in `errors-captured`.
    pub question: String,
    /// Whether it is answered yes.
    pub yes: bool,
    /// Why.
    pub because: String,
    /// Who answered.
    pub by: String,
    /// The day they answered, `YYYY-MM-DD`.
    pub on: String,
}

/// What a check proves in the words of those who use the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Journey {
    /// The check.
    pub check: String,
    /// What it proves, as a sentence.
    pub text: String,
}
