//! One attempt: the pages first, then what they load.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Context, Table};
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Purpose, Request, Response, SessionId, Target};
use tidegate_core::span::Span;
use url::{Origin, Url};

use super::config::{Config, Wanted};
use super::findings::{self, Fault};
use super::load::{DEVELOPMENT, LONGEST, Namer, Queue, without_query};
use super::look::{self, Page};
use super::markup::{Markup, upgrades};
use crate::attack::{Sender, path_of, seen, shape};
use crate::hosts;

/// How many redirects are followed, to declared origins only.
pub(super) const REDIRECTS: u8 = 10;

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The most bytes of a page that are read.
const PAGE: usize = 4 * 1024 * 1024;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: an address that is none, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let sender = Sender::new(context, config.most)?;
    let identity = config.identity.as_ref();
    let session = identity.map(|identity| sender.session(Some(identity)));
    let environment = context.environment();
    let declared =
        std::iter::once(&environment.url).chain(environment.apis.iter().map(|api| &api.url));
    let mut opening = Opening {
        config,
        declared: declared
            .filter_map(|url| Some(Url::parse(&url.value).ok()?.origin()))
            .collect(),
        sender,
        session,
        queue: Queue::default(),
        faults: Vec::new(),
        blamed: HashSet::new(),
        rows: Vec::new(),
        elsewhere: BTreeMap::new(),
        unproven: Vec::new(),
        notes: Vec::new(),
        evaluated: 0,
        bytes: 0,
    };
    for page in &config.pages {
        opening.open(page).await?;
    }
    opening.load().await?;
    Ok(opening.finish())
}

/// A page that was opened, for the table.
pub(super) struct Row {
    pub(super) page: String,
    /// Where it leads, when that is elsewhere.
    pub(super) leads_to: Option<String>,
    pub(super) answer: String,
    /// How many scripts, styles and other things have loaded.
    pub(super) loaded: [usize; 3],
}

/// An attempt.
pub(super) struct Opening<'a> {
    pub(super) config: &'a Config,
    pub(super) sender: Sender<'a>,
    pub(super) session: Option<SessionId>,
    pub(super) declared: Vec<Origin>,
    pub(super) queue: Queue,
    pub(super) faults: Vec<Fault>,
    /// Those of them that stand in pages themselves, each once.
    pub(super) blamed: HashSet<(Severity, String)>,
    pub(super) rows: Vec<Row>,
    /// Origins that are not declared, and how much is loaded from them.
    pub(super) elsewhere: BTreeMap<String, usize>,
    pub(super) unproven: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) evaluated: u32,
    pub(super) bytes: usize,
}

