//! Text to a person: answers to standard output, faults to standard error.

use std::io::{self, IsTerminal as _, Write as _};
use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;

use tidegate::report::reports::Settings;
use tidegate::report::text::{defuse, visible};
use tidegate::report::{self, Codes, Format, Style};
use tidegate::{Diagnostic, exit};
use tidegate_core::registry::Registry;

use super::arguments::Color;

/// How text is written.
pub(crate) struct Output {
    /// For standard output.
    pub(crate) style: Style,
    errors: Style,
    live: bool,
}

impl Output {
    pub(crate) fn detect(color: Color) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let style = |terminal: bool| {
            let detected = Style::detect(terminal, columns, &variable);
            match color {
                Color::Auto => detected,
                Color::Always => Style {
                    color: true,
                    ..detected
                },
                Color::Never => Style {
                    color: false,
                    ..detected
                },
            }
        };
        let terminal = io::stderr().is_terminal();
        Self {
            style: style(io::stdout().is_terminal()),
            errors: style(terminal),
            live: terminal && variable("CI").is_none(),
        }
    }

    /// What the reporters of a run know beside its events.
    pub(crate) fn settings(&self, registry: &Registry) -> Settings {
        let beside = [
            tidegate_runner::preflight_meta(),
            tidegate_config::gate_meta(),
        ];
        let beside = beside.iter().flat_map(|meta| meta.codes.iter().cloned());
        let codes: Codes = registry.codes().into_iter().chain(beside).collect();
        let codes = codes.with_plugins(registry);
        let file = |format: Format| {
            let path = std::env::var_os(format.variable()?)?;
            (!path.is_empty()).then(|| PathBuf::from(path))
        };
        Settings {
            style: self.style,
            live: self.live,
            codes: Arc::new(codes),
            step_summary: file(Format::StepSummary),
            outputs: file(Format::Outputs),
            previous: None,
        }
    }

    /// Prints an answer; a reader that has gone away is no fault.
    pub(crate) fn print(&self, text: &str) -> anyhow::Result<u8> {
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(exit::ALLOW),
        }
    }

    /// Prints a line about what is going on; names in it may be anybody's, such as those of files.
    pub(crate) fn say(&self, text: &str) {
        self.write(&defuse(&visible(text, self.errors.unicode)));
    }

    /// Prints a question, behind which the answer is typed.
    pub(crate) fn prompt(&self, text: &str) {
        let mut errors = io::stderr().lock();
        let text = defuse(&visible(text, self.errors.unicode));
        // There is no one to ask when standard error is closed.
        let _ = write!(errors, "{text}").and_then(|()| errors.flush());
    }

    /// Prints what was made for standard error, with its colours, or as a command to a CI system.
    pub(crate) fn write(&self, text: &str) {
        // There is no one to tell when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{}", text.trim_end());
    }

    /// Prints what went wrong and how to mend it.
    pub(crate) fn fault(&self, message: impl Into<String>, help: impl Into<String>) {
        self.write(&report::diagnostics(
            &[Diagnostic::new(message).help(help)],
            &self.errors,
        ));
    }

    /// Prints what a person should know although nothing fails for it.
    pub(crate) fn note(&self, message: &str, help: &str) {
        self.write(&report::note(message, help, &self.errors));
    }

    /// Prints what is wrong with an input, at its place.
    pub(crate) fn diagnose(&self, fault: &Diagnostic) {
        let faults = std::slice::from_ref(fault);
        self.write(&report::diagnostics(faults, &self.errors));
    }

    /// Prints why the command failed and gives its exit code.
    pub(crate) fn fail(&self, error: &anyhow::Error) -> u8 {
        if let Some(error) = error.downcast_ref::<tidegate::Error>() {
            match error.diagnostics() {
                [] => self.fault(error.to_string(), error.help()),
                faults => self.write(&report::diagnostics(faults, &self.errors)),
            }
            return error.exit_code();
        }
        if let Some(usage) = error.downcast_ref::<Usage>() {
            self.fault(&usage.message, &usage.help);
            return exit::USAGE;
        }
        self.fault(
            format!("{error:#}"),
            "This is a defect of Tidegate; please report it.",
        );
        exit::INTERNAL
    }
}

/// Says where Tidegate failed. The message is left out: it may hold what no output may show. A
/// panic on a thread of a run is the outcome of its check and told there.
pub(crate) fn tell_panic(place: Option<&Location<'_>>) {
    let of_a_run = std::thread::current()
        .name()
        .is_some_and(|name| name.starts_with("tidegate-"));
    if let Some(place) = place.filter(|_| !of_a_run) {
        // There is no one to tell when standard error is closed.
        let _ = writeln!(
            io::stderr().lock(),
            "Tidegate itself failed at {place}; please report it."
        );
    }
}

/// The command line asks for something that cannot be done.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Usage {
    pub(crate) message: String,
    pub(crate) help: String,
}
