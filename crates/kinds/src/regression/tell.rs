//! What a comparison says to its readers.

use tidegate_core::check::{CheckReport, Doubt, Inconclusive, Metric, Unit};
use tidegate_core::distribution::{Distribution, Mark, Standing as MarkStanding};
use tidegate_core::finding::Finding;
use tidegate_core::request::RequestTemplate;
use tidegate_core::span::Location;

use super::codes::SLOWER;
use super::judge::{Judged, Question, Standing};
use crate::measure::{Percentile, count, time};
use crate::statistics::{interval, nearest_rank};

/// A route, its times in ascending order, and what they prove.
pub(super) struct Told {
    name: String,
    location: Location,
    old: Vec<f64>,
    new: Vec<f64>,
    /// Nothing where there was nothing to compare with yet.
    judged: Option<Judged>,
}

impl Told {
    /// Times in milliseconds, in any order.
    pub(super) fn new(
        route: &RequestTemplate,
        mut old: Vec<f64>,
        mut new: Vec<f64>,
        judged: Option<Judged>,
    ) -> Self {
        old.sort_by(f64::total_cmp);
        new.sort_by(f64::total_cmp);
        Self {
            name: route.name(),
            location: route.span.location(),
            old,
            new,
            judged,
        }
    }
}

/// Says why nothing is proven.
pub(super) fn no_evidence(mut report: CheckReport, text: String) -> CheckReport {
    report.inconclusive = Some(Inconclusive {
        reason: Doubt::NoEvidence,
        text,
    });
    report
}

/// Puts what the routes prove into a report; `old` is what the new deploy was compared with.
pub(super) fn routes(routes: &[Told], question: &Question, old: &str, report: &mut CheckReport) {
    let words = Words {
        question,
        percentile: question.percentile,
        old,
    };
    let (mut lacking, mut close) = (Vec::new(), Vec::new());
    for route in routes {
        metrics(route, &mut report.metrics);
        report.distributions.push(words.distribution(route));
        let Some(judged) = &route.judged else {
            report.evaluated += 1;
            continue;
        };
        report.notes.push(words.note(route, judged));
        match judged.standing {
            Standing::Slower => report.findings.push(words.finding(route, judged)),
            Standing::Within | Standing::RuledOut => {}
            Standing::TooClose => close.push(words.too_close(route, judged)),
            Standing::TooFew => lacking.push(words.too_few(route, judged)),
        }
        report.evaluated += u32::from(judged.standing != Standing::TooFew);
    }
    let (reason, texts) = if lacking.is_empty() {
        (Doubt::TooClose, close)
    } else {
        (Doubt::NoEvidence, lacking)
    };
    if !texts.is_empty() {
        let text = texts.join(" ");
        report.inconclusive = Some(Inconclusive { reason, text });
    }
}

fn metrics(route: &Told, metrics: &mut Vec<Metric>) {
    let mut add = |name: String, unit: Unit, value: f64| {
        metrics.push(Metric {
            name,
            subject: route.name.clone(),
            unit,
            value,
            samples: Vec::new(),
        });
    };
    for percentile in Percentile::ALL {
        let quantile = percentile.quantile();
        if let Some(value) = nearest_rank(&route.new, quantile) {
            add(percentile.to_string(), Unit::Milliseconds, value);
        }
        if let Some(value) = nearest_rank(&route.old, quantile) {
            add(format!("old-{percentile}"), Unit::Milliseconds, value);
        }
    }
    add("samples".to_owned(), Unit::Count, route.new.len() as f64);
    let Some(judged) = &route.judged else {
        return;
    };
    if judged.comparison.ratio.is_finite() {
        add("ratio".to_owned(), Unit::Count, judged.comparison.ratio);
    }
    if let Some(visible) = judged.comparison.visible {
        add("visible".to_owned(), Unit::Count, visible);
    }
}

struct Words<'w> {
    question: &'w Question,
    percentile: Percentile,
    old: &'w str,
}

