//! Two deploys compared.

use super::super::{Comparison, Conclusion, Paired, Seeded, compare, compare_among, conclude};

/// Times of a steady portal, and of one that is so many times as slow, at the same moments.
fn pairs(count: usize, ratio: f64, seed: u64) -> Paired {
    let mut random = Seeded::new(seed);
    // Between 100 and 200, with a tail up to 1,000.
    let mut time = || {
        let draw = random.unit();
        100.0 / (1.0 - 0.9 * draw * draw)
    };
    let mut pairs = Paired::default();
    for _ in 0..count {
        pairs.old.push(time());
        pairs.new.push(time() * ratio);
    }
    pairs
}

fn compared(pairs: &Paired) -> Comparison {
    compare(pairs, 0.10, 0.95, 7)
}

#[test]
fn a_much_slower_deploy_is_found_and_a_faster_one_passes() {
    let slower = compared(&pairs(300, 2.0, 1));
    assert_eq!(slower.conclusion, Conclusion::Over);
    assert!(slower.upper <= 0.05 && slower.lower > 0.95, "{slower:?}");
    assert!((1.5..2.6).contains(&slower.ratio), "{slower:?}");
    let faster = compared(&pairs(300, 0.6, 1));
    assert_eq!(faster.conclusion, Conclusion::Within);
    assert!(faster.lower <= 0.05 && faster.upper > 0.95, "{faster:?}");
}

#[test]
fn the_tolerance_divides_the_new_times() {
    let slower = pairs(1_000, 2.0, 2);
    assert_eq!(compare(&slower, 0.1, 0.95, 1).conclusion, Conclusion::Over);
    assert_eq!(
        compare(&slower, 1.0, 0.95, 1).conclusion,
        Conclusion::TooClose
    );
    assert_eq!(
        compare(&slower, 2.0, 0.95, 1).conclusion,
        Conclusion::Within
    );
    // What is allowed changes neither the ratio nor between what it lies, but for the search's steps.
    let [strict, lax] = [0.1, 1.0].map(|tolerance| compare(&slower, tolerance, 0.95, 1));
    assert_eq!(strict.ratio, lax.ratio);
    let ends = |comparison: Comparison| [comparison.interval.0, comparison.interval.1];
    for (one, other) in ends(strict).into_iter().zip(ends(lax)) {
        assert!(
            (one.unwrap() / other.unwrap() - 1.0).abs() < 0.01,
            "{strict:?} {lax:?}"
        );
    }
}

#[test]
fn old_and_new_swapped_turn_the_answer_round() {
    let there = pairs(300, 2.0, 3);
    let back = Paired {
        old: there.new.clone(),
        new: there.old.clone(),
    };
    let (there, back) = (compare(&there, 0.0, 0.95, 1), compare(&back, 0.0, 0.95, 1));
    assert_eq!(
        (there.conclusion, back.conclusion),
        (Conclusion::Over, Conclusion::Within)
    );
    assert!((there.ratio * back.ratio - 1.0).abs() < 1e-9);
    assert_eq!((there.upper, there.lower), (back.lower, back.upper));
}

#[test]
fn the_same_seed_gives_the_same_comparison() {
    let pairs = pairs(200, 1.2, 4);
    assert_eq!(compared(&pairs), compared(&pairs));
    assert_ne!(
        compare(&pairs, 0.1, 0.95, 1).upper,
        compare(&pairs, 0.1, 0.95, 2).upper
    );
    assert_eq!(conclude(&pairs, 0.1, 0.95, 7), compared(&pairs).conclusion);
}

#[test]
fn what_slows_both_times_of_a_pair_is_no_slower_deploy() {
    // Half of the run on a machine that is ten times as slow.
    let mut pairs = pairs(400, 1.0, 5);
    for place in 0..200 {
        pairs.old[place] *= 10.0;
        pairs.new[place] *= 10.0;
    }
    assert_ne!(compared(&pairs).conclusion, Conclusion::Over);
    assert!(compared(&pairs).ratio < 1.3);
}

#[test]
fn an_interval_agrees_with_the_conclusion_and_holds_the_ratio() {
    for seed in 0..40 {
        let comparison = compared(&pairs(120, 0.8 + 0.03 * seed as f64, seed));
        let (lower, upper) = comparison.interval;
        let over = lower.is_some_and(|lower| lower >= 1.1 - 1e-9);
        let within = upper.is_some_and(|upper| upper <= 1.1 + 1e-9);
        assert_eq!(
            over,
            comparison.conclusion == Conclusion::Over,
            "{comparison:?}"
        );
        assert_eq!(
            within,
            comparison.conclusion == Conclusion::Within,
            "{comparison:?}"
        );
        assert!(
            lower.is_none_or(|lower| lower <= comparison.ratio),
            "{comparison:?}"
        );
        assert!(
            upper.is_none_or(|upper| upper >= comparison.ratio),
            "{comparison:?}"
        );
    }
}

#[test]
fn more_pairs_see_smaller_slowdowns_and_none_below_the_tolerance() {
    let visible = [100, 400, 1_600].map(|count| compared(&pairs(count, 1.0, 6)).visible.unwrap());
    assert!(
        visible.is_sorted_by(|more, less| more > less),
        "{visible:?}"
    );
    assert!(visible[2] > 1.1, "{visible:?}");
    // A handful of pairs sees nothing, and says so.
    assert_eq!(compared(&pairs(3, 1.0, 6)).visible, None);
}

