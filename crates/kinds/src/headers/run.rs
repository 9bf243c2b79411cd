//! One attempt: the pages one after the other.

use std::collections::BTreeMap;

use tidegate_core::check::{CheckError, CheckReport, Context, Table};
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::ports::http::{Purpose, Request, Response, SessionId};
use url::Url;

use super::config::Config;
use super::findings;
use super::item::{Item, overall};
use super::judge::{Judged, Page};
use crate::attack::{Fallback, Sender};
use crate::documents;
use crate::frameworks::{Topic, advise};
use crate::hosts;

/// The most bytes of a page that are read.
const BODY: usize = 256 * 1024;

/// How many redirects are followed, to declared origins only.
const REDIRECTS: u8 = 5;

/// What pages have in common: the code, how bad it is at worst, and where it was seen.
type Group<'s> = (CodeInfo, Severity, Vec<(&'s str, &'s Judged)>);

/// What one page shows.
pub(super) struct Shown {
    /// Its path.
    pub(super) path: String,
    /// Its headers.
    pub(super) judged: Vec<Judged>,
}

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: a document that cannot be read, an undeclared origin, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let pages = pages(config, context)?;
    let most = u32::try_from(pages.len() * 3).unwrap_or(u32::MAX);
    let sender = Sender::new(context, most.saturating_add(8))?;
    let identity = config.identity.as_ref();
    let session = identity.map(|identity| sender.session(Some(identity)));
    let mut looking = Looking {
        config,
        sender,
        session,
        shown: Vec::new(),
        unproven: Vec::new(),
    };
    for page in &pages {
        looking.look(page).await?;
    }
    Ok(looking.finish(&pages))
}

/// The most requests of an attempt, for the plan.
pub(super) fn most_requests(config: &Config) -> u32 {
    u32::try_from(config.pages.len().max(2) * 3).unwrap_or(u32::MAX)
}

/// The pages of the gate file; else the start page and an operation of the document that reads.
fn pages(config: &Config, context: &Context) -> Result<Vec<Located<String>>, CheckError> {
    if !config.pages.is_empty() {
        return Ok(config.pages.clone());
    }
    let located = |value: &str| Located {
        value: value.to_owned(),
        span: context.span().clone(),
    };
    let mut pages = vec![located("/")];
    if let Some(document) = &config.document {
        let api = documents::open_api(&document.value, &**context.files()?)
            .map_err(|error| error.at(document.span.location()))?;
        let plain = documents::plain(&api, &context.environment().url.value);
        let is_known = config.identity.is_some();
        let reads = plain
            .iter()
            .filter(|one| one.method == "GET" && one.path != "/");
        let best = reads.min_by_key(|one| one.anonymous == is_known);
        pages.extend(best.map(|one| located(&one.path)));
    }
    Ok(pages)
}

struct Looking<'a> {
    config: &'a Config,
    sender: Sender<'a>,
    session: Option<SessionId>,
    shown: Vec<Shown>,
    unproven: Vec<String>,
}

