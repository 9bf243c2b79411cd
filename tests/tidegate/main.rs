//! End-to-end tests of the facade and the binary, in one program.

mod accepted_secrets;
mod access;
mod adopt;
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
mod cookbook;
#[cfg(unix)]
mod dev;
mod doctor;
mod draft;
mod foreign;
mod foreign_access;
#[cfg(feature = "plugins")]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests of the room use the rest, and unwrap as tests may"
)]
#[path = "../../crates/plugin/src/guest.rs"]
mod guest;
mod hosted;
mod import;
mod init;
mod init_gates;
#[cfg(feature = "plugins")]
mod interface;
mod interrupt;
mod isolation;
mod latency;
mod latency_times;
mod library;
mod packs;
mod pages;
#[cfg(feature = "plugins")]
mod plugin_authors;
#[cfg(feature = "plugins")]
mod plugins;
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
mod starter;
#[cfg(unix)]
mod suites;
mod support;
mod surface;
mod switches;
mod token;
mod weakened;
mod weakened_edits;
