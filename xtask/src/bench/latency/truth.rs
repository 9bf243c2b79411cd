//! The server that knows its own times, as a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::failure::Failure;

/// The server on a free loopback port; it ends when dropped.
pub(super) struct Truth {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

/// What the server knows of its times.
pub(super) struct Known {
    /// The 95th percentile in milliseconds.
    pub(super) p95: f64,
}

impl Truth {
    /// Starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub(super) fn start(program: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("start the server"))?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| Failure::Found("the server says nothing".to_owned()))?;
        let mut truth = Self {
            child,
            output: BufReader::new(output),
            url: String::new(),
        };
        truth.url = truth.line()?;
        Ok(truth)
    }

    /// The address, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Begins anew.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer.
    pub(super) fn forget(&mut self) -> Result<(), Failure> {
        self.ask("forget").map(drop)
    }

    /// What it knows of the requests since then.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer, or got no request.
    pub(super) fn tell(&mut self) -> Result<Known, Failure> {
        let told = self.ask("tell")?;
        let p95 = told["p95"].as_f64();
        let nothing = || Failure::Found("the server got no request".to_owned());
        Ok(Known {
            p95: p95.ok_or_else(nothing)?,
        })
    }

    fn ask(&mut self, word: &str) -> Result<Value, Failure> {
        let input = self.child.stdin.as_mut();
        let input = input.ok_or_else(|| Failure::Found("the server hears nothing".to_owned()))?;
        writeln!(input, "{word}").map_err(Failure::io("ask the server"))?;
        let line = self.line()?;
        serde_json::from_str(&line).map_err(|_| Failure::Found(format!("the server said `{line}`")))
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        read.map_err(Failure::io("read what the server says"))?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Truth {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
