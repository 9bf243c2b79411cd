//! What is said about events that the portal sends.

use std::fmt::Write as _;

use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::period::Period;

use super::arrival::Arrival;
use super::codes;
use super::config::{Expected, Outgoing};
use super::outgoing::Gathered;
use super::signature::SignatureFault;
use crate::expect::{Aspect, Shown, Unmet};
use crate::specification::schema::{Mismatch, Undocumented};

/// How many arrivals a finding lists.
const LISTED: usize = 5;

/// Writes the findings about one expected event.
pub(super) struct Outlook<'o> {
    /// What is expected.
    pub(super) expected: &'o Expected,
    /// What makes the portal send it.
    pub(super) outgoing: &'o Outgoing,
    /// What may be shown.
    pub(super) shown: &'o Shown,
}

impl Outlook<'_> {
    /// The event did not come; `nearest` is what the last one at its path does not meet.
    pub(super) fn not_sent(&self, gathered: &Gathered, nearest: Option<&Unmet>) -> Finding {
        let name = &self.expected.name;
        let within = Period(self.outgoing.within);
        let title = format!("“{name}” was not sent within {within}");
        let mut finding = Finding::new(&codes::NOT_SENT, self.expected.span.location(), title)
            .advice(self.advice(gathered, nearest))
            .subject(format!("{name} not sent"))
            .evidence("expected", self.wanted())
            .evidence("actual", self.arrived(gathered));
        if let Some(unmet) = nearest {
            let text = format!(
                "{} should be {}, the last event there has {}",
                unmet.target, unmet.expected, unmet.actual
            );
            finding = finding.evidence("told apart by", text);
        }
        self.related(finding)
    }

    fn wanted(&self) -> String {
        let port = self.outgoing.port.value;
        let path = self.expected.path.as_deref().unwrap_or("/…");
        format!("a request to http://127.0.0.1:{port}{path}")
    }

    fn arrived(&self, gathered: &Gathered) -> String {
        let arrivals = &gathered.arrivals;
        let mut text = String::new();
        for arrival in arrivals.iter().take(LISTED) {
            let _ = writeln!(text, "{} {}", arrival.name, arrival.shape(self.shown));
        }
        if arrivals.len() > LISTED {
            let _ = writeln!(text, "and {} more", arrivals.len() - LISTED);
        }
        if gathered.broken > 0 {
            let _ = writeln!(
                text,
                "{} requests that were no proper HTTP",
                gathered.broken
            );
        }
        match text.trim_end() {
            "" => "nothing arrived".into(),
            text => text.into(),
        }
    }

    fn advice(&self, gathered: &Gathered, nearest: Option<&Unmet>) -> String {
        let port = self.outgoing.port.value;
        if nearest.is_some() {
            return "Events arrived at this address, but none of them is the one that `where` describes. \
                    Either the portal did not send it, or the field that tells it apart is gone or has \
                    another value: compare it with what arrived."
                .into();
        }
        if !gathered.arrivals.is_empty() {
            return "The portal sent something, but not to this path. Compare the path with what arrived: \
                    either the portal's setting or this check is out of date."
                .into();
        }
        if gathered.broken > 0 {
            return format!(
                "Something connected and did not speak plain HTTP. Let the portal send to \
                 http://127.0.0.1:{port}, without https."
            );
        }
        format!(
            "Nothing arrived at all. Check that the portal of this environment is set to send its webhooks to \
             http://127.0.0.1:{port}, that the queue or job that sends them runs there, and its log at this \
             moment. A portal in a container does not reach this machine under 127.0.0.1: let it use the \
             network of the host."
        )
    }

    /// The body is no JSON.
    pub(super) fn not_json(&self, arrival: &Arrival) -> Finding {
        let name = &self.expected.name;
        let title = format!("“{name}” was sent without readable JSON");
        let finding = Finding::new(&codes::NOT_JSON, self.expected.span.location(), title)
            .advice(
                "Receivers read the body of a webhook as JSON. Look at how the portal writes it: a form, a text \
                 or an object that was not turned into JSON comes out when a serializer or a content type \
                 changed.",
            )
            .subject(format!("{name} not json"))
            .evidence("expected", "a JSON body");
        self.proof(finding, arrival)
    }

    /// Something beside the contract does not hold.
    pub(super) fn unmet(&self, arrival: &Arrival, unmet: &Unmet) -> Finding {
        let name = &self.expected.name;
        let target = &unmet.target;
        let (code, title) = match unmet.aspect {
            Aspect::Header if unmet.actual == "nothing there" => (
                &codes::HEADER,
                format!("“{name}” lacks the header {target}"),
            ),
            Aspect::Header => (
                &codes::HEADER,
                format!("“{name}” has the wrong header {target}"),
            ),
            _ => (
                &codes::PAYLOAD,
                format!("“{name}” has the wrong value at {target}"),
            ),
        };
        let finding = Finding::new(code, unmet.span.location(), title)
            .advice(
                "Receivers rely on this. Look at what the deploy changed where the portal writes the event, \
                 or change the expectation with it.",
            )
            .subject(format!("{name} {target}"))
            .evidence("expected", unmet.expected.clone())
            .evidence("actual", unmet.actual.clone());
        self.proof(finding, arrival)
    }

    /// The signature is missing or wrong.
    pub(super) fn signature(&self, arrival: &Arrival, fault: &SignatureFault) -> Finding {
        let name = &self.expected.name;
        let (title, actual, advice) = match fault {
            SignatureFault::Missing(header) => (
                format!("“{name}” was sent without the header {header}"),
                "nothing there",
                "Receivers cannot tell the event from a forged one. Look at whether the deploy lost the \
                 signing key of this environment: many frameworks then send without a signature and without \
                 an error.",
            ),
            SignatureFault::Malformed(header) => (
                format!("“{name}” was sent with a signature of another form in {header}"),
                "a value of another form",
                "Receivers cannot read the signature. Compare prefix and encoding with what was agreed.",
            ),
            SignatureFault::Wrong(header) => (
                format!("“{name}” was sent with a signature in {header} that does not fit"),
                "a signature that does not fit the body and the key",
                "Receivers drop the event. Usually the portal signs with another key than the one agreed, or \
                 signs the body before something rewrites it: sign the very bytes that are sent.",
            ),
        };
        let finding = Finding::new(&codes::SIGNATURE, self.expected.span.location(), title)
            .advice(advice)
            .subject(format!("{name} signature"))
            .evidence("expected", "a signature made with the agreed key")
            .evidence("actual", actual);
        self.proof(finding, arrival)
    }

    /// The event breaks its contract.
    pub(super) fn mismatch(&self, arrival: &Arrival, mismatch: &Mismatch) -> Finding {
        let name = &self.expected.name;
        let (path, text) = (&mismatch.path, &mismatch.text);
        let title = format!("“{name}” breaks its contract: {path} {text}");
        let finding = Finding::new(&codes::PAYLOAD, mismatch.location.clone(), title)
            .advice(
                "Whoever receives the event was promised this. Bring the field back as it was, or change the \
                 contract, tell its receivers first and send both forms for a while.",
            )
            .subject(format!("{name} {path} {text}"))
            .evidence("path", path.clone())
            .related("the check that expects the event", self.expected.span.location());
        let finding = if mismatch.is_slight() {
            finding.severity(Severity::Low)
        } else {
            finding
        };
        self.proof(finding, arrival)
    }

    /// The event holds a field that nobody was told of.
    pub(super) fn undocumented(&self, undocumented: &Undocumented) -> Finding {
        let name = &self.expected.name;
        let path = &undocumented.path;
        let title = format!("“{name}” holds {path}, which its contract does not name");
        let finding = Finding::new(&codes::UNDOCUMENTED_FIELD, undocumented.location.clone(), title)
            .advice(
                "If the field is meant to be sent, add it to the contract. If not, leave it out: events go to \
                 other companies.",
            )
            .subject(format!("{name} {path} undocumented"))
            .evidence("path", path.clone())
            .related("the check that expects the event", self.expected.span.location());
        self.related(finding)
    }

    /// The same event came twice.
    pub(super) fn duplicate(&self, arrival: &Arrival) -> Finding {
        let name = &self.expected.name;
        let reply = self.outgoing.reply;
        let finding = Finding::new(
            &codes::DUPLICATE,
            self.expected.span.location(),
            format!("“{name}” was sent twice"),
        )
        .advice(
            "Usually two listeners or two instances handle the same change, or the sender repeats although it \
             was answered success. If receivers are told to expect that, waive the finding.",
        )
        .subject(format!("{name} twice"))
        .evidence("expected", format!("one event, as the first was answered {reply}"));
        self.proof(finding, arrival)
    }

    fn proof(&self, finding: Finding, arrival: &Arrival) -> Finding {
        let text = format!("{} {}", arrival.name, arrival.shape(self.shown));
        self.related(finding.evidence("event", text))
    }

    fn related(&self, finding: Finding) -> Finding {
        match self.outgoing.trigger.last() {
            Some(step) => finding.related(
                "the step that makes the portal send",
                step.request.span.location(),
            ),
            None => finding,
        }
    }
}
