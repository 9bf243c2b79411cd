//! Queries, filters and predicates, as a gate file has them.

use serde_json::{Map, Value as Json};

use super::super::har::correlate::regex_escaped;
use super::super::model::{Capture, Expect, Source};
use super::super::names::capture as capture_name;
use super::value::{Names, Word, value, words};

/// What a query is about.
#[derive(Debug, Clone, PartialEq)]
enum Subject {
    Status,
    Header(String),
    Cookie(String, Option<String>),
    Json(String),
    Body,
    Size,
    Url,
    Redirects,
    Duration,
    Regex(String),
    /// The attribute of an element, by a regular expression over the page.
    Element(String),
    Title,
    Version,
}

/// Why a line has no place.
type Why = String;

/// Adds an assert to what is expected.
pub(super) fn assert(line: &str, names: &Names, expect: &mut Expect) -> Result<(), Why> {
    let words = words(line).ok_or("a quote is not closed")?;
    let (subject, at) = subject(&words, names)?;
    let (subject, length, at) = filters(subject, &words, at, names)?;
    predicate(
        &subject,
        length,
        &words[at.min(words.len())..],
        names,
        expect,
    )
}

/// A capture as `name: query`.
pub(super) fn capture(name: &str, line: &str, names: &Names) -> Result<Capture, Why> {
    let mut words = words(line).ok_or("a quote is not closed")?;
    if words.last().and_then(Word::plain) == Some("redact") {
        words.pop();
    }
    let (subject, at) = subject(&words, names)?;
    let (subject, length, at) = filters(subject, &words, at, names)?;
    if length || at < words.len() {
        return Err("a capture has no filters that change a value".to_owned());
    }
    let source = match subject {
        Subject::Json(path) => Source::Json(path),
        Subject::Header(name) => Source::Header(name),
        Subject::Cookie(name, None) => Source::Cookie(name),
        Subject::Body => Source::Body,
        Subject::Url => Source::Url,
        Subject::Regex(regex) | Subject::Element(regex) => Source::Regex(regex),
        _ => {
            return Err(
                "a capture takes a value of the body, a header, a cookie or the address".to_owned(),
            );
        }
    };
    Ok(Capture {
        name: capture_name(name),
        source,
    })
}

fn argument(words: &[Word], at: usize, names: &Names) -> Result<String, Why> {
    match words.get(at) {
        Some(Word::Quoted(text)) => Ok(names.template(text)),
        Some(Word::Raw(text)) => Ok(names.raw(text)),
        Some(Word::Regex(text)) => Ok(text.replace("\\/", "/")),
        _ => Err("the query lacks its text".to_owned()),
    }
}

fn subject(words: &[Word], names: &Names) -> Result<(Subject, usize), Why> {
    let first = words.first().and_then(Word::plain).unwrap_or_default();
    let one = |at: usize| argument(words, at, names);
    Ok(match first {
        "status" => (Subject::Status, 1),
        "version" => (Subject::Version, 1),
        "url" => (Subject::Url, 1),
        "body" => (Subject::Body, 1),
        "bytes" | "rawbytes" => (Subject::Size, 1),
        "duration" => (Subject::Duration, 1),
        "redirects" => (Subject::Redirects, 1),
        "header" => (Subject::Header(one(1)?.to_ascii_lowercase()), 2),
        "cookie" => (cookie(&one(1)?), 2),
        "jsonpath" => (Subject::Json(path(&one(1)?)?), 2),
        "regex" => (Subject::Regex(one(1)?), 2),
        "xpath" => (xpath(&one(1)?)?, 2),
        "" => return Err("there is no query".to_owned()),
        _ => return Err("a gate file has no such query".to_owned()),
    })
}

/// A JSONPath that RFC 9535 takes: Hurl takes some that are older.
fn path(path: &str) -> Result<String, Why> {
    if path.contains("${") {
        return Err("a JSONPath of a gate file has no variables".to_owned());
    }
    if path.starts_with('$') {
        Ok(path.to_owned())
    } else {
        Err("a JSONPath begins with `$`".to_owned())
    }
}

