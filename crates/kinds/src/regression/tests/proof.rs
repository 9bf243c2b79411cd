//! How often pairs prove what, on the reference's log-normal generator.
//!
//! Every bound is the wanted rate and three standard deviations of so many runs; the seeds are fixed.

use crate::measure::Percentile;
use crate::regression::judge::{Judged, Question, Standing, judge};
use crate::regression::testing::Portal;
use crate::statistics::Paired;
use crate::statistics::acceptance::{Shape, interleaved};

const RUNS: u64 = 40;

fn question(routes: u32, seed: u64) -> Question {
    Question {
        tolerance: 0.10,
        percentile: Percentile::P95,
        visible: 1.5,
        routes,
        least: 59,
        most: 2_000,
        looks: 1,
        seed,
    }
}

fn run(ratio: f64, pairs: usize, routes: u32, seed: u64) -> Judged {
    let mut old = Portal::of(100.0, seed * 2 + 1_000);
    let mut new = Portal::of(100.0 * ratio, seed * 2 + 1_001);
    let paired = Paired {
        old: (0..pairs).map(|_| old.time()).collect(),
        new: (0..pairs).map(|_| new.time()).collect(),
    };
    judge(&paired, &question(routes, seed))
}

/// How many runs pass, and how many find it slower.
fn counted(ratio: f64) -> (usize, usize) {
    let runs: Vec<Standing> = (0..RUNS)
        .map(|seed| run(ratio, 200, 1, seed).standing)
        .collect();
    let slower = runs.iter().filter(|one| **one == Standing::Slower).count();
    (runs.into_iter().filter(|one| passes(*one)).count(), slower)
}

fn passes(standing: Standing) -> bool {
    matches!(standing, Standing::Within | Standing::RuledOut)
}

#[test]
fn an_unchanged_deploy_is_green_nearly_always_and_found_slower_hardly_ever() {
    let (green, slower) = counted(1.0);
    // Of 40 runs: 95 % less three standard deviations (4.1), and 2 % and three of them (2.7).
    assert!(green >= 34 && slower <= 3, "{green} {slower}");
}

#[test]
fn a_slowdown_beyond_the_one_that_must_be_visible_does_not_pass() {
    let (green, slower) = counted(1.5);
    // At 1.5 itself 1 of 20 may pass: 2 of 40, and three standard deviations (4.1). 90 % are found
    // slower, less three standard deviations (5.7).
    assert!(green <= 6 && slower >= 30, "{green} {slower}");
    assert_eq!(counted(2.0), (0, 40));
}

/// How many of the runs with two looks, after 200 pairs and after 500, pass, and how many find it slower.
fn looked_at_twice(shape: Shape, ratio: f64) -> (usize, usize) {
    let question = |seed| Question {
        looks: 2,
        ..question(1, seed)
    };
    let run = |seed: u64| {
        let all = interleaved(shape, 500, ratio, u32::try_from(seed).unwrap());
        let first = Paired {
            old: all.old[..200].to_vec(),
            new: all.new[..200].to_vec(),
        };
        match judge(&first, &question(seed)).standing {
            Standing::TooClose => judge(&all, &question(seed)).standing,
            told => told,
        }
    };
    let runs: Vec<Standing> = (0..RUNS).map(run).collect();
    let slower = runs.iter().filter(|one| **one == Standing::Slower).count();
    (runs.into_iter().filter(|one| passes(*one)).count(), slower)
}

#[test]
fn two_looks_decide_what_one_leaves_open_and_are_wrong_no_more_often() {
    for shape in [Shape::LogNormal, Shape::Bimodal] {
        // 95 % of 40 less three standard deviations, and 2 % and three of them.
        let (green, slower) = looked_at_twice(shape, 1.0);
        assert!(
            green >= 34 && slower <= 3,
            "{} {green} {slower}",
            shape.name()
        );
        // 1 of 20 may be found slower at the tolerance, and 1 of 20 may pass at what must be visible: 2
        // of 40, and three standard deviations (4.1).
        let (_, slower) = looked_at_twice(shape, 1.1);
        assert!(slower <= 6, "{} {slower}", shape.name());
        let (green, slower) = looked_at_twice(shape, 1.5);
        assert!(
            green <= 6 && slower >= 20,
            "{} {green} {slower}",
            shape.name()
        );
    }
}

#[test]
fn too_few_pairs_never_pass_and_a_plain_slowdown_is_still_seen() {
    for seed in 0..5 {
        assert!(!passes(run(0.9, 58, 1, seed).standing), "{seed}");
    }
    assert_eq!(run(1.0, 58, 1, 3).standing, Standing::TooFew);
    assert_eq!(run(1.0, 0, 1, 3).standing, Standing::TooFew);
    assert_eq!(run(5.0, 58, 1, 3).standing, Standing::Slower);
}

#[test]
fn more_routes_make_a_finding_rarer_and_a_pass_no_harder() {
    let mut rarer = 0;
    for seed in 0..12 {
        let (alone, among) = (run(1.35, 200, 1, seed), run(1.35, 200, 10, seed));
        if among.standing == Standing::Slower {
            assert_eq!(alone.standing, Standing::Slower);
        }
        rarer += u64::from(alone.standing != among.standing);
        let (alone, among) = (run(1.0, 200, 1, seed), run(1.0, 200, 10, seed));
        assert_eq!(passes(alone.standing), passes(among.standing));
    }
    assert!(rarer > 0);
    assert_eq!(run(3.0, 200, 10, 1).standing, Standing::Slower);
}

#[test]
fn a_run_that_could_not_see_enough_says_how_many_pairs_would() {
    let few = run(1.0, 60, 1, 4);
    let visible = few.comparison.visible.unwrap();
    assert!(visible > 1.5, "{visible}");
    let wanted = few.wanted(&question(1, 4)).unwrap();
    assert!(
        (100..=600).contains(&wanted) && wanted.is_multiple_of(50),
        "{wanted}"
    );
    assert_eq!(run(1.0, 1_000, 1, 4).wanted(&question(1, 4)), None);
}
