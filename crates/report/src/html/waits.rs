//! How long requests took: for each route a picture and its figures.

use tidegate_core::distribution::{Distribution, Mark, Standing};
use tidegate_core::result::CheckResult;

use super::writer::{Html, class};
use super::{Section, Source, chart, tables};
use crate::distribution::words::{amount, percentile, range, samples, standing as word};
use crate::distribution::{
    Axis, Room, all, beside, fails, marks, nearest_rank, standing, tidy, worst,
};
use crate::text::{capital, clip, count, only_in_json};

/// How many routes have a picture.
const PICTURES: usize = 60;
/// From how many bytes of the report on pictures are left out.
const UNTIL: usize = 8 * 1024 * 1024;
/// How many characters of a route are shown.
const NAME: usize = 300;

pub(super) const SECTION: Section = Section {
    id: "waits",
    title: "How long people wait",
    shown: |source| {
        let results = source.summary.results.iter();
        results.flat_map(|one| &one.distributions).next().is_some()
    },
    write,
};

fn write(html: &mut Html, source: &Source<'_>) {
    html.lead(
        "p95 is the time within which 95 of 100 requests were answered. It was measured on a part of all \
         requests, so the true value is only known to lie between two others, with 95 % confidence: the bar \
         below each picture.",
    );
    let mut left_out = 0;
    for (index, (result, distribution)) in all(source.summary).into_iter().enumerate() {
        if index >= PICTURES || html.len() > UNTIL {
            left_out += 1;
        } else {
            route(html, result, &tidy(distribution, Room::default()));
        }
    }
    if left_out > 0 {
        let text = only_in_json(count(left_out, "route")) + ".";
        html.leaf("p", &[], &text);
    }
}

fn route(html: &mut Html, result: &CheckResult, distribution: &Distribution) {
    let tone = match standing(distribution) {
        Standing::Within => "good",
        Standing::Over if fails(result, Standing::Over) => "bad",
        Standing::Over | Standing::TooClose => "doubt",
        Standing::Unjudged => "info",
    };
    let compared = !distribution.reference.is_empty();
    let text = worst(distribution).map_or("not judged", |mark| word(mark, compared));
    html.with("figure", &[class("wait")], |html| {
        html.with("figcaption", &[class(tone)], |html| {
            html.line(&clip(&distribution.subject, NAME));
            html.space();
            html.leaf("span", &[class("badge")], text);
        });
        let behind = format!("{}, {}", result.id, samples(distribution.count));
        html.leaf("p", &[class("quiet")], &behind);
        html.with("div", &[class("beside")], |html| {
            html.with("div", &[], |html| {
                chart::draw(html, distribution, beside(result));
                key(html, distribution, beside(result));
            });
            figures(html, distribution, beside(result));
        });
    });
}

/// What the signs of the picture mean.
fn key(html: &mut Html, distribution: &Distribution, beside: &'static str) {
    if distribution.values.is_empty() {
        return;
    }
    let mut signs = vec![("new", "this deploy")];
    if !distribution.reference.is_empty() {
        signs.push(("old", beside));
    }
    if Axis::of(distribution).is_some_and(|axis| axis.logarithmic) {
        signs.push(("scale", "logarithmic axis"));
    }
    html.with("ul", &[class("key")], |html| {
        for (tone, text) in signs {
            html.with("li", &[class(tone)], |html| html.line(text));
        }
    });
}

/// A row for each percentile.
fn figures(html: &mut Html, distribution: &Distribution, beside: &str) {
    let unit = distribution.unit;
    let compared = !distribution.reference.is_empty();
    // Without a latency budget its column is left out: a small screen has no room for it.
    let budgeted = marks(distribution).iter().any(|mark| mark.budget.is_some());
    let mut columns = vec!["Percentile".to_owned(), "Measured".to_owned()];
    columns.extend(compared.then(|| capital(beside)));
    columns.push("95 % sure between".to_owned());
    columns.extend(budgeted.then(|| "At most".to_owned()));
    columns.push("Result".to_owned());
    let row = |mark: &Mark| {
        let known =
            |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |one| amount(one, unit));
        let result = match (mark.standing, mark.budget) {
            (Standing::Unjudged, None) => "–",
            _ => word(mark, compared),
        };
        let mut cells = vec![
            percentile(mark.percentile),
            known(Some(mark.value).filter(|value| value.is_finite())),
        ];
        let before = || known(nearest_rank(&distribution.reference, mark.percentile));
        cells.extend(compared.then(before));
        cells.push(range(mark.interval, unit).unwrap_or_else(|| "–".to_owned()));
        cells.extend(budgeted.then(|| known(mark.budget)));
        cells.push(result.to_owned());
        cells
    };
    let rows: Vec<Vec<String>> = marks(distribution).iter().map(row).collect();
    let title = format!("Figures of {}", clip(&distribution.subject, NAME));
    let slices = rows.iter().map(Vec::as_slice);
    tables::grid(html, &title, &columns, slices, rows.len());
}