impl Looking<'_> {
    async fn get(
        &mut self,
        page: &Located<String>,
        session: Option<SessionId>,
    ) -> Result<Option<Response>, CheckError> {
        let request = Request {
            session,
            redirects: REDIRECTS,
            body_cap: BODY,
            purpose: Purpose::Survey,
            ..Request::get(&page.value, self.sender.context.cause(&page.span))
        };
        self.sender.ask(request).await
    }

    async fn look(&mut self, page: &Located<String>) -> Result<(), CheckError> {
        let Some(response) = self.get(page, self.session).await? else {
            self.unproven(page, "it got no answer");
            return Ok(());
        };
        if let Some(reason) = self.no_page(&response) {
            self.unproven(page, &reason);
            return Ok(());
        }
        let is_personal = self.is_personal(page, &response).await?;
        let own = self.own();
        let judged = Page {
            is_html: is_html(&response),
            is_personal,
            is_guarded: self.session.is_some() || asks_for_password(&response),
            by_cookie: self.config.by_cookie,
            own: &own,
            embedded_by: self.config.embedded_by.as_deref(),
            is_local: hosts::is_this_machine(&response.url),
            response: &response,
        }
        .judge();
        let judged = judged
            .into_iter()
            .filter(|one| !self.config.ignore.contains(&one.item));
        self.shown.push(Shown {
            path: page.value.clone(),
            judged: judged.collect(),
        });
        Ok(())
    }

    /// Whether others are shown something else; what differs from request to request is not known to be.
    async fn is_personal(
        &mut self,
        page: &Located<String>,
        response: &Response,
    ) -> Result<bool, CheckError> {
        if self.session.is_none() {
            return Ok(false);
        }
        let Some(stranger) = self.get(page, None).await? else {
            return Ok(false);
        };
        let usual = Fallback::of(&stranger);
        if usual.is(response) {
            return Ok(false);
        }
        if stranger.status != response.status {
            return Ok(true);
        }
        let again = self.get(page, None).await?;
        Ok(again.is_some_and(|again| usual.is(&again)))
    }

    fn own(&self) -> String {
        let address = &self.sender.context.environment().url.value;
        let url = Url::parse(address).ok();
        url.map_or_else(String::new, |url| url.origin().ascii_serialization())
    }

    /// Why an answer is no page to be judged.
    fn no_page(&self, response: &Response) -> Option<String> {
        let status = response.status;
        let elsewhere = response.refused_redirect.is_some() || (300..400).contains(&status);
        match status {
            _ if elsewhere => {
                Some("it leads to an address that the gate file does not declare".to_owned())
            }
            401 | 403 if self.session.is_none() => Some(format!(
                "it was answered with {status}; name somebody who may read it with `as:`"
            )),
            400.. => Some(format!("it was answered with {status}")),
            _ => None,
        }
    }

    fn unproven(&mut self, page: &Located<String>, reason: &str) {
        let text = format!("{} could not be judged: {reason}.", page.value);
        self.unproven.push(text);
    }

    fn finish(mut self, pages: &[Located<String>]) -> CheckReport {
        let mut report = CheckReport {
            findings: self.findings(),
            ..CheckReport::default()
        };
        let judged: usize = self.shown.iter().map(|page| page.judged.len()).sum();
        report.evaluated = u32::try_from(judged).unwrap_or(u32::MAX);
        if !self.shown.is_empty() {
            report.tables.push(table(&self.shown));
        }
        let is_declared = !self.config.pages.is_empty();
        let is_needed = is_declared || self.unproven.len() >= pages.len();
        self.sender.settle(&mut report, self.unproven, is_needed);
        report
    }

    /// One finding for each code, with every page.
    fn findings(&self) -> Vec<Finding> {
        let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
        for page in &self.shown {
            for judged in &page.judged {
                let Some((info, severity)) = &judged.fault else {
                    continue;
                };
                let group = groups
                    .entry(info.code.as_str().to_owned())
                    .or_insert_with(|| (info.clone(), *severity, Vec::new()));
                group.1 = group.1.max(*severity);
                group.2.push((page.path.as_str(), judged));
            }
        }
        let location = self.sender.context.span().location();
        let mut findings: Vec<Finding> = groups
            .into_values()
            .map(|(info, severity, pages)| findings::of(&info, severity, &pages, location.clone()))
            .collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        advise(&mut findings, &*self.sender.files, |_| Some(Topic::Headers));
        findings
    }
}

/// Each header and its grade on each page.
fn table(shown: &[Shown]) -> Table {
    let is_judged = |item: &Item| {
        let mut judged = shown.iter().flat_map(|page| &page.judged);
        judged.any(|one| one.item == *item)
    };
    let pages = shown.iter().map(|page| page.path.clone());
    let overall = shown.iter().map(|page| {
        let grades = page.judged.iter().map(|one| (one.item, one.grade));
        overall(grades).to_string()
    });
    let mut rows = vec![
        std::iter::once("all of it".to_owned())
            .chain(overall)
            .collect(),
    ];
    rows.extend(Item::ALL.into_iter().filter(is_judged).map(|item| {
        let cells = shown.iter().map(|page| cell(page, item));
        std::iter::once(item.name().to_owned())
            .chain(cells)
            .collect()
    }));
    Table {
        title: "Headers of each page, and their grades".to_owned(),
        columns: std::iter::once("header".to_owned()).chain(pages).collect(),
        rows,
    }
}

fn cell(page: &Shown, item: Item) -> String {
    let mut judged = page.judged.iter().filter(|one| one.item == item);
    let worst = judged.by_ref().max_by_key(|one| one.grade);
    worst.map_or_else(
        || "–".to_owned(),
        |one| format!("{} {}", one.grade, one.says),
    )
}

fn is_html(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    kind.contains("html") || (kind.is_empty() && response.body.trim_ascii_start().starts_with(b"<"))
}

fn asks_for_password(response: &Response) -> bool {
    let page = response.text().to_ascii_lowercase();
    is_html(response)
        && ["type=\"password\"", "type='password'", "type=password"]
            .iter()
            .any(|field| page.contains(field))
}
