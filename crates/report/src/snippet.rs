//! A line of a file with a caret under the place that matters.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::span::Location;

use crate::style::Style;
use crate::text::{count, defuse, stand_in, steers};

/// Renders faults of an input: the file, a caret at the place, and how to mend each of them.
pub fn diagnostics(faults: &[Diagnostic], style: &Style) -> String {
    let mut text: String = faults
        .iter()
        .map(|fault| diagnostic(fault, style) + "\n\n")
        .collect();
    if faults.len() > 1 {
        text.push_str(&format!("{} found.\n", count(faults.len(), "error")));
    }
    defuse(&text)
}

/// Renders what a person should know although nothing fails for it.
pub fn note(message: &str, help: &str, style: &Style) -> String {
    let title = folded(message, "warning: ", style);
    let help = folded(help, "     = help: ", style);
    let group = Level::WARNING
        .primary_title(title)
        .element(Level::HELP.message(help));
    defuse(&renderer(style).render(&[group]))
}

fn diagnostic(fault: &Diagnostic, style: &Style) -> String {
    let place = fault.span.as_ref().map(tidegate_core::span::Span::location);
    let label = fault.label.as_deref().map(|label| style.line(label));
    let message = folded(&fault.message, "error: ", style);
    let mut group = Level::ERROR.primary_title(message).elements(
        place
            .iter()
            .map(|place| element(place, label.clone(), style)),
    );
    if let Some(help) = &fault.help {
        group = group.element(Level::HELP.message(folded(help, "     = help: ", style)));
    }
    renderer(style).render(&[group])
}

/// Renders a place: its line with a caret, or only its name when the text is not known.
pub(crate) fn place(location: &Location, style: &Style) -> String {
    let group = Group::with_level(Level::ERROR).element(element(location, None, style));
    renderer(style).render(&[group])
}

fn element(location: &Location, label: Option<String>, style: &Style) -> Element<'static> {
    let file = style.line(&location.file);
    match &location.text {
        Some(text) => {
            let marked = Marked::new(text, location, style);
            Snippet::source(marked.line)
                .line_start(location.line)
                .path(file)
                .annotation(AnnotationKind::Primary.span(marked.range).label(label))
                .into()
        }
        None => Origin::path(file)
            .line(location.line)
            .char_column(location.column)
            .into(),
    }
}

fn renderer(style: &Style) -> Renderer {
    let renderer = if style.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let decor = if style.unicode {
        DecorStyle::Unicode
    } else {
        DecorStyle::Ascii
    };
    renderer.term_width(style.width).decor_style(decor)
}

/// Foreign prose wrapped beside a heading; the renderer indents the lines itself.
fn folded(text: &str, heading: &str, style: &Style) -> String {
    let narrower = Style {
        width: style.width.saturating_sub(heading.len()).max(20),
        ..*style
    };
    narrower.wrap(&style.line(text), "", "").join("\n")
}

/// The first line of a place and the bytes of it that are marked.
struct Marked {
    line: String,
    range: std::ops::Range<usize>,
}

impl Marked {
    /// Cuts the line and the mark to what fits on a screen, and puts one harmless character for
    /// each that steers, so that columns stay true. Redaction may have shortened the line.
    fn new(text: &str, location: &Location, style: &Style) -> Self {
        let first = location.column.saturating_sub(1);
        let past = if location.end_line > location.line {
            usize::MAX
        } else {
            location.end_column.saturating_sub(1)
        };
        // The renderer keeps a mark whole; this width leaves room for the line number.
        let past = past.min(first + style.width.saturating_sub(16));
        let line: String = text
            .trim_end()
            .chars()
            .take(first + 2 * style.width)
            .map(|character| match character {
                '\t' => '\t',
                _ if steers(character) => stand_in(character, style.unicode),
                _ => character,
            })
            .collect();
        let byte = |column: usize| {
            let found = line.char_indices().nth(column);
            found.map_or(line.len(), |(at, _)| at)
        };
        let start = byte(first);
        let range = start..byte(past).max(start);
        Self { line, range }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use proptest::prelude::*;
    use tidegate_core::span::{Source, Span};

    use super::*;

    fn span(text: &str, marked: &str) -> Span {
        let start = text.find(marked).unwrap();
        Span::new(
            Source::new("tidegate.yaml", text),
            start,
            start + marked.len(),
        )
    }

    #[test]
    fn a_fault_shows_the_line_the_caret_and_the_remedy() {
        let text = "checks:\n  a:\n    flow:\n      - get: /api\n        expcet: 200\n";
        let faults = [
            Diagnostic::unknown(span(text, "expcet"), "key", "expcet", &["expect", "capture"]),
            Diagnostic::new("the gate file has no environment")
                .help("Declare one under `environments:`, so that the gate knows which address it is to look at and what it may do there."),
        ];
        assert_snapshot!(diagnostics(
            &faults,
            &Style {
                width: 80,
                ..Style::PLAIN
            }
        ));
    }

    #[test]
    fn tabs_wide_and_hostile_characters_keep_the_caret_in_place() {
        let tab = "\ttitle:\t\u{1b}[2J日本 wrong\n";
        let fault = Diagnostic::at(span(tab, "wrong"), "a\u{1b}[31m\u{9b}b").label("here\u{7}");
        let text = diagnostics(
            &[fault],
            &Style {
                unicode: true,
                ..Style::PLAIN
            },
        );
        assert_snapshot!(text);
    }

    #[test]
    fn a_span_over_several_lines_is_clipped_to_the_first() {
        let text = "flow:\n  - get: /\n    expect: 1\n";
        let fault = Diagnostic::at(span(text, "get: /\n    expect: 1"), "wrong");
        assert_snapshot!(diagnostics(&[fault], &Style::PLAIN));
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_caret() {
        let text = format!("{}NEEDLE{}", "hay ".repeat(50_000), " more".repeat(50_000));
        let narrow = Style {
            width: 60,
            ..Style::PLAIN
        };
        let found = Diagnostic::at(span(&text, "NEEDLE"), "wrong").label("this");
        assert_snapshot!(diagnostics(&[found], &narrow));
        let whole = Diagnostic::at(span(&text, &text), "wrong");
        assert!(
            diagnostics(&[whole], &narrow)
                .lines()
                .all(|line| line.chars().count() <= 60)
        );
    }

    proptest! {
        #[test]
        fn any_place_is_rendered_harmlessly(
            text in "\\PC{0,40}[\u{0}-\u{9f}]{0,5}\\PC{0,40}",
            (line, column, end_line, end_column) in (0usize..4, 0usize..200, 0usize..4, 0usize..200),
            width in 0usize..130,
        ) {
            let location = Location {
                file: text.clone(),
                text: Some(text.replace('\n', " ")),
                line, column, end_line, end_column,
            };
            let style = Style { color: false, width, unicode: false };
            let shown = place(&location, &style);
            prop_assert!(!shown.chars().any(|c| c != '\n' && steers(c)), "{shown:?}");
        }
    }
}
