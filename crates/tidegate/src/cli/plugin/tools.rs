//! The programs that a plugin is built with: whether they are there, and running one of them.
//!
//! These are commands of a developer in a project of their own. Nothing here runs while a gate is judged.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tidegate::Stop;
use tidegate::report::text::clip;
use tidegate_plugin::author::Language;

use super::super::output::Output;

/// The target that plugins in Rust are compiled for.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";
/// How many of the last lines of a program that failed are shown again.
const LAST_LINES: usize = 12;
/// The longest line that is shown, in characters.
const LINE: usize = 2_000;
/// How long a program may take to end by itself after Ctrl-C, which it gets as well.
const GRACE: Duration = Duration::from_secs(2);
/// How often a running program is looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// How to get Node.js.
const GET_NODE: &str =
    "Install Node.js 20 or newer with npm from https://nodejs.org, or with your system's packages.";
/// How to get Python.
const GET_PYTHON: &str = "Install Python 3.11 or newer with its module venv from https://www.python.org, or with your system's packages (`python3-venv` on Debian and Ubuntu).";
/// How to get Rust.
const GET_RUST: &str = "Install Rust from https://rustup.rs.";

/// Why a program did not do what it was started for.
#[derive(Debug)]
pub(super) enum Failed {
    /// It is not there, or cannot be started.
    Start { program: String, error: io::Error },
    /// It ended with a fault; the last lines that it wrote.
    Ended {
        program: String,
        status: ExitStatus,
        lines: Vec<String>,
    },
    /// Ctrl-C.
    Stopped,
}

impl Failed {
    /// What went wrong, and how to mend it.
    pub(super) fn words(&self, language: Language) -> (String, String) {
        match self {
            Self::Start { program, error } if error.kind() == io::ErrorKind::NotFound => {
                (format!("{program} is not there"), get(language).to_owned())
            }
            Self::Start { program, error } => (
                format!("{program} cannot be started: {error}"),
                get(language).to_owned(),
            ),
            Self::Ended {
                program,
                status,
                lines,
            } => {
                let (means, help) = meaning(lines);
                let shown: String = lines.iter().map(|line| format!("\n  | {line}")).collect();
                (
                    format!("{program} failed ({status}): {means}{shown}"),
                    help.to_owned(),
                )
            }
            Self::Stopped => (
                "the build was stopped".to_owned(),
                "Run it again.".to_owned(),
            ),
        }
    }
}

/// How to get the tools of a language.
fn get(language: Language) -> &'static str {
    match language {
        Language::Rust => GET_RUST,
        Language::JavaScript => GET_NODE,
        Language::Python => GET_PYTHON,
    }
}

/// Words in what programs write, what they mean, and how to mend it; the first that is found counts.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "can't find crate for `core`",
        "the target is not installed",
        "Type `rustup target add wasm32-unknown-unknown`.",
    ),
    (
        "target may not be installed",
        "the target is not installed",
        "Type `rustup target add wasm32-unknown-unknown`.",
    ),
    (
        "is not supported by the following packages",
        "Rust is too old for a package",
        "Type `rustup update`, or choose an older version of the package in `Cargo.toml`.",
    ),
    (
        "could not compile",
        "the source has errors",
        "Mend the errors above; each names its file and line.",
    ),
    (
        "ensurepip is not available",
        "Python lacks its module venv",
        "Install `python3-venv` with your system's packages.",
    ),
    (
        "No module named venv",
        "Python lacks its module venv",
        "Install `python3-venv` with your system's packages.",
    ),
    (
        "No matching distribution found",
        "a package is not to be had for this Python",
        "Look at `requirements.txt`, whether the network is there, and whether Python is 3.11 or newer.",
    ),
    (
        "ModuleNotFoundError",
        "a module is imported that is not there",
        "Add its package to `requirements.txt`; packages that are not pure Python do not run in a plugin.",
    ),
    (
        "SyntaxError",
        "the source has an error",
        "Mend the error above.",
    ),
    (
        "Could not resolve",
        "a package is imported that is not there",
        "Install it with `npm install`; modules of Node.js itself are not there in a plugin.",
    ),
    (
        "EUSAGE",
        "package-lock.json and package.json do not belong together",
        "Type `npm install`, which brings them together, and build again.",
    ),
    (
        "ENOTFOUND",
        "the registry cannot be reached",
        "Look whether the network, or the proxy of npm, is there.",
    ),
    (
        "EAI_AGAIN",
        "the registry cannot be reached",
        "Look whether the network, or the proxy of npm, is there.",
    ),
    (
        "ECONNREFUSED",
        "the registry cannot be reached",
        "Look whether the network, or the proxy of npm, is there.",
    ),
    (
        "Temporary failure in name resolution",
        "the registry cannot be reached",
        "Look whether the network is there.",
    ),
    (
        "failed to download",
        "the registry cannot be reached",
        "Look whether the network is there.",
    ),
    (
        "No space left on device",
        "the disk is full",
        "Make room and build again.",
    ),
    (
        "Permission denied",
        "a file may not be written or run",
        "Look at who owns the project's folder.",
    ),
];

