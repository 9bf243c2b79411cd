//! The server that is measured against.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;

/// A portal on a free loopback port; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Portal {
    child: Child,
    url: String,
    folder: PathBuf,
}

/// Where the example gate waits for webhooks unless it is told otherwise.
const WEBHOOKS: [&str; 2] = ["--webhook-url", "http://127.0.0.1:4010/hooks"];

impl Portal {
    /// Starts the portal and waits until it says where it listens.
    ///
    /// Its data are in `folder`, so that nothing is left when it is ended.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Self, Failure> {
        Self::with(program, folder, None)
    }

    /// The same with a regression perhaps.
    ///
    /// # Errors
    /// [`Failure`] when it does not start.
    pub(crate) fn with(
        program: &Path,
        folder: &Path,
        regression: Option<&str>,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.arg("--quiet");
        command.args(
            regression
                .map(|name| ["--break", name])
                .into_iter()
                .flatten(),
        );
        Self::launch(command, folder)
    }

    /// Starts a portal, with a regression perhaps, that writes a line into the file for each request.
    ///
    /// # Errors
    /// [`Failure`] when it does not start or the file cannot be made.
    pub(crate) fn counted(
        program: &Path,
        folder: &Path,
        regression: Option<&str>,
        log: &Path,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        if let Some(name) = regression {
            command.args(["--break", name]);
        }
        let log = File::create(log).map_err(Failure::io("make the portal's log"))?;
        command.args(WEBHOOKS).stderr(log);
        Self::launch(command, folder)
    }

    fn launch(mut command: Command, folder: &Path) -> Result<Self, Failure> {
        let child = command
            .args(["--print-url", "--data"])
            .arg(folder.join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("start the portal"))?;
        let mut portal = Self {
            child,
            url: String::new(),
            folder: folder.to_owned(),
        };
        portal.read_url()?;
        Ok(portal)
    }

    /// The base URL, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The folder with its data, where the measured programs run as well.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn read_url(&mut self) -> Result<(), Failure> {
        if let Some(output) = self.child.stdout.take() {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            read.map_err(Failure::io("read the portal's URL"))?;
            line.trim().clone_into(&mut self.url);
        }
        match self.url.starts_with("http://127.0.0.1:") {
            true => Ok(()),
            false => Err(Failure::Found(
                "the portal did not say where it listens".to_owned(),
            )),
        }
    }
}

impl Drop for Portal {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
