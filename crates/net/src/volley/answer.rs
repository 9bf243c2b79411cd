//! The answer to one request, read by a task of its own.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, response};
use hyper::body::Body;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::meter::Meter;
use crate::decode::{self, Kept};

/// An answer read up to its cap.
pub(super) struct Arrival {
    pub(super) head: response::Parts,
    pub(super) kept: Kept,
    /// What opening the connection took.
    pub(super) setup: Timings,
    /// When its head was there, by the run's clock.
    pub(super) answered: Duration,
    /// When its last byte was there.
    pub(super) ended: Duration,
}

impl Arrival {
    /// Reads an answer whose head has just come, up to `cap` bytes of its body; `fault` says what an
    /// error of the body is.
    ///
    /// # Errors
    /// When the body does not come whole.
    pub(super) async fn read<B, F>(
        answer: Response<B>,
        cap: usize,
        setup: Timings,
        meter: &Meter,
        fault: F,
    ) -> Result<Self, HttpError>
    where
        B: Body<Data = Bytes> + Unpin,
        F: Fn(B::Error) -> HttpError,
    {
        let answered = meter.now();
        let (head, body) = answer.into_parts();
        let kept = decode::read(&head.headers, body, cap, fault).await?;
        Ok(Self {
            head,
            kept,
            setup,
            answered,
            ended: meter.now(),
        })
    }
}

/// An answer that is being read; dropping it gives it up.
pub(super) struct Answer {
    task: JoinHandle<Result<Arrival, HttpError>>,
    arrived: Option<Result<Arrival, HttpError>>,
}

impl Answer {
    /// Reads an answer on a task of its own.
    pub(super) fn read(
        work: impl Future<Output = Result<Arrival, HttpError>> + Send + 'static,
    ) -> Self {
        Self {
            task: tokio::spawn(work),
            arrived: None,
        }
    }

    /// Waits until the answer is whole or lost.
    pub(super) async fn wait(&mut self) {
        if self.arrived.is_none() {
            let joined = (&mut self.task).await;
            self.arrived = Some(joined.unwrap_or(Err(HttpError::Stopped)));
        }
    }

    /// The answer, unless it is not whole at `deadline`.
    pub(super) async fn by(
        mut self,
        deadline: Instant,
        limit: Duration,
    ) -> Result<Arrival, HttpError> {
        let waited = timeout_at(deadline, self.wait()).await;
        match (waited, self.arrived.take()) {
            (Ok(()), Some(arrived)) => arrived,
            _ => Err(HttpError::Timeout {
                limit,
                phase: "waiting for the answer",
            }),
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
