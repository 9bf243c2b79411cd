//! What a check can find.

use crate::bindings::tidegate::check::types;
use crate::{Confidence, Effort, Finding, Severity};

/// One thing that a check can find; every member is shown to whoever reads a report.
///
/// ```
/// use tidegate_plugin_sdk::prelude::*;
///
/// const TOTAL_DIFFERS: Code = Code {
///     slug: "total-differs",
///     summary: "an invoice does not come to its lines",
///     severity: Severity::High,
///     impact: "Clients are billed an amount that nobody can explain to them.",
///     remedy: "Compute the total from the lines that are shown.",
///     effort: Effort::Small,
/// };
/// let finding = TOTAL_DIFFERS.finding("invoice 17 is 1.00 too high").subject("invoice 17");
/// assert_eq!(finding.code, "total-differs");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name: lowercase words with hyphens between them. Reports show `plugin/NAME/SLUG`.
    pub slug: &'static str,
    /// What is wrong, in one line without a full stop.
    pub summary: &'static str,
    /// How bad it is, unless the finding or the gate file says otherwise.
    pub severity: Severity,
    /// What it costs the business, in one sentence for a person who is not an engineer.
    pub impact: &'static str,
    /// How to mend it, in plain sentences.
    pub remedy: &'static str,
    /// How much work mending it usually is.
    pub effort: Effort,
}

impl Code {
    /// A finding with this code; its confidence is high, its title says what is wrong in one plain sentence.
    pub fn finding(&self, title: impl Into<String>) -> Finding {
        Finding {
            code: self.slug.to_owned(),
            title: title.into(),
            severity: None,
            confidence: Confidence::High,
            location: None,
            evidence: Vec::new(),
            remediation: None,
            subject: None,
        }
    }

    pub(crate) fn described(&self) -> types::Code {
        types::Code {
            slug: self.slug.to_owned(),
            summary: self.summary.to_owned(),
            severity: self.severity,
            impact: self.impact.to_owned(),
            remedy: self.remedy.to_owned(),
            effort: self.effort,
        }
    }
}

/// Whether a text is lowercase words with hyphens between them, as names and slugs are.
pub(crate) const fn is_kebab(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut after_hyphen = true;
    while at < bytes.len() {
        let byte = bytes[at];
        let letter = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !letter && (byte != b'-' || after_hyphen) {
            return false;
        }
        after_hyphen = !letter;
        at += 1;
    }
    !after_hyphen
}

#[cfg(test)]
mod tests {
    use super::is_kebab;

    #[test]
    fn slugs_are_lowercase_words_with_hyphens() {
        for (text, right) in [
            ("total-differs", true),
            ("a1", true),
            ("", false),
            ("-a", false),
            ("a-", false),
            ("a--b", false),
            ("Total", false),
            ("a_b", false),
        ] {
            assert_eq!(is_kebab(text), right, "{text}");
        }
    }
}
