//! A volume that runs: its thread, its runtime and the way its samples take.

use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::ports::load::{Arrivals, Sample, Samples};
use tidegate_core::ports::{BoxFuture, Clock};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

use super::closed::{self, Bounds};
use super::halt::Halt;
use super::open;
use super::pacer::{self, Due};
use super::series::{Packed, Series};
use super::witness::Witness;
use crate::client::Inner;
use crate::thread;

/// The most samples that wait to be fetched.
const WAITING: usize = 1024;

/// How long samples are gathered before they are handed over: whoever fetches them is not woken for each.
const GATHERING: Duration = Duration::from_millis(1);

/// The most threads of a closed workload; one request of it does not wait for an instant, and a single thread
/// would be what limits it.
const MOST_THREADS: usize = 4;

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
    samples: mpsc::UnboundedSender<Vec<Sample>>,
    gathered: Mutex<Vec<Sample>>,
    gathering: Notify,
    /// A place for each sample that may wait to be fetched.
    room: Arc<Semaphore>,
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
        // Nobody closes the semaphore; whoever fetches the sample gives the place back.
        if let Ok(place) = self.room.acquire().await {
            place.forget();
        }
        let first = {
            let mut gathered = self.gathered();
            gathered.push(sample);
            gathered.len() == 1
        };
        if first {
            self.gathering.notify_one();
        }
    }

    /// Hands over what was gathered, again and again.
    async fn hand_over(&self) {
        loop {
            self.gathering.notified().await;
            tokio::time::sleep(GATHERING).await;
            self.flush();
        }
    }

    fn flush(&self) {
        // Together, so that the order stays.
        let mut gathered = self.gathered();
        if !gathered.is_empty() {
            // Nobody listens once the samples were dropped, and then this ends too.
            drop(self.samples.send(std::mem::take(&mut *gathered)));
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Vec<Sample>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The samples of a volume that runs; dropped, it ends.
pub(super) struct Running {
    samples: mpsc::UnboundedReceiver<Vec<Sample>>,
    fetched: std::vec::IntoIter<Sample>,
    room: Arc<Semaphore>,
    halt: Arc<Halt>,
    /// Each ends its thread when it is dropped.
    _threads: Vec<oneshot::Receiver<()>>,
}

impl Samples for Running {
    fn next(&mut self) -> BoxFuture<'_, Option<Sample>> {
        Box::pin(async {
            loop {
                if let Some(sample) = self.fetched.next() {
                    return Some(sample);
                }
                let batch = self.samples.recv().await?;
                self.room.add_permits(batch.len());
                self.fetched = batch.into_iter();
            }
        })
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

/// What one thread does.
enum Work {
    Open(mpsc::Receiver<Due>, u32),
    Closed(Bounds),
}

impl Work {
    /// The work of each thread.
    fn share_out(
        arrivals: Arrivals,
        in_flight: u32,
        clock: &Arc<dyn Clock>,
        halt: &Arc<Halt>,
    ) -> io::Result<Vec<Self>> {
        match arrivals {
            Arrivals::Open(schedule) => {
                let due = pacer::start(Arc::clone(clock), schedule, Arc::clone(halt))?;
                Ok(vec![Self::Open(due, in_flight)])
            }
            Arrivals::Closed {
                clients,
                until,
                requests,
            } => {
                let clients = clients.min(in_flight as usize);
                let cores = std::thread::available_parallelism().map_or(1, usize::from);
                let threads = cores.min(MOST_THREADS).min(clients).max(1);
                let next = Arc::new(AtomicU64::new(0));
                let shares = (0..threads).map(|thread| {
                    Self::Closed(Bounds {
                        clients: clients / threads + usize::from(thread < clients % threads),
                        until,
                        requests,
                        next: Arc::clone(&next),
                    })
                });
                Ok(shares.collect())
            }
        }
    }
}

/// Starts to send on threads of its own.
///
/// # Errors
/// When the machine gives no thread or no runtime.
pub(super) fn start(parts: Parts, arrivals: Arrivals, in_flight: usize) -> io::Result<Running> {
    let in_flight = u32::try_from(in_flight).unwrap_or(u32::MAX);
    let in_flight = in_flight.clamp(1, MOST_IN_FLIGHT);
    let halt = Arc::new(Halt::default());
    let works = Work::share_out(arrivals, in_flight, &parts.inner.courier.clock, &halt)?;
    let (sender, samples) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(WAITING));
    let volume = Arc::new(Volume {
        parts,
        halt: Arc::clone(&halt),
        witness: Witness::default(),
        samples: sender,
        gathered: Mutex::default(),
        gathering: Notify::new(),
        room: Arc::clone(&room),
    });
    let threads = works.into_iter().map(|work| {
        let volume = Arc::clone(&volume);
        thread::alone("tidegate-load", move || run(volume, work))
    });
    let threads = threads.collect::<io::Result<_>>();
    let threads = threads.inspect_err(|_| halt.say())?;
    Ok(Running {
        samples,
        fetched: Vec::new().into_iter(),
        room,
        halt,
        _threads: threads,
    })
}

async fn run(volume: Arc<Volume>, work: Work) {
    let sending = async {
        match work {
            Work::Open(due, in_flight) => open::run(Arc::clone(&volume), due, in_flight).await,
            Work::Closed(bounds) => closed::run(Arc::clone(&volume), bounds).await,
        }
    };
    tokio::select! {
        () = sending => {}
        () = volume.hand_over() => {}
    }
    // What came last, whichever thread was woken for it.
    volume.flush();
}
