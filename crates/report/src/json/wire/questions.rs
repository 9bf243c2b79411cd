//! The ten questions of the report.

use serde::{Deserialize, Serialize};

/// One of the ten questions that whoever takes a portal over asks, answered from the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Question {
    /// Its number, from 1.
    pub number: u64,
    /// The question in plain words.
    pub question: String,
    /// The answer.
    pub reply: Reply,
    /// Whether the answer is good news; absent when it is not proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<bool>,
    /// The reason in one sentence.
    pub reason: String,
    /// The checks that decide it.
    pub checks: Vec<String>,
    /// What to add to the gate file so that it is proven, when it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub add: Option<String>,
    /// Who answers for it, when no check does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said_by: Option<String>,
}

/// An answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// Proven, or answered for by a person.
    Yes,
    /// Something stands against it.
    No,
    /// Nobody knows.
    NotProven,
}
