//! Lines for whoever writes or debugs the check.

use crate::{Level, host};

/// Writes a line; the macros call it.
#[doc(hidden)]
pub fn write(level: Level, message: String) {
    host::write(level, &message);
}

/// Writes a line that `tidegate plugin test` shows, and a report beside an error.
#[macro_export]
macro_rules! debug {
    ($($format:tt)+) => { $crate::write_log($crate::Level::Debug, ::std::format!($($format)+)) };
}

/// Writes a line that `tidegate plugin test` shows, and a report beside an error.
#[macro_export]
macro_rules! info {
    ($($format:tt)+) => { $crate::write_log($crate::Level::Info, ::std::format!($($format)+)) };
}

/// Writes a line that becomes a note of the report.
#[macro_export]
macro_rules! warn {
    ($($format:tt)+) => { $crate::write_log($crate::Level::Warn, ::std::format!($($format)+)) };
}
