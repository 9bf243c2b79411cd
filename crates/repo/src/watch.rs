//! What was saved below a folder since the last look.
//!
//! The files are looked at again and again: that needs no service of the system, works on every file system,
//! and costs some milliseconds for some thousand files.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The most files that are watched, and the most folders that are looked into.
const MOST: usize = 100_000;

/// Folders that are never watched, wherever they are: other people's code, and what tools write for themselves.
const NEVER: &[&str] = &[".git", "node_modules", ".tidegate"];

/// Watches the files below a folder, but for those that git ignores.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    known: HashMap<PathBuf, Stamp>,
    ignored: HashSet<PathBuf>,
    most: usize,
    whole: bool,
}

/// What tells that a file was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    size: u64,
}

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self {
            modified: found.modified().ok(),
            size: found.len(),
        }
    }
}

impl Watch {
    /// Begins to watch; what is there now is known.
    pub fn new(root: &Path) -> Self {
        Self::at_most(MOST, root)
    }

    fn at_most(most: usize, root: &Path) -> Self {
        let mut watch = Self {
            root: root.to_owned(),
            known: HashMap::new(),
            ignored: ignored::all(root),
            most,
            whole: true,
        };
        watch.known = watch.look();
        watch
    }

    /// How many files are watched.
    pub fn files(&self) -> usize {
        self.known.len()
    }

    /// Whether all files are watched; a hundred thousand are at most, in as many folders.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The files that were saved, made or removed since the last look, as sorted paths with slashes from the folder.
    pub fn changes(&mut self) -> Vec<String> {
        let now = self.look();
        let mut changed: BTreeSet<&PathBuf> = now
            .iter()
            .filter(|(path, stamp)| self.known.get(*path) != Some(stamp))
            .map(|(path, _)| path)
            .collect();
        // Where not all is looked at, what is missing may only not have been reached.
        let gone = |path: &&PathBuf| {
            !now.contains_key(*path)
                && (self.whole || fs::symlink_metadata(self.root.join(path)).is_err())
        };
        changed.extend(self.known.keys().filter(gone));
        let changed: Vec<PathBuf> = changed.into_iter().cloned().collect();
        self.known = now;
        if changed.is_empty() {
            return Vec::new();
        }
        // A build may have made a folder that git ignores, or a rule may be new.
        self.ignored = ignored::all(&self.root);
        let ignored = &self.ignored;
        let kept = |path: &Path| !path.ancestors().any(|above| ignored.contains(above));
        self.known.retain(|path, _| kept(path));
        let told = ignored::among(&self.root, &changed);
        let changed = changed.iter().filter(|path| !told.contains(*path));
        changed.map(|path| slashed(path)).collect()
    }

    fn look(&mut self) -> HashMap<PathBuf, Stamp> {
        let mut found = HashMap::with_capacity(self.known.len());
        let mut waiting = vec![PathBuf::new()];
        let mut folders = 1;
        self.whole = true;
        while let Some(folder) = waiting.pop() {
            // A folder that is gone, or may not be read, has nothing to watch.
            let Ok(entries) = fs::read_dir(self.root.join(&folder)) else {
                continue;
            };
            for entry in entries.flatten() {
                let path = folder.join(entry.file_name());
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                let never = NEVER.iter().any(|name| entry.file_name() == *name);
                if never || self.ignored.contains(&path) {
                    continue;
                }
                if kind.is_dir() && folders < self.most {
                    folders += 1;
                    waiting.push(path);
                } else if kind.is_dir() {
                    self.whole = false;
                } else if found.len() == self.most {
                    self.whole = false;
                    return found;
                } else if let Ok(metadata) = entry.metadata() {
                    found.insert(path, Stamp::of(&metadata));
                }
            }
        }
        found
    }
}

fn slashed(path: &Path) -> String {
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(not(feature = "git"))]
mod ignored {
    use std::collections::HashSet;
    use std::path::{Path, PathBuf};

    pub(super) fn all(_root: &Path) -> HashSet<PathBuf> {
        HashSet::new()
    }

    pub(super) fn among(_root: &Path, _paths: &[PathBuf]) -> HashSet<PathBuf> {
        HashSet::new()
    }
}

#[cfg(feature = "git")]
use crate::git::ignored;

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "src/app.ts",
            "node_modules/x/index.js",
            ".tidegate/state.json",
        ] {
            write(&folder, path, "1");
        }
        folder
    }

    fn write(folder: &tempfile::TempDir, path: &str, text: &str) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn what_is_saved_made_or_removed_is_told_once() {
        let folder = folder();
        let mut watch = Watch::new(folder.path());
        assert_eq!((watch.files(), watch.is_whole()), (1, true));
        assert!(watch.changes().is_empty());
        write(&folder, "src/app.ts", "22");
        write(&folder, "src/deep/new.ts", "1");
        assert_eq!(watch.changes(), ["src/app.ts", "src/deep/new.ts"]);
        assert!(watch.changes().is_empty());
        fs::remove_dir_all(folder.path().join("src/deep")).unwrap();
        assert_eq!(watch.changes(), ["src/deep/new.ts"]);
    }

    #[test]
    fn a_tree_without_end_is_watched_in_part() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..12 {
            write(&folder, &format!("many/{number}.ts"), "1");
            fs::create_dir_all(folder.path().join(format!("empty/{number}/deep"))).unwrap();
        }
        let mut watch = Watch::at_most(10, folder.path());
        assert!(watch.files() <= 10 && !watch.is_whole());
        assert!(watch.changes().is_empty());
        let watch = Watch::at_most(100, folder.path());
        assert_eq!((watch.files(), watch.is_whole()), (12, true));
        // Folders count as well.
        fs::remove_dir_all(folder.path().join("many")).unwrap();
        assert!(!Watch::at_most(10, folder.path()).is_whole());
    }

    #[test]
    fn a_file_that_is_saved_with_the_same_size_is_told() {
        let folder = folder();
        let mut watch = Watch::new(folder.path());
        let file = fs::File::options()
            .write(true)
            .open(folder.path().join("src/app.ts"))
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(watch.changes(), ["src/app.ts"]);
    }

    #[test]
    fn what_tools_write_for_themselves_is_left_alone() {
        let folder = folder();
        let mut watch = Watch::new(folder.path());
        write(&folder, "node_modules/x/index.js", "22");
        write(&folder, "apps/a/node_modules/y.js", "1");
        write(&folder, ".tidegate/state.json", "22");
        write(&folder, ".git/index", "1");
        assert!(watch.changes().is_empty());
    }

    #[cfg(feature = "git")]
    #[test]
    fn what_git_ignores_is_left_alone_from_the_moment_it_does() {
        let folder = folder();
        let git = |arguments: &[&str]| {
            let ran = std::process::Command::new("git")
                .args(arguments)
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(ran.status.success(), "{ran:?}");
        };
        git(&["init", "-q"]);
        write(&folder, ".gitignore", "dist\n*.log\n");
        write(&folder, "dist/old.js", "1");
        let mut watch = Watch::new(folder.path());
        assert_eq!(watch.files(), 2);
        write(&folder, "dist/old.js", "22");
        write(&folder, "packages/a/dist/new.js", "1");
        write(&folder, "run.log", "1");
        assert!(watch.changes().is_empty());
        write(&folder, "build/out.js", "1");
        assert_eq!(watch.changes(), ["build/out.js"]);
        write(&folder, ".gitignore", "dist\n*.log\nbuild\n");
        assert_eq!(watch.changes(), [".gitignore"]);
        write(&folder, "build/out.js", "22");
        assert!(watch.changes().is_empty());
    }
}
