//! What a look at everything that a run needs came to, as text for people and as JSON.

use serde::Serialize;

use crate::page::Page;
use crate::style::{Style, Tone};
use crate::text::count;

/// How well a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is as it should be.
    Ok,
    /// Nothing is wrong with it, and somebody may want to know.
    Note,
    /// A run goes on without it, and does or tells less.
    Warning,
    /// A run stops for it.
    Stop,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How well it is.
    pub state: State,
    /// What was seen, as a sentence without a full stop.
    pub text: String,
    /// What to do about it, in plain sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Line {
    /// Something that is as it should be.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(State::Ok, text)
    }

    /// Something to know.
    pub fn note(text: impl Into<String>) -> Self {
        Self::new(State::Note, text)
    }

    /// Something that a run goes on without.
    pub fn warning(text: impl Into<String>) -> Self {
        Self::new(State::Warning, text)
    }

    /// Something that a run stops for.
    pub fn stop(text: impl Into<String>) -> Self {
        Self::new(State::Stop, text)
    }

    /// Something in a state.
    pub fn new(state: State, text: impl Into<String>) -> Self {
        Self {
            state,
            text: text.into(),
            remedy: None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into()).filter(|remedy| !remedy.is_empty());
        self
    }
}

/// Things that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name for machines, as in `addresses`.
    pub name: &'static str,
    /// Its title for people.
    #[serde(skip)]
    pub title: &'static str,
    /// What was looked at.
    pub lines: Vec<Line>,
}

/// A look at everything that a run needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Examination {
    /// In the order of a run; groups without a line are left out.
    pub groups: Vec<Group>,
}

/// The version of the JSON form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Wire<'e> {
    version: u32,
    ready: bool,
    groups: Vec<&'e Group>,
}

impl Examination {
    /// Whether nothing was seen that stops a run.
    pub fn is_ready(&self) -> bool {
        self.number(State::Stop) == 0
    }

    fn number(&self, state: State) -> usize {
        let lines = self.groups.iter().flat_map(|group| &group.lines);
        lines.filter(|line| line.state == state).count()
    }

    fn told(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| !group.lines.is_empty())
    }

    /// The JSON form: `version`, `ready`, and the groups with their lines.
    pub fn json(&self) -> String {
        let wire = Wire {
            version: VERSION,
            ready: self.is_ready(),
            groups: self.told().collect(),
        };
        // There is nothing in it that JSON cannot say.
        let mut text = serde_json::to_string_pretty(&wire).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The form for people: a line for each thing, the remedy below it, and what it comes to.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        for group in self.told() {
            page.title(group.title);
            group.lines.iter().for_each(|line| entry(&mut page, line));
        }
        page.gap();
        let (tone, text) = self.conclusion();
        page.toned(tone, "", &text);
        page.finish()
    }

    fn conclusion(&self) -> (Tone, String) {
        let warnings = match self.number(State::Warning) {
            0 => String::new(),
            number => format!("; {} to look at", count(number, "warning")),
        };
        match self.number(State::Stop) {
            0 => (
                Tone::Good,
                format!("Nothing stands in the way of a run{warnings}."),
            ),
            1 => (Tone::Bad, format!("1 thing stops a run{warnings}.")),
            number => (Tone::Bad, format!("{number} things stop a run{warnings}.")),
        }
    }
}

fn entry(page: &mut Page<'_>, line: &Line) {
    let style = page.style();
    let (tone, sign) = match line.state {
        State::Ok => (Tone::Good, style.symbol("✓", "ok")),
        State::Note => (Tone::Faint, style.symbol("·", "-")),
        State::Warning => (Tone::Caution, "!"),
        State::Stop => (Tone::Bad, style.symbol("✗", "x")),
    };
    let margin = 2_usize.saturating_sub(sign.chars().count());
    let first = format!("  {sign}{:margin$} ", "");
    let mut lines = style
        .wrap(&style.line(&line.text), &first, "     ")
        .into_iter();
    if let Some(line) = lines.next() {
        page.line(line.replacen(sign, &style.paint(tone, sign), 1));
    }
    lines.for_each(|line| page.line(line));
    if let Some(remedy) = &line.remedy {
        page.paragraph("     ", &style.line(remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination() -> Examination {
        let group = |name, title, lines| Group { name, title, lines };
        Examination {
            groups: vec![
                group("program", "Tidegate", vec![Line::ok("version 0.1.0")]),
                group("empty", "Nothing", Vec::new()),
                group(
                    "addresses",
                    "Addresses",
                    vec![
                        Line::stop("https://portal.example: no answer within 2 s")
                            .remedy("Check the address."),
                        Line::warning("db sends\u{1b}[2J\n::error::odd text"),
                        Line::note("files is not asked"),
                    ],
                ),
            ],
        }
    }

    #[test]
    fn each_thing_is_a_line_with_its_remedy_below() {
        insta::assert_snapshot!(examination().text(&Style::PLAIN));
    }

    #[test]
    fn machines_get_the_same() {
        insta::assert_snapshot!(examination().json());
    }

    #[test]
    fn it_is_ready_when_nothing_stops_a_run() {
        let mut examination = examination();
        assert!(!examination.is_ready());
        examination.groups.truncate(1);
        assert!(examination.is_ready());
        let text = examination.text(&Style::PLAIN);
        assert!(
            text.ends_with("Nothing stands in the way of a run.\n"),
            "{text}"
        );
    }
}
