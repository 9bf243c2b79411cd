//! Waiting for several things at once.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// What becomes of some work and, once it is done, of its outcome.
enum Work<F: Future> {
    Going(Pin<Box<F>>),
    Done(Option<F::Output>),
}

/// Does all of the work at the same time; the outcomes in its order.
///
/// Each time one of them can go on, all are asked, which is fine for the hundred of a volley.
pub(super) async fn together<F: Future>(work: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let going = |future| Work::Going(Box::pin(future));
    let mut all: Vec<Work<F>> = work.into_iter().map(going).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for work in &mut all {
            if let Work::Going(future) = work {
                match future.as_mut().poll(context) {
                    Poll::Ready(outcome) => *work = Work::Done(Some(outcome)),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    let outcome = |work| match work {
        Work::Done(outcome) => outcome,
        Work::Going(_) => None,
    };
    all.into_iter().filter_map(outcome).collect()
}
