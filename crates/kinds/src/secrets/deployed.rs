//! What the deployed site shows to everybody.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::finding::Finding;

use super::bundle::{Trace, looks_like_map};
use super::codes;
use super::collect::Collected;
use super::content::{Looked, Looker, Seen};
use super::exposure::{Surface, Way};
use crate::scan::custom::Place;
use crate::scan::{Located, Scanner};
use crate::shipped::site::{self, Crawl, CrawlLimit, CrawlLimits, Exposed, Fetched, Probed};
use crate::shipped::source_map::SourceMap;

/// The most requests of a look, for the plan.
pub(super) fn most_requests() -> u32 {
    /// Those for files that must not be served.
    const PROBES: u32 = 12;
    CrawlLimits::of(tidegate_core::gate::EnvironmentKind::Local).requests + PROBES
}

/// What the site answered.
pub(super) struct Deployed {
    crawl: Crawl,
    probed: Probed,
    span: tidegate_core::span::Location,
}

impl Deployed {
    /// Fetches the site.
    ///
    /// # Errors
    /// When the run was stopped. What does not answer is told.
    pub(super) async fn fetch(context: &Context, pages: &[String]) -> Result<Self, CheckError> {
        let limits = CrawlLimits::of(context.environment().kind);
        Ok(Self {
            crawl: site::crawl(context, pages, &limits).await?,
            probed: site::probe(context).await?,
            span: context.span().location(),
        })
    }

    /// Why the site was not looked at, when nothing answered.
    pub(super) fn silent(&self) -> Option<String> {
        if !self.crawl.fetched.is_empty() {
            return None;
        }
        let first = self.crawl.unanswered.first();
        let why = first.map(|(_, error)| format!(": {error}"));
        let why = why.unwrap_or_default();
        Some(format!(
            "the deployed site answered nothing, so it was not looked at{why}"
        ))
    }

    /// The values that the answers show.
    pub(super) fn look(&self, scanner: &Scanner) -> Collected {
        let mut collected = Collected::default();
        let trace = Trace {
            scanner,
            way: Way::Site,
        };
        let mut maps: BTreeMap<&str, Arc<[u8]>> = BTreeMap::new();
        let mut served = Vec::new();
        for fetched in &self.crawl.fetched {
            if is_map(fetched) {
                served.push(fetched);
                if let Some(script) = &fetched.named_by {
                    maps.insert(script, fetched.body.clone());
                }
            }
        }
        for fetched in &self.crawl.fetched {
            self.headers(fetched, scanner, &mut collected);
            let map = maps.get(fetched.url.as_str());
            body(fetched, map.map(|map| &**map), &trace, &mut collected);
        }
        collected.findings.extend(self.maps(&served));
        for exposed in &self.probed.exposed {
            collected.findings.push(self.exposed(exposed));
            body(&exposed.fetched, None, &trace, &mut collected);
        }
        self.tell(&mut collected);
        collected
    }

    fn headers(&self, fetched: &Fetched, scanner: &Scanner, collected: &mut Collected) {
        let cookies = fetched
            .cookies
            .iter()
            .map(|cookie| ("cookie", cookie.name.as_str(), &cookie.value));
        let headers = fetched
            .headers
            .iter()
            .map(|(name, value)| ("header", name.as_str(), value));
        for (sort, name, value) in headers.chain(cookies) {
            for sighting in scanner.scan(value.expose().as_bytes()) {
                // What signs a visitor in is meant for them.
                let session = sighting.slug() == "signed-token" || name == "set-cookie";
                if session {
                    continue;
                }
                let seen = Seen {
                    located: Located {
                        sighting,
                        line: 1,
                        column: 1,
                    },
                    inside: None,
                    raw: false,
                };
                let place = format!("{} ({sort} {name})", fetched.route);
                collected.see(&place, seen, Surface::Header, Way::Site);
            }
        }
    }

