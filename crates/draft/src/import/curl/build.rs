//! A request out of the options of a command.

use super::super::model::{Auth, Body, Content, Journey, LeftOut, Part, Step};
use super::super::request::{self, address, headers, pairs};
use super::super::values::{append, references};
use super::options::{About, Data};

/// How many things that were told last are not told again.
const TOLD: usize = 64;

/// What a command says about one request, or several that differ in their address.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) urls: Vec<String>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    data: Vec<(Data, String)>,
    parts: Vec<(String, Part)>,
    user: Option<String>,
    bearer: Option<String>,
    cookies: Vec<String>,
    query: Vec<String>,
    upload: Option<String>,
    in_query: bool,
    head: bool,
    timeout: Option<String>,
    redirects: Option<u32>,
    left: Vec<(String, &'static str)>,
}

impl Request {
    /// Takes an option with its value.
    pub(super) fn option(&mut self, name: &str, about: About, value: String) {
        match about {
            About::Method => self.method = Some(value),
            About::Header => self.header(&value),
            About::Data(kind) => self.data.push((kind, value)),
            About::Form(plain) => self.part(&value, plain),
            About::User => self.user = Some(value),
            About::Bearer => self.bearer = Some(value),
            // A name without a value is a file of cookies, which the session of a flow replaces.
            About::Cookie if value.contains('=') => self.cookies.push(value),
            About::Cookie => {}
            About::Get => self.in_query = true,
            About::Head => self.head = true,
            About::Named(header) => {
                let value = if header == "range" {
                    format!("bytes={value}")
                } else {
                    value
                };
                self.headers.push((header.to_owned(), value));
            }
            About::Url => self.urls.push(value),
            About::Query => self.query.push(value),
            About::Upload => self.upload = Some(value),
            About::Time => {
                let seconds = value
                    .parse::<f64>()
                    .ok()
                    .filter(|time| (0.001..=600.0).contains(time));
                self.timeout = seconds.map(|time| format!("{:.0}ms", time * 1000.0));
                if seconds.is_none() {
                    let why = "a step takes from a millisecond to ten minutes";
                    self.left.push((name.to_owned(), why));
                }
            }
            About::Redirects => {
                self.redirects = value.parse().ok();
                if self.redirects.is_none() {
                    let why = "a step follows at most 50 redirects";
                    self.left.push((name.to_owned(), why));
                }
            }
            About::Next | About::Silent => {}
            About::Nowhere(why) => self.left.push((name.to_owned(), why)),
        }
    }

    /// Notes an option that curl does not have.
    pub(super) fn unknown(&mut self, name: &str) {
        self.left
            .push((name.to_owned(), "no such option of curl is known"));
    }

    fn header(&mut self, line: &str) {
        if let Some(file) = line.strip_prefix('@') {
            let _ = file;
            self.left
                .push(("-H @FILE".to_owned(), "headers in a file are not looked at"));
        } else if let Some((name, value)) = line.split_once(':') {
            // `Name:` takes a header away that curl would send.
            if !value.trim().is_empty() {
                self.headers
                    .push((name.trim().to_owned(), value.trim().to_owned()));
            }
        } else if let Some(name) = line.strip_suffix(';') {
            self.headers.push((name.trim().to_owned(), String::new()));
        } else {
            self.left
                .push(("-H".to_owned(), "a header has a name and a value"));
        }
    }

    fn part(&mut self, text: &str, plain: bool) {
        let Some((name, value)) = text.split_once('=') else {
            self.left
                .push(("-F".to_owned(), "a part has a name and a value"));
            return;
        };
        let mut part = Part {
            content: Content::Text(value.to_owned()),
            name: None,
            content_type: None,
        };
        if !plain {
            let mut pieces = value.split(';');
            let first = pieces.next().unwrap_or_default();
            let known = |piece: &str| {
                let (key, value) = piece.trim().split_once('=')?;
                ["type", "filename", "headers", "encoder"]
                    .contains(&key)
                    .then(|| (key.to_owned(), value.trim_matches('"').to_owned()))
            };
            let known: Option<Vec<_>> = pieces.map(known).collect();
            if let Some(known) = known {
                for (key, value) in known {
                    match key.as_str() {
                        "type" => part.content_type = Some(value),
                        "filename" => part.name = Some(value),
                        _ => self.left.push((
                            format!("-F with {key}="),
                            "a part has a type and the name of a file",
                        )),
                    }
                }
                part.content = Content::Text(first.to_owned());
                if let Some(file) = first.strip_prefix('@').or_else(|| first.strip_prefix('<')) {
                    part.content = Content::File(file.trim_matches('"').to_owned());
                }
            }
        }
        self.parts.push((name.to_owned(), part));
    }

    /// Adds the requests to a journey.
    pub(super) fn finish(mut self, place: &str, comment: Option<&str>, journey: &mut Journey) {
        for (name, why) in std::mem::take(&mut self.left) {
            // Requests of one command mostly share their options, which are told once.
            let one = LeftOut::new(place, format!("the option {name}"), why);
            if !journey
                .left_out
                .iter()
                .rev()
                .take(TOLD)
                .any(|known| *known == one)
            {
                journey.left_out.push(one);
            }
        }
        let urls = std::mem::take(&mut self.urls);
        if urls.is_empty() {
            journey
                .left_out
                .push(LeftOut::new(place, "a command", "it names no address"));
        }
        for url in urls {
            let mut step = Step {
                place: place.to_owned(),
                name: comment.map(|comment| comment.chars().take(80).collect()),
                ..Step::default()
            };
            if self.fill(&mut step, &url, journey) {
                journey.steps.push(step);
            }
        }
    }

