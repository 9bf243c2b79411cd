//! Looks through bytes, whole or piece by piece.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use tidegate_core::meta::Confidence;
use tidegate_core::secret::Sensitive;

use super::custom::{CustomSet, Place};
use super::encoded::{self, Decoded};
use super::jwt::Jwt;
use super::named::{self, Assignment};
use super::pem::PrivateKey;
use super::placeholder::is_placeholder;
use super::public_name::PublicName;
use super::rule::{Class, Mode, Part, Rule, Shape};
use super::telling::{Beginning, Look, Telling};
use super::told::firebase;
use super::url::UrlWithPassword;
use super::window::Window;
use super::{Origin, Sighting, allow, judge, overlap, rules, shape};

/// How often an encoding may stand within another.
const DEEPEST: u8 = 2;

/// The most sightings of one text; a text with more is a list of keys, and its beginning shows it.
pub(crate) const MOST_SIGHTINGS: usize = 10_000;

/// The same with those of silent rules, which must not hide the others.
const MOST_WITH_SILENT: usize = 10 * MOST_SIGHTINGS;

/// Looks for the keys and passwords of its rules.
pub(crate) struct Scanner {
    telling: Telling,
    jwt: Vec<&'static Rule>,
    /// The built-in rules that stay silent. They look all the same: what one of them sees is no matter of
    /// another rule that only guesses.
    silent: Vec<&'static str>,
    custom: Option<CustomSet>,
}

/// A sighting with the line it stands on.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    /// What was seen; its range counts from the start of the stream.
    pub(crate) sighting: Sighting,
    /// The 1-based line.
    pub(crate) line: usize,
    /// The 1-based column in characters.
    pub(crate) column: usize,
}

