//! The part of the table about fewer samples than can prove something good.

use super::super::{Claim, Conclusion, Sequential, fixed};
use super::Effort;
use super::shares::{Line, Section};

/// Samples, how many of them are over, and what is concluded.
const CASES: [(u64, u64, Conclusion); 8] = [
    (0, 0, Conclusion::TooFew),
    (1, 0, Conclusion::TooFew),
    (1, 1, Conclusion::TooFew),
    (30, 0, Conclusion::TooFew),
    (58, 0, Conclusion::TooFew),
    (58, 7, Conclusion::Over),
    (59, 0, Conclusion::Within),
    (59, 1, Conclusion::TooClose),
];

/// What no sample and few samples say about p95.
pub(crate) fn section(_: Effort) -> Section {
    Section {
        title: "No sample, and few samples",
        columns: &["samples", "over", "fixed number", "combined", "must"],
        lines: CASES.map(line).into(),
    }
}

fn line((count, over, must): (u64, u64, Conclusion)) -> Line {
    let claim = Claim {
        quantile: 0.95,
        comparisons: 1,
    };
    // Those over come last: together at the beginning they would be enough to stop.
    let mut procedure = Sequential::new(claim);
    for sample in 0..count {
        procedure.observe(sample >= count - over);
    }
    let found = [fixed(claim, count, over), procedure.conclude()];
    let [fixed, combined] = found.map(|conclusion| format!("{conclusion:?}"));
    Line {
        cells: vec![
            count.to_string(),
            over.to_string(),
            fixed,
            combined,
            format!("{must:?}"),
        ],
        met: Some(found == [must; 2]),
    }
}
