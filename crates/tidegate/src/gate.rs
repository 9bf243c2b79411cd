//! Reading a gate file and running it with the ports of this machine.

mod builder;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tidegate_config::LoadError;
use tidegate_core::baseline::Baseline;
use tidegate_core::event::{Event, Summary};
use tidegate_core::meta::Port;
use tidegate_core::plan::Plan;
use tidegate_core::ports::{HttpError, Repository};
use tidegate_core::registry::Registry;
use tidegate_repo::LocalFiles;
use tidegate_runner::{
    BASELINE_FILE, Cleaned, ConnectParts, Connected, Looked, Options, Setup, Stop,
};

pub use builder::GateBuilder;

use crate::judge::{self, Judge};
use crate::run::{Error, Started};
use crate::source::Source;
use crate::starter::Starter;

/// The folder of what outlives a run, beside the gate file.
pub(crate) const STATE_FOLDER: &str = ".tidegate";

/// A gate file that was read for one environment, ready to run.
#[derive(Clone)]
pub struct Gate {
    gate: tidegate_core::gate::Gate,
    source: Source,
    /// The salt of a baseline that has none of its own yet.
    salt: Option<String>,
    /// What is wrong with the gate file of a change that its base judges.
    broken: Option<LoadError>,
    /// Every kind that it may name.
    registry: Registry,
    /// What a reader should know of its plugins.
    notes: Vec<String>,
}

impl Gate {
    /// Begins to read the gate file at a path with the built-in kinds.
    pub fn builder(path: impl AsRef<Path>) -> GateBuilder {
        GateBuilder::new(path.as_ref())
    }

    /// Begins with the starter set of checks for a deploy of which only the address is known: its home page and
    /// what that loads, keys in the change and on the site, settings of the environments, what strangers must not
    /// reach, and one measurement. It needs no gate file and no account, and writes nothing.
    ///
    /// The address is production, so that it is only looked at, unless it is one of this machine. The repository
    /// and the files in the current folder are looked at too.
    ///
    /// ```no_run
    /// use tidegate::{Gate, RunOptions};
    ///
    /// let gate = Gate::starter("https://portal.acme.example").load()?;
    /// let summary = gate.run(RunOptions::default(), |_| ())?;
    /// # Ok::<(), tidegate::Error>(())
    /// ```
    pub fn starter(url: impl Into<String>) -> GateBuilder {
        Self::builder("tidegate.yaml").url(url).always_starter_set()
    }

    /// Whether it is the starter set and no gate file.
    pub(crate) fn is_starter(&self) -> bool {
        self.source.starter.is_some()
    }

    /// The gate file as it was read.
    pub fn definition(&self) -> &tidegate_core::gate::Gate {
        &self.gate
    }

    /// Every check kind and observer that the gate file may name, its plugins among them.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The path of the file of accepted findings.
    pub fn baseline_path(&self) -> PathBuf {
        self.lasting().join(BASELINE_FILE)
    }

    /// The folder of what outlives a run.
    pub fn state_folder(&self) -> PathBuf {
        self.lasting().join(STATE_FOLDER)
    }

    /// Where what outlives a run lies: beside the gate file; what the starter set keeps goes with it.
    fn lasting(&self) -> &Path {
        let starter = self.source.starter.as_deref();
        starter.map_or(&self.gate.root, Starter::folder)
    }

    /// Decides what a run would do; sends nothing and needs no secret.
    ///
    /// # Errors
    /// When a named check does not exist, or the repository cannot say what changed.
    pub fn plan(&self, options: &Options) -> Result<Plan, Error> {
        let mut setup = self.setup(options)?;
        let less = judge::counted(&setup.weakened);
        setup.weakened.notes.extend(less);
        Ok(tidegate_runner::plan(&setup)?)
    }

    /// Runs the checks and waits for the verdict; `on_event` is called in order on this thread.
    ///
    /// # Errors
    /// When the run could not begin. Failing checks are no error: they are in the summary.
    pub fn run(
        &self,
        options: Options,
        mut on_event: impl FnMut(&Event),
    ) -> Result<Summary, Error> {
        Ok(tidegate_runner::run(self.setup(&options)?, &mut on_event)?)
    }

    /// Runs the checks on a thread of their own and gives a future of the summary for any executor.
    ///
    /// Dropping the future stops the run; what it created is still removed.
    pub fn start(
        &self,
        options: Options,
        on_event: impl FnMut(&Event) + Send + 'static,
    ) -> Started {
        Started::spawn(self.clone(), options, on_event)
    }

    /// Removes what lost runs left behind and names what cannot be removed.
    ///
    /// # Errors
    /// When the journals cannot be read.
    pub fn clean(&self, stop: Stop) -> Result<Cleaned, Error> {
        let options = Options {
            stop,
            ..Options::default()
        };
        Ok(tidegate_runner::clean(self.setup(&options)?)?)
    }

