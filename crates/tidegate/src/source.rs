//! What a gate file is read with, so that it can be read again as another revision has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_config::{Disk, GivenUrl, LoadError, Reader, Text, Written};
use tidegate_core::gate::Gate;
use tidegate_core::ports::{self, Variables as _};
use tidegate_core::registry::Registry;
use tidegate_core::secret::Sensitive;
use tidegate_packs::Packs;

use crate::plugins::{self, Components, Known, Settings};
use crate::starter::{self, Starter};

/// Where `${NAME}` of a gate file comes from.
#[derive(Clone, Default)]
pub(crate) struct Variables {
    pub(crate) given: Arc<BTreeMap<String, String>>,
    pub(crate) isolated: bool,
}

impl ports::Variables for Variables {
    fn get(&self, name: &str) -> Option<Sensitive> {
        let given = self.given.get(name).cloned();
        let value = if self.isolated {
            given
        } else {
            given.or_else(|| std::env::var(name).ok())
        };
        value.map(Sensitive::from)
    }

    fn names(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.given.keys().cloned().collect();
        if !self.isolated {
            names.extend(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()));
        }
        names.into_iter().collect()
    }
}

/// An address from outside the gate file, and how errors name where it comes from.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) url: String,
    pub(crate) from: String,
    /// Whether the one who runs the gate named it; an event did otherwise.
    pub(crate) chosen: bool,
}

/// What a gate file is read with.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) environment: Option<String>,
    pub(crate) url: Option<Given>,
    pub(crate) registry: Registry,
    pub(crate) variables: Variables,
    pub(crate) plugins: Settings,
    /// The starter set, where that is read in place of a file.
    pub(crate) starter: Option<Arc<Starter>>,
}

/// A gate file that was read, and what its plugins add.
pub(crate) struct Loaded {
    pub(crate) gate: Gate,
    /// Every kind that it may name.
    pub(crate) registry: Registry,
    /// What a reader should know of its plugins.
    pub(crate) notes: Vec<String>,
}

impl Source {
    /// Reads the gate file with texts from a revision.
    pub(crate) fn load(&self, reader: &dyn Reader) -> Result<Loaded, LoadError> {
        self.load_with(reader, Components::Held)
    }

    /// Reads the gate file as it lies on the disk, or the starter set.
    pub(crate) fn load_own(&self) -> Result<Loaded, LoadError> {
        match &self.starter {
            Some(starter) => self.load_with(&**starter, Components::Ignored),
            None => self.load_with(&Disk, Components::Own),
        }
    }

    /// The same with the starter set in place of the gate file.
    pub(crate) fn with_starter(&self, starter: Starter) -> Self {
        Self {
            path: starter::path_in(self.folder()),
            // It has one only.
            environment: None,
            starter: Some(Arc::new(starter)),
            ..self.clone()
        }
    }

    fn load_with(&self, reader: &dyn Reader, components: Components) -> Result<Loaded, LoadError> {
        let known = plugins::known(self, reader, components);
        let mut gate = tidegate_config::load(&tidegate_config::Source {
            path: &self.path,
            environment: self.environment.as_deref(),
            url: self.url.as_ref().map(|given| GivenUrl {
                url: &given.url,
                from: &given.from,
                chosen: given.chosen,
            }),
            registry: &known.registry,
            packs: &Packs,
            reader,
            variables: &|name| Some(self.variables.get(name)?.expose().to_owned()),
            plugins: known.told(),
        })?;
        gate.warnings.extend(known.warnings);
        Ok(Loaded {
            gate,
            registry: known.registry,
            notes: known.notes,
        })
    }

    /// The gate file as it is written, to be held against another state of it; `name` is what
    /// findings call it, when that is another path. With it what is known of its plugins.
    pub(crate) fn written(
        &self,
        reader: &dyn Reader,
        name: Option<&str>,
    ) -> Result<(Written, Known), LoadError> {
        let known = plugins::known(self, reader, Components::Ignored);
        let written = Written::read(&Text {
            path: &self.path,
            name,
            registry: &known.registry,
            packs: &Packs,
            reader,
        })?;
        Ok((written, known))
    }

    /// The folder of the gate file, which may not be there.
    pub(crate) fn folder(&self) -> &Path {
        let parent = self.path.parent();
        let parent = parent.filter(|parent| *parent != Path::new(""));
        parent.unwrap_or(Path::new("."))
    }
}
