//! How many requests a check may send, and how long they take at most.

use std::ops::RangeInclusive;
use std::time::Duration;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;

/// How long a request takes when the portal is well, generously.
const QUICK: Duration = Duration::from_millis(500);

/// The longest an attempt takes that may send so many requests: after a few answers that do not come no
/// more is sent, so that most requests are quick.
pub(crate) fn worst(requests: u32) -> Duration {
    worst_within(DEFAULT_TIMEOUT, requests)
}

/// The same for requests that may take another time each.
pub(crate) fn worst_within(limit: Duration, requests: u32) -> Duration {
    limit
        .saturating_mul(4)
        .saturating_add(QUICK.saturating_mul(requests))
}

/// Tells a budget under `most:` that is not within its limits.
pub(crate) fn check(
    most: Option<&Located<u32>>,
    limits: &RangeInclusive<u32>,
    faults: &mut Vec<Diagnostic>,
) {
    if let Some(most) = most.filter(|most| !limits.contains(&most.value)) {
        let (least, limit) = (limits.start(), limits.end());
        faults.push(
            Diagnostic::at(most.span.clone(), "this is no budget of requests")
                .label(format!("expected a number from {least} to {limit}")),
        );
    }
}
