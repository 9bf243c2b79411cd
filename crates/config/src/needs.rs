//! What checks need of each other: it exists, and it is no circle.

use std::collections::HashMap;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::Entry;

use crate::faults::Faults;
use crate::include::{Declared, Fate};

/// Tells needs that do not exist or are off, and needs that go round in a circle.
pub(crate) fn check(entries: &[Entry], declared: &[Declared], faults: &mut Faults) {
    let by_id: HashMap<&str, &Declared> = declared
        .iter()
        .map(|check| (check.id.as_str(), check))
        .collect();
    for entry in entries {
        for need in &entry.common.needs {
            match by_id.get(need.value.as_str()) {
                Some(check) if check.fate == Fate::Off => faults.push(
                    Diagnostic::at(
                        need.span.clone(),
                        format!("`{}` is off in this environment", need.value),
                    )
                    .label("nothing to wait for")
                    .help(format!(
                        "Take `{}` out here too, or leave `{}` in.",
                        entry.id, need.value
                    )),
                ),
                Some(_) => {}
                None => {
                    let names: Vec<&str> = declared.iter().map(|check| check.id.as_str()).collect();
                    faults.push(Diagnostic::unknown(
                        need.span.clone(),
                        "check",
                        need.value.as_str(),
                        &names,
                    ));
                }
            }
        }
    }
    Circles::new(entries).tell(faults);
}

/// A walk along the needs; every check is entered once.
struct Circles<'e> {
    entries: &'e [Entry],
    /// The indices of what each check needs, with the index of the need.
    needs: Vec<Vec<(usize, usize)>>,
    state: Vec<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnPath,
    Done,
}

impl<'e> Circles<'e> {
    fn new(entries: &'e [Entry]) -> Self {
        let index: HashMap<&str, usize> = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (entry.id.as_str(), index))
            .collect();
        let needs = entries.iter().map(|entry| {
            let needs = entry.common.needs.iter().enumerate();
            needs
                .filter_map(|(at, need)| Some((*index.get(need.value.as_str())?, at)))
                .collect()
        });
        Self {
            entries,
            needs: needs.collect(),
            state: vec![State::New; entries.len()],
        }
    }

    fn tell(mut self, faults: &mut Faults) {
        for start in 0..self.entries.len() {
            if self.state[start] == State::New {
                self.walk(start, faults);
            }
        }
    }

    /// Walks from one check, depth first; the path is kept here, so that a long one cannot overflow the stack.
    fn walk(&mut self, start: usize, faults: &mut Faults) {
        let mut path = vec![(start, 0)];
        self.state[start] = State::OnPath;
        while let Some((check, next)) = path.last_mut() {
            let from = *check;
            let Some(&(needed, at)) = self.needs[from].get(*next) else {
                self.state[from] = State::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match self.state[needed] {
                State::New => {
                    self.state[needed] = State::OnPath;
                    path.push((needed, 0));
                }
                State::OnPath => faults.push(self.circle(&path, from, needed, at)),
                State::Done => {}
            }
        }
    }

    fn circle(&self, path: &[(usize, usize)], from: usize, needed: usize, at: usize) -> Diagnostic {
        let id = |index: usize| self.entries[index].id.as_str();
        let names: Vec<&str> = path
            .iter()
            .skip_while(|(index, _)| *index != needed)
            .map(|(index, _)| id(*index))
            .chain([id(needed)])
            .collect();
        let span = self.entries[from].common.needs[at].span.clone();
        Diagnostic::at(
            span,
            format!("checks need each other in a circle: {}", names.join(" → ")),
        )
        .label("closes the circle")
        .help("Remove one of these needs.")
    }
}
