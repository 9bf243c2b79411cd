//! The telling beginnings of all rules, and the places of a text where they stand.

use std::collections::BTreeSet;
use std::sync::OnceLock;

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
#[derive(Debug, Clone)]
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
    ready: OnceLock<Ready>,
}

/// Every beginning, ready to be looked for by its first three bytes.
///
/// Nearly every place of a text is passed by with three small tables and one bit, which stay in the
/// nearest cache; an automaton over all beginnings does not fit there.
#[derive(Debug)]
struct Ready {
    /// What each byte adds to the slot of the three it stands among, by its place; letters add the same
    /// in both cases.
    adds: [[u32; 256]; 3],
    /// One bit for each slot in which a beginning may stand.
    slots: Box<[u64; SLOT_WORDS]>,
    /// Which of the lists is that of each slot; the first is empty.
    list_of: Vec<u16>,
    lists: Vec<Vec<Head>>,
    beginnings: Vec<Beginning>,
    longest: usize,
}

/// The first eight bytes of a beginning, compared in one step before the rest is.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Ones where the beginning has bytes.
    mask: u64,
    /// The bytes; with [`LOWER`] when their case does not count.
    bytes: u64,
    /// What to lay over a text before it is compared: [`LOWER`] or nothing.
    lower: u64,
    /// Which beginning it is.
    beginning: u32,
}

/// The bit that makes capitals small, in each byte.
const LOWER: u64 = 0x2020_2020_2020_2020;

impl Head {
    fn of(beginning: &Beginning, number: usize) -> Self {
        let text = beginning.text.as_bytes();
        let mut mask = [0; 8];
        let mut bytes = [0; 8];
        for ((mask, byte), written) in mask.iter_mut().zip(&mut bytes).zip(text) {
            (*mask, *byte) = (u8::MAX, *written);
        }
        let lower = if beginning.exact { 0 } else { LOWER };
        let mask = u64::from_le_bytes(mask);
        Self {
            mask,
            bytes: (u64::from_le_bytes(bytes) | lower) & mask,
            lower,
            beginning: u32::try_from(number).unwrap_or(u32::MAX),
        }
    }

    /// Whether a text that begins with these bytes may have the beginning.
    fn may_fit(&self, text: u64) -> bool {
        (text | self.lower) & self.mask == self.bytes
    }
}

impl Telling {
    /// The beginnings of these rules.
    pub(crate) fn of(rules: Vec<&'static Rule>) -> Self {
        Self {
            rules,
            ready: OnceLock::new(),
        }
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| Ready::of(&self.rules))
    }

    /// Tells every place from `start` on where a beginning stands that starts before `until`.
    pub(crate) fn each(
        &self,
        text: &[u8],
        (start, until): (usize, usize),
        mut told: impl FnMut(usize, &Beginning),
    ) {
        if start >= until {
            return;
        }
        let end = text.len().min(until + self.ready().longest);
        let Some(view) = text.get(start..end) else {
            return;
        };
        self.ready()
            .each(view, until.saturating_sub(start), |at, beginning| {
                told(start + at, beginning);
            });
    }
}

