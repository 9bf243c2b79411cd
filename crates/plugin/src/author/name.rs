//! What a plugin may be called.

use std::fmt;

use tidegate_core::plugin::{LONGEST_NAME, is_name};

/// Words that a compiler or a system takes for something else: Rust's keywords and own crates, and the devices of
/// Windows (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "aux",
    "await",
    "become",
    "box",
    "break",
    "class",
    "con",
    "const",
    "continue",
    "core",
    "crate",
    "def",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "import",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "nul",
    "override",
    "prn",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "tidegate",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// A name of a plugin: lowercase words with hyphens between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginName(String);

/// Why a text cannot be the name of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has other characters, or begins with no letter.
    #[error(
        "`{0}` is no name for a plugin: a name is lowercase letters and digits, with single hyphens between words"
    )]
    Form(String),
    /// It is too long.
    #[error("`{0}` is too long for the name of a plugin: it may have {LONGEST_NAME} characters")]
    Long(String),
    /// A compiler or a system takes it for something else.
    #[error(
        "`{0}` cannot be the name of a plugin: compilers or systems keep that word for themselves"
    )]
    Taken(String),
}

impl NameError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Form(text) => match suggestion(text) {
                Some(better) => format!("Call it `{better}`."),
                None => "Write a name such as `invoice-totals`.".to_owned(),
            },
            Self::Long(_) => {
                "Say what it checks in two or three words, such as `invoice-totals`.".to_owned()
            }
            Self::Taken(text) => format!("Call it `{text}-rules`, or after what it checks."),
        }
    }
}

impl PluginName {
    /// Takes a text as the name.
    ///
    /// # Errors
    /// When a gate file, a compiler or a system could not use it.
    pub fn new(text: &str) -> Result<Self, NameError> {
        if text.len() > LONGEST_NAME {
            return Err(NameError::Long(text.to_owned()));
        }
        if !is_name(text) {
            return Err(NameError::Form(text.to_owned()));
        }
        let device = |word: &str| {
            let number = word
                .strip_prefix("com")
                .or_else(|| word.strip_prefix("lpt"));
            number.is_some_and(|rest| {
                rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        if TAKEN.contains(&text) || device(text) {
            return Err(NameError::Taken(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as text: `invoice-totals`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as a module of Rust or Python is called: `invoice_totals`.
    pub fn module(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The same as a type is called: `InvoiceTotals`.
    pub fn type_name(&self) -> String {
        self.0.split('-').map(capitalised).collect()
    }

    /// The same as a heading: `Invoice totals`.
    pub fn title(&self) -> String {
        capitalised(&self.0.replace('-', " "))
    }
}

impl fmt::Display for PluginName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// The nearest name that may be used.
fn suggestion(text: &str) -> Option<String> {
    let mut better = String::new();
    let mut before = 'A';
    for letter in text.chars() {
        let new_word = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (new_word || !letter.is_ascii_alphanumeric()) && !better.ends_with('-') {
            better.push('-');
        }
        if letter.is_ascii_alphanumeric() {
            better.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    let better = better
        .trim_matches('-')
        .trim_start_matches(|first: char| first.is_ascii_digit() || first == '-');
    PluginName::new(better).ok().map(|name| name.0)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_lowercase_words_with_hyphens() {
        for good in ["a", "invoice-totals", "x2", "iso-8601-dates", "selfie"] {
            assert!(PluginName::new(good).is_ok(), "{good}");
        }
        let form = [
            "", "-", "a-", "-a", "a--b", "A", "a_b", "2fast", "a b", "a/b", "..", "ä", "a\n", "a.b",
        ];
        for bad in form {
            assert_eq!(PluginName::new(bad), Err(NameError::Form(bad.to_owned())));
        }
        let long = "a".repeat(LONGEST_NAME + 1);
        assert_eq!(PluginName::new(&long), Err(NameError::Long(long.clone())));
        for bad in ["test", "con", "com1", "lpt9", "core", "self", "class"] {
            assert_eq!(PluginName::new(bad), Err(NameError::Taken(bad.to_owned())));
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_right_one() {
        let help = |text| PluginName::new(text).expect_err("a wrong name").help();
        assert_eq!(help("InvoiceTotals"), "Call it `invoice-totals`.");
        assert_eq!(help("invoice_totals "), "Call it `invoice-totals`.");
        assert_eq!(help("2-Fast"), "Call it `fast`.");
        assert_eq!(help("../../etc"), "Call it `etc`.");
        assert_eq!(help("ÄÖ"), "Write a name such as `invoice-totals`.");
    }

    #[test]
    fn other_spellings_are_made_from_the_words() {
        let name = PluginName::new("iso-8601-dates").expect("a name");
        assert_eq!(name.module(), "iso_8601_dates");
        assert_eq!(name.type_name(), "Iso8601Dates");
        assert_eq!(name.title(), "Iso 8601 dates");
    }
}