impl Scanner {
    /// The scanner of all rules that are built in.
    pub(crate) fn built_in() -> &'static Self {
        static BUILT_IN: LazyLock<Scanner> = LazyLock::new(|| Scanner::with(&[], None));
        &BUILT_IN
    }

    /// A scanner of the built-in rules, some of which stay silent, by slug, and of a user's own.
    pub(crate) fn with(silent: &[&str], custom: Option<CustomSet>) -> Self {
        let rules: Vec<&'static Rule> = rules::all().collect();
        let of_jwt = |rule: &&&Rule| rule.shapes.iter().any(|shape| matches!(shape, Shape::Jwt));
        let slugs = rules.iter().map(|rule| rule.slug);
        Self {
            jwt: rules.iter().filter(of_jwt).copied().collect(),
            silent: slugs.filter(|slug| silent.contains(slug)).collect(),
            telling: Telling::of(rules),
            custom,
        }
    }

    /// The user's own rules, when there are any.
    pub(crate) fn custom(&self) -> Option<&CustomSet> {
        self.custom.as_ref()
    }

    /// Everything that a text shows, in the order of the text, wherever it comes from.
    pub(crate) fn scan(&self, text: &[u8]) -> Vec<Sighting> {
        self.scan_at(text, &Place::default())
    }

    /// Everything that a text of some place shows, in the order of the text.
    pub(crate) fn scan_at(&self, text: &[u8], place: &Place<'_>) -> Vec<Sighting> {
        let mut found = Vec::new();
        self.pass(text, 0..text.len(), 0, 0, &mut found);
        if let Some(custom) = &self.custom {
            custom.leave_out(&mut found, 0, (text, 0), place);
        }
        self.hush(&mut found);
        if let Some(custom) = &self.custom {
            custom.look(text, place, &mut found);
        }
        overlap::resolve(&mut found);
        found
    }

    /// Leaves out what is a matter of the silent rules, before the user's own rules have looked: what those
    /// see is told.
    pub(super) fn hush(&self, found: &mut Vec<Sighting>) {
        if !self.silent.is_empty() {
            overlap::resolve(found);
            found.retain(|sighting| self.tells(sighting));
        }
    }

    fn tells(&self, sighting: &Sighting) -> bool {
        match &sighting.origin {
            Origin::BuiltIn(rule) => !self.silent.contains(&rule.slug),
            Origin::Custom(_) => true,
        }
    }

    /// How many sightings are not of silent rules.
    fn told(&self, found: &[Sighting]) -> usize {
        if self.silent.is_empty() {
            return found.len();
        }
        found.iter().filter(|one| self.tells(one)).count()
    }

    /// Looks at every beginning that starts within `places`, of a text that starts at `offset` of
    /// the whole.
    pub(super) fn pass(
        &self,
        text: &[u8],
        places: Range<usize>,
        offset: usize,
        depth: u8,
        found: &mut Vec<Sighting>,
    ) {
        let mut escapes_until = 0;
        let mut told = self.told(found);
        let places = (places.start, places.end);
        self.telling.each(text, places, |at, beginning| {
            let passed = matches!(beginning.look, Look::Escapes) && offset + at < escapes_until;
            if passed || told >= MOST_SIGHTINGS || found.len() >= MOST_WITH_SILENT {
                return;
            }
            let known = found.len();
            let window = Window::around(text, at, offset);
            if matches!(beginning.look, Look::Escapes) {
                escapes_until = self.escapes(&window, depth, found).max(escapes_until);
            } else {
                self.look(&window, beginning, depth, found);
            }
            told += self.told(&found[known..]);
        });
    }

    fn look(
        &self,
        window: &Window<'_>,
        beginning: &Beginning,
        depth: u8,
        found: &mut Vec<Sighting>,
    ) {
        let seen = match &beginning.look {
            Look::Token(rule, parts) => token(window, rule, parts),
            Look::Around(rule, before, after) => {
                around(window, rule, beginning.text.len(), before, after)
            }
            Look::Named(rule, also, value) => named(window, rule, &beginning.text, also, value),
            Look::Jwt => self.jwt(window),
            Look::PrivateKey(rule) => private_key(window, rule),
            Look::Url(rule, scheme) => url(window, rule, scheme),
            Look::PublicName(rule) => public_name(window, rule),
            Look::Base64(lead) => {
                let decoded = encoded::base64(window.text, window.at, *lead);
                return self.behind(window, decoded, "base64", depth, found);
            }
            Look::Percent => {
                let decoded = Some(encoded::percent(window.text, window.at));
                return self.behind(window, decoded, "percent", depth, found);
            }
            Look::Escapes => None,
        };
        found.extend(seen);
    }

    /// Looks behind the escapes of a word, and says where it ends.
    fn escapes(&self, window: &Window<'_>, depth: u8, found: &mut Vec<Sighting>) -> usize {
        let Some(decoded) = encoded::escapes(window.text, window.at) else {
            return 0;
        };
        // The word may reach out of the window at the end of a piece; its own end is what counts.
        let ahead = decoded.range.end - window.at;
        self.behind(window, Some(decoded), "escapes", depth, found);
        window.offset + window.at + ahead
    }

    fn behind(
        &self,
        window: &Window<'_>,
        decoded: Option<Decoded>,
        encoding: &'static str,
        depth: u8,
        found: &mut Vec<Sighting>,
    ) {
        let Some(decoded) = decoded.filter(|_| depth < DEEPEST) else {
            return;
        };
        let mut inner = Vec::new();
        self.pass(
            &decoded.text,
            0..decoded.text.len(),
            0,
            depth + 1,
            &mut inner,
        );
        let range = window.offset + decoded.range.start..window.offset + decoded.range.end;
        let told = |sighting: Sighting| Sighting {
            range: range.clone(),
            encoding: Some(encoding),
            allowed: allow::allowed(window.text, &decoded.range, sighting.slug()),
            ..sighting
        };
        found.extend(inner.into_iter().map(told));
    }

    fn jwt(&self, window: &Window<'_>) -> Option<Sighting> {
        if !window.begins() {
            return None;
        }
        let jwt = Jwt::read(window.ahead())?;
        let value = std::str::from_utf8(&window.ahead()[..jwt.length]).ok()?;
        if is_placeholder(value).is_some() {
            return None;
        }
        let rule = self.jwt.iter().find(|rule| judge::jwt(rule.test, &jwt))?;
        let demo = jwt.claim("iss") == Some("supabase-demo");
        let mut sighting = seen(window, rule, window.at..window.at + jwt.length)?;
        sighting.mode = if demo { Mode::Test } else { Mode::Unsaid };
        sighting.facts = jwt.facts();
        Some(sighting)
    }
}

/// What a range of a window shows.
fn seen(window: &Window<'_>, rule: &'static Rule, range: Range<usize>) -> Option<Sighting> {
    let value = std::str::from_utf8(window.text.get(range.clone())?).ok()?;
    Some(Sighting {
        origin: Origin::BuiltIn(rule),
        range: window.offset + range.start..window.offset + range.end,
        value: Sensitive::from(value),
        class: rule.class,
        mode: rule.mode(value),
        confidence: Confidence::High,
        facts: Vec::new(),
        binding: named::binding(&window.text[..range.start]),
        encoding: None,
        allowed: allow::allowed(window.text, &range, rule.slug),
    })
}

fn token(window: &Window<'_>, rule: &'static Rule, parts: &[Part]) -> Option<Sighting> {
    if !window.begins() || (short(parts) && joined(window.behind())) {
        return None;
    }
    let length = shape::matched(parts, window.ahead())?;
    let value = std::str::from_utf8(&window.ahead()[..length]).ok()?;
    let confidence = judge::token(rule.test, value)?;
    let sighting = seen(window, rule, window.at..window.at + length)?;
    let is_of_firebase = rule.slug == rules::GOOGLE && stands_with_firebase(window, &sighting);
    Some(Sighting {
        confidence,
        facts: is_of_firebase.then(firebase).into_iter().collect(),
        ..sighting
    })
}

