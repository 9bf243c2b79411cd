//! Which fields a request stores, asked with as few requests as it takes.

use std::collections::VecDeque;

use tidegate_core::check::CheckError;

use super::attempt::{Target, Tried};
use super::candidate::Candidate;
use super::family::{FAMILIES, Family};
use super::findings::{self, Stored};
use super::run::Run;
use crate::attack::resource::State;

/// The most requests for one operation.
const MOST: u32 = 40;

impl Run<'_> {
    /// Tries fields with one operation and tells those that were stored; `before` is the thing without
    /// them.
    pub(super) async fn explore(
        &mut self,
        target: Target<'_>,
        before: (&State, &str),
        candidates: Vec<Candidate>,
    ) -> Result<Vec<Stored>, CheckError> {
        let begun = self.sender.sent;
        let mut groups: VecDeque<Vec<Candidate>> = grouped(target, candidates).into();
        let mut stored = Vec::new();
        let mut is_strict = None;
        while let Some(group) = groups.pop_front() {
            if self.sender.stopped.is_some() {
                break;
            }
            if self.sender.sent - begun >= MOST {
                let left = group.len() + groups.iter().map(Vec::len).sum::<usize>();
                self.report.notes.push(format!(
                    "{left} fields were not tried one by one with {}: its {MOST} requests were used up.",
                    target.name()
                ));
                break;
            }
            if is_strict == Some(true) && group.len() > 1 {
                alone(group, &mut groups);
                continue;
            }
            let extras: Vec<&Candidate> = group.iter().collect();
            match self.attempt(target, &extras).await? {
                Tried::Taken(taken) => stored.extend(taken.stored(before.0, &extras)),
                Tried::Refused(_) if group.len() > 1 => {
                    if is_strict.is_none() {
                        is_strict = Some(self.refuses_unknown(target).await?);
                    }
                    if is_strict == Some(true) {
                        alone(group, &mut groups);
                    } else {
                        halved(group, &mut groups);
                    }
                }
                Tried::Refused(_) => {}
                Tried::Unknown(why) => {
                    let names: Vec<&str> = group.iter().map(|one| one.name.as_str()).collect();
                    let (name, names) = (target.name(), names.join(", "));
                    self.report.notes.push(format!(
                        "Whether {name} stores {names} is not known: {why}."
                    ));
                    continue;
                }
            }
            self.report.evaluated += 1;
        }
        self.tell(target, before.1, &stored);
        Ok(stored)
    }

    /// Whether the operation refuses a field that nobody knows.
    async fn refuses_unknown(&mut self, target: Target<'_>) -> Result<bool, CheckError> {
        let unknown = Candidate {
            family: Family::Declared,
            name: "tidegate_unknown".to_owned(),
            value: "tidegate".into(),
            is_known: false,
            is_hint: false,
            is_first: true,
        };
        let tried = self.attempt(target, &[&unknown]).await?;
        Ok(matches!(tried, Tried::Refused(_)))
    }

    /// One finding for the fields of each family.
    fn tell(&mut self, target: Target<'_>, before: &str, stored: &[Stored]) {
        for family in FAMILIES {
            let of_family: Vec<&Stored> = stored
                .iter()
                .filter(|one| one.candidate.family == *family)
                .collect();
            if of_family.is_empty() {
                continue;
            }
            let finding = findings::stored(&target, *family, &of_family, before);
            self.report.findings.extend(finding);
        }
    }
}

/// Creates take the fields of one family each, changes take all of them at once.
fn grouped(target: Target<'_>, candidates: Vec<Candidate>) -> Vec<Vec<Candidate>> {
    if target.is_update() {
        return if candidates.is_empty() {
            Vec::new()
        } else {
            vec![candidates]
        };
    }
    let of = |family: &Family| {
        let own = candidates.iter().filter(|one| one.family == *family);
        own.cloned().collect::<Vec<_>>()
    };
    FAMILIES
        .iter()
        .map(of)
        .filter(|group| !group.is_empty())
        .collect()
}

/// One by one, each name in its first spelling.
fn alone(group: Vec<Candidate>, groups: &mut VecDeque<Vec<Candidate>>) {
    let first = group.into_iter().filter(|one| one.is_first);
    for one in first.rev() {
        groups.push_front(vec![one]);
    }
}

fn halved(mut group: Vec<Candidate>, groups: &mut VecDeque<Vec<Candidate>>) {
    let second = group.split_off(group.len() / 2);
    groups.push_front(second);
    groups.push_front(group);
}
