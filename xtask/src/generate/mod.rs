//! `cargo xtask generate`: the files that are made from the program and from each other.

mod pages;
mod sdk;

use std::fs;
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
    path: &'static str,
    text: String,
}

impl Generated {
    fn path(&self) -> PathBuf {
        root().join(self.path)
    }

    fn is_fresh(&self) -> bool {
        fs::read_to_string(self.path()).is_ok_and(|text| text == self.text)
    }

    fn write(&self) -> Result<(), Failure> {
        fs::write(self.path(), &self.text).map_err(Failure::io(format!("write {}", self.path)))?;
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
    let files = [
        Generated {
            path: "docs/gate.schema.json",
            text: pages.schema()?,
        },
        Generated {
            path: "docs/checks.md",
            text: pages.checks()?,
        },
        Generated {
            path: "docs/packs.md",
            text: pages.packs()?,
        },
        Generated {
            path: "crates/plugin/sdk/rust.json",
            text: sdk::bundle()?,
        },
    ];
    let stale: Vec<&Generated> = files.iter().filter(|file| !file.is_fresh()).collect();
    match mode {
        Mode::Write => stale.into_iter().try_for_each(Generated::write),
        Mode::Check if stale.is_empty() => Ok(()),
        Mode::Check => {
            let names: Vec<&str> = stale.iter().map(|file| file.path).collect();
            let names = names.join(", ");
            Err(Failure::Found(format!(
                "stale: {names}; run `cargo xtask generate`"
            )))
        }
    }
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
    fn another_text_or_no_file_is_stale() {
        let file = |path, text: &str| Generated {
            path,
            text: text.to_owned(),
        };
        assert!(!file("docs/no-such-file", "").is_fresh());
        assert!(!file("LICENSE-MIT", "MIT").is_fresh());
        let text = fs::read_to_string(root().join("LICENSE-MIT")).unwrap();
        assert!(file("LICENSE-MIT", &text).is_fresh());
    }
}
