//! A race against a portal in memory.

mod config;
mod rounds;
