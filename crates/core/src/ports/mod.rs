//! What a check may reach, as traits that other rooms implement.
//!
//! Futures are boxed and need no particular runtime: an implementation spawns on the handle it
//! holds, so a caller may poll them from any executor.

pub mod cleanup;
pub mod files;
pub mod http;
pub mod load;
pub mod machine;
pub mod process;
pub mod secrets;
pub mod sinks;
pub mod snapshots;
pub mod variables;
pub mod volley;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use cleanup::{Cleanup, Leftover, Promise, Recover, Ticket};
pub use files::{
    ChangedBlob, ChangedFile, Commit, Content, Files, FilesError, FoundFile, Head, Repository,
    RepositoryError, State, StateError, TreeFile, WHOLE,
};
pub use http::{Http, HttpError, LoginError};
pub use load::{Load, Neighbour, Samples};
pub use machine::{Clock, Random, Tasks};
pub use process::{Command, Completed, ProcessError, Processes, Running};
pub use secrets::Secrets;
pub use sinks::{Overlooked, Received, Reply, Sink, SinkError, Sinks};
pub use snapshots::{SnapshotError, Snapshots};
pub use variables::Variables;
pub use volley::Volley;

use crate::exchange::Exchanges;
use crate::meta::Port;

/// A future on the heap that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Every port of a run; a [`crate::check::Context`] shows a check those it declared.
#[derive(Clone)]
pub struct Ports {
    /// Requests to declared origins.
    pub http: Arc<dyn Http>,
    /// Many requests, on time.
    pub load: Arc<dyn Load>,
    /// Requests released together.
    pub volley: Arc<dyn Volley>,
    /// Revisions of the git repository, when the gate stands in one.
    pub repository: Option<Arc<dyn Repository>>,
    /// Files under granted roots.
    pub files: Arc<dyn Files>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Concurrency.
    pub tasks: Arc<dyn Tasks>,
    /// Programs on this machine.
    pub processes: Arc<dyn Processes>,
    /// Removal of what checks create.
    pub cleanup: Arc<dyn Cleanup>,
    /// Small files that outlive the run.
    pub state: Arc<dyn State>,
    /// Values by reference.
    pub secrets: Arc<dyn Secrets>,
    /// What checks sent and received.
    pub exchanges: Arc<Exchanges>,
    /// The process environment.
    pub variables: Arc<dyn Variables>,
    /// Loopback servers that record what the portal sends out.
    pub sinks: Arc<dyn Sinks>,
}

/// A check asked for a port that it cannot have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The kind's META does not list it.
    #[error("the port {0:?} is not declared in the kind's META")]
    NotDeclared(Port),
    /// This run has none.
    #[error("{}", absent(*.0))]
    Absent(Port),
}

/// What is missing, in words of the person who runs it where there are some.
fn absent(port: Port) -> String {
    match port {
        Port::Repository => "this folder is in no git repository".to_owned(),
        port => format!("this run has no {port:?} port"),
    }
}

impl PortError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotDeclared(_) => "List the port in the kind's META.",
            Self::Absent(Port::Repository) => "Run Tidegate inside a git checkout.",
            Self::Absent(_) => "The program that embeds Tidegate did not offer this port.",
        }
    }
}
