//! How a difference is told to people.

use tidegate_core::exchange::Exchange;
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::meta::{CodeInfo, Severity};

use super::codes;
use super::drift::{Change, Drift};
use super::shape::SETTLED;
use super::snapshot::Key;
use crate::observer;
use crate::specification::At;

/// An answer, and where the snapshot speaks of it.
pub(super) struct Told<'a> {
    pub(super) exchange: &'a Exchange,
    pub(super) key: &'a Key,
    pub(super) shape: Option<At<'a>>,
    /// Whether this run accepts what it sees.
    pub(super) accepting: bool,
}

impl Told<'_> {
    /// A difference from what was learned.
    pub(super) fn drift(&self, drift: &Drift<'_>) -> Finding {
        let place = drift.place();
        let (code, what, advice) = words(drift.change);
        let title = format!("{}: {place} {what}", self.key.request);
        let mut finding = self
            .finding(&code, title, &place)
            .advice(advice)
            .evidence("path", &place);
        if let Some((expected, actual)) = both(drift.change) {
            finding = finding
                .evidence("expected", expected)
                .evidence("actual", actual);
        }
        if let Some(shape) = self.shape {
            finding.location = drift.locate(shape).location();
        }
        if drift.change != Change::NewField {
            finding = finding.evidence("known from", known_from(drift.samples));
        }
        if drift.contradicts() {
            finding
        } else {
            finding.severity(Severity::Info)
        }
    }

    /// An answer that is no JSON any more.
    pub(super) fn not_json(&self) -> Finding {
        let title = format!("{} no longer answers JSON", self.key.request);
        self.finding(&codes::NOT_JSON, title, "")
            .evidence("expected", &self.key.answer)
            .advice(
                "Look at what answers there now: often it is an error page, a login page or the page \
                 of the site itself. If the change is wanted, accept it with `tidegate run --update`.",
            )
    }

    /// An answer that the snapshot does not know.
    pub(super) fn new_answer(&self) -> Finding {
        let title = format!(
            "{} answers {} for the first time",
            self.key.request, self.key.answer
        );
        self.finding(&codes::NEW_ANSWER, title, "").advice(
            "Nothing to do when you know it. Run the gate once outside CI, or with `--update`, and \
             commit the snapshot, so that later answers are held against it.",
        )
    }

    fn finding(&self, code: &CodeInfo, title: String, place: &str) -> Finding {
        let content_type = self.exchange.response_header("content-type");
        let content_type = content_type.unwrap_or("no content type");
        let Key { request, answer } = self.key;
        let mut finding = observer::finding(self.exchange, code, content_type, title)
            .subject(format!("{} {request} {answer} {place}", code.code));
        if let Some(shape) = self.shape {
            finding.location = shape.location();
            finding = finding.related("sent by", self.exchange.cause.location.clone());
        }
        if self.accepting {
            finding = finding
                .severity(Severity::Info)
                .evidence("accepted", "this run updates the snapshot");
        }
        finding
    }
}

fn known_from(samples: u8) -> String {
    match samples {
        SETTLED.. => "5 answers or more".to_owned(),
        1 => "1 answer only".to_owned(),
        fewer => format!("{fewer} answers only"),
    }
}

const GONE: &str = "Put the field back: pages and programs read it. If nobody does any more, accept the change with \
                    `tidegate run --update` and commit the snapshot.";
const CHANGED: &str = "Give the value its old type back, or mend everybody who reads it first and accept the change \
                       with `tidegate run --update`.";
const NULL: &str = "Find out why there is no value: often a relation was not loaded or a column has no default. If \
                    null is right there, see that pages can show it and accept it with `tidegate run --update`.";
const FORM: &str = "See whether those who read the value can read the new form too. If so, accept it with \
                    `tidegate run --update`.";
const NEW: &str =
    "Nothing to do when clients may see it. Look at whether it holds what only you should see.";

/// The code, what happened in words, and what to do.
fn words(change: Change) -> (CodeInfo, &'static str, &'static str) {
    match change {
        Change::FieldGone => (codes::FIELD_GONE, "is missing", GONE),
        Change::TypeChanged { .. } => (codes::TYPE_CHANGED, "has another type", CHANGED),
        Change::NullAppeared => (codes::NULL_APPEARED, "is null for the first time", NULL),
        Change::Fraction => (codes::FORMAT_CHANGED, "is no whole number any more", FORM),
        Change::FormChanged { .. } => (codes::FORMAT_CHANGED, "has another form", FORM),
        Change::NewField => (codes::NEW_FIELD, "is new", NEW),
    }
}

/// What was learned, and what is there now.
fn both(change: Change) -> Option<(String, String)> {
    match change {
        Change::TypeChanged { known, seen } => Some((known.words(), seen.words())),
        Change::FormChanged { known, seen } => Some((
            known.name().to_owned(),
            seen.map_or("other text", super::form::Form::name)
                .to_owned(),
        )),
        Change::Fraction => Some(("a whole number".into(), "a number with a fraction".into())),
        Change::FieldGone | Change::NullAppeared | Change::NewField => None,
    }
}

/// Nothing was learned, and this run may not learn.
pub(super) fn no_snapshot(path: &Located<String>) -> Finding {
    let title = format!("Nothing was learned yet: there is no {}", path.value);
    Finding::new(&codes::NO_SNAPSHOT, path.span.location(), title)
        .subject(format!("{} {}", codes::NO_SNAPSHOT.code, path.value))
        .advice(format!(
            "Run the gate once outside CI, or with `--update`; look through {} and commit it.",
            path.value
        ))
}

/// What was learned could not be kept.
pub(super) fn not_written(path: &Located<String>, reason: &str, help: &str) -> Finding {
    let title = format!("What was learned could not be written to {}", path.value);
    Finding::new(&codes::NOT_WRITTEN, path.span.location(), title)
        .subject(format!("{} {}", codes::NOT_WRITTEN.code, path.value))
        .evidence("reason", reason)
        .advice(help)
}
