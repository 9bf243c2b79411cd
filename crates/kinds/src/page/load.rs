//! What pages load: a queue of what they need, and one of what they can do without.

use std::collections::{HashMap, VecDeque};

use tidegate_core::check::CheckError;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Request, Response, Target};
use tidegate_core::span::Span;
use url::Url;

use super::asset::{self, Named, Refused, Sort};
use super::findings::Fault;
use super::run::{Opening, REDIRECTS};
use super::{imports, styles};
use crate::attack::{Answer, seen};
use crate::hosts;

/// The most bytes of a file that are read.
const FILE: usize = 8 * 1024 * 1024;

/// The most bytes of all files.
const BYTES: usize = 96 * 1024 * 1024;

/// The most bytes of an address.
pub(super) const LONGEST: usize = 2_000;

/// The most that is kept of what pages need, which is as much as a gate file may allow requests.
const FILES: usize = 2_000;

/// The most faults that are kept of what pages say themselves.
const FAULTS: usize = 2_000;

/// How many of those are looked at that a page can do without, by sort.
const MOST_OF: &[(Sort, usize)] = &[
    (Sort::Font, 8),
    (Sort::Image, 12),
    (Sort::Icon, 4),
    (Sort::Manifest, 2),
];

/// What only a server for development has.
pub(super) const DEVELOPMENT: &[&str] = &[
    "/@vite/client",
    "/@react-refresh",
    "/@vite-plugin",
    "/@id/",
    "/@fs/",
    "/node_modules/.vite/",
    "/_next/webpack-hmr",
    "/_next/static/development/",
    "/_next/static/chunks/react-refresh",
    "browser_dev_hmr-client",
    "/__webpack_hmr",
    "/webpack-dev-server",
    "/sockjs-node",
    "/browser-sync/",
    "/livereload.js",
];

/// Something that pages load.
pub(super) struct File {
    pub(super) url: Url,
    pub(super) named: Named,
    /// The path and the place of the page that needs it.
    pub(super) page: String,
    pub(super) span: Span,
    /// Whether that page has no doctype.
    pub(super) in_quirks: bool,
    /// Why no browser uses it, and the evidence.
    pub(super) refused: Option<(Refused, String)>,
}

/// Which page names something, and relative to what.
#[derive(Clone)]
pub(super) struct Namer {
    pub(super) page: String,
    pub(super) span: Span,
    pub(super) base: Url,
    pub(super) in_quirks: bool,
    pub(super) is_local: bool,
    /// Whether browsers ask for everything over TLS.
    pub(super) upgrades: bool,
}

/// What is still to be asked for, and what was.
#[derive(Default)]
pub(super) struct Queue {
    /// Everything, in the order it was named.
    pub(super) files: Vec<File>,
    /// How much was left out.
    pub(super) left_out: usize,
    /// Where in `files` an address is.
    known: HashMap<String, usize>,
    vital: VecDeque<(usize, Namer)>,
    others: VecDeque<(usize, Namer)>,
}

impl Queue {
    /// Adds something, unless it is there; then it is as bad as the worse of both when it does not load.
    fn add(&mut self, url: Url, named: Named, namer: &Namer) {
        if let Some(at) = self.known.get(url.as_str()) {
            if let Some(file) = self.files.get_mut(*at) {
                file.named.severity = file.named.severity.max(named.severity);
            }
            return;
        }
        let sort = named.sort;
        let limit = MOST_OF.iter().find(|(limited, _)| *limited == sort);
        let there = self.files.iter().filter(|file| file.named.sort == sort);
        if self.files.len() >= FILES || limit.is_some_and(|(_, most)| there.count() >= *most) {
            self.left_out += 1;
            return;
        }
        let at = self.files.len();
        self.known.insert(url.as_str().to_owned(), at);
        self.files.push(File {
            url,
            named,
            page: namer.page.clone(),
            span: namer.span.clone(),
            in_quirks: namer.in_quirks,
            refused: None,
        });
        let queue = if sort.is_vital() {
            &mut self.vital
        } else {
            &mut self.others
        };
        queue.push_back((at, namer.clone()));
    }

    /// What comes next; what a page cannot do without comes first.
    fn next(&mut self) -> Option<(usize, Namer)> {
        self.vital.pop_front().or_else(|| self.others.pop_front())
    }

    fn give_up(&mut self) {
        self.left_out += self.vital.len() + self.others.len();
        self.vital.clear();
        self.others.clear();
    }
}