    /// The findings that were accepted before.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn baseline(&self) -> Result<Baseline, Error> {
        let mut baseline = tidegate_runner::read_baseline(&self.baseline_path())?;
        baseline.salt = baseline.salt.or_else(|| self.salt.clone());
        Ok(baseline)
    }

    /// The gate for a run whose findings will be accepted: its baseline has a salt, a new one unless
    /// the file has one already.
    ///
    /// Secrets are known again by digests that the salt keys, wherever in the repository they move,
    /// so the run that finds them must have it already. Nothing is written before [`Gate::accept`].
    ///
    /// # Errors
    /// When the file is there and cannot be read, or the system has no randomness to give.
    pub fn salted(&self) -> Result<Self, Error> {
        let path = self.baseline_path();
        let salt = match self.baseline()?.salt {
            Some(salt) => salt,
            None => tidegate_runner::make_salt(&path)?,
        };
        Ok(Self {
            salt: Some(salt),
            ..self.clone()
        })
    }

    /// Looks at the secrets, the origins and the logins, each no longer than `within`; runs no check.
    pub(crate) fn look(&self, logins: bool, within: Duration) -> Result<Looked, Error> {
        let setup = self.setup(&Options::default())?;
        Ok(tidegate_runner::look(setup, logins, within)?)
    }

    fn setup(&self, options: &Options) -> Result<Setup, Error> {
        let repository = self.repository(options);
        let (baseline, lost) = match self.baseline() {
            Ok(baseline) => (baseline, None),
            // The base's counts then.
            Err(error) if options.provenance.untrusted.is_some() => {
                (Baseline::default(), Some(error.to_string()))
            }
            Err(error) => return Err(error),
        };
        let own = Judge::own(self.gate.clone(), baseline);
        let mut judge = match self.source.starter {
            // No change can weaken it.
            Some(_) => own,
            None => judge::judge(own, &self.source, repository.as_ref(), options)?,
        };
        let broken = self.broken.as_ref().map(judge::faults);
        let unused = broken
            .into_iter()
            .chain(lost)
            .map(|reason| judge::unused(&reason));
        judge.weakened.warnings.splice(..0, unused);
        let mut options = options.clone();
        options.notes.extend(self.notes.iter().cloned());
        Ok(Setup {
            gate: judge.gate,
            options,
            files: Arc::new(LocalFiles::new(&self.gate.root)),
            repository,
            variables: Arc::new(self.source.variables.clone()),
            connect: Box::new(connect),
            baseline: judge.baseline,
            weakened: judge.weakened,
            snapshots: judge.snapshots,
            state: self.state_folder(),
        })
    }

    /// The repository, opened only when something will look into it.
    fn repository(&self, options: &Options) -> Option<Arc<dyn Repository>> {
        let mut kinds = self.gate.checks.iter().map(|entry| entry.kind.meta());
        let wanted = judge::base(options).is_some()
            || options.changed_files.is_some()
            || kinds.any(|meta| meta.ports.contains(&Port::Repository));
        if !wanted || (options.provenance.untrusted.is_some() && in_submodule(&self.gate.root)) {
            return None;
        }
        repository(&self.gate.root)
    }
}

fn connect(parts: ConnectParts) -> Result<Connected, HttpError> {
    let sinks = Arc::new(tidegate_net::LoopbackSinks::new(parts.runtime.clone()));
    let client = tidegate_net::Client::new(tidegate_net::Wiring {
        environment: parts.environment,
        identities: parts.identities,
        files: parts.files,
        secrets: parts.secrets,
        exchanges: parts.exchanges,
        clock: parts.clock,
        random: parts.random,
        runtime: parts.runtime,
        user_agent: parts.user_agent,
    })?;
    let client = Arc::new(client);
    Ok(Connected {
        http: client.clone(),
        load: client.clone(),
        volley: client,
        sinks,
    })
}

#[cfg(feature = "git")]
fn repository(root: &Path) -> Option<Arc<dyn Repository>> {
    match tidegate_repo::GitRepository::discover(root) {
        Ok(found) => Some(Arc::new(found)),
        Err(tidegate_core::ports::RepositoryError::Absent { .. }) => None,
        Err(error) => Some(Arc::new(tidegate_repo::UnusableRepository(error))),
    }
}

/// Whether the repository around a folder is a submodule: a change chooses what such a one holds, its
/// base, too.
#[cfg(feature = "git")]
fn in_submodule(root: &Path) -> bool {
    let folder = Some(root).filter(|root| *root != Path::new(""));
    tidegate_repo::GitRepository::discover(folder.unwrap_or(Path::new(".")))
        .and_then(|found| found.is_submodule())
        .unwrap_or(false)
}

#[cfg(not(feature = "git"))]
fn in_submodule(_root: &Path) -> bool {
    false
}

#[cfg(not(feature = "git"))]
fn repository(_root: &Path) -> Option<Arc<dyn Repository>> {
    None
}
