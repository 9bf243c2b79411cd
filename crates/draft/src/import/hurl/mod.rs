//! Files of Hurl: each becomes a flow.

mod parse;
mod query;
mod value;

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value as Json;
use tidegate_core::template::escape;

use super::Source;
use super::error::{ImportError, text};
use super::model::{Auth, Body, Content, Draft, Journey, LeftOut, Part as FormPart, Step};
use super::names::kebab;
use super::request::{self, address, headers};
use parse::{Entry, Line, Part};
use value::Names;

/// The longest value of a variable that is written out wherever it is named, in bytes.
const GIVEN: usize = 1_000;

/// How to mend a file that is none of Hurl.
const HELP: &str = "Check it with `hurl --test`: what Hurl takes is read here, too.";

/// Reads files of Hurl.
///
/// # Errors
/// When a line is none that Hurl knows, with its place.
pub(crate) fn read(sources: &[Source<'_>]) -> Result<Draft, ImportError> {
    let mut draft = Draft {
        name: "portal".to_owned(),
        ..Draft::default()
    };
    for source in sources {
        let text = text(source)?;
        let entries = parse::entries(text).map_err(|(line, what)| ImportError::Syntax {
            file: source.name.to_owned(),
            line,
            column: 1,
            what,
            help: HELP,
        })?;
        let mut reader = Reader {
            file: source.name,
            names: names(&entries),
            journey: Journey {
                name: journey_name(source.name),
                ..Journey::default()
            },
        };
        for entry in &entries {
            reader.entry(entry);
        }
        draft.journeys.push(reader.journey);
    }
    Ok(draft)
}

fn journey_name(file: &str) -> String {
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    kebab(file.strip_suffix(".hurl").unwrap_or(file), "journey")
}

/// What the entries capture, and what their options give to variables.
fn names(entries: &[Entry]) -> Names {
    let mut names = Names::default();
    for entry in entries {
        if let Some((_, _, part)) = &entry.response {
            for line in section(part, &["Captures"]) {
                if let Some((name, _)) = line.text.split_once(':') {
                    names.captured.insert(name.trim().to_owned());
                }
            }
        }
        for line in section(&entry.request, &["Options"]) {
            let variable = line
                .text
                .strip_prefix("variable:")
                .and_then(|rest| rest.split_once('='));
            if let Some((name, value)) = variable {
                let value = value.trim().trim_matches('"');
                // A longer one would stand again wherever it is named: it has to be set.
                if value.len() <= GIVEN {
                    let name = name.trim().to_owned();
                    names.given.insert(name, value.to_owned());
                }
            }
        }
    }
    names
}

/// The lines of the sections with these names.
fn section<'p>(part: &'p Part, wanted: &[&str]) -> Vec<&'p Line> {
    let sections = part
        .sections
        .iter()
        .filter(|(name, _)| wanted.contains(&name.as_str()));
    sections.flat_map(|(_, lines)| lines).collect()
}

struct Reader<'r> {
    file: &'r str,
    names: Names,
    journey: Journey,
}

