//! What is inside archives: zip (also as jar, whl, vsix or docx), tar and gzip, in each other.
//!
//! Everything is read once, from front to back, and nothing is unpacked to disk or whole into memory.
//! A zip archive is read by the headers before its entries, not by the directory at its end, so that
//! it needs no seeking, every byte of it is looked at, and entries that overlap cannot multiply it.

mod fault;
mod gzip;
mod inflate;
mod input;
mod tar;
mod zip;

use std::cell::{Cell, RefCell};
use std::io::Read;

pub(crate) use fault::{ArchiveFault, Limit, Problem};
use input::Input;

/// How many bytes of the start of a content tell whether it is an archive.
pub(crate) const TELLING: usize = 512;

/// How many faults are told one by one.
const LISTED: usize = 20;

/// How far archives are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How many archives may lie within each other; a tar in a gzip is one.
    pub(crate) depth: u32,
    /// The most entries, those of inner archives included.
    pub(crate) entries: u32,
    /// The most bytes that are unpacked in all.
    pub(crate) unpacked: u64,
    /// How many times larger than packed an entry may be, beyond [`Limits::free`] bytes of it.
    pub(crate) ratio: u64,
    /// The bytes of each entry that may be packed however well.
    pub(crate) free: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 4,
            entries: 10_000,
            unpacked: 256 * 1024 * 1024,
            ratio: 200,
            free: 8 * 1024 * 1024,
        }
    }
}

/// What came of looking into an archive.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    /// How many contents were visited.
    pub(crate) visited: u32,
    /// What could not be looked at, in the order it was met; at most [`LISTED`].
    pub(crate) faults: Vec<ArchiveFault>,
    /// How many more there were.
    pub(crate) unlisted: u32,
}

/// What an archive is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Entries packed one by one.
    Zip,
    /// Entries one after the other, not packed.
    Tar,
    /// One content, packed.
    Gzip,
    /// Known and not looked into, with its name.
    Foreign(&'static str),
}

/// First bytes of archives that are not looked into.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"BZh", "bzip2"),
    (b"\xFD7zXZ\0", "xz"),
    (b"\x28\xB5\x2F\xFD", "zstd"),
    (b"7z\xBC\xAF\x27\x1C", "7z"),
    (b"Rar!\x1A\x07", "rar"),
];

impl Format {
    /// What a content is whose first [`TELLING`] bytes, or all when it has fewer, are these; `None`
    /// when it is no archive.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        let first = start.first_chunk::<4>();
        if first.is_some_and(|first| zip::SIGNATURES.contains(&first)) {
            return Some(Self::Zip);
        }
        if start.starts_with(gzip::SIGNATURE) {
            return Some(Self::Gzip);
        }
        if tar::is_header(start) {
            return Some(Self::Tar);
        }
        // Behind the magic number of bzip2, which is a word too, comes that of its first block.
        let foreign = FOREIGN.iter().find(|(known, _)| start.starts_with(known))?;
        let block = start.get(4..10);
        (foreign.1 != "bzip2" || block == Some(b"1AY&SY")).then_some(Self::Foreign(foreign.1))
    }
}

/// Visits every content within an archive, those of inner archives included, in the order they lie
/// there; a content that is no archive is visited itself, with an empty path.
///
/// The path is that within the archive, made harmless, with `!/` behind each inner archive:
/// `lib/app.jar!/config.properties`. The reader given to `visit` never fails: where a content is
/// damaged or a limit is reached it ends, and the outcome says so. What is not read of it is skipped.
pub(crate) fn look_into(
    content: &mut dyn Read,
    limits: &Limits,
    visit: &mut dyn FnMut(&str, &mut dyn Read),
) -> Outcome {
    let state = State {
        limits: *limits,
        unpacked: Cell::new(0),
        entries: Cell::new(0),
        stopped: Cell::new(false),
        outcome: RefCell::default(),
    };
    let mut walk = Walk {
        state: &state,
        visit,
    };
    walk.look(content, &Place::default());
    state.outcome.into_inner()
}

/// What is counted over all archives of one look.
struct State {
    limits: Limits,
    unpacked: Cell<u64>,
    entries: Cell<u32>,
    /// Whether a limit for all is reached.
    stopped: Cell<bool>,
    outcome: RefCell<Outcome>,
}

