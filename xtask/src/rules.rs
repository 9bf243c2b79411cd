//! `cargo xtask rules FOLDER`: the larger pack of rules, made from betterleaks' own.
//!
//! betterleaks writes its rules in TOML much as gitleaks does, with filters in a language of its own.
//! What of them can be said in gitleaks' format is; a rule whose filter cannot is left out, because
//! without it the rule would find what it should not. What asks the provider over the network is
//! never taken along.

mod filter;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lexopt::prelude::{Value, ValueExt as _};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::failure::Failure;
use crate::process::root;
use filter::Filter;

/// Where the rules and the licence are in betterleaks' sources, and where they go.
const FILES: [(&str, &str); 2] = [
    ("config/betterleaks.toml", "checks/rules/betterleaks.toml"),
    ("LICENSE", "checks/rules/betterleaks.LICENSE"),
];

/// Reads the folder of betterleaks' sources from the arguments and makes the pack.
///
/// # Errors
/// [`Failure`] when the folder is not named, or is not what it should be.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<(), Failure> {
    let Some(Value(folder)) = arguments.next()? else {
        let usage = "name the folder of betterleaks' sources: `cargo xtask rules FOLDER`";
        return Err(Failure::Usage(usage.to_owned()));
    };
    crate::no_more(arguments)?;
    let folder = folder.string()?;
    let [rules, licence] = FILES;
    let (pack, left_out) = pack(&read(&folder, rules.0)?)?;
    write(rules.1, &pack)?;
    write(licence.1, &read(&folder, licence.0)?)?;
    println!("left out: {}", left_out.join(", "));
    Ok(())
}

fn read(folder: &str, file: &str) -> Result<String, Failure> {
    fs::read_to_string(Path::new(folder).join(file)).map_err(Failure::io(format!("read {file}")))
}

fn write(file: &str, text: &str) -> Result<(), Failure> {
    fs::write(root().join(file), text).map_err(Failure::io(format!("write {file}")))
}

const HEAD: &str = "\
# The rules of betterleaks, https://github.com/betterleaks/betterleaks, in gitleaks' format.
# Copyright (c) 2026 Zachary Rice; MIT licence, see betterleaks.LICENSE beside this file.
# Made by `cargo xtask rules`; changes here are lost.

title = \"betterleaks\"
";

/// The pack, and the ids of the rules that were left out.
fn pack(text: &str) -> Result<(String, Vec<String>), Failure> {
    let file = DeTable::parse(text).map_err(|error| Failure::Found(error.message().to_owned()))?;
    let rules = list(file.get_ref(), "rules");
    let read: Vec<Rule<'_>> = rules.iter().filter_map(|rule| Rule::of(rule)).collect();
    let mut left_out: Vec<&str> = read
        .iter()
        .filter(|rule| rule.filter.is_none())
        .map(|rule| rule.id)
        .collect();
    // A rule goes with one that it requires.
    while let Some(rule) = read.iter().find(|rule| {
        let requires_one = rule.required.iter().any(|(id, _)| left_out.contains(id));
        requires_one && !left_out.contains(&rule.id)
    }) {
        left_out.push(rule.id);
    }
    let mut pack = HEAD.to_owned();
    for rule in read.iter().filter(|rule| !left_out.contains(&rule.id)) {
        rule.write(&mut pack);
    }
    if !pack.contains("[[rules]]") {
        return Err(Failure::Found("there is no rule in the file".to_owned()));
    }
    Ok((pack, left_out.into_iter().map(str::to_owned).collect()))
}

/// A rule of betterleaks'.
struct Rule<'t> {
    id: &'t str,
    table: &'t DeTable<'t>,
    /// What must stand nearby, and within how many lines.
    required: Vec<(&'t str, Option<u32>)>,
    /// `None` when it cannot be said in gitleaks' format.
    filter: Option<Filter>,
}

impl<'t> Rule<'t> {
    fn of(table: &'t DeTable<'t>) -> Option<Self> {
        let required = list(table, "components")
            .into_iter()
            .filter(|one| !matches!(value(one, "optional"), Some(DeValue::Boolean(true))))
            .filter_map(|one| Some((text(one, "id")?, text(one, "within").and_then(lines))))
            .collect();
        Some(Self {
            id: text(table, "id")?,
            table,
            required,
            filter: Filter::read(text(table, "filter").unwrap_or_default()),
        })
    }

