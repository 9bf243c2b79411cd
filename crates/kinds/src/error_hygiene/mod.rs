//! Observer `error-hygiene`: what errors show of the inside, and errors that hide.

pub(crate) mod detect;
pub(crate) mod failure;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::{CheckReport, Observer, ObserverKind, ObserverScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Observed;
use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, RetryClass, Severity};
use tidegate_core::node::Node;
use tidegate_core::ports::http::Purpose;

use crate::observer;
use detect::{Leak, Sighting};

const STACK_TRACE: CodeInfo = CodeInfo::known(
    "error-hygiene/stack-trace",
    Severity::Medium,
    Effort::Small,
    "An answer shows a stack trace",
    "Strangers learn how the portal is built, which makes an attack easier, and clients lose trust.",
);
const SQL: CodeInfo = CodeInfo::known(
    "error-hygiene/sql",
    Severity::High,
    Effort::Small,
    "An answer shows SQL or an error of the database",
    "Strangers learn the tables behind the portal, and often see that input reaches the database.",
);
const FILE_PATH: CodeInfo = CodeInfo::known(
    "error-hygiene/file-path",
    Severity::Medium,
    Effort::Small,
    "An answer shows the path of a file on the server",
    "Strangers learn where the portal's code lies, which makes an attack easier.",
);
const FRAMEWORK_PAGE: CodeInfo = CodeInfo::known(
    "error-hygiene/framework-page",
    Severity::Medium,
    Effort::Small,
    "An answer is an error page that a framework made for developers",
    "Clients see a page that is not yours, and strangers may see settings and code.",
);
const MISSING_REQUEST_ID: CodeInfo = CodeInfo::known(
    "error-hygiene/missing-request-id",
    Severity::Low,
    Effort::Small,
    "A server error carries no request id",
    "When a client reports the error, nobody can find it in the log.",
);
const HIDDEN_FAILURE: CodeInfo = CodeInfo::known(
    "error-hygiene/hidden-failure",
    Severity::High,
    Effort::Small,
    "An answer says success and holds a failure",
    "The page tells the client that all is well, and the work is lost.",
);

static META: Meta = Meta {
    name: Cow::Borrowed("error-hygiene"),
    summary: Cow::Borrowed("Looks at every answer for errors that show too much or hide"),
    docs: Docs::known(include_str!("check.md")),
    codes: Cow::Borrowed(&[
        STACK_TRACE,
        SQL,
        FILE_PATH,
        FRAMEWORK_PAGE,
        MISSING_REQUEST_ID,
        HIDDEN_FAILURE,
    ]),
    always_run: false,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[]),
};

/// Headers by which hosts, proxies and frameworks tell one request from another.
const REQUEST_ID_HEADERS: &[&str] = &[
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-trace-id",
    "traceparent",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-amz-cf-id",
    "x-cloud-trace-context",
    "x-vercel-id",
    "x-nf-request-id",
    "fly-request-id",
    "cf-ray",
    "x-ms-request-id",
    "sb-request-id",
    "x-azure-ref",
];

/// A name that a request id goes by, and the word after it.
static TOLD_ID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let names = r"(?:request|trace|correlation|error|event)[ _-]?id|incident|reference";
    let between = r#"["'\s:=#<>/a-z]{0,40}?[^a-z0-9]"#;
    Regex::new(&format!(
        r"(?i)\b(?:{names}){between}([a-z0-9_-]{{6,80}})\b"
    ))
    .ok()
});

/// Ids have digits; words do not.
fn looks_like_id(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// The observer kind `error-hygiene`.
pub(crate) fn kind() -> Arc<dyn ObserverKind> {
    Arc::new(ErrorHygieneKind)
}

struct ErrorHygieneKind;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Config {
    #[serde(default)]
    request_id_headers: Vec<String>,
}

impl ObserverKind for ErrorHygieneKind {
    fn meta(&self) -> &Meta {
        &META
    }

    fn schema(&self) -> Json {
        observer::schema(json!({
            "request-id-headers": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Headers of your own that carry a request id, beside the usual ones.",
            },
        }))
    }

    fn parse(
        &self,
        config: Option<&Node>,
        _: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        let config = match config {
            None => Config::default(),
            Some(node) if observer::is_off(node) => return Ok(None),
            Some(node) => node.read()?,
        };
        let own = config.request_id_headers.iter();
        Ok(Some(Arc::new(ErrorHygiene {
            own_headers: own.map(|name| name.to_ascii_lowercase()).collect(),
        })))
    }
}

struct ErrorHygiene {
    own_headers: Vec<String>,
}

impl Observer for ErrorHygiene {
    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        // A check that looks at what is served to everybody judges it itself: one debug mode would be told
        // for each address that it asks for.
        let is_survey = exchange.purpose == Purpose::Survey;
        let Some(status) = exchange.status.filter(|_| !is_survey) else {
            return CheckReport::default();
        };
        let answer = Answer::new(exchange, status);
        let mut findings: Vec<Finding> = answer
            .leaks()
            .iter()
            .map(|leak| answer.leak(leak))
            .collect();
        if let Some(place) = answer.hidden_failure() {
            findings.push(answer.hiding(place));
        }
        if status >= 500 && exchange.purpose != Purpose::Preflight && !self.has_request_id(&answer)
        {
            findings.push(answer.untraceable());
        }
        CheckReport {
            findings,
            evaluated: 1,
            ..CheckReport::default()
        }
    }
}

