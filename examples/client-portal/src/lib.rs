//! A small business-to-business client portal, made to be gated.
//!
//! Two companies share one installation: their people log in, keep records, exchange files, read
//! invoices and let a language model summarise documents. The portal behaves well in every respect
//! that a deploy gate examines. Each known regression sits behind one named switch ([`Break`]), so
//! that a test can show that exactly that regression is found.
//!
//! ```
//! use tidegate_client_portal::{Options, start_blocking};
//!
//! let portal = start_blocking(Options::default())?;
//! assert!(portal.url().starts_with("http://127.0.0.1:"));
//! portal.stop_blocking()?;
//! # Ok::<(), tidegate_client_portal::StartError>(())
//! ```

#![forbid(unsafe_code)]

mod app;
mod auth;
mod billing;
mod breaks;
mod clock;
mod cors;
mod enquiries;
mod envelope;
mod errors;
mod files;
mod frontend;
mod identifiers;
mod input;
mod invoices;
mod keys;
mod leftovers;
mod log;
mod options;
mod page;
mod records;
mod report;
mod routes;
mod server;
mod slowness;
mod store;
mod summary;
mod system;
mod webhooks;

pub use breaks::{Break, Breaks, UnknownBreak};
pub use options::{Options, Passwords, Secret};
pub use routes::{Access, documented_routes, openapi};
pub use server::{RunningPortal, StartError, start, start_blocking};
pub use webhooks::sign as sign_webhook;

/// Keeps the example in the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
