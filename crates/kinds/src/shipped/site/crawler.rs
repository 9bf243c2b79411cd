//! The crawl itself: what is fetched next, and what an answer names.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::Http;
use tidegate_core::ports::http::{
    HttpError, Purpose, Request, Response, SessionId, Sharing, Target,
};
use url::{Origin, Url};

use super::{Crawl, CrawlLimit, CrawlLimits, Fetched, FetchedKind, chunks, html};
use crate::attack::{Patience, asks_to_wait};
use crate::shipped::source_map::{MapUrl, map_url};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// How many redirects are followed.
const REDIRECTS: u8 = 5;

/// The most bytes of an address.
const LONGEST: usize = 2_000;

/// Manifests and settings that are often served and that no page names.
const WELL_KNOWN: &[&str] = &[
    "/config.json",
    "/env.js",
    "/asset-manifest.json",
    "/.vite/manifest.json",
];

/// Words in addresses that do something when they are fetched.
const DOING: &[&str] = &[
    "logout",
    "log-out",
    "signout",
    "sign-out",
    "delete",
    "remove",
    "unsubscribe",
    "destroy",
];

/// How many guesses of a sort may miss one after the other before no more are made: a site serves its
/// source maps or does not, and a library full of names of files is no list of chunks.
const MISSES: u32 = 25;

/// Something to be fetched.
struct Wanted {
    url: Url,
    kind: FetchedKind,
    /// Whether it may well not exist.
    guessed: bool,
    named_by: Option<String>,
}

/// A crawl under way.
pub(super) struct Crawler<'c> {
    context: &'c Context,
    http: Arc<dyn Http>,
    session: Option<SessionId>,
    site: Url,
    declared: Vec<Origin>,
    limits: CrawlLimits,
    /// Scripts, styles and maps come before further pages.
    assets: VecDeque<Wanted>,
    pages: VecDeque<Wanted>,
    seen: HashSet<String>,
    linked: u32,
    /// How many guesses missed since one did not: of source maps, and of anything else.
    missed_maps: u32,
    missed: u32,
    requests: u32,
    patience: Patience,
    /// Whether the site wants no more requests.
    is_unwelcome: bool,
    bytes: usize,
    crawl: Crawl,
}

impl<'c> Crawler<'c> {
    pub(super) fn new(context: &'c Context, limits: CrawlLimits) -> Result<Self, CheckError> {
        let http = context.http()?.clone();
        let environment = context.environment();
        let site = address(&environment.url.value)?;
        let apis = environment.apis.iter().map(|api| &api.url.value);
        let apis = apis.filter_map(|url| Url::parse(url).ok());
        let declared = std::iter::once(site.origin()).chain(apis.map(|url| url.origin()));
        let identity = context.identity();
        let session = identity.map(|identity| http.open_session(Some(identity), Sharing::Fresh));
        Ok(Self {
            declared: declared.collect(),
            context,
            http,
            session,
            site,
            limits,
            assets: VecDeque::new(),
            pages: VecDeque::new(),
            seen: HashSet::new(),
            linked: 0,
            missed_maps: 0,
            missed: 0,
            requests: 0,
            patience: Patience::default(),
            is_unwelcome: false,
            bytes: 0,
            crawl: Crawl::default(),
        })
    }

    pub(super) async fn run(mut self, pages: &[String]) -> Result<Crawl, CheckError> {
        let until = self.context.clock().monotonic() + self.limits.time;
        let site = self.context.environment().url.value.clone();
        let named = pages.iter().map(|path| (&**path, FetchedKind::Page, false));
        let known = WELL_KNOWN
            .iter()
            .map(|path| (*path, FetchedKind::Other, true));
        for (path, kind, guessed) in named.chain(known) {
            let url = address(&format!("{site}{path}"))?;
            self.want(url, kind, guessed, None);
        }
        while let Some(wanted) = self.next() {
            if let Some(limit) = self.limit(until) {
                self.crawl.reached.push(limit);
                return Ok(self.crawl);
            }
            self.fetch(wanted).await?;
        }
        if self.is_unwelcome {
            self.crawl.reached.push(CrawlLimit::Unwelcome);
        }
        Ok(self.crawl)
    }

    fn next(&mut self) -> Option<Wanted> {
        while let Some(asset) = self.assets.pop_front() {
            if !asset.guessed || *self.misses(asset.kind) < MISSES {
                return Some(asset);
            }
        }
        self.pages.pop_front()
    }

    fn misses(&mut self, kind: FetchedKind) -> &mut u32 {
        match kind {
            FetchedKind::Map => &mut self.missed_maps,
            _ => &mut self.missed,
        }
    }