impl Words<'_> {
    fn at(&self, ascending: &[f64]) -> String {
        let quantile = self.percentile.quantile();
        let Some(value) = nearest_rank(ascending, quantile) else {
            return "not known".to_owned();
        };
        let (lower, upper) = interval(ascending, quantile);
        let end = |end: Option<f64>, absent: &str| end.map_or_else(|| absent.to_owned(), time);
        format!(
            "{} (with 95 % confidence from {} to {})",
            time(value),
            end(lower, "0"),
            end(upper, "more than was measured"),
        )
    }

    fn beyond(&self) -> String {
        format!("{:.0} %", self.question.tolerance * 100.0)
    }

    /// What this run could have seen, which belongs to every outcome.
    fn visible(judged: &Judged) -> String {
        judged.comparison.visible.map_or_else(
            || "it is not known which slowdown this run could have seen".to_owned(),
            |visible| format!("this run could have seen a slowdown of {visible:.2}× or more"),
        )
    }

    fn note(&self, route: &Told, judged: &Judged) -> String {
        let Self {
            percentile, old, ..
        } = self;
        let wanted = self.question.visible;
        let proven = match judged.standing {
            Standing::Slower => format!("it is slower by more than {}", self.beyond()),
            Standing::Within => format!("it is not slower by more than {}", self.beyond()),
            Standing::RuledOut => {
                format!("no slowdown was seen, and one of {wanted:.2}× or more is ruled out")
            }
            Standing::TooClose => format!("a slowdown of {wanted:.2}× could not be ruled out"),
            Standing::TooFew => "too few pairs prove nothing".to_owned(),
        };
        let swapped = if judged.strikingly_faster() {
            " It is strikingly faster: are old and new swapped?"
        } else {
            ""
        };
        format!(
            "{}: {percentile} is {} times that of {old}{}, from {} pairs; {proven}; {}.{swapped}",
            route.name,
            ratio(judged),
            between(judged),
            judged.pairs,
            Self::visible(judged),
        )
    }

    fn finding(&self, route: &Told, judged: &Judged) -> Finding {
        let Self {
            percentile, old, ..
        } = self;
        let comparison = &judged.comparison;
        let title = format!(
            "{} became slower: its {percentile} is {} times that of {old}",
            route.name,
            ratio(judged),
        );
        let proof = format!(
            "p = {:.3} that chance shows as much when it is slower by just {}, from {} pairs; {}",
            comparison.upper,
            self.beyond(),
            judged.pairs,
            Self::visible(judged),
        );
        Finding::new(&SLOWER, route.location.clone(), title)
            .subject(route.name.clone())
            .advice("Look at what this change does on the way of the request: a query for each row, a missing index, a call to another service, a cache that is gone. When the slowdown is wanted, raise `tolerance:`.")
            .evidence(format!("{percentile} of {old}"), self.at(&route.old))
            .evidence(format!("{percentile} of the new deploy"), self.at(&route.new))
            .evidence("ratio", format!("{}{}", ratio(judged), between(judged)))
            .evidence("proof", proof)
    }

    fn too_close(&self, route: &Told, judged: &Judged) -> String {
        let remedy = match judged.wanted(self.question) {
            Some(pairs) if pairs <= self.question.most => {
                "More time with `within:` would tell.".to_owned()
            }
            Some(pairs) if pairs <= 2_000 => format!("`samples: {pairs}` would tell."),
            Some(_) => "Its times vary too much for that: name a larger slowdown with `visible:`."
                .to_owned(),
            None => "More `samples:` would tell, or more time with `within:`.".to_owned(),
        };
        format!(
            "{}: too close to call. Its {} is {} times that of {}{}: {} against {}. A slowdown of {:.2}× could not be ruled out; {}. {remedy}",
            route.name,
            self.percentile,
            ratio(judged),
            self.old,
            between(judged),
            self.at(&route.new),
            self.at(&route.old),
            self.question.visible,
            Self::visible(judged),
        )
    }

    fn too_few(&self, route: &Told, judged: &Judged) -> String {
        format!(
            "{}: only {} were answered by both, which prove nothing; {}.",
            route.name,
            count(judged.pairs as u64, "pair"),
            Self::visible(judged),
        )
    }

    fn distribution(&self, route: &Told) -> Distribution {
        let quantile = self.percentile.quantile();
        let mark = nearest_rank(&route.new, quantile).map(|value| Mark {
            percentile: f64::from(self.percentile.number()),
            value,
            interval: interval(&route.new, quantile),
            budget: None,
            standing: match route.judged.map(|judged| judged.standing) {
                Some(Standing::Slower) => MarkStanding::Over,
                Some(Standing::Within | Standing::RuledOut) => MarkStanding::Within,
                Some(Standing::TooClose) => MarkStanding::TooClose,
                Some(Standing::TooFew) | None => MarkStanding::Unjudged,
            },
        });
        Distribution {
            subject: route.name.clone(),
            unit: Unit::Milliseconds,
            values: route.new.clone(),
            count: route.new.len() as u64,
            reference: route.old.clone(),
            marks: mark.into_iter().collect(),
        }
    }
}

fn ratio(judged: &Judged) -> String {
    let ratio = judged.comparison.ratio;
    if ratio.is_finite() {
        format!("{ratio:.2}")
    } else {
        "an unknown number of".to_owned()
    }
}

/// Between what the true ratio lies.
fn between(judged: &Judged) -> String {
    let end = |end: Option<f64>, absent: &str| {
        end.map_or_else(|| absent.to_owned(), |end| format!("{end:.2}"))
    };
    match judged.comparison.interval {
        (None, None) => String::new(),
        (lower, upper) => format!(
            " (between {} and {})",
            end(lower, "0"),
            end(upper, "any number")
        ),
    }
}
