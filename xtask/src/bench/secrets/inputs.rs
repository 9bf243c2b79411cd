//! What the programs look for secrets in: made once, and the same everywhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{files, repository};
use crate::bench::command::remove;
use crate::failure::Failure;
use crate::process::{root, run};

/// How much text the tree has at least.
const TREE_BYTES: u64 = 147_000_000;

/// The endings of text files in packages.
const TEXT: [&str; 7] = ["js", "mjs", "cjs", "ts", "json", "md", "map"];

/// What the inputs are made of, below the root of the repository: with another text they are made anew.
const INGREDIENTS: [&str; 5] = [
    "tests/bundles/package-lock.json",
    "tests/bundles/build.mjs",
    "tests/bundles/keys.mjs",
    "xtask/src/bench/secrets/inputs.rs",
    "xtask/src/bench/secrets/repository.rs",
];

const APPS: [&str; 3] = ["portal", "map", "next"];

/// Every gate file begins with this; nothing listens there, and nothing is asked.
const HEAD: &str = "\
version: 1
name: bench
environments:
  local: { kind: local, url: \"http://127.0.0.1:9\" }
checks:
";

/// The folder with all inputs.
pub(super) struct Inputs {
    folder: PathBuf,
}

/// What a program is to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// What the commits from `main` to `HEAD` have changed.
    Change,
    /// Every file of a folder.
    Folder(&'static str),
}

/// One folder to work in, with a gate file.
pub(super) struct Input {
    pub(super) folder: PathBuf,
    pub(super) subject: Subject,
    /// The id of the check in the gate file.
    pub(super) check: &'static str,
}

impl Input {
    /// What people call it.
    pub(super) fn name(&self) -> String {
        self.folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// How many bytes there are to look at.
    ///
    /// # Errors
    /// [`Failure::Io`] when a file cannot be looked at.
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        match self.subject {
            Subject::Change => files::bytes(&self.folder),
            Subject::Folder(name) => files::bytes(&self.folder.join(name)),
        }
    }
}

impl Inputs {
    /// Makes what is not there yet; it needs Node.js, npm and git.
    ///
    /// # Errors
    /// [`Failure`] when a program fails or a file cannot be written.
    pub(super) fn make() -> Result<Self, Failure> {
        let folder = root().join("target/bench/secrets");
        let made_of = folder.join("made-of");
        let ingredients: String = INGREDIENTS
            .iter()
            .map(|name| files::read(&root().join(name)))
            .collect::<Result<_, _>>()?;
        if files::read(&made_of).is_ok_and(|text| text == ingredients) {
            return Ok(Self { folder });
        }
        remove(&folder)?;
        eprintln!("making the inputs in {}", folder.display());
        let bundles = root().join("target/bundles");
        build_bundles(&bundles)?;
        for kind in ["clean", "planted"] {
            copy_bundles(&bundles.join(kind), &folder.join(kind))?;
        }
        let tree = folder.join("tree");
        copy_text(&bundles.join("node_modules"), &tree.join("tree"))?;
        repository::make(&folder.join("unchanged"), &tree.join("tree"), 0)?;
        repository::make(&folder.join("changed"), &tree.join("tree"), 200)?;
        files::write(&made_of, &ingredients)?;
        Ok(Self { folder })
    }

    /// Where programs may write.
    pub(super) fn scratch(&self) -> &Path {
        &self.folder
    }

    /// A repository whose work branch has nothing new.
    ///
    /// # Errors
    /// [`Failure::Io`] when the gate file cannot be written.
    pub(super) fn unchanged(&self) -> Result<Input, Failure> {
        self.change("unchanged")
    }

    /// A repository whose work branch is 200 commits ahead.
    ///
    /// # Errors
    /// [`Failure::Io`] when the gate file cannot be written.
    pub(super) fn changed(&self) -> Result<Input, Failure> {
        self.change("changed")
    }

    /// One built application with source maps.
    ///
    /// # Errors
    /// [`Failure::Io`] when the gate file cannot be written.
    pub(super) fn bundle(&self) -> Result<Input, Failure> {
        self.build("clean", "bundle", "dist/portal")
    }

    /// All built applications, `clean` or `planted`.
    ///
    /// # Errors
    /// [`Failure::Io`] when the gate file cannot be written.
    pub(super) fn bundles(&self, kind: &str) -> Result<Input, Failure> {
        self.build(kind, "bundles", "dist")
    }

    /// The text of many packages.
    ///
    /// # Errors
    /// [`Failure::Io`] when the gate file cannot be written.
    pub(super) fn tree(&self) -> Result<Input, Failure> {
        let config = "{ change: false, files: [tree], site: false }";
        self.input("tree", "tree", Subject::Folder("tree"), config)
    }

    fn change(&self, name: &str) -> Result<Input, Failure> {
        let config = "{ base: main, head: HEAD, site: false }";
        self.input(name, "no-new-secrets", Subject::Change, config)
    }

    fn build(
        &self,
        name: &str,
        check: &'static str,
        folder: &'static str,
    ) -> Result<Input, Failure> {
        let config = format!("{{ change: false, build: [{folder}], site: false }}");
        self.input(name, check, Subject::Folder(folder), &config)
    }

    fn input(
        &self,
        name: &str,
        check: &'static str,
        subject: Subject,
        config: &str,
    ) -> Result<Input, Failure> {
        let folder = self.folder.join(name);
        let gate = format!("{HEAD}  {check}: {{ secrets: {config} }}\n");
        files::write(&folder.join("tidegate.yaml"), &gate)?;
        Ok(Input {
            folder,
            subject,
            check,
        })
    }
}

fn build_bundles(folder: &Path) -> Result<(), Failure> {
    let mut command = Command::new("node");
    command
        .arg(root().join("tests/bundles/build.mjs"))
        .arg(folder);
    run(&mut command).map_err(|failure| {
        Failure::Found(format!(
            "{failure}; the bundles need Node.js 20, npm and its registry"
        ))
    })
}

/// Copies what the applications ship, and the list of what is planted in it.
fn copy_bundles(from: &Path, to: &Path) -> Result<(), Failure> {
    for app in APPS {
        let built = from.join(app).join("dist");
        for file in files::below(&built)? {
            let name = file.strip_prefix(&built).unwrap_or(&file);
            files::copy(&file, &to.join("dist").join(app).join(name))?;
        }
    }
    let manifest = from.join("manifest.json");
    match manifest.exists() {
        true => files::copy(&manifest, &to.join("manifest.json")),
        false => Ok(()),
    }
}

/// Copies every fourth text file, then the ones between, until there is enough of it.
fn copy_text(from: &Path, to: &Path) -> Result<(), Failure> {
    let mut texts = files::below(from)?;
    texts.retain(|file| is_text(file));
    let mixed = (0..4).flat_map(|first| texts.iter().skip(first).step_by(4));
    let mut bytes = 0;
    for file in mixed {
        if bytes >= TREE_BYTES {
            return Ok(());
        }
        bytes += files::size(file)?;
        files::copy(file, &to.join(file.strip_prefix(from).unwrap_or(file)))?;
    }
    Err(Failure::Found(format!(
        "the packages have only {bytes} bytes of text; {TREE_BYTES} are needed"
    )))
}

fn is_text(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| TEXT.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_file_names_what_the_other_programs_get() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs {
            folder: folder.path().to_owned(),
        };
        let input = inputs.bundles("clean").unwrap();
        let gate = files::read(&input.folder.join("tidegate.yaml")).unwrap();
        let check = "  bundles: { secrets: { change: false, build: [dist], site: false } }\n";
        assert!(gate.ends_with(check), "{gate}");
        assert_eq!(input.subject, Subject::Folder("dist"));
    }

    #[test]
    fn too_little_text_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        files::write(&from.join("package/index.js"), "one\n").unwrap();
        files::write(&from.join("package/picture.png"), "not text\n").unwrap();
        let failure = copy_text(&from, &to).unwrap_err().to_string();
        assert!(failure.contains("only 4 bytes"), "{failure}");
        assert_eq!(files::bytes(&to).unwrap(), 4);
    }
}
