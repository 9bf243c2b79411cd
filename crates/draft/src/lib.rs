//! First gate files: what a project is built with, a starter set of checks for it, and what other tools
//! have that can become checks.
//!
//! Everything here is pure: files come through core's port, text goes out, and nothing is sent or
//! written. What a person asked for and what was guessed are kept apart, and every guess says from
//! which file it comes.

#![forbid(unsafe_code)]

pub mod import;
pub mod project;
pub mod starter;
mod titles;