impl Opening<'_> {
    /// Puts something into its queue, unless it is there, or is not to be asked for.
    pub(super) fn want(&mut self, named: Named, namer: &Namer) {
        let Ok(mut url) = namer.base.join(&named.address) else {
            return;
        };
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || url.as_str().len() > LONGEST {
            return;
        }
        if !namer.is_local && is_of_development(&url) {
            let what = format!("loads {}", without_query(&url));
            self.blame(Fault::of_development(&namer.page, &namer.span, &what));
            return;
        }
        if namer.base.scheme() == "https"
            && url.scheme() == "http"
            && !hosts::is_this_machine(url.as_str())
            && (!namer.upgrades || url.set_scheme("https").is_err())
        {
            let what = without_query(&url);
            self.blame(Fault::of_mixed(&namer.page, &namer.span, named.sort, &what));
            return;
        }
        if !self.declared.contains(&url.origin()) {
            *self
                .elsewhere
                .entry(url.origin().ascii_serialization())
                .or_default() += 1;
            return;
        }
        if self.config.allows(url.path()) {
            return;
        }
        self.queue.add(url, named, namer);
    }

    /// Keeps a fault of what a page says itself, once.
    pub(super) fn blame(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS && self.blamed.insert(fault.key()) {
            self.faults.push(fault);
        }
    }

    /// Asks for everything in the queues, and for what that names.
    pub(super) async fn load(&mut self) -> Result<(), CheckError> {
        while self.sender.stopped.is_none() {
            if self.sender.left == 0 || self.bytes >= BYTES {
                self.queue.give_up();
                break;
            }
            let Some((at, namer)) = self.queue.next() else {
                break;
            };
            self.fetch(at, &namer).await?;
        }
        Ok(())
    }

    async fn fetch(&mut self, at: usize, namer: &Namer) -> Result<(), CheckError> {
        let Some(file) = self.queue.files.get(at) else {
            return Ok(());
        };
        let accept = match file.named.sort {
            Sort::Style => "text/css,*/*;q=0.1",
            Sort::Image | Sort::Icon => "image/avif,image/webp,image/*,*/*;q=0.8",
            _ => "*/*",
        };
        let target = Target::Url(file.url.as_str().into());
        let request = Request {
            redirects: REDIRECTS,
            body_cap: FILE.min(BYTES.saturating_sub(self.bytes)).max(1),
            ..self.request(target, file.url.path(), accept, &file.span)
        };
        let answer = self.sender.send(request).await?;
        if self.sender.stopped.is_some() {
            return Ok(());
        }
        match answer {
            Answer::Response(response) => self.receive(at, namer, &response),
            Answer::Silence(error) => {
                let text = format!("{} got no answer: {error}.", file.url.path());
                let told = if file.named.severity > Severity::Low {
                    &mut self.unproven
                } else {
                    &mut self.notes
                };
                told.push(text);
            }
            Answer::NotSent => {}
        }
        Ok(())
    }

    fn receive(&mut self, at: usize, namer: &Namer, response: &Response) {
        self.bytes = self.bytes.saturating_add(response.body.len());
        let Some(file) = self.queue.files.get_mut(at) else {
            return;
        };
        if let Some(target) = &response.refused_redirect {
            let origin = Url::parse(target).map(|url| url.origin().ascii_serialization());
            *self
                .elsewhere
                .entry(origin.unwrap_or_default())
                .or_default() += 1;
            return;
        }
        self.evaluated += 1;
        if let Some(refused) = asset::refused(&file.named, response, file.in_quirks) {
            let name = format!("GET {}", file.url.path());
            let line = seen(
                &name,
                self.config.identity.as_ref(),
                response,
                &refused.says,
            );
            file.refused = Some((refused, line));
            return;
        }
        let sort = file.named.sort;
        let severity = file.named.severity;
        if let Some(row) = self.rows.iter_mut().find(|row| row.page == file.page) {
            row.loaded[match sort {
                Sort::Script | Sort::Module => 0,
                Sort::Style => 1,
                _ => 2,
            }] += 1;
        }
        let Ok(base) = Url::parse(&response.url) else {
            return;
        };
        let namer = Namer {
            base,
            ..namer.clone()
        };
        let named = named_in(sort, &response.text());
        for named in named {
            let severity = if named.sort.is_vital() {
                severity
            } else {
                named.severity
            };
            self.want(Named { severity, ..named }, &namer);
        }
    }
}

/// What a script or a stylesheet names in turn.
fn named_in(sort: Sort, text: &str) -> Vec<Named> {
    match sort {
        Sort::Module => {
            let addresses = imports::of(text).into_iter();
            addresses
                .map(|address| Named::new(address, Sort::Module))
                .collect()
        }
        Sort::Style => {
            let named = styles::read(text);
            let imports = named
                .imports
                .into_iter()
                .map(|one| Named::new(one, Sort::Style));
            let fonts = named
                .fonts
                .into_iter()
                .map(|one| Named::new(one, Sort::Font));
            // Many a rule fits nothing on the page, so that no browser asks for its picture.
            let images = named.images.into_iter().map(|one| Named {
                severity: Severity::Info,
                ..Named::new(one, Sort::Image)
            });
            imports.chain(fonts).chain(images).collect()
        }
        _ => Vec::new(),
    }
}

fn is_of_development(url: &Url) -> bool {
    let path = url.path();
    hosts::is_this_machine(url.as_str()) || DEVELOPMENT.iter().any(|sign| path.contains(sign))
}

pub(super) fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // A password may stand there.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.to_string()
}
