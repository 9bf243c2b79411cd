//! Loopback servers for Tidegate's tests.
//!
//! Every server binds 127.0.0.1 on a free port, runs on a thread of its own with a
//! single-threaded runtime, and stops when its value is dropped. A server can therefore be started
//! from a plain test as well as from an async one, and holds no runtime of the test. Connections,
//! recorded requests and bodies are bounded, so a test that goes wrong ends.
//!
//! | Module | What it offers |
//! |---|---|
//! | [`recorder`] | an app whose answers a closure decides and whose requests are recorded |
//! | [`tls`] | the same over HTTPS, with a good, a wrong-host or an expired certificate |
//! | [`sign_in_walls`] | what hosts put in front of an app: sign-in pages, bot challenges, sleep |
//! | [`hostile`] | answers no well-behaved server gives: resets, endless bodies, lies about length |
//! | [`supabase`], [`firebase`] | hosted databases as strangers meet them |
//! | [`foreign`] | a server-rendered app that shares no habit with the example portal |
//! | [`stacks`] | portals that answer as Next.js, Express, FastAPI, Rails and others do |
//! | [`github`] | a GitHub that holds requests against GitHub's own description |
//! | [`arrivals`] | a server that tells when the parts of each request arrived |
//! | [`jitter`] | a TCP proxy that delays what passes, unevenly |
//! | [`truth`] | a server whose service times are known exactly, with stalls |
//! | [`machine`] | what a client needs of its machine: time, files in memory, no secrets |
//! | [`office`] | an app with many routes, to measure how long it takes to look at all of them |
//!
//! Starting a server panics when the machine refuses a loopback port or a thread: a test has no
//! better answer to that.

#![forbid(unsafe_code)]

pub mod arrivals;
mod escape;
pub mod firebase;
pub mod foreign;
pub mod github;
pub mod hostile;
pub mod jitter;
pub mod machine;
pub mod office;
mod random;
pub mod recorder;
mod server;
pub mod sign_in_walls;
pub mod stacks;
pub mod supabase;
pub mod tls;
pub mod truth;

#[cfg(test)]
mod client;
