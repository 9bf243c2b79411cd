//! Services that somebody else runs for the portal, asked from outside with what every visitor has.
//!
//! Rows and files are counted; nothing of one is kept, and nothing of an answer's body gets into a text.

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context, Doubt, Inconclusive};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::ports::http::{Body, Purpose, Request, Response, SessionId, Target};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;

use crate::attack::{Answer, Sender};
use crate::budget;
use crate::naming::words;

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 60;
/// The least that it may say.
const LEAST: u32 = 4;
/// The most that it may say.
const LIMIT: u32 = 500;

/// The most bytes of an answer that is only counted.
const COUNTED: usize = 256 * 1024;

/// The longest part of a name that is shown, in characters.
const NAME: usize = 64;

/// The most reasons that are told; the rest are counted.
const REASONS: usize = 8;

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    /// A visitor who never logged in.
    Stranger,
    /// A declared identity in its session.
    Identity(IdentityName, SessionId),
    /// An account that was just made, with the headers or the query parameters that prove it.
    Anonymous {
        /// Headers to add.
        headers: Vec<(String, Sensitive)>,
        /// Query parameters to add.
        query: Vec<(String, Sensitive)>,
    },
}

impl Who {
    /// As the end of a sentence: `without a login`.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Stranger => "without a login".to_owned(),
            Self::Identity(name, _) => format!("as {name}"),
            Self::Anonymous { .. } => "as an anonymous user".to_owned(),
        }
    }

    fn name(&self) -> Option<IdentityName> {
        match self {
            Self::Stranger => None,
            Self::Identity(name, _) => Some(name.clone()),
            Self::Anonymous { .. } => Some("an anonymous user".into()),
        }
    }
}

/// A request to a service.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// In capitals.
    pub(crate) method: &'static str,
    /// The entry under `apis:`.
    pub(crate) api: ApiName,
    /// With its query.
    pub(crate) path: String,
    /// As it is shown: without a query.
    pub(crate) route: String,
    /// Beside those of the api.
    pub(crate) headers: Vec<(String, Sensitive)>,
    /// Encoded by the client.
    pub(crate) query: Vec<(String, Sensitive)>,
    /// Sent as JSON.
    pub(crate) body: Option<Json>,
    /// The most bytes of the answer.
    pub(crate) cap: usize,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// The line of the gate file behind it.
    pub(crate) location: Location,
}

impl Ask {
    /// A GET; what stands behind `?` is not shown.
    pub(crate) fn get(api: &ApiName, path: String, location: Location) -> Self {
        let route = path.split('?').next().unwrap_or_default().to_owned();
        Self {
            method: "GET",
            api: api.clone(),
            path,
            route,
            headers: Vec::new(),
            query: Vec::new(),
            body: None,
            cap: COUNTED,
            purpose: Purpose::Attack,
            location,
        }
    }

    /// A POST of JSON.
    pub(crate) fn post(api: &ApiName, path: String, body: Json, location: Location) -> Self {
        Self {
            method: "POST",
            body: Some(body),
            ..Self::get(api, path, location)
        }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn header(mut self, name: &str, value: impl Into<Sensitive>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// As people name it: `GET /rest/v1/clients`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.route)
    }

    /// The request of a check.
    pub(crate) fn request(&self, context: &Context, who: &Who) -> Request {
        let target = Target::Path {
            api: Some(self.api.clone()),
            path: self.path.as_str().into(),
        };
        let mut cause = context.cause(context.span());
        cause.location = self.location.clone();
        let mut request = Request::new(self.method, target, &self.route, cause);
        request.purpose = self.purpose;
        request.body_cap = self.cap;
        request.headers.clone_from(&self.headers);
        request.query.clone_from(&self.query);
        if let Some(body) = &self.body {
            request.body = Body::Json(Sensitive::new(body.to_string()));
        }
        match who {
            Who::Stranger => {}
            Who::Identity(_, session) => request.session = Some(*session),
            Who::Anonymous { headers, query } => {
                request.headers.extend(headers.iter().cloned());
                request.query.extend(query.iter().cloned());
            }
        }
        request
    }
}

/// What is asked in one attempt, and what came of it.
pub(crate) struct Asker<'a> {
    /// Sends within the budget.
    pub(crate) sender: Sender<'a>,
    /// What was found.
    pub(crate) report: CheckReport,
    /// What could not be proven, each in a plain sentence.
    pub(crate) unproven: Vec<String>,
}

impl<'a> Asker<'a> {
    /// Begins with a budget of requests.
    ///
    /// # Errors
    /// When the kind does not declare the ports that it needs.
    pub(crate) fn new(context: &'a Context, most: u32) -> Result<Self, CheckError> {
        Ok(Self {
            sender: Sender::new(context, most)?,
            report: CheckReport::default(),
            unproven: Vec::new(),
        })
    }

