//! The command line: arguments in, text and an exit code out.

mod arguments;
mod baseline;
mod checks;
mod clean;
mod contract;
#[cfg(feature = "demo")]
mod demo;
mod dev;
mod doctor;
mod draft;
mod explain;
#[cfg(feature = "github")]
mod github;
mod import;
mod init;
mod insert;
mod latency;
mod output;
mod packs;
mod plan;
#[cfg(feature = "plugins")]
mod plugin;
#[cfg(feature = "github")]
mod previous;
#[cfg(feature = "github")]
mod publish;
mod render;
mod run;
mod signals;

use std::io::{self, IsTerminal as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::CommandFactory as _;
use tidegate::exit;
use tidegate::report::text::{defuse, visible};

use arguments::{Arguments, Command, GateArguments};
use output::Output;

/// Runs the command and says with which code the process ends.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let output = Output::detect(arguments.color);
    std::panic::set_hook(Box::new(|panic| output::tell_panic(panic.location())));
    let ended = catch_unwind(AssertUnwindSafe(|| dispatch(arguments, &output)));
    match ended {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(error)) => ExitCode::from(output.fail(&error)),
        Err(_) => ExitCode::from(exit::INTERNAL),
    }
}

/// Help and version are no errors; everything else clap says is about usage.
fn usage(error: &clap::Error) -> ExitCode {
    // The text is for a person who may have closed the pipe already.
    let _ = if error.use_stderr() && !io::stderr().is_terminal() {
        // It repeats arguments, and in a workflow these may be what somebody named a branch.
        let text = visible(&error.render().to_string(), true);
        write!(io::stderr().lock(), "{}", defuse(&text))
    } else {
        error.print()
    };
    ExitCode::from(if error.use_stderr() {
        exit::USAGE
    } else {
        exit::ALLOW
    })
}

fn dispatch(arguments: Arguments, output: &Output) -> anyhow::Result<u8> {
    let Arguments { gate, command, .. } = arguments;
    match command {
        Command::Init(init) => init::init(&gate, &init, output),
        Command::Run(run) => run::run(&gate, &run, output),
        Command::Dev(dev) => dev::dev(&gate, &dev, output),
        Command::Doctor(doctor) => doctor::doctor(&gate, &doctor, output),
        Command::Import(import) => import::import(&gate, &import, output),
        Command::Packs(packs) => packs::packs(&packs, output),
        Command::Render(render) => render::render(&render, output),
        Command::Plan(plan) => plan::plan(&gate, &plan.selection, output),
        Command::Checks => checks::checks(&gate, output),
        Command::Explain { code, markdown } => explain::explain(&gate, &code, markdown, output),
        Command::Schema => schema(&gate, output),
        #[cfg(feature = "plugins")]
        Command::Plugin(command) => plugin::plugin(&gate, &command, output),
        Command::Baseline(command) => baseline::baseline(&gate, &command, output),
        Command::Contract(contract) => contract::contract(&contract, output),
        Command::Draft(command) => draft::draft(&gate, &command, output),
        #[cfg(feature = "github")]
        Command::Publish(command) => publish::publish(&command, output),
        #[cfg(feature = "github")]
        Command::Previous(command) => previous::previous(&gate, &command, output),
        Command::Clean => clean::clean(&gate, output),
        #[cfg(feature = "demo")]
        Command::Demo(command) => demo::demo(&command, output),
        Command::Completions { shell } => completions(shell, output),
        Command::Man => man(output),
    }
}

fn schema(gate: &GateArguments, output: &Output) -> anyhow::Result<u8> {
    let schema = tidegate_config::schema(&tidegate::plugins::registry(&gate.gate)?);
    let text = serde_json::to_string_pretty(&schema).context("the schema cannot be written")?;
    output.print(&format!("{text}\n"))
}

fn completions(shell: clap_complete::Shell, output: &Output) -> anyhow::Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tidegate", &mut text);
    output.print(&String::from_utf8_lossy(&text))
}

fn man(output: &Output) -> anyhow::Result<u8> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut text)
        .context("the manual cannot be written")?;
    output.print(&String::from_utf8_lossy(&text))
}
