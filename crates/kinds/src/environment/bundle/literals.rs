//! The text literals of JavaScript and TypeScript, comments left out.

use super::super::facts;

/// A text literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Literal<'t> {
    /// What stands between the quotes, escapes as they are written.
    pub(super) text: &'t str,
    /// The 1-based line.
    pub(super) line: usize,
    /// What stands before it on its line.
    pub(super) before: &'t str,
    /// Whether it stands behind `||` or `??`.
    pub(super) fallback: bool,
    /// Whether it stands behind `=` or `:`, and not behind a comparison.
    pub(super) assigned: bool,
    /// Whether it stands behind a comparison.
    pub(super) compared: bool,
}

impl Literal<'_> {
    /// What it is assigned to, as far as that has a name: `stagingUrl` of `stagingUrl: "…"`.
    pub(super) fn name(&self) -> Option<&str> {
        if !self.assigned {
            return None;
        }
        let before = self.before.trim_end().trim_end_matches(['=', ':']);
        let before = before.trim_end().trim_end_matches(['"', '\'']);
        let named = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$');
        let start = before.trim_end_matches(named).len();
        before.get(start..).filter(|name| !name.is_empty())
    }

    /// Whether it says where the portal runs, and not whom it calls: it is compared with something, or
    /// what it is assigned to is named after its environment, as in a table of them.
    pub(super) fn is_no_call(&self) -> bool {
        let named = |name: &str| facts::says_other_environment(&words(name));
        self.compared || self.name().is_some_and(named)
    }

    /// The 1-based column in characters.
    pub(super) fn column(&self) -> usize {
        self.before.chars().count() + 1
    }
}

/// `stagingUrl` as `staging_Url`.
fn words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && small {
            words.push('_');
        }
        small = letter.is_lowercase();
        words.push(letter);
    }
    words
}

/// The longest literal that is looked at, in bytes.
const LENGTH_LIMIT: usize = 4096;

/// Every text literal that could name a host or a key, in order.
pub(super) fn literals(text: &str) -> Vec<Literal<'_>> {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        line_start: 0,
    };
    let mut found = Vec::new();
    while let Some(byte) = scanner.byte(0) {
        match byte {
            b'\n' => scanner.new_line(),
            b'/' if scanner.byte(1) == Some(b'/') => scanner.skip_line(),
            b'/' if scanner.byte(1) == Some(b'*') => scanner.skip_comment(),
            b'"' | b'\'' | b'`' => found.extend(scanner.literal(byte)),
            _ => scanner.at += 1,
        }
    }
    found
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'t> Scanner<'t> {
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn new_line(&mut self) {
        self.at += 1;
        self.line += 1;
        self.line_start = self.at;
    }

    fn skip_line(&mut self) {
        while self.byte(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn skip_comment(&mut self) {
        self.at += 2;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\n' => self.new_line(),
                b'*' if self.byte(1) == Some(b'/') => {
                    self.at += 2;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// A quote that is not closed on its line is none: it stands in a regular expression.
    fn literal(&mut self, quote: u8) -> Option<Literal<'t>> {
        let open = self.at;
        let (line, line_start) = (self.line, self.line_start);
        self.at += 1;
        loop {
            match self.byte(0) {
                None => return None,
                Some(b'\n') if quote != b'`' => return None,
                Some(b'\n') => self.new_line(),
                Some(b'\\') => {
                    self.at += 1 + usize::from(self.byte(1).is_some_and(|byte| byte != b'\n'));
                }
                Some(byte) if byte == quote => break,
                Some(_) => self.at += 1,
            }
        }
        let text = self.text.get(open + 1..self.at);
        self.at += 1;
        let before = self.text.get(line_start..open).unwrap_or("");
        let code = before.trim_end();
        let text = text.filter(|text| !text.is_empty() && text.len() <= LENGTH_LIMIT)?;
        let compared = ["==", "!=", ">=", "<="]
            .iter()
            .any(|sign| code.ends_with(sign));
        Some(Literal {
            text,
            line,
            before,
            fallback: code.ends_with("||") || code.ends_with("??"),
            assigned: code.ends_with(['=', ':']) && !compared,
            compared,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_left_out_and_places_are_told() {
        let text = "// \"http://localhost:1\"\n/* 'a'\n */ const é = 'b\\'c'; x = y || \"d\"";
        let found = literals(text);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.text, one.line, one.column(), one.fallback))
            .collect();
        assert_eq!(told, [("b\\'c", 3, 15, false), ("d", 3, 32, true)]);
    }

    #[test]
    fn what_a_literal_is_assigned_to_has_a_name() {
        let names = |text| {
            let found = literals(text);
            found.first().and_then(Literal::name).map(str::to_owned)
        };
        assert_eq!(
            names("const stagingUrl = 'a'").as_deref(),
            Some("stagingUrl")
        );
        assert_eq!(names("{ staging: 'a'").as_deref(), Some("staging"));
        assert_eq!(names("fetch('a'"), None);
        assert_eq!(names("if (a === 'a'"), None);
        let calls = |text| literals(text).iter().all(|literal| !literal.is_no_call());
        assert!(calls("const url = 'a', devices = 'b'; fetch('c')"));
        assert!(!calls("const stagingUrl = 'a'") && !calls("x = a !== 'b'"));
        let quoted = literals("{ \"pre-prod\": 'a'");
        assert_eq!(quoted.last().and_then(Literal::name), Some("pre-prod"));
    }

    #[test]
    fn a_quote_in_a_regular_expression_does_not_swallow_the_rest() {
        let found = literals("a = /[\"]/;\nb = 'c'");
        assert_eq!(found.last().map(|one| one.text), Some("c"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[a\"'`/*\\\\\n =|é]{0,60}") {
            let _ = literals(&text);
        }
    }
}
