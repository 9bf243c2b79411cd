//! `tidegate doctor`

use clap::Args;
use tidegate::ci::{self, Search, Situation};
use tidegate::doctor::{Look, examine};
use tidegate::exit;

use super::arguments::GateArguments;
use super::output::Output;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Log nobody in.
    #[arg(long)]
    no_login: bool,
    /// Print JSON for machines.
    #[arg(long)]
    json: bool,
}

/// Looks whether everything that a run needs is there.
pub(crate) fn doctor(
    gate: &GateArguments,
    arguments: &DoctorArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let occasion = ci::github(&|name| std::env::var(name).ok());
    let situation = Situation::of(&gate.gate, occasion, &Search::default());
    let examination = examine(
        gate.builder_in(&situation),
        &Look {
            logins: !arguments.no_login,
            situation,
        },
    );
    output.print(&if arguments.json {
        examination.json()
    } else {
        examination.text(&output.style)
    })?;
    Ok(if examination.is_ready() {
        exit::ALLOW
    } else {
        exit::USAGE
    })
}
