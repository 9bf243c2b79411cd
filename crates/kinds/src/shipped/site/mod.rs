//! The deployed site as everybody sees it: its pages, what they load, and files that must not be
//! there.

pub(crate) mod catalogue;
mod chunks;
mod crawler;
mod exposed;
pub(crate) mod html;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::period::Period;
use tidegate_core::ports::http::{Cookie, HttpError, Response};
use tidegate_core::secret::Sensitive;

pub(crate) use crawler::is_html;
pub(crate) use exposed::{Exposed, Probed, probe};

/// How far a site is crawled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CrawlLimits {
    /// The most requests.
    pub(crate) requests: u32,
    /// The most bytes of bodies in all.
    pub(crate) bytes: usize,
    /// The most bytes of one body.
    pub(crate) body: usize,
    /// The most pages that are followed from links, beside those that are named.
    pub(crate) pages: u32,
    /// How long it may take before the last request is sent.
    pub(crate) time: Duration,
}

impl CrawlLimits {
    /// What suits an environment: production is only touched lightly.
    pub(crate) fn of(environment: EnvironmentKind) -> Self {
        let whole = Self {
            requests: 200,
            bytes: 64 * 1024 * 1024,
            body: 16 * 1024 * 1024,
            pages: 12,
            time: Duration::from_secs(60),
        };
        if environment.writable() {
            return whole;
        }
        Self {
            requests: 80,
            pages: 4,
            ..whole
        }
    }
}

/// What sort of thing an answer is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FetchedKind {
    /// HTML.
    Page,
    /// JavaScript.
    Script,
    /// CSS.
    Style,
    /// A source map.
    Map,
    /// Anything else, manifests included.
    Other,
}

/// An answer of the site.
#[derive(Clone)]
pub(crate) struct Fetched {
    /// Its address, after redirects.
    pub(crate) url: String,
    /// The path of the address, without its query.
    pub(crate) route: String,
    /// What it is.
    pub(crate) kind: FetchedKind,
    /// The status code.
    pub(crate) status: u16,
    /// Name in lowercase and value, in the order received.
    pub(crate) headers: Vec<(String, Sensitive)>,
    /// The cookies it set.
    pub(crate) cookies: Vec<Cookie>,
    /// The body, up to the cap.
    pub(crate) body: Arc<[u8]>,
    /// Whether there was more than the cap.
    pub(crate) truncated: bool,
    /// The address of what named it: the script of a source map, the page of a script.
    pub(crate) named_by: Option<String>,
}

impl fmt::Debug for Fetched {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Fetched")
            .field("route", &self.route)
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Fetched {
    fn new(response: Response, route: String, kind: FetchedKind, named_by: Option<String>) -> Self {
        let headers = response.headers.into_iter();
        Self {
            url: response.url,
            route,
            kind,
            status: response.status,
            headers: headers.map(|(name, value)| (name, value.into())).collect(),
            cookies: response.cookies,
            body: response.body,
            truncated: response.truncated,
            named_by,
        }
    }
}

/// What a crawl brought.
#[derive(Debug, Default)]
pub(crate) struct Crawl {
    /// Every answer, in the order they came.
    pub(crate) fetched: Vec<Fetched>,
    /// The routes without an answer, and why.
    pub(crate) unanswered: Vec<(String, HttpError)>,
    /// The origins that scripts, styles and redirects lead to and that the gate file does not declare;
    /// nothing was fetched from them.
    pub(crate) undeclared: Vec<String>,
    /// The limits that were reached.
    pub(crate) reached: Vec<CrawlLimit>,
}

/// A limit of a crawl that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CrawlLimit {
    /// Requests.
    #[error("{0} requests were sent; what else the site names was not fetched")]
    Requests(u32),
    /// Bytes in all.
    #[error("{} MiB were received; what else the site names was not fetched", .0 >> 20)]
    Bytes(usize),
    /// Time.
    #[error("{} were over; what else the site names was not fetched", Period(*.0))]
    Time(Duration),
    /// The site's patience.
    #[error("the site wanted fewer requests (429 or 503); what else it names was not fetched")]
    Unwelcome,
}

impl CrawlLimit {
    /// How to mend it.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::Unwelcome => "Set a lower `rate:` for this environment.",
            Self::Requests(_) | Self::Bytes(_) | Self::Time(_) => {
                "Name the pages that matter most; scripts and styles come before further pages."
            }
        }
    }
}

/// Fetches pages, the scripts and styles they load, the chunks these name, source maps, and some of
/// the pages they link to; from declared origins only.
///
/// The pages are paths of the environment, as in `/`. With `as:` the check's identity looks, in a
/// session of its own.
///
/// # Errors
/// When the kind does not declare the port for requests, the environment's address is none, or the
/// run was stopped. What does not answer is told in the crawl.
pub(crate) async fn crawl(
    context: &Context,
    pages: &[String],
    limits: &CrawlLimits,
) -> Result<Crawl, CheckError> {
    crawler::Crawler::new(context, *limits)?.run(pages).await
}

/// Reads a text as a page and as a script, for the fuzz target `artifacts`.
#[cfg(fuzzing)]
pub(super) fn read_names(text: &[u8]) {
    html::read(&String::from_utf8_lossy(text));
    if let Ok(at) = url::Url::parse("https://portal.example/_next/static/chunks/a.js") {
        chunks::named_in(text, &at);
    }
}

#[cfg(test)]
mod tests;