    /// One finding for all source maps: they come from one setting.
    fn maps(&self, served: &[&Fetched]) -> Option<Finding> {
        let first = served.first()?;
        let title = match served.len() {
            1 => format!("The site serves the source map {}", first.route),
            more => format!(
                "The site serves {more} source maps, such as {}",
                first.route
            ),
        };
        let sources = SourceMap::parse(&first.body).map_or(0, |map| map.sources().len());
        let finding = Finding::new(&codes::SOURCE_MAP_SERVED, self.span.clone(), title)
            .subject("source maps are served")
            .evidence("path", first.route.clone())
            .evidence("sources in it", sources.to_string())
            .advice(
                "Let the bundler write hidden source maps (Vite: `build.sourcemap: \"hidden\"`; \
                 Next.js: leave `productionBrowserSourceMaps` off), upload them to your error \
                 tracker, and leave them out of the deploy.",
            );
        Some(finding)
    }

    fn exposed(&self, exposed: &Exposed) -> Finding {
        let title = format!(
            "Everybody can read the keys that {} leads to ({}): the site serves it",
            exposed.path, exposed.what
        );
        let size = exposed.fetched.body.len();
        Finding::new(&codes::FILE_SERVED, self.span.clone(), title)
            .subject(format!("{} is served", exposed.path))
            .evidence("path", exposed.path)
            .evidence(
                "response",
                format!("{}, {size} bytes", exposed.fetched.status),
            )
            .advice(
                "Treat every password and key in it as stolen and replace it: robots ask for this \
                 file all day. Take the file out of the folder that is served, or have the server \
                 refuse names that begin with a dot; `exposure` looks for files of this sort.",
            )
    }

    fn tell(&self, collected: &mut Collected) {
        let limits = self.crawl.reached.iter();
        let limits = limits.filter(|limit| **limit != CrawlLimit::Unwelcome);
        collected
            .notes
            .extend(limits.map(|limit| format!("{limit}; {}", limit.help())));
        if self.silent().is_none() {
            let unanswered = self.crawl.unanswered.iter().chain(&self.probed.unanswered);
            collected
                .untold
                .extend(unanswered.map(|(route, error)| (route.clone(), error.to_string())));
        }
        let is_unwelcome =
            self.probed.is_unwelcome || self.crawl.reached.contains(&CrawlLimit::Unwelcome);
        if is_unwelcome {
            let why = "it wanted fewer requests (429 or 503)".to_owned();
            collected.untold.push(("the site".to_owned(), why));
        }
        if !self.crawl.undeclared.is_empty() {
            collected.notes.push(format!(
                "scripts from these origins were not looked at, because the gate file does not \
                 declare them: {}",
                self.crawl.undeclared.join(", ")
            ));
        }
    }
}

fn is_map(fetched: &Fetched) -> bool {
    (200..300).contains(&fetched.status)
        && looks_like_map(&fetched.body)
        && SourceMap::parse(&fetched.body).is_ok_and(|map| !map.sources().is_empty())
}

/// What a body shows, at its sources when there is a map.
fn body(fetched: &Fetched, map: Option<&[u8]>, trace: &Trace<'_>, collected: &mut Collected) {
    let body = &*fetched.body;
    if is_map(fetched) {
        collected.count(&fetched.route, &Looked::default());
        trace.map(&fetched.route, body, collected);
        return;
    }
    let mut looked = Looker::new(trace.scanner).reader(&mut &body[..], &Place::of(&fetched.route));
    if fetched.truncated {
        looked.untold.push("its end was not read".to_owned());
    }
    collected.count(&fetched.route, &looked);
    let (inner, own): (Vec<Seen>, Vec<Seen>) =
        looked.seen.into_iter().partition(Seen::stands_apart);
    for seen in inner {
        collected.see(&fetched.route, seen, Surface::Served, Way::Site);
    }
    let sightings = own.into_iter().map(|seen| seen.located.sighting).collect();
    trace.script(&fetched.route, body, map, sightings, collected);
}
