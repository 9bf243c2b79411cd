//! A run from its plan to its summary.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};

use tidegate_core::baseline;
use tidegate_core::event::{Event, Summary};
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Gate, Start};
use tidegate_core::plan::Plan;
use tidegate_core::policy::Policy;
use tidegate_core::ports::{Clock, Files, Ports, Random, Secrets, Snapshots};
use tidegate_core::result::CheckResult;
use tidegate_core::scope::run_mark;
use tokio::runtime::Handle;

use crate::cleanup::{Ledger, Remover, Site};
use crate::emitter::Emitter;
use crate::error::RunError;
use crate::observers::Observers;
use crate::ports::{EnvironmentSecrets, RuntimeTasks, SeededRandom, SystemClock};
use crate::preflight;
use crate::preparation::Preparations;
use crate::process::SystemProcesses;
use crate::schedule;
use crate::select::plan;
use crate::select::trust::Trust;
use crate::setup::{Connect, ConnectParts, Connected, Options, Setup};
use crate::state::FolderState;
use crate::stop::Stop;
use crate::summary;
use crate::weakened::{self, Weakened};

/// The most threads that drive tasks; checks wait far more than they compute.
const WORKERS: usize = 2;

/// Runs a gate and tells every event on the calling thread.
///
/// Blocks until the run has ended; the run has a runtime of its own, so the caller may be in a
/// blocking section of another one or in none.
///
/// # Errors
/// When there is no plan, or the run cannot be started at all. Whatever a check does is a result.
pub fn run(mut setup: Setup, on_event: &mut dyn FnMut(&Event)) -> Result<Summary, RunError> {
    let stop = setup.options.stop.clone();
    setup
        .options
        .seed
        .get_or_insert_with(SeededRandom::draw_seed);
    let plan = plan(&setup)?;
    let (sender, events) = mpsc::channel();
    let caller = StopWithCaller(stop.clone());
    let thread = std::thread::Builder::new()
        .name("tidegate-run".into())
        .spawn(move || on_own_runtime(conduct(setup, plan, stop, sender))?)
        .map_err(|error| RunError::Start(error.to_string()))?;
    deliver(&events, on_event);
    drop(caller);
    thread
        .join()
        .unwrap_or_else(|_| Err(RunError::Internal("the run's thread ended early".into())))
}

/// Hands events over until the last one; a task that cannot be stopped may outlive it.
fn deliver(events: &Receiver<Event>, on_event: &mut dyn FnMut(&Event)) {
    while let Ok(event) = events.recv() {
        on_event(&event);
        if matches!(event, Event::RunFinished { .. }) {
            return;
        }
    }
}

/// Stops the run when the caller's event handler panics: nobody waits for it any more.
struct StopWithCaller(Stop);

impl Drop for StopWithCaller {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.request();
        }
    }
}

/// Drives a future on a runtime that nobody else uses, and leaves stuck tasks behind.
pub(crate) fn on_own_runtime<F: Future>(future: F) -> Result<F::Output, RunError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.min(WORKERS))
        .thread_name("tidegate-worker")
        .enable_all()
        .build()
        .map_err(|error| RunError::Start(error.to_string()))?;
    let output = runtime.block_on(future);
    runtime.shutdown_background();
    Ok(output)
}

/// The ports that exist before there is a client.
pub(crate) struct Base {
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pub(crate) secrets: Arc<dyn Secrets>,
    exchanges: Arc<Exchanges>,
    runtime: Handle,
}

impl Base {
    /// Makes the ports; needs the context of the run's runtime.
    pub(crate) fn new(setup: &Setup, seed: u64) -> Self {
        let runtime = Handle::current();
        Self {
            clock: Arc::new(SystemClock::new(runtime.clone())),
            random: Arc::new(SeededRandom::new(seed)),
            secrets: Arc::new(EnvironmentSecrets::new(setup.variables.clone())),
            exchanges: Arc::new(Exchanges::default()),
            runtime,
        }
    }

    /// Learns every secret that is named anywhere, so that none can get out before it is used.
    pub(crate) fn learn_all<'n>(&self, gate: &'n Gate, named: impl Iterator<Item = &'n str>) {
        let named = named.map(str::to_owned);
        for name in preflight::secrets::of_gate(gate).into_iter().chain(named) {
            // Whether it is there matters only to those that need it.
            let _ = self.secrets.reveal(&name);
        }
    }

    /// Makes the client.
    pub(crate) fn connect(
        &self,
        gate: &Gate,
        files: Arc<dyn Files>,
        connect: Connect,
    ) -> Result<Connected, RunError> {
        connect(ConnectParts {
            environment: gate.environment.clone(),
            identities: gate.identities.clone(),
            files,
            secrets: self.secrets.clone(),
            exchanges: self.exchanges.clone(),
            clock: self.clock.clone(),
            random: self.random.clone(),
            runtime: self.runtime.clone(),
            user_agent: concat!("tidegate/", env!("CARGO_PKG_VERSION")).to_owned(),
        })
        .map_err(|error| RunError::Connect(Box::new(error)))
    }
}

