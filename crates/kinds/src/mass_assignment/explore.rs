//! Which fields a request stores, asked with as few requests as it takes.

use std::collections::VecDeque;

use tidegate_core::check::CheckError;

use super::attempt::{Target, Tried};
use super::candidate::Candidate;
use super::family::{FAMILIES, Family};
use super::findings::{self, Stored};
use super::run::Run;
use crate::attack::resource::State;

/// What came of all the fields of one operation.
pub(super) struct Explored {
    /// Those that were stored.
    pub(super) stored: Vec<Stored>,
    /// Whether it is known of the others that they were not.
    pub(super) is_sure: bool,
}

/// The most requests for one operation.
const MOST: u32 = 40;

impl Run<'_> {
    /// Tries fields with one operation and tells those that were stored; `before` is the thing without
    /// them.
    pub(super) async fn explore(
        &mut self,
        target: Target<'_>,
        before: (&State, &str),
        candidates: &[Candidate],
    ) -> Result<Explored, CheckError> {
        let begun = self.sender.sent;
        let mut groups: VecDeque<Vec<Candidate>> = grouped(target, candidates).into();
        let mut explored = Explored {
            stored: Vec::new(),
            is_sure: true,
        };
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
            let tried = self.attempt(target, &extras).await?;
            explored.is_sure &= matches!(tried, Tried::Taken(_));
            match tried {
                Tried::Taken(taken) => explored.stored.extend(taken.stored(before.0, &extras)),
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
                Tried::Failed(_) if group.len() > 1 => {
                    halved(group, &mut groups);
                    continue;
                }
                Tried::Failed(status) => {
                    let why = format!("the portal failed with {status}, which is no refusal");
                    self.unknown(target, &group, &why);
                    continue;
                }
                Tried::Unknown(why) => {
                    self.unknown(target, &group, &why);
                    continue;
                }
            }
            self.report.evaluated += 1;
        }
        if target.is_update() && !explored.is_sure {
            self.look_again(target, before.0, candidates, &mut explored)
                .await?;
        }
        self.tell(target, before.1, &explored.stored);
        Ok(explored)
    }

    /// Looks whether a change that was not taken stored something all the same.
    async fn look_again(
        &mut self,
        target: Target<'_>,
        before: &State,
        candidates: &[Candidate],
        explored: &mut Explored,
    ) -> Result<(), CheckError> {
        let is_new = |one: &&Candidate| {
            let mut stored = explored.stored.iter();
            !stored.any(|known| known.candidate.name == one.name)
        };
        let others: Vec<&Candidate> = candidates.iter().filter(is_new).collect();
        if let Tried::Taken(taken) = self.afterwards(target, &others).await? {
            explored.stored.extend(taken.stored(before, &others));
            explored.is_sure = true;
        }
        Ok(())
    }

    /// Says that it is not known whether fields are stored; those that the gate file names must be.
    fn unknown(&mut self, target: Target<'_>, fields: &[Candidate], why: &str) {
        let names: Vec<&str> = fields.iter().map(|one| one.name.as_str()).collect();
        let (name, names) = (target.name(), names.join(", "));
        let sentence = format!("Whether {name} stores {names} is not known: {why}.");
        if fields.iter().any(|one| one.family == Family::Declared) {
            self.unproven.push(sentence);
        } else {
            self.report.notes.push(sentence);
        }
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
fn grouped(target: Target<'_>, candidates: &[Candidate]) -> Vec<Vec<Candidate>> {
    if candidates.is_empty() {
        return Vec::new();
    }
    if target.is_update() {
        return vec![candidates.to_vec()];
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
