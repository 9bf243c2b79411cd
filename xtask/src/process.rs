//! Running other programs, cargo first of all.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::failure::Failure;

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The cargo that runs this task, in the root of the repository.
///
/// It is not told what `cargo run` told this task about its own package. Build scripts look at that, ring's for one: they
/// would run again, and all that is behind them be built anew, whenever a task follows a cargo that somebody typed.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root());
    for (name, _) in env::vars_os().filter(|(name, _)| is_of_this_package(name)) {
        command.env_remove(name);
    }
    command
}

/// Whether a variable tells what `cargo run` runs about its own package.
fn is_of_this_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_PKG_")
}

/// Runs a program whose output the caller sees.
///
/// # Errors
/// [`Failure`] when it cannot be started or does not succeed.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = show(command);
    let status = command
        .status()
        .map_err(Failure::io(format!("start {shown}")))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Program {
        command: shown,
        code: status.code(),
    })
}

/// Runs a program and takes its standard output; its standard error stays visible.
///
/// # Errors
/// [`Failure`] when it cannot be started, does not succeed or writes something else than UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let shown = show(command);
    let Output { status, stdout, .. } = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::io(format!("start {shown}")))?;
    if !status.success() {
        return Err(Failure::Program {
            command: shown,
            code: status.code(),
        });
    }
    String::from_utf8(stdout)
        .map_err(|_| Failure::Found(format!("`{shown}` wrote something else than UTF-8")))
}

/// Whether a program is there and answers.
pub(crate) fn answers(command: &mut Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Builds one program and says where it is.
///
/// `arguments` choose the package, the features and the profile.
///
/// # Errors
/// [`Failure`] when it does not build or cargo names no program.
pub(crate) fn build(program: &str, arguments: &[&str]) -> Result<PathBuf, Failure> {
    built("--bin", program, arguments)
}

/// Builds one example for release and says where it is.
///
/// # Errors
/// [`Failure`] when it does not build or cargo names no program.
pub(crate) fn build_example(program: &str, package: &str) -> Result<PathBuf, Failure> {
    built("--example", program, &["--release", "--package", package])
}

fn built(sort: &str, program: &str, arguments: &[&str]) -> Result<PathBuf, Failure> {
    let mut command = cargo(&["build", "--quiet", sort, program]);
    command
        .args(["--message-format", "json-render-diagnostics"])
        .args(arguments);
    let messages = output(&mut command)?;
    executable(program, &messages)
        .ok_or_else(|| Failure::Found(format!("cargo named no program `{program}`")))
}

/// The path of a program in cargo's messages, one JSON object a line.
fn executable(program: &str, messages: &str) -> Option<PathBuf> {
    let built = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_program = message.pointer("/target/name")? == program;
        let path = message.get("executable")?.as_str()?;
        is_program.then(|| PathBuf::from(path))
    };
    messages.lines().find_map(built)
}

/// The command line as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = concat!(
            "{\"target\":{\"name\":\"build-script-build\"},\"executable\":null}\n",
            "no json\n",
            "{\"target\":{\"name\":\"tidegate\"},\"executable\":null}\n",
            "{\"target\":{\"name\":\"tidegate\"},\"executable\":\"/target/tidegate\"}\n",
        );
        assert_eq!(
            executable("tidegate", messages),
            Some(PathBuf::from("/target/tidegate"))
        );
        assert_eq!(executable("portal", messages), None);
    }

    #[test]
    fn another_cargo_is_not_told_of_this_package() {
        let command = cargo(&["build"]);
        let removed = |name: &str| {
            command
                .get_envs()
                .any(|(one, value)| one == name && value.is_none())
        };
        // What runs tests sets these, too.
        assert!(removed("CARGO_MANIFEST_DIR") && removed("CARGO_PKG_NAME"));
        for kept in [
            "CARGO",
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_INCREMENTAL",
            "PATH",
        ] {
            assert!(!removed(kept), "{kept}");
        }
    }

    #[test]
    fn a_command_is_shown_without_the_path_of_its_program() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["nextest", "run"]);
        assert_eq!(show(&command), "cargo nextest run");
    }

    #[test]
    fn a_failing_programs_exit_code_is_kept() {
        let failure = run(&mut cargo(&["no-such-subcommand-of-cargo"])).unwrap_err();
        assert!(
            matches!(
                failure,
                Failure::Program {
                    code: Some(101),
                    ..
                }
            ),
            "{failure}"
        );
    }
}
