//! Texts of which every match of an expression contains one, so that it need not be tried
//! everywhere.
//!
//! Worked out over the syntax tree, in lowercase: an expression is either one of a few texts exactly,
//! or contains one of a few texts, or nothing is known of it.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// The most texts that are kept as alternatives of each other.
const MOST: usize = 32;
/// The most characters of a class that are spelled out: a letter in both cases, and what Unicode
/// folds into it.
const MOST_OF_CLASS: usize = 4;
/// The longest text that is worked out, in bytes.
const LONGEST: usize = 48;
/// A shorter text is met too often to be worth a search.
const SHORTEST: usize = 3;
/// The deepest part of an expression that is looked into.
const DEEPEST: usize = 128;

type Texts = Vec<Vec<u8>>;

/// What is known of a part of an expression.
struct Known {
    /// All it can match, when that is a few texts.
    exact: Option<Texts>,
    /// One of these is in every match.
    within: Option<Texts>,
}

impl Known {
    const NOTHING: Self = Self {
        exact: None,
        within: None,
    };

    fn exactly(texts: Texts) -> Self {
        Self {
            exact: Some(texts),
            within: None,
        }
    }
}

/// Texts in lowercase of which every match of the expression contains one, whatever its case;
/// `None` when there are none that are worth a search.
///
/// When they can be chosen so that each contains one of `keywords`, the keywords themselves are
/// given.
pub(super) fn required(expression: &Hir, keywords: &[String]) -> Option<Vec<String>> {
    let finder = Finder { keywords };
    let found = finder.within(finder.look(expression, 0))?;
    if finder.hold_keywords(&found) {
        return Some(keywords.to_vec());
    }
    if found.iter().any(|text| text.len() < SHORTEST) {
        return None;
    }
    let mut texts: Vec<String> = found
        .into_iter()
        .map(String::from_utf8)
        .collect::<Result<_, _>>()
        .ok()?;
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

struct Finder<'k> {
    keywords: &'k [String],
}

impl Finder<'_> {
    fn look(&self, expression: &Hir, depth: usize) -> Known {
        if depth > DEEPEST {
            return Known::NOTHING;
        }
        match expression.kind() {
            HirKind::Empty | HirKind::Look(_) => Known::exactly(vec![Vec::new()]),
            HirKind::Literal(literal) => Known::exactly(vec![literal.0.to_ascii_lowercase()]),
            HirKind::Class(class) => of_class(class).map_or(Known::NOTHING, Known::exactly),
            HirKind::Repetition(repetition) => self.of_repetition(repetition, depth),
            HirKind::Capture(capture) => self.look(&capture.sub, depth + 1),
            HirKind::Concat(parts) => self.of_concat(parts, depth),
            HirKind::Alternation(branches) => self.of_branches(branches, depth),
        }
    }

    fn of_repetition(&self, repetition: &Repetition, depth: usize) -> Known {
        let inner = self.look(&repetition.sub, depth + 1);
        match (repetition.min, repetition.max) {
            (1, Some(1)) => inner,
            (0, Some(1)) => {
                let with_empty = inner.exact.map(|mut texts| {
                    texts.push(Vec::new());
                    texts
                });
                Known {
                    exact: with_empty,
                    within: None,
                }
            }
            (0, _) => Known::NOTHING,
            (least, most) => self.of_several(inner, least, most == Some(least)),
        }
    }

    /// A part that stands at least so many times behind itself.
    fn of_several(&self, inner: Known, least: u32, just: bool) -> Known {
        let Some(texts) = inner.exact else {
            return Known {
                exact: None,
                within: inner.within,
            };
        };
        let mut all = vec![Vec::new()];
        for _ in 0..least {
            match product(&all, &texts) {
                Some(longer) => all = longer,
                None => {
                    return Known {
                        exact: None,
                        within: Some(all).filter(worth),
                    };
                }
            }
        }
        if just {
            Known::exactly(all)
        } else {
            Known {
                exact: None,
                within: Some(all),
            }
        }
    }

    fn of_concat(&self, parts: &[Hir], depth: usize) -> Known {
        let mut run: Texts = vec![Vec::new()];
        let mut whole = true;
        let mut best: Option<Texts> = None;
        for part in parts {
            let known = self.look(part, depth + 1);
            let longer = known.exact.as_ref().and_then(|texts| product(&run, texts));
            if let Some(longer) = longer {
                run = longer;
                continue;
            }
            whole = false;
            best = self.better(best, Some(run));
            best = self.better(best, known.within);
            run = known.exact.unwrap_or_else(|| vec![Vec::new()]);
        }
        if whole {
            return Known::exactly(run);
        }
        Known {
            exact: None,
            within: self.better(best, Some(run)),
        }
    }

    fn of_branches(&self, branches: &[Hir], depth: usize) -> Known {
        let known: Vec<Known> = branches
            .iter()
            .map(|branch| self.look(branch, depth + 1))
            .collect();
        let exact: Option<Vec<&Texts>> = known.iter().map(|one| one.exact.as_ref()).collect();
        if let Some(texts) = exact {
            let all: Texts = texts.into_iter().flatten().cloned().collect();
            if all.len() <= MOST {
                return Known::exactly(all);
            }
        }
        let each: Option<Vec<Texts>> = known.into_iter().map(|one| self.within(one)).collect();
        Known {
            exact: None,
            within: each
                .map(|texts| texts.into_iter().flatten().collect::<Texts>())
                .filter(|texts| texts.len() <= MOST),
        }
    }

    fn within(&self, known: Known) -> Option<Texts> {
        self.better(known.exact, known.within)
    }

    /// The one of two sets that is better to search for.
    fn better(&self, one: Option<Texts>, other: Option<Texts>) -> Option<Texts> {
        [one, other]
            .into_iter()
            .flatten()
            .filter(worth)
            .max_by_key(|texts| {
                let shortest = texts.iter().map(Vec::len).min().unwrap_or(0);
                (
                    self.hold_keywords(texts),
                    shortest,
                    std::cmp::Reverse(texts.len()),
                )
            })
    }

    /// Whether each of the texts contains one of the keywords.
    fn hold_keywords(&self, texts: &Texts) -> bool {
        !self.keywords.is_empty()
            && texts.iter().all(|text| {
                self.keywords.iter().any(|keyword| {
                    text.windows(keyword.len().max(1))
                        .any(|part| part == keyword.as_bytes())
                })
            })
    }
}

