//! Every file below a folder, on as many threads as the machine has.

use std::ops::ControlFlow;

use tidegate_core::check::CheckError;
use tidegate_core::ports::{Files, FilesError, FoundFile};

use super::bundle;
use super::collect::Collected;
use super::content::{Looked, Looker};
use super::exposure::{Surface, Way};
use crate::blocking::{self, Stop};
use crate::scan::Scanner;
use crate::scan::custom::Place;
use crate::shipped::output;

/// Looks at files with one scanner.
pub(super) struct Folders<'f> {
    pub(super) files: &'f dyn Files,
    pub(super) scanner: &'f Scanner,
    pub(super) stop: &'f Stop,
}

impl Folders<'_> {
    /// The usual folders of build output that are there.
    pub(super) fn usual(&self) -> Vec<String> {
        let there = output::there(self.files, output::SERVED);
        there.into_iter().map(str::to_owned).collect()
    }

    /// The values that the files of a folder show.
    ///
    /// # Errors
    /// When the folder is not there or outside the roots.
    pub(super) fn look(&self, folder: &str) -> Result<Collected, CheckError> {
        let mut collected = Collected::default();
        let found = self.walk(folder, &mut collected)?;
        for (file, looked) in self.each(&found) {
            collected.take(&file.path, looked, Surface::Repository, Way::File);
        }
        Ok(collected)
    }

    /// The values that the build output in a folder shows, at the sources behind it where maps tell
    /// them.
    ///
    /// # Errors
    /// When the folder is not there or outside the roots.
    pub(super) fn build(&self, folder: &str) -> Result<Collected, CheckError> {
        let mut collected = Collected::default();
        let found = self.walk(folder, &mut collected)?;
        for (file, looked) in self.each(&found) {
            collected.count(&file.path, &looked);
            if !looked.seen.is_empty() {
                bundle::Built::new(self.files, self.scanner).take(
                    &file.path,
                    looked,
                    &mut collected,
                );
            }
        }
        Ok(collected)
    }

    fn walk(&self, folder: &str, collected: &mut Collected) -> Result<Vec<FoundFile>, CheckError> {
        let mut found = Vec::new();
        let walked = self.files.walk(folder, &mut |file| {
            match file {
                Ok(file) => found.push(file),
                Err(error) => collected
                    .untold
                    .push((folder.to_owned(), error.to_string())),
            }
            if self.stop.requested() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        match walked {
            Err(FilesError::Missing { path }) => Err(CheckError::new(
                format!("there is no folder {path}"),
                "Build the portal before the gate runs, or correct the name: it is relative to \
                 the folder of the gate file.",
            )),
            other => Ok(other.map(|()| found)?),
        }
    }

    /// What each file showed.
    fn each<'w>(&self, found: &'w [FoundFile]) -> impl Iterator<Item = (&'w FoundFile, Looked)> {
        let tools = || Looker::new(self.scanner);
        let looked = blocking::each(found, self.stop, tools, |looker, file| {
            match self.files.open(&file.path) {
                Ok(mut reader) => looker.reader(&mut *reader, &Place::of(&file.path)),
                Err(error) => Looked {
                    untold: vec![error.to_string()],
                    ..Looked::default()
                },
            }
        });
        found.iter().zip(looked)
    }
}
