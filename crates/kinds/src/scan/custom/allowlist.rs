//! Allowlists: what a user says is no secret.

use regex::bytes::Regex;

/// What an allowlist looks at.
pub(crate) struct Seen<'t> {
    /// The secret.
    pub(crate) secret: &'t [u8],
    /// The whole match.
    pub(crate) matched: &'t [u8],
    /// The line or lines it stands on.
    pub(crate) line: &'t [u8],
    /// Where it was found.
    pub(crate) place: Place<'t>,
}

/// Where a text comes from, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Place<'t> {
    /// The file's path, with forward slashes.
    pub(crate) path: Option<&'t str>,
    /// The full id of the commit that brought it.
    pub(crate) commit: Option<&'t str>,
}

/// One list of exceptions.
#[derive(Debug, Default)]
pub(crate) struct Allowlist {
    /// Whether all that it names must hold; any does when not.
    pub(super) all: bool,
    /// The beginnings of commit ids, in lowercase.
    pub(super) commits: Vec<String>,
    /// Expressions of which a path holds one.
    pub(super) paths: Vec<Regex>,
    /// Expressions of which the text at `target` holds one.
    pub(super) regexes: Vec<Regex>,
    /// What `regexes` are held against.
    pub(super) target: RegexTarget,
    /// Words in lowercase of which the secret holds one.
    pub(super) stopwords: Vec<String>,
}

/// What the expressions of an allowlist are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RegexTarget {
    /// The secret alone.
    #[default]
    Secret,
    /// The whole match.
    Match,
    /// The line or lines it stands on.
    Line,
}

impl Allowlist {
    /// Whether it says that what was seen is no secret.
    pub(crate) fn allows(&self, seen: &Seen<'_>) -> bool {
        let says = [
            (!self.commits.is_empty()).then(|| self.commit(seen.place.commit)),
            (!self.paths.is_empty()).then(|| self.path(seen.place.path)),
            (!self.regexes.is_empty()).then(|| self.regex(seen)),
            (!self.stopwords.is_empty()).then(|| self.stopword(seen.secret)),
        ];
        let mut said = says.into_iter().flatten().peekable();
        if self.all {
            said.peek().is_some() && said.all(|holds| holds)
        } else {
            said.any(|holds| holds)
        }
    }

    /// Whether it has nothing to go by.
    pub(super) fn names_nothing(&self) -> bool {
        self.commits.is_empty()
            && self.paths.is_empty()
            && self.regexes.is_empty()
            && self.stopwords.is_empty()
    }

    fn commit(&self, commit: Option<&str>) -> bool {
        commit.is_some_and(|commit| self.commits.iter().any(|start| commit.starts_with(start)))
    }

    fn path(&self, path: Option<&str>) -> bool {
        path.is_some_and(|path| {
            self.paths
                .iter()
                .any(|expression| expression.is_match(path.as_bytes()))
        })
    }

    fn regex(&self, seen: &Seen<'_>) -> bool {
        let text = match self.target {
            RegexTarget::Secret => seen.secret,
            RegexTarget::Match => seen.matched,
            RegexTarget::Line => seen.line,
        };
        self.regexes
            .iter()
            .any(|expression| expression.is_match(text))
    }

    fn stopword(&self, secret: &[u8]) -> bool {
        let secret = String::from_utf8_lossy(secret).to_lowercase();
        self.stopwords
            .iter()
            .any(|word| secret.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen<'t>(path: &'t str, commit: &'t str) -> Seen<'t> {
        Seen {
            secret: b"AcmeDemo123",
            matched: b"key=AcmeDemo123",
            line: b"const key=AcmeDemo123; // old",
            place: Place {
                path: Some(path),
                commit: Some(commit),
            },
        }
    }

    fn expression(text: &str) -> Vec<Regex> {
        vec![Regex::new(text).unwrap()]
    }

    #[test]
    fn any_of_what_it_names_is_enough() {
        let list = Allowlist {
            commits: vec!["abc".into()],
            paths: expression("^test/"),
            stopwords: vec!["sample".into()],
            ..Allowlist::default()
        };
        assert!(list.allows(&seen("src/a.js", "abcdef")));
        assert!(list.allows(&seen("test/a.js", "fff")));
        assert!(!list.allows(&seen("src/a.js", "fff")));
    }

    #[test]
    fn with_the_condition_and_all_of_it_must_hold() {
        let list = Allowlist {
            all: true,
            paths: expression("^test/"),
            stopwords: vec!["demo".into()],
            ..Allowlist::default()
        };
        assert!(list.allows(&seen("test/a.js", "f")));
        assert!(!list.allows(&seen("src/a.js", "f")));
        let nothing = Allowlist {
            all: true,
            ..Allowlist::default()
        };
        assert!(!nothing.allows(&seen("test/a.js", "f")));
    }

    #[test]
    fn expressions_are_held_against_their_target() {
        for (text, target, allowed) in [
            ("^Acme", RegexTarget::Secret, true),
            ("^key=", RegexTarget::Secret, false),
            ("^key=", RegexTarget::Match, true),
            ("old$", RegexTarget::Match, false),
            ("old$", RegexTarget::Line, true),
        ] {
            let list = Allowlist {
                regexes: expression(text),
                target,
                ..Allowlist::default()
            };
            assert_eq!(list.allows(&seen("a", "f")), allowed, "{text} {target:?}");
        }
    }
}
