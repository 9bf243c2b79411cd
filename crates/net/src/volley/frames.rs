//! A connection that notes when it writes the head or the end of an HTTP/2 request.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::meter::{Brought, Meter};

/// The length of a client's preface (RFC 9113, 3.4).
const PREFACE: usize = 24;

/// The length of a frame's header (RFC 9113, 4.1).
const HEADER: usize = 9;

/// The type of frame that holds content (RFC 9113, 6.1).
const DATA: u8 = 0;

/// The type of frame that begins a head (RFC 9113, 6.2).
const HEADERS: u8 = 1;

/// The flag that ends a stream.
const END_STREAM: u8 = 1;

/// Finds the heads and the ends of requests in what a client writes.
struct Parts {
    /// Bytes of the preface or a payload that are still to come.
    skip: usize,
    /// What the frame that they belong to brings.
    bringing: Brought,
    header: [u8; HEADER],
    known: usize,
}

impl Parts {
    fn new() -> Self {
        Self {
            skip: PREFACE,
            bringing: Brought::default(),
            header: [0; HEADER],
            known: 0,
        }
    }

    /// What frames bring whose last byte lies in these bytes.
    fn pass(&mut self, mut data: &[u8]) -> Brought {
        let mut found = Brought::default();
        while !data.is_empty() {
            let taken = if self.skip > 0 {
                let taken = self.skip.min(data.len());
                self.skip -= taken;
                taken
            } else {
                self.learn(data)
            };
            data = &data[taken..];
            if self.skip == 0 {
                let brought = std::mem::take(&mut self.bringing);
                found.head |= brought.head;
                found.end |= brought.end;
            }
        }
        found
    }

    /// Takes bytes of a frame's header; how many.
    fn learn(&mut self, data: &[u8]) -> usize {
        let taken = (HEADER - self.known).min(data.len());
        self.header[self.known..self.known + taken].copy_from_slice(&data[..taken]);
        self.known += taken;
        if self.known == HEADER {
            let [high, middle, low, sort, flags, ..] = self.header;
            self.skip = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
            self.bringing = Brought {
                head: sort == HEADERS,
                end: matches!(sort, DATA | HEADERS) && flags & END_STREAM != 0,
            };
            self.known = 0;
        }
        taken
    }
}

/// A connection whose writes are looked at.
pub(super) struct Metered<T> {
    inner: T,
    parts: Parts,
    meter: Meter,
}

impl<T> Metered<T> {
    /// Looks at the writes of a new connection.
    pub(super) fn new(inner: T, meter: Meter) -> Self {
        Self {
            inner,
            parts: Parts::new(),
            meter,
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Metered<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Metered<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let begun = self.meter.now();
        let written = ready!(Pin::new(&mut self.inner).poll_write(context, data))?;
        let brought = self.parts.pass(&data[..written]);
        self.meter.note(begun, brought);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(sort: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u8::try_from(payload.len()).unwrap();
        let mut frame = vec![0, 0, length, sort, flags, 0, 0, 0, 1];
        frame.extend_from_slice(payload);
        frame
    }

    fn after_preface(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(frames.iter().flatten());
        bytes
    }

    #[test]
    fn only_frames_of_streams_begin_or_end_one() {
        let settings_acknowledged = frame(4, 1, &[]);
        let ping_answered = frame(6, 1, &[0; 8]);
        let head = frame(1, 4, b"head");
        let quiet = after_preface(&[settings_acknowledged, ping_answered]);
        let mut parts = Parts::new();
        assert_eq!(parts.pass(&quiet), brought(false, false));
        assert_eq!(parts.pass(&head), brought(true, false));
        assert_eq!(parts.pass(&frame(0, 1, b"x")), brought(false, true));
        assert_eq!(parts.pass(&frame(0, 0, b"x")), brought(false, false));
        assert_eq!(parts.pass(&frame(1, 5, b"head")), brought(true, true));
        assert_eq!(parts.pass(&frame(0, 1, &[])), brought(false, true));
    }

    fn brought(head: bool, end: bool) -> Brought {
        Brought { head, end }
    }

    proptest! {
        #[test]
        fn heads_and_ends_are_found_however_the_bytes_are_cut(
            frames in prop::collection::vec((0u8..10, 0u8..2, 0usize..40), 0..20),
            cut in 1usize..30,
        ) {
            let made: Vec<Vec<u8>> = frames
                .iter()
                .map(|(sort, flags, length)| frame(*sort, *flags, &vec![1; *length]))
                .collect();
            let heads = frames.iter().any(|(sort, ..)| *sort == 1);
            let ends = frames.iter().any(|(sort, flags, _)| *sort < 2 && *flags == 1);
            let mut parts = Parts::new();
            let mut found = Brought::default();
            for piece in after_preface(&made).chunks(cut) {
                let brought = parts.pass(piece);
                found.head |= brought.head;
                found.end |= brought.end;
            }
            prop_assert_eq!(found, brought(heads, ends));
        }
    }
}
