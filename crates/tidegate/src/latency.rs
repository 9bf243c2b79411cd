//! Stored times of the environments, as people look at them and replace them.

use std::path::PathBuf;

use tidegate_core::ports::State as _;
use tidegate_kinds::latency_references::{References, Unusable, last_name, reference_name};
use tidegate_runner::FolderState;

use crate::gate::Gate;
use crate::run::Error;

/// The stored times of one environment.
#[derive(Debug)]
pub struct Times {
    /// Its key in the gate file.
    pub environment: String,
    /// What later runs are held against.
    pub reference: Option<Result<References, Unusable>>,
    /// What the last run measured.
    pub last: Option<Result<References, Unusable>>,
}

/// Why stored times could not be replaced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LatencyError {
    /// No run measured anything that could be one.
    #[error("no run has measured times of the environment `{0}`")]
    Nothing(String),
    /// What was measured is not used.
    #[error("the stored times {file} are not used: {reason}")]
    Unusable {
        /// The file.
        file: String,
        /// Why.
        reason: Unusable,
    },
}

impl LatencyError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Nothing(_) => {
                "Run a check of the kind `regression` with `old: { reference: true, … }` there first."
            }
            Self::Unusable { reason, .. } => reason.help(),
        }
    }
}

impl Gate {
    fn state(&self) -> FolderState {
        FolderState::new(self.state_folder())
    }

    fn environment_name(&self) -> &str {
        &self.definition().environment.name
    }

    fn read_times(
        &self,
        environment: &str,
        name: &str,
    ) -> Result<Option<Result<References, Unusable>>, Error> {
        let content = self.state().read(name)?;
        let gate = &self.definition().name;
        Ok(content.map(|content| References::read(&content, gate, environment)))
    }

    /// The stored times of every environment that the gate file declares and that has some.
    ///
    /// # Errors
    /// When the gate file, or a file that is there, cannot be read.
    pub fn latency_times(&self) -> Result<Vec<Times>, Error> {
        let declared = tidegate_config::environments(&self.definition().file)?;
        let mut all = Vec::new();
        for environment in declared {
            let times = Times {
                reference: self.read_times(&environment, &reference_name(&environment))?,
                last: self.read_times(&environment, &last_name(&environment))?,
                environment,
            };
            if times.reference.is_some() || times.last.is_some() {
                all.push(times);
            }
        }
        Ok(all)
    }

    /// Puts what the last run measured in the environment in the place of the reference; checks that it
    /// did not measure keep theirs. Gives how many it measured, and the ids of those that were slower than
    /// the reference before.
    ///
    /// # Errors
    /// When nothing was measured, or a file cannot be read or written.
    pub fn accept_latency(&self) -> Result<(usize, Vec<String>), Error> {
        let environment = self.environment_name();
        let usable = |file: &str| match self.read_times(environment, file)? {
            Some(read) => read.map(Some).map_err(|reason| {
                let file = file.to_owned();
                Error::Latency(LatencyError::Unusable { file, reason })
            }),
            None => Ok(None),
        };
        let last = usable(&last_name(environment))?
            .ok_or_else(|| LatencyError::Nothing(environment.to_owned()))?;
        // One that is not used is replaced: that is how it is mended.
        let name = reference_name(environment);
        let mut reference = usable(&name)
            .ok()
            .flatten()
            .unwrap_or_else(|| References::new(&self.definition().name, environment));
        let measured = last.checks.len();
        let slower = reference.accept(last);
        self.state().write(&name, &reference.content())?;
        Ok((measured, slower))
    }

    /// Takes the stored times of the environment away; gives the files that are gone.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn remove_latency(&self) -> Result<Vec<PathBuf>, Error> {
        let environment = self.environment_name();
        let mut gone = Vec::new();
        for name in [reference_name(environment), last_name(environment)] {
            if self.state().remove(&name)? {
                gone.push(self.state_folder().join(name));
            }
        }
        Ok(gone)
    }
}
