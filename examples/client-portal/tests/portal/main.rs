//! The portal over real HTTP: each feature, each switch, the documentation, the program.

mod billing;
mod client;
mod documentation;
mod files;
mod probes;
mod program;
mod records;
mod reports;
mod sessions;
mod starting;
mod summaries;
mod surface;
mod switches;
mod webhooks;