    /// The limit that keeps the next request from being sent.
    fn limit(&self, until: Duration) -> Option<CrawlLimit> {
        let limits = self.limits;
        if self.is_unwelcome {
            return Some(CrawlLimit::Unwelcome);
        }
        if self.requests >= limits.requests {
            return Some(CrawlLimit::Requests(limits.requests));
        }
        if self.bytes >= limits.bytes {
            return Some(CrawlLimit::Bytes(limits.bytes));
        }
        let over = self.context.clock().monotonic() >= until;
        over.then_some(CrawlLimit::Time(limits.time))
    }

    /// Puts an address into the queue, unless it was there or is of an undeclared origin.
    fn want(&mut self, mut url: Url, kind: FetchedKind, guessed: bool, by: Option<&Url>) {
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > LONGEST {
            return;
        }
        if !self.declared.contains(&url.origin()) {
            let loaded = matches!(kind, FetchedKind::Script | FetchedKind::Style);
            if loaded && !guessed {
                self.undeclared(&url);
            }
            return;
        }
        if !self.seen.insert(url.as_str().to_owned()) {
            return;
        }
        let queue = if kind == FetchedKind::Page {
            &mut self.pages
        } else {
            &mut self.assets
        };
        queue.push_back(Wanted {
            url,
            kind,
            guessed,
            named_by: by.map(|by| by.as_str().to_owned()),
        });
    }

    fn undeclared(&mut self, url: &Url) {
        let origin = url.origin().ascii_serialization();
        if !self.crawl.undeclared.contains(&origin) {
            self.crawl.undeclared.push(origin);
        }
    }

    fn redirected(&mut self, elsewhere: &str) {
        if let Ok(url) = Url::parse(elsewhere) {
            self.undeclared(&url);
        }
    }

    async fn fetch(&mut self, wanted: Wanted) -> Result<(), CheckError> {
        self.requests += 1;
        let mut sent = self.http.send(self.request(&wanted)).await;
        while let Ok(response) = &sent
            && asks_to_wait(response)
        {
            let clock = self.context.clock();
            if self.patience.wait(&**clock, response).await.is_err() {
                self.is_unwelcome = true;
                break;
            }
            self.requests += 1;
            sent = self.http.send(self.request(&wanted)).await;
        }
        match sent {
            Ok(response) => self.receive(response, wanted),
            Err(HttpError::Stopped) => return Err(HttpError::Stopped.into()),
            Err(_) if wanted.guessed => {}
            Err(error) => {
                let route = wanted.url.path().to_owned();
                self.crawl.unanswered.push((route, error));
            }
        }
        Ok(())
    }

    fn request(&self, wanted: &Wanted) -> Request {
        let cause = self.context.cause(self.context.span());
        let target = Target::Url(wanted.url.as_str().into());
        Request {
            session: self.session,
            redirects: REDIRECTS,
            timeout: TIMEOUT,
            body_cap: self
                .limits
                .body
                .min(self.limits.bytes - self.bytes.min(self.limits.bytes)),
            purpose: Purpose::Survey,
            ..Request::new("GET", target, wanted.url.path(), cause)
        }
    }

    /// Keeps an answer and follows what it names.
    fn receive(&mut self, response: Response, wanted: Wanted) {
        self.bytes = self.bytes.saturating_add(response.body.len());
        let kind = kind_of(&response, wanted.kind);
        if let Some(elsewhere) = response.refused_redirect.as_deref() {
            self.redirected(elsewhere);
        }
        let found = (200..300).contains(&response.status);
        let expected = match wanted.kind {
            FetchedKind::Map => kind == FetchedKind::Map,
            _ => kind != FetchedKind::Page,
        };
        if wanted.guessed {
            let misses = self.misses(wanted.kind);
            if !(found && expected) {
                *misses += 1;
                return;
            }
            *misses = 0;
        }
        let url = Url::parse(&response.url).unwrap_or(wanted.url);
        self.seen.insert(url.as_str().to_owned());
        if found {
            match kind {
                FetchedKind::Page => self.follow_page(&response, &url),
                FetchedKind::Script | FetchedKind::Style => {
                    self.follow_map(&response, &url);
                    self.follow_chunks(&response.body, &url);
                }
                FetchedKind::Other => self.follow_chunks(&response.body, &url),
                FetchedKind::Map => {}
            }
        }
        let route = url.path().to_owned();
        let fetched = Fetched::new(response, route, kind, wanted.named_by);
        self.crawl.fetched.push(fetched);
    }

