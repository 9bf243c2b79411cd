//! Values that are kept and counted.

use tidegate_core::distribution::KEPT;

use super::super::{Claim, Conclusion, Reservoir, Seeded, Tally, fixed};

#[test]
fn few_values_are_all_kept_in_order() {
    let mut reservoir = Reservoir::new(1);
    for value in [3.0, 1.0, 2.0] {
        reservoir.add(value);
    }
    assert_eq!(reservoir.ascending(), [1.0, 2.0, 3.0]);
    assert_eq!((reservoir.count(), reservoir.unusable()), (3, 0));
}

#[test]
fn every_value_has_the_same_chance_to_be_kept() {
    let mut reservoir = Reservoir::new(1);
    let count = 50_000_u32;
    (0..count).for_each(|value| reservoir.add(f64::from(value)));
    let kept = reservoir.ascending();
    assert_eq!(kept.len(), KEPT);
    assert_eq!(reservoir.count(), u64::from(count));
    // Tenths of the run: 200 of each expected, with a deviation of √(2000 × .1 × .9 × .96) = 13.
    for tenth in 0..10 {
        let (from, until) = (f64::from(tenth * 5_000), f64::from((tenth + 1) * 5_000));
        let chosen = kept
            .iter()
            .filter(|value| (from..until).contains(value))
            .count();
        assert!((135..=265).contains(&chosen), "{chosen} of tenth {tenth}");
    }
}

#[test]
fn the_seed_decides_which_are_kept() {
    let kept = |seed| {
        let mut reservoir = Reservoir::new(seed);
        (0..5_000).for_each(|value| reservoir.add(f64::from(value)));
        reservoir.ascending()
    };
    assert_eq!(kept(1), kept(1));
    assert_ne!(kept(1), kept(2));
}

#[test]
fn counts_over_each_budget_stay_exact_beyond_what_is_kept() {
    let mut tally = Tally::new(&[10.0, 99.0, 1_000.0]);
    for value in 0..10_000 {
        tally.add(f64::from(value % 100));
    }
    assert_eq!(tally.count(), 10_000);
    let over = [0, 1, 2, 3].map(|budget| tally.over(budget));
    assert_eq!(over, [Some(8_900), Some(0), Some(0), None]);
    let claim = Claim {
        quantile: 0.95,
        comparisons: 3,
    };
    assert_eq!(
        fixed(claim, tally.count(), over[0].unwrap()),
        Conclusion::Over
    );
    assert_eq!(
        fixed(claim, tally.count(), over[1].unwrap()),
        Conclusion::Within
    );
}

#[test]
fn values_on_the_budget_are_within_it() {
    let mut tally = Tally::new(&[10.0]);
    tally.add(10.0);
    tally.add(10.0_f64.next_up());
    assert_eq!(tally.over(0), Some(1));
}

#[test]
fn the_stream_of_a_seed_never_changes() {
    // The first numbers of the published algorithm for these seeds.
    let mut random = Seeded::new(1_234_567);
    let first = [random.draw(), random.draw(), random.draw()];
    assert_eq!(
        first,
        [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423
        ]
    );
}

#[test]
fn random_numbers_stay_in_their_bounds() {
    let mut random = Seeded::new(3);
    let mut seen = [0_u32; 5];
    for _ in 0..5_000 {
        seen[random.index(5)] += 1;
        assert!((0.0..1.0).contains(&random.unit()));
        assert!(random.below(3) < 3);
    }
    // 1,000 expected, with a deviation of 28.
    assert!(
        seen.iter().all(|times| (880..=1_120).contains(times)),
        "{seen:?}"
    );
    assert_eq!(
        (random.index(0), random.below(0), random.below(1)),
        (0, 0, 0)
    );
}
