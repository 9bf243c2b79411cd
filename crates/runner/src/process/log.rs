//! What a program writes: in order of arrival, bounded, and shown without secrets.

use std::collections::VecDeque;
use std::io::{self, PipeReader, Read as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::ports::Secrets;
use tokio::sync::watch;

/// What is kept beyond the cap on both sides of a gap and never shown, in bytes: a secret that the
/// gap cuts in two lies inside it.
const MARGIN: usize = 16 * 1024;

/// The output of a program; clones are the same one.
#[derive(Clone)]
pub(super) struct Log {
    kept: Arc<Mutex<Kept>>,
    ended: watch::Receiver<bool>,
}

impl Log {
    /// Keeps what comes out of a pipe, at most `cap` bytes of it, on a thread of its own.
    pub(super) fn keep(mut pipe: PipeReader, cap: usize) -> io::Result<Self> {
        let kept = Arc::new(Mutex::new(Kept::new(cap)));
        let (ending, ended) = watch::channel(false);
        let shared = kept.clone();
        std::thread::Builder::new()
            .name("tidegate-log".into())
            .spawn(move || {
                let mut buffer = [0; 8192];
                while let Ok(length @ 1..) = pipe.read(&mut buffer) {
                    lock(&shared).take(&buffer[..length]);
                }
                ending.send_replace(true);
            })?;
        Ok(Self { kept, ended })
    }

    /// Waits until nobody can write any more, at most `limit`.
    pub(super) async fn finished(&self, limit: Duration) {
        let mut ended = self.ended.clone();
        // Being late means that a program outside the group holds the pipe; what came is enough.
        let _ = tokio::time::timeout(limit, ended.wait_for(|ended| *ended)).await;
    }

    /// The output so far; a line that is still being written is held back.
    pub(super) fn text(&self, secrets: &dyn Secrets) -> String {
        let whole_lines = !*self.ended.borrow();
        lock(&self.kept).text(whole_lines, secrets)
    }
}

fn lock(kept: &Mutex<Kept>) -> std::sync::MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first and the last bytes of a stream.
struct Kept {
    half: usize,
    head: Vec<u8>,
    tail: VecDeque<u8>,
    lost: usize,
}

impl Kept {
    fn new(cap: usize) -> Self {
        Self {
            half: cap / 2,
            head: Vec::new(),
            tail: VecDeque::new(),
            lost: 0,
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let room = self.half + MARGIN;
        let (first, rest) = bytes.split_at(bytes.len().min(room - self.head.len()));
        self.head.extend(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(room);
        self.tail.drain(..over);
        self.lost += over;
    }

    fn text(&self, whole_lines: bool, secrets: &dyn Secrets) -> String {
        let mut end: Vec<u8> = self.tail.iter().copied().collect();
        if self.lost > 0 {
            let head = secrets.redact(&String::from_utf8_lossy(&self.head));
            let tail = secrets.redact(&String::from_utf8_lossy(cut(&mut end, whole_lines)));
            let head = first(&head, self.half.min(head.len().saturating_sub(MARGIN)));
            let tail = last(&tail, self.half.min(tail.len().saturating_sub(MARGIN)));
            return with_gap(head, tail);
        }
        let mut all = self.head.clone();
        all.append(&mut end);
        let text = secrets.redact(&String::from_utf8_lossy(cut(&mut all, whole_lines)));
        if text.len() <= 2 * self.half {
            return text;
        }
        with_gap(first(&text, self.half), last(&text, self.half))
    }
}

/// The bytes up to their last line break, when only whole lines are wanted.
fn cut(bytes: &mut Vec<u8>, whole_lines: bool) -> &[u8] {
    if whole_lines {
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(end.map_or(0, |at| at + 1));
    }
    bytes
}

fn with_gap(head: &str, tail: &str) -> String {
    format!("{head}\n… output left out …\n{tail}")
}

fn first(text: &str, length: usize) -> &str {
    &text[..text.floor_char_boundary(length)]
}

fn last(text: &str, length: usize) -> &str {
    &text[text.ceil_char_boundary(text.len() - length)..]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::ports::EnvironmentSecrets;

    const SECRET: &str = "hunter2-hunter2-hunter2";

    fn secrets() -> EnvironmentSecrets {
        let secrets = EnvironmentSecrets::new(Arc::new(crate::tests::fakes::Set::default()));
        secrets.learn("PASSWORD", SECRET);
        secrets
    }

    #[test]
    fn of_too_much_the_first_and_the_last_is_kept() {
        let mut kept = Kept::new(40);
        for number in 0..20_000 {
            kept.take(format!("line {number}\n").as_bytes());
        }
        let text = kept.text(false, &secrets());
        assert!(text.starts_with("line 0\n"), "{text}");
        assert!(text.ends_with("line 19999\n"), "{text}");
        assert!(text.contains("… output left out …"));
        assert!(text.len() < 100);
        assert!(kept.head.len() + kept.tail.len() <= 40 + 2 * MARGIN);
    }

    #[test]
    fn a_line_that_is_not_over_is_held_back() {
        let mut kept = Kept::new(1000);
        kept.take(b"whole\nhunter2-hun");
        assert_eq!(kept.text(true, &secrets()), "whole\n");
        assert_eq!(kept.text(false, &secrets()), "whole\nhunter2-hun");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_part_of_a_secret_survives_a_gap(
            before in 0usize..60_000, between in 0usize..60_000, cap in 2usize..4000,
        ) {
            let mut kept = Kept::new(cap);
            let stream = format!("{}{SECRET}{}{SECRET}", ".".repeat(before), ".".repeat(between));
            for chunk in stream.as_bytes().chunks(777) {
                kept.take(chunk);
            }
            let text = kept.text(false, &secrets());
            prop_assert!(!text.contains("hunt") && !text.contains("ter2"), "{text}");
        }
    }
}
