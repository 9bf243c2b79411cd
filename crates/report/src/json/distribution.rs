//! Distributions on the wire, and back.

use tidegate_core::distribution::{Distribution, Mark};

use super::wire;
use crate::distribution::{Room, tidy};

/// As far as the report has room for its values.
pub(super) fn told(distribution: &Distribution, room: Room) -> wire::Distribution {
    let tidy = tidy(distribution, room);
    wire::Distribution {
        subject: tidy.subject,
        unit: tidy.unit.into(),
        values: tidy.values,
        count: tidy.count,
        reference: tidy.reference,
        marks: tidy.marks.iter().map(told_mark).collect(),
    }
}

fn told_mark(mark: &Mark) -> wire::Mark {
    let (at_least, at_most) = mark.interval;
    wire::Mark {
        percentile: mark.percentile,
        value: mark.value.is_finite().then_some(mark.value),
        at_least,
        at_most,
        budget: mark.budget,
        standing: mark.standing.into(),
    }
}

/// Whatever a report says, what is read is fit to be drawn.
pub(super) fn read(distribution: wire::Distribution) -> Distribution {
    let read = Distribution {
        subject: distribution.subject,
        unit: distribution.unit.into(),
        values: distribution.values,
        count: distribution.count,
        reference: distribution.reference,
        marks: distribution.marks.into_iter().map(read_mark).collect(),
    };
    tidy(&read, Room::default())
}

fn read_mark(mark: wire::Mark) -> Mark {
    Mark {
        percentile: mark.percentile,
        value: mark.value.unwrap_or(f64::NAN),
        interval: (mark.at_least, mark.at_most),
        budget: mark.budget,
        standing: mark.standing.into(),
    }
}
