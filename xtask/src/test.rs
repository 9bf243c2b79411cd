//! `cargo xtask test`: all tests, on a machine that may have nothing but Rust, a C compiler and git.

use std::env;
use std::process::Command;

use crate::failure::Failure;
use crate::process::{answers, cargo, run};

/// Every room with everything it can do, so that no test is left out for want of a feature.
const EVERYTHING: [&str; 3] = ["--workspace", "--features", "full"];

/// A version that builds with the Rust of this workspace; a newer one that is there is used as well.
const RUNNER_VERSION: &str = "0.9.143";

/// Runs the tests in the documentation, then all others.
///
/// In this order, because the closing lines of the main runner are what people and machines look for
/// at the end.
///
/// # Errors
/// [`Failure`] when the runner cannot be installed or a test fails; both groups run in any case.
pub(crate) fn run_tests() -> Result<(), Failure> {
    install_runner()?;
    let documentation = run(cargo(&["test", "--doc"]).args(EVERYTHING));
    run(&mut runner()).and(documentation)
}

fn runner() -> Command {
    let mut command = cargo(&["nextest", "run"]);
    command.args(EVERYTHING);
    if env::var_os("CI").is_some() {
        command.args(["--profile", "ci"]);
    }
    command
}

fn install_runner() -> Result<(), Failure> {
    if answers(&mut cargo(&["nextest", "--version"])) {
        return Ok(());
    }
    eprintln!("installing cargo-nextest, once; this takes a few minutes");
    let version = ["--version", RUNNER_VERSION];
    run(cargo(&["install", "cargo-nextest", "--locked"]).args(version))
}
