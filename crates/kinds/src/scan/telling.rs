//! The telling beginnings of all rules, in one automaton (Aho and Corasick, 1975).

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::encoded;
use super::public_name;
use super::rule::{Part, Rule, Shape};

/// How to look at a place where a telling beginning stands.
#[derive(Debug, Clone)]
pub(crate) enum Look {
    /// A token of a rule, written just so.
    Token(&'static Rule, &'static [Part]),
    /// A token of a rule around a telling text.
    Around(&'static Rule, &'static [Part], &'static [Part]),
    /// A value whose name holds the beginning and one of these.
    Named(&'static Rule, &'static [&'static str], &'static [Part]),
    /// A JSON web token.
    Jwt,
    /// A private key in PEM.
    PrivateKey(&'static Rule),
    /// A URL with a password, by its scheme.
    Url(&'static Rule, &'static str),
    /// A name that the browser gets.
    PublicName(&'static Rule),
    /// Base64 digits behind which a beginning stands, with the digits of their group before them.
    Base64(usize),
    /// Percent-encoding.
    Percent,
    /// Escapes of JavaScript and JSON.
    Escapes,
}

/// One beginning and what it may be the beginning of.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// The bytes, in the case that counts when `exact`.
    pub(crate) text: String,
    /// Whether its case counts.
    pub(crate) exact: bool,
    /// What to look for.
    pub(crate) look: Look,
}

/// Every beginning of some rules; made ready when the first text is looked at.
#[derive(Debug)]
pub(crate) struct Telling {
    rules: Vec<&'static Rule>,
    ready: OnceLock<Option<Ready>>,
}

/// Every beginning, ready to be looked for.
#[derive(Debug)]
struct Ready {
    automaton: AhoCorasick,
    /// The beginnings behind each pattern of the automaton.
    beginnings: Vec<Vec<Beginning>>,
    longest: usize,
}

impl Telling {
    /// The beginnings of these rules.
    pub(crate) fn of(rules: Vec<&'static Rule>) -> Self {
        Self {
            rules,
            ready: OnceLock::new(),
        }
    }

    /// `None` only when there were more than an automaton can number, which a test rules out.
    fn ready(&self) -> Option<&Ready> {
        self.ready.get_or_init(|| Ready::of(&self.rules)).as_ref()
    }

    /// Tells every place from `start` on where a beginning stands that starts before `until`.
    pub(crate) fn each(
        &self,
        text: &[u8],
        (start, until): (usize, usize),
        mut told: impl FnMut(usize, &Beginning),
    ) {
        let Some(ready) = self.ready().filter(|_| start < until) else {
            return;
        };
        let end = text.len().min(until + ready.longest);
        for hit in ready.automaton.find_overlapping_iter(&text[start..end]) {
            let at = start + hit.start();
            if at >= until {
                continue;
            }
            let written = &text[at..start + hit.end()];
            for beginning in &ready.beginnings[hit.pattern().as_usize()] {
                if !beginning.exact || written == beginning.text.as_bytes() {
                    told(at, beginning);
                }
            }
        }
    }
}

impl Ready {
    fn of(rules: &[&'static Rule]) -> Option<Self> {
        let mut patterns: Vec<String> = Vec::new();
        let mut beginnings: Vec<Vec<Beginning>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for beginning in all(rules) {
            let pattern = beginning.text.to_ascii_lowercase();
            let index = *known.entry(pattern.clone()).or_insert_with(|| {
                patterns.push(pattern);
                beginnings.push(Vec::new());
                beginnings.len() - 1
            });
            beginnings[index].push(beginning);
        }
        let longest = patterns.iter().map(String::len).max().unwrap_or(0);
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(true)
            .build(patterns)
            .ok()?;
        Some(Self {
            automaton,
            beginnings,
            longest,
        })
    }
}

fn all(rules: &[&'static Rule]) -> Vec<Beginning> {
    let mut all: Vec<Beginning> = rules.iter().flat_map(|rule| of_rule(rule)).collect();
    let encoded: Vec<Beginning> = all.iter().flat_map(behind_base64).collect();
    all.extend(encoded);
    all.push(exact("%3A%2F%2F", false, Look::Percent));
    all.push(exact("\\u00", true, Look::Escapes));
    all.push(exact("\\x", true, Look::Escapes));
    all.push(exact("\\/\\/", true, Look::Escapes));
    all
}

fn exact(text: impl Into<String>, exact: bool, look: Look) -> Beginning {
    Beginning {
        text: text.into(),
        exact,
        look,
    }
}

fn of_rule(rule: &'static Rule) -> Vec<Beginning> {
    let mut found = Vec::new();
    for shape in rule.shapes {
        match shape {
            Shape::Token(parts) => {
                let first = match parts.first() {
                    Some(Part::Text(text)) => std::slice::from_ref(text),
                    Some(Part::Either(texts)) => texts,
                    _ => &[],
                };
                let of = |text: &&str| exact(*text, true, Look::Token(rule, parts));
                found.extend(first.iter().map(of));
            }
            Shape::Around {
                before,
                anchor,
                after,
            } => found.push(exact(*anchor, true, Look::Around(rule, before, after))),
            Shape::Named { word, also, value } => {
                let mut written: Vec<String> = ["", "_", "-"]
                    .iter()
                    .map(|between| word.replace('_', between))
                    .collect();
                written.dedup();
                let of = |text| exact(text, false, Look::Named(rule, also, value));
                found.extend(written.into_iter().map(of));
            }
            Shape::Jwt => found.push(exact("eyJ", true, Look::Jwt)),
            Shape::PrivateKey => found.push(exact("-----BEGIN ", true, Look::PrivateKey(rule))),
            Shape::UrlWithPassword(schemes) => {
                for scheme in *schemes {
                    for slashes in ["://", ":\\/\\/"] {
                        let look = Look::Url(rule, scheme);
                        found.push(exact(format!("{scheme}{slashes}"), false, look));
                    }
                }
            }
            Shape::PublicName => {
                let of = |prefix: &&str| exact(*prefix, true, Look::PublicName(rule));
                found.extend(public_name::PREFIXES.iter().map(of));
            }
        }
    }
    found
}

/// What a beginning that tells itself looks like in base64.
fn behind_base64(beginning: &Beginning) -> Vec<Beginning> {
    match beginning.look {
        Look::Token(..) | Look::PrivateKey(_) | Look::Url(..) if !beginning.text.contains('\\') => {
            encoded::beginnings(&beginning.text)
                .into_iter()
                .map(|(digits, lead)| exact(digits, true, Look::Base64(lead)))
                .collect()
        }
        Look::Jwt => vec![exact("ZXlK", true, Look::Base64(0))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginnings_of_all_rules_fit_into_an_automaton() {
        let telling = Telling::of(crate::scan::rules::all().collect());
        assert!(telling.ready().is_some());
    }
}