    fn write(&self, pack: &mut String) {
        let filter = self.filter.as_ref();
        let mut line = |key: &str, value: String| {
            let _ = writeln!(pack, "{key} = {value}");
        };
        line("\n[[rules]]\nid", quoted(self.id));
        for key in ["description", "regex", "path", "confidence"] {
            if let Some(text) = text(self.table, key) {
                line(key, quoted(text));
            }
        }
        if let Some(DeValue::Integer(group)) = value(self.table, "valueGroup") {
            line("secretGroup", group.to_string());
        }
        if let Some(entropy) = filter.and_then(|filter| filter.entropy) {
            line("entropy", entropy.to_string());
        }
        let keywords = texts(self.table, "keywords");
        if !keywords.is_empty() {
            line("keywords", quoted_list(&keywords));
        }
        if matches!(
            value(self.table, "skipReport"),
            Some(DeValue::Boolean(true))
        ) {
            line("skipReport", "true".to_owned());
        }
        for (id, lines) in &self.required {
            line("[[rules.required]]\nid", quoted(id));
            if let Some(lines) = lines {
                line("withinLines", lines.to_string());
            }
        }
        for list in filter.iter().flat_map(|filter| &filter.allowlists) {
            line(
                &format!("[[rules.allowlists]]\n{}", list.fields()),
                quoted_list(&list.texts),
            );
        }
    }
}

/// The lines of a distance as in `5L` or `7L,200C`.
fn lines(within: &str) -> Option<u32> {
    let (lines, _) = within.split_once('L')?;
    lines.parse().ok()
}

fn value<'t>(table: &'t DeTable<'t>, key: &str) -> Option<&'t DeValue<'t>> {
    let (_, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    Some(value.get_ref())
}

fn text<'t>(table: &'t DeTable<'t>, key: &str) -> Option<&'t str> {
    value(table, key)?.as_str()
}

fn items<'t>(table: &'t DeTable<'t>, key: &str) -> impl Iterator<Item = &'t DeValue<'t>> {
    let items = value(table, key).and_then(DeValue::as_array);
    items
        .into_iter()
        .flat_map(|items| items.iter())
        .map(Spanned::get_ref)
}

fn list<'t>(table: &'t DeTable<'t>, key: &str) -> Vec<&'t DeTable<'t>> {
    items(table, key).filter_map(DeValue::as_table).collect()
}

fn texts(table: &DeTable<'_>, key: &str) -> Vec<String> {
    items(table, key)
        .filter_map(DeValue::as_str)
        .map(str::to_owned)
        .collect()
}

/// A text as TOML takes it, without escapes where that can be.
fn quoted(text: &str) -> String {
    let plain = !text.contains("'''") && !text.ends_with('\'') && !text.contains('\n');
    if plain {
        return format!("'''{text}'''");
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn quoted_list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_as_gitleaks_has_it() {
        let text = r#"
[[rules]]
id = "one"
description = "It's one"
regex = '''one=([a-z]+)(x)'''
valueGroup = 2
keywords = ["one"]
confidence = "high"
filter = '''
entropy(finding["secret"]) <= 3.5 || matchesAny(finding["match"], [`^a"b$`])
'''
validate = '''http.get("https://one.example")'''
components = [{ id = "two", within = "5L" }, { id = "three", optional = true }]

[[rules]]
id = "two"
regex = '''two'''
skipReport = true

[[rules]]
id = "four"
regex = '''four'''
filter = '''let x = 1; x'''

[[rules]]
id = "five"
regex = '''five'''
components = [{ id = "four" }]
"#;
        let (pack, left_out) = pack(text).unwrap();
        assert_eq!(left_out, ["four", "five"]);
        assert_eq!(
            pack.strip_prefix(HEAD).unwrap(),
            r#"
[[rules]]
id = '''one'''
description = '''It's one'''
regex = '''one=([a-z]+)(x)'''
confidence = '''high'''
secretGroup = 2
entropy = 3.5
keywords = ['''one''']
[[rules.required]]
id = '''two'''
withinLines = 5
[[rules.allowlists]]
regexTarget = "match"
regexes = ['''^a"b$''']

[[rules]]
id = '''two'''
regex = '''two'''
skipReport = true
"#
        );
    }

    #[test]
    fn a_text_that_needs_escapes_gets_them() {
        assert_eq!(quoted(r"a\b"), r"'''a\b'''");
        assert_eq!(quoted("a\\'"), r#""a\\'""#);
        assert_eq!(quoted("a\n\"'''"), r#""a\n\"'''""#);
    }

    #[test]
    fn a_file_without_rules_is_no_pack() {
        assert!(matches!(pack("title = 'x'"), Err(Failure::Found(_))));
        assert!(matches!(pack("title = "), Err(Failure::Found(_))));
    }
}
