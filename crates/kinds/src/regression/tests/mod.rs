//! What the kind reads, measures, proves and tells.

mod config;
mod live;
mod program;
mod proof;
mod stored;
