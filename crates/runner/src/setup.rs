//! What a run is given.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::baseline::Baseline;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Environment, Gate, Identity};
use tidegate_core::ports::{
    Clock, Files, Http, HttpError, Load, Random, Repository, Secrets, Sinks, Snapshots, Variables,
    Volley,
};
use tidegate_core::provenance::Provenance;

use crate::stop::Stop;
use crate::weakened::Weakened;

/// Everything a run is given.
pub struct Setup {
    /// The gate file, read for one environment.
    pub gate: Gate,
    /// What the caller asks for beside the gate file.
    pub options: Options,
    /// Reads of files under the gate file's folder.
    pub files: Arc<dyn Files>,
    /// The git repository, when the gate stands in one.
    pub repository: Option<Arc<dyn Repository>>,
    /// The process environment, or a test's.
    pub variables: Arc<dyn Variables>,
    /// Makes the HTTP client once the run's ports exist.
    pub connect: Connect,
    /// The findings that are known.
    pub baseline: Baseline,
    /// What the judged change does to its own gate.
    pub weakened: Weakened,
    /// Where observers find what was learned; beside the gate file when absent.
    pub snapshots: Option<Arc<dyn Snapshots>>,
    /// The folder of what outlives the run, `.tidegate` beside the gate file.
    pub state: PathBuf,
}

/// Makes the HTTP client of a run.
pub type Connect = Box<dyn FnOnce(ConnectParts) -> Result<Connected, HttpError> + Send>;

/// What reaches the network.
pub struct Connected {
    /// Requests to declared origins.
    pub http: Arc<dyn Http>,
    /// Many requests to them, on time.
    pub load: Arc<dyn Load>,
    /// Requests to them that are released together.
    pub volley: Arc<dyn Volley>,
    /// Loopback servers that record.
    pub sinks: Arc<dyn Sinks>,
}

/// What an HTTP client is made of.
pub struct ConnectParts {
    /// Where the run looks.
    pub environment: Arc<Environment>,
    /// Who it can be.
    pub identities: Vec<Identity>,
    /// Reads of files under that folder.
    pub files: Arc<dyn Files>,
    /// Values by reference.
    pub secrets: Arc<dyn Secrets>,
    /// Where exchanges are published.
    pub exchanges: Arc<Exchanges>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The runtime of the run, to spawn on.
    pub runtime: tokio::runtime::Handle,
    /// What the client calls itself.
    pub user_agent: String,
}

/// What the caller asks for beside the gate file.
#[derive(Debug, Clone)]
pub struct Options {
    /// Only these checks and what they need: ids or globs of ids; every check when empty.
    pub only: Vec<String>,
    /// Not these checks: ids or globs of ids.
    pub skip: Vec<String>,
    /// Every check, however many there are.
    pub all: bool,
    /// The revision the change starts from.
    pub changed_since: Option<String>,
    /// Whether the first result that stops the deploy ends the run.
    pub fail_fast: bool,
    /// Whether a verdict that is not allow stops the deploy; only noted in the summary.
    pub advisory: bool,
    /// Whether what was seen replaces the snapshots.
    pub update: bool,
    /// The seed of everything random; drawn when the run starts if absent.
    pub seed: Option<u64>,
    /// How many checks run at once.
    pub jobs: Option<usize>,
    /// How long the whole run may take; the gate file's own when absent.
    pub run_budget: Option<Duration>,
    /// Whether the candidate and the logins are looked at before the first check.
    pub preflight: bool,
    /// Which change is judged, and who asked.
    pub provenance: Provenance,
    /// What changed since the base, as paths below the repository's root, where no revision of the
    /// clone can say so.
    pub changed_files: Option<Vec<String>>,
    /// What a reader should know about where the run comes from; told with the plan's own notes.
    pub notes: Vec<String>,
    /// Whether a change that is not trusted gets no secret even where the run has it.
    pub withhold_secrets: bool,
    /// Whether programs of a change that is not trusted may run: its `start:` and its commands.
    pub allow_start: bool,
    /// Stops the run from outside.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            only: Vec::new(),
            skip: Vec::new(),
            all: false,
            changed_since: None,
            fail_fast: false,
            advisory: false,
            update: false,
            seed: None,
            jobs: None,
            run_budget: None,
            preflight: true,
            provenance: Provenance::default(),
            changed_files: None,
            notes: Vec::new(),
            withhold_secrets: false,
            allow_start: false,
            stop: Stop::new(),
        }
    }
}
