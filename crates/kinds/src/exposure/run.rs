//! One attempt: what a site has for strangers, path by path.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Purpose, Request, Response};
use url::{Host, Url};

use super::banner;
use super::codes;
use super::config::{Config, Own};
use super::findings::{self, Thing};
use crate::attack::{Fallback, Sender, seen};
use crate::shipped::site::catalogue::{self, Form, Look, Probe, Sort};
use crate::shipped::site::{Crawl, CrawlLimit, CrawlLimits, FetchedKind, crawl};
use crate::shipped::source_map::SourceMap;

/// The most bytes of an answer that are read.
const BODY: usize = 96 * 1024;

/// The most bytes of an archive that are asked for and read.
const ARCHIVE: usize = 4 * 1024;

/// How many folders that pages name are looked at.
const FOLDERS: usize = 6;

/// Requests beside one for each path: the start page, a path that cannot be there, and those that hold
/// what was found against a path beside it.
const BESIDE: u32 = 12;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let is_production = !context.environment().kind.writable();
    let most = config
        .most
        .unwrap_or_else(|| most_requests(config, is_production));
    let crawled = crawl(context, &["/".to_owned()], &limits(is_production)).await?;
    let mut probing = Probing {
        config,
        is_production,
        number: context.random().derive("no such thing"),
        usual: None,
        usual_line: String::new(),
        sender: Sender::new(context, most)?,
        things: Vec::new(),
        banners: Vec::new(),
        looked: 0,
        folders_left: 0,
        is_walled: false,
    };
    probing.run(&crawled).await?;
    Ok(probing.finish(&crawled))
}

/// The most requests of an attempt but for the crawl.
pub(super) fn most_requests(config: &Config, is_production: bool) -> u32 {
    let probes = catalogue::all().filter(|probe| probe.is_telling || !is_production);
    let paths = probes.count()
        + catalogue::listed(is_production).count()
        + FOLDERS
        + named(is_production).len()
        + config.paths.len();
    u32::try_from(paths)
        .unwrap_or(u32::MAX)
        .saturating_add(BESIDE)
}

/// How far scripts are followed to their source maps.
pub(super) fn limits(is_production: bool) -> CrawlLimits {
    CrawlLimits {
        requests: if is_production { 12 } else { 30 },
        pages: 2,
        ..CrawlLimits::of(tidegate_core::gate::EnvironmentKind::Production)
    }
}

/// Endings of copies that are named after the host; fewer in production.
fn named(is_production: bool) -> &'static [&'static str] {
    if is_production {
        &["zip"]
    } else {
        &["zip", "tar.gz", "sql"]
    }
}

struct Probing<'a> {
    config: &'a Config,
    is_production: bool,
    /// What makes a path that cannot be there.
    number: u64,
    /// What the site answers to such a path.
    usual: Option<Fallback>,
    usual_line: String,
    sender: Sender<'a>,
    things: Vec<Thing>,
    banners: Vec<(String, String)>,
    looked: u32,
    /// How many folders that pages name were not looked at.
    folders_left: usize,
    /// Whether strangers are sent away at every address.
    is_walled: bool,
}

