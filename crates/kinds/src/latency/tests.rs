//! What comes of gate files, portals and machines of all sorts.

mod config;
mod gentle;
mod judged;
mod odd;
