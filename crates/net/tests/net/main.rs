//! The client against real servers on loopback.

#![allow(clippy::unwrap_used, reason = "a test ends by it")]
#![allow(clippy::result_large_err, reason = "the port's error is given")]

mod egress;
mod exchanges;
mod hostile;
mod logins;
mod requests;
mod sessions;
mod support;
mod tls;
