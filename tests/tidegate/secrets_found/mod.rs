//! The kind `secrets` from a user's side: real repositories, builds and sites, and what the binary says.

mod archives;
mod ci;
mod files;
mod first_look;
mod large;
mod output;
mod precision;
mod revisions;
mod silence;
mod site;
mod support;
mod surfaces;
