//! `cargo xtask generate`: the files that are made from the program and from each other.

mod pages;
mod sdk;

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use lexopt::Parser;
use lexopt::prelude::Long;

use crate::failure::Failure;
use crate::process::{build, root};
use pages::Pages;

/// What is done with the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Written when they differ.
    Write,
    /// Compared only.
    Check,
}

impl Mode {
    /// Reads the arguments after `generate`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when they make no sense.
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self, Failure> {
        let mut mode = Self::Write;
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("check") => mode = Self::Check,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(mode)
    }
}

/// A file that is made.
#[derive(Debug)]
struct Generated {
    /// Relative to the root of the repository.
    path: String,
    text: String,
}

impl Generated {
    fn new(path: impl Into<String>, text: String) -> Self {
        let path = path.into();
        Self { path, text }
    }

    fn path(&self) -> PathBuf {
        root().join(&self.path)
    }

    fn is_fresh(&self) -> bool {
        fs::read_to_string(self.path()).is_ok_and(|text| text == self.text)
    }

    fn write(&self) -> Result<(), Failure> {
        let failed = Failure::io(format!("write {}", self.path));
        let folder = self.path().parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(self.path(), &self.text))
            .map_err(failed)?;
        println!("wrote {}", self.path);
        Ok(())
    }
}

/// Makes the files again, and writes them or says which are stale.
///
/// # Errors
/// [`Failure`] when the program does not build or run, or, with [`Mode::Check`], when a file is stale.
pub(crate) fn run(mode: Mode) -> Result<(), Failure> {
    // The features of `cargo demo`, so that one build serves both.
    let pages = Pages::of(build(
        "tidegate",
        &["--no-default-features", "--features", "demo"],
    )?);
    let contents = fs::read_to_string(root().join("docs/SUMMARY.md"));
    let contents = contents.map_err(Failure::io("read docs/SUMMARY.md"))?;
    let mut files = vec![
        Generated::new("docs/gate.schema.json", pages.schema()?),
        Generated::new("crates/plugin/sdk/rust.json", sdk::bundle()?),
        Generated::new("docs/packs.md", pages.packs()?),
    ];
    files.extend(pages.checks(&contents)?);
    let stale: Vec<&Generated> = files.iter().filter(|file| !file.is_fresh()).collect();
    let left = left_over(&files)?;
    match mode {
        Mode::Write => {
            stale.into_iter().try_for_each(Generated::write)?;
            left.iter().try_for_each(|path| {
                println!("removed {path}");
                fs::remove_file(root().join(path)).map_err(Failure::io(format!("remove {path}")))
            })
        }
        Mode::Check if stale.is_empty() && left.is_empty() => Ok(()),
        Mode::Check => {
            let names = stale.iter().map(|file| &*file.path);
            let names: Vec<&str> = names.chain(left.iter().map(String::as_str)).collect();
            let names = names.join(", ");
            Err(Failure::Found(format!(
                "stale: {names}; run `cargo xtask generate`"
            )))
        }
    }
}

/// Pages of kinds that are no more.
fn left_over(files: &[Generated]) -> Result<Vec<String>, Failure> {
    const FOLDER: &str = "docs/checks";
    let entries = match fs::read_dir(root().join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io(format!("read {FOLDER}"))(error)),
    };
    let names = entries.map(|entry| Ok(format!("{FOLDER}/{}", entry?.file_name().display())));
    let names = names.collect::<Result<Vec<String>, _>>();
    let mut names = names.map_err(Failure::io(format!("read {FOLDER}")))?;
    names.retain(|name| files.iter().all(|file| file.path != *name));
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checking_is_asked_for() {
        let parse = |arguments: &[&str]| Mode::parse(Parser::from_args(arguments));
        assert_eq!(parse(&[]).unwrap(), Mode::Write);
        assert_eq!(parse(&["--check"]).unwrap(), Mode::Check);
        assert!(matches!(parse(&["all"]), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_page_of_no_kind_is_left_over() {
        let left = left_over(&[]).unwrap();
        assert!(left.contains(&"docs/checks/flow.md".to_owned()), "{left:?}");
        let kept = Generated::new("docs/checks/flow.md", String::new());
        let left = left_over(&[kept]).unwrap();
        assert!(
            !left.contains(&"docs/checks/flow.md".to_owned()),
            "{left:?}"
        );
    }

    #[test]
    fn another_text_or_no_file_is_stale() {
        let file = |path: &str, text: &str| Generated::new(path, text.to_owned());
        assert!(!file("docs/no-such-file", "").is_fresh());
        assert!(!file("LICENSE-MIT", "MIT").is_fresh());
        let text = fs::read_to_string(root().join("LICENSE-MIT")).unwrap();
        assert!(file("LICENSE-MIT", &text).is_fresh());
    }
}
