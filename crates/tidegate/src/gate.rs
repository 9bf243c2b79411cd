//! Reading a gate file and running it with the ports of this machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tidegate_config::LoadError;
use tidegate_core::baseline::Baseline;
use tidegate_core::check::{Kind, ObserverKind};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::{Event, Summary};
use tidegate_core::meta::Port;
use tidegate_core::plan::Plan;
use tidegate_core::ports::{HttpError, Repository};
use tidegate_core::registry::{Registry, RegistryError};
use tidegate_repo::LocalFiles;
use tidegate_runner::{
    BASELINE_FILE, Cleaned, ConnectParts, Connected, Looked, Options, Setup, Stop,
};

use crate::judge::{self, Judge};
use crate::plugins::Settings;
use crate::run::{Error, Started};
use crate::source::{Given, Loaded, Source, Variables};
use crate::starter::{self, Starter};

/// The folder of what outlives a run, beside the gate file.
pub(crate) const STATE_FOLDER: &str = ".tidegate";

/// How places name an address that was given as `--url`; the colon says that it is no file.
const FROM_OPTION: &str = "option:--url";

/// The same for one that an event told.
const FROM_EVENT: &str = "event:environment_url";

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

/// Collects what a gate file is read with.
pub struct GateBuilder {
    path: PathBuf,
    environment: Option<String>,
    url: Option<Given>,
    registry: Result<Registry, RegistryError>,
    variables: BTreeMap<String, String>,
    isolated: bool,
    base: Option<String>,
    untrusted: bool,
    plugins: Settings,
    starter: Option<Wanted>,
}

/// When the starter set is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Whether there is a gate file or not.
    Always,
    /// Where there is none, and an address was given.
    WithoutFile,
}

impl GateBuilder {
    /// Chooses the environment; it may be left out when the gate file has one only.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = Some(name.into());
        self
    }

    /// Chooses the environment unless one was chosen.
    pub(crate) fn environment_unless_chosen(mut self, name: &str) -> Self {
        self.environment.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Gives the candidate's address in place of the environment's own; the gate then starts nothing.
    ///
    /// A production environment's address is production here, too: it is only looked at.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(Given {
            url: url.into(),
            from: FROM_OPTION.to_owned(),
            chosen: true,
        });
        self
    }

    /// Gives the address that an event tells for an environment, unless an address was given or
    /// another environment chosen; `None` when the gate file has no such environment.
    pub(crate) fn url_of_event(mut self, url: &str, environment: Option<&str>) -> Self {
        let other = self.environment.as_deref().zip(environment);
        if other.is_none_or(|(chosen, told)| chosen == told) {
            self.url.get_or_insert_with(|| Given {
                url: url.to_owned(),
                from: FROM_EVENT.to_owned(),
                chosen: false,
            });
        }
        self
    }

    /// Names the revision that the judged change starts from: should the gate file be missing, the
    /// error says whether the change removed it.
    #[must_use]
    pub fn changed_since(mut self, base: Option<String>) -> Self {
        self.base = base;
        self
    }

    /// Says whether the base judges the change: then it does so also where the change has no gate file
    /// that can be read.
    pub(crate) fn judged_by_base(mut self, untrusted: bool) -> Self {
        self.untrusted = untrusted;
        self
    }

    /// Sets a variable or a secret, before the process environment is asked.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Leaves the process environment unread: only [`GateBuilder::variable`] counts.
    #[must_use]
    pub fn without_process_environment(mut self) -> Self {
        self.isolated = true;
        self
    }

    /// Adds a check kind of the program's own.
    #[must_use]
    pub fn kind(mut self, kind: Arc<dyn Kind>) -> Self {
        self.registry = self.registry.and_then(|mut registry| {
            registry.add_kind(kind)?;
            Ok(registry)
        });
        self
    }

    /// Adds an observer of the program's own.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn ObserverKind>) -> Self {
        self.registry = self.registry.and_then(|mut registry| {
            registry.add_observer(observer)?;
            Ok(registry)
        });
        self
    }

    /// Says whether the plugins that the gate file declares are used; they are unless `false` is said. A check of one
    /// is a fault of the gate file otherwise. Without the feature `plugins` this changes nothing.
    #[must_use]
    pub fn plugins(mut self, used: bool) -> Self {
        self.plugins.on = used;
        self
    }

    /// Says whether plugins are used only as `tidegate.lock` has them, which is so unless `false` is said. Otherwise a
    /// component that was built anew since, and asks for no more than before, is locked anew: the file is written.
    #[must_use]
    pub fn locked(mut self, locked: bool) -> Self {
        self.plugins.locked = locked;
        self
    }

    /// Keeps on a tape what the gate's plugins ask for and get; of several checks of plugins, what the last one that
    /// began asked for.
    #[cfg(feature = "plugins")]
    #[must_use]
    pub fn recording(self, tape: &tidegate_plugin::author::test::Tape) -> Self {
        crate::plugins::record(&self.path, &self.plugins, tape);
        self
    }

    /// The path of the gate file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the starter set may take the place of a gate file.
    pub(crate) fn may_start(&self) -> bool {
        self.starter.is_some()
    }

    /// Where the values of variables come from.
    pub(crate) fn values(&self) -> Variables {
        Variables {
            given: Arc::new(self.variables.clone()),
            isolated: self.isolated,
        }
    }

    /// Lets the starter set of checks take the place of a gate file that is not there, when an address is given
    /// with [`GateBuilder::url`]; see [`Gate::starter`].
    ///
    /// It does not where the revision that the change starts from, or the commit that is checked out, has the gate
    /// file: a change must not get rid of its judge by removing it.
    #[must_use]
    pub fn or_starter_set(mut self) -> Self {
        self.starter.get_or_insert(Wanted::WithoutFile);
        self
    }

    /// Reads the gate file.
    ///
    /// # Errors
    /// [`Error::Gate`] with everything that is wrong in the file, [`Error::Registry`] when an added
    /// kind's name is taken, [`Error::Starter`] when the starter set has no place for its files.
    pub fn load(self) -> Result<Gate, Error> {
        let variables = self.values();
        let mut plugins = self.plugins;
        plugins.locked |= self.untrusted;
        let source = Source {
            path: self.path,
            environment: self.environment,
            url: self.url,
            registry: self.registry?,
            variables,
            plugins,
            starter: None,
        };
        let base = self.base.as_deref();
        let found = match self.starter {
            Some(Wanted::Always) => starting(&source, None)?,
            wanted => match source.load_own() {
                Ok(loaded) => Found::of(source, loaded),
                Err(error) => match (instead(error, &source, base, self.untrusted), wanted) {
                    (Ok((loaded, broken)), _) => Found {
                        broken,
                        ..Found::of(source, loaded)
                    },
                    (Err(error), Some(Wanted::WithoutFile)) => {
                        without_file(error, &source, base, self.untrusted)?
                    }
                    (Err(error), _) => return Err(error.into()),
                },
            },
        };
        Ok(Gate {
            gate: found.loaded.gate,
            source: found.source,
            salt: None,
            broken: found.broken,
            registry: found.loaded.registry,
            notes: found.loaded.notes,
        })
    }
}