#[test]
fn one_in_twenty_is_what_chance_may_do_on_each_side() {
    let mut near = [0; 4];
    for seed in 0..300 {
        let pairs = pairs(80, 0.6 + 0.004 * seed as f64, seed);
        let found = compare_among(&pairs, 0.10, 0.95, 1, 7);
        let (over, within) = (found.upper < 0.0501, found.lower < 0.0501);
        assert_eq!(over, found.conclusion == Conclusion::Over, "{found:?}");
        assert_eq!(within, found.conclusion == Conclusion::Within, "{found:?}");
        near[0] += u32::from((0.025..0.0501).contains(&found.upper));
        near[1] += u32::from((0.025..0.0501).contains(&found.lower));
        near[2] += u32::from((0.0501..0.08).contains(&found.upper));
        near[3] += u32::from((0.0501..0.08).contains(&found.lower));
    }
    // Some came near the limit from either side, or this would prove little.
    assert!(near.iter().all(|times| *times > 0), "{near:?}");
}

#[test]
fn a_hundred_comparisons_share_the_error_too() {
    let mut found_over = 0;
    for seed in 0..25 {
        let pairs = pairs(100, 1.5 + 0.05 * seed as f64, seed);
        let found = compare_among(&pairs, 0.10, 0.95, 100, 7);
        let over = found.conclusion == Conclusion::Over;
        assert_eq!(over, found.upper < 0.000_501, "{found:?}");
        found_over += i32::from(over);
    }
    assert!((1..25).contains(&found_over), "{found_over}");
    let [fifty, more] = [50, 400].map(|comparisons| {
        let pairs = pairs(200, 1.0, 1);
        compare_among(&pairs, 0.10, 0.95, comparisons, 7)
            .visible
            .unwrap()
    });
    assert!(more > fifty, "{more} {fifty}");
}

#[test]
fn more_comparisons_make_a_slower_deploy_rarer_and_a_pass_never_harder() {
    let mut changed = 0;
    for seed in 0..60 {
        let pairs = pairs(100, 0.5 + 0.02 * seed as f64, seed);
        let alone = compared(&pairs);
        let among = compare_among(&pairs, 0.10, 0.95, 12, 7);
        if among.conclusion == Conclusion::Over {
            assert!(among.upper <= 0.05 / 12.0 + 1e-9, "{among:?}");
        }
        match (alone.conclusion, among.conclusion) {
            (Conclusion::Over, Conclusion::TooClose) => changed += 1,
            (one, other) => assert_eq!(one, other, "{alone:?} {among:?}"),
        }
        assert_eq!((alone.lower, alone.interval), (among.lower, among.interval));
        assert!(among.visible >= alone.visible, "{alone:?} {among:?}");
    }
    assert!(changed > 0);
}

#[test]
fn a_much_slower_route_is_found_among_any_number() {
    let slower = pairs(200, 4.0, 1);
    for comparisons in [0, 1, 11, 50, 51, 400, u32::MAX] {
        let found = compare_among(&slower, 0.10, 0.95, comparisons, 7);
        assert_eq!(
            found.conclusion,
            Conclusion::Over,
            "{comparisons}: {found:?}"
        );
    }
}

#[test]
fn few_pairs_are_never_a_pass() {
    for count in 0..59 {
        let conclusion = compared(&pairs(count, 0.1, 8)).conclusion;
        assert_eq!(conclusion, Conclusion::TooFew, "{count}");
    }
    assert_eq!(compared(&pairs(59, 0.1, 8)).conclusion, Conclusion::Within);
    assert_eq!(compared(&pairs(20, 9.0, 8)).conclusion, Conclusion::Over);
}

#[test]
fn growth_is_a_comparison_of_any_quantile() {
    let pages = pairs(100, 8.0, 9);
    let at_most = |times: f64, quantile| compare(&pages, times - 1.0, quantile, 1).conclusion;
    for quantile in [0.5, 0.9, 0.95] {
        assert_eq!(at_most(3.0, quantile), Conclusion::Over, "{quantile}");
        assert_eq!(at_most(20.0, quantile), Conclusion::Within, "{quantile}");
    }
    // A hundred pairs say nothing good about p99.
    assert_eq!(at_most(20.0, 0.99), Conclusion::TooFew);
    assert!((compare(&pages, 2.0, 0.5, 1).ratio / 8.0 - 1.0).abs() < 0.3);
}

#[test]
fn times_of_nothing_at_all_are_compared_too() {
    let zero = Paired {
        old: vec![0.0; 100],
        new: vec![0.0; 100],
    };
    let comparison = compared(&zero);
    assert_eq!(comparison.conclusion, Conclusion::Within);
    assert_eq!(comparison.ratio, 1.0);
    let same = Paired {
        old: vec![5.0; 100],
        new: vec![5.0; 100],
    };
    assert_eq!(compared(&same).conclusion, Conclusion::Within);
    // Where swapping changes nothing, everything looks as extreme as what was measured.
    let exactly = compare(&same, 0.0, 0.95, 1);
    assert_eq!(exactly.conclusion, Conclusion::TooClose);
    assert_eq!((exactly.upper, exactly.lower), (1.0, 1.0));
    let slower = Paired {
        old: vec![5.0; 100],
        new: vec![6.0; 100],
    };
    assert_eq!(compared(&slower).conclusion, Conclusion::Over);
}
