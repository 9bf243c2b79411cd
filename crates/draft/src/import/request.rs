//! The parts of a request that every format has: address, query, headers, bodies.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value as Json;
use tidegate_core::template::escape;

use super::model::{Body, Content, LeftOut, Part, Step, Target};
use super::values::map_literals;

/// The largest body that is carried over, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// How deep a body may be nested: a gate file is read to 32 levels.
const DEPTH_LIMIT: usize = 20;

/// Headers that the client sets itself.
const FRAMING: &[&str] = &[
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "host",
    "keep-alive",
    "te",
    "expect",
];

/// Headers that tell of the browser and not of the request.
const BROWSER: &[&str] = &[
    "accept-encoding",
    "accept-language",
    "referer",
    "origin",
    "cache-control",
    "pragma",
    "dnt",
    "priority",
    "upgrade-insecure-requests",
    "if-none-match",
    "if-modified-since",
    "purpose",
    "save-data",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "x-client-data",
    "proxy-connection",
    "postman-token",
];

/// What an address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// Where it leads.
    pub(crate) target: Target,
    /// Its query.
    pub(crate) query: Vec<(String, String)>,
    /// User and password, where it has them.
    pub(crate) user: Option<(String, String)>,
}

/// Takes an address apart; `scheme` is what it has when it does not say.
pub(crate) fn address(text: &str, scheme: &str) -> Address {
    let text = text.trim();
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    let (origin, rest) = split_origin(text, scheme);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = if path.is_empty() { "/" } else { path };
    let (origin, user) = match origin {
        Some(origin) => {
            let (origin, user) = without_user(&origin);
            (Some(origin), user)
        }
        None => (None, None),
    };
    let pairs = pairs(query);
    let (path, query) = match pairs {
        Some(pairs) => (path.to_owned(), pairs),
        // A query that is no list of pairs stays as it is.
        None => (format!("{path}?{query}"), Vec::new()),
    };
    Address {
        target: Target {
            on: None,
            origin,
            path: without_breaks(&path),
        },
        query,
        user,
    }
}

/// What stands before the path, and the rest from its slash on.
fn split_origin<'t>(text: &'t str, scheme: &str) -> (Option<String>, &'t str) {
    if text.starts_with('/') && !text.starts_with("//") {
        return (None, text);
    }
    let (begin, after) = match text.split_once("://") {
        Some((own, after)) if own.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
            (format!("{}://", own.to_ascii_lowercase()), after)
        }
        _ if text.starts_with("${") => (String::new(), text),
        _ => (format!("{scheme}://"), text.trim_start_matches('/')),
    };
    let end = end_of_host(after);
    let host = &after[..end];
    if host.is_empty() {
        return (None, &after[end..]);
    }
    // Hosts have no case; whoever stands before them has.
    let (user, host) = host
        .rsplit_once('@')
        .map_or(("", host), |(user, host)| (user, host));
    let host = match host.contains("${") {
        true => host.to_owned(),
        false => host.to_ascii_lowercase(),
    };
    let host = if user.is_empty() {
        host
    } else {
        format!("{user}@{host}")
    };
    let origin = format!("{begin}{host}");
    let usual = match &*begin {
        "https://" => origin.strip_suffix(":443"),
        "http://" => origin.strip_suffix(":80"),
        _ => None,
    };
    (
        Some(usual.map_or(origin.clone(), str::to_owned)),
        &after[end..],
    )
}

/// Where a host ends; what stands in a reference belongs to it.
fn end_of_host(text: &str) -> usize {
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => inside = true,
            '}' => inside = false,
            '/' | '?' | '#' if !inside => return at,
            _ => {}
        }
    }
    text.len()
}

fn without_user(origin: &str) -> (String, Option<(String, String)>) {
    let (scheme, rest) = origin.split_once("://").unwrap_or(("", origin));
    let Some((user, host)) = rest.rsplit_once('@') else {
        return (origin.to_owned(), None);
    };
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let between = if scheme.is_empty() { "" } else { "://" };
    let user = (decoded(name, false), decoded(password, false));
    (format!("{scheme}{between}{host}"), Some(user))
}

/// A path has neither spaces nor line breaks.
fn without_breaks(path: &str) -> String {
    map_literals(path, &|literal| {
        let kept = literal.chars().filter(|letter| !letter.is_control());
        kept.collect::<String>().replace(' ', "%20")
    })
}

/// The pairs of a query or a form; `None` when a part has no value, which is not the same as an empty one.
pub(crate) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=')?;
            let name = decoded(name, true);
            (!name.is_empty() && !name.contains("${")).then(|| (name, decoded(value, true)))
        })
        .collect()
}

