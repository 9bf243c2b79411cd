//! Portals that answer as popular frameworks do, each with the faults that such portals have.
//!
//! Paths, headers, cookies and error pages are those of the real frameworks; what stands behind them
//! is small and in memory. Every portal starts as it should be, or with one fault of its list.
//!
//! | Module | What it looks like |
//! |---|---|
//! | [`express`] | an interface with Express and node-postgres |
//! | [`fastapi`] | an interface with FastAPI |
//! | [`next`] | Next.js with the App Router and a middleware |
//! | [`rails`] | Ruby on Rails with pages and JSON |
//! | [`single_page`] | what Vite builds, on a host for single pages |
//! | [`stripe`] | billing through Stripe |
//!
//! [`ANNA`] and [`BORIS`] are of two tenants; [`ADAM`] is an admin of the first, and [`CARLA`] is
//! there to have her account locked.

mod desk;
pub mod express;
pub mod fastapi;
mod faults;
pub mod next;
pub mod rails;
mod signed;
pub mod single_page;
pub mod stripe;

pub use desk::{ADAM, ANNA, BORIS, CARLA, Person};

#[cfg(test)]
mod tests;
