//! Findings of what was exposed: one for each value, at the place that matters most.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tidegate_core::finding::Finding;
use tidegate_core::fingerprint::hex;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::place::from_folder;
use tidegate_core::ports::Commit;
use tidegate_core::span::Location;

use super::codes;
use super::exposure::{Exposure, Id, Known, Place, Surface, Way};
use super::verify::Answer;
use crate::scan::custom::CustomRule;
use crate::scan::rule::{Class, Mode};
use crate::scan::{Origin, Sighting};

/// The most other places that are named beside a finding.
const MOST_RELATED: usize = 5;

/// The fewest bits of a value that a digest cannot give away.
const FEWEST_BITS: f64 = 80.0;

/// Where the check stands.
pub(super) struct Standpoint {
    /// Its line of the gate file, where stands what was served and has no known source.
    pub(super) line: Location,
    /// The gate file's folder below the repository's root: from there files are named in findings.
    pub(super) folder: String,
}

impl Standpoint {
    /// A place as every kind names it; git counts paths from the root of the repository.
    fn place(&self, one: &Exposure) -> Location {
        let found = location(&one.place);
        match one.way {
            Way::Change | Way::Tree | Way::History => Location {
                file: from_folder(&self.folder, &found.file),
                ..found
            },
            Way::File | Way::Build | Way::Site => found,
        }
    }
}

/// One finding for each value that was exposed.
///
/// `salt` is the baseline's, which makes a value the same finding in the next run wherever it moved.
pub(super) fn findings(
    exposures: Vec<Exposure>,
    known: &Known,
    salt: Option<&[u8]>,
    standpoint: &Standpoint,
) -> Vec<Finding> {
    let mut values: BTreeMap<Id, Vec<Exposure>> = BTreeMap::new();
    for one in exposures {
        values.entry(known.id(&one.sighting)).or_default().push(one);
    }
    let mut groups: Vec<Vec<Exposure>> = values.into_values().collect();
    for group in &mut groups {
        group.sort_by(|one, other| order(one).cmp(&order(other)));
    }
    groups.sort_by(|one, other| first_place(one).cmp(&first_place(other)));
    let mut subjects: BTreeMap<String, u32> = BTreeMap::new();
    groups
        .into_iter()
        .filter_map(|group| {
            let subject = subject(group.first()?, salt);
            let count = subjects.entry(subject.clone()).or_insert(0);
            *count += 1;
            let subject = if *count > 1 {
                format!("{subject} #{count}")
            } else {
                subject
            };
            finding(&group, standpoint).map(|finding| finding.subject(subject))
        })
        .collect()
}

/// The most eyes first, then the source before what was made of it.
pub(super) fn order(one: &Exposure) -> (std::cmp::Reverse<Surface>, Way, &Place) {
    (std::cmp::Reverse(one.surface), one.way, &one.place)
}

fn first_place(group: &[Exposure]) -> Option<(&Place, &str)> {
    group.first().map(|one| (&one.place, one.sighting.slug()))
}

/// What makes a value the same finding in the next run: its rule and, with the baseline's salt, a
/// keyed digest; without a salt, or when so few bits would be guessed, the place by name.
fn subject(one: &Exposure, salt: Option<&[u8]>) -> String {
    let slug = one.sighting.slug();
    let surface = match one.surface {
        Surface::Repository => "repository",
        Surface::Layer => "layer",
        Surface::Header => "header",
        Surface::Served => "served",
    };
    let value = one.sighting.value.expose();
    let digest = salt
        .filter(|_| crate::scan::bits(one.sighting.guessable()) >= FEWEST_BITS)
        .and_then(|salt| Hmac::<Sha256>::new_from_slice(salt).ok())
        .map(|mut mac| {
            mac.update(slug.as_bytes());
            mac.update(&[0]);
            mac.update(value.as_bytes());
            hex(&mac.finalize().into_bytes()[..12])
        });
    match digest {
        Some(digest) => format!("{slug} {surface} {digest}"),
        None => {
            let name = one.sighting.binding.as_deref().unwrap_or_default();
            format!("{slug} {surface} {} {name}", stable(&one.place.file))
        }
    }
}

/// A file name without the digest that a bundler puts into it: `index-B3x9_kQ1.js`.
fn stable(file: &str) -> String {
    let (folder, name) = file
        .rsplit_once('/')
        .map_or(("", file), |(folder, name)| (folder, name));
    let plain = |part: &&str| {
        let mixed = part.len() >= 8 && part.bytes().any(|byte| byte.is_ascii_digit());
        !mixed
    };
    let parts: Vec<&str> = name.split(['-', '.']).filter(plain).collect();
    format!("{folder}/{}", parts.join("."))
}

