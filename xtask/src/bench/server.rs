//! A program that serves on loopback and talks by lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::failure::Failure;

/// A program that first says where it listens; it ends when dropped.
pub(super) struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Server {
    /// Starts it and waits until it says where it listens.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub(super) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("start the server"))?;
        let output = child.stdout.take();
        let output = output.ok_or_else(|| Failure::Found("the server says nothing".to_owned()))?;
        let mut server = Self {
            input: child.stdin.take(),
            child,
            output: BufReader::new(output),
            url: String::new(),
        };
        server.url = server.line()?;
        Ok(server)
    }

    /// The base URL, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Says a word; what it answers.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer.
    pub(super) fn ask(&mut self, word: &str) -> Result<String, Failure> {
        let input = self.input.as_mut();
        let input = input.ok_or_else(|| Failure::Found("the server hears nothing".to_owned()))?;
        writeln!(input, "{word}").map_err(Failure::io("ask the server"))?;
        self.line()
    }

    /// Says that nothing more comes; what it answers.
    ///
    /// # Errors
    /// [`Failure`] when it does not answer.
    pub(super) fn finish(mut self) -> Result<String, Failure> {
        self.input = None;
        self.line()
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let read = self.output.read_line(&mut line);
        read.map_err(Failure::io("read what the server says"))?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