impl State {
    fn fault(&self, path: &str, problem: Problem) {
        if matches!(
            problem,
            Problem::Limit(Limit::Entries(_) | Limit::Unpacked(_))
        ) && self.stopped.replace(true)
        {
            return;
        }
        let mut outcome = self.outcome.borrow_mut();
        if outcome.faults.len() == LISTED {
            outcome.unlisted = outcome.unlisted.saturating_add(1);
            return;
        }
        let path = path.to_owned();
        outcome.faults.push(ArchiveFault { path, problem });
    }

    /// Counts an entry; whether it may be looked at.
    fn enter(&self, path: &str) -> bool {
        let entries = self.entries.get();
        if entries >= self.limits.entries {
            self.fault(path, Problem::Limit(Limit::Entries(self.limits.entries)));
        } else {
            self.entries.set(entries + 1);
        }
        !self.stopped.get()
    }

    /// Counts unpacked bytes; whether there may be more.
    fn unpack(&self, path: &str, bytes: usize) -> bool {
        let unpacked = self.unpacked.get().saturating_add(bytes as u64);
        self.unpacked.set(unpacked);
        if unpacked > self.limits.unpacked {
            self.fault(path, Problem::Limit(Limit::Unpacked(self.limits.unpacked)));
        }
        !self.stopped.get()
    }
}

/// Where a content lies.
#[derive(Debug, Clone, Default)]
struct Place {
    /// Its path within the outermost archive; empty for that one itself.
    path: String,
    /// How many archives it lies in.
    depth: u32,
    /// Whether it was packed by gzip alone, so that a tar in it is the same archive.
    gzipped: bool,
}

impl Place {
    /// The place of an entry.
    fn entry(&self, name: &str) -> Self {
        let within = if self.path.is_empty() { "" } else { "!/" };
        Self {
            path: format!("{}{within}{name}", self.path),
            depth: if self.gzipped {
                self.depth
            } else {
                self.depth + 1
            },
            gzipped: false,
        }
    }

    /// The place of what a gzip holds, which has no name of its own.
    fn gunzipped(&self) -> Self {
        Self {
            path: self.path.clone(),
            depth: self.depth + 1,
            gzipped: true,
        }
    }
}

/// One look into an archive.
struct Walk<'w> {
    state: &'w State,
    visit: &'w mut dyn FnMut(&str, &mut dyn Read),
}

impl Walk<'_> {
    /// Looks at a content, whatever it is.
    fn look(&mut self, content: &mut dyn Read, place: &Place) {
        let mut input = Input::new(content);
        let format = input.peek(TELLING).map(Format::of);
        let deepest = match format {
            Ok(Some(Format::Tar)) if place.gzipped => false,
            Ok(Some(Format::Zip | Format::Tar | Format::Gzip)) => {
                place.depth >= self.state.limits.depth
            }
            _ => false,
        };
        match format {
            _ if deepest => {
                let limit = Limit::Depth(self.state.limits.depth);
                self.state.fault(&place.path, Problem::Limit(limit));
                self.visit(&mut input, place);
            }
            Ok(Some(Format::Zip)) => zip::look(self, &mut input, place),
            Ok(Some(Format::Tar)) => tar::look(self, &mut input, place),
            Ok(Some(Format::Gzip)) => gzip::look(self, &mut input, place),
            Ok(Some(Format::Foreign(name))) => {
                self.state.fault(&place.path, Problem::Foreign(name));
                self.visit(&mut input, place);
            }
            Ok(None) => self.visit(&mut input, place),
            Err(error) => self.state.fault(&place.path, Problem::unreadable(&error)),
        }
    }

    /// Hands a content that is no archive over.
    fn visit(&mut self, input: &mut Input<'_>, place: &Place) {
        let mut outcome = self.state.outcome.borrow_mut();
        outcome.visited = outcome.visited.saturating_add(1);
        drop(outcome);
        let mut lenient = Lenient {
            input,
            state: self.state,
            path: &place.path,
        };
        (self.visit)(&place.path, &mut lenient);
    }
}

/// A reader that ends where it would fail, and says so in the outcome.
struct Lenient<'l, 'r> {
    input: &'l mut Input<'r>,
    state: &'l State,
    path: &'l str,
}

impl Read for Lenient<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.input.read(buffer).or_else(|error| {
            self.state.fault(self.path, Problem::unreadable(&error));
            Ok(0)
        })
    }
}

#[cfg(test)]
mod tests;
