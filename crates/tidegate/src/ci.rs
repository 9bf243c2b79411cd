//! Where a run comes from: the event of a CI system that started it, and the change in the repository
//! around the gate file.
//!
//! ```no_run
//! use tidegate::ci::{Search, Situation, github};
//! use tidegate::{Gate, RunOptions};
//!
//! let occasion = github(&|name| std::env::var(name).ok());
//! let path = "tidegate.yaml".as_ref();
//! let situation = Situation::of(path, occasion, &Search::default());
//! let gate = situation.choose(Gate::builder(path)).load()?;
//! let summary = gate.run(situation.options(RunOptions::default()), |_| ())?;
//! # Ok::<(), tidegate::Error>(())
//! ```

#[cfg(feature = "git")]
mod base;
mod environment;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use tidegate_core::provenance::Provenance;
use tidegate_runner::Options;

pub use tidegate_github::event::{Beginning, Occasion};

use crate::gate::GateBuilder;

/// What GitHub Actions says about this run; `None` when the run is not one of GitHub Actions.
///
/// `variable` gives the value of an environment variable; the file of the event's payload is read
/// from where `GITHUB_EVENT_PATH` says.
pub fn github(variable: &dyn Fn(&str) -> Option<String>) -> Option<Occasion> {
    let open = |path: &str| Ok(Box::new(File::open(path)?) as Box<dyn Read>);
    tidegate_github::event::read(variable, &open)
}

/// Tells which files differ between two commits, as paths below the repository's root; `None` when
/// it cannot say.
pub type Compare<'c> = &'c dyn Fn(&str, &str) -> Option<Vec<String>>;

/// How the start of a change is searched for.
#[derive(Clone, Copy, Default)]
pub struct Search<'s> {
    /// The revision that somebody named as the start; the event's own otherwise.
    pub since: Option<&'s str>,
    /// Whether a clone that lacks it may fetch it from `origin`.
    pub deepen: bool,
    /// Asked where neither the clone nor `origin` can say what changed.
    pub compare: Option<Compare<'s>>,
}

/// Where a run comes from, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// Which change is judged, and who asked.
    pub provenance: Provenance,
    /// The environment of the gate file that the event means.
    pub environment: Option<String>,
    /// The address of the candidate that the event tells.
    pub url: Option<String>,
    /// The revision that the change starts from.
    pub changed_since: Option<String>,
    /// What changed, where no revision of the clone can say so.
    pub changed_files: Option<Vec<String>>,
    /// Whether the run has secrets that the change must not get.
    pub withhold_secrets: bool,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Situation {
    /// Puts together what the event, the gate file and the repository around it say.
    ///
    /// What cannot be found out is left out, and told by a note where a reader would expect it.
    pub fn of(gate: &Path, occasion: Option<Occasion>, search: &Search<'_>) -> Self {
        let occasion = occasion.unwrap_or_default();
        let mut situation = Self {
            provenance: occasion.provenance.clone(),
            url: occasion.url.clone(),
            changed_since: search.since.map(str::to_owned),
            withhold_secrets: occasion.withhold_secrets,
            notes: occasion.notes.clone(),
            ..Self::default()
        };
        if let Some(told) = &occasion.environment {
            situation.choose_environment(gate, told);
        }
        #[cfg(feature = "git")]
        base::look(&mut situation, gate, &occasion, search);
        situation
    }

    fn choose_environment(&mut self, gate: &Path, told: &str) {
        // A gate file that cannot be read is told when it is loaded.
        let Ok(names) = tidegate_config::environments(gate) else {
            return;
        };
        self.environment = environment::meant(told, &names).map(str::to_owned);
        if self.environment.is_none() {
            self.notes.push(format!(
                "the event is about the environment `{told}`, and the gate file has none of that name"
            ));
        }
    }

    /// Lets the builder read the gate file for the environment and the address of the event, unless
    /// others were chosen.
    pub fn choose(&self, mut builder: GateBuilder) -> GateBuilder {
        let base = self.provenance.base.clone();
        builder = builder.judged_by_base(self.provenance.untrusted.is_some());
        builder = builder.changed_since(base.or_else(|| self.changed_since.clone()));
        if let Some(name) = &self.environment {
            builder = builder.environment_unless_chosen(name);
        }
        if let Some(url) = &self.url {
            builder = builder.url_of_event(url, self.environment.as_deref());
        }
        builder
    }

    /// Adds what is known to the options of a run.
    pub fn options(&self, options: Options) -> Options {
        let notes = [options.notes, self.notes.clone()].concat();
        Options {
            provenance: self.provenance.clone(),
            changed_since: self.changed_since.clone().or(options.changed_since),
            changed_files: self.changed_files.clone().or(options.changed_files),
            withhold_secrets: self.withhold_secrets || options.withhold_secrets,
            notes,
            ..options
        }
    }
}
