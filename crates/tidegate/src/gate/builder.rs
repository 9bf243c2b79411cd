//! What a gate file is read with, and reading it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_config::LoadError;
use tidegate_core::check::{Kind, ObserverKind};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::registry::{Registry, RegistryError};

use super::{Gate, repository};
use crate::judge;
use crate::plugins::Settings;
use crate::run::Error;
use crate::source::{Given, Loaded, Source, Variables};
use crate::starter::{self, Starter};

/// How places name an address that was given as `--url`; the colon says that it is no file.
const FROM_OPTION: &str = "option:--url";

/// The same for one that an event told.
const FROM_EVENT: &str = "event:environment_url";

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
    /// Begins with the path of a gate file and the built-in kinds.
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
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

    /// Takes the starter set, whether there is a gate file or not.
    pub(super) fn always_starter_set(mut self) -> Self {
        self.starter = Some(Wanted::Always);
        self
    }

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
