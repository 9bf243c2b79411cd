//! A changelog as text, as Markdown and as JSON.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value as Json, json};
use tidegate_core::span::Location;

use super::grouped::{Effect, Group, line};
use crate::shipped::path::is_invisible;

/// What changed from one document to another, to be written down.
#[derive(Debug)]
pub(crate) struct Report<'g> {
    /// Which document the base is.
    pub(crate) base: &'g str,
    /// Which document the head is.
    pub(crate) head: &'g str,
    /// What changed.
    pub(crate) groups: &'g [Group],
}

impl<'g> Report<'g> {
    /// How many changes have an effect.
    fn count(&self, effect: Effect) -> usize {
        let groups = self.groups.iter();
        groups.filter(|group| group.effect() == effect).count()
    }

    /// The changes of an effect by section, both in the order of the document.
    fn sections(&self, effect: Effect) -> Vec<(&'g str, Vec<&'g Group>)> {
        let mut sections: Vec<(&str, Vec<&Group>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for group in self.groups.iter().filter(|group| group.effect() == effect) {
            let name = group.section();
            let at = *known.entry(name).or_insert(sections.len());
            if at == sections.len() {
                sections.push((name, Vec::new()));
            }
            sections[at].1.push(group);
        }
        sections
    }

    /// The first line: how much changed.
    fn headline(&self) -> String {
        if self.groups.is_empty() {
            return "No change that a client could notice".to_owned();
        }
        let counts = Effect::ALL.map(|effect| format!("{} {}", self.count(effect), effect.name()));
        format!("{}, {} and {} changes", counts[0], counts[1], counts[2])
    }

    /// As plain text.
    pub(crate) fn text(&self) -> String {
        let (base, head) = (plain(self.base), plain(self.head));
        let mut text = format!("{} from {base} to {head}\n", self.headline());
        for effect in Effect::ALL {
            let sections = self.sections(effect);
            if !sections.is_empty() {
                let _ = writeln!(text, "\n{}", capital(effect.name()));
            }
            for (name, groups) in sections {
                let _ = writeln!(text, "\n  {}", plain(name));
                for group in groups {
                    text.push_str(&entry(group));
                }
            }
        }
        text
    }

    /// As a changelog in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let (base, head) = (code(self.base), code(self.head));
        let mut text = format!(
            "# Changes of the interface\n\n{} from {base} to {head}.\n",
            self.headline()
        );
        for effect in Effect::ALL {
            let sections = self.sections(effect);
            if !sections.is_empty() {
                let _ = writeln!(text, "\n## {}", capital(effect.name()));
            }
            for (name, groups) in sections {
                let _ = writeln!(text, "\n### {}\n", escaped(name));
                for group in groups {
                    text.push_str(&item(group));
                }
            }
        }
        text
    }

    /// For machines.
    pub(crate) fn json(&self) -> Json {
        json!({
            "version": 1,
            "base": self.base,
            "head": self.head,
            "breaking": self.count(Effect::Breaking),
            "risky": self.count(Effect::Risky),
            "compatible": self.count(Effect::Compatible),
            "changes": self.groups.iter().map(machine).collect::<Vec<_>>(),
        })
    }
}

/// Writing to a string does not fail, so its results are let go here and above.
fn entry(group: &Group) -> String {
    let change = &group.change;
    let severity = change.rule.severity.name();
    let mut text = format!(
        "    {severity:<8}  {}{}\n",
        plain(&before(group.part())),
        plain(&change.text)
    );
    let _ = writeln!(
        text,
        "              {}  {}",
        change.rule.code,
        plain(&places(group))
    );
    if let Some(others) = group.others() {
        let _ = writeln!(text, "              also in {}", plain(&others));
    }
    if group.effect() != Effect::Compatible && !group.advice().is_empty() {
        let _ = writeln!(text, "              {}", group.advice());
    }
    text
}

fn item(group: &Group) -> String {
    let change = &group.change;
    let part = match group.part() {
        "" => String::new(),
        part => format!("{}: ", code(part)),
    };
    let mut text = format!(
        "- {part}{} ({}",
        escaped(&change.text),
        code(change.rule.code.as_str())
    );
    let _ = writeln!(
        text,
        ", {}; {})",
        change.rule.severity.name(),
        escaped(&places(group))
    );
    if let Some(others) = group.others() {
        let _ = writeln!(text, "  - Also in {}", escaped(&others));
    }
    if group.effect() != Effect::Compatible && !group.advice().is_empty() {
        let _ = writeln!(text, "  - {}", group.advice());
    }
    text
}

fn machine(group: &Group) -> Json {
    let change = &group.change;
    let place = |place: &Option<Location>| {
        let place = place.as_ref();
        place.map(|place| json!({ "file": place.file, "line": place.line, "column": place.column }))
    };
    json!({
        "code": change.rule.code.as_str(),
        "effect": group.effect().name(),
        "severity": change.rule.severity.name(),
        "subject": change.subject,
        "also": group.also,
        "text": change.text,
        "base": place(&change.base),
        "head": place(&change.head),
        "advice": group.advice(),
    })
}

fn before(part: &str) -> String {
    if part.is_empty() {
        String::new()
    } else {
        format!("{part}: ")
    }
}

fn places(group: &Group) -> String {
    let of =
        |label: &str, place: &Option<Location>| Some(format!("{label} {}", line(place.as_ref()?)));
    let places = [
        of("base", &group.change.base),
        of("head", &group.change.head),
    ];
    places.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// On one line, and without what steers a terminal, hides or turns text around: documents are written
/// by others, and a line that begins with `::` is a command to GitHub Actions.
fn plain(text: &str) -> String {
    text.replace(is_invisible, "\u{fffd}")
}

/// As code in Markdown.
fn code(text: &str) -> String {
    format!("`{}`", plain(text).replace('`', "'"))
}

/// As text in Markdown, in which only pairs of backquotes have a meaning.
fn escaped(text: &str) -> String {
    let text = plain(text);
    let whole = text.matches('`').count().is_multiple_of(2);
    let parts = text.split('`').enumerate();
    parts
        .map(|(number, part)| {
            if whole && number % 2 == 1 {
                return code(part);
            }
            let letters = part.chars().flat_map(|letter| {
                let special = "\\*_[]<>#|@~".contains(letter);
                special.then_some('\\').into_iter().chain([letter])
            });
            letters.collect()
        })
        .collect()
}
