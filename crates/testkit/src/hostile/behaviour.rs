//! The named behaviours and the paths that select them.

use std::io;

use tokio::net::TcpStream;

use super::{Shared, compressed, endless, short};
use crate::recorder::RecordedRequest;

macro_rules! behaviours {
    ($($(#[doc = $doc:literal])+ $name:ident => $path:literal,)+) => {
        /// What the server does with a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Behaviour {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Behaviour {
            /// Every behaviour.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Returns the path that selects it.
            pub fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)+
                }
            }
        }
    };
}

behaviours! {
    /// Answers 200 with a small JSON object: the control.
    Fine => "/fine",
    /// Resets the connection in the middle of the body.
    Reset => "/reset",
    /// Closes the connection without an answer.
    Lost => "/lost",
    /// Announces 100 bytes of body and closes after 10.
    ShortBody => "/short-body",
    /// Sends two `content-length` headers that differ (RFC 9112 §6.3 makes that an error).
    DuplicateLength => "/duplicate-length",
    /// Answers with a line that is not HTTP.
    NotHttp => "/not-http",
    /// Sends a 1 GB body with its length announced.
    Huge => "/huge",
    /// Sends a 1 GB body in chunks, its length unknown.
    HugeChunked => "/huge-chunked",
    /// Sends about 1 MB of gzip that decompresses to 1 GB.
    GzipBomb => "/gzip-bomb",
    /// Redirects to itself with a growing counter, without end.
    RedirectLoop => "/redirect-loop",
    /// Redirects to the query parameter `url`, with the status in `status` or 302.
    RedirectTo => "/redirect-to",
    /// Reads the request and never answers.
    Silent => "/silent",
    /// Sends one header after another and never ends the head.
    TrickleHeaders => "/trickle-headers",
    /// Sends the body one byte at a time and never ends it.
    DripBody => "/drip-body",
    /// Answers 200 with a JSON media type and a body that is not JSON.
    InvalidJson => "/invalid-json",
    /// Answers 200 with every byte value as `application/octet-stream`.
    Binary => "/binary",
    /// Answers 200 with text that claims to be UTF-8 and is not.
    InvalidText => "/invalid-text",
    /// Sends a header whose value is not UTF-8.
    InvalidHeader => "/invalid-header",
    /// Sends one header of 1 MiB.
    GiganticHeader => "/gigantic-header",
    /// Sends 10,000 headers.
    ManyHeaders => "/many-headers",
    /// Answers with the request's headers as a JSON array of name and value pairs.
    EchoHeaders => "/echo-headers",
    /// Answers with the request's secret in every form of [`super::secret_forms`].
    ///
    /// The secret is the credential of the `authorization` header, else the query parameter
    /// `value`.
    LeakSecret => "/leak-secret",
    /// Answers with lines that CI systems take for commands.
    WorkflowCommands => "/workflow-commands",
    /// Answers with terminal escapes that would recolour, retitle or clear a terminal.
    TerminalEscapes => "/terminal-escapes",
    /// Answers 503 as often as the query parameter `failures` says for that target, then 200.
    Unstable => "/unstable",
}

impl Behaviour {
    /// Returns the behaviour a path selects.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|behaviour| behaviour.path() == path)
    }

    /// Answers a request in this way and consumes the connection.
    pub(super) async fn perform(
        self,
        stream: TcpStream,
        request: &RecordedRequest,
        shared: &Shared,
    ) -> io::Result<()> {
        match self {
            Self::Reset => short::reset(stream).await,
            Self::Lost => Ok(()),
            Self::ShortBody => short::short_body(stream).await,
            Self::DuplicateLength => short::duplicate_length(stream).await,
            Self::NotHttp => short::not_http(stream).await,
            Self::Huge => endless::huge(stream).await,
            Self::HugeChunked => endless::huge_chunked(stream).await,
            Self::GzipBomb => compressed::bomb(stream).await,
            Self::Silent => endless::silent(stream).await,
            Self::TrickleHeaders => endless::trickle_headers(stream).await,
            Self::DripBody => endless::drip_body(stream).await,
            Self::GiganticHeader => short::gigantic_header(stream).await,
            Self::ManyHeaders => short::many_headers(stream).await,
            Self::InvalidHeader => short::invalid_header(stream).await,
            _ => short::answer(self, stream, request, shared).await,
        }
    }
}
