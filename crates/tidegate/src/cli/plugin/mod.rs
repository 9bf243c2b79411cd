//! `tidegate plugin`

mod add;
mod asked;
mod build;
mod inspect;
mod list;
mod lockfile;
mod new;
mod test;
mod tools;
mod update;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::GateArguments;
use super::output::Output;

/// What to do with plugins.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Look at a plugin, lock it in tidegate.lock, and show the lines that declare it in the gate file.
    Add(AddArguments),
    /// Lock the plugins of the gate file anew: shows what is another one, and what it asks for beyond before.
    ///
    /// Exit codes: 0 everything is locked, 1 a plugin asks for more and nobody agreed, 2 a plugin cannot be used.
    Update(UpdateArguments),
    /// Show what a plugin says about itself; runs no check of it.
    Inspect(InspectArguments),
    /// List the plugins of the gate file, which component each is, and what it may do.
    List,
    /// Begin a plugin: writes a project that builds and passes its tests; nothing is downloaded or overwritten.
    New(new::NewArguments),
    /// Make the component of a plugin's project, whatever language it is in.
    ///
    /// Exit codes: 0 built, 1 a tool failed or what it made is no plugin, 2 there is no project.
    Build(build::BuildArguments),
    /// Run the cases in `tests/` of a plugin's project, without a server.
    ///
    /// Exit codes: 0 all as expected, 1 one is not, 2 a case or the component cannot be used.
    Test(test::TestArguments),
}

/// Options of `plugin add`.
#[derive(Debug, Args)]
pub(crate) struct AddArguments {
    /// The name that the plugin gives itself; checks name it as `plugin/NAME`.
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Its component: a file, from here, or an https address.
    #[arg(value_name = "FILE|URL")]
    pub(crate) place: String,
    /// The SHA-256 that the component must have, in hexadecimal, as its author publishes it.
    #[arg(long, value_name = "DIGEST")]
    pub(crate) sha256: Option<String>,
    /// Add the lines to the gate file; nothing else in it is touched.
    #[arg(long)]
    pub(crate) write: bool,
}

/// Options of `plugin update`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    /// The plugins to lock anew; all of the gate file otherwise.
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Agree to plugins that ask for more than before, without being asked.
    #[arg(long)]
    pub(crate) accept: bool,
}

/// Options of `plugin inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A component, or the name of a plugin of the gate file.
    #[arg(value_name = "FILE|NAME")]
    pub(crate) plugin: PathBuf,
    /// Write it as JSON, for machines.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Carries a command out.
pub(crate) fn plugin(
    gate: &GateArguments,
    command: &PluginCommand,
    output: &Output,
) -> anyhow::Result<u8> {
    match command {
        PluginCommand::Add(arguments) => add::add(gate, arguments, output),
        PluginCommand::Update(arguments) => update::update(gate, arguments, output),
        PluginCommand::Inspect(arguments) => inspect::inspect(gate, arguments, output),
        PluginCommand::List => list::list(gate, output),
        PluginCommand::New(arguments) => new::new(arguments, output),
        PluginCommand::Build(arguments) => build::build(arguments, output),
        PluginCommand::Test(arguments) => test::test(gate, arguments, output),
    }
}
