//! What a flow says about a step that failed.

use std::fmt::Write as _;

use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;
use tidegate_core::ports::http::{HttpError, LoginError};
use tidegate_core::template::TemplateError;

use super::advice::{self, Situation};
use super::codes;
use super::step::Step;
use crate::expect::{Aspect, Capture, Received, Shown, Unmet};

/// Writes the findings of one step about one response.
pub(super) struct Findings<'a> {
    /// The step.
    pub(super) step: &'a Step,
    /// The response.
    pub(super) received: &'a Received<'a>,
    /// What may be shown of it.
    pub(super) shown: &'a Shown,
    /// The step before that created something, by name.
    pub(super) created: Option<&'a str>,
    /// How many expectations were not looked at because the response is an error.
    pub(super) moot: u32,
}

impl Findings<'_> {
    /// An expectation that is not met.
    pub(super) fn unmet(&self, unmet: &Unmet) -> Finding {
        let step = self.step;
        let situation = Situation {
            step,
            response: self.received.response,
            created: self.created,
        };
        let mut finding = Finding::new(
            &codes::of(unmet.aspect),
            unmet.span.location(),
            title(step, unmet),
        )
        .advice(advice::of_unmet(&situation, unmet))
        .subject(format!("{} {}", step.name, unmet.target))
        .evidence("expected", unmet.expected.clone())
        .evidence("actual", unmet.actual.clone());
        if unmet.aspect == Aspect::Json {
            finding = finding.evidence("path", unmet.target.clone());
        }
        self.proof(finding)
    }

    /// A value that later steps need and that is not there.
    pub(super) fn capture(&self, capture: &Capture) -> Finding {
        let title = format!(
            "“{}” does not hold {}, which `{}` is taken from",
            self.step.name,
            capture.source(),
            capture.name
        );
        let finding = Finding::new(&codes::CAPTURE, capture.span.location(), title)
            .advice(
                "Later steps need this value. Compare the answer below with the capture: either the \
                 portal no longer returns it, or nothing was created although it answered success.",
            )
            .subject(format!("{} {}", self.step.name, capture.name))
            .evidence("expected", capture.source())
            .evidence("actual", "nothing there");
        self.proof(finding)
    }

    /// A redirect that leads nowhere: without end, or to an origin that is not declared.
    pub(super) fn redirect(&self) -> Finding {
        let response = self.received.response;
        let (title, help) = match &response.refused_redirect {
            Some(url) => (
                format!("“{}” leads to another site", self.step.name),
                format!(
                    "The redirect goes to {}, which the gate file does not declare, so it was not followed. \
                     If the portal really talks to it, declare it under `apis:`; else look for a wrong host \
                     name in the portal's configuration, often the one of another environment.",
                    origin(url)
                ),
            ),
            None => (
                format!("“{}” redirects without end", self.step.name),
                "A browser gives up with “too many redirects”. Usually two rules send the visitor to each \
                 other, such as http to https and back, or a login page that asks for a login. Look at what \
                 this deploy changed in redirects, middleware or the proxy."
                    .to_owned(),
            ),
        };
        let actual = match (&response.refused_redirect, response.redirects.len()) {
            (Some(url), _) => format!("{}, which leads to {}", response.status, origin(url)),
            (None, 1) => format!("1 redirect, then {}", response.status),
            (None, all) => format!("{all} redirects, then {}", response.status),
        };
        let mut way = String::new();
        for redirect in &response.redirects {
            let _ = writeln!(way, "{} {}", redirect.status, path_of(&redirect.url));
        }
        let finding = Finding::new(&codes::REDIRECT, self.step.request.span.location(), title)
            .advice(help)
            .subject(format!("{} redirect", self.step.name))
            .evidence("expected", "a page")
            .evidence("actual", actual);
        self.proof(match way.trim_end() {
            "" => finding,
            way => finding.evidence("way", way),
        })
    }

    /// Adds what was asked and what came back.
    fn proof(&self, finding: Finding) -> Finding {
        let response = self.received.response;
        let body = self.shown.body(
            &response.body,
            self.received.json(),
            self.received.content_type(),
        );
        let finding = finding
            .evidence("request", asked(self.step))
            .evidence("response", format!("{} {body}", response.status));
        if self.moot == 0 {
            return finding;
        }
        let more = format!(
            "{} not looked at, because this answer is an error",
            self.moot
        );
        finding.evidence("further expectations", more)
    }
}

