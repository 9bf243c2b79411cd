//! A text with a limit.

use crate::text::count;

/// How many bytes the line that counts what was left out may need.
const COUNTED: usize = 160;

/// A text that grows up to a limit.
pub(super) struct Paper {
    text: String,
    limit: usize,
    /// What is kept free for what comes later.
    reserved: usize,
}

impl Paper {
    pub(super) fn new(text: String, limit: usize, reserved: usize) -> Self {
        Self {
            text,
            limit,
            reserved,
        }
    }

    /// How many bytes are free, beside a line that counts.
    pub(super) fn room(&self) -> usize {
        let taken = self.text.len() + self.reserved + COUNTED;
        self.limit.saturating_sub(taken)
    }

    /// Adds a part if it fits, and says whether it did.
    pub(super) fn add(&mut self, part: &str) -> bool {
        let fits = part.len() <= self.room();
        if fits {
            self.text.push_str(part);
        }
        fits
    }

    /// Adds the part for which room was kept.
    pub(super) fn add_reserved(&mut self, part: &str) {
        self.reserved = self.reserved.saturating_sub(part.len());
        self.text.push_str(part);
    }

    /// Adds a head and as many parts as fit, and how many did not.
    pub(super) fn add_all(&mut self, head: &str, parts: impl Iterator<Item = String>, noun: &str) {
        let mut left_out = 0;
        for (index, part) in parts.enumerate() {
            let head = if index == 0 { head } else { "" };
            if left_out > 0 || !self.add(&format!("{head}{part}")) {
                left_out += 1;
            }
        }
        self.count(left_out, noun);
    }

    /// Says how much was left out; there is always room for that.
    pub(super) fn count(&mut self, left_out: usize, noun: &str) {
        let text = left_out_line(left_out, noun);
        if self.text.len() + self.reserved + text.len() <= self.limit {
            self.text.push_str(&text);
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A line that counts what was left out; nothing when all is there.
pub(super) fn left_out_line(left_out: usize, noun: &str) -> String {
    if left_out == 0 {
        return String::new();
    }
    format!(
        "\n{}; the JSON report has everything.\n",
        count(left_out, &format!("more {noun}"))
    )
}
