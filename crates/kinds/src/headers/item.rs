//! What is graded, and the grades.

use std::fmt;

/// What is graded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    /// What a page may load and run.
    Csp,
    /// Who may show it inside their own.
    Framing,
    /// Whether it comes over TLS only.
    Hsts,
    /// Whether browsers may guess what it is.
    Nosniff,
    /// Whether a cache may keep what is personal.
    Cache,
    /// Which address other sites are told.
    Referrer,
    /// How letters are encoded.
    Charset,
    /// Which devices a page may use.
    Permissions,
    /// Whether pages that opened it can reach it.
    Opener,
    /// A filter that browsers have given up.
    XssProtection,
}

impl Item {
    /// All of them, in the order of the table.
    pub(super) const ALL: [Self; 10] = [
        Self::Csp,
        Self::Framing,
        Self::Hsts,
        Self::Nosniff,
        Self::Cache,
        Self::Referrer,
        Self::Charset,
        Self::Permissions,
        Self::Opener,
        Self::XssProtection,
    ];

    /// Its name in gate files and tables: that of the header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csp => "content-security-policy",
            Self::Framing => "frame-ancestors",
            Self::Hsts => "strict-transport-security",
            Self::Nosniff => "x-content-type-options",
            Self::Cache => "cache-control",
            Self::Referrer => "referrer-policy",
            Self::Charset => "content-type",
            Self::Permissions => "permissions-policy",
            Self::Opener => "cross-origin-opener-policy",
            Self::XssProtection => "x-xss-protection",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.name() == name)
    }

    /// How many grades a page loses for one that is missing, and for one that is weak.
    fn weight(self) -> (usize, usize) {
        match self {
            Self::Csp | Self::Framing | Self::Cache => (2, 1),
            Self::Hsts | Self::Nosniff | Self::Referrer | Self::Charset => (1, 1),
            Self::Permissions | Self::Opener | Self::XssProtection => (0, 0),
        }
    }
}

/// How good a header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// As it should be.
    Good,
    /// It could be stricter, and costs nothing as it is.
    Fair,
    /// It is there and leaves a hole.
    Weak,
    /// It is missing, or means nothing.
    Missing,
}

impl fmt::Display for Grade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Good => "A",
            Self::Fair => "B",
            Self::Weak => "C",
            Self::Missing => "F",
        })
    }
}

/// The grade of a page: it begins at A and falls with each header that is weak or missing.
pub(super) fn overall(grades: impl Iterator<Item = (Item, Grade)>) -> char {
    let lost: usize = grades
        .map(|(item, grade)| match grade {
            Grade::Good | Grade::Fair => 0,
            Grade::Weak => item.weight().1,
            Grade::Missing => item.weight().0,
        })
        .sum();
    ['A', 'B', 'C', 'D', 'E', 'F'][lost.min(5)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_falls_with_what_is_missing() {
        let grade = |grades: &[(Item, Grade)]| overall(grades.iter().copied());
        assert_eq!(
            grade(&[(Item::Csp, Grade::Good), (Item::Referrer, Grade::Fair)]),
            'A'
        );
        assert_eq!(grade(&[(Item::Csp, Grade::Weak)]), 'B');
        assert_eq!(
            grade(&[(Item::Csp, Grade::Missing), (Item::Nosniff, Grade::Missing)]),
            'D'
        );
        assert_eq!(grade(&[(Item::Opener, Grade::Missing)]), 'A');
        assert_eq!(grade(&Item::ALL.map(|item| (item, Grade::Missing))), 'F');
    }

    #[test]
    fn every_item_is_found_by_its_name() {
        for item in Item::ALL {
            assert_eq!(Item::named(item.name()), Some(item));
        }
        assert_eq!(Item::named("server"), None);
    }
}
