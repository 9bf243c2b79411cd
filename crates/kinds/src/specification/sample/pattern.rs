//! A text that a regular expression matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text that is made, in bytes.
const LONGEST: usize = 16 * 1024;

/// Characters that are taken first where a class admits them.
const LIKED: &str = "a1xAZ-_ .";

/// Texts that a pattern matches, the plainest first; none when the pattern is beyond what is read here,
/// such as one that looks ahead.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::parse(pattern) else {
        return Vec::new();
    };
    let mut found: Vec<String> = Vec::new();
    for more in [1, 0, 2, 4, 8, 16, 32, 64] {
        let mut text = String::new();
        if write(&hir, more, &mut text).is_some() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// Adds a text for an expression, each repetition `more` times longer than it must be.
fn write(hir: &Hir, more: u32, text: &mut String) -> Option<()> {
    if text.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(class) => text.push(member(class)?),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            let times = repetition.min.saturating_add(more).min(most);
            for _ in 0..times {
                let before = text.len();
                write(&repetition.sub, more, text)?;
                if text.len() == before {
                    break;
                }
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, more, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, more, text))?,
        HirKind::Alternation(branches) => write(branches.first()?, more, text)?,
    }
    Some(())
}

fn member(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => {
            let ranges = class.ranges().iter();
            ranges.map(|range| (range.start(), range.end())).collect()
        }
        Class::Bytes(class) => {
            let ranges = class.ranges().iter();
            let ascii = ranges.filter(|range| range.end() < 128);
            ascii
                .map(|range| (char::from(range.start()), char::from(range.end())))
                .collect()
        }
    };
    let holds = |wanted: char| {
        ranges
            .iter()
            .any(|(start, end)| (*start..=*end).contains(&wanted))
    };
    let liked = LIKED.chars().find(|liked| holds(*liked));
    let printable = || ('!'..='~').find(|character| holds(*character));
    liked
        .or_else(printable)
        .or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_patterns_have_a_text() {
        let patterns = [
            "^[A-Z]{2}[0-9]{2}$",
            r"^\+?[1-9]\d{1,14}$",
            "^[a-z0-9]+(?:-[a-z0-9]+)*$",
            r"^\d{4}-\d{2}-\d{2}$",
            "^(EUR|USD)$",
            "^rec_[0-9a-f]{24}$",
            r"^[^\s@]+@[^\s@]+\.[^\s@]+$",
            "abc",
            "^$",
            r"^https?:\/\/.+",
        ];
        for pattern in patterns {
            let regex = regex::Regex::new(pattern).unwrap();
            let texts = matching(pattern);
            assert!(!texts.is_empty(), "{pattern}");
            for text in texts {
                assert!(regex.is_match(&text), "{pattern} does not match {text:?}");
            }
        }
    }

    #[test]
    fn a_pattern_that_is_beyond_it_or_explodes_is_given_up() {
        assert!(matching(r"^(?=.*[A-Z]).{8,}$").is_empty());
        assert!(matching("(").is_empty());
        let exploding = matching("^((((a{1,900}){1,900}){900}){900})$");
        assert!(exploding.is_empty());
        assert!(matching("^(((((a*)*)*)*)*)*$").len() < 9);
    }
}
