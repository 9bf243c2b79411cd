//! What `rejects` says about an operation.

use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;

use super::codes;
use super::negative::Negative;
use super::subject::Subject;

/// What is known of one request that was wrong on purpose.
pub(super) struct Seen<'s> {
    /// The operation.
    pub(super) subject: &'s Subject,
    /// What was wrong.
    pub(super) negative: &'s Negative,
    /// The status, or why there is none.
    pub(super) answer: String,
    /// Whether it was stored, and how that is known.
    pub(super) stored: String,
}

impl Seen<'_> {
    /// The body was taken although its size or its content type speaks against it.
    pub(super) fn taken(&self, info: &CodeInfo, advice: &str) -> Finding {
        let title = format!("{} accepts {}", self.subject.name, self.negative.label());
        self.finding(info, title, advice)
    }

    /// A quote broke something.
    pub(super) fn broken_by_quote(&self, shown: Option<&str>) -> Finding {
        let title = format!("{} fails on {}", self.subject.name, self.negative.label());
        let advice = "Find the statement that the text gets into and use bound parameters there. Until that is \
                      done, treat it as a hole: what breaks on a quote can often be made to do something else.";
        let finding = self.finding(&codes::QUOTE_BREAKS, title, advice);
        match shown {
            Some(shown) => finding.evidence("shown", shown),
            None => finding,
        }
    }

    /// A page shows markup as it was stored.
    pub(super) fn unescaped(&self, page: &str) -> Finding {
        let title = format!("{page} shows markup that {} stored", self.subject.name);
        let advice = "Escape texts where the page is made, which templates do unless they are told not to: look \
                      for `dangerouslySetInnerHTML`, `v-html`, `|safe` or `{!! !!}` on this page. If the page allows some markup \
                      on purpose and removes the rest, say so with `lenient: [markup]`.";
        self.finding(&codes::MARKUP_UNESCAPED, title, advice)
            .subject(format!("{} {page}", self.subject.name))
            .evidence("page", page)
    }

    fn finding(&self, info: &CodeInfo, title: String, advice: &str) -> Finding {
        let finding = about(self.subject, info, title)
            .advice(advice)
            .subject(format!("{} {}", self.subject.name, self.tried()));
        self.proven(finding)
    }

    /// A finding with what is known of the request.
    pub(super) fn proven(&self, finding: Finding) -> Finding {
        let finding = finding
            .evidence(
                "request",
                format!("{} with {}", self.subject.name, self.negative.label()),
            )
            .evidence("response", self.answer.clone())
            .evidence("stored", self.stored.clone());
        match self.negative.path() {
            Some(path) => finding.evidence("path", path),
            None => finding,
        }
    }

    /// What is known of the request, in a line.
    pub(super) fn line(&self) -> String {
        format!(
            "{}: answered {}; stored: {}",
            self.negative.label(),
            self.answer,
            self.stored
        )
    }

    /// What was tried, as a subject has it: `$.amount too-large`.
    pub(super) fn tried(&self) -> String {
        match self.negative.path() {
            Some(path) => format!("{path} {}", self.sort()),
            None => self.sort().to_owned(),
        }
    }

    /// The field that was wrong; `None` for the whole body.
    pub(super) fn field(&self) -> Option<&str> {
        let field = self.negative.path()?.strip_prefix("$.");
        field.filter(|_| self.sort() != "extra-field")
    }

    /// The name that `lenient:` has for what was wrong.
    pub(super) fn sort(&self) -> &'static str {
        self.negative.sort().unwrap_or("quote")
    }
}

/// Refusals that do not say what is wrong, all of an operation in one.
pub(super) fn unnamed(subject: &Subject, fields: &[String]) -> Finding {
    let title = format!(
        "{} refuses wrong input without naming the field",
        subject.name
    );
    let advice = "Name the field and what is wrong with it in the answer, as in `{\"field\": \"amount\", \
                  \"message\": \"must be a number\"}`, and show it beside the form's field.";
    about(subject, &codes::UNNAMED_FIELD, title)
        .advice(advice)
        .evidence("fields", fields.join(", "))
}

/// A finding at an operation.
pub(super) fn about(subject: &Subject, info: &CodeInfo, title: String) -> Finding {
    let finding = Finding::new(info, subject.span.location(), title);
    match &subject.documented {
        Some(location) => finding.related("the operation in the document", location.clone()),
        None => finding,
    }
}