/// Everything the tasks of a run share.
pub(crate) struct Session {
    pub(crate) gate: Gate,
    pub(crate) plan: Plan,
    pub(crate) options: Options,
    pub(crate) ports: Ports,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) remover: Remover,
    pub(crate) policy: Policy,
    pub(crate) emitter: Emitter,
    pub(crate) stop: Stop,
    pub(crate) weakened: Weakened,
    pub(crate) snapshots: Option<Arc<dyn Snapshots>>,
}

impl Session {
    /// How the gate starts the candidate, unless it does not: there is nothing to start, or the
    /// change is not trusted.
    pub(crate) fn start(&self) -> Option<&Start> {
        let trust = Trust {
            gate: &self.gate,
            options: &self.options,
            variables: &*self.ports.variables,
        };
        let start = self.gate.environment.start.as_ref();
        start.filter(|_| trust.starts())
    }

    fn new(
        base: Base,
        setup: Setup,
        plan: Plan,
        stop: Stop,
        emitter: Emitter,
    ) -> Result<Self, RunError> {
        let connected = base.connect(&setup.gate, setup.files.clone(), setup.connect)?;
        let http = connected.http;
        let site = Site {
            run_mark: run_mark(&*base.random),
            environment: plan.environment.clone(),
            url: plan.url.clone(),
        };
        let state = &setup.state;
        let ledger = Arc::new(Ledger::new(state, site, base.secrets.clone()));
        Ok(Self {
            policy: Policy {
                levels: setup.gate.levels.clone(),
                waivers: setup.gate.waivers.clone(),
                baseline: setup.baseline,
                today: baseline::day(base.clock.wall()),
            },
            remover: Remover::new(http.clone(), base.clock.clone(), stop.clone()),
            ports: Ports {
                http,
                load: connected.load,
                volley: connected.volley,
                repository: setup.repository,
                files: setup.files,
                clock: base.clock,
                random: base.random,
                tasks: Arc::new(RuntimeTasks(base.runtime.clone())),
                processes: Arc::new(SystemProcesses::new(base.runtime, base.secrets.clone())),
                cleanup: ledger.clone(),
                state: Arc::new(FolderState::new(state)),
                secrets: base.secrets,
                exchanges: base.exchanges,
                variables: setup.variables,
                sinks: connected.sinks,
            },
            gate: setup.gate,
            options: setup.options,
            plan,
            ledger,
            emitter,
            stop,
            weakened: setup.weakened,
            snapshots: setup.snapshots,
        })
    }
}

async fn conduct(
    setup: Setup,
    plan: Plan,
    stop: Stop,
    sender: Sender<Event>,
) -> Result<Summary, RunError> {
    let base = Base::new(&setup, plan.seed);
    let named = plan.checks.iter().flat_map(|check| &check.forecast.secrets);
    base.learn_all(&setup.gate, named.map(String::as_str));
    let emitter = Emitter::new(sender, base.secrets.clone());
    let started = base.clock.wall();
    emitter.emit(Event::RunStarted {
        plan: plan.clone(),
        at: started,
    });
    let session = Arc::new(Session::new(base, setup, plan, stop, emitter)?);
    let weakened = weakened::result(&session);
    let observers = Observers::start(&session);
    let shut = session.options.fail_fast && weakened::denied(&session.weakened);
    let (prepared, preparations) = if shut {
        Default::default()
    } else {
        let begun = Preparations::begin(&session);
        (preflight::prepare(&session).await, begun)
    };
    let checked = match (&prepared.failure, shut) {
        (_, true) => schedule::none(&session, "the change weakens its gate, which ends the run"),
        (Some(_), _) => schedule::none(&session, "the run ended before the first check"),
        (None, _) => schedule::all(&session, preparations).await,
    };
    let mut results: Vec<CheckResult> = weakened.into_iter().chain(checked).collect();
    let gone = match prepared.candidate {
        Some(candidate) => {
            candidate
                .stop(session.gate.environment.start.as_ref())
                .await
        }
        None => None,
    };
    results.extend(observers.finish(&session));
    Ok(summary::conclude(
        &session,
        results,
        prepared.failure,
        gone,
        started,
    ))
}