impl Gate {
    /// Begins to read the gate file at a path with the built-in kinds.
    pub fn builder(path: impl AsRef<Path>) -> GateBuilder {
        GateBuilder {
            path: path.as_ref().to_owned(),
            environment: None,
            url: None,
            registry: Ok(tidegate_kinds::registry()),
            variables: BTreeMap::new(),
            isolated: false,
            base: None,
            untrusted: false,
            plugins: Settings::new(),
            starter: None,
        }
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
        let mut builder = Self::builder("tidegate.yaml").url(url);
        builder.starter = Some(Wanted::Always);
        builder
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

/// A gate that was read, and what with.
struct Found {
    source: Source,
    loaded: Loaded,
    broken: Option<LoadError>,
}

impl Found {
    fn of(source: Source, loaded: Loaded) -> Self {
        Self {
            source,
            loaded,
            broken: None,
        }
    }
}

/// The starter set in place of a gate file.
fn starting(source: &Source, warning: Option<Diagnostic>) -> Result<Found, Error> {
    let url = source.url.as_ref().map_or("", |given| &given.url);
    let starter = Starter::new(url, source.folder()).map_err(Error::Starter)?;
    let source = source.with_starter(starter);
    let mut loaded = source.load_own()?;
    loaded.gate.warnings.extend(warning);
    Ok(Found::of(source, loaded))
}

/// The starter set where there is no gate file, if it may stand there.
fn without_file(
    error: LoadError,
    source: &Source,
    base: Option<&str>,
    untrusted: bool,
) -> Result<Found, Error> {
    let is_absent = std::fs::symlink_metadata(&source.path)
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    if !is_absent || !source.url.as_ref().is_some_and(|given| given.chosen) {
        return Err(error.into());
    }
    let repository = repository(source.folder());
    let warning = starter::allowed(error, source, base, untrusted, repository.as_ref())?;
    let mut found = starting(source, warning)?;
    found.loaded.notes.push(format!(
        "there is no gate file at `{}`, so the starter set of checks runs; nothing is kept of this run",
        source.path.display()
    ));
    Ok(found)
}

/// What there is in place of a gate file that cannot be read: the base's, where that judges anyway.
fn instead(
    error: LoadError,
    source: &Source,
    base: Option<&str>,
    untrusted: bool,
) -> Result<(Loaded, Option<LoadError>), LoadError> {
    let Some((base, repository)) = base.zip(repository(source.folder())) else {
        return Err(error);
    };
    if untrusted && let Some(loaded) = judge::gate_at(source, base, &repository) {
        return Ok((loaded, Some(error)));
    }
    if source.path.exists() {
        return Err(error);
    }
    let gone = judge::gone(&error, &source.path, base, &repository);
    Err(gone.unwrap_or(error))
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
