//! Calls to GitHub's REST interface.
//!
//! A [`Client`] speaks for one repository with one token. What it sends is made by pure functions
//! from a summary: [`check_run::draft`], [`comment::Draft`], [`status::draft`] and so on; [`publish`]
//! puts them together for the command line.
//!
//! Three rules hold for every call. The token goes to the address of the interface and nowhere
//! else, and no error shows it. What only reads, or may be repeated without harm, is repeated when
//! GitHub fails. What creates something is never repeated blindly: when its answer is lost, the
//! thing is looked for first.

pub mod check_run;
pub mod code_scanning;
pub mod comment;
pub mod compare;
pub mod deployment;
pub mod previous;
pub mod protection;
pub mod publish;
pub mod status;
pub mod token;

mod call;
mod client;
mod clock;
mod create;
mod error;
mod foreign;
mod limits;
mod page;
mod repository;
mod retry;
mod tls;
mod transport;
mod unzip;

pub use client::{Access, Client};
pub use clock::SystemClock;
pub use error::{AccessError, ApiError};
pub use repository::RepositoryName;
