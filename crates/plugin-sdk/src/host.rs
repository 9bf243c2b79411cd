//! The imports: Tidegate's own in a plugin, the fake of [`testing`](crate::testing) elsewhere.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::bindings::tidegate::check::{
    files::{find, read},
    http::send,
    log::write,
    recorded::page,
};
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::host::{find, page, read, send, write};
