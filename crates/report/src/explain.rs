//! What codes and kinds mean, for people.

mod markdown;

use std::cmp::Reverse;

use tidegate_core::meta::{CodeInfo, Effort, Meta};
use tidegate_core::registry::Registry;

use self::markdown::{heading, markdown, step};
use crate::page::Page;
use crate::style::{Style, Tone};

/// How many codes of a kind with many are listed beside the other kinds.
const LISTED: usize = 12;
/// How many more are not worth leaving out.
const FEW: usize = 4;

/// Everything that can be checked, and what each kind and observer finds.
pub fn kinds_text(registry: &Registry, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title("Check kinds");
    for kind in registry.kinds() {
        listed(&mut page, kind.meta());
    }
    page.title("Observers");
    for observer in registry.observers() {
        listed(&mut page, observer.meta());
    }
    page.gap();
    page.paragraph(
        "",
        "`tidegate explain NAME` tells all about a kind, an observer or a code.",
    );
    page.finish()
}

fn listed(page: &mut Page<'_>, meta: &Meta) {
    let style = page.style();
    page.gap();
    page.toned(Tone::Strong, "  ", &style.line(&meta.name));
    let always = if meta.always_run {
        " (always runs)"
    } else {
        ""
    };
    page.paragraph("    ", &style.line(&format!("{}{always}", meta.summary)));
    let codes = worst_first(meta);
    for info in codes.iter().take(listed_codes(meta)) {
        page.hanging("    - ", "      ", &style.line(&code_line(info)));
    }
    if let Some(more @ 1..) = codes.len().checked_sub(listed_codes(meta)) {
        let text = format!(
            "and {more} more: `tidegate explain {}` lists them",
            meta.name
        );
        page.hanging("    - ", "      ", &style.line(&text));
    }
}

/// How many codes of a kind are listed beside the other kinds: all, unless they are many more than
/// have room there.
fn listed_codes(meta: &Meta) -> usize {
    match meta.codes.len() {
        all if all <= LISTED + FEW => all,
        _ => LISTED,
    }
}

/// The codes of a kind: as the kind orders them, and the worst first where not all are listed.
fn worst_first(meta: &Meta) -> Vec<&CodeInfo> {
    let mut codes: Vec<&CodeInfo> = meta.codes.iter().collect();
    if listed_codes(meta) < codes.len() {
        codes.sort_by_key(|info| Reverse(info.severity));
    }
    codes
}

fn code_line(info: &CodeInfo) -> String {
    let severity = info.severity.name();
    format!("{} ({severity}): {}", info.code, info.summary)
}

/// What a code means, why it matters, and what its kind's page says about it.
pub fn explain_code(meta: &Meta, info: &CodeInfo, style: &Style) -> String {
    let mut page = Page::new(style);
    let title = format!("{}: {}", info.code, info.summary);
    page.toned(Tone::Strong, "", &style.line(&title));
    page.gap();
    let effort = match info.effort {
        Effort::Small => "minutes",
        Effort::Medium => "hours",
        Effort::Large => "days",
    };
    page.labelled("Severity", info.severity.name());
    page.labelled("Why it matters", &info.impact);
    page.labelled("Work to mend it", effort);
    let slug = info.code.as_str().rsplit('/').next().unwrap_or_default();
    let docs = meta.docs.text();
    let own = section(&docs, |title| title == info.code.as_str() || title == slug);
    let own = own.as_deref().map_or("", without_title);
    page.gap();
    markdown(&mut page, own);
    if let Some(remedy) = section(&docs, |title| title == "How to fix") {
        let steps = own.lines().any(|line| step(line.trim_start()).is_some());
        page.title(if steps {
            "How to fix, in general"
        } else {
            "How to fix"
        });
        markdown(&mut page, &introduction(&remedy));
    }
    page.gap();
    page.paragraph(
        "",
        &style.line(&format!(
            "`tidegate explain {}` tells all about the kind.",
            meta.name
        )),
    );
    page.finish()
}

/// The whole page of a kind or an observer.
pub fn explain_kind(meta: &Meta, style: &Style) -> String {
    let mut page = Page::new(style);
    markdown(&mut page, &meta.docs.text());
    if listed_codes(meta) < meta.codes.len() {
        page.title("Everything it finds");
        page.gap();
        for info in worst_first(meta) {
            page.hanging("  - ", "    ", &style.line(&code_line(info)));
        }
    }
    page.finish()
}

/// A page in Markdown as text for the terminal.
pub fn page_text(markdown: &str, style: &Style) -> String {
    let mut page = Page::new(style);
    self::markdown(&mut page, markdown);
    page.finish()
}

/// A list of things by their names, each with a summary and with what it is for.
pub fn list_text(title: &str, things: &[[&str; 3]], more: &str, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title(title);
    for [name, summary, suits] in things {
        page.gap();
        page.toned(Tone::Strong, "  ", &style.line(name));
        page.paragraph("    ", &style.line(summary));
        page.hanging("    For: ", "    ", &style.line(suits));
    }
    page.gap();
    page.paragraph("", more);
    page.finish()
}

/// The part of a page under the first heading that is wanted, up to the next of its level.
fn section(docs: &str, wanted: impl Fn(&str) -> bool) -> Option<String> {
    let mut found: Option<(usize, Vec<&str>)> = None;
    let mut fenced = false;
    for line in docs.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let title = heading(line).filter(|_| !fenced);
        match (&mut found, title) {
            (Some((level, _)), Some((next, _))) if next <= *level => break,
            (Some((_, lines)), _) => lines.push(line),
            (None, Some((level, title))) if wanted(&title) => found = Some((level, vec![line])),
            (None, _) => {}
        }
    }
    found.map(|(_, lines)| lines.join("\n"))
}

/// A section without its title.
fn without_title(section: &str) -> &str {
    section.split_once('\n').map_or("", |(_, text)| text)
}

/// A section without its title, up to the first heading inside it.
fn introduction(section: &str) -> String {
    let mut fenced = false;
    let lines = without_title(section).lines().take_while(|line| {
        fenced ^= line.trim_start().starts_with("```");
        fenced || heading(line).is_none()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
