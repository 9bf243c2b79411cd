//! Findings as workflow commands of GitHub Actions, which show them on their lines.
//!
//! A step gets ten annotations of each loudness, and what is above that vanishes without a word. So
//! the worst come first, those on lines of the change before others, and what stands on one line or
//! says the same shares an annotation; the last one says what else there is and where.

mod command;
mod items;
mod pack;
#[cfg(test)]
mod tests;

use tidegate_core::event::Summary;

pub use self::command::{Annotation, Loudness};
use self::items::{Item, items};
use crate::codes::Codes;
use crate::places::Places;

/// How many annotations of one loudness GitHub shows of a step.
const MOST: usize = 10;

/// Findings as workflow commands, worst first; `rest` says where those stand that did not fit.
pub fn render(summary: &Summary, codes: &Codes, rest: &str) -> String {
    let annotations = annotations(summary, codes, rest);
    annotations.iter().map(Annotation::command).collect()
}

/// The annotations of a check run: at most so many of all sorts, the loudest and worst first; the last
/// one says how many more there are, and that they stand in `rest`.
pub fn within(summary: &Summary, codes: &Codes, most: usize, rest: &str) -> Vec<Annotation> {
    let places = Places::of(summary);
    let mut all = items(summary, codes, &places);
    all.sort_by_key(|one| one.loudness);
    pack::pack(&all.iter().collect::<Vec<_>>(), most, &places, rest)
}

/// The annotations of a step, packed into what GitHub shows, the loudest and worst first.
fn annotations(summary: &Summary, codes: &Codes, rest: &str) -> Vec<Annotation> {
    let places = Places::of(summary);
    let all = items(summary, codes, &places);
    let mut packed = Vec::new();
    for loudness in Loudness::ALL {
        let loud: Vec<&Item<'_>> = all.iter().filter(|one| one.loudness == loudness).collect();
        // Remarks only take the room that problems leave.
        let room = match loudness {
            Loudness::Notice => (2 * MOST).saturating_sub(packed.len()).min(MOST),
            _ => MOST,
        };
        packed.extend(pack::pack(&loud, room, &places, rest));
    }
    packed
}
