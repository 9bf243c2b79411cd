//! Times held against a control route.

use std::time::Duration;

use super::super::{Timed, normalise};

fn timed(at: impl IntoIterator<Item = (u64, f64)>) -> Vec<Timed> {
    let at = at.into_iter();
    at.map(|(at, value)| Timed {
        at: Duration::from_secs(at),
        value,
    })
    .collect()
}

/// How slow the machine is at this second of a hundred: twice as slow in the second half.
fn slowness(second: u64) -> f64 {
    if second < 50 { 1.0 } else { 2.0 }
}

#[test]
fn what_slows_both_routes_is_taken_out() {
    let samples = timed((0..100).map(|at| (at, 30.0 * slowness(at))));
    let control = timed((0..100).map(|at| (at, 4.0 * slowness(at))));
    assert_eq!(normalise(&samples, &control, 4.0, 10), vec![30.0; 100]);
    // On a machine that was twice as fast then, everything counts half.
    assert_eq!(normalise(&samples, &control, 2.0, 10), vec![15.0; 100]);
}

#[test]
fn a_slower_route_stays_slower() {
    let samples = timed((0..100).map(|at| (at, 60.0)));
    let control = timed((0..100).map(|at| (at, 4.0)));
    assert_eq!(normalise(&samples, &control, 4.0, 10), vec![60.0; 100]);
}

#[test]
fn one_slow_answer_of_the_control_changes_nothing() {
    let samples = timed((0..100).map(|at| (at, 30.0)));
    let control = timed((0..100).map(|at| (at, if at % 10 == 3 { 900.0 } else { 4.0 })));
    assert_eq!(normalise(&samples, &control, 4.0, 10), vec![30.0; 100]);
}

#[test]
fn blocks_without_a_control_take_the_nearest() {
    let samples = timed((0..100).map(|at| (at, 30.0 * slowness(at))));
    // None from 20 to 79.
    let asked = (0..100).filter(|at| !(20..80).contains(at));
    let control = timed(asked.map(|at| (at, 4.0 * slowness(at))));
    assert_eq!(normalise(&samples, &control, 4.0, 10), vec![30.0; 100]);
    // One is enough to go by when there are no more.
    let one = timed([(70, 8.0)]);
    let normalised = normalise(&samples, &one, 4.0, 10);
    assert_eq!((normalised[0], normalised[99]), (15.0, 30.0));
}

#[test]
fn the_order_of_the_samples_is_kept() {
    let mut samples = timed((0..100).map(|at| (at, 30.0 + at as f64)));
    samples.reverse();
    let control = timed((0..100).map(|at| (at, 4.0)));
    let expected: Vec<f64> = samples.iter().map(|sample| sample.value).collect();
    assert_eq!(normalise(&samples, &control, 4.0, 10), expected);
}

#[test]
fn a_clock_that_jumps_moves_no_sample_into_the_block_of_another() {
    // The last second is a day later: blocks have equal numbers of samples, not equal times.
    let later = |at| if at == 99 { 86_400 } else { at };
    let samples = timed((0..100).map(|at| (later(at), 30.0 * slowness(at))));
    let control = timed((0..100).map(|at| (at, 4.0 * slowness(at))));
    assert_eq!(normalise(&samples, &control, 4.0, 10), vec![30.0; 100]);
}

#[test]
fn without_a_usable_control_there_is_nothing_to_judge() {
    let samples = timed((0..100).map(|at| (at, 30.0)));
    let control = timed((0..100).map(|at| (at, 4.0)));
    assert_eq!(normalise(&samples, &[], 4.0, 10), Vec::<f64>::new());
    let broken = timed([(1, f64::NAN), (2, -1.0), (3, 0.0), (4, f64::INFINITY)]);
    assert_eq!(normalise(&samples, &broken, 4.0, 10), Vec::<f64>::new());
    for then in [0.0, -4.0, f64::NAN, f64::INFINITY] {
        assert_eq!(normalise(&samples, &control, then, 10), Vec::<f64>::new());
    }
    assert_eq!(normalise(&[], &control, 4.0, 10), Vec::<f64>::new());
}

#[test]
fn any_number_of_blocks_gives_every_sample_back() {
    let samples = timed((0..7).map(|at| (at, 30.0)));
    let control = timed((0..7).map(|at| (at, 4.0)));
    for blocks in [0, 1, 3, 7, 10, usize::MAX] {
        assert_eq!(
            normalise(&samples, &control, 4.0, blocks),
            vec![30.0; 7],
            "{blocks}"
        );
    }
}
