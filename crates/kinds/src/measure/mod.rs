//! What the kinds that measure time share: when requests are sent, how late they were, what an answer
//! says about itself, and words for times.

mod bursts;
mod clock;
mod lateness;
mod odd;
mod outcome;
mod percentile;
mod schedule;
mod server_timing;
mod words;

pub(crate) use bursts::Bursts;
pub(crate) use clock::{ClockWatch, stepped};
pub(crate) use lateness::{Departure, Lateness, busy};
pub(crate) use odd::{Odd, limited};
pub(crate) use outcome::Outcome;
pub(crate) use percentile::Percentile;
pub(crate) use schedule::{Instants, Rates};
pub(crate) use server_timing::{ServerMetric, is_database, server_timing};
pub(crate) use words::{count, milliseconds, percent, sentence, time};
