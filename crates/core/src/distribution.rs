//! Measured values as a picture shows them.

use crate::check::Unit;

/// The most values of a distribution that are kept.
pub const KEPT: usize = 2_000;

/// Measured values, with what was concluded from them.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// What was measured, as in `GET /api/records`.
    pub subject: String,
    /// The unit of every value.
    pub unit: Unit,
    /// The values, ascending; at most [`KEPT`], evenly chosen when there were more.
    pub values: Vec<f64>,
    /// How many there were.
    pub count: u64,
    /// The values they were compared with, ascending; none when there was no comparison.
    pub reference: Vec<f64>,
    /// The percentiles that were judged or are told.
    pub marks: Vec<Mark>,
}

/// A percentile of a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Which one: 95 for p95.
    pub percentile: f64,
    /// Its value, by nearest rank.
    pub value: f64,
    /// Between what it lies with 95 % confidence; an end is absent when there are too few values to know.
    pub interval: (Option<f64>, Option<f64>),
    /// What it may be at most.
    pub budget: Option<f64>,
    /// What was concluded.
    pub standing: Standing,
}

/// How a measured percentile stands to its latency budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Within it.
    Within,
    /// Over it.
    Over,
    /// Too near to tell.
    TooClose,
    /// Only told, or there is too little to judge by.
    Unjudged,
}
