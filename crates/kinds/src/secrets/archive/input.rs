//! A buffered reader that looks ahead.

use std::io::{self, BufRead, Read};

/// How many bytes are kept, and so the most that can be looked ahead.
pub(super) const CAPACITY: usize = 32 * 1024;

/// What an archive is read from.
pub(super) struct Input<'r> {
    source: &'r mut dyn Read,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl<'r> Input<'r> {
    pub(super) fn new(source: &'r mut dyn Read) -> Self {
        Self {
            source,
            buffer: vec![0; CAPACITY].into(),
            start: 0,
            end: 0,
        }
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The bytes that follow: at least `count` of them, unless there are fewer.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        if self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end - self.start < count.min(CAPACITY) {
            let Some(room) = self.buffer.get_mut(self.end..) else {
                break;
            };
            match self.source.read(room) {
                Ok(0) => break,
                Ok(read) => self.end = (self.end + read).min(CAPACITY),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.waiting())
    }

    /// The next `N` bytes, taken; `None` when there are fewer.
    pub(super) fn take_array<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        let taken = self.peek(N)?.first_chunk::<N>().copied();
        if taken.is_some() {
            self.consume(N);
        }
        Ok(taken)
    }

    /// The next `count` bytes, taken; fewer at the end of the input.
    pub(super) fn take_bytes(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.take(count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Goes over `count` bytes; whether there were so many.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<bool> {
        let skipped = io::copy(&mut self.take(count), &mut io::sink())?;
        Ok(skipped == count)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let waiting = self.fill_buf()?;
        let count = waiting.len().min(buffer.len());
        let (from, to) = (waiting.get(..count), buffer.get_mut(..count));
        if let (Some(from), Some(to)) = (from, to) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }
}
