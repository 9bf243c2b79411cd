//! Programs on this machine, each in a process group of its own.

mod log;
mod shown;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tidegate_core::ports::{
    BoxFuture, Command, Completed, ProcessError, Processes, Running, Secrets,
};
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use log::Log;
pub use shown::shown;

/// How long a program that must end may take to do so by itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long output is waited for after the program has ended: somebody else may hold the pipe.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Starts programs with the shell of this system.
pub(crate) struct SystemProcesses {
    runtime: Handle,
    secrets: Arc<dyn Secrets>,
}

impl SystemProcesses {
    /// Watches programs on `runtime` and redacts what they write.
    pub(crate) fn new(runtime: Handle, secrets: Arc<dyn Secrets>) -> Self {
        Self { runtime, secrets }
    }

    fn group(&self, command: &Command) -> Result<Group, ProcessError> {
        if !command.directory.is_dir() {
            return Err(ProcessError::NoDirectory(command.directory.clone()));
        }
        let _context = self.runtime.enter();
        Group::spawn(command).map_err(|error| ProcessError::NotStarted(error.to_string()))
    }
}

impl Processes for SystemProcesses {
    fn run(
        &self,
        command: Command,
        limit: Duration,
    ) -> BoxFuture<'static, Result<Completed, ProcessError>> {
        let group = self.group(&command);
        let (runtime, secrets) = (self.runtime.clone(), self.secrets.clone());
        Box::pin(async move {
            let (caller, gone) = oneshot::channel::<()>();
            let task = runtime.spawn(complete(group?, limit, gone, secrets));
            let completed = task.await;
            drop(caller);
            completed.map_err(|error| ProcessError::NotStarted(error.to_string()))
        })
    }

    fn start(
        &self,
        command: Command,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>> {
        let started = self.group(&command).map(|group| {
            let running = Watched::new(group, &self.runtime, self.secrets.clone());
            Box::new(running) as Box<dyn Running>
        });
        Box::pin(async move { started })
    }
}

/// Waits for a program's end, its limit, or the loss of whoever waits for it.
async fn complete(
    mut group: Group,
    limit: Duration,
    caller_gone: oneshot::Receiver<()>,
    secrets: Arc<dyn Secrets>,
) -> Completed {
    let by_itself = tokio::select! {
        status = group.child.wait() => status.ok(),
        () = tokio::time::sleep(limit) => None,
        _ = caller_gone => None,
    };
    let timed_out = by_itself.is_none() && group.started.elapsed() >= limit;
    let status = match by_itself {
        Some(status) => Some(status),
        None => group.end(PATIENCE).await,
    };
    let elapsed = group.started.elapsed();
    group.kill();
    group.log.finished(LAST_WORDS).await;
    Completed {
        code: status.and_then(|status| status.code()),
        timed_out,
        output: group.log.text(&*secrets),
        elapsed,
    }
}

/// A shell and everything it starts.
struct Group {
    child: Box<dyn ChildWrapper>,
    log: Log,
    started: Instant,
}

impl Group {
    /// Starts the shell; needs the context of a runtime.
    fn spawn(command: &Command) -> std::io::Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        let mut shell = shell(command.line.expose());
        shell
            .current_dir(&command.directory)
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        for (name, value) in &command.environment {
            shell.env(name, value.expose());
        }
        Ok(Self {
            child: lead(shell)?,
            log: Log::keep(reader, command.output_cap)?,
            started: Instant::now(),
        })
    }

    /// Asks the group to end, and ends it after `patience`.
    async fn end(&mut self, patience: Duration) -> Option<ExitStatus> {
        end(&mut *self.child, patience).await
    }

    /// Ends what is left of the group at once.
    fn kill(&mut self) {
        kill(&mut *self.child);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a shell as the leader of a group.
fn lead(shell: tokio::process::Command) -> std::io::Result<Box<dyn ChildWrapper>> {
    // The command holds the writing ends of its pipes, and is gone with the end of this function: whoever reads sees
    // the end only once they are closed.
    let mut wrapped = CommandWrap::from(shell);
    #[cfg(unix)]
    wrapped.wrap(process_wrap::tokio::ProcessGroup::leader());
    #[cfg(windows)]
    wrapped.wrap(process_wrap::tokio::JobObject);
    wrapped.spawn()
}

async fn end(child: &mut dyn ChildWrapper, patience: Duration) -> Option<ExitStatus> {
    #[cfg(unix)]
    {
        /// SIGTERM (POSIX.1-2017, `<signal.h>`).
        const TERMINATE: i32 = 15;
        if child.signal(TERMINATE).is_ok()
            && let Ok(status) = tokio::time::timeout(patience, child.wait()).await
        {
            kill(child);
            return status.ok();
        }
    }
    #[cfg(windows)]
    let _ = patience;
    kill(child);
    child.wait().await.ok()
}

fn kill(child: &mut dyn ChildWrapper) {
    // An error means that nothing is left.
    let _ = child.start_kill();
}

#[cfg(unix)]
fn shell(line: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("sh");
    shell.arg("-c").arg(line);
    shell
}

#[cfg(windows)]
fn shell(line: &str) -> tokio::process::Command {
    let mut shell = tokio::process::Command::new("cmd");
    shell.arg("/C").raw_arg(line);
    shell
}

/// A program that goes on, watched by a task that owns it.
struct Watched {
    log: Log,
    secrets: Arc<dyn Secrets>,
    exited: Arc<Mutex<Option<Option<i32>>>>,
    /// How long the group may take to end, once it is asked to.
    stop: watch::Sender<Option<Duration>>,
    ended: watch::Receiver<bool>,
}

impl Watched {
    fn new(group: Group, runtime: &Handle, secrets: Arc<dyn Secrets>) -> Self {
        let (stop, asked) = watch::channel(None);
        let (ending, ended) = watch::channel(false);
        let exited = Arc::new(Mutex::new(None));
        let log = group.log.clone();
        runtime.spawn(watch_over(group, asked, exited.clone(), ending));
        Self {
            log,
            secrets,
            exited,
            stop,
            ended,
        }
    }
}

/// Notes a program's own end; when asked to stop, or when nobody is left to ask, ends the group.
async fn watch_over(
    mut group: Group,
    mut asked: watch::Receiver<Option<Duration>>,
    exited: Arc<Mutex<Option<Option<i32>>>>,
    ending: watch::Sender<bool>,
) {
    let by_itself = tokio::select! {
        status = group.child.wait() => Some(status.ok().and_then(|status| status.code())),
        _ = asked.wait_for(Option::is_some) => None,
    };
    if by_itself.is_some() {
        group.log.finished(LAST_WORDS).await;
        *exited.lock().unwrap_or_else(PoisonError::into_inner) = by_itself;
        // Children of the group may go on without their leader until the stop is asked for.
        let _ = asked.wait_for(Option::is_some).await;
        group.kill();
    } else {
        let patience = asked.borrow().unwrap_or_default();
        group.end(patience).await;
    }
    group.log.finished(LAST_WORDS).await;
    ending.send_replace(true);
}

impl Running for Watched {
    fn output(&self) -> String {
        self.log.text(&*self.secrets)
    }

    fn exited(&self) -> Option<Option<i32>> {
        *self.exited.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self, patience: Duration) -> BoxFuture<'static, ()> {
        self.stop.send_replace(Some(patience));
        let mut ended = self.ended.clone();
        Box::pin(async move {
            // An error means that the watching task is gone, and the group with it.
            let _ = ended.wait_for(|ended| *ended).await;
        })
    }
}
