//! Which gate file is read, and how.

use std::path::PathBuf;

use clap::Args;
use tidegate::GateBuilder;
use tidegate::ci::Situation;

/// An address that leads nowhere (RFC 2606, 2).
const NOWHERE: &str = "https://not-deployed-yet.invalid";

/// Which gate file is read, and for which environment.
#[derive(Debug, Clone, Args)]
pub(crate) struct GateArguments {
    /// The gate file.
    #[arg(
        long,
        value_name = "FILE",
        default_value = "tidegate.yaml",
        global = true
    )]
    pub(crate) gate: PathBuf,
    /// The environment to look at; needed when the gate file has several.
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) env: Option<String>,
    /// The address of the deploy to look at, in place of the environment's own; the gate then starts
    /// nothing.
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) url: Option<String>,
    /// Use plugins only as tidegate.lock has them; always so where the variable CI is set. Otherwise a plugin that
    /// was built anew and asks for no more is locked anew.
    #[arg(long, global = true)]
    pub(crate) locked: bool,
    /// Whether the gate file was named; else it is the usual one.
    #[arg(skip)]
    pub(crate) named: bool,
}

impl GateArguments {
    /// Reads the gate file.
    pub(crate) fn load(&self) -> Result<tidegate::Gate, tidegate::Error> {
        self.builder().load()
    }

    /// Reads the gate file as a run's surroundings suggest, where nothing else was asked for.
    ///
    /// While there is nothing to judge, the address of the candidate may be missing; the reports are
    /// written all the same, and nothing is sent.
    pub(crate) fn load_in(&self, situation: &Situation) -> Result<tidegate::Gate, tidegate::Error> {
        let read = |builder| situation.choose(builder).load();
        let loaded = read(self.builder());
        if loaded.is_err() && situation.provenance.pending.is_some() {
            return read(self.builder().url(NOWHERE));
        }
        loaded
    }

    /// The same for a command that can do without a gate file where an address is given.
    pub(crate) fn load_or_start(
        &self,
        situation: &Situation,
    ) -> Result<tidegate::Gate, tidegate::Error> {
        if !self.may_start() {
            return self.load_in(situation);
        }
        self.builder_in(situation).load()
    }

    /// Begins to read the gate file as a run's surroundings suggest, or the starter set where that may take its
    /// place.
    pub(crate) fn builder_in(&self, situation: &Situation) -> GateBuilder {
        let builder = situation.choose(self.builder());
        if self.may_start() {
            builder.or_starter_set()
        } else {
            builder
        }
    }

    /// Whether an address is given and nobody named a gate file, which is not there.
    fn may_start(&self) -> bool {
        !self.named && self.url.is_some() && !self.gate.exists()
    }

    pub(crate) fn builder(&self) -> GateBuilder {
        let mut builder = tidegate::Gate::builder(&self.gate).locked(self.locked || in_ci());
        if let Some(name) = &self.env {
            builder = builder.environment(name);
        }
        if let Some(url) = &self.url {
            builder = builder.url(url);
        }
        builder
    }
}

/// Whether a CI system runs the command, as nearly all of them say.
fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}