    /// The attempt.
    pub(crate) fn context(&self) -> &'a Context {
        self.sender.context
    }

    /// Sends a request; the reason when there is no answer.
    ///
    /// # Errors
    /// When the gate file is at fault that there is none.
    pub(crate) async fn ask(
        &mut self,
        ask: &Ask,
        who: &Who,
    ) -> Result<Result<Response, String>, CheckError> {
        let request = ask.request(self.context(), who);
        Ok(match self.sender.send(request).await? {
            Answer::Response(response) => Ok(*response),
            silent => Err(silent.missing().unwrap_or_default()),
        })
    }

    /// Counts an expectation that was evaluated.
    pub(crate) fn evaluated(&mut self) {
        self.report.evaluated = self.report.evaluated.saturating_add(1);
    }

    /// Adds something that is wrong.
    pub(crate) fn found(&mut self, finding: Finding) {
        self.evaluated();
        self.report.findings.push(finding);
    }

    /// Adds what a reader should know.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.report.notes.push(note.into());
    }

    /// Says that something could not be proven, and what to do.
    pub(crate) fn doubt(&mut self, reason: impl Into<String>) {
        self.unproven.push(reason.into());
    }

    /// The report; without evidence it is inconclusive.
    pub(crate) fn finish(mut self) -> CheckReport {
        let mut reasons: Vec<String> = self.sender.stopped.take().into_iter().collect();
        for reason in self.unproven {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        if reasons.is_empty() && self.report.evaluated == 0 {
            reasons.push("Nothing of it answered in a way that proves anything.".to_owned());
        }
        if reasons.len() > REASONS {
            let more = reasons.len() - REASONS;
            reasons.truncate(REASONS);
            reasons.push(format!("And {more} more."));
        }
        if !reasons.is_empty() {
            self.report.inconclusive = Some(Inconclusive {
                reason: Doubt::NoEvidence,
                text: reasons.join(" "),
            });
        }
        self.report
    }
}

/// The budget of requests that a gate file gives; tells one that is too small or too large.
pub(crate) fn most(written: Option<&Located<u32>>, faults: &mut Vec<Diagnostic>) -> u32 {
    budget::check(written, &(LEAST..=LIMIT), faults);
    written.map_or(MOST, |most| most.value)
}

/// The schema of a list of names.
pub(crate) fn names_schema(description: &str) -> Json {
    serde_json::json!({ "type": "array", "description": description, "items": { "type": "string" } })
}

/// The schema of that budget.
pub(crate) fn most_schema() -> Json {
    serde_json::json!({
        "type": "integer",
        "description": format!("The most requests of one run, {MOST} when absent."),
        "minimum": LEAST,
        "maximum": LIMIT,
    })
}

/// A request and its answer in one line, with nothing of the answer's body.
pub(crate) fn seen(ask: &Ask, who: &Who, response: &Response, remark: &str) -> String {
    crate::attack::seen(&ask.name(), who.name().as_ref(), response, remark)
}

/// The body as JSON, when it is whole and not deeper than JSON of people ever is.
pub(crate) fn json(response: &Response) -> Option<Json> {
    if response.truncated {
        return None;
    }
    serde_json::from_slice(&response.body).ok()
}

/// Whether an answer is a page.
pub(crate) fn is_page(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    if response.body.is_empty() {
        return false;
    }
    kind.contains("html") || response.body.trim_ascii_start().starts_with(b"<")
}

/// A name as a part of a path (RFC 3986, 2.3).
pub(crate) fn segment(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// A name that came from outside, as it may be shown.
pub(crate) fn shown(name: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_control());
    letters.take(NAME).collect()
}

/// Names in a row, the first few of many.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    const MOST: usize = 12;
    let names: Vec<&str> = names.into_iter().collect();
    let told: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    match names.len().saturating_sub(MOST) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    }
}

/// Whether a name stands in a list of the gate file.
pub(crate) fn names(list: &[Located<String>], name: &str) -> bool {
    list.iter().any(|known| known.value == name)
}

/// Whether the name of a column speaks of what nobody else should read.
pub(crate) fn is_sensitive(column: &str) -> bool {
    const ALONE: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "ssn",
        "iban",
        "cvv",
        "cvc",
        "otp",
        "totp",
        "pin",
        "passport",
        "salary",
    ];
    const PAIRS: &[(&str, &str)] = &[
        ("api", "key"),
        ("private", "key"),
        ("access", "key"),
        ("card", "number"),
        ("credit", "card"),
        ("tax", "id"),
        ("social", "security"),
        ("bank", "account"),
        ("recovery", "code"),
    ];
    let words = words(column);
    let alone = words.iter().any(|word| ALONE.contains(&word.as_str()));
    let pair = |pair: &[String]| {
        let pair = (pair[0].as_str(), pair[1].as_str());
        PAIRS.contains(&pair)
    };
    alone || words.windows(2).any(pair)
}

/// An amount and what it counts, as in `1 row` and `12 rows`.
pub(crate) fn amount(number: u64, one: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {one}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_speak_of_secrets_are_told_from_others() {
        for name in [
            "password_hash",
            "apiKey",
            "IBAN",
            "reset-token",
            "card_number",
        ] {
            assert!(is_sensitive(name), "{name}");
        }
        for name in [
            "title",
            "tokenized",
            "pinned",
            "keyboard",
            "id",
            "card_title",
        ] {
            assert!(!is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn a_name_from_outside_neither_leaves_its_segment_nor_the_line() {
        assert_eq!(segment("a/../b?c#d é"), "a%2F..%2Fb%3Fc%23d%20%C3%A9");
        assert_eq!(shown("a\n\u{1b}[31mb"), "a[31mb");
    }
}