impl Opening<'_> {
    async fn open(&mut self, wanted: &Wanted) -> Result<(), CheckError> {
        let request = Request {
            redirects: REDIRECTS,
            body_cap: PAGE,
            ..self.request(
                Target::Path {
                    api: None,
                    path: wanted.path.as_str().into(),
                },
                &wanted.path,
                "text/html,application/xhtml+xml,*/*;q=0.8",
                &wanted.span,
            )
        };
        let answer = self.sender.send(request).await?;
        if self.sender.stopped.is_some() {
            return Ok(());
        }
        let missing = answer.missing();
        let Some(response) = answer.response() else {
            let reason = missing.unwrap_or_default();
            self.unproven
                .push(format!("{} could not be opened: {reason}.", wanted.path));
            return Ok(());
        };
        self.judge(wanted, &response);
        Ok(())
    }

    pub(super) fn request(
        &self,
        target: Target,
        route: &str,
        accept: &str,
        span: &Span,
    ) -> Request {
        Request {
            session: self.session,
            timeout: TIMEOUT,
            purpose: Purpose::Survey,
            headers: vec![("accept".to_owned(), accept.into())],
            ..Request::new("GET", target, route, self.sender.context.cause(span))
        }
    }

    fn judge(&mut self, wanted: &Wanted, response: &Response) {
        let environment = self.sender.context.environment();
        let is_local =
            environment.kind == EnvironmentKind::Local || hosts::is_this_machine(&response.url);
        self.bytes = self.bytes.saturating_add(response.body.len());
        let page = look::page(response, self.session.is_some(), is_local);
        let line = |remark: &str| {
            let name = format!("GET {}", wanted.path);
            seen(&name, self.config.identity.as_ref(), response, remark)
        };
        match page {
            Page::Unproven(reason) => {
                self.unproven
                    .push(format!("{} could not be judged: {reason}.", wanted.path));
                return;
            }
            Page::Wrong(wrong) => {
                let line = line(&wrong.does);
                self.faults.push(Fault::of_page(&wrong, wanted, line));
            }
            Page::Data => {
                self.notes.push(format!(
                    "{} answers with data, which loads nothing.",
                    wanted.path
                ));
                self.texts(wanted, response, None);
            }
            Page::Shown(markup) => {
                self.texts(wanted, response, Some(&markup));
                self.follow(wanted, response, *markup, is_local);
            }
        }
        self.evaluated += 1;
        let leads_to = || path_of(&response.url).to_owned();
        self.rows.push(Row {
            page: wanted.path.clone(),
            leads_to: (!response.redirects.is_empty()).then(leads_to),
            answer: shape(response),
            loaded: [0; 3],
        });
    }

    /// Whether what must stand in the page does.
    fn texts(&mut self, wanted: &Wanted, response: &Response, markup: Option<&Markup>) {
        let missing = look::missing_texts(wanted, response, markup);
        if response.truncated && !missing.is_empty() {
            self.unproven.push(format!(
                "{} is larger than what is read of a page, so that its texts could not all be looked for.",
                wanted.path
            ));
            return;
        }
        for text in missing {
            let name = format!("GET {}", wanted.path);
            let line = seen(
                &name,
                self.config.identity.as_ref(),
                response,
                "without the text",
            );
            self.faults.push(Fault::of_text(wanted, text, line));
        }
    }

    /// Puts what a page loads into the queues.
    fn follow(&mut self, wanted: &Wanted, response: &Response, markup: Markup, is_local: bool) {
        let Ok(url) = Url::parse(&response.url) else {
            return;
        };
        let base = markup.base.as_deref().and_then(|base| url.join(base).ok());
        let by_header = response
            .header_values("content-security-policy")
            .any(upgrades);
        let namer = Namer {
            page: wanted.path.clone(),
            span: wanted.span.clone(),
            base: base.unwrap_or(url),
            in_quirks: markup.in_quirks,
            is_local,
            upgrades: markup.upgrades || by_header,
        };
        if !is_local {
            self.leftovers(&namer, &markup);
        }
        if self.config.assets {
            for named in markup.loads {
                self.want(named, &namer);
            }
        }
    }

    /// What development left in a page: links to a developer's machine, the client of its server.
    fn leftovers(&mut self, namer: &Namer, markup: &Markup) {
        let targets = markup
            .leads
            .iter()
            .filter_map(|lead| namer.base.join(lead).ok());
        let mut found: Vec<String> = targets
            .filter(|url| url.as_str().len() <= LONGEST && hosts::is_this_machine(url.as_str()))
            .map(|url| format!("leads to {}", without_query(&url)))
            .collect();
        let signs = DEVELOPMENT
            .iter()
            .filter(|sign| markup.inline.contains(**sign));
        found.extend(signs.map(|sign| format!("has a script with {sign}")));
        found.sort_unstable();
        found.dedup();
        for what in found {
            self.blame(Fault::of_development(&namer.page, &namer.span, &what));
        }
    }

    fn finish(mut self) -> CheckReport {
        for file in &self.queue.files {
            if let Some((refused, line)) = &file.refused {
                let path = file.url.path();
                self.faults.push(Fault::of_file(
                    refused,
                    &file.named,
                    &file.page,
                    &file.span,
                    path,
                    line,
                ));
            }
        }
        let mut report = CheckReport {
            findings: findings::all(&self.faults),
            evaluated: self.evaluated,
            notes: std::mem::take(&mut self.notes),
            ..CheckReport::default()
        };
        if !self.elsewhere.is_empty() {
            report.notes.push(format!(
                "Not looked at, because the gate file does not declare where it comes from: {}.",
                told(&self.elsewhere)
            ));
        }
        if self.queue.left_out > 0 {
            report.notes.push(format!(
                "{} more scripts, styles, fonts and pictures were not asked for, to keep the number of requests low.",
                self.queue.left_out
            ));
        }
        if !self.rows.is_empty() {
            report.tables.push(table(&self.rows));
        }
        let unproven = std::mem::take(&mut self.unproven);
        self.sender.settle(&mut report, unproven, true);
        report
    }
}

fn told(elsewhere: &BTreeMap<String, usize>) -> String {
    const SHOWN: usize = 6;
    let shown = elsewhere.iter().take(SHOWN);
    let mut shown: Vec<String> = shown
        .map(|(origin, number)| format!("{origin} ({number})"))
        .collect();
    if elsewhere.len() > SHOWN {
        shown.push(format!("and {} more", elsewhere.len() - SHOWN));
    }
    shown.join(", ")
}

fn table(rows: &[Row]) -> Table {
    let columns = ["page", "answer", "scripts", "styles", "others"];
    let rows = rows.iter().map(|row| {
        let page = match &row.leads_to {
            Some(path) => format!("{}, leads to {path}", row.page),
            None => row.page.clone(),
        };
        let loaded = row.loaded.iter().map(ToString::to_string);
        [page, row.answer.clone()]
            .into_iter()
            .chain(loaded)
            .collect()
    });
    Table {
        title: "Pages, and how much of what they need has loaded".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}
