//! A connection that withholds the last byte of an HTTP/1.1 request.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::meter::{Brought, Meter};

/// The most bytes that wait to be written.
const WAITING: usize = 256 * 1024;

/// The end of a request's head (RFC 9112, 2.1).
const HEAD_END: &[u8] = b"\r\n\r\n";

/// One connection for one request: everything written to it goes out but the last byte, which
/// [`Withheld::poll_release`] sends. The HTTP library that writes the request need not know.
///
/// When the server stops taking the request, the rest of it is dropped without an error, so that an
/// answer that came early can still be read.
pub(super) struct Withheld<T> {
    state: Arc<Mutex<State<T>>>,
}

struct State<T> {
    wire: T,
    /// Whether the last byte may go, too.
    released: bool,
    /// The length of the request's body.
    body: usize,
    /// How much of [`HEAD_END`] was just seen.
    matched: usize,
    accepted: usize,
    /// The length of the request, once the end of its head was seen.
    total: Option<usize>,
    waiting: BytesMut,
    sent: usize,
    /// Whether the server takes no more.
    broken: bool,
    meter: Meter,
    /// Who waits for all but the last byte to be out.
    waker: Option<Waker>,
}

impl<T> Clone for Withheld<T> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

impl<T: AsyncWrite + Unpin> Withheld<T> {
    /// A connection on which nothing was said, for a request with a body of this length. It withholds
    /// nothing when it is `released` from the start.
    pub(super) fn new(wire: T, body: usize, released: bool, meter: Meter) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                wire,
                released,
                body,
                matched: 0,
                accepted: 0,
                total: None,
                waiting: BytesMut::new(),
                sent: 0,
                broken: false,
                meter,
                waker: None,
            })),
        }
    }

    /// Whether all but the last byte is out, or the server takes no more.
    pub(super) fn poll_held(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if state.is_held() {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// Sends the last byte.
    pub(super) fn poll_release(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        state.released = true;
        state.poll_drain(context)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: AsyncWrite + Unpin> State<T> {
    fn is_held(&self) -> bool {
        self.broken || self.total.is_some_and(|total| self.sent + 1 >= total)
    }

    /// Takes what fits; how much that is.
    fn accept(&mut self, data: &[u8]) -> usize {
        let taken = data.len().min(WAITING.saturating_sub(self.waiting.len()));
        let data = &data[..taken];
        if self.total.is_none() {
            self.look_for_head_end(data);
        }
        self.accepted += taken;
        self.waiting.extend_from_slice(data);
        taken
    }

    fn look_for_head_end(&mut self, data: &[u8]) {
        for (index, byte) in data.iter().enumerate() {
            self.matched = match *byte {
                byte if byte == HEAD_END[self.matched] => self.matched + 1,
                b'\r' => 1,
                _ => 0,
            };
            if self.matched == HEAD_END.len() {
                self.total = Some(self.accepted + index + 1 + self.body);
                return;
            }
        }
    }

    /// How many bytes may be out.
    fn limit(&self) -> usize {
        if self.released {
            usize::MAX
        } else {
            self.total.unwrap_or(self.accepted).saturating_sub(1)
        }
    }

    /// Writes what may go; ready when it is out.
    fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let allowed = self.waiting.len().min(self.limit() - self.sent);
            if allowed == 0 || self.broken {
                break;
            }
            let begun = self.meter.now();
            let written = Pin::new(&mut self.wire).poll_write(context, &self.waiting[..allowed]);
            match ready!(written) {
                Ok(0) | Err(_) => self.give_up(),
                Ok(written) => self.wrote(written, begun),
            }
        }
        if ready!(Pin::new(&mut self.wire).poll_flush(context)).is_err() {
            self.give_up();
        }
        if self.is_held()
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
        Poll::Ready(())
    }

    fn wrote(&mut self, count: usize, begun: Duration) {
        let before = self.sent;
        self.waiting.advance(count);
        self.sent += count;
        let Some(total) = self.total else {
            return;
        };
        let passed = |place| before < place && place <= self.sent;
        let brought = Brought {
            head: passed(total - self.body),
            end: passed(total),
        };
        self.meter.note(begun, brought);
    }

    fn give_up(&mut self) {
        self.broken = true;
        self.waiting.clear();
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Withheld<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().wire).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Withheld<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut state = self.lock();
        if state.broken {
            return Poll::Ready(Ok(data.len()));
        }
        if state.waiting.len() >= WAITING {
            ready!(state.poll_drain(context));
        }
        let taken = state.accept(data);
        // What does not go out now goes with the flush that follows.
        let _ = state.poll_drain(context);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().poll_drain(context).map(Ok)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().wire).poll_shutdown(context)
    }
}
