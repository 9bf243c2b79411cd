//! Kind `secrets`: nothing secret leaves with a deploy.

mod bundle;
mod change;
mod codes;
mod collect;
mod config;
mod content;
mod deployed;
mod exposure;
mod findings;
mod folders;
mod ignore;
mod own;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod verify;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{
    Check, CheckError, CheckReport, Context, Doubt, Forecast, Inconclusive, Kind, Metric,
    ParseScope, Unit,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::{Meta, Port};
use tidegate_core::node::Node;
use tidegate_core::ports::{BoxFuture, Files, PortError, Repository, RepositoryError, Variables};

use change::Git;
use collect::{Collected, counted};
use config::Config;
use deployed::{Deployed, most_requests};
use exposure::Known;
use findings::Standpoint;
use folders::Folders;
use own::{Own, Sources};

use crate::base::{self, Base};
use crate::blocking::{self, Stop};

/// How long the look at the files and the site may take.
const WORST: Duration = Duration::from_secs(300);

/// The kind `secrets`.
pub(crate) fn kind() -> Arc<dyn Kind> {
    Arc::new(SecretsKind)
}

struct SecretsKind;

impl Kind for SecretsKind {
    fn meta(&self) -> &Meta {
        &codes::META
    }

    fn schema(&self) -> Json {
        config::schema()
    }