fn worth(texts: &Texts) -> bool {
    !texts.is_empty() && texts.iter().all(|text| !text.is_empty())
}

/// Each of the first followed by each of the others, unless that becomes too much.
fn product(first: &Texts, then: &Texts) -> Option<Texts> {
    if first.len().checked_mul(then.len())? > MOST {
        return None;
    }
    let mut all = Vec::new();
    for head in first {
        for tail in then {
            if head.len().checked_add(tail.len())? > LONGEST {
                return None;
            }
            all.push([head.as_slice(), tail.as_slice()].concat());
        }
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// The characters of a small class, in lowercase.
fn of_class(class: &Class) -> Option<Texts> {
    let mut texts: Texts = match class {
        Class::Bytes(bytes) => {
            let ranges = || bytes.iter().map(|range| range.start()..=range.end());
            if ranges().map(|range| range.len()).sum::<usize>() > MOST_OF_CLASS {
                return None;
            }
            ranges()
                .flatten()
                .map(|byte| vec![byte.to_ascii_lowercase()])
                .collect()
        }
        Class::Unicode(characters) => {
            let ranges = || characters.iter().map(|range| range.start()..=range.end());
            if ranges()
                .map(|range| range.take(MOST_OF_CLASS + 1).count())
                .sum::<usize>()
                > MOST_OF_CLASS
            {
                return None;
            }
            ranges()
                .flatten()
                .map(|character| character.to_string().to_ascii_lowercase().into_bytes())
                .collect()
        }
    };
    texts.sort_unstable();
    texts.dedup();
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(expression: &str, keywords: &[&str]) -> Option<Vec<String>> {
        let tree = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(expression)
            .unwrap();
        let keywords: Vec<String> = keywords.iter().map(|&word| word.to_owned()).collect();
        required(&tree, &keywords)
    }

    #[test]
    fn the_text_that_is_in_every_match_is_found() {
        for (expression, texts) in [
            (r"acme_[a-z0-9]{20}", &["acme_"][..]),
            (r"(?i)acme[_-]?key", &["acme-key", "acme_key", "acmekey"]),
            (r"[a-z]{3}(?:live|test)_[0-9]+_secret\b", &["_secret"]),
            (r"(?:alpha|beta)[0-9]{4}", &["alpha", "beta"]),
            (r"(?:abc)+[0-9]", &["abc"]),
            (r"x{4}[0-9]", &["xxxx"]),
            (r"(?:abc|def[0-9])x?", &["abc", "def"]),
        ] {
            let found = of(expression, &[]).unwrap_or_default();
            assert_eq!(found, texts, "{expression}");
        }
    }

    #[test]
    fn nothing_is_found_where_nothing_must_be() {
        for expression in [
            "[a-z]{40}",
            "(?:abc)?[0-9]{9}",
            "(?:abc|[0-9]{9})",
            "ab[0-9]",
            "(?:abc)*",
        ] {
            assert_eq!(of(expression, &[]), None, "{expression}");
        }
    }

    #[test]
    fn keywords_are_kept_when_each_match_holds_one_and_only_then() {
        assert_eq!(
            of("(?i)acme.{0,20}secret_key", &["acme"]).unwrap(),
            ["acme"]
        );
        assert_eq!(of("secret_[0-9]{8}", &["acme"]).unwrap(), ["secret_"]);
        assert_eq!(of("[a-f0-9]{32}", &["acme"]), None);
    }
}
