//! Regular expressions as gitleaks has them (Go's RE2 syntax), read for Rust's `regex`.

use regex::bytes::Regex;
use regex_syntax::hir::Hir;

/// The longest expression that is read, in bytes.
const LONGEST: usize = 64 * 1024;
/// The most memory that a compiled expression may take, in bytes.
const SIZE: usize = 4 * 1024 * 1024;
/// The most memory that searching with it may take, in bytes.
const SEARCH_SIZE: usize = 2 * 1024 * 1024;
/// The deepest nesting of groups and repetitions.
const NESTING: u32 = 100;

/// Why an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    /// It is longer than anybody writes by hand.
    #[error("the expression is longer than {LONGEST} bytes")]
    Long,
    /// Compiled it would take too much memory.
    #[error("the expression explodes: compiled it takes more than 4 MiB")]
    Explodes,
    /// It has something that this syntax does not.
    #[error("{reason}{}", part.as_ref().map(|part| format!(": `{part}`")).unwrap_or_default())]
    Syntax {
        /// What is wrong.
        reason: String,
        /// The part that is at fault.
        part: Option<String>,
    },
}

impl PatternError {
    /// How to mend it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Long => "Split the rule into several.",
            Self::Explodes => {
                "Lower its counted repetitions, as in `{1,64}`, and do not nest them."
            }
            Self::Syntax { .. } => {
                "Write it in RE2 syntax as gitleaks takes it: no look-around, no backreferences, every bracket closed."
            }
        }
    }
}

/// A compiled expression and its syntax tree.
pub(super) struct Compiled {
    pub(super) regex: Regex,
    pub(super) tree: Hir,
}

/// Compiles an expression.
///
/// As in Go, `\w`, `\d`, `\s` and `\b` know ASCII alone. Where that cannot be, with `\p{L}` or a
/// class of letters beyond ASCII, the whole expression is read as Unicode.
pub(super) fn compile(expression: &str) -> Result<Compiled, PatternError> {
    if expression.len() > LONGEST {
        return Err(PatternError::Long);
    }
    let expression = translated(expression);
    let (tree, unicode) = match parse(&expression, false) {
        Ok(tree) => (tree, false),
        Err(_) => (parse(&expression, true)?, true),
    };
    let regex = regex::bytes::RegexBuilder::new(&expression)
        .unicode(unicode)
        .size_limit(SIZE)
        .dfa_size_limit(SEARCH_SIZE)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::Explodes,
            _ => PatternError::Syntax {
                reason: "the expression is not proper".to_owned(),
                part: None,
            },
        })?;
    Ok(Compiled { regex, tree })
}

fn parse(expression: &str, unicode: bool) -> Result<Hir, PatternError> {
    regex_syntax::ParserBuilder::new()
        .unicode(unicode)
        .utf8(false)
        .nest_limit(NESTING)
        .build()
        .parse(expression)
        .map_err(|error| {
            let (reason, span) = match &error {
                regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(error.span())),
                regex_syntax::Error::Translate(error) => {
                    (error.kind().to_string(), Some(error.span()))
                }
                _ => ("the expression is not proper".to_owned(), None),
            };
            let part = span
                .and_then(|span| expression.get(span.start.offset..span.end.offset))
                .filter(|part| !part.is_empty())
                .map(|part| part.chars().take(40).collect());
            PatternError::Syntax { reason, part }
        })
}

/// The expression with what Go reads in another way than Rust written so that both agree:
/// `{` that begins no repetition and `[`, `&&`, `~~` and `--` in a class are just themselves, `\<`
/// and `\>` are no word boundaries, and `\Q…\E` quotes.
fn translated(expression: &str) -> String {
    let mut translation = Translation {
        rest: expression,
        out: String::with_capacity(expression.len()),
    };
    while let Some(character) = translation.next() {
        match character {
            '\\' => translation.escape(),
            '[' => translation.class(),
            '{' if repetition(translation.rest).is_none() => translation.out.push_str("\\{"),
            '{' => translation.repetition(),
            other => translation.out.push(other),
        }
    }
    translation.out
}

struct Translation<'e> {
    rest: &'e str,
    out: String,
}

