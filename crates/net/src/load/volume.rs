//! A volume that runs: its thread, its runtime and the way its samples take.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tidegate_core::ports::load::{Arrivals, Sample, Samples};
use tidegate_core::ports::{BoxFuture, Clock};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::closed::{self, Bounds};
use super::halt::Halt;
use super::open;
use super::pacer::{self, Due};
use super::series::{Packed, Series};
use super::witness::Witness;
use crate::client::Inner;

/// The most samples that wait to be fetched.
const WAITING: usize = 1024;

/// The most requests under way, whatever a volume allows.
const MOST_IN_FLIGHT: u32 = 10_000;

/// What a volume is made of.
pub(super) struct Parts {
    /// The client.
    pub(super) inner: Arc<Inner>,
    /// The requests.
    pub(super) series: Arc<[Series]>,
    /// The runtime of the run, for what is not on time.
    pub(super) runtime: Handle,
}

impl Parts {
    /// Puts them together.
    pub(super) fn new(inner: Arc<Inner>, series: Vec<Series>, runtime: Handle) -> Self {
        Self {
            inner,
            series: series.into(),
            runtime,
        }
    }
}

/// A volume, as those who send for it see it.
pub(super) struct Volume {
    /// What it is made of.
    pub(super) parts: Parts,
    /// Whether nothing more is to be sent.
    pub(super) halt: Arc<Halt>,
    /// What the observers get to see of it.
    pub(super) witness: Witness,
    samples: mpsc::Sender<Sample>,
}

impl Volume {
    /// The clock of the run.
    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.parts.inner.courier.clock
    }

    /// The instant.
    pub(super) fn now(&self) -> Duration {
        self.clock().monotonic()
    }

    /// How many origins the requests go to.
    pub(super) fn origins(&self) -> usize {
        let last = self.parts.series.iter().map(|series| series.origin).max();
        last.map_or(0, |last| last + 1)
    }

    /// The request whose turn it is.
    pub(super) fn in_turn(&self, number: u64) -> usize {
        let count = self.parts.series.len().max(1) as u64;
        // Less than the count, which is a usize.
        usize::try_from(number % count).unwrap_or(0)
    }

    /// Waits until the rate of the environment allows one more; false when nothing more is to be sent.
    pub(super) async fn turn(&self) -> bool {
        let pace = &self.parts.inner.courier.pace;
        self.halt
            .or(pace.wait_in_bulk(self.clock()))
            .await
            .is_some()
    }

    /// A request as it is sent now; when its credentials near their end, they are renewed on the runtime of
    /// the run, while others are sent.
    pub(super) fn packed(&self, place: usize) -> Option<Arc<Packed>> {
        let series = self.parts.series.get(place)?;
        let packed = series.packed();
        if series.wants_renewal(&packed, self.now()) {
            let inner = Arc::clone(&self.parts.inner);
            let all = Arc::clone(&self.parts.series);
            self.parts.runtime.spawn(async move {
                if let Some(series) = all.get(place) {
                    series.renew(&inner).await;
                }
            });
        }
        Some(packed)
    }

    /// Hands a sample over, and waits while too many are not fetched.
    pub(super) async fn tell(&self, sample: Sample) {
        // Nobody listens once the samples were dropped, and then this ends too.
        drop(self.samples.send(sample).await);
    }
}

/// The samples of a volume that runs; dropped, it ends.
pub(super) struct Running {
    samples: mpsc::Receiver<Sample>,
    halt: Arc<Halt>,
    /// Ends the runtime when it is dropped.
    _end: oneshot::Sender<()>,
}

impl Samples for Running {
    fn next(&mut self) -> BoxFuture<'_, Option<Sample>> {
        Box::pin(self.samples.recv())
    }

    fn stop(&mut self) {
        self.halt.say();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.halt.say();
    }
}

enum Work {
    Open(mpsc::Receiver<Due>),
    Closed(Bounds),
}

/// Starts to send on a thread of its own.
///
/// # Errors
/// When the machine gives no thread or no runtime.
pub(super) fn start(parts: Parts, arrivals: Arrivals, in_flight: usize) -> io::Result<Running> {
    let in_flight = u32::try_from(in_flight).unwrap_or(u32::MAX);
    let in_flight = in_flight.clamp(1, MOST_IN_FLIGHT);
    let halt = Arc::new(Halt::default());
    let work = match arrivals {
        Arrivals::Open(schedule) => {
            let clock = Arc::clone(&parts.inner.courier.clock);
            Work::Open(pacer::start(clock, schedule, Arc::clone(&halt))?)
        }
        Arrivals::Closed {
            clients,
            until,
            requests,
        } => Work::Closed(Bounds {
            clients: clients.min(in_flight as usize),
            until,
            requests,
        }),
    };
    let (sender, samples) = mpsc::channel(WAITING);
    let volume = Arc::new(Volume {
        parts,
        halt: Arc::clone(&halt),
        witness: Witness::default(),
        samples: sender,
    });
    let end = spawn(async move {
        match work {
            Work::Open(due) => open::run(volume, due, in_flight).await,
            Work::Closed(bounds) => closed::run(volume, bounds).await,
        }
    });
    let end = end.inspect_err(|_| halt.say())?;
    Ok(Running {
        samples,
        halt,
        _end: end,
    })
}

/// Runs it on a thread of its own until it is done or the other half is dropped.
fn spawn(work: impl Future<Output = ()> + Send + 'static) -> io::Result<oneshot::Sender<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (end, ended) = oneshot::channel::<()>();
    thread::Builder::new()
        .name("tidegate-load".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = ended => {}
                    () = work => {}
                }
            });
            // A name that is still being looked up holds nothing else.
            runtime.shutdown_background();
        })?;
    Ok(end)
}
