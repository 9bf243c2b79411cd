//! The world of a case that says its answers itself.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use globset::GlobBuilder;
use tidegate_core::diagnostic::nearest;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::plugin::{Access, Destination};

use super::answer::Answer;
use super::case::Fake;
use super::files;
use super::route::{Route, parts};
use super::run::Asked;
use crate::capability::{Powers, origin};
use crate::deadline::Deadline;
use crate::imports::Imports;
use crate::interface::files::FilesError;
use crate::interface::http::{HttpError, Place, Request, Response, Timings};
use crate::interface::recorded::Exchange;

/// Methods that change nothing (RFC 9110, 9.2.1).
const READING: &[&str] = &["GET", "HEAD", "OPTIONS"];

/// The fake, and what was asked of it.
pub(super) struct World {
    fake: Fake,
    powers: Powers,
    identity: Option<String>,
    target: String,
    asked: Arc<Mutex<Asked>>,
}

impl World {
    pub(super) fn new(
        fake: Fake,
        powers: Powers,
        identity: Option<String>,
        target: String,
        asked: Arc<Mutex<Asked>>,
    ) -> Self {
        Self {
            fake,
            powers,
            identity,
            target,
            asked,
        }
    }

    /// Why a request may not be sent.
    fn denied(&self, request: &Request) -> Option<String> {
        let reads = READING.contains(&request.method.as_str());
        let (to, allowed) = match &request.place {
            Place::Target(_) => (
                Destination::Target,
                match self.powers.target {
                    Some(Access::Write) => true,
                    Some(Access::Read) => reads,
                    None => false,
                },
            ),
            Place::Api((name, _)) => {
                let name = ApiName::new(name.as_str());
                let allowed = self.powers.apis.contains(&name);
                (Destination::Api(name), allowed)
            }
            Place::Url(url) => {
                let (on, _) = parts(&Place::Url(url.clone()));
                let Ok(host) = origin(&on.unwrap_or_default()) else {
                    return Some(format!("`{url}` is no address of a host"));
                };
                let allowed = self.powers.hosts.contains(&host);
                (Destination::Host(host), allowed)
            }
        };
        if !allowed {
            return Some(format!(
                "{} is not both asked for and granted",
                what(request, &to)
            ));
        }
        self.not_its_identity(request)
            .or_else(|| self.not_its_secret(request, &to))
    }

    fn not_its_identity(&self, request: &Request) -> Option<String> {
        let who = request.identity.as_deref().filter(|who| !who.is_empty())?;
        let known = self.identity.as_deref() == Some(who)
            || self.powers.identities.contains(&IdentityName::new(who));
        (!known).then(|| format!("the identity `{who}` is not granted: add it to `identities` under `context` of the case"))
    }

    fn not_its_secret(&self, request: &Request, to: &Destination) -> Option<String> {
        let named = request
            .headers
            .iter()
            .flat_map(|header| secrets(&header.value));
        named.into_iter().find_map(|name| {
            let granted = self.powers.secrets.iter().find(|(known, _)| known == name);
            match granted {
                None => Some(format!(
                    "the secret `{name}` is not both asked for and granted"
                )),
                Some((_, may)) if !may.contains(to) => {
                    Some(format!("the secret `{name}` may not be sent there"))
                }
                Some(_) => None,
            }
        })
    }

    fn answer(&mut self, request: &Request, line: &str) -> Result<Response, HttpError> {
        let (on, path) = parts(&request.place);
        let identity = match &request.place {
            Place::Url(_) => None,
            _ => request.identity.clone().or_else(|| self.identity.clone()),
        };
        let mut routes = self.fake.routes.iter_mut();
        let found = routes.find(|route| {
            route.answers(&request.method, on.as_deref(), &path, identity.as_deref())
        });
        let Some(route) = found else {
            let reason = format!("the case has no answer to {line}");
            self.note(|asked| asked.missing.push(line.to_owned()));
            return Err(HttpError::Connect(reason));
        };
        route.used();
        if let Some(limit) = request.timeout
            && route.delay > Duration::from_millis(limit.into())
        {
            return Err(HttpError::Timeout(format!("no answer within {limit} ms")));
        }
        let url = match &request.place {
            Place::Url(url) => url.clone(),
            Place::Target(path) => format!("{}{path}", self.target),
            Place::Api((name, path)) => format!("https://{name}.example{path}"),
        };
        route
            .answer
            .clone()
            .map(|answer| response(answer, route, request, url))
    }

