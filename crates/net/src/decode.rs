//! Response bodies: read up to a cap while their content coding is undone.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt as _;
use hyper::body::Body;
use tidegate_core::ports::HttpError;

/// What the client can undo, for `accept-encoding`.
pub(crate) const ACCEPTED: &str = "gzip, deflate, br";

/// How many codings on top of each other are undone.
const CODINGS: usize = 3;

/// The size of the buffer a decoder works in, in bytes.
const BUFFER: usize = 4096;

/// The bytes received beyond the cap before a coded body is given up: coded it should be smaller.
const CODING_OVERHEAD: usize = 64 * 1024;

/// A body as far as it was kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The bytes, their coding undone.
    pub(crate) bytes: Vec<u8>,
    /// Whether there was more; the rest was not read.
    pub(crate) truncated: bool,
}

/// Reads a body until its end or the cap, whichever comes first; `fault` says what an error of it is.
///
/// # Errors
/// When the connection breaks or the content coding is not what the header says.
pub(crate) async fn read<B, F>(
    headers: &HeaderMap,
    mut body: B,
    cap: usize,
    fault: F,
) -> Result<Kept, HttpError>
where
    B: Body<Data = Bytes> + Unpin,
    F: Fn(B::Error) -> HttpError,
{
    let mut decoder = Decoder::new(headers, Capped::new(cap, body.size_hint().exact()));
    let mut received = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(&fault)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        received += data.len();
        if decoder.feed(&data)? == Fed::Full || received > cap.saturating_add(CODING_OVERHEAD) {
            return Ok(decoder.cut());
        }
    }
    if received == 0 {
        return Ok(Kept::default());
    }
    decoder.finish()
}

/// The body that was received whole, its content coding undone as far as the cap allows.
///
/// # Errors
/// When the content coding is not what the header says.
pub(crate) fn undo(headers: &HeaderMap, received: &Bytes, cap: usize) -> Result<Kept, HttpError> {
    if received.is_empty() {
        return Ok(Kept::default());
    }
    let mut decoder = Decoder::new(headers, Capped::new(cap, None));
    match decoder.feed(received)? {
        Fed::More => decoder.finish(),
        Fed::Full => Ok(decoder.cut()),
    }
}

/// Whether there is room for more.
#[derive(Debug, PartialEq, Eq)]
enum Fed {
    More,
    Full,
}

/// Keeps what fits and refuses the rest.
struct Capped {
    bytes: Vec<u8>,
    cap: usize,
    full: bool,
}

impl Capped {
    fn new(cap: usize, announced: Option<u64>) -> Self {
        // An announcement is only a hint: nothing large is set aside for it.
        let likely = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
        Self {
            bytes: Vec::with_capacity(likely.min(cap).min(64 * 1024)),
            cap,
            full: false,
        }
    }
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let room = self.cap.saturating_sub(self.bytes.len());
        self.full |= data.len() > room;
        self.bytes.extend_from_slice(&data[..data.len().min(room)]);
        if self.full {
            return Err(io::Error::other("the body is larger than the cap"));
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Content codings on top of each other (RFC 9110, 8.4), the outermost first.
enum Decoder {
    Plain(Capped),
    Gzip(Box<MultiGzDecoder<Decoder>>),
    /// The format is known with the first byte.
    Deflate(Box<Decoder>),
    Zlib(Box<ZlibDecoder<Decoder>>),
    RawDeflate(Box<DeflateDecoder<Decoder>>),
    Brotli(Box<DecompressorWriter<Decoder>>),
}

impl Decoder {
    /// The decoder for the codings a response names; an unknown one leaves the body as it is.
    fn new(headers: &HeaderMap, sink: Capped) -> Self {
        let values = headers.get_all(CONTENT_ENCODING).into_iter();
        let codings: Vec<String> = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|coding| coding.trim().to_ascii_lowercase())
            .filter(|coding| !coding.is_empty() && coding != "identity")
            .collect();
        let known = |coding: &String| matches!(&**coding, "gzip" | "x-gzip" | "deflate" | "br");
        if codings.len() > CODINGS || !codings.iter().all(known) {
            return Self::Plain(sink);
        }
        // The first one named was applied first, so it is the innermost to be undone.
        codings
            .iter()
            .fold(Self::Plain(sink), |inner, coding| match coding.as_str() {
                "br" => Self::Brotli(Box::new(DecompressorWriter::new(inner, BUFFER))),
                "deflate" => Self::Deflate(Box::new(inner)),
                _ => Self::Gzip(Box::new(MultiGzDecoder::new(inner))),
            })
    }

    fn feed(&mut self, data: &Bytes) -> Result<Fed, HttpError> {
        match self.write_all(data) {
            Ok(()) => Ok(Fed::More),
            Err(_) if self.sink().full => Ok(Fed::Full),
            Err(error) => Err(undecodable(&error)),
        }
    }

    /// What was kept of a body of which there is more.
    fn cut(mut self) -> Kept {
        Kept {
            bytes: std::mem::take(&mut self.sink().bytes),
            truncated: true,
        }
    }

    /// Decodes what is left; a coding that ends early is an error, a full sink is not.
    fn finish(mut self) -> Result<Kept, HttpError> {
        let result = self.end();
        let sink = self.sink();
        match result {
            Err(error) if !sink.full => Err(undecodable(&error)),
            _ => Ok(Kept {
                bytes: std::mem::take(&mut sink.bytes),
                truncated: sink.full,
            }),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => {
                decoder.try_finish()?;
                decoder.get_mut().end()
            }
            Self::Zlib(decoder) => {
                decoder.try_finish()?;
                decoder.get_mut().end()
            }
            Self::RawDeflate(decoder) => {
                decoder.try_finish()?;
                decoder.get_mut().end()
            }
            Self::Brotli(decoder) => {
                decoder.close()?;
                decoder.get_mut().end()
            }
            Self::Deflate(inner) => inner.end(),
        }
    }

    /// "deflate" means zlib (RFC 9110, 8.4.1.2), whose first byte names method 8 (RFC 1950, 2.2);
    /// some servers send the bare format all the same.
    fn settle(&mut self, first: u8) {
        let placeholder = Self::Plain(Capped::new(0, None));
        *self = match std::mem::replace(self, placeholder) {
            Self::Deflate(inner) if first & 0x0f == 8 => {
                Self::Zlib(Box::new(ZlibDecoder::new(*inner)))
            }
            Self::Deflate(inner) => Self::RawDeflate(Box::new(DeflateDecoder::new(*inner))),
            settled => settled,
        };
    }

    fn sink(&mut self) -> &mut Capped {
        match self {
            Self::Plain(sink) => sink,
            Self::Gzip(decoder) => decoder.get_mut().sink(),
            Self::Zlib(decoder) => decoder.get_mut().sink(),
            Self::RawDeflate(decoder) => decoder.get_mut().sink(),
            Self::Brotli(decoder) => decoder.get_mut().sink(),
            Self::Deflate(inner) => inner.sink(),
        }
    }
}

impl Write for Decoder {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(sink) => sink.write(data),
            Self::Gzip(decoder) => decoder.write(data),
            Self::Zlib(decoder) => decoder.write(data),
            Self::RawDeflate(decoder) => decoder.write(data),
            Self::Brotli(decoder) => decoder.write(data),
            Self::Deflate(_) => {
                self.settle(data.first().copied().unwrap_or_default());
                self.write(data)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn undecodable(error: &io::Error) -> HttpError {
    HttpError::Malformed {
        reason: format!("the body is not coded as `content-encoding` says: {error}"),
    }
}

#[cfg(test)]
mod tests;
