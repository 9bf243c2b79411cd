//! Tidegate as a library: read a gate file, see its plan, run it, and get the verdict.
//!
//! ```no_run
//! use tidegate::{Gate, RunOptions, Verdict};
//!
//! let gate = Gate::builder("tidegate.yaml").environment("preview").load()?;
//! let summary = gate.run(RunOptions::default(), |event| drop(event.clone()))?;
//! assert_eq!(summary.judgement.verdict, Verdict::Allow);
//! # Ok::<(), tidegate::Error>(())
//! ```
//!
//! [`Gate::run`] blocks and may be called inside or outside any runtime; [`Gate::start`] gives a
//! future that any executor can poll. Nothing here writes to standard output, reads the command
//! line or installs anything for the whole process.
//!
//! Checks of your own implement [`check::Kind`] and [`check::Check`] and are added with
//! [`GateBuilder::kind`].

#![forbid(unsafe_code)]

mod adopt;
pub mod ci;
pub mod doctor;
pub mod draft;
mod gate;
pub mod init;
mod judge;
mod latency;
pub mod packs;
pub mod plugins;
mod run;
mod source;
mod starter;

pub use adopt::{Adopted, AdoptedFinding, Unresolved};
pub use gate::{Gate, GateBuilder};
pub use judge::JudgeError;
pub use latency::{LatencyError, Times};
pub use run::{Error, Started};
pub use tidegate_core::diagnostic::Diagnostic;
pub use tidegate_core::event::{Event, Reporter, Summary};
pub use tidegate_core::located::Located;
pub use tidegate_core::verdict::{Circumstances, Verdict, exit, exit_code};
pub use tidegate_core::{
    check, distribution, event, finding, meta, node, plan, ports, provenance, registry, result,
    span,
};
pub use tidegate_draft::import;
pub use tidegate_report as report;
pub use tidegate_runner::{Cleaned, Options as RunOptions, Stop};

/// The version of Tidegate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