impl Reader<'_> {
    fn left(&mut self, line: usize, what: impl Into<String>, why: impl Into<String>) {
        let place = format!("{}:{line}", self.file);
        self.journey.left_out.push(LeftOut::new(place, what, why));
    }

    /// A line as `key: value`.
    fn pair(&self, line: &Line) -> Option<(String, String)> {
        let (mut at, mut escaped) = (None, false);
        for (place, letter) in line.text.char_indices() {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                ':' => {
                    at = Some(place);
                    break;
                }
                _ => {}
            }
        }
        let at = at?;
        let (key, value) = (line.text[..at].trim(), line.text[at + 1..].trim());
        let key = key.trim_matches('"');
        Some((self.names.template(key), self.names.template(value)))
    }

    fn pairs(&mut self, lines: &[&Line]) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for line in lines {
            match self.pair(line) {
                Some((key, _)) if key.contains("${") => {
                    self.left(line.number, "a pair", "its name has a variable");
                }
                Some(pair) => pairs.push(pair),
                None => self.left(line.number, "a line", "it has no `name: value`"),
            }
        }
        pairs
    }

    fn entry(&mut self, entry: &Entry) {
        let place = format!("{}:{}", self.file, entry.line);
        let Some(method) = request::method(&entry.method) else {
            self.journey.left_out.push(request::unknown_method(&place));
            return;
        };
        let mut step = Step {
            place,
            method,
            name: entry
                .comment
                .as_ref()
                .map(|comment| comment.chars().take(80).collect()),
            ..Step::default()
        };
        let parsed = address(&self.names.raw(&entry.url), "http");
        step.target = parsed.target;
        step.query = parsed.query;
        step.auth = parsed
            .user
            .map(|(user, password)| Auth::Basic { user, password });
        if !self.request(&mut step, &entry.request) {
            return;
        }
        if let Some((version, status, part)) = &entry.response {
            self.response(&mut step, entry.line, version, status, part);
        }
        self.journey.steps.push(step);
    }

    fn request(&mut self, step: &mut Step, part: &Part) -> bool {
        let own: Vec<&Line> = part.headers.iter().collect();
        let mut pairs = self.pairs(&own);
        pairs.extend(self.pairs(&section(part, &["Headers"])));
        headers(step, pairs, &mut self.journey.left_out);
        let query = self.pairs(&section(part, &["QueryStringParams", "Query"]));
        step.query.extend(query);
        let cookies = self.pairs(&section(part, &["Cookies"]));
        if !cookies.is_empty() {
            let cookies: Vec<String> = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            step.headers.push(("cookie".to_owned(), cookies.join("; ")));
        }
        for line in section(part, &["BasicAuth"]) {
            if let Some((user, password)) = self.pair(line) {
                step.auth = Some(Auth::Basic { user, password });
            }
        }
        let form = self.pairs(&section(part, &["FormParams", "Form"]));
        if !form.is_empty() {
            step.body = Body::Form(form);
            request::implied(step);
        }
        let multipart = section(part, &["MultipartFormData", "Multipart"]);
        if !multipart.is_empty() {
            self.multipart(step, &multipart);
        }
        if let Some((line, body)) = &part.body {
            self.body(step, *line, body);
        }
        let options: Vec<Line> = section(part, &["Options"]).into_iter().cloned().collect();
        options.iter().all(|line| self.option(step, line))
    }

    fn multipart(&mut self, step: &mut Step, lines: &[&Line]) {
        let pairs = self.pairs(lines);
        let parts: Vec<(String, FormPart)> = pairs
            .into_iter()
            .map(|(name, value)| {
                let file = value
                    .strip_prefix("file,")
                    .and_then(|rest| rest.split_once(';'));
                let part = match file {
                    Some((path, kind)) => FormPart {
                        content: Content::File(path.trim().to_owned()),
                        name: None,
                        content_type: Some(kind.trim().to_owned()).filter(|kind| !kind.is_empty()),
                    },
                    None => FormPart {
                        content: Content::Text(value),
                        name: None,
                        content_type: None,
                    },
                };
                (name, part)
            })
            .collect();
        if request::distinct(&parts) {
            step.body = Body::Multipart(parts);
            request::implied(step);
        } else {
            self.journey.left_out.push(LeftOut::new(
                &step.place,
                "a multipart body",
                "two of its parts have one name",
            ));
        }
    }

    fn body(&mut self, step: &mut Step, line: usize, body: &parse::Body) {
        let (kind, text) = match body {
            parse::Body::Json(text) => (Some("application/json"), self.names.raw(text)),
            parse::Body::Text(text) => (
                text.starts_with('<').then_some("application/xml"),
                self.names.raw(text),
            ),
            parse::Body::Typed(kind, text) if kind == "graphql" => {
                step.body = graphql(&self.names, text);
                request::implied(step);
                return;
            }
            parse::Body::Typed(kind, text) => {
                let kind = match kind.as_str() {
                    "json" => Some("application/json"),
                    "xml" => Some("application/xml"),
                    _ => None,
                };
                (kind, self.names.raw(text))
            }
            parse::Body::File(path) => {
                step.body = Body::File(self.names.template(path));
                return;
            }
            parse::Body::Base64(text) => {
                let compact: String = text
                    .chars()
                    .filter(|letter| !letter.is_whitespace())
                    .collect();
                let decoded = BASE64_STANDARD
                    .decode(compact)
                    .ok()
                    .and_then(|bytes| String::from_utf8(bytes).ok());
                match decoded {
                    Some(text) => (None, escape(&text)),
                    None => {
                        return self.left(
                            line,
                            "a body in base64",
                            "it is no text; put it into a file and name it with `file:`",
                        );
                    }
                }
            }
            parse::Body::Hex(text) => match hex(text) {
                Some(text) => (None, escape(&text)),
                None => {
                    return self.left(
                        line,
                        "a body in hexadecimal",
                        "it is no text; put it into a file and name it with `file:`",
                    );
                }
            },
        };
        if request::content_type(step).is_none()
            && let Some(kind) = kind
        {
            step.headers
                .push(("content-type".to_owned(), kind.to_owned()));
        }
        if kind.is_none() && request::content_type(step).is_none() {
            // Without a content type nobody would take it for more than a text.
            step.body = Body::Text(text);
            return;
        }
        request::body(step, &text, &mut self.journey.left_out);
    }

    /// Whether the entry is still a step after this option.
    fn option(&mut self, step: &mut Step, line: &Line) -> bool {
        let Some((name, value)) = line.text.split_once(':') else {
            self.left(line.number, "an option", "it has no `name: value`");
            return true;
        };
        let (name, value) = (name.trim(), value.trim());
        match name {
            "skip" if value == "true" => {
                self.left(step_line(&step.place), step.title(), "it is skipped in the file, too");
                return false;
            }
            "max-redirs" => step.redirects = value.parse().ok(),
            "max-time" => step.timeout = Some(period(value, "s")),
            "retry" => {
                let times = value.parse::<i64>().unwrap_or(1);
                if times != 0 {
                    let seconds = if times < 0 { 60 } else { times.clamp(1, 600) };
                    step.retry = Some(("1s".to_owned(), format!("{seconds}s")));
                }
            }
            "retry-interval" => {
                let every = period(value, "ms");
                if let Some((known, _)) = &mut step.retry {
                    *known = every;
                }
            }
            "user" => {
                let (user, password) = value.trim_matches('"').split_once(':').unwrap_or((value, ""));
                step.auth = Some(Auth::Basic { user: self.names.template(user), password: self.names.template(password) });
            }
            "skip" | "variable" | "location" | "location-trusted" | "compressed" | "verbose" | "very-verbose"
            | "verbosity" | "output" | "http1.1" | "http2" | "ipv4" | "ipv6" | "path-as-is" => {}
            "insecure" | "cacert" | "cert" | "key" | "pinnedpubkey" => self.left(
                line.number,
                format!("the option {name}"),
                "certificates are always checked; a private authority is named with `ca:` of the environment",
            ),
            _ => self.left(line.number, format!("the option {name}"), "a gate file has no place for it"),
        }
        true
    }

    fn response(&mut self, step: &mut Step, line: usize, version: &str, status: &str, part: &Part) {
        if !version.is_empty() && version != "1.1" {
            self.left(
                line,
                "the version of HTTP",
                "which version is spoken is not for a gate file",
            );
        }
        if status != "*" {
            match status.parse::<u16>() {
                Ok(status) if (100..600).contains(&status) => {
                    step.expect.status.push(status.to_string());
                }
                _ => self.left(line, "the status", "it is no status of HTTP"),
            }
        }
        for line in &part.headers {
            for (name, value) in self.pairs(&[line]) {
                let name = name.to_ascii_lowercase();
                let fits = step.expect.about("headers", &name, "equals", value.into());
                if !fits {
                    let what = format!("a second value of the header `{name}`");
                    self.left(line.number, what, "a step expects one of each header");
                }
            }
        }
        for line in section(part, &["Asserts"]) {
            let added = query::assert(&line.text, &self.names, &mut step.expect);
            if let Err(why) = added {
                self.left(
                    line.number,
                    format!("the assert `{}`", head(&line.text)),
                    why,
                );
            }
        }
        for line in section(part, &["Captures"]) {
            let Some((name, query)) = line.text.split_once(':') else {
                self.left(line.number, "a capture", "it has no `name: query`");
                continue;
            };
            match query::capture(name.trim(), query, &self.names) {
                Ok(capture) => step.captures.push(capture),
                Err(why) => self.left(line.number, format!("the capture `{}`", head(name)), why),
            }
        }
        if let Some((line, body)) = &part.body {
            self.expected_body(step, *line, body);
        }
    }

    fn expected_body(&mut self, step: &mut Step, line: usize, body: &parse::Body) {
        let added = match body {
            parse::Body::Json(text) => match request::json(&self.names.raw(text)) {
                Some(json) => step.expect.about("json", "$", "equals", json),
                None => step
                    .expect
                    .whole("body", "equals", Json::from(self.names.raw(text))),
            },
            parse::Body::Text(text) | parse::Body::Typed(_, text) => {
                step.expect
                    .whole("body", "equals", Json::from(self.names.raw(text)))
            }
            _ => false,
        };
        if !added {
            self.left(
                line,
                "the body of the answer",
                "it is compared with a file or with bytes",
            );
        }
    }
}

