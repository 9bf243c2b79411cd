//! Who can see a value, and what could be seen before.

use std::collections::{HashMap, HashSet};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tidegate_core::finding::Related;
use tidegate_core::ports::{Commit, Random};

use super::verify::Answer;
use crate::scan::Sighting;

/// Where a value can be seen, the fewest eyes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Surface {
    /// A file of the repository.
    Repository,
    /// A layer of a container image; nothing looks there yet.
    #[expect(dead_code, reason = "the place of container images among the surfaces")]
    Layer,
    /// A header or a cookie of an answer.
    Header,
    /// What every visitor gets: a page, a script, a source map.
    Served,
}

impl Surface {
    /// Who can see it, for people.
    pub(super) fn seen_by(self) -> &'static str {
        match self {
            Self::Repository => "everybody who can read the repository, now and later",
            Self::Layer => "everybody who can pull the image",
            Self::Header => "everybody who gets this answer",
            Self::Served => "every visitor of the site",
        }
    }
}

/// Where exactly a value was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The file or the address, as people know it.
    pub(super) file: String,
    /// The 1-based line.
    pub(super) line: usize,
    /// The 1-based column in characters.
    pub(super) column: usize,
}

/// How a value came to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// A file that the change touches.
    Change,
    /// A file of the repository, changed or not.
    Tree,
    /// An older commit.
    History,
    /// A file of a folder that the gate file names.
    File,
    /// A file of the build output.
    Build,
    /// The deployed site.
    Site,
}

/// A value that was seen somewhere.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    /// What.
    pub(super) sighting: Sighting,
    /// To whom.
    pub(super) surface: Surface,
    /// How it was found.
    pub(super) way: Way,
    /// Where; the source behind a bundle when it is known.
    pub(super) place: Place,
    /// Other places of the same value.
    pub(super) related: Vec<Related>,
    /// The commit that brought it, when history was looked at.
    pub(super) commit: Option<Commit>,
    /// Whether the judged change itself says that it is known, which does not count.
    pub(super) excused: bool,
    /// What who issued it says about it, when that was asked.
    pub(super) answer: Option<Answer>,
}

/// A value without the value: a keyed digest that only this run can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id([u8; 16]);

/// What the base showed, and to whom.
pub(super) struct Known {
    key: Hmac<Sha256>,
    shown: HashMap<Id, Surface>,
    allowed_anew: HashSet<Id>,
}

impl Known {
    /// Nothing yet, under a key of this run.
    pub(super) fn new(random: &dyn Random) -> Self {
        let mut seed = [0; 32];
        for piece in seed.chunks_mut(8) {
            piece.copy_from_slice(&random.next().to_le_bytes());
        }
        // HMAC takes keys of any length (RFC 2104, 3).
        let key = Hmac::new_from_slice(&seed).unwrap_or_else(|_| Hmac::new(&Default::default()));
        Self {
            key,
            shown: HashMap::new(),
            allowed_anew: HashSet::new(),
        }
    }

    /// The value of a sighting without the value.
    pub(super) fn id(&self, sighting: &Sighting) -> Id {
        let mut mac = self.key.clone();
        mac.update(sighting.slug().as_bytes());
        mac.update(&[0]);
        mac.update(sighting.value.expose().as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Id(id)
    }

    /// Notes that the base shows a value.
    pub(super) fn shows(&mut self, sighting: &Sighting, surface: Surface) {
        let shown = self.shown.entry(self.id(sighting)).or_insert(surface);
        *shown = surface.max(*shown);
    }

    /// Notes that a comment which the change brings allows a value.
    pub(super) fn allows_anew(&mut self, id: Id) {
        self.allowed_anew.insert(id);
    }

    /// Whether a comment allows the value that the change did not bring: what is judged cannot allow
    /// itself.
    pub(super) fn allowed(&self, one: &Exposure) -> bool {
        let anew = one.way == Way::Change || self.allowed_anew.contains(&self.id(&one.sighting));
        one.sighting.allowed && !anew
    }

    /// Whether the base did not show the value to as many.
    pub(super) fn new_at(&self, sighting: &Sighting, surface: Surface) -> bool {
        self.shown
            .get(&self.id(sighting))
            .is_none_or(|shown| *shown < surface)
    }
}
