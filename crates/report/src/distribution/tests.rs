//! What is drawn of good numbers, and that no number breaks it.

use proptest::prelude::*;
use tidegate_core::check::Unit;

use super::*;
use crate::samples;

/// Every number that a hostile check could give.
fn numbers() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(1e308),
        Just(0.0),
        0.0..1e6,
    ]
}

fn any_distribution() -> impl Strategy<Value = Distribution> {
    let ends = (
        proptest::option::of(numbers()),
        proptest::option::of(numbers()),
    );
    let mark = (numbers(), numbers(), ends, proptest::option::of(numbers()));
    let mark = mark.prop_map(|(percentile, value, interval, budget)| Mark {
        percentile,
        value,
        interval,
        budget,
        standing: Standing::Over,
    });
    let lists = (
        proptest::collection::vec(numbers(), 0..40),
        proptest::collection::vec(numbers(), 0..10),
        proptest::collection::vec(mark, 0..20),
    );
    lists.prop_map(|(values, reference, marks)| Distribution {
        subject: String::new(),
        unit: Unit::Milliseconds,
        count: values.len() as u64,
        values,
        reference,
        marks,
    })
}

proptest! {
    #[test]
    fn no_number_breaks_a_drawing(hostile in any_distribution()) {
        let tidied = tidy(&hostile, Room::default());
        prop_assert!(tidied.values.is_sorted());
        prop_assert!(tidied.values.iter().all(|one| (0.0..=1e11).contains(one)));
        prop_assert_eq!(format!("{:?}", tidy(&tidied, Room::default())), format!("{tidied:?}"));
        if let Some(axis) = Axis::of(&tidied) {
            prop_assert!((2..=10).contains(&axis.ticks.len()), "{:?}", axis);
            for value in tidied.values.iter().chain(&axis.ticks) {
                prop_assert!((0.0..=1.0).contains(&axis.place(*value)), "{value} on {:?}", axis);
            }
            let all: f64 = shares(&tidied.values, &axis, 40).iter().sum();
            prop_assert!(tidied.values.is_empty() || (all - 1.0).abs() < 1e-9);
        }
        for unicode in [true, false] {
            prop_assert_eq!(sparkline(&tidied, 12, unicode).chars().count(), 12);
        }
        for line in drawing(&tidied, "before").into_iter().flatten() {
            prop_assert!(line.chars().count() < 120, "{}", line);
        }
    }
}

#[test]
fn a_wide_spread_gets_a_logarithmic_axis_and_a_narrow_one_does_not() {
    let axis = |values: &[f64]| {
        let mut one = samples::good();
        one.marks.clear();
        one.values = values.to_vec();
        Axis::of(&one).unwrap()
    };
    let narrow = axis(&[40.0, 90.0, 310.0]);
    assert!(!narrow.logarithmic);
    assert_eq!(narrow.ticks, [0.0, 100.0, 200.0, 300.0, 400.0]);
    let wide = axis(&[40.0, 90.0, 6_310.0]);
    assert!(wide.logarithmic);
    assert_eq!(wide.ticks, [100.0, 1_000.0, 10_000.0]);
    assert!(wide.place(40.0) < 0.2 && wide.place(6_310.0) > 0.8);
    // Every value alike, or nothing.
    assert_eq!(axis(&[0.0]).ticks.first(), Some(&0.0));
    assert!(axis(&[5.0, 5.0]).place(5.0) > 0.5);
}

#[test]
fn very_many_values_are_thinned_evenly_with_both_ends() {
    let mut many = samples::good();
    many.values = (0..5_000_u32).rev().map(f64::from).collect();
    let tidied = tidy(&many, Room::default());
    assert_eq!(tidied.values.len(), 2_000);
    assert_eq!((tidied.values[0], tidied.values[1_999]), (0.0, 4_999.0));
    let middle = tidied.values[1_000];
    assert!((2_495.0..2_505.0).contains(&middle), "{middle}");
}

#[test]
fn the_worst_judged_percentile_leads() {
    let mut one = samples::good();
    assert!(same(worst(&one).unwrap().percentile, 95.0));
    one.marks[1].standing = Standing::TooClose;
    assert!(same(worst(&one).unwrap().percentile, 99.0));
    let told: Vec<f64> = marks(&one).iter().map(|mark| mark.percentile).collect();
    assert_eq!(told, TOLD);
}

#[test]
fn values_are_told_in_words() {
    let told = [0.0, 0.254, 9.5, 41.26, 412.4, 1_240.0, 61_000.0, 1e11]
        .map(|one| words::amount(one, Unit::Milliseconds));
    assert_eq!(
        told,
        [
            "0.0 ms",
            "0.3 ms",
            "9.5 ms",
            "41 ms",
            "412 ms",
            "1.24 s",
            "61.0 s",
            "100000000.0 s"
        ]
    );
    assert_eq!(words::amount(201_400.0, Unit::Bytes), "201 kB");
    assert_eq!(
        words::range((Some(201.0), Some(1_230.0)), Unit::Milliseconds).unwrap(),
        "201 ms to 1.23 s"
    );
    assert_eq!(
        words::range((Some(201.0), Some(230.4)), Unit::Milliseconds).unwrap(),
        "201 to 230 ms"
    );
    assert_eq!(
        words::range((Some(4.0), Some(9.0)), Unit::Count).unwrap(),
        "4 to 9"
    );
    let good = samples::good();
    assert_eq!(
        words::sentence(&good.marks[1], &good, "before"),
        "p99 is 351 ms (298 ms or more), of at most 800 ms: within"
    );
    assert_eq!(words::percentile(99.9), "p99.9");
}

#[test]
fn a_drawing_shows_the_budgets_the_bars_the_axis_and_the_estimate() {
    insta::assert_snapshot!(drawing(&samples::good(), "before").unwrap().join("\n"));
    let wide = samples::waits().results[3].distributions[0].clone();
    insta::assert_snapshot!(drawing(&wide, "before").unwrap().join("\n"));
}

#[test]
fn a_sparkline_marks_the_budget_also_without_unicode() {
    let good = samples::good();
    assert_eq!(sparkline(&good, 16, true), "▁▁▂▃▆██▇▄▂▁┆▁   ");
    assert_eq!(sparkline(&good, 16, false), "..:-o@@#=:.|.   ");
    // Of several it is that of the percentile that is told beside it: here 800 ms, the end of the axis.
    let mut tail = good;
    tail.marks[1].standing = Standing::TooClose;
    assert_eq!(sparkline(&tail, 16, false), "..:-o@@#=:...  |");
}
