//! Every source of every environment, read and understood.

use std::collections::BTreeSet;

use tidegate_core::check::CheckError;
use tidegate_core::located::Located;
use tidegate_core::ports::{Files, Variables};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;

use super::config::{Config, Configured, Source};
use super::discover::{Applies, Guess, discover};
use super::emit;
use super::facts::{Class, Facts};
use super::model::{Role, Side, Variable, fits};
use super::print::Key;
use super::sources::{self, Format, Reading, Set, Wanted};
use super::text::{SIZE_LIMIT, SourceError, decode, place};

/// Where variables of the process are said to be.
pub(super) const PROCESS: &str = "the environment of this process";

/// The most notes that are told.
const NOTE_LIMIT: usize = 20;

/// Everything that is known of the environments.
#[derive(Default)]
pub(super) struct Gathered {
    /// The environments, production first.
    pub(super) sides: Vec<Side>,
    /// The names that an example file lists.
    pub(super) expected: Vec<Expected>,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
}

/// A name that an example file lists.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    /// The name.
    pub(super) name: String,
    /// The folder of the file.
    pub(super) scope: String,
    /// Where it stands.
    pub(super) place: Location,
}

/// The environment that the gate looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'h> {
    /// Its name.
    pub(super) name: &'h str,
    /// What it is for.
    pub(super) role: Role,
}

/// Reads sources through the ports.
pub(super) struct Gatherer<'g> {
    /// Files below the gate file's folder.
    pub(super) files: &'g dyn Files,
    /// The environment of the process.
    pub(super) process: &'g dyn Variables,
    /// The key of fingerprints.
    pub(super) key: &'g Key,
    /// Where the gate looks.
    pub(super) here: Here<'g>,
}

