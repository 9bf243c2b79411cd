//! The same shares computed instead of drawn, where samples do not depend on each other: a sample is over
//! its budget with a known probability, and the procedure is followed through every count.

use super::super::{Claim, Sequential, fixed};
use super::shares::Shares;

/// What is so improbable is not followed.
const NEGLIGIBLE: f64 = 1e-17;

/// Of the test with so many samples, each over with this probability.
pub(crate) fn fixed_number(claim: Claim, count: u32, share: f64) -> Shares {
    let mut shares = Shares::default();
    let odds = share / (1.0 - share);
    let mut probability = (1.0 - share).powi(count as i32);
    for over in 0..=count {
        let conclusion = fixed(claim, u64::from(count), u64::from(over));
        shares.add(probability, conclusion, u64::from(count));
        probability *= f64::from(count - over) / f64::from(over + 1) * odds;
    }
    shares
}

/// Of the combined procedure with each of these caps, ascending.
pub(crate) fn combined(claim: Claim, caps: &[u64], share: f64) -> Vec<Shares> {
    let mut running = vec![(1.0, Sequential::new(claim))];
    let mut stopped = Shares::default();
    let mut all = Vec::new();
    for count in 1..=caps.last().copied().unwrap_or(0) {
        let mut next: Vec<(f64, Sequential)> = Vec::with_capacity(running.len() + 1);
        for (probability, before) in running {
            for (over, chance) in [(false, 1.0 - share), (true, share)] {
                let mut after = before.clone();
                let probability = probability * chance;
                if let Some(conclusion) = after.observe(over) {
                    stopped.add(probability, conclusion, count);
                    continue;
                }
                // Paths with the same count are in the same state.
                match next.last_mut() {
                    Some((sum, same)) if same.over() == after.over() => *sum += probability,
                    _ => next.push((probability, after)),
                }
            }
        }
        next.retain(|(probability, _)| *probability > NEGLIGIBLE);
        running = next;
        if caps.contains(&count) {
            let mut shares = stopped;
            for (probability, state) in &running {
                shares.add(*probability, state.conclude(), count);
            }
            all.push(shares);
        }
    }
    all
}
