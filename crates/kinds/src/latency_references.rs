//! Stored times: what a check of the kind `regression` holds the new deploy against where no old one runs.
//!
//! Each environment has two files in the state's folder, `.tidegate` beside the gate file, which a CI
//! cache or an artifact carries from run to run: the reference, and what the last run measured. A run
//! makes the reference where there is none; `tidegate baseline latency accept` puts the last
//! measurement in its place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::statistics::nearest_rank;

/// The version of the format.
const VERSION: u32 = 1;
/// The largest file that is read, in bytes.
pub const LIMIT: usize = 4 * 1024 * 1024;
/// The most values that are kept of a route.
pub const KEPT: usize = 2_000;
/// The most routes of all checks together.
const ROUTES: usize = 500;

/// The stored times of one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct References {
    version: u32,
    /// The portal's name.
    pub gate: String,
    /// The environment's key in the gate file.
    pub environment: String,
    /// By the id of the check.
    pub checks: BTreeMap<String, Stored>,
}

/// The stored times of one check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stored {
    /// The host that was measured.
    pub host: String,
    /// Who asked, by `as:`.
    pub identity: Option<String>,
    /// When (RFC 3339).
    pub measured: String,
    /// The seed of the run.
    pub seed: u64,
    /// The sort of machine that measured.
    pub machine: String,
    /// Whether the run found a route slower than the reference.
    pub slower: bool,
    /// The route that should not change.
    pub control: Series,
    /// The routes of the check.
    pub routes: Vec<Series>,
}

/// The times of one route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// As in `GET /api/records`.
    pub route: String,
    /// Milliseconds, ascending, at most [`KEPT`].
    pub values: Vec<f64>,
}

/// Why a file of stored times is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is larger than [`LIMIT`].
    #[error("it is larger than {} MiB", LIMIT / 1024 / 1024)]
    TooLarge,
    /// It is not of this format.
    #[error("it cannot be read: {0}")]
    Corrupt(String),
    /// It is of another version of the format.
    #[error("it has version {0} of the format, and this Tidegate reads version {VERSION}")]
    Version(u32),
    /// It belongs to another portal.
    #[error("it belongs to the gate `{0}`")]
    Gate(String),
    /// It belongs to another environment.
    #[error("it belongs to the environment `{0}`")]
    Environment(String),
}

impl Unusable {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Take it away with `tidegate baseline latency remove`; the next run stores a new one."
    }
}

/// The name in the state's folder of the reference of an environment.
pub fn reference_name(environment: &str) -> String {
    format!("latency-reference-{environment}.json")
}

/// The name in the state's folder of what the last run measured there.
pub fn last_name(environment: &str) -> String {
    format!("latency-last-{environment}.json")
}

/// Values as they are stored: ascending, to a microsecond, at most [`KEPT`] of them at equal ranks.
pub fn kept(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let count = values.len();
    if count > KEPT {
        values = (0..KEPT)
            .map(|place| values[place * count / KEPT])
            .collect();
    }
    values
        .iter_mut()
        .for_each(|value| *value = (*value * 1e3).round() / 1e3);
    values
}

impl References {
    /// None yet.
    pub fn new(gate: &str, environment: &str) -> Self {
        Self {
            version: VERSION,
            gate: gate.to_owned(),
            environment: environment.to_owned(),
            checks: BTreeMap::new(),
        }
    }

    /// Reads a file that should be of this gate and this environment.
    ///
    /// # Errors
    /// Why it is not used.
    pub fn read(content: &[u8], gate: &str, environment: &str) -> Result<Self, Unusable> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        if content.len() > LIMIT {
            return Err(Unusable::TooLarge);
        }
        let corrupt = |error: serde_json::Error| Unusable::Corrupt(error.to_string());
        let head: Head = serde_json::from_slice(content).map_err(corrupt)?;
        if head.version != VERSION {
            return Err(Unusable::Version(head.version));
        }
        let read: Self = serde_json::from_slice(content).map_err(corrupt)?;
        if read.gate != gate {
            return Err(Unusable::Gate(clipped(&read.gate)));
        }
        if read.environment != environment {
            return Err(Unusable::Environment(clipped(&read.environment)));
        }
        read.check().map_err(Unusable::Corrupt)?;
        Ok(read)
    }

    /// The file's content.
    pub fn content(&self) -> Vec<u8> {
        // Numbers, texts and maps with texts as keys always become JSON.
        let mut content = serde_json::to_vec(self).unwrap_or_default();
        content.push(b'\n');
        content
    }

    /// Puts the checks of another measurement in the place of those of the same id; gives the ids of
    /// those that were slower than the reference before.
    pub fn accept(&mut self, other: Self) -> Vec<String> {
        let mut slower = Vec::new();
        for (check, mut stored) in other.checks {
            if std::mem::take(&mut stored.slower) {
                slower.push(check.clone());
            }
            self.checks.insert(check, stored);
        }
        slower
    }

    fn series(&self) -> impl Iterator<Item = &Series> {
        let checks = self.checks.values();
        checks.flat_map(|stored| std::iter::once(&stored.control).chain(&stored.routes))
    }

    fn check(&self) -> Result<(), String> {
        if self.series().count() > ROUTES {
            return Err(format!("it has more than {ROUTES} routes"));
        }
        let proper = |series: &Series| {
            let sound = |value: &f64| value.is_finite() && *value >= 0.0;
            let values = &series.values;
            (1..=KEPT).contains(&values.len()) && values.iter().all(sound) && values.is_sorted()
        };
        match self.series().find(|series| !proper(series)) {
            Some(series) => Err(format!(
                "the times of `{}` are not at most {KEPT} ascending numbers",
                clipped(&series.route)
            )),
            None => Ok(()),
        }
    }
}

