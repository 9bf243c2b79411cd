//! Comments that let a secret on their line pass.

use std::ops::Range;

/// How far from a value its line is looked at, in bytes on either side: a minified bundle is one
/// line, and a comment far away in it is about something else.
const REACH: usize = 4096;

/// Comments that let every rule pass, in lowercase: gitleaks', detect-secrets' and the linters'.
const FOR_ALL: &[&str] = &["gitleaks:allow", "pragma: allowlist secret", "noqa: secret"];
/// Tidegate's own; `=` and rules may follow, as in `tidegate:allow=stripe-secret-key,jwt`.
const OURS: &str = "tidegate:allow";

/// Whether a comment on the line of `range` lets what the rule `slug` found there pass.
///
/// The value itself is not looked at, nor is anything further than 4 KiB from it.
pub(crate) fn allowed(text: &[u8], range: &Range<usize>, slug: &str) -> bool {
    let line = line_around(text, range);
    let before = text.get(line.start..range.start).unwrap_or_default();
    let after = text.get(range.end..line.end).unwrap_or_default();
    [before, after]
        .iter()
        .any(|part| allows(&String::from_utf8_lossy(part).to_ascii_lowercase(), slug))
}

fn allows(line: &str, slug: &str) -> bool {
    FOR_ALL.iter().any(|comment| line.contains(comment))
        || line.match_indices(OURS).any(|(at, _)| {
            line.get(at + OURS.len()..)
                .is_some_and(|rest| names(rest, slug))
        })
}

/// Whether what follows `tidegate:allow` is for the rule: nothing is for all of them.
fn names(rest: &str, slug: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ',');
    match rest.strip_prefix('=') {
        Some(listed) => listed
            .split(|c| !in_name(c))
            .next()
            .is_some_and(|listed| listed.split(',').any(|name| name == slug)),
        None => !rest.starts_with(in_name),
    }
}

/// The line or lines that a range stands on, without the line break, and no further than 4 KiB to
/// either side.
pub(crate) fn line_around(text: &[u8], range: &Range<usize>) -> Range<usize> {
    let end = range.end.min(text.len());
    let start = range.start.min(end);
    let line_break = |&byte: &u8| matches!(byte, b'\n' | b'\r');
    let before = text
        .get(start.saturating_sub(REACH)..start)
        .unwrap_or_default();
    let after = text
        .get(end..end.saturating_add(REACH).min(text.len()))
        .unwrap_or_default();
    let left = before
        .iter()
        .rev()
        .position(line_break)
        .unwrap_or(before.len());
    let right = after.iter().position(line_break).unwrap_or(after.len());
    start - left..end + right
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(text: &str, slug: &str) -> bool {
        let at = text.find("KEY").unwrap();
        allowed(text.as_bytes(), &(at..at + 3), slug)
    }

    #[test]
    fn a_comment_on_the_line_lets_the_value_pass() {
        for line in [
            "a = 'KEY' // gitleaks:allow",
            "a = 'KEY' # pragma: allowlist secret",
            "a = 'KEY' # noqa: secret",
            "a = 'KEY' // tidegate:allow",
            "/* tidegate:allow, it is public */ a = 'KEY'",
            "a = 'KEY' // Tidegate:Allow=jwt",
            "a = 'KEY' // tidegate:allow=stripe-secret-key,jwt because",
            "x\r\na = 'KEY' // gitleaks:allow\r\ny",
        ] {
            let line = line.replace("allow, it", "allow it");
            assert!(passes(&line, "jwt"), "{line}");
        }
    }

    #[test]
    fn a_comment_elsewhere_or_for_another_rule_does_not() {
        for line in [
            "a = 'KEY'",
            "// gitleaks:allow\na = 'KEY'",
            "a = 'KEY'\n// gitleaks:allow",
            "a = 'KEY' // tidegate:allow=stripe-secret-key",
            "a = 'KEY' // tidegate:allow=",
            "a = 'KEY' // tidegate:allowed-hosts",
            "a = 'KEY' // allow",
        ] {
            assert!(!passes(line, "jwt"), "{line}");
        }
        let far = format!("a = 'KEY'{}// gitleaks:allow", " ".repeat(REACH));
        assert!(!passes(&far, "jwt"));
    }

    #[test]
    fn a_value_does_not_allow_itself() {
        let text = b"a = 'gitleaks:allow'";
        assert!(!allowed(text, &(5..19), "jwt"));
    }

    #[test]
    fn a_range_outside_the_text_is_clamped() {
        assert_eq!(line_around(b"ab", &(7..9)), 0..2);
        assert!(!allowed(b"ab", &(7..9), "jwt"));
    }
}
