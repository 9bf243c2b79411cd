//! Measured values in the report.

use serde::{Deserialize, Serialize};

use super::{Standing, Unit};

/// Measured values, with what was concluded from them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Distribution {
    /// What was measured, as in `GET /api/records`.
    pub subject: String,
    /// The unit of every value.
    pub unit: Unit,
    /// The values, ascending, none below zero, to a thousandth of the unit; at most 2,000, evenly chosen when
    /// there were more, and fewer in a report with very many distributions.
    pub values: Vec<f64>,
    /// How many there were.
    pub count: u64,
    /// The values they were compared with, in the same way; absent when there was no comparison.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<f64>,
    /// The percentiles that were judged or are told; at most 16.
    pub marks: Vec<Mark>,
}

/// A percentile of a distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Mark {
    /// Which one: 95 for p95.
    pub percentile: f64,
    /// Its value, by nearest rank; null when nothing was measured.
    pub value: Option<f64>,
    /// What it is at least, with 95 % confidence for both ends; absent when there are too few values to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// What it is at most, with 95 % confidence for both ends; absent when there are too few values to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// What it may be at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<f64>,
    /// What was concluded.
    pub standing: Standing,
}
