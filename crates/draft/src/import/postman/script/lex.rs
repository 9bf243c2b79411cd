//! The words and signs of a script.

use serde_json::{Map, Number, Value as Json};

/// The most words and signs of one script.
pub(super) const MOST: usize = 50_000;

/// A word or a sign with its line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) sign: Sign,
    /// Counted from 1.
    pub(super) line: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sign {
    Word(String),
    Text(String),
    Number(Number),
    /// A regular expression.
    Regex(String),
    /// A sign of one letter that is no operator.
    Mark(char),
    Operator(String),
}

impl Sign {
    /// Whether it is this word, mark or operator.
    pub(super) fn is(&self, text: &str) -> bool {
        match self {
            Self::Word(own) | Self::Operator(own) => own == text,
            Self::Mark(own) => text.len() == 1 && text.starts_with(*own),
            _ => false,
        }
    }

    /// It as a message may show it: never a text, which could be a secret.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Word(text) | Self::Operator(text) => text.chars().take(40).collect(),
            Self::Mark(mark) => mark.to_string(),
            Self::Text(_) | Self::Number(_) | Self::Regex(_) => "…".to_owned(),
        }
    }

    /// Whether it may be shown behind a word.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Word(_) | Self::Mark('.'))
    }

    /// Whether a statement goes on with it although it stands on the next line.
    pub(super) fn continues(&self) -> bool {
        matches!(
            self,
            Self::Mark('.' | ')' | ']' | '}' | ',' | '?' | ':') | Self::Operator(_)
        )
    }

    /// Whether a statement goes on behind it.
    pub(super) fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Mark('.' | ',' | '(' | '[' | '{') | Self::Operator(_)
        )
    }
}

/// The tokens of a script, without comments.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens: Vec<Token> = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < letters.len() && tokens.len() < MOST {
        let letter = letters[at];
        let next = letters.get(at + 1).copied().unwrap_or('\0');
        let start = at;
        let sign = match letter {
            '\n' => {
                line += 1;
                at += 1;
                continue;
            }
            letter if letter.is_whitespace() => {
                at += 1;
                continue;
            }
            '/' if next == '/' => {
                while at < letters.len() && letters[at] != '\n' {
                    at += 1;
                }
                continue;
            }
            '/' if next == '*' => {
                at += 2;
                while at < letters.len()
                    && !(letters[at] == '*' && letters.get(at + 1) == Some(&'/'))
                {
                    line += usize::from(letters[at] == '\n');
                    at += 1;
                }
                at += 2;
                continue;
            }
            '"' | '\'' | '`' => text_at(&letters, &mut at),
            '/' if begins_value(tokens.last()) => regex_at(&letters, &mut at),
            letter if letter.is_alphabetic() || letter == '_' || letter == '$' => {
                while letters
                    .get(at)
                    .is_some_and(|one| one.is_alphanumeric() || *one == '_' || *one == '$')
                {
                    at += 1;
                }
                Sign::Word(letters[start..at].iter().collect())
            }
            letter
                if letter.is_ascii_digit()
                    || (letter == '-' && next.is_ascii_digit() && begins_value(tokens.last())) =>
            {
                number_at(&letters, &mut at)
            }
            '=' | '!' | '<' | '>' | '&' | '|' | '+' | '-' | '*' | '%' | '/' => {
                operator_at(&letters, &mut at)
            }
            mark => {
                at += 1;
                Sign::Mark(mark)
            }
        };
        tokens.push(Token { sign, line });
        line += letters[start..at.min(letters.len())]
            .iter()
            .filter(|one| **one == '\n')
            .count();
    }
    tokens
}

fn begins_value(last: Option<&Token>) -> bool {
    match last.map(|token| &token.sign) {
        None => true,
        Some(Sign::Mark(mark)) => matches!(mark, '(' | '[' | '{' | ',' | ';' | ':' | '?'),
        Some(Sign::Operator(_)) => true,
        _ => false,
    }
}

