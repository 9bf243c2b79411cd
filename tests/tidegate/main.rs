//! End-to-end tests of the facade and the binary, in one program.

mod accepted_secrets;
mod access;
mod annotations;
mod architecture;
mod assignment;
mod bad_input;
mod bundles;
mod ci_event;
mod command_line;
mod contract;
mod contract_input;
mod contract_snapshots;
mod draft;
mod foreign;
mod foreign_access;
mod hosted;
mod interrupt;
mod isolation;
mod latency;
mod latency_times;
mod library;
mod pages;
#[cfg(feature = "plugins")]
mod plugin_authors;
#[cfg(feature = "github")]
mod publish;
mod race;
mod regression;
mod render;
mod schema;
mod secrets;
#[cfg(target_os = "linux")]
mod secrets_found;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod suites;
mod support;
mod surface;
mod switches;
mod token;
mod weakened;
mod weakened_edits;