/// `name[Attribute]`
fn cookie(text: &str) -> Subject {
    match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((name, attribute)) => {
            let key = match attribute.to_ascii_lowercase().as_str() {
                "httponly" => Some("http-only"),
                "samesite" => Some("same-site"),
                "max-age" => Some("max-age"),
                "secure" => Some("secure"),
                "path" => Some("path"),
                "domain" => Some("domain"),
                "expires" => Some("expires"),
                _ => None,
            };
            Subject::Cookie(name.to_owned(), key.map(str::to_owned))
        }
        None => Subject::Cookie(text.to_owned(), None),
    }
}

/// The attribute of an element that is known by another one, or the title: what else XPath can do has no place.
fn xpath(text: &str) -> Result<Subject, Why> {
    let inside = ["normalize-space(", "string("]
        .iter()
        .fold(text.trim(), |text, begin| {
            text.strip_prefix(begin)
                .and_then(|text| text.strip_suffix(')'))
                .unwrap_or(text)
        });
    if [
        "//title",
        "//head/title",
        "/html/head/title",
        "//title/text()",
    ]
    .contains(&inside)
    {
        return Ok(Subject::Title);
    }
    let unknown =
        || "a gate file has no XPath; look for the text with `body: { contains: … }`".to_owned();
    let rest = inside.strip_prefix("//").ok_or_else(unknown)?;
    let (element, rest) = rest.split_once("[@").ok_or_else(unknown)?;
    let (condition, attribute) = rest.split_once("]/@").ok_or_else(unknown)?;
    let (name, wanted) = condition.split_once('=').ok_or_else(unknown)?;
    let wanted = wanted.trim().trim_matches(['\'', '"']);
    let plain = |text: &str| {
        text.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_*".contains(letter))
    };
    if !plain(element)
        || !plain(name.trim())
        || !plain(attribute)
        || wanted.contains(['\'', '"', '$'])
    {
        return Err(unknown());
    }
    let element = if element == "*" { "[a-zA-Z]+" } else { element };
    Ok(Subject::Element(format!(
        "<{element}\\b[^>]*{}=[\"']{}[\"'][^>]*{attribute}=[\"']([^\"']*)",
        name.trim(),
        regex_escaped(wanted)
    )))
}

/// Applies filters as far as a gate file has something for them; whether the length is asked for.
fn filters(
    mut subject: Subject,
    words: &[Word],
    mut at: usize,
    names: &Names,
) -> Result<(Subject, bool, usize), Why> {
    while let Some(filter) = words.get(at).and_then(Word::plain) {
        subject = match (filter, subject) {
            ("count", Subject::Json(path)) => return Ok((Subject::Json(path), true, at + 1)),
            ("count", Subject::Size) => return Ok((Subject::Size, false, at + 1)),
            ("count", Subject::Redirects) => return Ok((Subject::Redirects, false, at + 1)),
            ("count", Subject::Body) => return Ok((Subject::Body, true, at + 1)),
            ("first", Subject::Json(path)) => Subject::Json(format!("{path}[0]")),
            ("last", Subject::Json(path)) => Subject::Json(format!("{path}[-1]")),
            ("nth", Subject::Json(path)) => {
                at += 1;
                let number = words
                    .get(at)
                    .and_then(Word::plain)
                    .and_then(|number| number.parse::<i64>().ok());
                Subject::Json(format!("{path}[{}]", number.ok_or("nth lacks its number")?))
            }
            ("jsonpath", Subject::Json(before)) => {
                at += 1;
                let after = path(&argument(words, at, names)?)?;
                Subject::Json(format!("{before}{}", after.trim_start_matches('$')))
            }
            ("jsonpath", Subject::Body) => {
                at += 1;
                Subject::Json(path(&argument(words, at, names)?)?)
            }
            ("regex", Subject::Body) => {
                at += 1;
                Subject::Regex(argument(words, at, names)?)
            }
            // A header and a cookie have no type: 42 is held against "42".
            (
                "toInt" | "toFloat" | "toString",
                kept @ (Subject::Header(_) | Subject::Cookie(..)),
            ) => kept,
            ("utf8Decode", Subject::Size) => Subject::Body,
            (
                "count"
                | "first"
                | "last"
                | "nth"
                | "jsonpath"
                | "regex"
                | "toInt"
                | "toFloat"
                | "toString"
                | "split"
                | "replace"
                | "replaceRegex"
                | "urlEncode"
                | "urlDecode"
                | "htmlEscape"
                | "htmlUnescape"
                | "base64Encode"
                | "base64Decode"
                | "base64UrlSafeEncode"
                | "base64UrlSafeDecode"
                | "decode"
                | "format"
                | "dateFormat"
                | "daysAfterNow"
                | "daysBeforeNow"
                | "toDate"
                | "toHex"
                | "utf8Decode"
                | "utf8Encode"
                | "urlQueryParam"
                | "xpath"
                | "location"
                | "charsetDecode",
                _,
            ) => {
                return Err(format!(
                    "a gate file has nothing like the filter `{filter}` here"
                ));
            }
            (_, kept) => return Ok((kept, false, at)),
        };
        at += 1;
    }
    Ok((subject, false, at))
}

