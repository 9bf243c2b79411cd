//! What a client needs of the machine it runs on, as simple as it can be.
//!
//! ```
//! use tidegate_core::ports::{Files as _, Secrets as _};
//! use tidegate_testkit::machine::{Plain, Shelf};
//!
//! let shelf = Shelf::with("ca.pem", "authority");
//! assert_eq!(shelf.read("ca.pem", 100).unwrap(), b"authority");
//! assert!(shelf.read("other.pem", 100).is_err());
//! assert!(Plain::start().reveal("PASSWORD").is_err());
//! ```

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::ports::{BoxFuture, Clock, Files, FilesError, FoundFile, Random, Secrets};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Source, Span};
use tidegate_core::template::TemplateError;

/// A local environment at an address, with nothing else said about it.
pub fn environment(url: &str) -> Environment {
    Environment {
        name: "preview".into(),
        kind: EnvironmentKind::Local,
        url: Located {
            value: url.to_owned(),
            span: Span::new(Source::new("tidegate.yaml", "url"), 0, 3),
        },
        headers: Vec::new(),
        apis: Vec::new(),
        start: None,
        certificate_authority: None,
        rate: None,
    }
}

/// The real time, no secrets, and randomness that is always the same.
#[derive(Debug, Clone, Copy)]
pub struct Plain {
    started: Instant,
}

impl Plain {
    /// Starts the monotonic clock now.
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for Plain {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until((self.started + instant).into()))
    }
}

impl Secrets for Plain {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }

    fn learn(&self, _: &str, _: &str) {}

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

impl Random for Plain {
    fn seed(&self) -> u64 {
        1
    }

    fn next(&self) -> u64 {
        1
    }

    fn derive(&self, _: &str) -> u64 {
        1
    }
}

/// Files in memory that are read by their names and never listed.
#[derive(Debug, Clone, Default)]
pub struct Shelf(HashMap<String, Vec<u8>>);

impl Shelf {
    /// One file.
    pub fn with(path: &str, content: &str) -> Self {
        Self(HashMap::from([(path.to_owned(), content.into())]))
    }

    fn find(&self, path: &str) -> Result<Vec<u8>, FilesError> {
        let missing = || FilesError::Missing { path: path.into() };
        self.0.get(path).cloned().ok_or_else(missing)
    }
}

impl Files for Shelf {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        self.find(path)
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(Vec::new())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        Ok(Box::new(Cursor::new(self.find(path)?)))
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}

/// Files in memory of which every one is listed, whatever the globs say.
#[derive(Debug, Clone, Default)]
pub struct Folder(BTreeMap<String, Vec<u8>>);

impl Folder {
    /// Files by their path.
    pub fn of<P: Into<String>, C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, C)>) -> Self {
        let files = files.into_iter();
        Self(
            files
                .map(|(path, content)| (path.into(), content.into()))
                .collect(),
        )
    }
}

impl Files for Folder {
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
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        for (path, content) in &self.0 {
            let found = FoundFile {
                path: path.clone(),
                size: u64::try_from(content.len()).unwrap_or(u64::MAX),
            };
            if path.starts_with(folder) && visit(Ok(found)).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        Ok(Box::new(Cursor::new(self.read(path, usize::MAX)?)))
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
