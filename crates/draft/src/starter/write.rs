//! Pieces of YAML.

use std::fmt::Write as _;

use tidegate_kinds::draft::quoted;

use crate::project::kebab;

/// The name of a portal that has none that can be used.
const NAMELESS: &str = "portal";

/// A name in kebab-case, whatever the text: letters and digits of ASCII, with single hyphens between words.
pub fn portal_name(text: &str) -> String {
    kebab(text).unwrap_or_else(|| NAMELESS.to_owned())
}

/// A text in which nothing is a variable of the gate file, as a value.
pub(super) fn literal(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/_-.".contains(letter);
    if text.starts_with('/') && text.chars().all(is_plain) {
        return text.to_owned();
    }
    quoted(&text.replace("${", "$${"))
}

/// A switched-off block: words, then YAML, both indented by so many spaces.
pub(super) fn switched_off(text: &mut String, indent: usize, words: &[&str], yaml: &str) {
    let margin = " ".repeat(indent);
    // Writing to a text does not fail.
    for line in words {
        let _ = writeln!(text, "{margin}## {line}");
    }
    for line in yaml.lines() {
        let _ = writeln!(text, "{margin}# {line}");
    }
}

/// Comments, indented by so many spaces.
pub(super) fn comment(text: &mut String, indent: usize, words: &[&str]) {
    let margin = " ".repeat(indent);
    for line in words {
        let _ = writeln!(text, "{margin}# {line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portal_always_has_a_name() {
        for (text, name) in [
            ("Acme Portal", "acme-portal"),
            ("portal.example", "portal-example"),
            ("", "portal"),
            ("a\n: b", "a-b"),
        ] {
            assert_eq!(portal_name(text), name, "{text:?}");
        }
    }

    #[test]
    fn a_shell_variable_is_none_of_the_gate_file() {
        assert_eq!(
            literal("serve -l ${PORT:-3000}"),
            "\"serve -l $${PORT:-3000}\""
        );
        assert_eq!(literal("npm run start"), "npm run start");
        assert_eq!(literal("/api/v1/records"), "/api/v1/records");
        assert_eq!(literal("/a: b"), "\"/a: b\"");
    }
}
