//! The day on which an operation goes.

use jiff::civil::Date;

use super::rules::operations as rules;
use super::{Diff, Pair};
use crate::specification::At;

/// How many days before it goes an operation's end is announced at the latest.
const NOTICE: i32 = 30;

/// What an operation says about its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sunset<'d> {
    /// Nothing.
    Untold,
    /// A day.
    On(Date),
    /// Something that is no day.
    Unreadable(&'d str),
}

impl<'d> Sunset<'d> {
    /// What stands in `x-sunset`.
    pub(super) fn of(operation: At<'d>) -> Self {
        let told = ["x-sunset", "x-sunset-date"];
        let Some(at) = told.iter().find_map(|key| operation.get(key)) else {
            return Self::Untold;
        };
        let text = at.text().unwrap_or("");
        day(text).map_or(Self::Unreadable(text), Self::On)
    }

    /// The day, when one can be read.
    pub(super) fn on(self) -> Option<Date> {
        match self {
            Self::On(day) => Some(day),
            _ => None,
        }
    }
}

/// A date, that of a point in time (RFC 3339), or that of a `Sunset` header (RFC 8594).
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    let header = || {
        let parsed = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned_datetime(text);
        Some(parsed.ok()?.date())
    };
    date.parse().ok().or_else(header)
}

/// What changed about the day on which an operation goes.
pub(super) fn compare(diff: &mut Diff<'_>, pair: &Pair<'_>) {
    let base = diff.old(pair.base.place);
    let head = diff.new(pair.head.place);
    let (old, new) = (Sunset::of(base), Sunset::of(head));
    if old == new {
        return;
    }
    let place = head.get("x-sunset").unwrap_or(head);
    let mut tell =
        |rule, text: String| diff.tell(rule, &*pair.subject, text, Some(base), Some(place));
    match (old, new) {
        (_, Sunset::Unreadable(text)) => {
            tell(
                &rules::SUNSET_INVALID,
                format!("`{text}` is no day on which the operation goes"),
            );
        }
        (Sunset::On(old), Sunset::On(new)) if new < old => {
            tell(
                &rules::SUNSET_EARLIER,
                format!("the operation goes on {new}, and {old} was announced"),
            );
        }
        (Sunset::On(old), Sunset::On(new)) => {
            tell(
                &rules::SUNSET_CHANGED,
                format!("the operation goes on {new} in place of {old}"),
            );
        }
        (_, Sunset::On(new)) => announced(diff, pair, new),
        (Sunset::On(old), Sunset::Untold) => {
            tell(
                &rules::SUNSET_CHANGED,
                format!("that the operation goes on {old} is no longer told"),
            );
        }
        (Sunset::Unreadable(_) | Sunset::Untold, Sunset::Untold) => {}
    }
}

/// A day that was not told before.
fn announced(diff: &mut Diff<'_>, pair: &Pair<'_>, day: Date) {
    let base = diff.old(pair.base.place);
    let head = diff.new(pair.head.place);
    let left = diff.today.until(day).map_or(0, |span| span.get_days());
    let (rule, text) = if left < NOTICE {
        (
            &rules::SUNSET_TOO_CLOSE,
            format!("the operation goes on {day}, which is told for the first time"),
        )
    } else {
        (
            &rules::SUNSET_CHANGED,
            format!("the operation goes on {day}"),
        )
    };
    let place = head.get("x-sunset").unwrap_or(head);
    diff.tell(rule, &*pair.subject, text, Some(base), Some(place));
}
