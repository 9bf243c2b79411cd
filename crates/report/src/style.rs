//! How text for people is drawn.

use anstyle::{AnsiColor, Effects};
use textwrap::{Options, WordSplitter};

use crate::text::{one_line, visible};

/// How text for people is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours and bold type are used.
    pub color: bool,
    /// The width of a line in columns.
    pub width: usize,
    /// Whether symbols outside ASCII are used.
    pub unicode: bool,
}

/// What a piece of text says by its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Caution,
    Strong,
    Faint,
}

/// CI systems whose logs show colours although they are no terminal.
const COLOURED_LOGS: &[&str] = &["GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE"];

impl Style {
    /// Neither colours nor symbols, 100 columns: what a file gets.
    pub const PLAIN: Self = Self {
        color: false,
        width: 100,
        unicode: false,
    };

    /// Chooses a style from facts about the output.
    ///
    /// `columns` is the terminal's own width. `NO_COLOR` (<https://no-color.org>) wins over
    /// everything, then `CLICOLOR_FORCE`, then `TERM=dumb`. `COLUMNS` overrides the width.
    pub fn detect(
        terminal: bool,
        columns: Option<usize>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let dumb = set("TERM").is_some_and(|value| value == "dumb");
        let shown = terminal || COLOURED_LOGS.iter().any(|name| set(name).is_some());
        let width = set("COLUMNS").and_then(|text| text.parse().ok());
        Self {
            color: set("NO_COLOR").is_none() && (forced || (shown && !dumb)),
            width: width
                .or(columns)
                .unwrap_or(Self::PLAIN.width)
                .clamp(40, 120),
            unicode: speaks_unicode(&set),
        }
    }

    /// The text in a tone; plain without colours.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = anstyle::Style::new();
        let style = match tone {
            Tone::Good => style.fg_color(Some(AnsiColor::Green.into())),
            Tone::Bad => style.fg_color(Some(AnsiColor::Red.into())),
            Tone::Caution => style.fg_color(Some(AnsiColor::Yellow.into())),
            Tone::Strong => style,
            Tone::Faint => return format!("{0}{text}{0:#}", style.effects(Effects::DIMMED)),
        };
        format!("{0}{text}{0:#}", style.effects(Effects::BOLD))
    }

    /// Foreign text on one line, made harmless.
    pub(crate) fn line(&self, text: &str) -> String {
        one_line(text, self.unicode)
    }

    /// Foreign text on its own lines, made harmless.
    pub(crate) fn block(&self, text: &str) -> String {
        visible(text, self.unicode).replace('\t', "    ")
    }

    /// The unicode symbol or its ASCII fallback.
    pub(crate) fn symbol(&self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }

    /// Lines no wider than the width; words longer than that are broken, others never.
    pub(crate) fn wrap(&self, text: &str, first: &str, rest: &str) -> Vec<String> {
        let options = Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .word_splitter(WordSplitter::NoHyphenation);
        textwrap::wrap(text, options)
            .into_iter()
            .map(|line| line.trim_end().to_owned())
            .collect()
    }
}

/// Whether the locale (POSIX order), Windows Terminal or a CI log can show more than ASCII.
fn speaks_unicode(set: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => set("WT_SESSION").is_some() || set("CI").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(terminal: bool, variables: &[(&str, &str)]) -> Style {
        Style::detect(terminal, Some(90), &|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_color_wins_and_an_empty_one_is_unset() {
        assert!(detect(true, &[]).color);
        assert!(!detect(false, &[]).color);
        assert!(detect(false, &[("GITHUB_ACTIONS", "true")]).color);
        assert!(detect(false, &[("CLICOLOR_FORCE", "1")]).color);
        assert!(!detect(true, &[("TERM", "dumb")]).color);
        assert!(!detect(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).color);
        assert!(detect(true, &[("NO_COLOR", "")]).color);
    }

    #[test]
    fn width_and_symbols_follow_the_environment() {
        assert_eq!(detect(true, &[]).width, 90);
        assert_eq!(detect(true, &[("COLUMNS", "10")]).width, 40);
        assert_eq!(detect(true, &[("COLUMNS", "many")]).width, 90);
        assert!(detect(true, &[("LANG", "de_DE.UTF-8")]).unicode);
        assert!(!detect(true, &[("LC_ALL", "C"), ("LANG", "C.UTF-8")]).unicode);
        assert!(!detect(true, &[]).unicode);
    }

    #[test]
    fn paint_adds_nothing_without_colours() {
        assert_eq!(Style::PLAIN.paint(Tone::Bad, "no"), "no");
        let coloured = Style {
            color: true,
            ..Style::PLAIN
        };
        assert_eq!(
            coloured.paint(Tone::Bad, "no"),
            "\u{1b}[1m\u{1b}[31mno\u{1b}[0m"
        );
    }
}
