//! The wall clock, in the forms the portal stores and shows.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The current time in whole seconds since 1970.
pub(crate) fn unix_seconds() -> i64 {
    Timestamp::now().as_second()
}

/// The current day in UTC.
pub(crate) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// The current time as RFC 3339 text in UTC, to the millisecond.
pub(crate) fn now_text() -> String {
    text(Timestamp::now())
}

/// Seconds since 1970 as RFC 3339 text.
pub(crate) fn text_of_seconds(seconds: i64) -> String {
    text(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
}

fn text(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_always_has_milliseconds() {
        assert_eq!(text_of_seconds(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(now_text().len(), "1970-01-01T00:00:00.000Z".len());
    }
}
