//! The scripts that the site serves, and the sources behind them.

use std::sync::Arc;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::finding::Finding;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::Files;

use super::super::facts;
use super::super::gather::Gathered;
use super::super::model::Role;
use super::super::print::Key;
use super::own::{self, Named};
use super::{Origin, Part, look};
use crate::blocking::Stop;
use crate::shipped::site::{Crawl, CrawlLimits, FetchedKind, crawl};
use crate::shipped::source_map::{MapUrl, SourceMap, map_url};

/// How far the site is looked at: production is touched lightly, whatever it is called.
pub(in super::super) fn limits() -> CrawlLimits {
    CrawlLimits::of(EnvironmentKind::Production)
}

/// What the site serves.
pub(in super::super) struct Bundle(Crawl);

/// What the look at it brought.
#[derive(Default)]
pub(in super::super) struct Judged {
    /// What is wrong.
    pub(in super::super) findings: Vec<Finding>,
    /// How many pages, scripts and built files were judged.
    pub(in super::super) evaluated: u32,
    /// What a reader should know.
    pub(in super::super) notes: Vec<String>,
}

impl Bundle {
    /// Fetches the first page and what it loads.
    ///
    /// # Errors
    /// When the run was stopped.
    pub(in super::super) async fn fetch(context: &Context) -> Result<Self, CheckError> {
        Ok(Self(crawl(context, &["/".to_owned()], &limits()).await?))
    }

    /// Judges what a program on a developer's machine serves, and what was built there, until the stop.
    pub(in super::super) fn judge_at_home(&self, files: &dyn Files, stop: &Stop) -> Judged {
        let mut named = Named::default();
        let shown = || self.pages().chain(self.answers(FetchedKind::Script));
        // It serves what builds leave out.
        let is_complete = !shown().any(|(_, body)| own::is_of_development_server(body));
        let scripts = self.answers(FetchedKind::Script).filter(|_| is_complete);
        for (route, body) in self.pages().chain(scripts) {
            named.see(body, route);
        }
        named.look_into_builds(files, stop);
        Judged {
            findings: named.judge(files, stop),
            evaluated: named.texts,
            notes: named.notes,
        }
    }

    /// Judges the pages and scripts, and those of their sources that are the project's own.
    pub(in super::super) fn judge(
        &self,
        gathered: &Gathered,
        of: (&Key, Role),
        url: &str,
    ) -> Judged {
        let pages: Vec<(&str, String)> = self
            .pages()
            .map(|(route, body)| (route, String::from_utf8_lossy(body).into_owned()))
            .collect();
        let scripts: Vec<(&str, String)> = self
            .answers(FetchedKind::Script)
            .map(|(route, body)| (route, String::from_utf8_lossy(body).into_owned()))
            .collect();
        let sources: Vec<(String, String)> = self
            .maps()
            .iter()
            .flat_map(|map| own_sources(map))
            .collect();
        let looked = pages.len() + scripts.len();
        let pages = pages.iter().map(|(name, text)| Part {
            name,
            text,
            origin: Origin::Page,
        });
        let served = scripts.iter().map(|(name, text)| Part {
            name,
            text,
            origin: Origin::Served,
        });
        let own = sources.iter().map(|(name, text)| Part {
            name,
            text,
            origin: Origin::FirstParty,
        });
        let parts: Vec<Part<'_>> = pages.chain(served).chain(own).collect();
        Judged {
            findings: look(&parts, gathered, of, facts::family(url).as_deref()),
            evaluated: u32::try_from(looked).unwrap_or(u32::MAX),
            notes: self.notes(),
        }
    }

    /// What is the project's own: pages, and documents such as `/config.json`.
    fn pages(&self) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        let kinds = [FetchedKind::Page, FetchedKind::Other];
        kinds.into_iter().flat_map(|kind| self.answers(kind))
    }

    fn answers(&self, kind: FetchedKind) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
        let answers = self.0.fetched.iter();
        answers
            .filter(move |one| one.kind == kind && (200..300).contains(&one.status))
            .map(|one| (one.route.as_str(), &one.body))
    }

    /// The source maps that are served, and those inside of scripts.
    fn maps(&self) -> Vec<Vec<u8>> {
        let inside =
            self.answers(FetchedKind::Script)
                .filter_map(|(_, body)| match map_url(body) {
                    Some(MapUrl::Inline(map)) => Some(map),
                    Some(MapUrl::Elsewhere(_)) | None => None,
                });
        let served = self.answers(FetchedKind::Map);
        served
            .map(|(_, body)| body.to_vec())
            .chain(inside)
            .collect()
    }

    fn notes(&self) -> Vec<String> {
        let reached = self.0.reached.iter();
        reached
            .map(|limit| format!("The code that is served was not read to its end: {limit}."))
            .collect()
    }
}

/// Name and text of each source that is the project's own.
fn own_sources(map: &[u8]) -> Vec<(String, String)> {
    let Ok(map) = SourceMap::parse(map) else {
        return Vec::new();
    };
    let own = map.sources().iter().filter(|source| source.first_party);
    own.filter_map(|source| Some((source.name.clone(), source.content()?.into_owned())))
        .collect()
}
