//! Failures one after the other.

use std::collections::BTreeMap;

/// After so many failures one after the other nothing more is sent.
const BURST: usize = 3;

/// Which requests failed or timed out, by their place in the order of arrivals.
#[derive(Default)]
pub(crate) struct Bursts(BTreeMap<u64, bool>);

impl Bursts {
    /// Notes one; whether so many failed one after the other that it is a burst. The order is that of
    /// arrivals: of requests that wait side by side the slow ones end together.
    pub(crate) fn note(&mut self, number: u64, bad: bool) -> bool {
        self.0.insert(number, bad);
        let before = self.0.range(..number).rev();
        let before = before.take_while(|(_, bad)| **bad).take(BURST);
        let after = self.0.range(number..).take_while(|(_, bad)| **bad);
        bad && before.count() + after.take(BURST).count() >= BURST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_that_follow_each_other_are_one_in_whatever_order_they_end() {
        let ends = |order: &[(u64, bool)]| {
            let mut bursts = Bursts::default();
            let noted = order.iter().map(|(number, bad)| bursts.note(*number, *bad));
            noted.last().unwrap()
        };
        assert!(ends(&[(0, true), (1, true), (2, true)]));
        assert!(ends(&[(2, true), (0, true), (1, true)]));
        assert!(!ends(&[(0, true), (1, false), (2, true), (3, true)]));
        assert!(!ends(&[(0, true), (1, true), (2, false)]));
    }
}
