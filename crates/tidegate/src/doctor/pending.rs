//! One thing that is looked at beside the others, and given up when it takes too long.

use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::Line;

/// What to do where there was none.
const AGAIN: &str = "Type `tidegate doctor` again. Where it comes again, a disk or a network of this machine hangs.";

/// An answer that may not have come yet.
pub(super) struct Pending<T> {
    what: &'static str,
    answer: Receiver<T>,
}

impl<T: Send + 'static> Pending<T> {
    /// Begins to look on a thread of its own; who gives up leaves it to itself.
    pub(super) fn begin(what: &'static str, look: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, answer) = channel();
        let thread = std::thread::Builder::new().name("tidegate-doctor".to_owned());
        // When the system has no thread left the sender is gone, and there is no answer.
        drop(thread.spawn(move || {
            // Nobody waits for an answer that was given up.
            let _ = sender.send(look());
        }));
        Self { what, answer }
    }

    /// The answer, or what is said in its place.
    pub(super) fn lines_or(self, until: Instant) -> Result<T, Line> {
        let left = until.saturating_duration_since(Instant::now());
        self.answer.recv_timeout(left).map_err(|_| {
            Line::warning(format!(
                "the look at the {} gave no answer within 2 s",
                self.what
            ))
            .remedy(AGAIN)
        })
    }
}

impl Pending<Vec<Line>> {
    /// The lines, or the one that says that there are none.
    pub(super) fn lines(self, until: Instant) -> Vec<Line> {
        self.lines_or(until).unwrap_or_else(|line| vec![line])
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up_and_said_so() {
        let (release, wait) = channel::<()>();
        let stuck = Pending::begin("programs", move || {
            let _ = wait.recv();
            vec![Line::ok("there")]
        });
        let lines = stuck.lines(Instant::now());
        assert_eq!(
            lines,
            [Line::warning("the look at the programs gave no answer within 2 s").remedy(AGAIN)]
        );
        drop(release);
        let quick = Pending::begin("programs", || vec![Line::ok("there")]);
        assert_eq!(
            quick.lines(Instant::now() + Duration::from_secs(60)),
            [Line::ok("there")]
        );
        let gone = Pending::<Vec<Line>>::begin("programs", || panic!("as a test wants it"));
        assert_eq!(
            gone.lines(Instant::now() + Duration::from_secs(60)).len(),
            1
        );
    }
}
