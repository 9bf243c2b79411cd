//! Holds one exchange against the document.

use tidegate_core::check::CheckReport;
use tidegate_core::exchange::Observed;
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Purpose;

use super::codes;
use super::config::Config;
use super::contract::Contract;
use super::findings;
use super::origins::{is_redacted, path};
use super::{body, header, request};
use crate::specification::At;
use crate::specification::openapi::{Found, Operation, Response};
use crate::specification::schema::SchemaFault;

/// The most findings about one exchange.
const LIMIT: usize = 50;

/// How much of an exchange is held against the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// Everything: it is what a user would do.
    Fully,
    /// A refusal, where the document says how it looks; wrong input was sent on purpose.
    Refusal,
}

impl Held {
    fn of(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::Normal | Purpose::Login | Purpose::Cleanup | Purpose::Load => {
                Some(Self::Fully)
            }
            Purpose::Negative | Purpose::Attack => Some(Self::Refusal),
            Purpose::Preflight | Purpose::Survey => None,
        }
    }
}

/// An exchange on its way through the document.
pub(super) struct Judge<'a> {
    pub(super) contract: &'a Contract,
    pub(super) config: &'a Config,
    pub(super) exchange: &'a Observed<'a>,
    pub(super) status: u16,
    findings: Vec<Finding>,
    notes: Vec<String>,
}

/// What the document has for an exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) operation: &'a Operation,
    pub(super) response: Option<&'a Response>,
}

impl<'a> Judge<'a> {
    /// Judges an exchange; `None` when the document has nothing to say about it.
    pub(super) fn judge(
        contract: &'a Contract,
        config: &'a Config,
        exchange: &'a Observed<'a>,
    ) -> Option<(CheckReport, Option<Declared<'a>>)> {
        let status = exchange.status?;
        let held = Held::of(exchange.purpose)?;
        if !contract.origins.describe(&exchange.url) {
            return None;
        }
        let mut judge = Self {
            contract,
            config,
            exchange,
            status,
            findings: Vec::new(),
            notes: Vec::new(),
        };
        let declared = match contract.document.find(&exchange.method, &exchange.url) {
            Found::Operation(found) => Some(judge.operation(found.operation, held)?),
            Found::OtherMethods { item, methods } if held == Held::Fully => {
                judge.other_method(contract.document.at(item), &methods)?;
                None
            }
            Found::NoPath if held == Held::Fully => {
                judge.no_path()?;
                None
            }
            Found::OtherMethods { .. } | Found::NoPath | Found::Options { .. } => return None,
        };
        let report = CheckReport {
            findings: judge.findings,
            notes: judge.notes,
            evaluated: 1,
            ..CheckReport::default()
        };
        Some((report, declared))
    }

    /// Adds a finding unless one of the same sort was added.
    pub(super) fn tell(&mut self, finding: Finding) {
        let same = |known: &Finding| known.code == finding.code && known.subject == finding.subject;
        if self.findings.iter().any(same) {
            return;
        }
        if self.findings.len() < LIMIT {
            self.findings.push(finding);
        } else {
            self.note("of an answer the first 50 differences are told");
        }
    }

    /// Adds a finding about a value, as strictly as the gate file wants it.
    pub(super) fn tell_value(&mut self, finding: Finding) {
        let finding = if finding.code == codes::UNDOCUMENTED_FIELD.code {
            self.config.undocumented_fields.apply(finding)
        } else {
            Some(finding)
        };
        if let Some(finding) = finding {
            self.tell(finding);
        }
    }

    /// Adds what is wrong with a schema that nothing can be held against.
    pub(super) fn broken_schema(&mut self, fault: &SchemaFault) {
        if !self.contract.has_told(fault) {
            self.tell(findings::schema(fault));
        }
    }

