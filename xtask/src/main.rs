//! Tasks of the repository: `cargo xtask TASK`.

#![forbid(unsafe_code)]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool talks on the terminal"
)]

mod bench;
mod failure;
mod generate;
mod process;
mod rules;
mod test;

use std::process::ExitCode;

use failure::Failure;
use lexopt::Parser;
use lexopt::prelude::{Long, Short, Value, ValueExt as _};

const HELP: &str = "\
Tasks of the Tidegate repository.

Usage: cargo xtask TASK

Tasks:
  test                      install what the tests need and run all of them
  bench flow [--runs N]     measure Tidegate against hurl on loopback (release build)
  bench secrets [--runs N | --accuracy]
                            measure Tidegate against kingfisher and gitleaks (release build), or count
                            what they find
  bench contract [--runs N | --accuracy]
                            measure what holding answers against a document costs (release build), or
                            say what Tidegate and schemathesis find on portals that break theirs
  bench access [--runs N | --accuracy]
                            measure looking at who may do what in an app of forty routes (release build), or
                            say what Tidegate and schemathesis find on portals that let too many in
  bench report [--runs N]   measure writing every report of a run with many findings (release build)
  bench latency [--runs N | --accuracy]
                            measure what Tidegate's client adds to the times it measures, beside oha and wrk
                            (release build; needs both in PATH), or say how often its statistics judge wrongly
  bench latency --catch [--debug]
                            say how often slow and racing portals are caught, and what the good one gets
                            (release build, or a trial with programs of the debug build)
  bench race [--runs N]     measure how far apart requests arrive that are released together (release build)
  bench plugin [--runs N]   measure what plugins cost, cold and warm, beside Extism (release build)
  bench first-hour [--runs N]
                            measure `init` in large projects, `import` of a large recording and `doctor` on the
                            portal (release build)
  generate [--check]        write the generated files, or only say which are stale
  rules FOLDER              make checks/rules/betterleaks.toml from betterleaks' sources
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut arguments = Parser::from_env();
    match arguments.next()? {
        None | Some(Long("help") | Short('h')) => {
            print!("{HELP}");
            Ok(())
        }
        Some(Value(task)) => match task.string()?.as_str() {
            "test" => no_more(arguments).and_then(|()| test::run_tests()),
            "bench" => bench::run(&bench::Options::parse(arguments)?),
            "rules" => rules::run(arguments),
            "generate" => generate::run(generate::Mode::parse(arguments)?),
            other => Err(Failure::Usage(format!("there is no task `{other}`"))),
        },
        Some(other) => Err(other.unexpected().into()),
    }
}

/// Refuses arguments after a task that takes none.
fn no_more(mut arguments: Parser) -> Result<(), Failure> {
    arguments
        .next()?
        .map_or(Ok(()), |argument| Err(argument.unexpected().into()))
}