impl Probing<'_> {
    async fn run(&mut self, crawled: &Crawl) -> Result<(), CheckError> {
        if crawled.reached.contains(&CrawlLimit::Unwelcome) {
            self.sender.stopped = Some(
                "The portal wants fewer requests (429 or 503), so that nothing was looked for. Set a lower `rate:` for this \
                 environment."
                    .to_owned(),
            );
            return Ok(());
        }
        self.start().await?;
        if self.usual.is_none() {
            return Ok(());
        }
        for probe in catalogue::all() {
            if (probe.is_telling || !self.is_production) && !self.is_allowed(probe) {
                self.probe(probe).await?;
            }
        }
        self.named_copies().await?;
        let named = folders(crawled, self.is_production);
        self.folders_left = named.len().saturating_sub(FOLDERS);
        let usual = catalogue::listed(self.is_production).map(str::to_owned);
        for folder in usual.chain(named.into_iter().take(FOLDERS)) {
            if !self.config.allows(&folder) {
                self.folder(&folder).await?;
            }
        }
        for own in &self.config.paths {
            self.own(own).await?;
        }
        self.maps(crawled);
        Ok(())
    }

    fn is_allowed(&self, probe: &Probe) -> bool {
        let is_docs = probe.sort == Sort::Docs && self.config.public_docs;
        is_docs || self.config.allows(probe.path)
    }

    /// Asks for a path as a stranger.
    async fn get(&mut self, path: &str, form: Form) -> Result<Option<Response>, CheckError> {
        let cause = self.sender.context.cause(self.sender.context.span());
        let mut request = Request {
            body_cap: if form == Form::Archive { ARCHIVE } else { BODY },
            purpose: Purpose::Survey,
            ..Request::get(path, cause)
        };
        if form == Form::Archive {
            let range = format!("bytes=0-{}", ARCHIVE - 1);
            request.headers.push(("range".to_owned(), range.into()));
        }
        self.sender.ask(request).await
    }

    /// The start page, and what the site says to an address that cannot be there.
    async fn start(&mut self) -> Result<(), CheckError> {
        let Some(home) = self.get("/", Form::Page).await? else {
            return Ok(());
        };
        banner::read(&home, &mut self.banners);
        self.judge_folder("/", &home);
        let path = format!("/{:016x}", self.number);
        let Some(response) = self.get(&path, Form::Page).await? else {
            return Ok(());
        };
        banner::read(&response, &mut self.banners);
        let everywhere = catalogue::everywhere(&Look::new(&path, &response));
        let is_allowed = |sort| sort == Sort::Metrics && self.config.allows("/metrics");
        if let Some((sort, what)) = everywhere.filter(|(sort, _)| !is_allowed(*sort)) {
            let info = codes::of(sort);
            let line = seen(
                "GET an address that is not there",
                None,
                &response,
                "shows the inside of the program",
            );
            self.things.push(Thing {
                severity: self.severity(sort, None),
                info,
                what: what.to_owned(),
                path: "an address that is not there".to_owned(),
                line,
            });
        }
        self.usual_line = seen("GET an address that is not there", None, &response, "");
        self.is_walled = [&home, &response]
            .iter()
            .all(|one| matches!(one.status, 401 | 403));
        self.usual = Some(Fallback::of(&response));
        self.looked += 2;
        Ok(())
    }

    async fn probe(&mut self, probe: &Probe) -> Result<(), CheckError> {
        let Some(response) = self.get(probe.path, probe.form).await? else {
            return Ok(());
        };
        self.looked += 1;
        if self.is_usual(&response) || !probe.is(&Look::new(probe.path, &response)) {
            return Ok(());
        }
        // A site that answers like this beside it, too, answers so to everything of the sort.
        let beside = probe.beside(self.number);
        if let Some(other) = self.get(&beside, probe.form).await?
            && probe.is(&Look::new(&beside, &other))
        {
            return Ok(());
        }
        let info = codes::of(probe.sort);
        self.things.push(Thing {
            severity: self.severity(probe.sort, probe.severity),
            info,
            what: probe.what.to_owned(),
            path: shown(probe.path).to_owned(),
            line: seen(
                &format!("GET {}", shown(probe.path)),
                None,
                &response,
                "its content is that of the real thing",
            ),
        });
        Ok(())
    }

    /// How bad a thing is here. A developer's machine may show what belongs to development, and whether
    /// strangers reach the page of administrators only a deploy can tell.
    fn severity(&self, sort: Sort, own: Option<Severity>) -> Severity {
        let usual = own.unwrap_or(codes::of(sort).severity);
        let at_home = self.sender.context.environment().kind == EnvironmentKind::Local;
        match sort {
            Sort::Development if at_home => Severity::Low,
            Sort::Admin if at_home && usual == Severity::Low => Severity::Info,
            _ => usual,
        }
    }

    fn is_usual(&self, response: &Response) -> bool {
        self.usual.as_ref().is_some_and(|usual| usual.is(response))
    }

    /// Copies that are named after the host, as hosting panels make them.
    async fn named_copies(&mut self) -> Result<(), CheckError> {
        let Some(name) = name_of(&self.sender.context.environment().url.value) else {
            return Ok(());
        };
        for ending in named(self.is_production) {
            let path = format!("/{name}.{ending}");
            if self.config.allows(&path) {
                continue;
            }
            let Some(response) = self.get(&path, Form::Archive).await? else {
                return Ok(());
            };
            self.looked += 1;
            let Some(what) = catalogue::copy_of_data(&Look::new(&path, &response)) else {
                continue;
            };
            let beside = catalogue::beside(&path, self.number);
            if let Some(other) = self.get(&beside, Form::Archive).await?
                && catalogue::copy_of_data(&Look::new(&beside, &other)).is_some()
            {
                continue;
            }
            self.things.push(Thing {
                info: codes::BACKUP,
                severity: codes::BACKUP.severity,
                what: what.to_owned(),
                line: seen(
                    &format!("GET {path}"),
                    None,
                    &response,
                    "its content is that of the real thing",
                ),
                path,
            });
        }
        Ok(())
    }

    async fn folder(&mut self, path: &str) -> Result<(), CheckError> {
        let Some(response) = self.get(path, Form::Page).await? else {
            return Ok(());
        };
        self.looked += 1;
        if self.is_usual(&response) || catalogue::is_listing(&Look::new(path, &response)).is_none()
        {
            return Ok(());
        }
        // A page of files at any address is one of the portal's own.
        let beside = catalogue::beside(path, self.number);
        if let Some(other) = self.get(&beside, Form::Page).await?
            && catalogue::is_listing(&Look::new(&beside, &other)).is_some()
        {
            return Ok(());
        }
        self.judge_folder(path, &response);
        Ok(())
    }

    fn judge_folder(&mut self, path: &str, response: &Response) {
        let Some(server) = catalogue::is_listing(&Look::new(path, response)) else {
            return;
        };
        if self.config.allows(path) {
            return;
        }
        self.things.push(Thing {
            info: codes::DIRECTORY_LISTING,
            severity: codes::DIRECTORY_LISTING.severity,
            what: "the list of a folder's files".to_owned(),
            path: path.to_owned(),
            line: seen(
                &format!("GET {path}"),
                None,
                response,
                &format!("a list as made by {server}"),
            ),
        });
    }

    /// A path of the gate file's own.
    async fn own(&mut self, own: &Own) -> Result<(), CheckError> {
        let path = own.path.value.as_str();
        let Some(response) = self.get(path, Form::Page).await? else {
            return Ok(());
        };
        self.looked += 1;
        let has = |response: &Response| {
            (200..300).contains(&response.status) && response.text().contains(&own.contains)
        };
        if !has(&response) {
            return Ok(());
        }
        let beside = catalogue::beside(path, self.number);
        if let Some(other) = self.get(&beside, Form::Page).await?
            && has(&other)
        {
            return Ok(());
        }
        self.things.push(Thing {
            info: codes::CUSTOM,
            severity: codes::CUSTOM.severity,
            what: "what must not be there".to_owned(),
            path: path.to_owned(),
            line: seen(
                &format!("GET {path}"),
                None,
                &response,
                "has the text of the gate file",
            ),
        });
        Ok(())
    }

    /// Source maps with sources in them, one thing for all: they come from one setting.
    fn maps(&mut self, crawled: &Crawl) {
        for fetched in &crawled.fetched {
            let is_map = fetched.kind == FetchedKind::Map && (200..300).contains(&fetched.status);
            if !is_map || self.config.allows(&fetched.route) {
                continue;
            }
            let sources = SourceMap::parse(&fetched.body).map_or(0, |map| map.sources().len());
            if sources > 0 {
                self.things.push(Thing {
                    info: codes::SOURCE_MAP,
                    severity: codes::SOURCE_MAP.severity,
                    what: "source maps".to_owned(),
                    path: fetched.route.clone(),
                    line: format!(
                        "GET {}: {}, {} bytes, a source map of {sources} sources",
                        fetched.route,
                        fetched.status,
                        fetched.body.len()
                    ),
                });
            }
        }
    }

    /// What the site names and was not looked at.
    fn left_out(&self, crawled: &Crawl) -> Vec<String> {
        let limits = crawled.reached.iter();
        let limits = limits.filter(|limit| **limit != CrawlLimit::Unwelcome);
        let mut left: Vec<String> = limits
            .map(|limit| format!("Source maps were looked for in a part of the site: {limit}."))
            .collect();
        if self.folders_left > 0 {
            left.push(format!(
                "{} more folders that the pages load from were not looked at; {FOLDERS} were.",
                self.folders_left
            ));
        }
        left
    }

    fn finish(mut self, crawled: &Crawl) -> CheckReport {
        let mut report = CheckReport {
            findings: findings::all(
                &self.things,
                &self.banners,
                &self.usual_line,
                self.sender.context,
                &*self.sender.files,
            ),
            evaluated: self.looked,
            ..CheckReport::default()
        };
        report.notes.push(format!(
            "{} paths were looked at as a stranger, with {} requests beside those for {} pages and scripts.",
            self.looked,
            self.sender.sent,
            crawled.fetched.len()
        ));
        if self.is_walled {
            report.notes.push(
                "Strangers are sent away at every address (401 or 403); what lies behind that was not looked at."
                    .to_owned(),
            );
        }
        if self.is_production {
            let most = |is_production| most_requests(self.config, is_production);
            let left = most(false).saturating_sub(most(true));
            report.notes.push(format!(
                "In production only the most telling paths are looked at; {left} more are elsewhere."
            ));
        }
        report.notes.extend(self.left_out(crawled));
        let silent = self.usual.is_none().then(|| {
            "The site answered nothing, so that nothing can be said of what it serves.".to_owned()
        });
        self.sender
            .settle(&mut report, silent.into_iter().collect(), true);
        report
    }
}

/// A path as people read it.
fn shown(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// Folders that the pages load from, beside those that are usually there.
fn folders(crawled: &Crawl, is_production: bool) -> Vec<String> {
    let mut folders: Vec<String> = Vec::new();
    for fetched in &crawled.fetched {
        let is_asset = matches!(fetched.kind, FetchedKind::Script | FetchedKind::Style);
        let Some((folder, _)) = fetched.route.rsplit_once('/').filter(|_| is_asset) else {
            continue;
        };
        let folder = format!("{folder}/");
        let is_usual = catalogue::listed(is_production).any(|usual| usual == folder);
        if folder != "/" && !is_usual && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// What hosting panels call the copies of a site: the name before the last two parts' end.
fn name_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let mut parts = host.rsplit('.');
    let _ending = parts.next().filter(|ending| *ending != host)?;
    parts.next().map(str::to_owned)
}
