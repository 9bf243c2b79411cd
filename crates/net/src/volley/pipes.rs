//! Requests on HTTP/1.1 connections, one on each, their last bytes held back.

use std::future::poll_fn;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tokio::time::timeout;

use super::answer::{Answer, Arrival};
use super::line::{Field, SENDING, slow};
use super::meter::Meter;
use super::withheld::Withheld;
use crate::connector::HEAD_LIMIT;
use crate::failure;
use crate::wire::Wire;

/// An HTTP/1.1 connection and the request on it.
pub(super) struct Pipe {
    /// Its place among the requests.
    pub(super) number: usize,
    wire: Withheld<Wire>,
    sender: Option<SendRequest<Full<Bytes>>>,
    setup: Timings,
    pub(super) answer: Option<Answer>,
    /// Why it was not sent.
    pub(super) fault: Option<HttpError>,
}

impl Pipe {
    /// Takes a request along on a connection; nothing is sent. With `held` its last byte waits for the
    /// release.
    ///
    /// # Errors
    /// When the connection is broken already.
    pub(super) async fn lay(
        field: &Field<'_>,
        number: usize,
        (wire, setup): (Wire, Timings),
        held: bool,
    ) -> Result<Self, HttpError> {
        let body = field.parcels[number].body.len();
        let wire = Withheld::new(wire, body, !held, field.meter.clone());
        let (sender, connection) = Builder::new()
            .max_buf_size(HEAD_LIMIT)
            .handshake::<_, Full<Bytes>>(TokioIo::new(wire.clone()))
            .await
            .map_err(|error| failure::exchange(&error, failure::WAITING))?;
        // It ends with the connection, which ends with its exchange.
        tokio::spawn(connection);
        Ok(Self {
            number,
            wire,
            sender: Some(sender),
            setup,
            answer: None,
            fault: None,
        })
    }

    /// Hands the request to the connection.
    pub(super) fn send(&mut self, field: &Field<'_>) {
        if let Some(sender) = self.sender.take() {
            let parcel = &field.parcels[self.number];
            let (setup, meter) = (self.setup, field.meter.clone());
            let work = exchange(sender, parcel.whole.clone(), parcel.cap, setup, meter);
            self.answer = Some(Answer::read(work));
        }
    }

    /// Waits until all but the last byte is sent, as the server takes it.
    pub(super) async fn hold(&mut self) {
        let Some(answer) = &mut self.answer else {
            return;
        };
        let wire = &self.wire;
        let held = async {
            tokio::select! {
                biased;
                () = poll_fn(|context| wire.poll_held(context)) => {}
                // The answer came before the end; the server need not take the rest.
                () = answer.wait() => {}
            }
        };
        if timeout(SENDING, held).await.is_err() {
            self.answer = None;
            self.fault = Some(slow());
        }
    }

    /// Sends the last byte.
    pub(super) fn poll_release(&self, context: &mut Context<'_>) -> Poll<()> {
        if self.answer.is_some() {
            self.wire.poll_release(context)
        } else {
            Poll::Ready(())
        }
    }
}

async fn exchange(
    mut sender: SendRequest<Full<Bytes>>,
    message: http::Request<Full<Bytes>>,
    cap: usize,
    setup: Timings,
    meter: Meter,
) -> Result<Arrival, HttpError> {
    let answer = sender.send_request(message).await;
    let answer = answer.map_err(|error| failure::exchange(&error, failure::WAITING))?;
    Arrival::read(answer, cap, setup, &meter, failure::reading).await
}
