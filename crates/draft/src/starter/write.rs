//! Pieces of YAML.

use std::fmt::Write as _;

use tidegate_kinds::draft::quoted;

/// The name of a portal that has none that can be used.
const NAMELESS: &str = "portal";

/// The longest name, in characters.
const NAME_LIMIT: usize = 60;

/// A name in kebab-case: letters and digits of ASCII, with single hyphens between words.
pub fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            kebab.push(letter.to_ascii_lowercase());
        } else if !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
        if kebab.len() >= NAME_LIMIT {
            break;
        }
    }
    let kebab = kebab.trim_end_matches('-');
    // What begins with a digit may be a number to YAML.
    match kebab.chars().next() {
        None => NAMELESS.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{NAMELESS}-{kebab}"),
        Some(_) => kebab.to_owned(),
    }
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
    fn names_become_kebab_case() {
        for (name, kebab_case) in [
            ("Acme Portal", "acme-portal"),
            ("@acme/web_app", "acme-web-app"),
            ("", "portal"),
            ("--", "portal"),
            ("2nd", "portal-2nd"),
            ("ümläut", "ml-ut"),
            ("a\n: b", "a-b"),
        ] {
            assert_eq!(kebab(name), kebab_case, "{name:?}");
        }
        assert!(kebab(&"long-".repeat(50)).len() <= NAME_LIMIT);
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