    fn note(&self, change: impl FnOnce(&mut Asked)) {
        // What a panicking thread left is still what was asked.
        change(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Imports for World {
    fn send(&mut self, request: Request, _deadline: Deadline) -> Result<Response, HttpError> {
        let line = line(&request, self.identity.as_deref());
        let answer = match self.denied(&request) {
            Some(reason) => Err(HttpError::Denied(reason)),
            None => self.answer(&request, &line),
        };
        let came = match &answer {
            Ok(response) => response.status.to_string(),
            Err(error) => said(error),
        };
        self.note(|asked| asked.requests.push(format!("{line} → {came}")));
        answer
    }

    fn page(&mut self, after: u64, limit: u32) -> Result<(Vec<Exchange>, Option<u64>), String> {
        if !self.powers.recorded {
            return Err(
                "reading what other checks sent and received is not both asked for and granted"
                    .to_owned(),
            );
        }
        let all = &self.fake.recorded;
        let begin = usize::try_from(after).unwrap_or(usize::MAX).min(all.len());
        let end = begin.saturating_add(limit as usize).min(all.len());
        let next = (end < all.len()).then_some(end as u64);
        Ok((all[begin..end].to_vec(), next))
    }

    fn find(&mut self, glob: &str) -> Result<Vec<String>, FilesError> {
        let matching = GlobBuilder::new(glob).literal_separator(true).build();
        let matching = matching
            .map_err(|error| FilesError::Denied(format!("`{glob}` is no glob: {}", error.kind())))?
            .compile_matcher();
        let Some(folder) = &self.fake.files else {
            return Ok(Vec::new());
        };
        let all = files::all(folder).map_err(|error| FilesError::Unreadable(error.to_string()))?;
        Ok(all
            .into_iter()
            .filter(|path| matching.is_match(path) && self.powers.files.allows(path))
            .collect())
    }

    fn read(&mut self, path: &str, limit: u32) -> Result<Vec<u8>, FilesError> {
        if !files::inside(path) || !self.powers.files.allows(path) {
            return Err(FilesError::Denied(format!(
                "no granted glob matches `{path}`"
            )));
        }
        let missing = || FilesError::Missing(path.to_owned());
        let folder = self.fake.files.as_ref().ok_or_else(missing)?;
        if !folder.join(path).is_file() {
            return Err(missing());
        }
        let content = files::beside(folder, path).map_err(FilesError::Unreadable)?;
        if content.len() > limit as usize {
            return Err(FilesError::TooLarge(limit.into()));
        }
        Ok(content)
    }
}

/// A request in one line: `GET /api/invoices as anna`.
pub(super) fn line(request: &Request, own: Option<&str>) -> String {
    let (on, path) = parts(&request.place);
    let on = match &request.place {
        Place::Url(_) => on.unwrap_or_default(),
        _ => on.map(|name| format!("{name}:")).unwrap_or_default(),
    };
    let who = match (&request.place, request.identity.as_deref().or(own)) {
        (Place::Url(_), _) | (_, None | Some("")) => String::new(),
        (_, Some(who)) => format!(" as {who}"),
    };
    format!("{} {on}{path}{who}", request.method)
}

/// The known line that comes nearest to one that is not known.
pub(super) fn closest<'l>(line: &str, known: &[&'l str]) -> Option<&'l str> {
    nearest(line, known).or_else(|| {
        let common = |other: &str| {
            line.bytes()
                .zip(other.bytes())
                .take_while(|(one, two)| one == two)
                .count()
        };
        known.iter().copied().max_by_key(|other| common(other))
    })
}

/// The requests that a fake answers, as [`line`] writes them.
pub(super) fn known(fake: &Fake) -> Vec<String> {
    fake.routes.iter().map(Route::line).collect()
}

fn what(request: &Request, to: &Destination) -> String {
    match to {
        Destination::Target => format!("{} to the environment", request.method),
        Destination::Api(name) => format!("a request to the API `{name}`"),
        Destination::Host(host) => format!("a request to {host}"),
    }
}

/// The names in `${NAME}` of a header.
fn secrets(value: &str) -> Vec<&str> {
    let parts = value.split("${").skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}

/// Why nothing came back, in words.
pub(super) fn said(error: &HttpError) -> String {
    match error {
        HttpError::Denied(reason) => format!("denied: {reason}"),
        HttpError::Invalid(reason) => format!("no proper request: {reason}"),
        HttpError::Dns(reason) => format!("no such host: {reason}"),
        HttpError::Connect(reason) => format!("nobody answers: {reason}"),
        HttpError::Tls(reason) => format!("no secure connection: {reason}"),
        HttpError::Timeout(reason) => format!("too slow: {reason}"),
        HttpError::Login(reason) => format!("no login: {reason}"),
        HttpError::Broken(reason) => format!("broken off: {reason}"),
    }
}

/// The answer as if it had come by the network; nobody waited for it.
fn response(answer: Answer, route: &Route, request: &Request, url: String) -> Response {
    let limit = request
        .body_limit
        .map_or(usize::MAX, |limit| limit as usize);
    let truncated = answer.body.len() > limit;
    let mut body = answer.body;
    body.truncate(limit);
    let time = u64::try_from(route.delay.as_micros()).unwrap_or(u64::MAX);
    Response {
        status: answer.status,
        headers: answer.headers,
        body,
        truncated,
        url,
        redirects: Vec::new(),
        timings: Timings {
            dns: None,
            connect: None,
            tls: None,
            first_byte: time,
            download: 0,
            total: time,
        },
    }
}