impl Stored {
    /// The times of a route.
    pub fn route(&self, name: &str) -> Option<&[f64]> {
        let found = self.routes.iter().find(|series| series.route == name);
        found.map(|series| series.values.as_slice())
    }
}

impl Series {
    /// Median and p95 in milliseconds.
    pub fn summary(&self) -> (Option<f64>, Option<f64>) {
        let at = |quantile| nearest_rank(&self.values, quantile);
        (at(0.5), at(0.95))
    }
}

/// A foreign text at a bearable length.
fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> References {
        let series = |route: &str| Series {
            route: route.to_owned(),
            values: vec![1.0, 2.5, 4.0],
        };
        let mut references = References::new("acme", "staging");
        let stored = Stored {
            host: "staging.acme.example".to_owned(),
            identity: None,
            measured: "2026-11-26T10:00:00Z".to_owned(),
            seed: 7,
            machine: "linux x86_64, 2 processors".to_owned(),
            slower: false,
            control: series("GET /health"),
            routes: vec![series("GET /api/records")],
        };
        references.checks.insert("not-slower".to_owned(), stored);
        references
    }

    #[test]
    fn a_file_comes_back_as_it_was_written() {
        let content = stored().content();
        assert_eq!(
            References::read(&content, "acme", "staging").unwrap(),
            stored()
        );
        let read = &stored().checks["not-slower"];
        assert_eq!(read.route("GET /api/records"), Some(&[1.0, 2.5, 4.0][..]));
        assert_eq!(read.route("GET /"), None);
        assert_eq!(read.control.summary(), (Some(2.5), Some(4.0)));
    }

    #[test]
    fn a_file_of_another_place_or_form_is_named_and_not_used() {
        let content = stored().content();
        let text = String::from_utf8(content.clone()).unwrap();
        let edited = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1).into_bytes()
        };
        let many: String = (0..KEPT).map(|place| format!("{place},")).collect();
        for (content, expected) in [
            (b"{\"version\":1".to_vec(), "it cannot be read"),
            (Vec::new(), "it cannot be read"),
            (edited("\"version\":1", "\"version\":9"), "version 9"),
            (edited("\"acme\"", "\"other\""), "the gate `other`"),
            (
                edited("\"staging\"", "\"production\""),
                "the environment `production`",
            ),
            (edited("[1.0,2.5,4.0]", "[2.5,1.0]"), "`GET /health`"),
            (edited("[1.0,2.5,4.0]", "[]"), "`GET /health`"),
            (edited("[1.0,2.5,4.0]", "[-1.0,2.5]"), "`GET /health`"),
            (
                edited("1.0,2.5,4.0", &format!("{many}9999")),
                "`GET /health`",
            ),
            (
                edited("\"seed\":7", "\"seed\":7,\"more\":1"),
                "it cannot be read",
            ),
            (vec![b' '; LIMIT + 1], "larger than 4 MiB"),
        ] {
            let error = References::read(&content, "acme", "staging").unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn many_values_are_thinned_at_equal_ranks() {
        let values: Vec<f64> = (0..10_000).rev().map(f64::from).collect();
        let kept = kept(values);
        assert_eq!((kept.len(), kept[0], kept[KEPT - 1]), (KEPT, 0.0, 9_995.0));
        assert!(kept.is_sorted());
        assert_eq!(super::kept(vec![1.234_567_8]), [1.235]);
    }

    #[test]
    fn an_accepted_measurement_takes_the_place_of_its_checks_only() {
        let mut reference = stored();
        let mut last = References::new("acme", "staging");
        let newer = Stored {
            seed: 8,
            slower: true,
            ..stored().checks["not-slower"].clone()
        };
        last.checks.insert("not-slower".to_owned(), newer.clone());
        last.checks.insert("other".to_owned(), newer);
        reference
            .checks
            .insert("third".to_owned(), stored().checks["not-slower"].clone());
        assert_eq!(reference.accept(last), ["not-slower", "other"]);
        assert!(reference.checks.values().all(|stored| !stored.slower));
        let seeds: Vec<u64> = reference
            .checks
            .values()
            .map(|stored| stored.seed)
            .collect();
        assert_eq!(seeds, [8, 8, 7]);
    }
}