impl Ready {
    fn of(rules: &[&'static Rule]) -> Self {
        let mut ready = Self {
            adds: adds(),
            slots: Box::new([0; SLOT_WORDS]),
            list_of: vec![0; 1 << SLOT_BITS],
            lists: vec![Vec::new()],
            beginnings: Vec::new(),
            longest: 0,
        };
        for beginning in all(rules) {
            ready.longest = ready.longest.max(beginning.text.len());
            for slot in ready.slots_of(beginning.text.as_bytes()) {
                ready.slots[(slot >> 6) as usize] |= 1 << (slot & 63);
                ready.add(slot as usize, Head::of(&beginning, ready.beginnings.len()));
            }
            ready.beginnings.push(beginning);
        }
        ready
    }

    fn add(&mut self, slot: usize, head: Head) {
        if self.list_of[slot] == 0 {
            // There are fewer lists than slots, and as many as two bytes can number.
            self.list_of[slot] = u16::try_from(self.lists.len()).unwrap_or(0);
            self.lists.push(Vec::new());
        }
        self.lists[usize::from(self.list_of[slot])].push(head);
    }

    /// The slots in which a beginning may stand: those of every third byte when it has two only.
    fn slots_of(&self, text: &[u8]) -> Vec<u32> {
        match *text {
            [one, two] => {
                let slots = (0..=u8::MAX).map(|three| self.slot(one, two, three));
                let slots: BTreeSet<u32> = slots.collect();
                slots.into_iter().collect()
            }
            [one, two, three, ..] => vec![self.slot(one, two, three)],
            // A rule with so short a beginning is refused by a test.
            _ => Vec::new(),
        }
    }

    fn slot(&self, one: u8, two: u8, three: u8) -> u32 {
        let [first, second, third] = &self.adds;
        first[usize::from(one)] ^ second[usize::from(two)] ^ third[usize::from(three)]
    }

    /// Tells each beginning that starts before `until`.
    fn each(&self, text: &[u8], until: usize, mut told: impl FnMut(usize, &Beginning)) {
        for (at, three) in text.windows(3).take(until).enumerate() {
            let slot = self.slot(three[0], three[1], three[2]);
            // The mask changes nothing, and spares the check of the bound.
            let word = self.slots[(slot >> 6) as usize & (SLOT_WORDS - 1)];
            if word >> (slot & 63) & 1 == 1 {
                self.look(text, at, slot, &mut told);
            }
        }
        // The last two bytes have no third.
        let last = text.len().saturating_sub(2);
        if let (Some(&[one, two]), true) = (text.get(last..), last < until) {
            self.look(text, last, self.slot(one, two, 0), &mut told);
        }
    }

    fn look(&self, text: &[u8], at: usize, slot: u32, told: &mut impl FnMut(usize, &Beginning)) {
        let list = self.list_of.get(slot as usize).copied().unwrap_or(0);
        let heads = self.lists.get(usize::from(list)).into_iter().flatten();
        let first = first_eight(text, at);
        for head in heads.filter(|head| head.may_fit(first)) {
            let Some(beginning) = self.beginnings.get(head.beginning as usize) else {
                continue;
            };
            let wanted = beginning.text.as_bytes();
            let written = text.get(at..at + wanted.len());
            let fits = written.is_some_and(|written| {
                written == wanted || (!beginning.exact && written.eq_ignore_ascii_case(wanted))
            });
            if fits {
                told(at, beginning);
            }
        }
    }
}

/// The eight bytes from a place on, zeros where the text has ended.
fn first_eight(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// How many bits a slot has: so many that few places of a text meet a bit by chance, and so few that
/// all bits fit into 16 KiB.
const SLOT_BITS: u32 = 17;

/// How many words of 64 bits hold one bit for each slot.
const SLOT_WORDS: usize = 1 << (SLOT_BITS - 6);

/// Spreads bytes over the slots (multiplicative hashing; Knuth, The Art of Computer Programming, 6.4).
fn adds() -> [[u32; 256]; 3] {
    const FACTORS: [u32; 3] = [0x9e37_79b1, 0x85eb_ca6b, 0xc2b2_ae35];
    FACTORS.map(|factor| {
        let mut adds = [0; 256];
        for (byte, add) in (0..=u8::MAX).zip(&mut adds) {
            let folded = u32::from(byte.to_ascii_lowercase()) + 1;
            *add = folded.wrapping_mul(factor) >> (32 - SLOT_BITS);
        }
        adds
    })
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
    use proptest::prelude::*;

    use super::*;
    use crate::scan::rules;

    #[test]
    fn no_beginning_is_too_short_to_have_a_slot() {
        let rules: Vec<&'static Rule> = rules::all().collect();
        let short: Vec<String> = all(&rules)
            .into_iter()
            .map(|beginning| beginning.text)
            .filter(|text| text.len() < 2)
            .collect();
        assert!(short.is_empty(), "{short:?}");
    }

    /// Where beginnings stand, found the slow way.
    fn slowly(text: &[u8], until: usize, beginnings: &[Beginning]) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for at in 0..until.min(text.len()) {
            for beginning in beginnings {
                let wanted = beginning.text.as_bytes();
                let written = text.get(at..at + wanted.len());
                let fits = written.is_some_and(|written| {
                    written == wanted || (!beginning.exact && written.eq_ignore_ascii_case(wanted))
                });
                if fits {
                    found.push((at, beginning.text.clone()));
                }
            }
        }
        found.sort();
        found
    }

    proptest! {
        #[test]
        fn every_beginning_is_told_at_each_place_it_stands(
            parts in prop::collection::vec((any::<prop::sample::Index>(), "[ -~]{0,4}", any::<bool>()), 0..20),
            start in 0usize..40,
            length in 0usize..200,
        ) {
            let rules: Vec<&'static Rule> = rules::all().collect();
            let beginnings = all(&rules);
            let mut text = String::new();
            for (index, between, capitals) in parts {
                let beginning = &beginnings[index.index(beginnings.len())].text;
                text.push_str(&if capitals { beginning.to_ascii_uppercase() } else { beginning.clone() });
                text.push_str(&between);
            }
            let start = start.min(text.len());
            let until = (start + length).min(text.len());
            let mut found = Vec::new();
            Telling::of(rules).each(text.as_bytes(), (start, until), |at, beginning| {
                found.push((at, beginning.text.clone()));
            });
            found.sort();
            let wanted: Vec<_> = slowly(text.as_bytes(), until, &beginnings)
                .into_iter()
                .filter(|(at, _)| *at >= start)
                .collect();
            prop_assert_eq!(found, wanted);
        }
    }
}
