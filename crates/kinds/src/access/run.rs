//! One attempt: the matrix row by row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::SessionId;
use tidegate_core::scope::Scope;

use super::config::Config;
use super::data;
use super::findings;
use super::matrix::{Known, Matrix, Row, Who};
use super::outcome::{self, Cell, Outcome};
use super::pattern::Pattern;
use super::visitors::Visitor;
use crate::attack::resource::{Change, Resource, derive};
use crate::attack::{Fallback, Sender, told};
use crate::documents;
use crate::filling::Filler;
use crate::flow::is_of_the_portal;
use crate::frameworks::{Topic, advise};
use crate::routes::Code;
use crate::specification::openapi::{OpenApi, Operation};

/// How many reasons are told when not all is proven.
const TOLD: usize = 6;

/// Judges every row of the matrix.
///
/// # Errors
/// What keeps it from beginning or going on: a document that cannot be read, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let files = context.files()?.clone();
    let api = config.document.as_ref();
    let api = api.map(|path| {
        documents::open_api(&path.value, &*files).map_err(|error| error.at(path.span.location()))
    });
    let api = api.transpose()?;
    let address = &context.environment().url.value;
    let mut known = Vec::new();
    if let Some(api) = &api {
        known.extend(Known::of_document(api, address));
    }
    let code = (!config.code.is_empty()).then(|| Code::read(&*files, &config.code));
    let code = code.unwrap_or_default();
    let of_any_method = config.of_any_method(&code.routes);
    known.extend(Known::of_code(code.routes, &known));
    let matrix = Matrix::of(config, known, context.span());
    let mut attempt = Attempt::begin(config, context, api.as_ref()).await?;
    attempt.tell_matrix(&matrix);
    if !code.unread.is_empty() {
        attempt
            .report
            .notes
            .push(format!("Code that was not read: {}.", told(&code.unread)));
    }
    if !of_any_method.is_empty() {
        attempt.report.notes.push(format!(
            "Routes that answer to every method were tried with GET alone: {}. List each method that counts under `routes`.",
            told(&of_any_method)
        ));
    }
    for row in &matrix.rows {
        attempt
            .judge(row)
            .await
            .map_err(|error| error.at(row.span.location()))?;
    }
    attempt.settle_all().await?;
    Ok(attempt.finish(&matrix))
}

/// One attempt.
pub(super) struct Attempt<'a> {
    /// The matrix.
    pub(super) config: &'a Config,
    /// Sends.
    pub(super) sender: Sender<'a>,
    /// The document.
    pub(super) api: Option<&'a OpenApi>,
    /// The session of a stranger.
    pub(super) stranger: SessionId,
    /// Everybody else.
    pub(super) people: Vec<Visitor<'a>>,
    /// What the site answers to a path that cannot be there.
    pub(super) fallback: Option<Fallback>,
    /// Telling words that everybody sees.
    pub(super) ignored: BTreeSet<String>,
    /// The values of requests.
    pub(super) scope: Scope,
    /// What is found.
    pub(super) report: CheckReport,
    /// What became of the rows so far.
    pub(super) outcomes: Vec<Outcome>,
    /// What can be created, read and removed.
    pub(super) resources: Arc<[Resource]>,
    /// Who was refused a thing of which sort, by its read, so that its ids are not counted for each tenant.
    pub(super) apart: BTreeSet<(usize, String)>,
    /// What differs by itself from look to look, by who looks and how.
    pub(super) volatile: BTreeMap<(usize, String), Change>,
    /// How many marks were given out.
    pub(super) marked: usize,
    /// Fills in what the document has.
    pub(super) filler: Option<Filler<'a>>,
}

impl<'a> Attempt<'a> {
    async fn begin(
        config: &'a Config,
        context: &'a Context,
        api: Option<&'a OpenApi>,
    ) -> Result<Self, CheckError> {
        let mut sender = Sender::new(context, config.most)?;
        let fallback = Fallback::learn(&mut sender).await?;
        let mut people = Vec::new();
        for person in &config.people {
            let session = sender.session(Some(&person.name));
            let absent = match sender.http.log_in(session).await {
                Ok(()) => None,
                Err(error) if is_of_the_portal(&error) => Some(error.to_string()),
                Err(error) => return Err(error.into()),
            };
            people.push(Visitor::new(
                person,
                session,
                absent,
                &context.values().run_mark,
            ));
        }
        let address = &context.environment().url.value;
        Ok(Self {
            config,
            stranger: sender.session(None),
            ignored: fallback
                .as_ref()
                .map(Fallback::response)
                .map(data::words_of)
                .unwrap_or_default(),
            fallback,
            api,
            people,
            scope: Scope::new(context.values().clone(), context.secrets().clone()),
            report: CheckReport::default(),
            outcomes: Vec::new(),
            filler: api.map(|api| Filler::new(api, address)),
            resources: resources(config, context, api),
            apart: BTreeSet::new(),
            volatile: BTreeMap::new(),
            marked: 0,
            sender,
        })
    }