    pub(super) fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// A value of the document.
    pub(super) fn at(&self, place: crate::specification::Place) -> At<'a> {
        self.contract.document.at(place)
    }

    fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn operation(&mut self, operation: &'a Operation, held: Held) -> Option<Declared<'a>> {
        let response = operation.response(self.status);
        let declared = Declared {
            operation,
            response,
        };
        if held == Held::Refusal && (self.status < 400 || response.is_none()) {
            return None;
        }
        match response {
            Some(response) => {
                header::judge(self, operation, response);
                body::judge(self, operation, response);
            }
            None => self.other_status(operation),
        }
        if held == Held::Fully && self.succeeded() && self.exchange.purpose == Purpose::Normal {
            request::judge(self, operation);
        }
        Some(declared)
    }

    /// A status that stands nowhere: a refusal for now or a failure of what is in front of the portal
    /// is told once for all operations.
    fn other_status(&mut self, operation: &Operation) {
        let status = self.status;
        // What is to be removed may be gone already.
        let gone = self.exchange.purpose == Purpose::Cleanup && matches!(status, 404 | 410);
        if status == 304 || gone {
            return;
        }
        let at = self.at(operation.place);
        let place = at.get("responses").unwrap_or(at).location();
        let what = format!("answers {status}, which the document does not have");
        let mut finding = findings::at(
            place,
            &codes::UNDOCUMENTED_STATUS,
            self.exchange,
            operation,
            &what,
            &status.to_string(),
        )
        .advice(STATUS)
        .evidence("expected", statuses(operation));
        if status == 429 || status >= 500 {
            finding = finding.subject(format!("{} {status}", codes::UNDOCUMENTED_STATUS.code));
        }
        self.findings
            .extend(self.config.undocumented_statuses.apply(finding));
    }

    fn other_method(&mut self, item: At<'_>, methods: &[&str]) -> Option<()> {
        if !self.succeeded() {
            return None;
        }
        let what = "answers, and the document has other methods for this path only";
        let mut finding = findings::sent(&codes::UNDOCUMENTED_METHOD, self.exchange, what)
            .related("sent by", self.exchange.cause.location.clone())
            .advice(PATH)
            .evidence("expected", methods.join(", "));
        finding.location = item.location();
        self.findings
            .extend(self.config.undocumented_paths.apply(finding));
        Some(())
    }

    fn no_path(&mut self) -> Option<()> {
        if !self.succeeded() || !self.is_interface() {
            return None;
        }
        let what = "answers, and the document does not have this path";
        let finding = findings::sent(&codes::UNDOCUMENTED_PATH, self.exchange, what).advice(PATH);
        self.findings
            .extend(self.config.undocumented_paths.apply(finding));
        Some(())
    }

    /// Whether an undeclared path belongs to the interface, and not to the pages of the site.
    fn is_interface(&self) -> bool {
        let url = &self.exchange.url;
        let content_type = self.exchange.response_header("content-type");
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let of_a_page = [
            "text/html",
            "text/css",
            "javascript",
            "image/",
            "font/",
            "video/",
            "audio/",
        ];
        if is_redacted(path(url)) || of_a_page.iter().any(|part| content_type.contains(part)) {
            return false;
        }
        if self.contract.has_neighbours(url) {
            return true;
        }
        let mut segments = path(url).split('/').filter(|segment| !segment.is_empty());
        let internal = segments
            .clone()
            .any(|segment| segment.starts_with(['.', '_']));
        let file = segments
            .next_back()
            .is_some_and(|segment| segment.contains('.'));
        content_type.contains("json") && !internal && !file
    }
}

fn statuses(operation: &Operation) -> String {
    let statuses = operation.responses.iter();
    let statuses: Vec<&str> = statuses.map(|one| one.status.as_str()).collect();
    statuses.join(", ")
}

const STATUS: &str = "Clients written by the document do not know what to do with the answer. Answer with a status that \
                      it has; or add this one to the document on purpose, with its body.";
const PATH: &str = "Whoever works by the document does not know of it. Add it to the document; or, when nobody shall use \
                    it, take it out of the portal. `undocumented-paths: ignore` stops telling this.";
