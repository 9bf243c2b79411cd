//! The combined procedure, computed through every count: exact to the digits that are shown.

use super::super::acceptance::{Shares, combined_exactly};
use super::super::{Claim, Conclusion, Seeded, Sequential, fewest, fixed};

fn claim(quantile: f64, comparisons: u32) -> Claim {
    Claim {
        quantile,
        comparisons,
    }
}

/// How runs end on the edge of the budget.
fn on_the_edge(claim: Claim, caps: &[u64]) -> Vec<Shares> {
    combined_exactly(claim, caps, 1.0 - claim.quantile)
}

#[test]
fn on_its_budget_a_route_is_found_over_it_at_most_one_time_in_twenty() {
    let caps = [59, 100, 200, 500, 1_000, 2_000];
    for (comparisons, expected) in [
        (
            1,
            [
                0.029_207, 0.031_002, 0.028_311, 0.026_411, 0.036_095, 0.034_094,
            ],
        ),
        (
            12,
            [
                0.000_906, 0.001_785, 0.001_627, 0.002_179, 0.003_072, 0.003_235,
            ],
        ),
    ] {
        let found = on_the_edge(claim(0.95, comparisons), &caps);
        let over: Vec<f64> = found.iter().map(|shares| shares.over).collect();
        for (cap, (found, expected)) in caps.iter().zip(over.iter().zip(expected)) {
            assert!(
                (found - expected).abs() < 1e-6,
                "{comparisons} {cap}: {over:?}"
            );
            assert!(*found <= 0.05 / f64::from(comparisons));
        }
    }
}

#[test]
fn the_procedure_passes_and_stops_as_computed_once() {
    // Share over, cap, and then found within, found over, and the mean number of samples.
    for (share, cap, within, over, samples) in [
        (0.018, 1_000, 0.999_900, 0.000_092, 240.261),
        (0.03, 500, 0.689_998, 0.000_623, 393.941),
        (0.09, 200, 0.000_556, 0.640_360, 169.815),
    ] {
        let found = combined_exactly(claim(0.95, 1), &[cap], share)[0];
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-5;
        let as_expected = near(found.within, within) && near(found.over, over);
        assert!(as_expected, "{share} {found:?}");
        assert!((found.samples - samples).abs() < 1e-3, "{share} {found:?}");
    }
}

#[test]
fn the_other_percentiles_keep_the_same_error() {
    for quantile in [0.5, 0.9, 0.99] {
        for shares in on_the_edge(claim(quantile, 1), &[300, 1_000]) {
            assert!(shares.over <= 0.05, "{quantile}: {shares:?}");
            assert!(
                shares.over >= 0.01,
                "{quantile} sees less than it could: {shares:?}"
            );
            assert!(shares.within <= 0.10, "{quantile}: {shares:?}");
        }
    }
}

#[test]
fn a_portal_far_over_or_well_within_its_budget_is_known_early() {
    for (quantile, worse, better) in [(0.5, 0.8, 0.2), (0.9, 0.3, 0.02), (0.99, 0.05, 0.001)] {
        let found = combined_exactly(claim(quantile, 12), &[1_000], worse);
        assert!(found[0].over > 0.999, "{quantile}: {found:?}");
        assert!(found[0].samples < 200.0, "{quantile}: {found:?}");
        let found = combined_exactly(claim(quantile, 12), &[1_000], better);
        assert!(found[0].within > 0.95, "{quantile}: {found:?}");
    }
}

/// Observes until it stops or no sample is left.
fn judged(claim: Claim, samples: &[bool]) -> Sequential {
    let mut procedure = Sequential::new(claim);
    for over in samples {
        if procedure.observe(*over).is_some() {
            break;
        }
    }
    procedure
}

/// Samples of which about this share is over.
fn drawn(share: f64, count: usize, random: &mut Seeded) -> Vec<bool> {
    (0..count).map(|_| random.unit() < share).collect()
}

#[test]
fn more_comparisons_make_a_failure_rarer_and_a_pass_never_harder() {
    let mut random = Seeded::new(1);
    for round in 0_u32..300 {
        let samples = drawn(0.15 * random.unit(), 400, &mut random);
        let alone = judged(claim(0.95, 1), &samples).conclude();
        let among = judged(claim(0.95, 12), &samples).conclude();
        if among == Conclusion::Over {
            assert_eq!(alone, Conclusion::Over, "round {round}");
        }
        if alone == Conclusion::Within {
            assert_eq!(among, Conclusion::Within, "round {round}");
        }
    }
    for count in 0..400 {
        for over in 0..=count.min(60) {
            let alone = fixed(claim(0.95, 1), count, over);
            let among = fixed(claim(0.95, 12), count, over);
            assert!(among != Conclusion::Over || alone == Conclusion::Over);
            assert_eq!(alone == Conclusion::Within, among == Conclusion::Within);
        }
    }
    // Eight of sixty are too many for one, and could be chance among twelve.
    assert_eq!(fixed(claim(0.95, 1), 60, 8), Conclusion::Over);
    assert_eq!(fixed(claim(0.95, 12), 60, 8), Conclusion::TooClose);
}

#[test]
fn more_over_never_looks_better() {
    let order = |conclusion| match conclusion {
        Conclusion::Within => 0,
        Conclusion::TooFew | Conclusion::TooClose => 1,
        Conclusion::Over => 2,
    };
    for count in [1, 10, 58, 59, 60, 200, 999] {
        for quantile in [0.5, 0.9, 0.95, 0.99] {
            let found = (0..=count).map(|over| order(fixed(claim(quantile, 3), count, over)));
            let found: Vec<i32> = found.collect();
            assert!(found.is_sorted(), "{count} {quantile}");
        }
    }
}

#[test]
fn no_sample_and_too_few_are_never_a_pass() {
    for quantile in [0.5, 0.9, 0.95, 0.99] {
        let mut procedure = Sequential::new(claim(quantile, 1));
        assert_eq!(procedure.conclude(), Conclusion::TooFew);
        for count in 1..fewest(quantile, 0.95) {
            assert_eq!(procedure.observe(false), None, "{count} at {quantile}");
            assert_eq!(procedure.conclude(), Conclusion::TooFew);
        }
        procedure.observe(false);
        assert_eq!(procedure.conclude(), Conclusion::Within, "{quantile}");
    }
    assert_eq!(fixed(claim(0.95, 1), 0, 0), Conclusion::TooFew);
}

#[test]
fn few_samples_that_are_nearly_all_over_fail() {
    let mut procedure = Sequential::new(claim(0.95, 1));
    let stopped = (0..20).find_map(|_| procedure.observe(true));
    assert_eq!(stopped, Some(Conclusion::Over));
    assert_eq!((procedure.count(), procedure.over()), (3, 3));
    let found = judged(claim(0.95, 12), &[true; 20]);
    assert_eq!((found.conclude(), found.count()), (Conclusion::Over, 4));
}

#[test]
fn what_is_proven_stays_whatever_comes_later() {
    let mut procedure = judged(claim(0.95, 1), &[true; 3]);
    for _ in 0..2_000 {
        assert_eq!(procedure.observe(false), Some(Conclusion::Over));
    }
    assert_eq!(procedure.conclude(), Conclusion::Over);
    assert_eq!((procedure.count(), procedure.over()), (2_003, 3));
}

#[test]
fn a_good_route_stops_after_81_samples_without_one_over() {
    let found = judged(claim(0.95, 12), &[false; 1_000]);
    assert_eq!((found.conclude(), found.count()), (Conclusion::Within, 81));
}