fn text_at(letters: &[char], at: &mut usize) -> Sign {
    let quote = letters[*at];
    let mut text = String::new();
    *at += 1;
    while let Some(&letter) = letters.get(*at) {
        *at += 1;
        match letter {
            '\\' => {
                let escaped = letters.get(*at).copied().unwrap_or('\\');
                *at += 1;
                text.push(match escaped {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    other => other,
                });
            }
            letter if letter == quote => break,
            letter => text.push(letter),
        }
    }
    // What a template computes is no text.
    if quote == '`' && text.contains("${") {
        return Sign::Word("`".to_owned());
    }
    Sign::Text(text)
}

fn regex_at(letters: &[char], at: &mut usize) -> Sign {
    let mut text = String::new();
    let mut class = false;
    *at += 1;
    while let Some(&letter) = letters.get(*at) {
        *at += 1;
        match letter {
            '\\' => {
                text.push('\\');
                text.extend(letters.get(*at));
                *at += 1;
                continue;
            }
            '[' => class = true,
            ']' => class = false,
            '/' if !class => break,
            '\n' => break,
            _ => {}
        }
        text.push(letter);
    }
    let mut flags = String::new();
    while let Some(&flag) = letters.get(*at).filter(|one| one.is_ascii_alphabetic()) {
        flags.push(flag);
        *at += 1;
    }
    Sign::Regex(if flags.contains('i') {
        format!("(?i){text}")
    } else {
        text
    })
}

fn number_at(letters: &[char], at: &mut usize) -> Sign {
    let start = *at;
    *at += 1;
    while letters
        .get(*at)
        .is_some_and(|one| one.is_ascii_alphanumeric() || *one == '.' || *one == '_')
    {
        *at += 1;
    }
    let text: String = letters[start..*at]
        .iter()
        .filter(|one| **one != '_')
        .collect();
    let whole = text.parse::<i64>().ok().map(Number::from);
    let number = whole.or_else(|| Number::from_f64(text.parse::<f64>().ok()?));
    number.map_or_else(|| Sign::Word("number".to_owned()), Sign::Number)
}

fn operator_at(letters: &[char], at: &mut usize) -> Sign {
    let start = *at;
    while letters
        .get(*at)
        .is_some_and(|one| "=!<>&|+-*%/".contains(*one))
        && *at - start < 3
    {
        *at += 1;
    }
    let text: String = letters[start..*at].iter().collect();
    Sign::Operator(text)
}

/// A value that is written out: a text, a number, a list or a map of those; where it ends.
pub(super) fn value(tokens: &[Token], at: usize, end: usize) -> Option<(Json, usize)> {
    inner(tokens, at, end, 12)
}

fn inner(tokens: &[Token], at: usize, end: usize, depth: usize) -> Option<(Json, usize)> {
    let depth = depth.checked_sub(1)?;
    let token = tokens.get(at).filter(|_| at < end)?;
    let scalar = match &token.sign {
        Sign::Text(text) => Json::from(text.clone()),
        Sign::Number(number) => Json::Number(number.clone()),
        Sign::Word(word) if word == "true" => true.into(),
        Sign::Word(word) if word == "false" => false.into(),
        Sign::Word(word) if word == "null" || word == "undefined" => Json::Null,
        Sign::Mark('[') => return list(tokens, at + 1, end, depth),
        Sign::Mark('{') => return map(tokens, at + 1, end, depth),
        _ => return None,
    };
    Some((scalar, at + 1))
}

fn list(tokens: &[Token], mut at: usize, end: usize, depth: usize) -> Option<(Json, usize)> {
    let mut values = Vec::new();
    loop {
        if tokens.get(at)?.sign.is("]") {
            return Some((Json::Array(values), at + 1));
        }
        let (value, after) = inner(tokens, at, end, depth)?;
        values.push(value);
        at = after + usize::from(tokens.get(after)?.sign.is(","));
    }
}

fn map(tokens: &[Token], mut at: usize, end: usize, depth: usize) -> Option<(Json, usize)> {
    let mut values = Map::new();
    loop {
        let key = match &tokens.get(at)?.sign {
            Sign::Mark('}') => return Some((Json::Object(values), at + 1)),
            Sign::Word(key) | Sign::Text(key) => key.clone(),
            _ => return None,
        };
        if !tokens.get(at + 1)?.sign.is(":") {
            return None;
        }
        let (value, after) = inner(tokens, at + 2, end, depth)?;
        values.insert(key, value);
        at = after + usize::from(tokens.get(after)?.sign.is(","));
    }
}
