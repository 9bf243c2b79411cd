//! Removes what lost runs left behind.

use std::io;
use std::sync::Arc;

use tidegate_core::ports::Leftover;

use crate::cleanup::{Lost, Pending, Remover, Site, lost_journals};
use crate::error::RunError;
use crate::run::{Base, on_own_runtime};
use crate::setup::Setup;
use crate::stop::Stop;

/// What became of the things that lost runs left behind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// What is gone now.
    pub removed: Vec<Leftover>,
    /// What is still there, each with its reason.
    pub left: Vec<Leftover>,
    /// How many runs still go on; theirs is left alone.
    pub running: usize,
}

/// Removes what lost runs created in the environment of the gate, last in first out.
///
/// What has no known removing request is named, and named again until its journal is deleted.
///
/// # Errors
/// When the journals cannot be read, or there is no client to send with.
pub fn clean(setup: Setup) -> Result<Cleaned, RunError> {
    let stop = setup.options.stop.clone();
    let thread = std::thread::Builder::new().name("tidegate-clean".into());
    let work = thread.spawn(move || on_own_runtime(async move { replay(setup, stop).await })?);
    work.map_err(|error| RunError::Start(error.to_string()))?
        .join()
        .unwrap_or_else(|_| {
            Err(RunError::Internal(
                "the thread of `clean` ended early".into(),
            ))
        })
}

async fn replay(setup: Setup, stop: Stop) -> Result<Cleaned, RunError> {
    let (journals, running) = lost_journals(&setup.state).map_err(unreadable)?;
    let mut cleaned = Cleaned {
        running,
        ..Cleaned::default()
    };
    if journals.is_empty() {
        return Ok(cleaned);
    }
    let base = Base::new(&setup, 0);
    base.learn_all(&setup.gate, std::iter::empty());
    let environment = setup.gate.environment.clone();
    let http = base.connect(&setup.gate, setup.files, setup.connect)?.http;
    let remover = Remover::new(http, Arc::clone(&base.clock), stop);
    for journal in journals {
        let here = journal.site.as_ref().is_some_and(|site: &Site| {
            site.environment == environment.name && site.url == environment.url.value
        });
        replay_one(journal, here, &remover, &mut cleaned)
            .await
            .map_err(unreadable)?;
    }
    Ok(cleaned)
}

async fn replay_one(
    mut journal: Lost,
    here: bool,
    remover: &Remover,
    cleaned: &mut Cleaned,
) -> io::Result<()> {
    let sessions = remover.fresh_sessions();
    let mut all = true;
    for pending in std::mem::take(&mut journal.pending).into_iter().rev() {
        let sent = if here {
            send(&pending, remover, &sessions).await
        } else {
            Err(elsewhere(journal.site.as_ref()))
        };
        match sent {
            Ok(()) => {
                journal.removed(&pending)?;
                cleaned.removed.push(pending.leftover("it is removed now"));
            }
            Err(reason) => {
                all = false;
                cleaned.left.push(pending.leftover(reason));
            }
        }
    }
    if all { journal.delete() } else { Ok(()) }
}

async fn send(
    pending: &Pending,
    remover: &Remover,
    sessions: &crate::cleanup::FreshSessions,
) -> Result<(), String> {
    let stored = pending
        .remove_with
        .as_ref()
        .ok_or("the answer that names it was lost")?;
    let request = stored
        .request(pending.check())
        .ok_or("the request that removes it holds a secret or a file, which is not kept on disk")?;
    remover.remove(request, pending.identity(), sessions).await
}

fn elsewhere(site: Option<&Site>) -> String {
    site.map_or_else(
        || "its journal does not say where it was created".to_owned(),
        |site| format!("it was created in `{}` at {}", site.environment, site.url),
    )
}

fn unreadable(error: io::Error) -> RunError {
    RunError::Journal(error.to_string())
}
