//! What all programs did with the same input.

use super::command::Prepared;
use super::measure::{Series, Spread, in_turn};
use super::table::{Bar, Row, Unit};
use crate::failure::Failure;

/// The series of Tidegate and of each peer of a table.
pub(crate) struct Measured {
    pub(crate) ours: Series,
    /// None where a peer is not installed or does not do this.
    pub(crate) theirs: Vec<Option<Series>>,
}

impl Measured {
    /// Runs all of them in turn.
    ///
    /// # Errors
    /// The [`Failure`] of the first run that fails.
    pub(crate) fn take(
        runs: usize,
        ours: Prepared,
        theirs: Vec<Option<Prepared>>,
    ) -> Result<Self, Failure> {
        let there: Vec<bool> = theirs.iter().map(Option::is_some).collect();
        let mut programs: Vec<Prepared> = std::iter::once(ours)
            .chain(theirs.into_iter().flatten())
            .collect();
        let mut each: Vec<_> = programs
            .iter_mut()
            .map(|program| || program.sample())
            .collect();
        let mut series = in_turn(runs, &mut each)?.into_iter();
        Ok(Self {
            ours: series.next().unwrap_or_default(),
            theirs: there
                .into_iter()
                .map(|there| if there { series.next() } else { None })
                .collect(),
        })
    }

    /// One row of the table.
    pub(crate) fn row(
        &self,
        name: &'static str,
        unit: Unit,
        bar: Bar,
        of: impl Fn(&Series) -> Spread,
    ) -> Row {
        let theirs = self.theirs.iter().map(|series| series.as_ref().map(&of));
        Row::new(name, unit, bar, of(&self.ours), theirs.collect())
    }
}