/// The line of a place `file:line`.
fn step_line(place: &str) -> usize {
    place
        .rsplit(':')
        .next()
        .and_then(|line| line.parse().ok())
        .unwrap_or(1)
}

/// The words that a line begins with, without texts in quotes.
fn head(line: &str) -> String {
    let before = line
        .split(['"', '`', '/'])
        .next()
        .unwrap_or_default()
        .trim();
    let mut clipped: String = before
        .chars()
        .filter(|letter| !letter.is_control())
        .take(40)
        .collect();
    if before.len() < line.trim().len() {
        clipped.push('…');
    }
    clipped
}

/// A length of time; a bare number has the usual unit.
fn period(value: &str, unit: &str) -> String {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        format!("{value}{unit}")
    } else {
        value.to_owned()
    }
}

fn hex(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let bytes = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<Vec<u8>>>()?).ok()
}

/// The query with the variables behind it.
fn graphql(names: &Names, text: &str) -> Body {
    let (query, variables) = match text.rfind("\nvariables") {
        Some(at) => (
            &text[..at],
            request::json(&names.raw(&text[at + "\nvariables".len()..])),
        ),
        None => (text, None),
    };
    let mut map = serde_json::Map::from_iter([("query".to_owned(), Json::from(names.raw(query)))]);
    if let Some(variables) = variables {
        map.insert("variables".to_owned(), variables);
    }
    Body::Json(Json::Object(map))
}
