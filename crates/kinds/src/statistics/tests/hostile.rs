//! Values that are no times, and claims that make no sense: never a panic, never a pass.

use std::time::Duration;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};

use super::super::{
    Claim, Conclusion, Paired, Sequential, Timed, ascending, compare, fewest, fixed, interval,
    interval_ranks, is_over, nearest_rank, normalise,
};

/// What a broken clock may give.
const NO_TIMES: [f64; 4] = [f64::NAN, -1.0, f64::INFINITY, f64::NEG_INFINITY];

#[test]
fn what_is_no_time_counts_as_over() {
    for value in NO_TIMES {
        assert!(is_over(value, 300.0), "{value}");
        assert!(is_over(100.0, f64::NAN));
    }
    assert!(is_over(f64::INFINITY, f64::MAX));
    assert!(!is_over(0.0, 300.0));
    assert!(!is_over(0.0, 0.0));
}

#[test]
fn a_budget_of_nothing_is_judged_like_any_other() {
    let mut procedure = Sequential::new(Claim {
        quantile: 0.95,
        comparisons: 1,
    });
    let stopped = (0..100).find_map(|_| procedure.observe(is_over(0.1, 0.0)));
    assert_eq!(stopped, Some(Conclusion::Over));
}

#[test]
fn nothing_is_concluded_about_percentiles_that_do_not_exist() {
    for quantile in [
        0.0,
        1.0,
        1.5,
        -0.5,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        let claim = Claim {
            quantile,
            comparisons: 1,
        };
        let mut procedure = Sequential::new(claim);
        for over in [true, false] {
            for _ in 0..500 {
                assert_eq!(procedure.observe(over), None, "{quantile}");
            }
        }
        assert_eq!(procedure.conclude(), Conclusion::TooFew, "{quantile}");
        assert_eq!(fixed(claim, 1_000, 0), Conclusion::TooFew, "{quantile}");
        assert_eq!(fixed(claim, 1_000, 1_000), Conclusion::TooFew, "{quantile}");
        assert_eq!(fewest(quantile, 0.95), u32::MAX, "{quantile}");
        assert_eq!(fewest(0.95, quantile), u32::MAX, "{quantile}");
        assert_eq!(interval_ranks(500, quantile), (None, None), "{quantile}");
        let same = Paired {
            old: vec![1.0; 500],
            new: vec![1.0; 500],
        };
        assert_eq!(
            compare(&same, 0.1, quantile, 1).conclusion,
            Conclusion::TooFew
        );
    }
}

#[test]
fn more_over_than_there_are_is_not_a_pass() {
    let claim = Claim {
        quantile: 0.95,
        comparisons: 0,
    };
    assert_eq!(fixed(claim, 100, u64::MAX), Conclusion::Over);
    assert_eq!(fixed(claim, 0, 10), Conclusion::TooFew);
}

#[test]
fn counts_without_end_are_judged_quickly() {
    let claim = Claim {
        quantile: 0.95,
        comparisons: 12,
    };
    let count = 1_000_000_000;
    assert_eq!(fixed(claim, count, count / 10), Conclusion::Over);
    assert_eq!(fixed(claim, count, count / 30), Conclusion::Within);
    assert_eq!(fixed(claim, count, count / 20), Conclusion::TooClose);
    assert_eq!(fixed(claim, u64::MAX, 0), Conclusion::Within);
    assert_eq!(fixed(claim, u64::MAX, u64::MAX), Conclusion::Over);
}

#[test]
fn no_comparison_with_a_value_that_is_no_time_passes() {
    for value in NO_TIMES {
        for place in [0, 250, 499] {
            for of_old in [true, false] {
                let mut pairs = Paired {
                    old: vec![100.0; 500],
                    new: vec![50.0; 500],
                };
                let side = if of_old {
                    &mut pairs.old
                } else {
                    &mut pairs.new
                };
                side[place] = value;
                let comparison = compare(&pairs, 0.1, 0.95, 1);
                assert_eq!(
                    comparison.conclusion,
                    Conclusion::TooFew,
                    "{value} at {place}"
                );
                assert_eq!(comparison.visible, None);
            }
        }
    }
}

#[test]
fn no_comparison_of_unequal_numbers_or_with_a_senseless_tolerance_passes() {
    let unequal = Paired {
        old: vec![100.0; 500],
        new: vec![50.0; 499],
    };
    assert_eq!(
        compare(&unequal, 0.1, 0.95, 1).conclusion,
        Conclusion::TooFew
    );
    let faster = Paired {
        old: vec![100.0; 500],
        new: vec![50.0; 500],
    };
    for tolerance in [-1.0, -2.0, f64::NAN, f64::INFINITY] {
        let conclusion = compare(&faster, tolerance, 0.95, 1).conclusion;
        assert_eq!(conclusion, Conclusion::TooFew, "{tolerance}");
    }
    assert_eq!(
        compare(&Paired::default(), 0.1, 0.95, 1).conclusion,
        Conclusion::TooFew
    );
}

#[test]
fn a_percentile_that_is_no_number_is_not_told() {
    assert_eq!(nearest_rank(&[], 0.95), None);
    assert_eq!(nearest_rank(&[1.0, f64::NAN], 0.95), None);
    assert_eq!(nearest_rank(&[1.0], f64::NAN), None);
    assert_eq!(interval(&[], 0.95), (None, None));
    assert_eq!(interval(&[f64::NAN; 200], 0.95), (None, None));
}

#[test]
fn a_sample_that_is_no_time_stays_one_when_it_is_normalised() {
    let timed = |value| Timed {
        at: Duration::ZERO,
        value,
    };
    let samples = NO_TIMES.map(timed);
    for value in normalise(&samples, &[timed(2.0)], 1.0, 10) {
        assert!(is_over(value, 300.0), "{value}");
    }
}

/// Any number, and more often than not one that may be a time.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        0.0..1e6_f64,
        Just(f64::NAN),
        Just(0.0),
        Just(f64::MAX)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_whatever_is_measured(
        old in proptest::collection::vec(value(), 0..80),
        new in proptest::collection::vec(value(), 0..80),
        tolerance in value(),
        quantile in prop_oneof![0.0..1.0_f64, value()],
        blocks in 0_usize..20,
    ) {
        let broken = |values: &[f64]| values.iter().any(|value| !value.is_finite() || *value < 0.0);
        let timed = |values: &[f64]| -> Vec<Timed> {
            let at = |value: f64| Duration::try_from_secs_f64(value).unwrap_or_default();
            values.iter().map(|value| Timed { at: at(*value), value: *value }).collect()
        };
        let normalised = normalise(&timed(&old), &timed(&new), tolerance, blocks);
        assert!(normalised.is_empty() || normalised.len() == old.len());
        let mut procedure = Sequential::new(Claim { quantile, comparisons: 3 });
        for value in &old {
            procedure.observe(is_over(*value, tolerance));
        }
        procedure.conclude();
        let sorted = ascending(old.iter().copied());
        let _ = (nearest_rank(&sorted, quantile), interval(&sorted, quantile));
        let senseless = broken(&old) || broken(&new) || old.len() != new.len();
        let comparison = compare(&Paired { old, new }, tolerance, quantile, 1);
        if senseless {
            assert_eq!(comparison.conclusion, Conclusion::TooFew);
        }
    }
}
