//! What codes and kinds mean, for people.

use tidegate_core::meta::{CodeInfo, Effort, Meta};
use tidegate_core::registry::Registry;

use crate::page::Page;
use crate::style::{Style, Tone};
use crate::terminal::severity;

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
    for info in meta.codes.iter() {
        let text = format!(
            "{} ({}): {}",
            info.code,
            severity(info.severity),
            info.summary
        );
        page.hanging("    - ", "      ", &style.line(&text));
    }
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
    page.labelled("Severity", severity(info.severity));
    page.labelled("Why it matters", &info.impact);
    page.labelled("Work to mend it", effort);
    let slug = info.code.as_str().rsplit('/').next().unwrap_or_default();
    let own = section(&meta.docs, |title| {
        title == info.code.as_str() || title == slug
    });
    let remedy = section(&meta.docs, |title| title == "How to fix");
    for part in [own, remedy.as_deref().map(introduction)]
        .into_iter()
        .flatten()
    {
        page.gap();
        markdown(&mut page, &part);
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
    markdown(&mut page, &meta.docs);
    page.finish()
}

/// A heading's level and text without code marks, if the line is one.
fn heading(line: &str) -> Option<(usize, String)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let title = title.strip_prefix(' ')?;
    (1..=6)
        .contains(&level)
        .then(|| (level, title.trim().replace('`', "")))
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

/// A section up to the first heading inside it.
fn introduction(section: &str) -> String {
    let mut lines = section.lines();
    let title = lines.next().into_iter();
    let body = lines.take_while(|line| heading(line).is_none());
    title.chain(body).collect::<Vec<_>>().join("\n")
}

/// Renders the Markdown of our own pages: headings, paragraphs, lists and fenced code.
fn markdown(page: &mut Page<'_>, text: &str) {
    let style = page.style();
    let mut fenced = false;
    let mut paragraph = Paragraph::default();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            paragraph.flush(page);
            fenced = !fenced;
        } else if fenced {
            page.line(format!("    {}", style.block(line)).trim_end());
        } else if let Some((_, title)) = heading(line) {
            paragraph.flush(page);
            page.title(&style.line(&title));
        } else if trimmed.is_empty() {
            paragraph.flush(page);
            page.gap();
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            paragraph.flush(page);
            paragraph = Paragraph::item(item);
        } else {
            paragraph.push(trimmed);
        }
    }
    paragraph.flush(page);
}

/// Lines of a paragraph or a list item that are wrapped together.
#[derive(Default)]
struct Paragraph {
    item: bool,
    text: String,
}

impl Paragraph {
    fn item(text: &str) -> Self {
        Self {
            item: true,
            text: text.to_owned(),
        }
    }

    fn push(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(line);
    }

    fn flush(&mut self, page: &mut Page<'_>) {
        let done = std::mem::take(self);
        let text = page.style().line(&done.text.replace("**", ""));
        match (done.text.is_empty(), done.item) {
            (true, _) => {}
            (false, true) => page.hanging("  - ", "    ", &text),
            (false, false) => page.paragraph("", &text),
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use std::borrow::Cow;
    use tidegate_core::meta::{RetryClass, Severity};

    use super::*;

    const INFO: CodeInfo = CodeInfo::known(
        "flow/status",
        Severity::High,
        Effort::Small,
        "A request is answered with another status than expected",
        "A step that users take every day does not work.",
    );
    const DOCS: &str = "# flow\n\n## What it does\n\nPlays **requests** in order,\none after the other.\n\n\
        ## Example\n\n```yaml\n# a comment, no heading\nflow:\n  - get: /\n```\n\n\
        ## flow/status\n\nThe status is another one.\n\n- Look at the log.\n- Look at the\n  answer.\n\n\
        ## How to fix\n\nMend the portal.\n\n## References\n\nNone.\n";

    fn meta() -> Meta {
        Meta {
            name: "flow".into(),
            summary: "Plays requests in order".into(),
            docs: DOCS.into(),
            codes: Cow::Owned(vec![INFO]),
            always_run: false,
            retry: RetryClass::Allowed,
            ports: Cow::Borrowed(&[]),
        }
    }

    #[test]
    fn a_code_is_explained_by_its_own_section_and_the_remedy() {
        assert_snapshot!(explain_code(&meta(), &INFO, &Style::PLAIN));
    }

    #[test]
    fn a_page_keeps_its_code_and_wraps_its_prose() {
        assert_snapshot!(explain_kind(&meta(), &Style::PLAIN));
    }

    #[test]
    fn a_registry_without_kinds_is_an_empty_list() {
        let text = kinds_text(&Registry::default(), &Style::PLAIN);
        assert!(text.starts_with("Check kinds\n"), "{text}");
    }

    #[test]
    fn a_kind_is_listed_with_its_codes() {
        let style = Style::PLAIN;
        let mut page = Page::new(&style);
        listed(&mut page, &meta());
        assert_snapshot!(page.finish());
    }
}