impl Gatherer<'_> {
    /// Reads what the config names, or what is there.
    ///
    /// # Errors
    /// When a source that the config names cannot be read or understood.
    pub(super) fn gather(&self, config: &Config) -> Result<Gathered, CheckError> {
        let mut gathered = Gathered::default();
        let guesses = discover(self.files)?;
        self.examples(&guesses, &mut gathered);
        if config.environments.is_empty() {
            self.guessed(&guesses, &mut gathered);
        }
        for one in &config.environments {
            let side = self.configured(one, config, &mut gathered.notes)?;
            gathered.sides.push(side);
        }
        for side in &mut gathered.sides {
            if config.production.contains(&side.name) {
                side.role = Role::Production;
            } else if !config.production.is_empty() && side.is_production() {
                side.role = Role::Unsaid;
            }
        }
        gathered.sides.sort_by_key(|side| side.role);
        forget_the_machine(&mut gathered);
        let told = gathered.notes.len();
        if told > NOTE_LIMIT {
            gathered.notes.truncate(NOTE_LIMIT);
            gathered
                .notes
                .push(format!("And {} notes more.", told - NOTE_LIMIT));
        }
        Ok(gathered)
    }

    fn role_of(&self, name: &str) -> Role {
        if name == self.here.name {
            self.here.role
        } else {
            Role::of_name(name)
        }
    }

    fn configured(
        &self,
        one: &Configured,
        config: &Config,
        notes: &mut Vec<String>,
    ) -> Result<Side, CheckError> {
        let role = if config.production.contains(&one.name) {
            Role::Production
        } else {
            self.role_of(&one.name)
        };
        let mut side = Side::new(one.name.clone(), role);
        for source in &one.sources {
            match source {
                Source::File(format, path) => {
                    let reading = self
                        .reading(format, path, &side)
                        .map_err(|error| error.at(path.span.location()))?;
                    notes.extend(reading.notes);
                    for set in reading.set {
                        side.set(self.variable(set, &path.value, "", false));
                    }
                }
                Source::Process(patterns) => self.take_process(patterns, &mut side),
                Source::Fingerprints(path) => {
                    let text = self.text(path)?;
                    let variables = emit::read(&path.value, &text, &one.name, self.key)?;
                    variables
                        .into_iter()
                        .for_each(|variable| side.set(variable));
                }
            }
        }
        Ok(side)
    }

    fn text(&self, path: &Located<String>) -> Result<String, CheckError> {
        let bytes = self
            .files
            .read(&path.value, SIZE_LIMIT)
            .map_err(|error| CheckError::from(error).at(path.span.location()))?;
        Ok(decode(&path.value, bytes)?)
    }

    fn reading(
        &self,
        format: &Format,
        path: &Located<String>,
        side: &Side,
    ) -> Result<Reading, CheckError> {
        let text = self.text(path)?;
        let wanted = Wanted {
            name: &side.name,
            role: side.role,
        };
        Ok(sources::read(format, &path.value, &text, wanted)?)
    }

    fn take_process(&self, patterns: &[String], side: &mut Side) {
        for name in self.process.names() {
            let wanted = patterns.is_empty() || patterns.iter().any(|pattern| fits(pattern, &name));
            // The key of fingerprints belongs to the gate.
            if !wanted || name == emit::KEY_VARIABLE {
                continue;
            }
            if let Some(value) = self.process.get(&name) {
                let set = Set {
                    name,
                    value: Some(value.expose().to_owned()),
                    line: 1,
                    scope: String::new(),
                };
                side.set(self.variable(set, PROCESS, "", false));
            }
        }
    }

    fn variable(&self, set: Set, file: &str, folder: &str, inherited: bool) -> Variable {
        let scope = [folder, set.scope.as_str()]
            .iter()
            .filter(|part| !part.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join("/");
        let facts = set.value.as_ref();
        let facts = facts.map(|value| Facts::of(&set.name, value, self.key));
        Variable {
            facts,
            value: set.value.map(Sensitive::new),
            place: place(file, set.line, 1),
            name: set.name,
            scope,
            inherited,
        }
    }

    /// The text of a file that was guessed, which may well be none of ours.
    fn guessed_reading(
        &self,
        guess: &Guess,
        wanted: Wanted<'_>,
        notes: &mut Vec<String>,
    ) -> Vec<Set> {
        let read = || -> Result<Reading, String> {
            let bytes = self.files.read(&guess.path, SIZE_LIMIT);
            let bytes = bytes.map_err(|error| format!("{error}. {}", error.help()))?;
            let told = |error: SourceError| error.told();
            let text = decode(&guess.path, bytes).map_err(told)?;
            sources::read(&guess.format, &guess.path, &text, wanted).map_err(told)
        };
        let (set, told) = match read() {
            Ok(reading) => (reading.set, reading.notes),
            Err(reason) => (Vec::new(), vec![format!("A file was left out: {reason}")]),
        };
        for note in told {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        set
    }

    fn examples(&self, guesses: &[Guess], gathered: &mut Gathered) {
        let wanted = Wanted {
            name: self.here.name,
            role: self.here.role,
        };
        for guess in guesses
            .iter()
            .filter(|guess| guess.applies == Applies::Example)
        {
            for set in self.guessed_reading(guess, wanted, &mut gathered.notes) {
                gathered.expected.push(Expected {
                    place: place(&guess.path, set.line, 1),
                    name: set.name,
                    scope: guess.folder.clone(),
                });
            }
        }
    }

    /// The name under which the gate knows the environment that a file's name means.
    fn known_name(&self, guessed: &str) -> String {
        let same = Role::of_name(guessed) == self.here.role && self.here.role != Role::Unsaid;
        let exact = guessed == self.here.name;
        if exact || (same && guessed != "test") {
            self.here.name.to_owned()
        } else {
            guessed.to_owned()
        }
    }

    fn guessed(&self, guesses: &[Guess], gathered: &mut Gathered) {
        let mut names: BTreeSet<String> = guesses
            .iter()
            .filter_map(|guess| match &guess.applies {
                Applies::To(name) => Some(self.known_name(name)),
                Applies::Everywhere | Applies::Example => None,
            })
            .collect();
        if guesses
            .iter()
            .any(|guess| guess.applies == Applies::Everywhere)
        {
            names.insert(self.here.name.to_owned());
        }
        for name in names {
            let mut side = Side::new(name.clone(), self.role_of(&name));
            // The weakest come first: what applies everywhere, then the environment's own.
            for general in [true, false] {
                for guess in guesses {
                    let own =
                        matches!(&guess.applies, Applies::To(to) if self.known_name(to) == name);
                    let everywhere = guess.applies == Applies::Everywhere;
                    if if general { everywhere } else { own } {
                        self.take_guess(guess, general, &mut side, &mut gathered.notes);
                    }
                }
            }
            gathered.sides.push(side);
        }
    }

    fn take_guess(&self, guess: &Guess, general: bool, side: &mut Side, notes: &mut Vec<String>) {
        let wanted = Wanted {
            name: &side.name,
            role: side.role,
        };
        for set in self.guessed_reading(guess, wanted, notes) {
            let variable = self.variable(set, &guess.path, &guess.folder, general);
            side.set(variable);
        }
    }
}

/// A process has variables of its machine, which say nothing about the portal: of those, what no
/// other environment and no example knows, and what is no key, is left.
fn forget_the_machine(gathered: &mut Gathered) {
    let mut known: BTreeSet<String> = gathered
        .expected
        .iter()
        .map(|expected| expected.name.clone())
        .collect();
    let others = gathered.sides.iter().flat_map(|side| &side.variables);
    known.extend(
        others
            .filter(|variable| variable.place.file != PROCESS)
            .map(|variable| variable.name.clone()),
    );
    if known.is_empty() {
        return;
    }
    for side in &mut gathered.sides {
        side.variables.retain(|variable| {
            let key = variable
                .facts
                .as_ref()
                .is_some_and(|facts| facts.class != Class::Plain);
            variable.place.file != PROCESS || key || known.contains(&variable.name)
        });
    }
}
