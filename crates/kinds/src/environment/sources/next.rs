//! The literal values under `env:` of a Next.js config; nothing is executed.

use super::Set;

/// The variables under the first `env: { … }`; a value that is no literal is known by its name.
pub(super) fn read(text: &str) -> Vec<Set> {
    let tokens = Tokens::of(text);
    let start = tokens.0.windows(3).position(|window| {
        matches!(
            window,
            [
                (Token::Word("env"), _),
                (Token::Sign(':'), _),
                (Token::Sign('{'), _)
            ]
        )
    });
    let Some(start) = start else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let inside = tokens.0.get(start + 3..).unwrap_or_default();
    for (at, (token, line)) in inside.iter().enumerate() {
        match token {
            Token::Sign('{' | '[' | '(') => depth += 1,
            Token::Sign('}' | ']' | ')') if depth == 0 => break,
            Token::Sign('}' | ']' | ')') => depth -= 1,
            Token::Word(name) | Token::Text(name) if depth == 0 => {
                let colon = inside.get(at + 1).map(|(token, _)| token);
                let before = at
                    .checked_sub(1)
                    .and_then(|at| inside.get(at))
                    .map(|(token, _)| token);
                let begins = matches!(before, None | Some(Token::Sign(',')));
                if begins && colon == Some(&Token::Sign(':')) {
                    let value = literal(inside.get(at + 2..).unwrap_or_default());
                    found.push(Set::new(name, value, *line));
                }
            }
            Token::Word(_) | Token::Text(_) | Token::Sign(_) => {}
        }
    }
    found
}

/// A text that is the whole value.
fn literal<'t>(rest: &[(Token<'t>, usize)]) -> Option<&'t str> {
    match rest {
        [(Token::Text(text), _), (Token::Sign(',' | '}'), _), ..]
            if !text.contains(['\\', '$']) =>
        {
            Some(text)
        }
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Text(&'t str),
    Sign(char),
}

struct Tokens<'t>(Vec<(Token<'t>, usize)>);

impl<'t> Tokens<'t> {
    /// Words, texts and signs with their lines, comments left out.
    fn of(text: &'t str) -> Self {
        let mut found = Vec::new();
        let mut at = 0;
        let mut line = 1;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let (token, length) = next(rest);
            found.extend(token.map(|token| (token, line)));
            let passed = rest.get(..length).unwrap_or(rest);
            line += passed.matches('\n').count();
            at += passed.len();
        }
        Self(found)
    }
}

/// The token at the start of a text that is not empty, and how many bytes it takes.
fn next(rest: &str) -> (Option<Token<'_>>, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let is_word = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    if rest.starts_with("//") {
        return (None, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (None, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if matches!(first, '"' | '\'' | '`') {
        let mut hidden = false;
        let end = rest.char_indices().skip(1).find(|(_, letter)| {
            let found = *letter == first && !hidden;
            hidden = *letter == '\\' && !hidden;
            found
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        let token = rest.get(1..end).map(Token::Text);
        return (token, (end + 1).min(rest.len()));
    }
    if is_word(first) {
        let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        return (rest.get(..length).map(Token::Word), length);
    }
    let token = (!first.is_whitespace()).then_some(Token::Sign(first));
    (token, first.len_utf8())
}