    fn fill(&self, step: &mut Step, url: &str, journey: &mut Journey) -> bool {
        let left = &mut journey.left_out;
        let parsed = address(url, "http");
        let scheme = parsed
            .target
            .origin
            .as_deref()
            .and_then(|origin| origin.split_once("://"));
        if scheme.is_some_and(|(scheme, _)| !["http", "https"].contains(&scheme)) {
            left.push(LeftOut::new(
                &step.place,
                "an address",
                "only http and https are asked",
            ));
            return false;
        }
        let is_range = |text: &str| text.contains(['{', '[']);
        if is_range(&strip(&parsed.target.path)) {
            left.push(LeftOut::new(
                &step.place,
                "an address with {…} or […]",
                "curl asks several with it; write each of them",
            ));
            return false;
        }
        step.target = parsed.target;
        step.query = parsed.query;
        step.timeout.clone_from(&self.timeout);
        step.redirects = self.redirects;
        let sends = !self.data.is_empty() || !self.parts.is_empty();
        let method = match &self.method {
            Some(method) => method.as_str(),
            None if self.head => "HEAD",
            None if self.upload.is_some() => "PUT",
            None if sends && !self.in_query => "POST",
            None => "GET",
        };
        let Some(method) = request::method(method) else {
            left.push(request::unknown_method(&step.place));
            return false;
        };
        step.method = method;
        headers(step, self.headers.clone(), left);
        if !self.cookies.is_empty() {
            step.headers
                .push(("cookie".to_owned(), self.cookies.join("; ")));
        }
        let user = self
            .user
            .as_deref()
            .map(|user| user.split_once(':').unwrap_or((user, "")));
        let user = user
            .map(|(user, password)| (user.to_owned(), password.to_owned()))
            .or(parsed.user);
        step.auth = user.map(|(user, password)| Auth::Basic { user, password });
        if let Some(token) = &self.bearer {
            step.auth = Some(Auth::Bearer(token.clone()));
        }
        for pair in &self.query {
            match pairs(pair.trim_start_matches('+')) {
                Some(pairs) => step.query.extend(pairs),
                None => left.push(LeftOut::new(
                    &step.place,
                    "the option --url-query",
                    "it is no list of pairs",
                )),
            }
        }
        self.body(step, left);
        true
    }

    fn body(&self, step: &mut Step, left: &mut Vec<LeftOut>) {
        if let Some(file) = &self.upload {
            step.body = Body::File(file.clone());
            return;
        }
        if !self.parts.is_empty() {
            if request::distinct(&self.parts) {
                step.body = Body::Multipart(self.parts.clone());
                step.headers.retain(|(name, _)| name != "content-type");
            } else {
                left.push(LeftOut::new(
                    &step.place,
                    "a multipart body",
                    "two of its parts have one name",
                ));
            }
            return;
        }
        let file = self.data.iter().find_map(|(kind, value)| match kind {
            Data::Raw | Data::Encoded => None,
            _ => value.strip_prefix('@'),
        });
        if let Some(file) = file {
            if file == "-" || self.data.len() > 1 {
                left.push(LeftOut::new(
                    &step.place,
                    "a body",
                    "it comes from standard input or from several places",
                ));
            } else {
                step.body = Body::File(file.to_owned());
                self.typed(step);
            }
            return;
        }
        let texts: Vec<String> = self
            .data
            .iter()
            .map(|(kind, value)| data(*kind, value))
            .collect();
        let is_json = self.data.iter().any(|(kind, _)| *kind == Data::Json);
        let mut text = String::new();
        for one in &texts {
            if !is_json && !text.is_empty() {
                text.push('&');
            }
            append(&mut text, one);
        }
        if self.data.is_empty() {
            return;
        }
        if self.in_query {
            match pairs(&text) {
                Some(more) => step.query.extend(more),
                None => left.push(LeftOut::new(
                    &step.place,
                    "data for the query",
                    "it is no list of pairs",
                )),
            }
            return;
        }
        let said = request::content_type(step).is_some();
        if !said && !is_json && request::json(&text).is_some() {
            step.notes.push(
                "curl sends this JSON as a form, for want of a content type; it is sent as JSON."
                    .to_owned(),
            );
        } else {
            self.typed(step);
        }
        request::body(step, &text, left);
    }

    /// What curl says of a body when nobody else does.
    fn typed(&self, step: &mut Step) {
        if request::content_type(step).is_some() {
            return;
        }
        let is_json = self.data.iter().any(|(kind, _)| *kind == Data::Json);
        let kind = if is_json {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        step.headers
            .push(("content-type".to_owned(), kind.to_owned()));
    }
}

/// An address without its references, whose brackets are none of curl's.
fn strip(path: &str) -> String {
    let mut path = path.to_owned();
    for name in references(&path) {
        path = path.replace(&format!("${{{name}}}"), "");
    }
    path.replace("$${", "")
}

/// A piece of data as it is sent.
fn data(kind: Data, value: &str) -> String {
    if kind != Data::Encoded {
        return value.to_owned();
    }
    match value.split_once('=') {
        Some(("", content)) => request::encoded(content),
        Some((name, content)) => format!("{name}={}", request::encoded(content)),
        None => request::encoded(value),
    }
}