impl Translation<'_> {
    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.skip(character.len_utf8());
        Some(character)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// What stands behind a backslash.
    fn escape(&mut self) {
        match self.next() {
            Some('Q') => self.quoted(),
            Some(sign @ ('<' | '>')) => self.out.push(sign),
            Some(property @ ('p' | 'P' | 'x')) => {
                self.out.extend(['\\', property]);
                let length = self.rest.find('}').map_or(0, |end| end + 1);
                if self.rest.starts_with('{') {
                    self.copy(length);
                }
            }
            Some(other) => self.out.extend(['\\', other]),
            None => self.out.push('\\'),
        }
    }

    fn copy(&mut self, bytes: usize) {
        self.out
            .push_str(self.rest.get(..bytes).unwrap_or_default());
        self.skip(bytes);
    }

    /// What stands behind `\Q`.
    fn quoted(&mut self) {
        let (text, after) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
        self.out.push_str(&regex_syntax::escape(text));
        self.rest = after;
    }

    fn repetition(&mut self) {
        self.out.push('{');
        self.copy(repetition(self.rest).unwrap_or(0));
    }

    /// What stands behind the bracket that opens a class.
    fn class(&mut self) {
        self.out.push('[');
        if self.rest.starts_with('^') {
            self.copy(1);
        }
        if self.rest.starts_with(']') {
            self.skip(1);
            self.out.push_str("\\]");
        }
        while let Some(character) = self.next() {
            match character {
                ']' => {
                    self.out.push(']');
                    return;
                }
                '\\' => {
                    let set = self
                        .rest
                        .starts_with(['w', 'W', 'd', 'D', 's', 'S', 'p', 'P']);
                    self.escape();
                    if set {
                        self.dash_behind_set();
                    }
                }
                '[' if self.rest.starts_with(':') => {
                    self.out.push('[');
                    self.copy(self.rest.find(":]").map_or(0, |end| end + 2));
                    self.dash_behind_set();
                }
                '-' if self.rest.starts_with('-') => {
                    self.skip(1);
                    self.out.push_str("-\\-");
                }
                '[' | '&' | '~' => self.out.extend(['\\', character]),
                other => self.out.push(other),
            }
        }
    }

    /// No range begins with a set: a dash behind one is just itself.
    fn dash_behind_set(&mut self) {
        if self.rest.starts_with('-') {
            self.skip(1);
            self.out.push_str("\\-");
        }
    }
}

/// How many bytes the rest of a counted repetition takes, behind its opening brace.
fn repetition(rest: &str) -> Option<usize> {
    let end = rest.find('}')?;
    let (least, most) = match rest.get(..end)?.split_once(',') {
        Some((least, most)) => (least, most),
        None => (rest.get(..end)?, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && digits(least) && digits(most)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(expression: &str, text: &str) -> bool {
        compile(expression)
            .map_err(|error| error.to_string())
            .unwrap()
            .regex
            .is_match(text.as_bytes())
    }

    #[test]
    fn what_go_reads_in_another_way_is_read_as_go_does() {
        for (expression, good, bad) in [
            (r"^\$\{[a-z]+}$", "${a}", "{a}"),
            (r"^${2}$", "", "x"),
            (r"^{{[a-z]+}}$", "{{abc}}", "abc"),
            (r"^a{,2}$", "a{,2}", "aa"),
            (r"^a{2,}$", "aaa", "a"),
            (r"^[[a]+$", "[a", "]"),
            (r"^[]a]+$", "]a", "["),
            (r"^[^]a]$", "b", "]"),
            (r"^[a&&b]+$", "a&b", "c"),
            (r"^[a~~b]+$", "a~", "c"),
            (r"^[\w--]+$", "a-", "."),
            (r"^[\w-.]+$", "a-.", "!"),
            (r"^[[:digit:]-x]+$", "1-x", "y"),
            (r"^[+--]+$", ",", "."),
            (r"^[[:alpha:]_]+$", "ab_", "1"),
            (r"^\<a\>$", "<a>", "a"),
            (r"^\Qa.b[\E[0-9]$", "a.b[1", "axb[1"),
            (r"^\x{41}\p{L}$", "Aé", "A1"),
            (r"^[a-zé]+$", "é", "ö"),
            (r"^\w$", "a", "é"),
            (r"(?i)^KEY$", "key", "kez"),
            (r"^(?P<name>a)(?:b|)$", "ab", "b"),
        ] {
            assert!(matches(expression, good), "{expression} {good}");
            assert!(!matches(expression, bad), "{expression} {bad}");
        }
    }

    #[test]
    fn what_it_has_not_is_refused_with_the_part_at_fault() {
        let error = |expression: &str| compile(expression).map(|_| ()).unwrap_err();
        assert!(
            error(r"a(?=b)").to_string().contains("(?="),
            "{}",
            error(r"a(?=b)")
        );
        assert!(error(r"(a)\1").to_string().contains(r"\1"));
        assert!(error("(a").to_string().contains("unclosed group"));
        assert!(matches!(error("a\\"), PatternError::Syntax { .. }));
        assert_eq!(error("a".repeat(LONGEST + 1).as_str()), PatternError::Long);
    }

    #[test]
    fn an_expression_that_explodes_is_refused() {
        for expression in ["(?:[a-z]{1000}){1000}", "(((a{100}){100}){100}){100}"] {
            assert_eq!(
                compile(expression).map(|_| ()).unwrap_err(),
                PatternError::Explodes
            );
        }
        assert!(matches!(
            compile(&"(".repeat(1000)).map(|_| ()).unwrap_err(),
            PatternError::Syntax { .. }
        ));
    }

    proptest::proptest! {
        #[test]
        fn no_expression_panics(expression in r"[\\\[\]{}()|*+?^$&~a-z0-9<>QEpx:,é-]{0,40}") {
            let _ = compile(&expression);
        }
    }
}
