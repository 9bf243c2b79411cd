//! Values that fit at a glance, seen without making a schema ready for the engine.
//!
//! Making a schema ready costs many times what one look at a small answer does, and most schemas of a
//! document are used a few times in a run. What is said here is only ever *it surely fits*: whatever is
//! unusual, in the schema or in the value, is left to the engine.

use std::collections::HashMap;
use std::sync::Mutex;

use regex::bytes::{Regex, RegexBuilder};
use serde_json::{Number, Value as Json};

use super::hidden::hidden;
use super::{Dialect, Direction, format, lock};
use crate::specification::{At, Place};

/// How many parts of schemas one look takes; more is the engine's.
const STEPS: u32 = 2_000;

/// How deep schemas may be inside each other in one look.
const DEPTH: u32 = 64;

/// The largest regular expression, compiled, in bytes.
const PATTERN_LIMIT: usize = 1 << 20;

/// Regular expressions by the place of their text; `None` for one that is the engine's.
#[derive(Debug, Default)]
pub(super) struct Patterns(Mutex<HashMap<Place, Option<Regex>>>);

/// One look at a value.
pub(super) struct Look<'p> {
    /// How the schema is read.
    pub(super) dialect: Dialect,
    /// Which way the value goes.
    pub(super) direction: Direction,
    /// The regular expressions that are known.
    pub(super) patterns: &'p Patterns,
    /// How many parts of schemas may still be looked at.
    left: u32,
    /// How many schemas this one is inside of.
    depth: u32,
}

impl<'p> Look<'p> {
    /// Begins a look; `None` when every schema of this dialect is the engine's.
    pub(super) fn new(
        dialect: Dialect,
        direction: Direction,
        patterns: &'p Patterns,
    ) -> Option<Self> {
        let known = matches!(dialect, Dialect::OpenApi30 | Dialect::Draft202012);
        known.then_some(Self {
            dialect,
            direction,
            patterns,
            left: STEPS,
            depth: 0,
        })
    }

    /// How many parts of schemas were looked at.
    pub(super) fn taken(&self) -> u32 {
        STEPS - self.left
    }

