//! What is wrong with an input, where, and how to mend it.

use crate::span::Span;

/// One fault in a file a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, as a lowercase fragment.
    pub message: String,
    /// Where it is; absent when the whole input is at fault.
    pub span: Option<Span>,
    /// What stands beside the caret, usually what was expected.
    pub label: Option<String>,
    /// How to mend it, as a sentence.
    pub help: Option<String>,
}

impl Diagnostic {
    /// States a fault without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: None,
            label: None,
            help: None,
        }
    }

    /// States a fault at a place.
    pub fn at(span: Span, message: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            ..Self::new(message)
        }
    }

    /// Adds what stands beside the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says that `name` is not one of `known`, naming the nearest one.
    pub fn unknown(span: Span, what: &str, name: &str, known: &[&str]) -> Self {
        let diagnostic = Self::at(span, format!("unknown {what} `{name}`"));
        let listed = known.join(", ");
        match nearest(name, known) {
            Some(near) => diagnostic
                .label(format!("did you mean `{near}`?"))
                .help(format!("Known here: {listed}.")),
            None if known.is_empty() => diagnostic.help(format!("No {what} is declared.")),
            None => diagnostic
                .label(format!("not a known {what}"))
                .help(format!("Known here: {listed}.")),
        }
    }
}

/// The known name closest to `name`, if one is close enough to be a slip of the keyboard.
///
/// Uses the Damerau-Levenshtein distance; up to a third of the letters may differ.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_slip_away_or_none() {
        assert_eq!(nearest("expcet", &["expect", "capture"]), Some("expect"));
        assert_eq!(nearest("banana", &["expect", "capture"]), None);
    }
}
