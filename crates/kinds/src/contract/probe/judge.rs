//! What is wrong with an answer whatever the document says.

use tidegate_core::finding::Finding;
use tidegate_core::meta::Confidence;
use tidegate_core::ports::http::{HttpError, Response};

use super::super::codes;
use super::Asking;
use crate::specification::openapi::Operation;

/// Whether the portal asks for a pause.
pub(super) fn asks_to_wait(response: &Response) -> bool {
    let later = response.header("retry-after").is_some();
    response.status == 429 || (response.status == 503 && later)
}

impl Asking<'_> {
    /// Judges an answer that is no success.
    pub(super) fn judge(&mut self, operation: &Operation, response: &Response) {
        let status = response.status;
        if status >= 500 {
            let finding = self.server_error(operation, status);
            self.report.findings.push(finding);
        } else if matches!(status, 401 | 403) {
            // A declared refusal may be meant for this identity.
            let is_declared = operation.response(status).is_some();
            if operation.anonymous() || !is_declared {
                let finding = self.refused(operation, status);
                self.report.findings.push(finding);
            }
        }
    }

    /// Tells that there is no answer.
    pub(super) fn silent(&mut self, operation: &Operation, error: &HttpError) {
        self.seen
            .open
            .push((operation.name(), "had no answer".to_owned()));
        let name = operation.name();
        let finding = Finding::new(
            &codes::NO_ANSWER,
            self.context.span().location(),
            format!("{name} does not answer"),
        )
        .advice(
            "Look at the portal's log at this moment. If the answer takes this long by design, take the operation out \
             with `operations: { exclude: […] }`.",
        )
        .evidence("request", name)
        .evidence("actual", error.to_string());
        let finding = self.placed(operation, finding);
        self.report.findings.push(finding);
    }

    fn server_error(&self, operation: &Operation, status: u16) -> Finding {
        let name = operation.name();
        let finding = Finding::new(
            &codes::SERVER_ERROR,
            self.context.span().location(),
            format!("{name} fails with {status}"),
        )
        .subject(format!("{name} fails"))
        .advice(
            "Look at the portal's log at this moment: the request was a minimal valid one by the document, with what \
             must be sent and nothing else. If the portal needs more, the document must say so.",
        );
        self.answered_with(operation, finding, status)
    }

    fn refused(&self, operation: &Operation, status: u16) -> Finding {
        let name = operation.name();
        let who = self.probe.identity.as_ref();
        let who = who.map_or_else(|| "everybody".to_owned(), |who| format!("`{who}`"));
        let title = format!("{name} refuses {who} with {status}, which the document does not tell");
        let advice = if operation.anonymous() {
            "By the document it needs no login. Add what it needs under `security`, or let everybody in."
        } else {
            "If this identity may not ask it, add the response to the document or exclude the operation; if it may, \
             look for the rule that refuses it."
        };
        let location = self.context.span().location();
        let finding = Finding::new(&codes::REFUSED, location, title)
            .subject(format!("{name} refuses"))
            .confidence(Confidence::Low)
            .advice(advice);
        self.answered_with(operation, finding, status)
    }

    fn answered_with(&self, operation: &Operation, finding: Finding, status: u16) -> Finding {
        let finding = finding
            .evidence("request", operation.name())
            .evidence("response", status.to_string());
        self.placed(operation, finding)
    }

    fn placed(&self, operation: &Operation, finding: Finding) -> Finding {
        let location = self.api.at(operation.place).location();
        finding.related("the operation in the document", location)
    }
}
