use std::fs;
use std::process::Command;

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
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
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
        fs::remove_file(bench.path().join("gone.txt")).unwrap();
        fs::rename(
            bench.path().join("old name.txt"),
            bench.path().join("new näme.txt"),
        )
        .unwrap();
        bench.commit("second");
        bench
    }

    fn open(&self) -> GitRepository {
        GitRepository::discover(self.path()).unwrap()
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
    let files = bench.open().changed_files("main", Some("change")).unwrap();
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
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let from = format!("file://{}", origin.path().display());
    let output = Command::new("git")
        .args(["clone", "--quiet", "--depth=1", "--no-single-branch", &from])
        .arg(&clone)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let repository = GitRepository::discover(&clone).unwrap();
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