impl ErrorHygiene {
    fn has_request_id(&self, answer: &Answer<'_>) -> bool {
        let own = self.own_headers.iter().map(String::as_str);
        let mut headers = REQUEST_ID_HEADERS.iter().copied().chain(own);
        let sent = |name: &str| {
            let value = answer.exchange.response_header(name);
            value.is_some_and(|value| !value.trim().is_empty())
        };
        headers.any(sent) || answer.names_request_id()
    }
}

/// One answer, its body read as far as its type makes sense of it.
struct Answer<'e> {
    exchange: &'e Observed<'e>,
    status: u16,
    text: Option<Cow<'e, str>>,
    json: Option<&'e Json>,
}

impl<'e> Answer<'e> {
    fn new(exchange: &'e Observed<'e>, status: u16) -> Self {
        let content_type = exchange.response_header("content-type").unwrap_or_default();
        let content_type = content_type.to_ascii_lowercase();
        let textual = ["", "text/", "json", "xml", "html"].iter().any(|part| {
            if part.is_empty() {
                content_type.is_empty()
            } else {
                content_type.contains(part)
            }
        });
        let body = &exchange.response_body;
        let json = textual && body.trim_ascii_start().first() == Some(&b'{');
        Self {
            exchange,
            status,
            text: textual.then(|| String::from_utf8_lossy(body)),
            json: json.then(|| exchange.json()).flatten(),
        }
    }

    /// What the answer shows of the inside. Ordinary pages may show traces and SQL on purpose, so
    /// those are looked for only in errors, in failures that hide, and in framework pages.
    fn leaks(&self) -> Vec<Sighting> {
        let Some(text) = &self.text else {
            return Vec::new();
        };
        let page = if self.json.is_none() && text.contains('<') {
            detect::framework_page(text)
        } else {
            None
        };
        let failed = self.status >= 400 || page.is_some() || self.failure().is_some();
        let mut sightings: Vec<Sighting> = page.into_iter().collect();
        if failed {
            let inside = detect::inside(text, self.json, &self.exchange.url);
            let is_standard = self.json.is_some_and(detect::is_postgrest_error);
            let tolerated = |leak| is_standard && self.status < 500 && leak == Leak::Sql;
            sightings.extend(inside.into_iter().filter(|one| !tolerated(one.leak)));
        }
        sightings
    }

    fn failure(&self) -> Option<&'static str> {
        let succeeded = (200..300).contains(&self.status);
        self.json.filter(|_| succeeded).and_then(failure::hidden)
    }

    /// A refusal that was asked for may come in any shape; a success may not be a failure.
    fn hidden_failure(&self) -> Option<&'static str> {
        self.failure()
            .filter(|_| self.exchange.purpose == Purpose::Normal)
    }

    /// Whether the body tells a request id.
    fn names_request_id(&self) -> bool {
        let (Some(text), Some(told)) = (&self.text, &*TOLD_ID) else {
            return false;
        };
        let ids = told.captures_iter(text).filter_map(|found| found.get(1));
        ids.map(|id| id.as_str()).any(looks_like_id)
    }

    fn leak(&self, sighting: &Sighting) -> Finding {
        let (code, advice) = match sighting.leak {
            Leak::StackTrace => (STACK_TRACE, TRACE_ADVICE),
            Leak::Sql => (SQL, SQL_ADVICE),
            Leak::FilePath => (FILE_PATH, TRACE_ADVICE),
            Leak::FrameworkPage => (FRAMEWORK_PAGE, PAGE_ADVICE),
        };
        let title = format!("{} shows {}", self.asked(), sighting.what);
        self.finding(&code, title, advice)
            .evidence("found", sighting.what)
            .evidence("path", sighting.place.clone())
    }

    fn hiding(&self, place: &str) -> Finding {
        let title = format!(
            "{} answers {} and says failure at {place}",
            self.asked(),
            self.status
        );
        let advice = "Answer with a 4xx or 5xx status when something fails. Browsers, caches, monitors and \
                      other programs look at the status only, and take this for a success.";
        self.finding(&HIDDEN_FAILURE, title, advice)
            .evidence("path", place)
    }

    fn untraceable(&self) -> Finding {
        let title = format!(
            "{} answers {} without a request id",
            self.asked(),
            self.status
        );
        let advice = "Give every answer an id that the log has too, in the header `x-request-id`, and show it \
                      on the error page. If yours has another name, list it under `request-id-headers`.";
        self.finding(&MISSING_REQUEST_ID, title, advice)
    }

    fn finding(&self, code: &CodeInfo, title: String, advice: &str) -> Finding {
        let kind = self
            .exchange
            .response_header("content-type")
            .unwrap_or("no content type");
        observer::finding(self.exchange, code, kind, title)
            .advice(advice)
            .subject(format!("{} {}", code.code, self.asked()))
    }

    fn asked(&self) -> String {
        observer::asked(self.exchange)
    }
}

const TRACE_ADVICE: &str = "Show clients a short message and a request id, and keep the details in the log. Usually \
                            a debug setting is on in this environment, or an error handler returns the error as it \
                            is: look at both.";
const SQL_ADVICE: &str = "Show clients a short message and a request id, and keep the details in the log. Also find \
                          out why the database refused: if the input of a client got into the statement as text, \
                          that is a hole; use bound parameters.";
const PAGE_ADVICE: &str = "Switch the framework's debug mode off in this environment and give the portal an error page \
                           of its own.";

#[cfg(test)]
mod tests;
