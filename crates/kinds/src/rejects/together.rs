//! What wrong input to an operation comes to, told once for all of its fields.

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;
use tidegate_core::meta::CodeInfo;

use super::codes;
use super::findings::{Seen, about};

/// The most fields that a title names, and sorts of each.
const NAMED: usize = 3;

/// The most requests that are listed as evidence.
const LISTED: usize = 20;

/// What becomes of wrong input where it should be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ill {
    /// It was taken.
    Accepted,
    /// It was refused and is there all the same.
    Stored,
    /// The portal failed.
    Failed,
}

impl Ill {
    /// The finding about requests to one operation, of which there is at least one.
    pub(super) fn finding(self, seen: &[Seen<'_>]) -> Option<Finding> {
        let (first, more) = seen.split_first()?;
        let operation = &first.subject.name;
        // Each field and sort is in the subject, so that a waiver for some does not hide another.
        let subjects: BTreeSet<String> = seen.iter().map(Seen::tried).collect();
        let subjects: Vec<String> = subjects.into_iter().collect();
        let (code, advice) = self.words();
        let title = match more {
            [] => self.about_one(operation, &first.negative.label()),
            _ => {
                let wrong = seen.iter().map(|one| (one.field(), one.sort()));
                self.about_many(operation, &brief(wrong))
            }
        };
        let finding = about(first.subject, &code, title)
            .advice(advice)
            .subject(format!("{operation} {}", subjects.join(", ")));
        Some(match more {
            [] => first.proven(finding),
            _ => listed(seen, finding),
        })
    }

    fn words(self) -> (CodeInfo, &'static str) {
        match self {
            Self::Accepted => (
                codes::ACCEPTED,
                "Check the input on the server before it is stored, not in the form only, and answer 400 or \
                 422. If it is accepted on purpose, say so under `lenient`, or change the schema.",
            ),
            Self::Stored => (
                codes::STORED,
                "The portal writes first and checks later. Check before anything is written, or do both in one \
                 transaction that is rolled back when the check fails.",
            ),
            Self::Failed => (
                codes::SERVER_ERROR,
                "Look at the portal's log at this moment. Usually the input reaches code or a database that \
                 expects it to be right: check it first and answer 400 or 422 with the name of the field.",
            ),
        }
    }

    fn about_one(self, operation: &str, input: &str) -> String {
        match self {
            Self::Accepted => format!("{operation} accepts {input}"),
            Self::Stored => format!("{operation} refuses {input} and stores it"),
            Self::Failed => format!("{operation} fails on {input}"),
        }
    }

    fn about_many(self, operation: &str, inputs: &str) -> String {
        match self {
            Self::Accepted => format!("{operation} accepts wrong input: {inputs}"),
            Self::Stored => format!("{operation} stores input that it refuses: {inputs}"),
            Self::Failed => format!("{operation} fails on wrong input: {inputs}"),
        }
    }
}

/// The fields with what was wrong with each: `` `amount` (too large, wrong type) and 3 more ``.
fn brief<'s>(wrong: impl Iterator<Item = (Option<&'s str>, &'s str)>) -> String {
    let mut fields: Vec<(Option<&'s str>, Vec<String>)> = Vec::new();
    for (field, sort) in wrong {
        let sort = sort.replace('-', " ");
        match fields.iter_mut().find(|(known, _)| *known == field) {
            Some((_, sorts)) if sorts.contains(&sort) => {}
            Some((_, sorts)) => sorts.push(sort),
            None => fields.push((field, vec![sort])),
        }
    }
    fields.sort_by_key(|(field, _)| field.is_none());
    let named = fields.iter().take(NAMED).map(|(field, sorts)| {
        let field = field.map_or_else(|| "the body".to_owned(), |field| format!("`{field}`"));
        let more = if sorts.len() > NAMED { ", …" } else { "" };
        let sorts = &sorts[..sorts.len().min(NAMED)];
        format!("{field} ({}{more})", sorts.join(", "))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    match fields.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// A finding with a line for each request.
fn listed(seen: &[Seen<'_>], finding: Finding) -> Finding {
    let lines = seen.iter().take(LISTED);
    let finding = lines.fold(finding, |finding, one| {
        finding.evidence("request", one.line())
    });
    match seen.len().saturating_sub(LISTED) {
        0 => finding,
        more => finding.evidence("request", format!("and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_three_fields_and_counts_the_others() {
        let told = |wrong: &[(&'static str, &'static str)]| {
            let wrong = wrong.iter().copied();
            brief(wrong.map(|(field, sort)| (Some(field).filter(|field| !field.is_empty()), sort)))
        };
        assert_eq!(
            told(&[
                ("", "malformed"),
                ("a", "too-long"),
                ("a", "null"),
                ("a", "null")
            ]),
            "`a` (too long, null), the body (malformed)"
        );
        let many = ["a", "b", "c", "d", "e"].map(|field| (field, "missing"));
        assert_eq!(
            told(&many),
            "`a` (missing), `b` (missing), `c` (missing) and 2 more"
        );
        let sorts = ["missing", "null", "too-long", "too-short"].map(|sort| ("a", sort));
        assert_eq!(told(&sorts), "`a` (missing, null, too long, …)");
    }
}
