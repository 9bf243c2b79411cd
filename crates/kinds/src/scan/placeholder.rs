//! Values that stand for a key and are none: placeholders, documented samples, test fixtures.
//!
//! Told by the value alone, never by the name of its file. Every test asks for most of the value, so
//! that a real key which holds `test` or `xxxx` by chance stays a key.

mod samples;
mod words;

/// The longest value that is looked at, in bytes; a longer one is no placeholder.
const LONGEST: usize = 4096;
/// The fewest equal or counting characters in a row that look made up.
const SHORTEST_RUN: usize = 4;
/// The share of the letters and digits that must look made up, in hundredths.
const MADE_UP: usize = 60;

const MADE_UP_BY: &str = "repeated or counting characters";

/// Why the value is a placeholder and no key, as a phrase that fits after "it is"; `None` when it may
/// be a key.
///
/// A documented key that opens something, as the keys of Supabase's local demo do, is no
/// placeholder.
pub(crate) fn is_placeholder(value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.len() > LONGEST {
        return None;
    }
    if value.is_empty() {
        return Some("empty");
    }
    samples::documented(value)
        .or_else(|| template(value).then_some("a template that is filled in later"))
        .or_else(|| redacted(value).then_some("redacted already"))
        .or_else(|| address(value))
        .or_else(|| judge(value))
        .or_else(|| words::behind_head(value).and_then(judge))
}

/// What a value is by its letters and digits.
fn judge(value: &str) -> Option<&'static str> {
    if made_up(value) {
        Some(MADE_UP_BY)
    } else if words::only(value) || words::telling(value) {
        Some("words that stand for a value")
    } else {
        None
    }
}

/// Whether it is filled in by a program: `${NAME}`, `{{ name }}`, `<your key>`, `%s`, `$NAME`,
/// `process.env.NAME`.
fn template(value: &str) -> bool {
    const CODE: &[&str] = &[
        "process.env",
        "import.meta.env",
        "os.environ",
        "os.getenv",
        "System.getenv",
        "Deno.env",
        "Bun.env",
        "ENV[",
        "env(",
        "getenv(",
        "secrets.",
    ];
    CODE.iter().any(|code| value.starts_with(code))
        || [
            ("${", "}"),
            ("{{", "}}"),
            ("$(", ")"),
            ("<%", "%>"),
            ("#{", "}"),
        ]
        .iter()
        .any(|(open, close)| encloses(value, open, close, |_| true))
        || encloses(value, "<", ">", is_prose)
        || encloses(value, "[", "]", is_prose)
        || encloses(value, "%", "%", is_name)
        || encloses(value, "@", "@", is_name)
        || value.strip_prefix('$').is_some_and(is_name)
        || stands_for_a_value(value)
}

/// Whether something proper stands between the brackets, and the brackets stand alone: nothing but a
/// separator touches them.
fn encloses(value: &str, open: &str, close: &str, proper: fn(&str) -> bool) -> bool {
    let Some((before, rest)) = value.split_once(open) else {
        return false;
    };
    rest.split_once(close).is_some_and(|(inner, after)| {
        !inner.is_empty()
            && proper(inner)
            && !before.ends_with(char::is_alphanumeric)
            && !after.starts_with(char::is_alphanumeric)
    })
}

/// `%s` and its like where a value would begin and end.
fn stands_for_a_value(value: &str) -> bool {
    ["%s", "%d", "%v", "{}", "{0}"].iter().any(|sign| {
        value.match_indices(sign).any(|(at, _)| {
            let before = value.get(..at).unwrap_or_default();
            let after = value.get(at + sign.len()..).unwrap_or_default();
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        })
    })
}

fn is_prose(text: &str) -> bool {
    text.len() >= 3
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '-' | '_' | '.' | '\''))
}

fn is_name(text: &str) -> bool {
    text.len() >= 2
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// Whether asterisks, dots or a word stand for the value or its middle.
fn redacted(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["***", "...", "…", "•••", "●●●"]
        .iter()
        .any(|sign| value.contains(sign))
        || ["redacted", "[filtered]", "[hidden]", "[masked]", "[secret]"]
            .iter()
            .any(|word| lower.trim_matches(['<', '>']) == *word || lower == format!("[{word}]"))
}

/// Whether an address with a password is one that nobody can use: the password is a placeholder, or
/// the host is reserved for documentation (RFC 2606).
fn address(value: &str) -> Option<&'static str> {
    let (_, rest) = value.split_once("://")?;
    let Some((login, host)) = rest.rsplit_once('@') else {
        let (_, path) = rest.split_once('/')?;
        return made_up(path).then_some(MADE_UP_BY);
    };
    let host = host.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let reserved = [
        "example.com",
        "example.org",
        "example.net",
        "example",
        "invalid",
    ];
    let documented = reserved.iter().any(|name| {
        host.strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    if documented {
        return Some("an address for documentation");
    }
    let (_, password) = login.split_once(':')?;
    (!password.contains("://"))
        .then(|| is_placeholder(password))
        .flatten()
}

/// Whether most of its letters and digits repeat or count: `xxxx`, `1234567890`, `abcdef`,
/// `deadbeefdeadbeef`.
fn made_up(value: &str) -> bool {
    let characters: Vec<char> = value
        .chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let plain = characters.len();
    plain >= SHORTEST_RUN
        && (in_runs(&characters) * 100 >= plain * MADE_UP || periodic(&characters))
}

/// How many characters stand in a run of equal ones, or of ones that count up or down.
fn in_runs(characters: &[char]) -> usize {
    let mut counted = 0;
    let mut at = 0;
    while at < characters.len() {
        let rest = characters.get(at..).unwrap_or_default();
        let longest = [0, 1, -1]
            .into_iter()
            .map(|step| run(rest, step))
            .max()
            .unwrap_or(1);
        if longest >= SHORTEST_RUN {
            counted += longest;
            at += longest;
        } else {
            at += 1;
        }
    }
    counted
}

/// How many characters at the beginning follow each other at this step; `9` is followed by `0` and
/// by `a`.
fn run(characters: &[char], step: i32) -> usize {
    let follows = |one: char, next: char| match (step, one, next) {
        (1, '9', '0' | 'a') | (-1, '0', '9') => true,
        _ => u32::from(one).checked_add_signed(step) == Some(u32::from(next)),
    };
    1 + characters
        .windows(2)
        .take_while(|pair| matches!(pair, [one, next] if follows(*one, *next)))
        .count()
}

/// Whether it is a shorter text several times over.
fn periodic(characters: &[char]) -> bool {
    let length = characters.len();
    length >= 8
        && (1..=length / 2).any(|period| {
            characters
                .iter()
                .zip(characters.iter().skip(period))
                .all(|(one, next)| one == next)
        })
}

#[cfg(test)]
mod tests;
