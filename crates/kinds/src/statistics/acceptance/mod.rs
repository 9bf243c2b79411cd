//! The acceptance table: what share of runs is judged how, on times whose true p95 is known.
//!
//! Used by the tests, with few runs, and by the example `acceptance`, with many.

mod budget;
mod exact;
mod few;
mod generators;
mod normal;
mod paired;
pub(crate) mod shares;

#[cfg(test)]
pub(crate) use exact::combined as combined_exactly;
#[cfg(test)]
pub(crate) use generators::Shape;
#[cfg(test)]
pub(crate) use paired::interleaved;
pub(crate) use shares::Section;
#[cfg(test)]
pub(crate) use shares::Shares;

/// How many runs are made for each line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Of budgets, with up to 1,000 samples each.
    pub(crate) budget: u32,
    /// Of comparisons, with up to 1,000 pairs each.
    pub(crate) paired: u32,
    /// Of what a comparison could have seen.
    pub(crate) visible: u32,
    /// Whether lines without a bar are made too.
    pub(crate) every_line: bool,
}

/// The parts of the table, each with its maker.
pub(crate) const SECTIONS: [fn(Effort) -> Section; 7] = [
    budget::fixed_number,
    budget::combined,
    budget::drift,
    paired::conclusions,
    paired::visible,
    paired::stored,
    few::section,
];
