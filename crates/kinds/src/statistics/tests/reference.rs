//! The reference's table of budgets, row by row.

use super::super::{Claim, Conclusion, fewest, fixed, interval, interval_ranks, nearest_rank};

/// Samples, PASS if so many are over or fewer, FAIL if so many or more, ranks of the interval of p95.
type Row = (u64, Option<u64>, u64, usize, Option<usize>);

const TABLE: [Row; 8] = [
    (50, None, 6, 44, None),
    (59, Some(0), 7, 52, None),
    (100, Some(1), 10, 90, Some(100)),
    (200, Some(4), 16, 184, Some(197)),
    (300, Some(8), 22, 277, Some(293)),
    (500, Some(16), 34, 465, Some(485)),
    (1_000, Some(38), 63, 936, Some(964)),
    (2_000, Some(83), 117, 1_880, Some(1_920)),
];

const P95: Claim = Claim {
    quantile: 0.95,
    comparisons: 1,
};

#[test]
fn every_count_of_every_row_is_judged_as_the_reference_says() {
    for (count, pass, fail, _, _) in TABLE {
        for over in 0..=count {
            let expected = match pass {
                Some(most) if over <= most => Conclusion::Within,
                _ if over >= fail => Conclusion::Over,
                None => Conclusion::TooFew,
                Some(_) => Conclusion::TooClose,
            };
            assert_eq!(fixed(P95, count, over), expected, "{over} of {count}");
        }
    }
}

#[test]
fn the_interval_has_the_ranks_of_the_reference() {
    for (count, _, _, lower, upper) in TABLE {
        let count = usize::try_from(count).unwrap();
        assert_eq!(interval_ranks(count, 0.95), (Some(lower), upper), "{count}");
        let values: Vec<f64> = (1..=count).map(|value| value as f64).collect();
        let expected = (Some(lower as f64), upper.map(|rank| rank as f64));
        assert_eq!(interval(&values, 0.95), expected, "{count}");
    }
}

#[test]
fn fewest_samples_are_those_of_the_reference() {
    assert_eq!(fewest(0.95, 0.95), 59);
    assert_eq!(fewest(0.95, 0.99), 90);
    assert_eq!(fewest(0.95, 1.0 - 0.05 / 12.0), 107);
    assert_eq!(fewest(0.99, 0.95), 299);
    assert_eq!(fewest(0.90, 0.95), 29);
    assert_eq!(fewest(0.50, 0.95), 5);
}

#[test]
fn the_fewest_can_pass_and_one_less_cannot() {
    for quantile in [0.5, 0.9, 0.95, 0.99] {
        let claim = Claim {
            quantile,
            comparisons: 12,
        };
        let least = u64::from(fewest(quantile, 0.95));
        assert_eq!(fixed(claim, least, 0), Conclusion::Within, "{quantile}");
        assert_eq!(fixed(claim, least - 1, 0), Conclusion::TooFew, "{quantile}");
    }
}

#[test]
fn a_rank_is_the_least_that_reaches_the_share() {
    let values: Vec<f64> = (1..=2_000).map(f64::from).collect();
    for count in 1..=values.len() {
        for (quantile, hundredths) in [(0.5, 50), (0.9, 90), (0.95, 95), (0.99, 99), (0.07, 7)] {
            let rank = (count * hundredths).div_ceil(100);
            assert_eq!(
                nearest_rank(&values[..count], quantile),
                Some(rank as f64),
                "{quantile} of {count}"
            );
        }
    }
    assert_eq!(nearest_rank(&values, 1.0), Some(2_000.0));
}

#[test]
fn an_interval_holds_its_percentile_for_every_percentile() {
    let values: Vec<f64> = (1..=500).map(f64::from).collect();
    for quantile in [0.5, 0.9, 0.95, 0.99] {
        let value = nearest_rank(&values, quantile).unwrap();
        let (lower, upper) = interval(&values, quantile);
        assert!(lower.unwrap() < value, "{quantile}");
        assert!(upper.is_none_or(|upper| upper > value), "{quantile}");
    }
}
