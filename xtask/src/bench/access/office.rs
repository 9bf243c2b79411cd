//! The server of forty routes that is measured against.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::failure::Failure;
use crate::process::build_example;

/// The office on a free loopback port; it ends when dropped.
pub(super) struct Office {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Office {
    /// Builds it for release, starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// [`Failure`] when it does not build or start.
    pub(super) fn start() -> Result<Self, Failure> {
        let program = build_example("office", "tidegate-testkit")?;
        let started = Failure::io("start the office");
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(started)?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| Failure::Found("the office says nothing".to_owned()))?;
        let mut office = Self {
            child,
            output: BufReader::new(output),
            url: String::new(),
        };
        office.url = office.line()?;
        Ok(office)
    }

    /// The base URL, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Stops it; how many requests it answered.
    ///
    /// # Errors
    /// [`Failure`] when it does not say.
    pub(super) fn stop(mut self) -> Result<usize, Failure> {
        drop(self.child.stdin.take());
        let line = self.line()?;
        let said = || Failure::Found(format!("the office said `{line}` at its end"));
        line.parse().map_err(|_| said())
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        read.map_err(Failure::io("read what the office says"))?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
