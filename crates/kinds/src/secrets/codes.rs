//! Everything that the kind can find: one code for each rule, and a few of its own.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};
use tidegate_core::name::Code;

use crate::scan::rule::{Class, Rule};
use crate::scan::{article, rules};

/// A rule of the user's own.
pub(super) const CUSTOM: CodeInfo = CodeInfo::known(
    "secrets/custom-rule",
    Severity::High,
    Effort::Small,
    "A value that one of your own rules looks for is where it must not be",
    "What your rule guards is open to whoever can see this place.",
);
/// A file that must not be served.
pub(super) const FILE_SERVED: CodeInfo = CodeInfo::known(
    "secrets/file-served",
    Severity::Critical,
    Effort::Small,
    "The deployed site serves a file that is for its makers only",
    "Every visitor can read passwords, keys or the source code in it, and robots look for such files all day.",
);
/// A source map that everybody can fetch.
pub(super) const SOURCE_MAP_SERVED: CodeInfo = CodeInfo::known(
    "secrets/source-map-served",
    Severity::Low,
    Effort::Small,
    "The deployed site serves a source map",
    "Every visitor can read the portal's source code with its comments, which makes an attack easier.",
);

const OF_THE_KIND: [CodeInfo; 3] = [CUSTOM, FILE_SERVED, SOURCE_MAP_SERVED];

/// What the kind says about itself.
pub(super) static META: LazyLock<Meta> = LazyLock::new(|| Meta {
    name: Cow::Borrowed("secrets"),
    summary: Cow::Borrowed(
        "Looks for keys and passwords in the change, the build output and the deployed site",
    ),
    docs: Docs::Made(page),
    codes: Cow::Owned(OF_THE_KIND.into_iter().chain(told().map(of_rule)).collect()),
    always_run: true,
    retry: RetryClass::Never,
    ports: Cow::Borrowed(&[
        Port::Repository,
        Port::Files,
        Port::Http,
        Port::State,
        Port::Variables,
    ]),
});

/// The rules whose sightings are findings.
fn told() -> impl Iterator<Item = &'static Rule> {
    rules::all().filter(|rule| rule.class != Class::Public)
}

/// The code of a rule.
pub(super) fn of_rule(rule: &Rule) -> CodeInfo {
    CodeInfo {
        code: Code::new(format!("secrets/{}", rule.slug)),
        summary: Cow::Owned(format!(
            "{} {} is where it must not be",
            capital(article(rule.name)),
            rule.name
        )),
        severity: rule.severity,
        impact: Cow::Borrowed(rule.opens),
        effort: Effort::Small,
    }
}

fn capital(word: &str) -> &'static str {
    if word == "an" { "An" } else { "A" }
}

/// The kind's page: what is written by hand, and a section for each rule.
fn page() -> String {
    const MARK: &str = "<!-- rules -->\n";
    let (before, after) = include_str!("check.md")
        .split_once(MARK)
        .unwrap_or_default();
    let sections: String = told().map(section).collect();
    format!("{before}{sections}{}{after}", public())
}

fn section(rule: &Rule) -> String {
    let mut text = format!("### secrets/{}\n\n", rule.slug);
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{} {} ({}). {}\n",
        capital(article(rule.name)),
        rule.name,
        rule.provider,
        rule.opens
    );
    if !rule.rotate.is_empty() {
        text.push_str("How to replace it:\n\n");
        for (number, step) in (1..).zip(rule.rotate) {
            let _ = writeln!(text, "{number}. {step}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "Where it belongs: {}\n", rule.keep_out);
    let _ = writeln!(text, "Source: {}\n", rule.reference);
    text
}

/// What is public by design, so that nobody wonders why it is no finding.
fn public() -> String {
    let mut text =
        String::from("### Public by design\n\nThese are made for the browser and never block:\n\n");
    for rule in rules::all().filter(|rule| rule.class == Class::Public) {
        let _ = writeln!(text, "- {}: {} {}", rule.name, rule.opens, rule.keep_out);
    }
    text.push('\n');
    text
}