    fn follow_page(&mut self, response: &Response, url: &Url) {
        let page = html::read(&response.text());
        let base = page.base.and_then(|base| url.join(&base).ok());
        let base = base.as_ref().unwrap_or(url);
        for link in page.links {
            let Ok(target) = base.join(&link.address) else {
                continue;
            };
            if link.kind != FetchedKind::Page {
                self.want(target, link.kind, false, Some(url));
            } else if self.is_further_page(&target) {
                self.linked += 1;
                self.want(target, link.kind, false, Some(url));
            }
        }
        for address in preloaded(response) {
            if let Ok(target) = url.join(address) {
                self.want_asset(target, url);
            }
        }
        self.follow_chunks(&response.body, url);
    }

    /// Whether a link is followed: to a page of the site that does nothing and was not seen, while
    /// there is room.
    fn is_further_page(&self, target: &Url) -> bool {
        let path = target.path().to_ascii_lowercase();
        let mut page = target.clone();
        page.set_fragment(None);
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_page = !name.contains('.') || name.ends_with(".html");
        self.linked < self.limits.pages
            && target.origin() == self.site.origin()
            && target.query().is_none()
            && is_page
            && !DOING.iter().any(|word| path.contains(word))
            && !path.starts_with("/api/")
            && !self.seen.contains(page.as_str())
    }

    fn follow_chunks(&mut self, text: &[u8], url: &Url) {
        for chunk in chunks::named_in(text, url) {
            self.want_asset(chunk, url);
        }
    }

    fn want_asset(&mut self, target: Url, by: &Url) {
        let kind = if target.path().ends_with(".css") {
            FetchedKind::Style
        } else if target.path().ends_with("js") {
            FetchedKind::Script
        } else {
            return;
        };
        self.want(target, kind, true, Some(by));
    }

    /// Wants the source map of a script or a style: the one it names, else the one that may lie
    /// beside it.
    fn follow_map(&mut self, response: &Response, url: &Url) {
        let header = response
            .header("sourcemap")
            .or(response.header("x-sourcemap"));
        let named = match map_url(&response.body) {
            // It is in the body itself.
            Some(MapUrl::Inline(_)) => return,
            Some(MapUrl::Elsewhere(address)) => Some(address),
            None => header,
        };
        let beside = || {
            let mut beside = url.clone();
            beside.set_query(None);
            beside.set_path(&format!("{}.map", url.path()));
            beside
        };
        let named = named.and_then(|address| url.join(address).ok());
        self.want(
            named.unwrap_or_else(beside),
            FetchedKind::Map,
            true,
            Some(url),
        );
    }
}

fn address(text: &str) -> Result<Url, CheckError> {
    Url::parse(text).map_err(|error| {
        let url = text.to_owned();
        let reason = error.to_string();
        HttpError::InvalidUrl { url, reason }.into()
    })
}

/// What an answer is: a site may answer with its start page whatever was asked for.
fn kind_of(response: &Response, wanted: FetchedKind) -> FetchedKind {
    let content_type = response.header("content-type").unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    if is_html(&response.body) || content_type.starts_with("text/html") {
        return FetchedKind::Page;
    }
    if is_map(&response.body) {
        return FetchedKind::Map;
    }
    match wanted {
        _ if content_type.contains("javascript") => FetchedKind::Script,
        _ if content_type.starts_with("text/css") => FetchedKind::Style,
        FetchedKind::Page | FetchedKind::Map => FetchedKind::Other,
        wanted => wanted,
    }
}

/// Whether a text is HTML by its beginning.
pub(crate) fn is_html(body: &[u8]) -> bool {
    let start = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let start = start.trim_ascii_start();
    [
        &b"<!doctype html"[..],
        b"<html",
        b"<head",
        b"<body",
        b"<!--",
    ]
    .iter()
    .any(|tag| {
        start
            .get(..tag.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(tag))
    })
}

/// Whether a text is a source map by its beginning and what every one has.
fn is_map(body: &[u8]) -> bool {
    let object = body.trim_ascii_start().starts_with(b"{") || body.starts_with(b")]}");
    object
        && memchr::memmem::find(body, b"\"mappings\"").is_some()
        && memchr::memmem::find(body, b"\"sources\"").is_some()
}

/// The addresses in the header `link`.
fn preloaded(response: &Response) -> impl Iterator<Item = &str> {
    let links = response.headers.iter().filter(|(name, _)| name == "link");
    links.flat_map(|(_, value)| {
        let parts = value.split('<').skip(1);
        parts.filter_map(|part| part.split_once('>').map(|(address, _)| address))
    })
}
