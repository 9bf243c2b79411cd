//! The only HTTP client of Tidegate, and the loopback servers that receive what the portal sends.
//!
//! [`Client`] implements core's `Http` port on hyper. What it guarantees:
//!
//! - **Egress.** Only the origins of the environment and its `apis:` are contacted; every address a
//!   name leads to is checked, and the connection goes to the address that was checked. Proxy
//!   variables of the machine are not read. There are two exceptions, which get nothing of the environment
//!   or a session: `Target::Provider`, an address in Tidegate's own code, which must be public; and
//!   `Target::Granted`, an address that a plugin chooses among the origins that the gate file grants it, which
//!   must be public where the environment is.
//! - **Credentials stay home.** Headers of the environment and of an api go to their own origin
//!   only. What a session holds goes to the environment and to the origin that issued it: the one
//!   a login step was answered by, the token endpoint, or the issuer a JWT names.
//! - **Bounds.** Time, redirects, header and body sizes are limited; content codings are undone
//!   while streaming, so a small answer cannot unfold into a large one.
//! - **Production is only looked at.** Unsafe methods are refused there, logins excepted, and the
//!   pace is gentle.
//!
//! It also implements `Load`: many requests, each at its instant, with connections of their own and
//! without a cap on those, so that no request waits for another one's answer; and `Volley`: requests that are released
//! together. Both put requests together as single ones are, under the same rules.
//!
//! [`download`] gets one file from an https address, without an environment and under rules of its own.
//!
//! [`LoopbackSinks`] opens servers on 127.0.0.1 that record requests. Bodies, heads, connections, the
//! number of requests and the time they may take are limited, and a server ends when it is dropped.
//!
//! TLS is rustls with the ring provider handed to it explicitly; a program's own default provider
//! is neither used nor replaced. The system's trust is read when the first https request is made.

#![forbid(unsafe_code)]

mod addresses;
mod client;
mod connector;
mod courier;
mod decode;
mod download;
mod encode;
mod exchange;
mod failure;
mod granted;
mod headers;
mod load;
mod names;
mod origin;
mod pace;
mod pool;
mod prepared;
mod provider;
mod redirects;
mod session;
mod sinks;
#[cfg(test)]
mod testing;
mod thread;
mod tls;
mod trip;
mod volley;
mod wire;

pub use client::{Client, Wiring};
pub use download::{DownloadError, download};
pub use sinks::LoopbackSinks;