    /// Tells what does not fit together before anything is asked.
    fn tell_matrix(&mut self, matrix: &Matrix<'_>) {
        let place = self.sender.context.span().location();
        for known in &matrix.unlisted {
            self.report
                .findings
                .push(findings::unlisted(known, place.clone()));
        }
        let stale = matrix.stale.iter();
        self.report
            .findings
            .extend(stale.map(|pattern| findings::stale(pattern)));
        self.report.evaluated +=
            u32::try_from(matrix.unlisted.len() + matrix.stale.len()).unwrap_or(u32::MAX);
        if self.config.routes.is_none() {
            self.report.notes.push(
                "Nothing says which identity may use which route, so that only strangers were judged; list it \
                 under `routes`."
                    .to_owned(),
            );
        }
        if !self.is_writable() && matrix.rows.iter().any(|row| !row.is_read()) {
            self.report.notes.push(
                "Writes were left out: this environment is production, which is only looked at."
                    .to_owned(),
            );
        }
    }

    async fn judge(&mut self, row: &Row<'a>) -> Result<(), CheckError> {
        self.outcomes.push(Outcome::of(row));
        if let Some(why) = row.left_out(self.config) {
            self.add(None, row.who == Who::Everybody, Cell::Untried(why));
            return Ok(());
        }
        match (&row.who, row.is_read()) {
            (Who::Everybody, true) => self.public(row).await,
            (Who::Everybody, false) => {
                let why = "strangers may send it".to_owned();
                self.add(None, true, Cell::Untried(why));
                Ok(())
            }
            (_, true) => self.read(row).await,
            (_, false) => self.write(row).await,
        }
    }

    /// Whether checks may change something here.
    pub(super) fn is_writable(&self) -> bool {
        self.sender.context.environment().kind.writable()
    }

    /// Adds a cell to the present row; who is a number of `people`.
    pub(super) fn add(&mut self, who: Option<usize>, allowed: bool, cell: Cell) {
        let name = who.map(|who| &self.people[who].person.name);
        if let Some(outcome) = self.outcomes.last_mut() {
            outcome.add(name, allowed, cell);
        }
    }

    /// Adds a finding.
    pub(super) fn found(&mut self, finding: Finding) {
        self.report.findings.push(finding);
    }

    fn finish(mut self, matrix: &Matrix<'_>) -> CheckReport {
        let owed = self.outcomes.iter().filter(|one| one.is_owed);
        let mut doubts: Vec<String> = owed
            .filter_map(Outcome::doubt)
            .map(|one| format!("{one}."))
            .collect();
        let rest = self.outcomes.iter().filter(|one| !one.is_owed);
        let rest: Vec<String> = rest.filter_map(Outcome::doubt).collect();
        let mut reasons: Vec<String> = self.sender.stopped.take().into_iter().collect();
        reasons.extend(self.unconfirmed());
        reasons.append(&mut doubts);
        outcome::tell(&mut self.report, &self.outcomes, &self.config.people);
        let cells = self.outcomes.iter().flat_map(|outcome| &outcome.cells);
        let known = cells.filter(|(_, _, cell)| matches!(cell, Cell::Right(_) | Cell::Wrong(_)));
        self.report.evaluated += u32::try_from(known.count()).unwrap_or(u32::MAX);
        if self.report.evaluated == 0 && reasons.is_empty() {
            reasons.push(nothing(matrix, &rest));
        } else if !rest.is_empty() {
            self.report
                .notes
                .push(format!("Not proven: {}.", told(&rest)));
        }
        self.report.inconclusive = (!reasons.is_empty()).then(|| Inconclusive {
            reason: Doubt::NoEvidence,
            text: told_whole(&reasons),
        });
        advise(&mut self.report.findings, &*self.sender.files, |_| {
            Some(Topic::Access)
        });
        self.report
    }
}

/// What can be created, read and removed: as the gate file says, then by the document but for what its
/// name speaks against.
fn resources(config: &Config, context: &Context, api: Option<&OpenApi>) -> Arc<[Resource]> {
    if !context.environment().kind.writable() {
        return Arc::new([]);
    }
    let mut resources = config.resources.clone();
    let Some(api) = api else {
        return resources.into();
    };
    let address = &context.environment().url.value;
    let named = |patterns: &mut dyn Iterator<Item = &Pattern>| -> Vec<String> {
        let patterns: Vec<&Pattern> = patterns.collect();
        let creates = api.operations.iter().filter(|one| one.method == "POST");
        let covered = creates.filter(|one| {
            let whole = format!("{}{}", api.base_below(one, address), one.path);
            patterns.iter().any(|pattern| {
                pattern.covers(&one.method, &whole) || pattern.covers(&one.method, &one.path)
            })
        });
        covered.map(Operation::name).collect()
    };
    let include = named(&mut config.allow_destructive.iter());
    let skip = named(&mut config.skip.iter().map(|(pattern, _)| pattern));
    resources.extend(derive(api, address, context.span(), &include, &skip).resources);
    resources.into()
}

fn nothing(matrix: &Matrix<'_>, rest: &[String]) -> String {
    if !rest.is_empty() {
        return format!("No cell of the matrix could be proven: {}.", told(rest));
    }
    if matrix.rows.is_empty() && matrix.public > 0 {
        return "Nothing needs a login: every route is public, or the document declares no `security`. List who may \
                use what under `routes`."
            .to_owned();
    }
    "No route could be tried.".to_owned()
}

fn told_whole(sentences: &[String]) -> String {
    let shown = sentences
        .iter()
        .take(TOLD)
        .cloned()
        .collect::<Vec<_>>()
        .join(" ");
    match sentences.len().saturating_sub(TOLD) {
        0 => shown,
        more => format!("{shown} And {more} more."),
    }
}