/// A text without percent-encoding, with its references.
fn decoded(text: &str, plus: bool) -> String {
    map_literals(text, &|literal| {
        let literal = if plus {
            literal.replace('+', " ")
        } else {
            literal.to_owned()
        };
        percent_decode_str(&literal)
            .decode_utf8_lossy()
            .into_owned()
    })
}

/// What becomes of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is sent.
    Kept,
    /// The client sets it itself.
    Framing,
    /// It tells of the browser.
    Browser,
    /// It is no header that can be sent.
    Improper,
}

/// What becomes of a header that a browser or a tool sent.
pub(crate) fn fate(name: &str, value: &str) -> Fate {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name = name.to_ascii_lowercase();
    if name.starts_with(':') || FRAMING.contains(&&*name) {
        return Fate::Framing;
    }
    if name.is_empty() || !name.bytes().all(token) {
        return Fate::Improper;
    }
    if value
        .chars()
        .any(|letter| letter.is_control() && letter != '\t')
    {
        return Fate::Improper;
    }
    let generic = (name == "accept" && (value.contains("*/*") || value.trim().is_empty()))
        || (name == "user-agent" && value.starts_with("Mozilla/"));
    if generic || name.starts_with("sec-") || BROWSER.contains(&&*name) {
        return Fate::Browser;
    }
    Fate::Kept
}

/// Gives a step the headers that are worth sending; which of a browser were left is told.
pub(crate) fn headers(step: &mut Step, all: Vec<(String, String)>, left: &mut Vec<LeftOut>) {
    let mut browser = Vec::new();
    for (name, value) in all {
        match fate(&name, &value) {
            Fate::Kept => step
                .headers
                .push((name.to_ascii_lowercase(), value.trim().to_owned())),
            Fate::Browser => browser.push(name.to_ascii_lowercase()),
            Fate::Framing if name.eq_ignore_ascii_case("host") => left.push(LeftOut::new(
                &step.place,
                "the header `host`",
                "the gate sends the host of the address that it asks",
            )),
            Fate::Framing => {}
            Fate::Improper => left.push(LeftOut::new(
                &step.place,
                "a header",
                "its name or its value cannot be sent",
            )),
        }
    }
    if !browser.is_empty() {
        left.push(LeftOut::new(
            &step.place,
            format!("the headers {}", browser.join(", ")),
            "they tell of the browser and not of what is asked",
        ));
    }
}

/// A body by its content type; the header goes where the body says it already.
pub(crate) fn body(step: &mut Step, text: &str, left: &mut Vec<LeftOut>) {
    if text.len() > BODY_LIMIT {
        left.push(LeftOut::new(
            &step.place,
            format!("a body of {} kB", text.len() / 1000),
            "a gate file has bodies of 64 kB at most; put it into a file and name it with `file:`",
        ));
        return;
    }
    let kind = content_type(step).unwrap_or_default();
    step.body = match &*kind {
        _ if text.is_empty() => Body::None,
        "application/x-www-form-urlencoded" => match pairs(text) {
            Some(fields) if distinct(&fields) => Body::Form(fields),
            _ => Body::Text(text.to_owned()),
        },
        _ => match json(text) {
            Some(json) if kind.is_empty() || kind.contains("json") => Body::Json(json),
            _ => Body::Text(text.to_owned()),
        },
    };
    implied(step);
}

/// Takes the content type away where the body says it already.
pub(crate) fn implied(step: &mut Step) {
    let kind = content_type(step).unwrap_or_default();
    let said = match &step.body {
        Body::Json(_) => kind == "application/json",
        Body::Form(_) => true,
        Body::Multipart(_) => true,
        Body::None => true,
        Body::Text(_) | Body::File(_) => false,
    };
    if said {
        step.headers.retain(|(name, _)| name != "content-type");
    }
}

/// The content type without its parameters.
pub(crate) fn content_type(step: &Step) -> Option<String> {
    let header = step
        .headers
        .iter()
        .find(|(name, _)| name == "content-type")?;
    Some(essence(&header.1))
}

