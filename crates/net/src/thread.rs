//! A thread with a runtime of its own for one piece of work.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

/// How long connections have to say goodbye once the work is done.
const FAREWELL: Duration = Duration::from_millis(10);

/// Does work on a thread of its own with a current-thread runtime, and sends what it came to. When the
/// receiver is dropped, the work is dropped and the thread ends, and with it every task and socket.
///
/// # Errors
/// When the machine gives no thread, or no runtime for it.
pub(crate) fn alone<T, W, F>(name: &str, work: W) -> io::Result<oneshot::Receiver<T>>
where
    T: Send + 'static,
    W: FnOnce() -> F + Send + 'static,
    F: Future<Output = T>,
{
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (hand, handed) = mpsc::channel::<Runtime>();
    let (mut sender, receiver) = oneshot::channel();
    let run = move || {
        let Ok(runtime) = handed.recv() else {
            return;
        };
        let done = runtime.block_on(async {
            tokio::select! {
                biased;
                () = sender.closed() => None,
                done = work() => Some(done),
            }
        });
        if let Some(done) = done {
            // Who asked may have gone in this very moment.
            drop(sender.send(done));
            runtime.block_on(async { tokio::time::sleep(FAREWELL).await });
        }
        // A name that is still being resolved is not waited for.
        runtime.shutdown_background();
    };
    let thread = std::thread::Builder::new().name(name.to_owned());
    if let Err(error) = thread.spawn(run) {
        // To drop it among futures is a panic.
        runtime.shutdown_background();
        return Err(error);
    }
    // The thread waits for it.
    drop(hand.send(runtime));
    Ok(receiver)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Told(Option<oneshot::Sender<()>>);

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = self.0.take().map(|told| told.send(()));
        }
    }

    #[tokio::test]
    async fn work_is_done_and_its_panic_is_no_panic_here() {
        assert_eq!(alone("test", || async { 7 }).unwrap().await, Ok(7));
        let fail = || async { assert!(std::hint::black_box(false), "on purpose") };
        assert!(alone("test", fail).unwrap().await.is_err());
    }

    #[tokio::test]
    async fn what_the_work_began_may_say_goodbye() {
        let (told, heard) = oneshot::channel();
        let work = alone("test", || async {
            let (done, ended) = oneshot::channel::<()>();
            tokio::spawn(async move {
                let _ = ended.await;
                tokio::task::yield_now().await;
                let _ = told.send(());
            });
            drop(done);
        });
        work.unwrap().await.unwrap();
        heard.await.unwrap();
    }

    #[tokio::test]
    async fn work_ends_when_nobody_waits_for_it() {
        let (told, dropped) = oneshot::channel();
        let (begun, began) = oneshot::channel();
        let guard = Told(Some(told));
        let work = alone("test", move || async move {
            let _guard = guard;
            let _ = begun.send(());
            std::future::pending::<()>().await;
        });
        began.await.unwrap();
        drop(work);
        dropped.await.unwrap();
    }
}
