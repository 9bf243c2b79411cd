//! Values that are kept, and the random numbers that choose them.

use tidegate_core::distribution::KEPT;

use super::super::{Reservoir, Seeded, ascending, is_over};

#[test]
fn few_values_are_all_kept() {
    let mut reservoir = Reservoir::new(1);
    for value in [3.0, 1.0, 2.0] {
        reservoir.add(value);
    }
    assert_eq!(reservoir.kept(), [3.0, 1.0, 2.0]);
    assert_eq!(reservoir.count(), 3);
    assert_eq!(ascending(reservoir.kept().iter().copied()), [1.0, 2.0, 3.0]);
}

#[test]
fn every_value_has_the_same_chance_to_be_kept() {
    let mut reservoir = Reservoir::new(1);
    let count = 50_000_u32;
    (0..count).for_each(|value| reservoir.add(value));
    let kept = reservoir.kept();
    assert_eq!(kept.len(), KEPT);
    assert_eq!(reservoir.count(), u64::from(count));
    // Tenths of the run: 200 of each expected, with a deviation of √(2000 × .1 × .9 × .96) = 13.
    for tenth in 0..10 {
        let (from, until) = (tenth * 5_000, (tenth + 1) * 5_000);
        let chosen = kept
            .iter()
            .filter(|value| (from..until).contains(*value))
            .count();
        assert!((135..=265).contains(&chosen), "{chosen} of tenth {tenth}");
    }
}

#[test]
fn the_seed_decides_which_are_kept() {
    let kept = |seed| {
        let mut reservoir = Reservoir::new(seed);
        (0..5_000).for_each(|value| reservoir.add(value));
        reservoir.kept().to_vec()
    };
    assert_eq!(kept(1), kept(1));
    assert_ne!(kept(1), kept(2));
}

#[test]
fn values_on_the_budget_are_within_it() {
    assert!(!is_over(10.0, 10.0));
    assert!(is_over(10.0_f64.next_up(), 10.0));
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
