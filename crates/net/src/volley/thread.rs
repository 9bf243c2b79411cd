//! A thread with a runtime of its own for one piece of work.

use std::time::Duration;

use tidegate_core::ports::HttpError;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// How long connections have to say goodbye once all answers are there.
const FAREWELL: Duration = Duration::from_millis(10);

/// Does work on a thread of its own with a current-thread runtime; when this future is dropped, the
/// work is dropped and the thread ends.
///
/// # Errors
/// When the machine gives no thread, or no runtime for it.
pub(super) async fn alone<T, W, F>(work: W) -> Result<T, HttpError>
where
    T: Send + 'static,
    W: FnOnce() -> F + Send + 'static,
    F: Future<Output = T>,
{
    let (mut sender, receiver) = oneshot::channel();
    let run = move || {
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(sender.send(Err(refused(&error)))),
        };
        let done = runtime.block_on(async {
            tokio::select! {
                done = work() => Some(done),
                () = sender.closed() => None,
            }
        });
        if let Some(done) = done {
            // Who asked may have gone in this very moment.
            drop(sender.send(Ok(done)));
            runtime.block_on(async { tokio::time::sleep(FAREWELL).await });
        }
        // A name that is still being resolved is not waited for.
        runtime.shutdown_background();
    };
    std::thread::Builder::new()
        .name("tidegate-volley".to_owned())
        .spawn(run)
        .map_err(|error| refused(&error))?;
    receiver.await.map_err(|_| HttpError::Stopped)?
}

fn refused(error: &std::io::Error) -> HttpError {
    HttpError::NoWay {
        reason: format!("this machine gives no thread for them: {error}"),
    }
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
        assert_eq!(alone(|| async { 7 }).await, Ok(7));
        let failed = alone(|| async { assert!(std::hint::black_box(false), "on purpose") }).await;
        assert_eq!(failed, Err(HttpError::Stopped));
    }

    #[tokio::test]
    async fn what_the_work_began_may_say_goodbye() {
        let (told, heard) = oneshot::channel();
        let work = alone(|| async {
            let (done, ended) = oneshot::channel::<()>();
            tokio::spawn(async move {
                let _ = ended.await;
                tokio::task::yield_now().await;
                let _ = told.send(());
            });
            drop(done);
        });
        work.await.unwrap();
        heard.await.unwrap();
    }

    #[tokio::test]
    async fn work_ends_when_nobody_waits_for_it() {
        let (told, dropped) = oneshot::channel();
        let (begun, began) = oneshot::channel();
        let guard = Told(Some(told));
        let work = tokio::spawn(alone(move || async move {
            let _guard = guard;
            let _ = begun.send(());
            std::future::pending::<()>().await;
        }));
        began.await.unwrap();
        work.abort();
        dropped.await.unwrap();
    }
}