fn predicate(
    subject: &Subject,
    length: bool,
    words: &[Word],
    names: &Names,
    expect: &mut Expect,
) -> Result<(), Why> {
    let mut words = words;
    let mut not = false;
    while let Some("not") = words.first().and_then(Word::plain) {
        not = !not;
        words = &words[1..];
    }
    let name = words
        .first()
        .and_then(Word::plain)
        .ok_or("there is no predicate")?;
    let operand = words
        .get(1)
        .map(|word| value(word, names).ok_or("its value cannot be written in a gate file"));
    let operand = operand.transpose()?;
    let (predicate, value, turned) = known(name, operand)?;
    let not = not != turned;
    let (predicate, value) = match (not, predicate, &value) {
        (false, ..) => (predicate, value),
        (true, "exists", _) => ("exists", false.into()),
        (true, "is-empty", _) => ("is-empty", false.into()),
        (true, ..) => (
            "not",
            Json::Object(Map::from_iter([(predicate.to_owned(), value)])),
        ),
    };
    let (predicate, value) = match length {
        true => ("length", whole_number(predicate, value)),
        false => (predicate, value),
    };
    let room = place(subject, predicate, value, expect)?;
    if room {
        Ok(())
    } else {
        Err("a place has each predicate once".to_owned())
    }
}

/// A length that equals a number is that number.
fn whole_number(predicate: &str, value: Json) -> Json {
    match predicate {
        "equals" => value,
        predicate => Json::Object(Map::from_iter([(predicate.to_owned(), value)])),
    }
}

