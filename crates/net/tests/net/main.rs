//! The client against real servers on loopback.

#![allow(clippy::unwrap_used, reason = "a test ends by it")]

mod egress;
mod exchanges;
mod granted;
mod hostile;
mod load;
mod logins;
mod requests;
mod sessions;
mod support;
mod tls;
mod volley;
mod volley_faults;
mod volley_rules;