/// Whether a key of Google's stands among the settings of a Firebase app, where it says which project is
/// meant. They have no brace inside: behind one something else begins, which may use a key that is no
/// Firebase's.
fn stands_with_firebase(window: &Window<'_>, sighting: &Sighting) -> bool {
    const NEAR: usize = 512;
    let name = named::plain(sighting.binding.as_deref().unwrap_or_default());
    let ahead = window.ahead();
    let ahead = &ahead[..ahead.len().min(NEAR)];
    let is_brace = |byte: &u8| b"{}".contains(byte);
    let near = [
        window.behind().rsplit(is_brace).next().unwrap_or_default(),
        ahead.split(is_brace).next().unwrap_or_default(),
    ];
    let stands = |mark: &str| {
        let mut near = near.iter();
        near.any(|text| memchr::memmem::find(text, mark.as_bytes()).is_some())
    };
    name.contains("firebase")
        || (name == "apikey" && (stands("authDomain") || stands(".firebaseapp.com")))
}

/// Whether a token begins with so little that it may be the end of a name: `cache-key-…`.
fn short(parts: &[Part]) -> bool {
    matches!(parts.first(), Some(Part::Text(text)) if text.len() <= 4)
}

/// Whether a hyphen joins what follows to a word.
fn joined(behind: &[u8]) -> bool {
    matches!(behind, [.., letter, b'-'] if letter.is_ascii_alphanumeric())
}

fn around(
    window: &Window<'_>,
    rule: &'static Rule,
    anchor: usize,
    before: &[Part],
    after: &[Part],
) -> Option<Sighting> {
    let behind = shape::matched_before(before, window.behind())?;
    let ahead = shape::matched(after, window.ahead().get(anchor..)?)?;
    let range = window.at - behind..window.at + anchor + ahead;
    let value = std::str::from_utf8(&window.text[range.clone()]).ok()?;
    let confidence = judge::token(rule.test, value)?;
    let sighting = seen(window, rule, range)?;
    Some(Sighting {
        confidence,
        ..sighting
    })
}

fn named(
    window: &Window<'_>,
    rule: &'static Rule,
    word: &str,
    also: &[&str],
    value: &[Part],
) -> Option<Sighting> {
    let name = named::name_at(window.text, window.at)?;
    let plain = named::plain(std::str::from_utf8(&window.text[name]).ok()?);
    let fits = plain.contains(&named::plain(word))
        && (also.is_empty() || also.iter().any(|one| plain.contains(one)));
    if !fits {
        return None;
    }
    let assignment = Assignment::read(window)?;
    if !shape::whole(value, assignment.value.as_bytes()) {
        return None;
    }
    judge::token(rule.test, assignment.value)?;
    let guessed = rule.slug == rules::GENERIC;
    if rules::EVERYDAY.contains(&rule.slug) {
        let telling: Vec<String> = also
            .iter()
            .copied()
            .chain([word])
            .map(named::plain)
            .collect();
        // A bare word in code is another variable; a bare value stands in a file of settings.
        let settings = assignment.name == assignment.name.to_ascii_uppercase();
        let worth = (assignment.quoted || settings)
            && judge::guess(assignment.name, &telling, assignment.value);
        if !worth {
            return None;
        }
    }
    let name = assignment.name.to_owned();
    let sighting = seen(window, rule, assignment.range)?;
    Some(Sighting {
        binding: Some(name),
        confidence: if guessed {
            Confidence::Low
        } else {
            Confidence::Medium
        },
        ..sighting
    })
}

fn private_key(window: &Window<'_>, rule: &'static Rule) -> Option<Sighting> {
    let key = PrivateKey::read(window.ahead())?;
    let sighting = seen(window, rule, window.at..window.at + key.length)?;
    Some(Sighting {
        value: Sensitive::from(key.digits),
        mode: Mode::Unsaid,
        confidence: if key.encrypted {
            Confidence::Low
        } else {
            Confidence::High
        },
        facts: if key.encrypted {
            vec![("guarded by", "a password".to_owned())]
        } else {
            Vec::new()
        },
        ..sighting
    })
}

fn url(window: &Window<'_>, rule: &'static Rule, scheme: &str) -> Option<Sighting> {
    if !window.begins() {
        return None;
    }
    let url = UrlWithPassword::read(window.ahead(), scheme)?;
    let confidence = judge::url(&url)?;
    let sighting = seen(window, rule, window.at..window.at + url.length)?;
    Some(Sighting {
        facts: url.facts(),
        value: Sensitive::from(url.url),
        mode: Mode::Unsaid,
        confidence,
        ..sighting
    })
}

fn public_name(window: &Window<'_>, rule: &'static Rule) -> Option<Sighting> {
    let name = PublicName::read(window)?;
    let sighting = seen(window, rule, name.start..name.start + name.name.len())?;
    Some(Sighting {
        mode: Mode::Unsaid,
        class: Class::Secret,
        confidence: if name.assigned {
            Confidence::High
        } else {
            Confidence::Medium
        },
        binding: Some(name.name),
        ..sighting
    })
}

/// Sightings of the same thing at the same place, once each.
pub(super) fn once(found: &mut Vec<Sighting>) {
    let mut known = HashSet::new();
    found.retain(|sighting| {
        known.insert((
            sighting.slug().to_owned(),
            sighting.range.clone(),
            sighting.value.clone(),
        ))
    });
}
