//! Where findings stand in the repository, for reports that are shown beside its files.

use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::place::in_repository;
use tidegate_core::result::CheckResult;
use tidegate_core::span::Location;

/// Finds the files of the repository that a summary names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'s> {
    summary: &'s Summary,
}

/// A place in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The path from the repository's root, with forward slashes.
    pub path: String,
    /// The line it starts on, from 1.
    pub line: usize,
    /// The line it ends on.
    pub end_line: usize,
    /// The columns in characters, from 1 and the end just past it, when it is within one line and
    /// known that exactly.
    pub columns: Option<(usize, usize)>,
}

impl<'s> Places<'s> {
    /// Finds the files that a summary names.
    pub(crate) fn of(summary: &'s Summary) -> Self {
        Self { summary }
    }

    /// The path of a file from the repository's root; see [`in_repository`].
    fn path(&self, file: &str) -> Option<String> {
        let folder = self.summary.provenance.folder.as_deref();
        in_repository(file, &self.summary.plan.file, folder.unwrap_or_default())
    }

    /// The place of a location, when its file is one of the repository.
    pub(crate) fn place(&self, location: &Location) -> Option<Place> {
        let path = self.path(&location.file)?;
        let line = location.line.max(1);
        // A place that ends before the first column of a line does not reach into it.
        let past = usize::from(location.end_column <= 1 && location.end_line > line);
        let end_line = (location.end_line - past).max(line);
        let column = location.column.max(1);
        let exact = end_line == location.end_line && end_line == line;
        let columns = if exact && location.end_column > column {
            Some((column, location.end_column))
        } else if end_line == line && column > 1 {
            Some((column, column.saturating_add(1)))
        } else {
            None
        };
        Some(Place {
            path,
            line,
            end_line,
            columns,
        })
    }

    /// Where a finding is shown: at its own place, else at the first that belongs to it, else where its
    /// check is declared, else at the beginning of the gate file.
    pub(crate) fn of_finding(&self, result: &CheckResult, finding: &Finding) -> Place {
        let related = finding.related.iter().map(|related| &related.location);
        std::iter::once(&finding.location)
            .chain(related)
            .chain(result.location.as_ref())
            .find_map(|location| self.place(location))
            .unwrap_or_else(|| self.gate())
    }

    /// The beginning of the gate file.
    pub(crate) fn gate(&self) -> Place {
        let path = self.path(&self.summary.plan.file);
        Place {
            path: path.unwrap_or_else(|| "tidegate.yaml".to_owned()),
            line: 1,
            end_line: 1,
            columns: None,
        }
    }

    /// The address of the page that shows a place at the judged commit, where that is known.
    pub(crate) fn link(&self, place: &Place) -> Option<String> {
        let provenance = &self.summary.provenance;
        let repository = provenance.repository.as_deref()?;
        let commit = provenance.commit.as_deref()?;
        let plain = |text: &str, more: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            !text.is_empty() && text.chars().all(allowed)
        };
        let trusted = repository.starts_with("https://") || repository.starts_with("http://");
        if !trusted || !plain(repository, ":/.-_~") || !plain(commit, "") {
            return None;
        }
        let lines = if place.end_line > place.line {
            format!("#L{}-L{}", place.line, place.end_line)
        } else {
            format!("#L{}", place.line)
        };
        let path = encoded(&place.path);
        Some(format!("{repository}/blob/{commit}/{path}{lines}"))
    }
}

/// A path in an address: everything but unreserved characters and slashes as `%XX` (RFC 3986, 2.3).
pub(crate) fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn location(file: &str, from: (usize, usize), to: (usize, usize)) -> Location {
        Location {
            column: from.1,
            end_line: to.0,
            end_column: to.1,
            ..Location::line_of(file, from.0)
        }
    }

    fn below(folder: &str) -> Summary {
        let mut summary = samples::blocked();
        summary.provenance.folder = Some(folder.into());
        summary.provenance.repository = Some("https://github.com/acme/portal".into());
        summary.provenance.commit = Some("0123abcd".into());
        summary
    }

    #[test]
    fn columns_are_told_where_they_are_known_and_within_a_line() {
        let summary = below("apps/portal");
        let places = Places::of(&summary);
        let place = |location: Location| {
            let place = places.place(&location).unwrap();
            (place.line, place.end_line, place.columns)
        };
        assert_eq!(place(location("a", (3, 5), (3, 9))), (3, 3, Some((5, 9))));
        assert_eq!(place(location("a", (3, 5), (4, 2))), (3, 4, None));
        assert_eq!(place(location("a", (3, 5), (4, 1))), (3, 3, Some((5, 6))));
        assert_eq!(place(location("a", (3, 5), (3, 5))), (3, 3, Some((5, 6))));
        assert_eq!(place(Location::line_of("a", 3)), (3, 3, None));
        assert_eq!(place(location("a", (0, 0), (0, 0))), (1, 1, None));
        assert_eq!(place(location("a", (9, 1), (2, 7))), (9, 9, None));
    }

    #[test]
    fn what_has_no_place_in_the_repository_stands_where_its_check_is_declared() {
        let mut summary = below("apps/portal");
        let served = Location::line_of("https://portal.example/app.js", 1);
        let result = &mut summary.results[0];
        result.findings[0].location = served.clone();
        let (result, places) = (&summary.results[0], Places::of(&summary));
        let place = places.of_finding(result, &result.findings[0]);
        assert_eq!((&*place.path, place.line), ("apps/portal/tidegate.yaml", 4));
        let nowhere = CheckResult {
            location: None,
            ..result.clone()
        };
        assert_eq!(
            places.of_finding(&nowhere, &result.findings[0]),
            places.gate()
        );
        let source = Location::line_of("../lib/a.ts", 7);
        let finding = result.findings[0].clone().related("read here", source);
        let place = places.of_finding(result, &finding);
        assert_eq!((&*place.path, place.line), ("apps/lib/a.ts", 7));
    }

    #[test]
    fn links_lead_to_the_lines_at_the_judged_commit() {
        let summary = below("");
        let places = Places::of(&summary);
        let link = |location| places.link(&places.place(&location).unwrap()).unwrap();
        let site = "https://github.com/acme/portal/blob/0123abcd";
        assert_eq!(
            link(Location::line_of("a b/[id]#.ts", 4)),
            format!("{site}/a%20b/%5Bid%5D%23.ts#L4")
        );
        assert_eq!(
            link(location("a", (1, 1), (3, 2))),
            format!("{site}/a#L1-L3")
        );
        for repository in ["javascript:alert(1)", "https://x/)[y](z", ""] {
            let mut summary = below("");
            summary.provenance.repository = Some(repository.into());
            assert_eq!(
                Places::of(&summary).link(&Places::of(&summary).gate()),
                None
            );
        }
    }
}
