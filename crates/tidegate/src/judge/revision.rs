//! The files of a gate as a revision of the repository has them.

use std::io;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tidegate_config::Reader;
use tidegate_core::ports::{Head, Repository, RepositoryError, SnapshotError, Snapshots};

/// The largest file of a gate that is read from a revision, in bytes: 8 MiB.
const LIMIT: usize = 8 * 1024 * 1024;

/// A gate at a revision.
#[derive(Clone)]
pub(super) struct Revision {
    repository: Arc<dyn Repository>,
    /// The full id of the commit.
    id: String,
    /// The gate file as it is asked for.
    gate: PathBuf,
    /// The gate file's path there, relative to the repository's root.
    there: String,
    /// Whether the change moved it.
    moved: bool,
}

impl Revision {
    /// Finds a gate file at a revision: under its own path, else where the change took it from.
    ///
    /// # Errors
    /// When the repository cannot be read there.
    pub(super) fn find(
        repository: &Arc<dyn Repository>,
        id: &str,
        gate: &Path,
    ) -> Result<Option<Self>, RepositoryError> {
        let here = places(repository.root(), gate);
        let at = |there: String, moved: bool| Self {
            repository: repository.clone(),
            id: id.to_owned(),
            gate: gate.to_owned(),
            there,
            moved,
        };
        for place in &here {
            // The content of a link is the name of its target, and no gate file.
            let content = repository.read_at(id, place, LIMIT)?;
            if content.is_some_and(|content| content.contains(&b':')) {
                return Ok(Some(at(place.clone(), false)));
            }
        }
        Ok(moved(repository, id, &here).map(|there| at(there, true)))
    }

    /// Finds a gate file at a revision by nothing that the change itself has: neither a link nor a file
    /// that it moved leads to another judge.
    ///
    /// # Errors
    /// When the repository cannot be read there.
    pub(super) fn find_as_named(
        repository: &Arc<dyn Repository>,
        id: &str,
        gate: &Path,
    ) -> Result<Option<Self>, RepositoryError> {
        let mut place = as_named(repository.root(), gate);
        // A gate file may be a link in the base, too: its content is the name of the target.
        for _ in 0..2 {
            let Some(there) = place else { break };
            let Some(content) = repository.read_at(id, &there, LIMIT)? else {
                break;
            };
            if content.contains(&b':') {
                return Ok(Some(Self {
                    repository: repository.clone(),
                    id: id.to_owned(),
                    gate: gate.to_owned(),
                    there,
                    moved: false,
                }));
            }
            let folder = Path::new(&there).parent().unwrap_or(Path::new(""));
            let target = str::from_utf8(&content).ok();
            place = target.and_then(|target| slashed(&folder.join(target)));
        }
        Ok(None)
    }

    /// The gate file's path there, relative to the repository's root.
    pub(super) fn path(&self) -> &str {
        &self.there
    }

    /// The gate file's path there, when the change moved it.
    pub(super) fn moved(&self) -> Option<&str> {
        self.moved.then_some(self.there.as_str())
    }

    /// A file beside the gate file.
    pub(super) fn beside(&self, name: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        self.at(Path::new(name))
    }

    /// A file whose path counts from the gate file's folder.
    fn at(&self, path: &Path) -> Result<Option<Vec<u8>>, RepositoryError> {
        let folder = Path::new(&self.there).parent();
        let whole = folder.unwrap_or(Path::new("")).join(path);
        match slashed(&whole) {
            Some(path) => self.repository.read_at(&self.id, &path, LIMIT),
            None => Ok(None),
        }
    }
}

impl Reader for Revision {
    fn read(&self, path: &Path, _limit: usize) -> io::Result<Vec<u8>> {
        let folder = self.gate.parent().unwrap_or(Path::new(""));
        let inside = path.strip_prefix(folder).unwrap_or(path);
        let content = if path == self.gate {
            self.repository.read_at(&self.id, &self.there, LIMIT)
        } else {
            self.at(inside)
        };
        content
            .map_err(io::Error::other)?
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Snapshots for Revision {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, SnapshotError> {
        self.at(Path::new(path)).map_err(|error| SnapshotError {
            path: path.to_owned(),
            action: "read",
            reason: error.to_string(),
        })
    }

    fn write(&self, path: &str, _: &[u8]) -> Result<(), SnapshotError> {
        Err(SnapshotError {
            path: path.to_owned(),
            action: "written",
            reason: "this change is not trusted, so what it answers is not learned".to_owned(),
        })
    }
}

/// The paths of a gate file in its repository: as it is named, and what a link of that name leads to.
fn places(root: &Path, gate: &Path) -> Vec<String> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let folder = gate.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    let named = folder
        .ok()
        .zip(gate.file_name())
        .map(|(folder, name)| folder.join(name));
    let target = gate.canonicalize().ok();
    let below = |path: PathBuf| slashed(path.strip_prefix(&root).ok()?);
    let mut places: Vec<String> = named.into_iter().chain(target).filter_map(below).collect();
    places.dedup();
    places
}

/// The path of a gate file below its repository's root, by the names that lead there and not by what
/// links among them lead to.
fn as_named(root: &Path, gate: &Path) -> Option<String> {
    let root = root.canonicalize().ok()?;
    let whole = named_folder()?.join(gate);
    // The first one: a link further down may lead back to the root.
    let mut above: Vec<&Path> = whole.ancestors().skip(1).collect();
    above.reverse();
    let is_root = |folder: &&Path| folder.canonicalize().is_ok_and(|real| real == root);
    let above = above.into_iter().find(is_root)?;
    slashed(whole.strip_prefix(above).ok()?)
}

/// The folder that the program was started in, by the name that the shell gives it.
fn named_folder() -> Option<PathBuf> {
    let real = std::env::current_dir().ok()?;
    let named = std::env::var_os("PWD").map(PathBuf::from);
    let same = |named: &PathBuf| {
        named.is_absolute() && named.canonicalize().ok() == real.canonicalize().ok()
    };
    Some(named.filter(same).unwrap_or(real))
}

/// A path with forward slashes; nothing when it leads out of the repository.
fn slashed(path: &Path) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// Where a change took its gate file from: what git says was renamed, else a gate file that it removed.
fn moved(repository: &Arc<dyn Repository>, id: &str, here: &[String]) -> Option<String> {
    let mut renamed = None;
    let mut removed = Vec::new();
    let visited = repository.visit_changes(Some(id), &Head::WorkingTree, &mut |blob| {
        if here.contains(&blob.file.path) {
            renamed = blob.file.renamed_from;
        } else if blob.file.removed && is_yaml(&blob.file.path) {
            removed.push(blob.file.path);
        }
        ControlFlow::Continue(())
    });
    if visited.is_err() {
        return None;
    }
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let own = here.first().and_then(|path| name(path));
    removed.sort_by_key(|path| name(path) != own);
    renamed.or_else(|| {
        removed
            .into_iter()
            .find(|path| is_gate(repository, id, path))
    })
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// Whether a file looks like a gate file.
fn is_gate(repository: &Arc<dyn Repository>, id: &str, path: &str) -> bool {
    let content = repository.read_at(id, path, LIMIT).ok().flatten();
    let content = content.unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let key = |name: &str| text.lines().any(|line| line.starts_with(name));
    key("environments:") && (key("checks:") || key("include:"))
}