/// No complete answer came.
pub(super) fn unreachable(step: &Step, error: &HttpError) -> Finding {
    let title = format!("“{}” got no complete answer", step.name);
    Finding::new(&codes::UNREACHABLE, step.request.span.location(), title)
        .advice(error.help())
        .subject(format!("{} {}", step.name, step.request.name()))
        .evidence("actual", error.to_string())
        .evidence("request", asked(step))
}

/// The step's identity was not let in.
pub(super) fn login(step: &Step, error: &LoginError) -> Finding {
    let title = format!("`{}` could not log in", error.identity);
    let finding = Finding::new(&codes::LOGIN, error.location.clone(), title)
        .advice(error.help.clone())
        .subject(format!("login {}", error.identity))
        .evidence("actual", error.reason.clone())
        .related(
            "the step that needs the login",
            step.request.span.location(),
        );
    match error.status {
        Some(status) => finding.evidence("response", status.to_string()),
        None => finding,
    }
}

/// A step names a value that an earlier step did not find.
pub(super) fn nothing_captured(step: &Step, error: &TemplateError) -> Finding {
    let title = format!("“{}” could not be sent: {error}", step.name);
    Finding::new(&codes::CAPTURE, step.request.span.location(), title)
        .advice("An earlier step was to capture this value as an optional one and did not find it.")
        .subject(format!("{} {error}", step.name))
        .evidence("actual", error.to_string())
        .evidence("request", asked(step))
}

/// A live session was refused and then accepted.
pub(super) fn intermittent(step: &Step, refused: u16, accepted: u16) -> Finding {
    let who = step.identity.as_ref().map_or_else(
        || "the session".to_owned(),
        |identity| format!("`{identity}`"),
    );
    let title = format!(
        "“{}” refused {who} with {refused}, and accepted the same request a moment later",
        step.name
    );
    let code: CodeInfo = codes::INTERMITTENT_AUTH;
    Finding::new(&code, step.request.span.location(), title)
        .advice(
            "The login works, but not every time. Usually several instances do not share sessions or \
             signing keys, one instance still has old settings, or a cache or a clock is out of step. \
             Look at how many instances run, whether all have the same secrets, and where sessions are \
             kept. Repeating the check would only hide it.",
        )
        .subject(format!("intermittent-auth {}", step.request.name()))
        .evidence("expected", "the same answer to the same session")
        .evidence("actual", format!("{refused}, then {accepted}"))
        .evidence("request", asked(step))
}

fn asked(step: &Step) -> String {
    match &step.identity {
        Some(identity) => format!("{} as {identity}", step.request.name()),
        None => format!("{} without a login", step.request.name()),
    }
}

fn title(step: &Step, unmet: &Unmet) -> String {
    let (name, target) = (&step.name, &unmet.target);
    match unmet.aspect {
        Aspect::Status => format!(
            "“{name}” answered {} instead of {}",
            unmet.actual, unmet.expected
        ),
        Aspect::Time => format!(
            "“{name}” took {}, expected {}",
            unmet.actual, unmet.expected
        ),
        _ if unmet.expected == "a JSON body" => format!("“{name}” did not answer with JSON"),
        Aspect::Json if unmet.actual == "nothing there" => format!("“{name}”: {target} is missing"),
        Aspect::Json if unmet.empty => format!("“{name}” came back empty at {target}"),
        Aspect::Json => format!("“{name}” has the wrong value at {target}"),
        Aspect::Header if unmet.actual == "nothing there" => {
            format!("“{name}” lacks the header {target}")
        }
        Aspect::Header => format!("“{name}” has the wrong header {target}"),
        Aspect::Cookie => format!("“{name}” has the wrong cookie {target}"),
        Aspect::Body => format!("“{name}” has the wrong {target}"),
        Aspect::Redirect => format!("“{name}” ended up at the wrong place ({target})"),
    }
}

/// Scheme and host of an address; the rest may hold a token.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| host + at);
    &url[..end]
}

/// An address without its query, which may hold a token.
fn path_of(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}
