//! betterleaks' filters: what a match is thrown away by.
//!
//! Read is a row of conditions of which any throws it away.

/// What a filter says in gitleaks' words.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Filter {
    /// The entropy that the secret must exceed.
    pub(super) entropy: Option<f64>,
    /// Allowlists, any of which throws the match away.
    pub(super) allowlists: Vec<List>,
}

/// The one condition of an allowlist.
#[derive(Debug, PartialEq)]
pub(super) struct List {
    /// What the texts are held against: `secret`, `match`, `line`, `path` or, as words, `stopwords`.
    subject: &'static str,
    pub(super) texts: Vec<String>,
}

impl List {
    /// The fields of the allowlist up to the one that takes the texts.
    pub(super) fn fields(&self) -> String {
        match self.subject {
            "path" => "paths".to_owned(),
            "stopwords" => "stopwords".to_owned(),
            target => format!("regexTarget = \"{target}\"\nregexes"),
        }
    }
}

/// The beginnings of the conditions that hold lists, and what the lists are held against.
const LISTS: [(&str, &str); 5] = [
    ("matchesAny(finding[\"secret\"], ", "secret"),
    ("matchesAny(finding[\"match\"], ", "match"),
    ("matchesAny(finding[\"line\"], ", "line"),
    ("matchesAny(attributes[\"path\"], ", "path"),
    ("containsAny(finding[\"secret\"], ", "stopwords"),
];

impl Filter {
    /// Reads a filter; `None` when a condition of it cannot be said in gitleaks' format.
    pub(super) fn read(filter: &str) -> Option<Self> {
        let mut read = Self::default();
        for condition in conditions(filter) {
            if let Some(bound) = condition.strip_prefix("entropy(finding[\"secret\"]) <") {
                read.entropy = Some(bound.trim_start_matches('=').trim().parse().ok()?);
            } else if condition.starts_with("tokenRatio(finding[\"secret\"]) >=") {
                // It tells words by a tokenizer's vocabulary; placeholders are told elsewhere.
            } else if let Some(list) = list(condition) {
                read.allowlists
                    .extend(Some(list).filter(|list| !list.texts.is_empty()));
            } else {
                return None;
            }
        }
        Some(read)
    }
}

fn list(condition: &str) -> Option<List> {
    let (rest, subject) = LISTS
        .iter()
        .find_map(|(start, subject)| Some((condition.strip_prefix(start)?, *subject)))?;
    let mut rest = rest.strip_prefix('[')?.trim_start();
    let mut texts = Vec::new();
    while !rest.starts_with(']') {
        let (text, behind) = text(rest)?;
        // A sample key is not written down a second time: scanners would find it here.
        if !is_key(&text) {
            texts.push(text);
        }
        rest = behind.trim_start().trim_start_matches(',').trim_start();
    }
    (rest.strip_prefix(']')?.trim() == ")").then_some(List { subject, texts })
}

fn is_key(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The text between quotes or backticks at the beginning, and what stands behind it.
fn text(rest: &str) -> Option<(String, &str)> {
    if let Some(raw) = rest.strip_prefix('`') {
        let (text, behind) = raw.split_once('`')?;
        return Some((text.to_owned(), behind));
    }
    let quoted = rest.strip_prefix('"')?;
    let mut text = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((text, quoted.get(at + 1..)?)),
            '\\' => match characters.next()?.1 {
                escaped @ ('\\' | '"') => text.push(escaped),
                _ => return None,
            },
            other => text.push(other),
        }
    }
    None
}

/// The parts between `||` outside of quotes and brackets.
fn conditions(filter: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_u32, None);
    let mut escaped = false;
    for (at, character) in filter.char_indices() {
        match (quote, character) {
            (Some('"'), '\\') if !escaped => {
                escaped = true;
                continue;
            }
            (Some(open), close) if open == close && !escaped => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => {
                parts.extend(filter.get(start..at));
                start = at + 1;
            }
            (None, _) => {}
        }
        escaped = false;
    }
    parts.extend(filter.get(start..));
    parts
        .into_iter()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_become_an_entropy_and_allowlists() {
        let filter = Filter::read(
            "entropy(finding[\"secret\"]) < 3.0 || tokenRatio(finding[\"secret\"]) >= 2.5\n|| matchesAny(finding[\"secret\"], [`a|b`, \"c\\\\d\\\"\"])\n|| matchesAny(attributes[\"path\"], [`^x`]) || containsAny(finding[\"secret\"], [\"demo\",])",
        )
        .unwrap();
        assert_eq!(filter.entropy, Some(3.0));
        let lists: Vec<_> = filter
            .allowlists
            .iter()
            .map(|list| (list.fields(), list.texts.join(" ")))
            .collect();
        assert_eq!(
            lists,
            [
                (
                    "regexTarget = \"secret\"\nregexes".to_owned(),
                    "a|b c\\d\"".to_owned()
                ),
                ("paths".to_owned(), "^x".to_owned()),
                ("stopwords".to_owned(), "demo".to_owned()),
            ]
        );
        assert_eq!(Filter::read("\n"), Some(Filter::default()));
    }

    #[test]
    fn a_filter_that_says_more_cannot_be_said() {
        for filter in [
            "let x = 1; x",
            "!matchesAny(finding[\"secret\"], [`a`])",
            "matchesAny(finding[\"secret\"], [`a`]) && true",
            "matchesAny(finding[\"secret\"], [`a",
            "entropy(finding[\"secret\"]) < x",
        ] {
            assert_eq!(Filter::read(filter), None, "{filter}");
        }
    }

    #[test]
    fn a_sample_key_is_not_written_down_again() {
        let filter = format!("matchesAny(finding[\"secret\"], [`{}`])", "a1".repeat(20));
        assert_eq!(Filter::read(&filter), Some(Filter::default()));
    }
}