    /// Whether the value surely fits the schema.
    pub(super) fn fits(&mut self, schema: At<'_>, value: &Json) -> bool {
        if self.left == 0 || self.depth == DEPTH {
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        let fits = self.fits_here(schema, value);
        self.depth -= 1;
        fits
    }

    fn fits_here(&mut self, schema: At<'_>, value: &Json) -> bool {
        if let Some(anything) = schema.boolean() {
            return anything;
        }
        if !schema.is_map() {
            return false;
        }
        let old = self.dialect == Dialect::OpenApi30;
        if let Some(reference) = schema.reference() {
            let target = schema.library().target(schema, reference);
            let fits = target.is_ok_and(|target| self.fits(target, value));
            if old || !fits {
                return fits;
            }
        }
        if old && value.is_null() && schema.flag("nullable") {
            return true;
        }
        let mut entries = schema.entries();
        entries.all(|(keyword, rule)| self.holds(keyword, rule, schema, value))
    }

    fn holds(&mut self, keyword: &str, rule: At<'_>, schema: At<'_>, value: &Json) -> bool {
        match keyword {
            "title" | "description" | "example" | "examples" | "default" | "deprecated"
            | "externalDocs" | "xml" | "$comment" | "$ref" | "readOnly" | "writeOnly"
            | "nullable" => true,
            "type" => is_of_type(rule, value),
            "const" => is_same(rule, value),
            "enum" => rule.elements().any(|one| is_same(one, value)),
            "allOf" => rule.elements().all(|one| self.fits(one, value)),
            "anyOf" => rule.elements().any(|one| self.fits(one, value)),
            "format" => rule.text().is_some_and(|name| has_format(name, value)),
            "pattern" => match value {
                Json::String(text) => self.patterns.surely_match(rule, text),
                _ => self.patterns.makes_sense(rule),
            },
            "minLength" | "maxLength" => match value {
                Json::String(text) => in_bound(keyword, rule, text.chars().count()),
                _ => true,
            },
            "minItems" | "maxItems" => match value {
                Json::Array(elements) => in_bound(keyword, rule, elements.len()),
                _ => true,
            },
            "minProperties" | "maxProperties" => match value {
                Json::Object(fields) => in_bound(keyword, rule, fields.len()),
                _ => true,
            },
            "minimum" | "maximum" => match value {
                Json::Number(number) => in_limit(keyword, rule, number),
                _ => true,
            },
            "items" => match value {
                Json::Array(elements) => {
                    schema.get("prefixItems").is_none()
                        && elements.iter().all(|element| self.fits(rule, element))
                }
                _ => true,
            },
            "required" => match value {
                Json::Object(fields) => rule
                    .elements()
                    .all(|name| name.text().is_some_and(|name| fields.contains_key(name))),
                _ => rule.is_list(),
            },
            "properties" => self.properties(rule, value),
            "additionalProperties" => self.others(rule, schema, value),
            _ => keyword.starts_with("x-"),
        }
    }

    fn properties(&mut self, rule: At<'_>, value: &Json) -> bool {
        let Json::Object(fields) = value else {
            return rule.is_map();
        };
        fields.iter().all(|(name, value)| {
            let Some(schema) = rule.get(name) else {
                return true;
            };
            hidden(schema, self.direction, self.dialect).is_none() && self.fits(schema, value)
        })
    }

    fn others(&mut self, rule: At<'_>, schema: At<'_>, value: &Json) -> bool {
        let Json::Object(fields) = value else {
            return true;
        };
        if schema.get("patternProperties").is_some() {
            return false;
        }
        let named = schema.get("properties");
        fields.iter().all(|(name, value)| {
            let is_named = named.is_some_and(|named| named.get(name).is_some());
            is_named || self.fits(rule, value)
        })
    }
}

fn is_of_type(rule: At<'_>, value: &Json) -> bool {
    let one = |name: &str| match (name, value) {
        ("object", Json::Object(_))
        | ("array", Json::Array(_))
        | ("string", Json::String(_))
        | ("boolean", Json::Bool(_))
        | ("null", Json::Null)
        | ("number", Json::Number(_)) => true,
        ("integer", Json::Number(number)) => number.is_i64() || number.is_u64(),
        _ => false,
    };
    match rule.text() {
        Some(name) => one(name),
        None => rule.elements().any(|name| name.text().is_some_and(one)),
    }
}

/// Whether a scalar of the schema is this one; numbers only as whole ones.
fn is_same(one: At<'_>, value: &Json) -> bool {
    match value {
        Json::String(text) => one.text() == Some(text),
        Json::Bool(flag) => one.boolean() == Some(*flag),
        Json::Number(number) => {
            let theirs = one.number().and_then(Number::as_i64);
            theirs.is_some() && theirs == number.as_i64()
        }
        _ => false,
    }
}

fn in_bound(keyword: &str, rule: At<'_>, length: usize) -> bool {
    let bound = rule.number().and_then(Number::as_u64);
    bound.is_some_and(|bound| {
        if keyword.starts_with("min") {
            length as u64 >= bound
        } else {
            length as u64 <= bound
        }
    })
}

fn in_limit(keyword: &str, rule: At<'_>, number: &Number) -> bool {
    let sides = (number.as_i64(), rule.number().and_then(Number::as_i64));
    let (Some(number), Some(limit)) = sides else {
        return false;
    };
    if keyword == "minimum" {
        number >= limit
    } else {
        number <= limit
    }
}

fn has_format(name: &str, value: &Json) -> bool {
    if format::is_of_numbers(name) {
        return format::has_range(name, value);
    }
    let Json::String(text) = value else {
        return true;
    };
    match name {
        "password" | "binary" => true,
        "date" => is_date(text.as_bytes()),
        "date-time" => is_date_time(text.as_bytes()),
        "uuid" => is_uuid(text.as_bytes()),
        "email" => is_email(text),
        "uri-reference" => is_path(text),
        _ => false,
    }
}

fn two_digits(text: &[u8], at: usize) -> Option<u8> {
    let digits = text.get(at..at + 2)?;
    let whole = digits.iter().all(u8::is_ascii_digit);
    whole.then(|| (digits[0] - b'0') * 10 + digits[1] - b'0')
}

/// Whether this is a date of any year; the 29th to 31st are left to the calendar of the engine.
fn is_date(text: &[u8]) -> bool {
    let part = |at| two_digits(text, at).unwrap_or_default();
    text.len() == 10
        && two_digits(text, 0).is_some()
        && two_digits(text, 2).is_some()
        && text[4] == b'-'
        && text[7] == b'-'
        && (1..=12).contains(&part(5))
        && (1..=28).contains(&part(8))
}

/// Whether this is a date and a time of RFC 3339 in its usual spelling, without a leap second.
fn is_date_time(text: &[u8]) -> bool {
    let Some((date, time)) = text.split_at_checked(10) else {
        return false;
    };
    let below = |text: &[u8], at, limit| two_digits(text, at).is_some_and(|part| part < limit);
    if !is_date(date)
        || time.len() < 10
        || (time[0], time[3], time[6]) != (b'T', b':', b':')
        || !below(time, 1, 24)
        || !below(time, 4, 60)
        || !below(time, 7, 60)
    {
        return false;
    }
    let mut rest = &time[9..];
    if rest[0] == b'.' {
        let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        if !(1..=9).contains(&digits) {
            return false;
        }
        rest = &rest[1 + digits..];
    }
    match rest {
        [b'Z'] => true,
        [b'+' | b'-', offset @ ..] => {
            offset.len() == 5 && offset[2] == b':' && below(offset, 0, 24) && below(offset, 3, 60)
        }
        _ => false,
    }
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether this is an address as nearly all are: letters, digits and single signs between them.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        letters && (1..=60).contains(&part.len())
    };
    let local = local.len() <= 60 && local.split(['.', '_', '-', '+']).all(plain);
    local && host.len() <= 200 && host.contains('.') && host.split(['.', '-']).all(plain)
}