fn finding(group: &[Exposure], standpoint: &Standpoint) -> Option<Finding> {
    let one = group.first()?;
    let sighting = &one.sighting;
    let info = of_origin(sighting);
    let title = title(one);
    let served = one.way == Way::Site && one.place.file.starts_with('/');
    let place = if served {
        standpoint.line.clone()
    } else {
        standpoint.place(one)
    };
    let mut finding = Finding::new(&info, place, title)
        .severity(severity(one, info.severity))
        .confidence(sighting.confidence)
        .advice(advice(sighting));
    if sighting.holds_value() {
        finding = finding.evidence("value", sighting.redacted());
    }
    if let Origin::Custom(rule) = &sighting.origin {
        finding = finding.evidence("your rule", rule_in_words(rule));
    }
    if served {
        let place = match one.surface {
            Surface::Header => one.place.file.clone(),
            _ => location(&one.place).to_string(),
        };
        finding = finding.evidence("served at", place);
    }
    if let Some(name) = &sighting.binding {
        finding = finding.evidence("name", name.clone());
    }
    if let Some(facts) = sighting.says() {
        finding = finding.evidence("it says", facts);
    }
    if let Some(encoding) = sighting.encoding {
        finding = finding.evidence("hidden by", encoding);
    }
    finding = finding.evidence("who can see it", one.surface.seen_by());
    if let Some((label, text)) = tried(one) {
        finding = finding.evidence(label, text);
    }
    if let Some(commit) = group.iter().find_map(|one| one.commit.as_ref()) {
        finding = finding.evidence("first seen", seen_in(commit));
    }
    if sighting.allowed {
        let text = "the comment that allows it came with the same change, so it does not count yet";
        finding = finding.evidence("allow comment", text);
    }
    if one.excused {
        let text = "the entry that lets it be came with the same change, so it does not count yet";
        finding = finding.evidence("ignore entry", text);
    }
    let others = group.iter().skip(1).map(|other| {
        let label = match other.surface {
            Surface::Served => "served here, too",
            _ => "also here",
        };
        (label, standpoint.place(other))
    });
    let related = group.iter().flat_map(|one| &one.related);
    let related = related.map(|related| (related.label.as_str(), related.location.clone()));
    let declared = match &sighting.origin {
        Origin::BuiltIn(_) => None,
        Origin::Custom(rule) => Some(("declared here", rule.location.clone())),
    };
    let mut named = vec![finding.location.clone()];
    for (label, place) in declared.into_iter().chain(related).chain(others) {
        if named.len() <= MOST_RELATED && !named.contains(&place) {
            named.push(place.clone());
            finding = finding.related(label, place);
        }
    }
    Some(finding)
}

fn of_origin(sighting: &Sighting) -> CodeInfo {
    match &sighting.origin {
        Origin::BuiltIn(rule) => codes::of_rule(rule),
        Origin::Custom(rule) => CodeInfo {
            severity: rule.severity,
            ..codes::CUSTOM
        },
    }
}

/// What the author of a rule says about it.
fn rule_in_words(rule: &CustomRule) -> String {
    if rule.tags.is_empty() {
        return rule.description.clone();
    }
    format!("{} ({})", rule.description, rule.tags.join(", "))
}

/// A place without its text, which holds the value.
pub(super) fn location(place: &Place) -> Location {
    Location {
        column: place.column,
        end_column: place.column,
        ..Location::line_of(place.file.clone(), place.line)
    }
}

fn title(one: &Exposure) -> String {
    let worded = one.sighting.described();
    let mut letters = worded.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let worded: String = first.into_iter().chain(letters).collect();
    let file = &one.place.file;
    match (one.way, one.surface) {
        (Way::Change, _) => format!("{worded} enters the repository in {file}"),
        (Way::Tree | Way::File, _) => format!("{worded} stands in {file}"),
        (Way::History, _) => format!("{worded} stands in the history of {file}"),
        (Way::Build, _) => {
            format!("{worded} in {file} is in the build output that every visitor gets")
        }
        (Way::Site, Surface::Header) => format!("{worded} is sent with the answer to {file}"),
        (Way::Site, _) => format!("{worded} in {file} is served to every visitor"),
    }
}

/// What who issued a key says about it.
fn tried(one: &Exposure) -> Option<(&'static str, String)> {
    let Origin::BuiltIn(rule) = &one.sighting.origin else {
        return None;
    };
    let provider = rule.provider;
    Some(match one.answer.as_ref()? {
        Answer::Opens => ("verified", format!("it still opens {provider} today")),
        Answer::Refused => (
            "tried",
            format!("{provider} refuses it, so it was replaced or ended already"),
        ),
        Answer::Unclear(why) => ("tried", format!("could not tell ({why})")),
    })
}

/// What its provider refuses is a warning, because it still stands there; a key of a sandbox does
/// little harm in a repository; whatever needs restrictions is a warning, and only told where every app has
/// one.
fn severity(one: &Exposure, severity: Severity) -> Severity {
    if one.answer == Some(Answer::Refused) {
        return severity.min(Severity::Low);
    }
    match (one.sighting.class, one.sighting.mode, one.surface) {
        (Class::Depends, _, _) if one.sighting.is_of_firebase() => Severity::Info,
        (Class::Depends, _, _) => severity.min(Severity::Low),
        (_, Mode::Test, Surface::Served | Surface::Header) => severity.min(Severity::Medium),
        (_, Mode::Test, _) => severity.min(Severity::Low),
        _ => severity,
    }
}

fn advice(sighting: &Sighting) -> String {
    match &sighting.origin {
        Origin::BuiltIn(rule) => rule.advice(),
        Origin::Custom(_) => {
            "Remove the value from this place, and replace it when it is a key that \
                              still opens something."
                .to_owned()
        }
    }
}

fn seen_in(commit: &Commit) -> String {
    let id = commit.id.get(..12).unwrap_or(&commit.id);
    let day = commit.at.get(..10).unwrap_or(&commit.at);
    format!("commit {id} by {} on {day}", commit.author)
}