    fn parse(
        &self,
        config: &Node,
        _scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Ok(Arc::new(Secrets {
            config: Arc::new(Config::read(config)?),
        }))
    }
}

/// A configured look for secrets.
struct Secrets {
    config: Arc<Config>,
}

impl Check for Secrets {
    fn forecast(&self) -> Forecast {
        Forecast {
            requests: if self.config.site { most_requests() } else { 0 },
            asks: self
                .config
                .verify
                .then(verify::question)
                .into_iter()
                .collect(),
            worst: if self.config.verify {
                WORST + verify::worst()
            } else {
                WORST
            },
            ..Forecast::default()
        }
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        Box::pin(self.attempt(context))
    }
}

impl Secrets {
    async fn attempt(&self, context: &Context) -> Result<CheckReport, CheckError> {
        let offline = Offline {
            config: self.config.clone(),
            repository: repository(context, &self.config)?,
            root: context.root().to_owned(),
            files: context.files()?.clone(),
            variables: context.variables()?.clone(),
            base: context.base().map(str::to_owned),
            known: Known::new(&**context.random()),
        };
        let looked = blocking::run(&**context.tasks(), move |stop| offline.look(stop)).await;
        let (mut collected, known, mut own) = looked?;
        if self.config.site {
            let deployed = Deployed::fetch(context, &self.config.pages).await?;
            let silent = deployed.silent();
            let scanner = own.scanner.clone();
            let looked = blocking::run(&**context.tasks(), move |_| deployed.look(&scanner));
            collected.append(looked.await);
            collected.unanswered = silent;
        }
        learn(context, &collected);
        collected.leave_allowed(&known);
        own.let_be(&mut collected.exposures, &known, self.config.everything());
        collected.notes.append(&mut own.notes);
        if self.config.verify {
            let notes = verify::ask(context, &mut collected.exposures, &known).await?;
            collected.notes.extend(notes);
        }
        Ok(report(context, collected, &known))
    }
}

/// Teaches the redactor every value, those that are let be as well.
fn learn(context: &Context, collected: &Collected) {
    let sightings = collected.exposures.iter().map(|one| &one.sighting);
    for sighting in sightings.filter(|sighting| sighting.holds_value()) {
        let name = format!("secrets/{}", sighting.slug());
        context.secrets().learn(&name, sighting.value.expose());
    }
}

/// The repository, when there is one.
fn repository(
    context: &Context,
    config: &Config,
) -> Result<Option<Arc<dyn Repository>>, CheckError> {
    let needed = config.change == Some(true) || config.tree || config.history;
    match context.repository() {
        Ok(repository) => Ok(Some(repository.clone())),
        Err(PortError::Absent(Port::Repository)) if !needed => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The look at everything that is on this machine.
struct Offline {
    config: Arc<Config>,
    repository: Option<Arc<dyn Repository>>,
    root: PathBuf,
    files: Arc<dyn Files>,
    variables: Arc<dyn Variables>,
    base: Option<String>,
    known: Known,
}

impl Offline {
    fn look(mut self, stop: &Stop) -> Result<(Collected, Known, Own), CheckError> {
        let repository = self.repository.take();
        let named = self.config.base.as_deref().or(self.base.as_deref());
        let find = |repository| base::find(repository, &*self.variables, named);
        let base = match repository.as_deref().map(find).transpose() {
            // Nothing is asked of a repository that cannot be used.
            Err(_) if !self.config.wants_git() => None,
            base => base?,
        };
        let judged = repository
            .as_deref()
            .zip(base.as_ref().and_then(Base::revision));
        let sources = Sources::new(&*self.files, judged, &self.root);
        let own = Own::read(&self.config, &sources)?;
        let scanner = &*own.scanner;
        let mut collected = Collected::default();
        if let (Some(repository), Some(base)) = (&repository, base.clone()) {
            let git = Git {
                repository: &**repository,
                scanner,
                stop,
            };
            self.look_into_git(&git, base, &mut collected)?;
        } else if self.config.change.is_none() {
            let note = "this is no git repository, so no change was looked at";
            collected.notes.push(note.to_owned());
        }
        let folders = Folders {
            files: &*self.files,
            scanner,
            stop,
        };
        for folder in &self.config.files {
            collected.append(folders.look(folder)?);
        }
        let usual = || folders.usual();
        let build = self.config.build.clone().unwrap_or_else(usual);
        for folder in &build {
            collected.append(folders.build(folder)?);
        }
        Ok((collected, self.known, own))
    }

    fn look_into_git(
        &mut self,
        git: &Git<'_>,
        mut base: Base,
        collected: &mut Collected,
    ) -> Result<(), RepositoryError> {
        if self.config.change != Some(false) {
            let change = match git.change(&base, &self.config.head, &mut self.known) {
                Err(RepositoryError::Shallow { revision }) => {
                    let why =
                        format!("this clone is shallow and does not reach back to `{revision}`");
                    base = Base::Missing(why);
                    git.change(&base, &self.config.head, &mut self.known)
                }
                change => change,
            }?;
            collected.append(change);
            collected.notes.push(compared(&base, collected.looked));
        }
        // Before the first commit there is neither a tree nor history.
        let begun = base::begun(git.repository)?;
        if self.config.tree && begun {
            collected.append(git.tree("HEAD")?);
        }
        if self.config.history && begun {
            collected.append(git.history(self.config.history_since.as_deref())?);
            if git.repository.shallow()? {
                let note = format!(
                    "this clone is shallow, and older commits were not looked at; {}",
                    base::FETCH
                );
                collected.notes.push(note);
            }
        }
        git.date(&self.config.head, &mut collected.exposures);
        Ok(())
    }
}

/// What the change was compared with, for people.
fn compared(base: &Base, files: u32) -> String {
    let changed = |files| counted(files, "changed file was", "changed files were");
    match base {
        Base::Revision(revision) => format!("{} compared with `{revision}`", changed(files)),
        Base::LastCommit if files == 0 => {
            "everything is committed, so there was no change to look at; to look at every file, \
             set `tree: true`"
                .to_owned()
        }
        Base::LastCommit => format!(
            "{} not committed yet",
            counted(files, "file is", "files are")
        ),
        Base::Nothing(why) => format!("every file counts as new: {why}"),
        Base::Missing(why) => format!(
            "every file counts as new: {why}, so keys that were there before are told as well; {}",
            base::FETCH
        ),
    }
}

fn report(context: &Context, collected: Collected, known: &Known) -> CheckReport {
    let notes = collected.told();
    let megabytes = Metric {
        name: "looked at".to_owned(),
        subject: String::new(),
        unit: Unit::Bytes,
        value: collected.bytes as f64,
        samples: Vec::new(),
    };
    let evaluated = collected.looked;
    let repository = context.repository().ok();
    let folder = repository.and_then(|found| base::folder_in(found.root(), context.root()));
    let standpoint = Standpoint {
        line: context.span().location(),
        folder: folder.unwrap_or_default(),
    };
    let of_values = findings::findings(collected.exposures, known, context.salt(), &standpoint);
    let mut findings = collected.findings;
    findings.extend(of_values);
    let inconclusive = collected.unanswered.map(|text| Inconclusive {
        reason: Doubt::NoEvidence,
        text,
    });
    CheckReport {
        findings,
        metrics: vec![megabytes],
        evaluated: evaluated.max(1),
        inconclusive,
        notes,
        ..CheckReport::default()
    }
}
