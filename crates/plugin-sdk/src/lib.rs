#![doc = include_str!("../README.md")]

/// What wit-bindgen makes of `wit/check.wit`; written by `bindings/`.
#[allow(unsafe_code, missing_docs, unreachable_pub)]
#[allow(
    clippy::all,
    clippy::semicolon_if_nothing_returned,
    clippy::too_many_lines,
    clippy::uninlined_format_args,
    clippy::unwrap_used
)]
#[doc(hidden)]
#[rustfmt::skip]
pub mod bindings;

mod capability;
mod check;
mod client;
mod code;
mod context;
mod failure;
mod files;
mod host;
mod log;
mod outcome;
mod recorded;
mod request;
mod response;
mod table;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use bindings::tidegate::check::files::FilesError;
pub use bindings::tidegate::check::http::HttpError;
pub use bindings::tidegate::check::log::Level;
pub use bindings::tidegate::check::recorded::Exchange;
pub use bindings::tidegate::check::types::{
    Confidence, ConfigFault, Description, Effort, EnvironmentKind, Evidence, Finding, Location,
    Metric, Outcome, Severity, Unit,
};
pub use capability::{Capability, Power};
pub use check::{Check, NoConfig};
pub use client::{Client, Pages};
pub use code::Code;
pub use context::Context;
pub use failure::Failure;
pub use files::{FileError, Files};
pub use recorded::{Recorded, RecordedError};
pub use request::{Request, RequestError, secret};
pub use response::{Response, ResponseError, Timings, Trouble};
pub use table::{Row, Table, TableError};

#[doc(hidden)]
pub use check::{describe, run, verify};
#[doc(hidden)]
pub use log::write as write_log;

/// What the source of a check needs: `use tidegate_plugin_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Capability, Check, Client, Code, Confidence, Context, Effort, EnvironmentKind, Failure,
        Finding, NoConfig, Outcome, Request, Response, Severity, Unit, check, debug, info, secret,
        warn,
    };
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
    pub use serde_json::{Value, json};
}
