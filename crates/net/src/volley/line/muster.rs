//! How connections are opened for the requests of a volley, each way.

use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;
use tidegate_core::ports::volley::Way;

use super::super::pipes::Pipe;
use super::super::streams::Connection;
use super::super::together::together;
use super::{Field, Line, gone};
use crate::prepared::Protocol;
use crate::tls::{NO_PROTOCOL, Offer};
use crate::wire::Wire;

/// Said of a server that speaks HTTP/2 over TLS at most.
const NOT_PLAIN: &str = "the server does not speak HTTP/2 without TLS";

/// What a server says to a way.
pub(super) enum Mustered {
    /// The requests are lined up.
    Fit,
    /// It cannot be asked so, and why.
    Unfit(&'static str),
}

impl Line {
    /// Opens connections and sends what the server may have before the release.
    pub(super) async fn muster(
        &mut self,
        field: &Field<'_>,
        way: Way,
    ) -> Result<Mustered, HttpError> {
        for group in field.origins() {
            let mustered = match way {
                Way::LastFrame => self.muster_streams(field, &group).await?,
                Way::LastByte => self.muster_pipes(field, &group).await?,
                Way::Barrier => self.muster_whole(field, &group).await?,
            };
            if let Mustered::Unfit(_) = mustered {
                return Ok(mustered);
            }
        }
        if way != Way::Barrier {
            self.send(field, false).await;
        }
        Ok(Mustered::Fit)
    }

    async fn muster_streams(
        &mut self,
        field: &Field<'_>,
        group: &[usize],
    ) -> Result<Mustered, HttpError> {
        let url = &field.parcels[group[0]].url;
        let (plain, spoken) = (url.scheme() == "http", &field.courier.spoken);
        if plain && !spoken.may_be(url) {
            return Ok(Mustered::Unfit(NOT_PLAIN));
        }
        let (wire, setup) = field.open(url, Offer::Any).await?;
        if !plain && wire.chosen() != Protocol::Http2 {
            return Ok(Mustered::Unfit("the server chose HTTP/1.1"));
        }
        match field.greet((wire, setup)).await? {
            Some(connection) => Ok(self.board(field, group, connection).await),
            None => {
                spoken.is_not(url);
                Ok(Mustered::Unfit(NOT_PLAIN))
            }
        }
    }

    /// Spreads requests over as many connections as the server's limit asks for.
    async fn board(
        &mut self,
        field: &Field<'_>,
        group: &[usize],
        mut first: Connection,
    ) -> Mustered {
        let room = first.room();
        if room == 0 {
            return Mustered::Unfit("the server takes no request on an HTTP/2 connection");
        }
        let mut parts = group.chunks(room);
        first.take(parts.next().unwrap_or_default());
        self.connections.push(first);
        let count = parts.len() + 1;
        if count > 1 {
            self.notes.push(format!(
                "the server takes {room} at a time on an HTTP/2 connection, so there were {count} connections"
            ));
        }
        let opened = together(parts.map(|part| async move {
            let (wire, setup) = field.open(&field.parcels[part[0]].url, Offer::Any).await?;
            Ok((field.greet((wire, setup)).await?, part))
        }));
        for (opened, part) in opened.await.into_iter().zip(group.chunks(room).skip(1)) {
            match opened {
                Ok((Some(mut connection), part)) => {
                    connection.take(part);
                    self.connections.push(connection);
                }
                Ok((None, part)) => self.lose(part, &gone()),
                Err(error) => self.lose(part, &error),
            }
        }
        Mustered::Fit
    }

    async fn muster_pipes(
        &mut self,
        field: &Field<'_>,
        group: &[usize],
    ) -> Result<Mustered, HttpError> {
        match field.open(&field.parcels[group[0]].url, Offer::Http1).await {
            Ok(first) => self.lay(field, group, first, true).await?,
            Err(HttpError::Tls { reason, .. }) if reason == NO_PROTOCOL => {
                return Ok(Mustered::Unfit("the server does not speak HTTP/1.1"));
            }
            Err(error) => return Err(error),
        }
        Ok(Mustered::Fit)
    }

    async fn muster_whole(
        &mut self,
        field: &Field<'_>,
        group: &[usize],
    ) -> Result<Mustered, HttpError> {
        let first = field.open(&field.parcels[group[0]].url, Offer::Any).await?;
        if first.0.chosen() == Protocol::Http1 {
            self.lay(field, group, first, false).await?;
            return Ok(Mustered::Fit);
        }
        match field.greet(first).await? {
            Some(connection) => Ok(self.board(field, group, connection).await),
            None => Err(gone()),
        }
    }

    /// Lays a pipe for each request; the first has its connection.
    async fn lay(
        &mut self,
        field: &Field<'_>,
        group: &[usize],
        first: (Wire, Timings),
        held: bool,
    ) -> Result<(), HttpError> {
        self.pipes
            .push(Pipe::lay(field, group[0], first, held).await?);
        let opened = together(group[1..].iter().map(|&number| async move {
            let opened = field.open(&field.parcels[number].url, Offer::Http1).await?;
            Pipe::lay(field, number, opened, held).await
        }));
        for (opened, &number) in opened.await.into_iter().zip(&group[1..]) {
            match opened {
                Ok(pipe) => self.pipes.push(pipe),
                Err(error) => self.lost.push((number, error)),
            }
        }
        Ok(())
    }

    fn lose(&mut self, numbers: &[usize], error: &HttpError) {
        let lost = numbers.iter().map(|&number| (number, error.clone()));
        self.lost.extend(lost);
    }
}
