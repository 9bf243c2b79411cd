//! Files in memory, for tests and fuzz targets.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::ports::{Files, FilesError, FoundFile};

/// Files that are all known.
#[derive(Default)]
pub(crate) struct FakeFiles(pub(crate) BTreeMap<String, Vec<u8>>);

impl FakeFiles {
    /// Files by their path.
    pub(crate) fn new(files: &[(&str, &str)]) -> Arc<Self> {
        let files = files.iter();
        let files = files.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Arc::new(Self(files.collect()))
    }
}

impl Files for FakeFiles {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let path = path.to_owned();
        match self.0.get(&path) {
            None => Err(FilesError::Missing { path }),
            Some(content) if content.len() > limit => Err(FilesError::TooLarge { path, limit }),
            Some(content) => Ok(content.clone()),
        }
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(self.0.keys().cloned().collect())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        Ok(Box::new(Cursor::new(self.read(path, usize::MAX)?)))
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
