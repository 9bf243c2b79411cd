//! Why a component is no plugin, and why a call of one came to no result.

use std::time::Duration;

use crate::interface::{self, types};
use crate::limits::{LARGEST_COMPONENT, LimitName, size};

/// Why a component cannot be used as a plugin.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PluginError {
    /// It is larger than any plugin may be.
    #[error("the component has {} bytes, more than the {} that a plugin may have", tidegate_core::words::number(*size as u64), self::size(LARGEST_COMPONENT))]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// It is no WebAssembly at all.
    #[error("this is no WebAssembly component")]
    NotWasm,
    /// It is a core module.
    #[error("this is a core module of WebAssembly, not a component")]
    CoreModule,
    /// It is broken, or uses what is switched off.
    #[error("the component cannot be compiled: {reason}")]
    Invalid {
        /// What the compiler says.
        reason: String,
    },
    /// It was not compiled in time.
    #[error("the component was not compiled within {} s", .limit.as_secs())]
    CompileTime {
        /// The time it had.
        limit: Duration,
    },
    /// It is for an interface that this Tidegate does not know.
    #[error("the component is made for {wanted}, which this Tidegate does not run")]
    UnknownVersion {
        /// The interface with its version.
        wanted: String,
    },
    /// It imports what no plugin gets.
    #[error("the component imports `{name}`, which no plugin gets")]
    UnknownImport {
        /// What it imports.
        name: String,
    },
    /// It does not have the exports of a plugin.
    #[error("the component is no plugin of Tidegate: {reason}")]
    NotAPlugin {
        /// What is missing or different.
        reason: String,
    },
    /// It did not say what it is.
    #[error("the plugin does not say what it is: {0}")]
    Describing(RunError),
    /// What it says of itself is not well-formed.
    #[error("the plugin's description is wrong: {reason}")]
    Description {
        /// What is wrong.
        reason: String,
    },
    /// The machine cannot run plugins.
    #[error("plugins cannot run on this machine: {reason}")]
    Machine {
        /// What is missing.
        reason: String,
    },
}

impl PluginError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::TooLarge { .. } => "Build it without debug information, or in a language with a smaller runtime.".to_owned(),
            Self::NotWasm => "Name the `.wasm` file that `tidegate plugin build` writes.".to_owned(),
            Self::CoreModule => "Make a component of it with `tidegate plugin build`.".to_owned(),
            Self::Invalid { .. } => "Build it again with `tidegate plugin build`; a file that was cut off or changed does not compile.".to_owned(),
            Self::CompileTime { .. } => "Build it with optimisation for size, or in a language with a smaller runtime. The compiler goes on in the background until the program ends.".to_owned(),
            Self::UnknownVersion { .. } => format!("This Tidegate runs {}. Update Tidegate, or build the plugin against one of these.", interface::known()),
            Self::UnknownImport { .. } => format!("A plugin imports the interfaces of {} alone. Build it for `wasm32-unknown-unknown`, or with `--stub-wasi`.", interface::known()),
            Self::NotAPlugin { .. } => format!("A plugin exports `description` and `run` of the world `plugin` in {}.", interface::known()),
            Self::Describing(error) => error.help(),
            Self::Description { .. } => "Mend it in the plugin's source and build it again; `tidegate plugin inspect` shows what it says.".to_owned(),
            Self::Machine { .. } => "Run Tidegate on Linux, macOS or Windows on x86-64 or arm64.".to_owned(),
        }
    }
}

/// Why a call of a plugin came to no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The plugin says itself why it cannot go on.
    #[error("{}", told(.0))]
    Failure(types::Failure),
    /// It went beyond a limit.
    #[error("the plugin went beyond its limit `{which}` ({limit})")]
    Limit {
        /// Which one.
        which: LimitName,
        /// Its value, as people read it.
        limit: String,
    },
    /// It asked for something of the system that no plugin has.
    #[error("the plugin asks for the system interface `{name}`, which no plugin gets")]
    System {
        /// The interface and its function.
        name: String,
    },
    /// It ended in an error that it does not handle.
    #[error("the plugin broke off: {reason}")]
    Trapped {
        /// What happened.
        reason: String,
    },
    /// What it hands over is not what the interface says.
    #[error("the plugin's result is wrong: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
    /// It was asked to stop.
    #[error("the plugin was stopped before it came to a result")]
    Stopped,
}

impl RunError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Failure(failure) => match failure {
                types::Failure::Config(fault) => fault.help.clone(),
                types::Failure::Denied(_) => "Grant it under `grant:` of the plugin in the gate file.".to_owned(),
                types::Failure::Timeout(_) => "Look whether what it waits for is up and quick.".to_owned(),
                types::Failure::Failed(_) => "The plugin's log, beside this error, tells more.".to_owned(),
            },
            Self::Limit { which, .. } => match which.key() {
                Some(key) => format!("Raise it by `{key}:` under `limits:` of the plugin in the gate file, or mend the plugin."),
                None => "This limit is the same for every plugin: mend the plugin.".to_owned(),
            },
            Self::System { .. } => "Build the plugin without it: Rust for `wasm32-unknown-unknown`, Python and JavaScript with `--stub-wasi`.".to_owned(),
            Self::Trapped { .. } => "A panic or an exception in the plugin does this; `tidegate plugin test` shows its log.".to_owned(),
            Self::Malformed { .. } => "Mend it in the plugin's source; `tidegate plugin test` shows what it hands over.".to_owned(),
            Self::Stopped => "The check's `timeout` or the run budget ended it.".to_owned(),
        }
    }
}

fn told(failure: &types::Failure) -> String {
    match failure {
        types::Failure::Config(fault) if fault.pointer.is_empty() => {
            format!("the plugin refuses its config: {}", fault.message)
        }
        types::Failure::Config(fault) => format!(
            "the plugin refuses its config at `{}`: {}",
            fault.pointer, fault.message
        ),
        types::Failure::Denied(what) => format!("the plugin lacks a power: {what}"),
        types::Failure::Timeout(what) => format!("the plugin waited too long: {what}"),
        types::Failure::Failed(what) => format!("the plugin failed: {what}"),
    }
}
