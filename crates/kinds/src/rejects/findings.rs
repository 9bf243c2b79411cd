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
    /// It was taken.
    pub(super) fn accepted(&self) -> Finding {
        let (info, advice) = match self.negative {
            Negative::ContentType => (
                codes::CONTENT_TYPE_IGNORED,
                "Refuse bodies whose content type is not `application/json` with 415. If other programs rely \
                 on it, say so with `lenient: [content-type]`.",
            ),
            Negative::Oversized => (
                codes::NO_SIZE_LIMIT,
                "Limit the size of a body to what forms need, usually a megabyte or less, in the portal or in \
                 the proxy before it, and answer 413. If large bodies are meant, say so with `lenient: \
                 [oversized]`.",
            ),
            _ => (
                codes::ACCEPTED,
                "Check the input on the server before it is stored, not in the form only, and answer 400 or \
                 422. If it is accepted on purpose, say so under `lenient`, or change the schema.",
            ),
        };
        let title = format!("{} accepts {}", self.subject.name, self.negative.label());
        self.finding(&info, title, advice)
    }

    /// It was refused and is there all the same.
    pub(super) fn stored(&self) -> Finding {
        let title = format!(
            "{} refuses {} and stores it",
            self.subject.name,
            self.negative.label()
        );
        let advice = "The portal writes first and checks later. Check before anything is written, or do both in one \
                      transaction that is rolled back when the check fails.";
        self.finding(&codes::STORED, title, advice)
    }

    /// The portal failed.
    pub(super) fn failed(&self) -> Finding {
        let title = format!("{} fails on {}", self.subject.name, self.negative.label());
        let advice = "Look at the portal's log at this moment. Usually the input reaches code or a database that \
                      expects it to be right: check it first and answer 400 or 422 with the name of the field.";
        self.finding(&codes::SERVER_ERROR, title, advice)
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
        let subject = match self.negative.path() {
            Some(path) => format!("{} {path} {}", self.subject.name, self.sort()),
            None => format!("{} {}", self.subject.name, self.sort()),
        };
        let finding = Finding::new(info, self.subject.span.location(), title)
            .advice(advice)
            .subject(subject)
            .evidence(
                "request",
                format!("{} with {}", self.subject.name, self.negative.label()),
            )
            .evidence("response", self.answer.clone())
            .evidence("stored", self.stored.clone());
        let finding = match self.negative.path() {
            Some(path) => finding.evidence("path", path),
            None => finding,
        };
        documented(self.subject, finding)
    }

    fn sort(&self) -> &'static str {
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
    let finding = Finding::new(&codes::UNNAMED_FIELD, subject.span.location(), title)
        .advice(advice)
        .evidence("fields", fields.join(", "));
    documented(subject, finding)
}

fn documented(subject: &Subject, finding: Finding) -> Finding {
    match &subject.documented {
        Some(location) => finding.related("the operation in the document", location.clone()),
        None => finding,
    }
}