/// Whether this is the path of an address on the same host, without anything that is escaped.
fn is_path(text: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    text.starts_with('/') && !text.starts_with("//") && text.bytes().all(usual)
}

impl Patterns {
    /// Whether a pattern can be used, whatever it is held against: one that cannot is to be told.
    fn makes_sense(&self, rule: At<'_>) -> bool {
        self.of(rule, Option::is_some)
    }

    fn of<T>(&self, rule: At<'_>, ask: impl FnOnce(&Option<Regex>) -> T) -> T {
        let mut known = lock(&self.0);
        let pattern = known.entry(rule.place());
        ask(pattern.or_insert_with(|| compile(rule.text()?)))
    }

    /// Whether the text surely matches; what is not plain ASCII may mean something else in ECMA-262.
    fn surely_match(&self, rule: At<'_>, text: &str) -> bool {
        if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return false;
        }
        self.of(rule, |pattern| {
            pattern
                .as_ref()
                .is_some_and(|one| one.is_match(text.as_bytes()))
        })
    }
}

/// A pattern that means the same in both notations.
fn compile(pattern: &str) -> Option<Regex> {
    let plain = pattern.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    // Classes in classes, flags, and escapes of letters other than these differ between the two.
    let mut escaped = false;
    let mut usual = true;
    for letter in pattern.chars() {
        usual &= !(escaped && letter.is_ascii_alphanumeric() && !"dwsDWbtnrx".contains(letter));
        escaped = letter == '\\' && !escaped;
    }
    let odd = ["(?", "[[", "&&", "--", "~~", "[^]", "[]", "{,", "\\x{"];
    if !plain || !usual || odd.iter().any(|odd| pattern.contains(odd)) {
        return None;
    }
    // For ASCII alone, which is made in a fraction of the time that all of Unicode takes.
    RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(PATTERN_LIMIT)
        .build()
        .ok()
}