fn meaning(lines: &[String]) -> (&'static str, &'static str) {
    let found = MEANINGS
        .iter()
        .find(|(words, _, _)| lines.iter().any(|line| line.contains(words)));
    found.map_or(
        (
            "it says why",
            "Mend what its last lines name, and build again.",
        ),
        |(_, means, help)| (means, help),
    )
}

/// What is missing on this machine for a language, and how to get it.
pub(super) fn missing(language: Language, folder: &Path) -> Vec<(String, String)> {
    let there = |program: &str| said(program, &["--version"], folder).is_some();
    let told = |what: &str, how: &str| vec![(what.to_owned(), how.to_owned())];
    match language {
        Language::Rust if !there("cargo") => {
            told("cargo is not there, which builds the plugin", GET_RUST)
        }
        Language::Rust if !has_target(folder) => told(
            &format!("Rust cannot compile for {TARGET} yet"),
            &format!("Type `rustup target add {TARGET}`."),
        ),
        Language::JavaScript if !there("node") || !there(&npm()) => told(
            "Node.js with npm is not there, which builds the plugin",
            GET_NODE,
        ),
        Language::Python if python(folder).is_none() => told(
            "Python 3.11 or newer is not there, which builds the plugin",
            GET_PYTHON,
        ),
        _ => Vec::new(),
    }
}

/// Whether the compiler that cargo uses in a folder has the standard library for plugins.
fn has_target(folder: &Path) -> bool {
    // As cargo finds it (https://doc.rust-lang.org/cargo/reference/environment-variables.html).
    let compiler = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let library = said(
        &compiler,
        &["--print", "target-libdir", "--target", TARGET],
        folder,
    );
    library.is_some_and(|path| Path::new(path.trim()).is_dir())
}

/// The Python that is new enough.
pub(super) fn python(folder: &Path) -> Option<&'static str> {
    const NEW_ENOUGH: &str = "import sys, venv; sys.exit(sys.version_info < (3, 11))";
    ["python3", "python"]
        .into_iter()
        .find(|program| said(program, &["-c", NEW_ENOUGH], folder).is_some())
}

/// What npm is called here.
pub(super) fn npm() -> String {
    if cfg!(windows) { "npm.cmd" } else { "npm" }.to_owned()
}

/// What a program prints, when it is there and ends well.
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What becomes of the lines on a program's standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// Shown, as those on standard error are.
    Shown,
    /// Kept for the caller.
    Kept,
}

/// Runs a program to its end and shows what it writes meanwhile; gives the kept lines of its standard output.
pub(super) fn run(
    mut command: Command,
    lines: Lines,
    stop: &Stop,
    output: &Output,
) -> Result<Vec<String>, Failed> {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Failed::Start {
        program: program.clone(),
        error,
    })?;
    let last = Mutex::new(VecDeque::new());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (status, kept) = thread::scope(|scope| {
        let show = |line: String| {
            let line = clip(&line, LINE).into_owned();
            output.say(&format!("  | {line}"));
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            last.push_back(line);
            if last.len() > LAST_LINES {
                last.pop_front();
            }
        };
        let reader = scope.spawn(move || each_line(stderr, show));
        let kept = scope.spawn(move || {
            let mut kept = Vec::new();
            each_line(stdout, |line| match lines {
                Lines::Shown => show(line),
                Lines::Kept => kept.push(line),
            });
            kept
        });
        let status = wait(&mut child, stop);
        // A reader that failed has nothing more to tell.
        let _ = reader.join();
        (status, kept.join().unwrap_or_default())
    });
    let lines = last
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .into();
    match status {
        Some(Ok(status)) if status.success() => Ok(kept),
        Some(Ok(status)) => Err(Failed::Ended {
            program,
            status,
            lines,
        }),
        Some(Err(error)) => Err(Failed::Start { program, error }),
        None => Err(Failed::Stopped),
    }
}

/// Waits for the end of a program; nothing when it was stopped.
fn wait(child: &mut Child, stop: &Stop) -> Option<io::Result<ExitStatus>> {
    let mut since = None;
    loop {
        match child.try_wait() {
            Ok(Some(_)) if since.is_some() => return None,
            Ok(Some(status)) => return Some(Ok(status)),
            Err(error) => return Some(Err(error)),
            Ok(None) => {}
        }
        if stop.is_requested() && since.get_or_insert_with(Instant::now).elapsed() > GRACE {
            // It ended meanwhile when this fails.
            let _ = child.kill();
        }
        thread::sleep(PAUSE);
    }
}

/// Reads lines that may be anything.
fn each_line(pipe: Option<impl Read>, mut take: impl FnMut(String)) {
    let Some(pipe) = pipe else { return };
    for line in BufReader::new(pipe).split(b'\n') {
        let Ok(line) = line else { return };
        let text = String::from_utf8_lossy(&line);
        // A program that draws progress writes over its line.
        let text = text.trim_end().rsplit('\r').next().unwrap_or_default();
        take(text.to_owned());
    }
}
