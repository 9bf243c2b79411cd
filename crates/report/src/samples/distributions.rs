//! Runs whose checks measured how long people wait.

use tidegate_core::check::{Doubt, Inconclusive, Metric, Unit};
use tidegate_core::distribution::{Distribution, Mark, Standing};
use tidegate_core::event::Summary;
use tidegate_core::result::{CheckResult, Outcome};

use super::{passed, result, slow_list, summary};

/// So many values around a median, with a tail to the right as response times have it: the quantiles of a
/// log-normal distribution with sigma 0.5, with Tukey's lambda distribution for the normal one.
pub(crate) fn spread(median: f64, count: u32) -> Vec<f64> {
    let quantile = |at: u32| {
        let share = (f64::from(at) + 0.5) / f64::from(count);
        let normal = 5.0633 * (share.powf(0.135) - (1.0 - share).powf(0.135));
        ((median * (0.5 * normal).exp()) * 1e3).round() / 1e3
    };
    (0..count).map(quantile).collect()
}

fn mark(value: f64, interval: (f64, f64), budget: Option<f64>, standing: Standing) -> Mark {
    Mark {
        percentile: 95.0,
        value,
        interval: (Some(interval.0), Some(interval.1)),
        budget,
        standing,
    }
}

pub(crate) fn distribution(subject: &str, values: Vec<f64>, mark: Mark) -> Distribution {
    Distribution {
        subject: subject.into(),
        unit: Unit::Milliseconds,
        count: values.len() as u64,
        values,
        reference: Vec::new(),
        marks: vec![mark],
    }
}

fn metrics(distribution: &Distribution) -> Vec<Metric> {
    let metric = |name: &str, unit, value| Metric {
        name: name.into(),
        subject: distribution.subject.clone(),
        unit,
        value,
        samples: Vec::new(),
    };
    let count = u32::try_from(distribution.count).unwrap();
    vec![
        metric("p95", Unit::Milliseconds, distribution.marks[0].value),
        metric("samples", Unit::Count, f64::from(count)),
    ]
}

/// A check that measured this.
pub(crate) fn measured(
    id: &str,
    kind: &str,
    outcome: Outcome,
    all: Vec<Distribution>,
) -> CheckResult {
    let mut measured = result(id, kind, outcome, Vec::new());
    measured.metrics = all.iter().flat_map(metrics).collect();
    measured.distributions = all;
    measured
}

pub(crate) fn good() -> Distribution {
    let within = mark(216.6, (204.1, 231.4), Some(300.0), Standing::Within);
    let mut good = distribution("GET /api/records", spread(92.0, 400), within);
    let p99 = Mark {
        percentile: 99.0,
        interval: (Some(298.0), None),
        value: 351.2,
        budget: Some(800.0),
        standing: Standing::Within,
    };
    good.marks.push(p99);
    good
}

fn over() -> Distribution {
    let mut values = spread(140.0, 118);
    values.extend([4_100.0, 6_400.0]);
    let over = mark(412.0, (380.2, 6_400.0), Some(300.0), Standing::Over);
    distribution("GET /api/search?q=tide", values, over)
}

fn too_close() -> Distribution {
    let close = mark(296.0, (290.0, 304.0), Some(300.0), Standing::TooClose);
    distribution("POST /api/search", spread(125.0, 1_000), close)
}

/// The new arm slower than the old one.
fn two_arms() -> Distribution {
    let mut arms = distribution(
        "GET /api/invoices",
        spread(130.0, 300),
        mark(306.0, (289.0, 325.0), None, Standing::Over),
    );
    arms.reference = spread(88.0, 300);
    arms
}

/// A run with pictures: good, over, too close, and two arms.
pub(crate) fn waits() -> Summary {
    let mut failed = measured("search-is-fast", "latency", Outcome::Failed, vec![over()]);
    failed.findings = result("", "", Outcome::Failed, vec![slow_list()]).findings;
    let close = Outcome::Inconclusive(Inconclusive {
        reason: Doubt::TooClose,
        text: "p95 is 296 ms (290 to 304 ms), too near 300 ms".into(),
    });
    summary(vec![
        passed("create-record"),
        measured("list-is-fast", "latency", Outcome::Passed, vec![good()]),
        measured("post-is-fast", "latency", close, vec![too_close()]),
        failed,
        measured(
            "not-slower",
            "regression",
            Outcome::Failed,
            vec![two_arms()],
        ),
    ])
}

/// Numbers that no clock gives, and texts that want out of their place.
pub(crate) fn hostile(text: &str) -> Vec<Distribution> {
    let odd = mark(
        f64::NAN,
        (f64::INFINITY, -1.0),
        Some(f64::NEG_INFINITY),
        Standing::Over,
    );
    let huge = mark(1e308, (0.0, 1e308), Some(1e308), Standing::TooClose);
    let zero = mark(0.0, (0.0, 0.0), Some(0.0), Standing::Within);
    let of = |values: Vec<f64>, mark: &Mark| distribution(text, values, mark.clone());
    let mut nothing = of(Vec::new(), &odd);
    nothing.marks.clear();
    let mut percentiles = of(vec![1.0], &zero);
    percentiles.marks = [-1.0, 0.0, 101.0, f64::NAN, f64::INFINITY]
        .map(|percentile| Mark {
            percentile,
            ..zero.clone()
        })
        .into();
    let mut arms = of(vec![3.0], &zero);
    arms.reference = vec![f64::NAN, 1e308, 0.0];
    vec![
        nothing,
        of(Vec::new(), &odd),
        of(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -5.0], &odd),
        of(vec![9.0, 1.0, 5.0, f64::NAN, 2.0], &odd),
        of(vec![7.0], &huge),
        of(vec![0.0, 0.0, 1e308], &huge),
        of(vec![0.0; 3], &zero),
        of(vec![1e-300, f64::MIN_POSITIVE], &zero),
        of((0..5_000_u32).rev().map(f64::from).collect(), &zero),
        percentiles,
        arms,
    ]
}