/// A content type without its parameters, in small letters.
pub(crate) fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether no name stands twice; a form of a gate file is a map.
pub(crate) fn distinct<V>(pairs: &[(String, V)]) -> bool {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

/// Makes what a gate file has as a map have each name once: headers are joined (RFC 9110, 5.3), and a form in
/// which a name stands twice becomes its text.
pub(crate) fn once(step: &mut Step) {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in std::mem::take(&mut step.headers) {
        let at = *places.entry(name.clone()).or_insert(headers.len());
        match headers.get_mut(at) {
            Some((_, known)) if *known == value => {}
            Some((_, known)) => {
                known.push_str(", ");
                known.push_str(&value);
            }
            None => headers.push((name, value)),
        }
    }
    step.headers = headers;
    if let Body::Form(fields) = &step.body
        && !distinct(fields)
    {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        step.body = Body::Text(pairs.collect::<Vec<_>>().join("&"));
        if content_type(step).is_none() {
            step.headers.push((
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            ));
        }
    }
}

/// A text with percent-encoding, but for its references.
pub(crate) fn encoded(text: &str) -> String {
    map_literals(text, &|literal| {
        utf8_percent_encode(literal, NON_ALPHANUMERIC).to_string()
    })
}

/// A JSON text with templates in it, when it is one that a gate file can hold: a map or a list.
///
/// References outside of quotes, as `{"id": ${record}}`, become texts that keep the type of what was captured.
pub(crate) fn json(text: &str) -> Option<Json> {
    let begins = text.trim_start().starts_with(['{', '[']);
    if !begins || text.len() > BODY_LIMIT {
        return None;
    }
    let text = plain_dollars(text);
    let parsed = serde_json::from_str(&text).or_else(|_| serde_json::from_str(&quoted(&text)));
    let parsed: Json = parsed.ok()?;
    fits(&parsed, DEPTH_LIMIT).then_some(parsed)
}

/// A JSON text in which no `$` or `{` is written as `\u0024` or `\u007b`: what they would come to is no
/// reference, and is escaped as such.
fn plain_dollars(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u0024") && !text.contains("\\u007") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(map_literals(text, &|literal| {
        let mut plain = String::with_capacity(literal.len());
        let mut rest = literal;
        while let Some(at) = rest.find('\\') {
            plain.push_str(&rest[..at]);
            rest = &rest[at..];
            let code = rest.get(1..6).map(str::to_ascii_lowercase);
            let (meant, length) = match code.as_deref() {
                Some("u0024") => ("$", 6),
                Some("u007b") => ("{", 6),
                _ => {
                    let escaped = rest[1..].chars().next().map_or(0, char::len_utf8);
                    (&rest[..1 + escaped], 1 + escaped)
                }
            };
            plain.push_str(meant);
            rest = &rest[length..];
        }
        plain + rest
    }))
}

/// Whether a value is no deeper than this and has no numbers that YAML cannot hold.
fn fits(json: &Json, left: usize) -> bool {
    match json {
        Json::Array(elements) => left > 0 && elements.iter().all(|one| fits(one, left - 1)),
        Json::Object(entries) => left > 0 && entries.values().all(|one| fits(one, left - 1)),
        Json::Number(number) => number.is_i64() || number.is_f64(),
        _ => true,
    }
}

/// A JSON text in which references outside of quotes are texts.
fn quoted(text: &str) -> String {
    let mut changed = String::with_capacity(text.len());
    let (mut inside, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let reference = rest.starts_with("${") && !inside;
        if let (true, Some(end)) = (reference, rest.find('}')) {
            changed.push('"');
            changed.push_str(&rest[..=end]);
            changed.push('"');
            rest = &rest[end + 1..];
            continue;
        }
        match letter {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        changed.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    changed
}

/// The parts of a multipart body, read from its text by its boundary.
pub(crate) fn multipart(text: &str, boundary: &str) -> Option<Vec<(String, Part)>> {
    let mark = format!("--{boundary}");
    let mut parts = Vec::new();
    for piece in text.split(&mark).skip(1) {
        let piece = piece
            .strip_prefix("\r\n")
            .or_else(|| piece.strip_prefix('\n'));
        let Some(piece) = piece else { break };
        let (head, content) = piece
            .split_once("\r\n\r\n")
            .or_else(|| piece.split_once("\n\n"))?;
        let content = content
            .strip_suffix("\r\n")
            .or_else(|| content.strip_suffix('\n'));
        let header = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines
                .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.trim())
        };
        let disposition = header("content-disposition")?;
        let name = parameter(disposition, "name")?;
        parts.push((
            name,
            Part {
                content: Content::Text(escape(content.unwrap_or_default())),
                name: parameter(disposition, "filename").map(|name| escape(&name)),
                content_type: header("content-type").map(escape),
            },
        ));
    }
    (!parts.is_empty() && distinct(&parts)).then_some(parts)
}

/// A parameter of a header, as `name="x"`.
pub(crate) fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut parameters = header
        .split(';')
        .filter_map(|part| part.trim().split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// The method, when the gate has a key for it.
pub(crate) fn method(text: &str) -> Option<String> {
    let method = text.trim().to_ascii_uppercase();
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.contains(&&*method).then_some(method)
}

/// What is said of a method that the gate does not have.
pub(crate) fn unknown_method(place: &str) -> LeftOut {
    LeftOut::new(
        place,
        "a request with another method",
        "a gate file has get, post, put, patch, delete, head and options",
    )
}
