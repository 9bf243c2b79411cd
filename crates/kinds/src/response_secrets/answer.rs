//! An answer and the keys and passwords in it.

use std::ops::Range;

use tidegate_core::exchange::Exchange;
use tidegate_core::meta::Confidence;
use tidegate_core::ports::http::Purpose;
use tidegate_core::redact::CREDENTIAL_HEADERS;

use super::json;
use crate::scan::rule::{Class, Mode, Shape};
use crate::scan::{Origin, Scanner, Sighting};
use crate::shipped::source_map::line_of;

/// The most bytes of a body that are looked at: 8 MiB.
const LOOKED_AT: usize = 8 * 1024 * 1024;

/// The rule of what signs a caller in.
const SESSION: &str = "signed-token";

/// The rule of an id that every presigned address of a file has in it.
const ACCESS_KEY_ID: &str = "aws-access-key-id";

/// A key or password in an answer.
pub(super) struct Shown {
    /// What.
    pub(super) sighting: Sighting,
    /// The header it stands in; the body when absent.
    header: Option<String>,
}

/// Keys of one rule and one world.
pub(super) struct Group<'a> {
    /// The first of them.
    pub(super) first: &'a Shown,
    /// How many others there are.
    pub(super) more: usize,
}

/// An answer that was looked at.
pub(super) struct Answer<'e> {
    /// The exchange it belongs to.
    pub(super) exchange: &'e Exchange,
    body: &'e [u8],
    is_json: bool,
    seen: Vec<Shown>,
}

impl<'e> Answer<'e> {
    /// Looks at the headers, and at the body when it is text.
    pub(super) fn look(exchange: &'e Exchange, scanner: &Scanner) -> Self {
        let body = &*exchange.response_body;
        let body = body.get(..LOOKED_AT).unwrap_or(body);
        // Servers call a file text that is none and the other way round; text has no zero bytes.
        let body = match memchr::memchr(0, body) {
            Some(_) => &[],
            None => body,
        };
        let mut seen = Vec::new();
        for (name, value) in &exchange.response_headers {
            if CREDENTIAL_HEADERS.contains(&name.as_str()) {
                continue;
            }
            let found = scanner.scan(format!("{name}: {value}").as_bytes());
            seen.extend(found.into_iter().map(|sighting| Shown {
                sighting,
                header: Some(name.clone()),
            }));
        }
        seen.extend(scanner.scan(body).into_iter().map(|sighting| Shown {
            sighting,
            header: None,
        }));
        Self {
            exchange,
            body,
            is_json: is_json(exchange, body),
            seen,
        }
    }

    /// Whether there was more of the answer than was looked at.
    pub(super) fn cut(&self) -> bool {
        self.exchange.truncated || self.exchange.response_body.len() > LOOKED_AT
    }

    /// What the answer must not show, by rule and world, in the order of the answer.
    pub(super) fn shown(&self, without: &[String]) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for shown in &self.seen {
            let sighting = &shown.sighting;
            let silent = without.iter().any(|slug| slug == sighting.slug());
            if silent || !is_secret(sighting) || self.meant_for_the_caller(sighting) {
                continue;
            }
            let key = |one: &Sighting| (one.slug().to_owned(), one.mode == Mode::Test);
            let known = groups
                .iter_mut()
                .find(|group| key(&group.first.sighting) == key(sighting));
            match known {
                Some(group) => group.more += 1,
                None => groups.push(Group {
                    first: shown,
                    more: 0,
                }),
            }
        }
        groups
    }

    /// Whether who sent the request gave the value himself, or was to get it.
    fn meant_for_the_caller(&self, sighting: &Sighting) -> bool {
        let name = sighting.binding.as_deref().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let named = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let handed_out = match sighting.slug() {
            SESSION => true,
            ACCESS_KEY_ID => named(&["amz-credential", "awsaccesskeyid"]),
            slug => {
                let login = self.exchange.purpose == Purpose::Login;
                login && slug.contains("token") && named(&["token", "session"])
            }
        };
        handed_out || self.sent(sighting.value.expose())
    }

    /// Whether the request had the value in it; one that the gate file declares is replaced there, so
    /// that an answer which repeats it is told.
    fn sent(&self, value: &str) -> bool {
        let body = &*self.exchange.request_body;
        self.exchange.url.contains(value) || memchr::memmem::find(body, value.as_bytes()).is_some()
    }

    /// Where a value stands: a JSON path, a line, or the name of a header.
    pub(super) fn place(&self, shown: &Shown) -> String {
        if let Some(name) = &shown.header {
            return format!("header {name}");
        }
        let at = shown.sighting.range.start;
        let path = || {
            let in_body = self.seen.iter().filter(|one| one.header.is_none());
            let hidden: Vec<Range<usize>> = in_body.map(|one| one.sighting.range.clone()).collect();
            json::path(self.body, at, &hidden)
        };
        self.is_json.then(path).flatten().unwrap_or_else(|| {
            let (line, column) = line_of(self.body, at);
            format!("line {line}, column {column}")
        })
    }

    /// The content type as it may be told.
    pub(super) fn content_type(&self) -> &str {
        let name = "content-type";
        let shows_more = |one: &Shown| one.header.as_deref() == Some(name);
        match self.exchange.response_header(name) {
            Some(_) if self.seen.iter().any(shows_more) => "an odd content type",
            Some(kind) => kind,
            None => "no content type",
        }
    }
}

/// Whether a body is JSON, as far as it was kept.
fn is_json(exchange: &Exchange, body: &[u8]) -> bool {
    if !matches!(body.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return false;
    }
    let content_type = exchange.response_header("content-type");
    let says_so = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
    says_so || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Whether it is a value for its owner's eyes only, and no guess.
fn is_secret(sighting: &Sighting) -> bool {
    let Origin::BuiltIn(rule) = sighting.origin else {
        return false;
    };
    // A name without its value opens nothing.
    let name_only = rule
        .shapes
        .iter()
        .any(|shape| matches!(shape, Shape::PublicName));
    sighting.class == Class::Secret
        && sighting.confidence > Confidence::Low
        && !name_only
        && !sighting.is_sample()
}
