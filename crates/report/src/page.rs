//! Text for people, put together line by line.

use crate::style::{Style, Tone};
use crate::text::defuse;

/// Text for people, put together line by line; what it is given must be harmless already.
pub(crate) struct Page<'s> {
    style: &'s Style,
    text: String,
}

impl<'s> Page<'s> {
    pub(crate) fn new(style: &'s Style) -> Self {
        Self {
            style,
            text: String::new(),
        }
    }

    pub(crate) fn style(&self) -> &'s Style {
        self.style
    }

    /// Adds text as it is, with a line break at its end.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// Adds an empty line, never two in a row and none at the top.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Adds a title with room above.
    pub(crate) fn title(&mut self, text: &str) {
        self.gap();
        self.line(self.style.paint(Tone::Strong, text));
    }

    /// Adds a wrapped paragraph.
    pub(crate) fn paragraph(&mut self, indent: &str, text: &str) {
        self.hanging(indent, indent, text);
    }

    /// Adds a wrapped paragraph whose first line begins differently.
    pub(crate) fn hanging(&mut self, first: &str, rest: &str, text: &str) {
        for line in self.style.wrap(text, first, rest) {
            self.line(line);
        }
    }

    /// Adds a wrapped paragraph in a tone.
    pub(crate) fn toned(&mut self, tone: Tone, indent: &str, text: &str) {
        for line in self.style.wrap(text, indent, indent) {
            let painted = self.style.paint(tone, line.trim_start());
            self.line(format!("{indent}{painted}"));
        }
    }

    /// Adds foreign prose under a label, as in `What to do: …`; nothing when it is empty.
    pub(crate) fn labelled(&mut self, label: &str, text: &str) {
        let text = self.style.line(text);
        if text.is_empty() {
            return;
        }
        let label = format!("{label}:");
        let lines = self.style.wrap(&format!("{label} {text}"), "  ", "    ");
        for line in lines {
            let painted = line.replacen(&label, &self.style.paint(Tone::Strong, &label), 1);
            self.line(painted);
        }
    }

    /// The page; nothing in it is a command to a CI system.
    pub(crate) fn finish(self) -> String {
        defuse(&self.text)
    }
}