/// A predicate of Hurl as one of a gate file, its value, and whether it is turned around.
fn known(name: &str, operand: Option<Json>) -> Result<(&'static str, Json, bool), Why> {
    let kind = |kind: &str| Ok(("type", Json::from(kind), false));
    let yes = |predicate: &'static str| Ok((predicate, Json::Bool(true), false));
    match (name, operand) {
        ("==" | "equals", Some(Json::Null)) => kind("null"),
        ("!=" | "notEquals", Some(Json::Null)) => Ok(("type", "null".into(), true)),
        ("==" | "equals", Some(value)) => Ok(("equals", value, false)),
        ("!=" | "notEquals", Some(value)) => Ok(("equals", value, true)),
        (">" | "greaterThan", Some(value)) => Ok(("gt", value, false)),
        (">=" | "greaterThanOrEquals", Some(value)) => Ok(("gte", value, false)),
        ("<" | "lessThan", Some(value)) => Ok(("lt", value, false)),
        ("<=" | "lessThanOrEquals", Some(value)) => Ok(("lte", value, false)),
        ("startsWith", Some(value)) => Ok(("starts-with", value, false)),
        ("endsWith", Some(value)) => Ok(("ends-with", value, false)),
        ("contains" | "includes" | "include", Some(value)) => Ok(("contains", value, false)),
        ("matches" | "match", Some(value)) => Ok(("matches", value, false)),
        ("exists", None) => yes("exists"),
        ("isEmpty", None) => yes("is-empty"),
        ("isInteger", None) => kind("integer"),
        ("isNumber" | "isFloat", None) => kind("number"),
        ("isBoolean", None) => kind("boolean"),
        ("isString", None) => kind("string"),
        ("isList", None) => kind("array"),
        ("isObject", None) => kind("object"),
        ("isIsoDate" | "isDate", None) => yes("is-date"),
        ("isUuid", None) => yes("is-uuid"),
        ("isIpv4", None) => yes("is-ipv4"),
        ("isIpv6", None) => yes("is-ipv6"),
        _ => Err("a gate file has no such predicate".to_owned()),
    }
}

/// Adds a predicate where its subject is; whether there was room for it.
fn place(
    subject: &Subject,
    predicate: &str,
    value: Json,
    expect: &mut Expect,
) -> Result<bool, Why> {
    Ok(match subject {
        Subject::Json(path) => expect.about("json", path, predicate, value),
        Subject::Header(name) => expect.about("headers", name, predicate, value),
        Subject::Cookie(name, None) => expect.about("cookies", name, predicate, value),
        Subject::Cookie(name, Some(attribute)) => {
            let value = match (predicate, attribute.as_str()) {
                ("exists", "http-only" | "secure") => value,
                ("equals", _) => value,
                (predicate, _) => Json::Object(Map::from_iter([(predicate.to_owned(), value)])),
            };
            expect.about("cookies", name, attribute, value)
        }
        Subject::Body => expect.whole("body", predicate, value),
        Subject::Size => expect.whole("size", predicate, value),
        Subject::Url => expect.whole("url", predicate, value),
        Subject::Redirects => expect.whole("redirects", predicate, value),
        Subject::Duration => match (predicate, value.as_u64()) {
            ("lt" | "lte" | "gt" | "gte", Some(time)) => {
                expect.whole("time", predicate, format!("{time}ms").into())
            }
            _ => return Err("a time is compared with a limit in milliseconds".to_owned()),
        },
        Subject::Status => match (predicate, &value) {
            ("equals", Json::Number(status)) => {
                let status = status.to_string();
                if expect.status.is_empty() {
                    expect.status.push(status.clone());
                }
                expect.status == [status]
            }
            _ => {
                expect.status_is.insert(predicate.to_owned(), value);
                true
            }
        },
        Subject::Title => match (predicate, value) {
            ("equals", Json::String(title)) => {
                expect.whole("body", "contains", format!("<title>{title}</title>").into())
            }
            _ => {
                return Err(
                    "a gate file has no XPath; look for the text with `body: { contains: … }`"
                        .to_owned(),
                );
            }
        },
        Subject::Regex(regex) => match (predicate, value) {
            ("exists", Json::Bool(true)) => expect.whole("body", "matches", regex.clone().into()),
            _ => {
                return Err(
                    "what a regular expression finds in a body cannot be compared".to_owned(),
                );
            }
        },
        Subject::Element(regex) => match (predicate, value) {
            ("exists", Json::Bool(true)) => expect.whole("body", "matches", regex.clone().into()),
            ("equals", Json::String(text)) if !text.contains("${") => {
                let exact = regex.replace("([^\"']*)", &regex_escaped(&text));
                expect.whole("body", "matches", exact.into())
            }
            _ => {
                return Err(
                    "a gate file has no XPath; look for the text with `body: { contains: … }`"
                        .to_owned(),
                );
            }
        },
        Subject::Version => {
            return Err("which version of HTTP is spoken is not for a gate file".to_owned());
        }
    })
}
