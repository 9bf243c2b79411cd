//! The thread that makes running plugins look at their deadline.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often a running plugin looks at its deadline.
const TICK: Duration = Duration::from_millis(10);

/// Counts up the engine's epoch while calls run, and sleeps otherwise.
pub(super) struct Ticker {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    calls: Mutex<Calls>,
    changed: Condvar,
}

#[derive(Default)]
struct Calls {
    running: usize,
    ended: bool,
}

impl Shared {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a call runs; `false` when the ticker is gone.
    fn awaited(&self) -> bool {
        let idle = |calls: &mut Calls| calls.running == 0 && !calls.ended;
        let calls = self.changed.wait_while(self.calls(), idle);
        !calls.unwrap_or_else(PoisonError::into_inner).ended
    }
}

impl Ticker {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(engine: wasmtime::Engine) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = Arc::clone(&shared);
        std::thread::Builder::new()
            .name("plugin-ticker".to_owned())
            .spawn(move || {
                while thread.awaited() {
                    std::thread::sleep(TICK);
                    engine.increment_epoch();
                }
            })?;
        Ok(Self { shared })
    }

    /// Ticks until what it returns is dropped.
    pub(super) fn tick(&self) -> Ticking {
        self.shared.calls().running += 1;
        self.shared.changed.notify_all();
        Ticking {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.calls().ended = true;
        self.shared.changed.notify_all();
    }
}

/// A call that runs.
pub(super) struct Ticking {
    shared: Arc<Shared>,
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.shared.calls().running -= 1;
    }
}
