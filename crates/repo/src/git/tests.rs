mod bad;
mod contents;
mod deepen;
mod history;
mod lines;
mod odd;
mod renames;

use std::fs;
use std::io::Read as _;
use std::process::Command;

use tidegate_core::ports::Content;

use super::*;

/// A repository made with the `git` program.
struct Bench(tempfile::TempDir);

impl Bench {
    /// `main` with one commit, and a branch `change` that is checked out.
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        bench.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, content) in [
            ("kept.txt", "kept"),
            ("edited.txt", "before"),
            ("gone.txt", "gone"),
            ("old name.txt", "a text that moves"),
            (".gitignore", "ignored.txt\n"),
        ] {
            bench.write(path, content);
        }
        bench.commit("first");
        bench.git(&["checkout", "--quiet", "-b", "change"]);
        bench
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(self.path(), arguments)
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path().join(from), self.path().join(to)).unwrap();
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// The change that the tests look at, committed.
    fn changed() -> Self {
        let bench = Self::new();
        bench.write("edited.txt", "after");
        bench.write("src/new.txt", "new");
        bench.remove("gone.txt");
        bench.rename("old name.txt", "new näme.txt");
        bench.commit("second");
        bench
    }

    fn open(&self) -> GitRepository {
        GitRepository::discover(self.path()).unwrap()
    }

    /// A clone with the last commits of each branch only.
    fn shallow_clone(&self, depth: usize) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let from = format!("file://{}", self.path().display());
        let depth = format!("--depth={depth}");
        git(
            folder.path(),
            &["clone", "--quiet", &depth, "--no-single-branch", &from, "."],
        );
        Self(folder)
    }

    /// What changed, told by [`changed_blob`].
    fn changes(&self, base: Option<&str>, head: &Head) -> Vec<String> {
        let mut told = Vec::new();
        let visited = self.open().visit_changes(base, head, &mut |blob| {
            told.push(changed_blob(blob));
            ControlFlow::Continue(())
        });
        visited.unwrap();
        told
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn revision(name: &str) -> Head {
    Head::Revision(name.into())
}

/// `path: old -> new`, with `-` for none and `from => path` for a renamed one.
fn changed_blob(blob: ChangedBlob) -> String {
    let from = blob.file.renamed_from.map(|from| format!("{from} => "));
    let from = from.unwrap_or_default();
    let (old, new) = (content(blob.old), content(blob.new));
    assert_eq!(blob.file.removed, new == "-");
    format!("{from}{}: {old} -> {new}", blob.file.path)
}

/// A content as text, and what is larger or unreadable in angle brackets.
fn content(content: Option<Content>) -> String {
    match content {
        None => "-".into(),
        Some(Content::Whole(content)) => String::from_utf8_lossy(&content).into_owned(),
        Some(Content::Large { size, mut reader }) => {
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            assert_eq!(u64::try_from(read.len()).unwrap(), size);
            format!("<{size} bytes>")
        }
        Some(Content::Unreadable(reason)) => format!("<{reason}>"),
    }
}

/// `M path`, `D path` and `R from -> path` of each file.
fn told(files: &[ChangedFile]) -> Vec<String> {
    let tell = |file: &ChangedFile| match (&file.renamed_from, file.removed) {
        (Some(from), _) => format!("R {from} -> {}", file.path),
        (None, true) => format!("D {}", file.path),
        (None, false) => format!("M {}", file.path),
    };
    files.iter().map(tell).collect()
}

#[test]
fn a_commit_is_compared_with_the_merge_base() {
    let bench = Bench::changed();
    // What happens on the base after the branch left it is no part of the change.
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("kept.txt", "changed on main");
    bench.commit("meanwhile");
    let repository = bench.open();
    let common = repository.merge_base("main", "change").unwrap();
    assert_eq!(common, repository.resolve("main~1").unwrap());
    let files = repository.changed_files("main", Some("change")).unwrap();
    assert_eq!(
        told(&files),
        [
            "M edited.txt",
            "D gone.txt",
            "R old name.txt -> new näme.txt",
            "M src/new.txt"
        ]
    );
}

#[test]
fn the_working_tree_counts_with_what_is_untracked_but_not_ignored() {
    let bench = Bench::changed();
    bench.write("edited.txt", "before");
    bench.write("kept.txt", "edited and not staged");
    bench.write("staged.txt", "staged");
    bench.git(&["add", "staged.txt"]);
    bench.write("deep/a b.txt", "untracked");
    bench.write("ignored.txt", "ignored");
    fs::remove_file(bench.path().join("src/new.txt")).unwrap();
    let files = bench.open().changed_files("main", None).unwrap();
    assert_eq!(
        told(&files),
        [
            "M deep/a b.txt",
            "D gone.txt",
            "M kept.txt",
            "R old name.txt -> new näme.txt",
            "M staged.txt"
        ],
        "what is as it was in the base is no change, committed or not"
    );
}

#[test]
fn a_file_is_read_at_a_revision() {
    let bench = Bench::changed();
    let repository = bench.open();
    let read = |revision, path, limit| repository.read_at(revision, path, limit);
    assert_eq!(read("main", "edited.txt", 9).unwrap().unwrap(), b"before");
    assert_eq!(read("HEAD", "edited.txt", 9).unwrap().unwrap(), b"after");
    assert_eq!(read("main", "src/new.txt", 9).unwrap(), None);
    assert_eq!(read("HEAD", "src", 9).unwrap(), None);
    assert!(matches!(
        read("main", "edited.txt", 5),
        Err(RepositoryError::TooLarge { limit: 5, .. })
    ));
}

#[test]
fn revisions_are_resolved_and_unknown_ones_named() {
    let bench = Bench::changed();
    let repository = bench.open();
    assert_eq!(
        repository.resolve("main").unwrap(),
        bench.git(&["rev-parse", "main"])
    );
    assert_eq!(repository.resolve("HEAD~1"), repository.resolve("main"));
    bench.git(&["tag", "--annotate", "v1", "--message", "v1", "main"]);
    assert_eq!(repository.resolve("v1"), repository.resolve("main"));
    for unknown in ["nowhere", "HEAD~9", "main..change", ""] {
        let error = repository.resolve(unknown).unwrap_err();
        assert!(
            matches!(error, RepositoryError::UnknownRevision { .. }),
            "{unknown}: {error}"
        );
    }
}

#[test]
fn the_root_is_found_from_below_and_missing_outside() {
    let bench = Bench::changed();
    let below = GitRepository::discover(&bench.path().join("src")).unwrap();
    assert_eq!(below.root(), bench.path().canonicalize().unwrap());
    let outside = tempfile::tempdir().unwrap();
    let error = GitRepository::discover(outside.path()).err().unwrap();
    assert!(matches!(error, RepositoryError::Absent { .. }));
}

#[test]
fn a_shallow_clone_is_named_as_the_cause() {
    let origin = Bench::changed();
    origin.git(&["checkout", "--quiet", "main"]);
    origin.commit("meanwhile");
    origin.git(&["checkout", "--quiet", "change"]);
    let clone = origin.shallow_clone(1);
    let repository = clone.open();
    for base in ["origin/main", "HEAD~1"] {
        let error = repository.changed_files(base, None).unwrap_err();
        let expected = RepositoryError::Shallow {
            revision: base.into(),
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn histories_without_a_common_commit_are_an_error() {
    let bench = Bench::changed();
    bench.git(&["checkout", "--quiet", "--orphan", "other"]);
    bench.commit("apart");
    let error = bench.open().changed_files("main", None).unwrap_err();
    assert!(error.to_string().contains("no common commit"), "{error}");
}
