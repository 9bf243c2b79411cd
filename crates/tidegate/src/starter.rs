//! The starter set of checks in the place of a gate file that is not there: for a deploy of which only
//! the address is known.
//!
//! It is made in memory, and nothing is written beside the project. A change never gets it by removing the
//! gate file that would judge it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tidegate_config::{Disk, LoadError, Reader};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::place::STARTER_SET;
use tidegate_core::ports::Repository;
use tidegate_draft::starter::{self, Wish};
use url::{Host, Url};

use crate::judge;
use crate::source::Source;

/// The checked-out commit itself: its gate file may be gone from the working copy alone.
const HEAD: &str = "HEAD";

/// The starter set of a run, and what it keeps beside the project.
pub(crate) struct Starter {
    /// Its text, as that of a gate file.
    text: String,
    /// The folder of what outlives a run elsewhere; removed with this.
    folder: TempDir,
}

impl Starter {
    /// Makes the set for an address.
    ///
    /// # Errors
    /// When the system has no place for temporary files.
    pub(crate) fn new(url: &str, folder: &Path) -> io::Result<Self> {
        let address = address(url);
        let wish = Wish {
            name: name(address.as_ref(), folder),
            // Nobody said that this deploy may be written to.
            kind: match starter::likely_kind(url) {
                EnvironmentKind::Local => None,
                _ => Some(EnvironmentKind::Production),
            },
            // What is wrong with an address is told at the option that gave it.
            url: address.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            ..Wish::default()
        };
        Ok(Self {
            text: starter::gate(&wish),
            folder: tempfile::Builder::new().prefix("tidegate-").tempdir()?,
        })
    }

    /// Where the run keeps what outlives runs of a gate file.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Reader for Starter {
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        if path.file_name().is_some_and(|name| name == STARTER_SET) {
            return Ok(self.text.as_bytes().to_vec());
        }
        Disk.read(path, limit)
    }
}

/// The path by which findings name the set in a folder.
pub(crate) fn path_in(folder: &Path) -> PathBuf {
    if folder == Path::new(".") {
        return PathBuf::from(STARTER_SET);
    }
    folder.join(STARTER_SET)
}

/// What there is of an address that can stand in a gate file: an origin and a path.
fn address(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    if !is_web || !url.username().is_empty() || url.password().is_some() || url.path().contains('$')
    {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// The portal's name: that of its host, or of the folder when the portal is on this machine.
fn name(url: Option<&Url>, folder: &Path) -> String {
    let host = url.and_then(Url::host).and_then(|host| match host {
        Host::Domain(name) if name != "localhost" => Some(name.to_owned()),
        _ => None,
    });
    let of_folder = || {
        let whole = folder.canonicalize().ok()?;
        Some(whole.file_name()?.to_string_lossy().into_owned())
    };
    host.or_else(of_folder).unwrap_or_default()
}

/// Why a gate file must not be missing, when the set may take its place at all: `error` is what reading
/// the file told. Otherwise what a reader of the run must know.
///
/// # Errors
/// What is wrong, because the judged change, or the working copy, removes the gate file, or because
/// nobody knows whether it does and the change is not trusted.
pub(crate) fn allowed(
    error: LoadError,
    source: &Source,
    base: Option<&str>,
    untrusted: bool,
    repository: Option<&Arc<dyn Repository>>,
) -> Result<Option<Diagnostic>, LoadError> {
    let Some(repository) = repository else {
        return if untrusted { Err(error) } else { Ok(None) };
    };
    let known = base.map(|base| (base, repository.resolve(base)));
    if let Some((base, Ok(_))) = &known {
        let gone = judge::gone(&error, &source.path, base, repository);
        gone.map_or(Ok(()), Err)?;
    }
    let gone = judge::gone(&error, &source.path, HEAD, repository);
    gone.map_or(Ok(()), Err)?;
    match known {
        Some((_, Ok(_))) => Ok(None),
        _ if untrusted => Err(error),
        Some((base, Err(reason))) => Ok(Some(
            Diagnostic::new(format!(
                "whether this change removes its own gate file is not known, because `{}` could not be read: {reason}",
                judge::shortened(base)
            ))
            .help("Fetch it (for actions/checkout `fetch-depth: 0`), or write a gate file with `tidegate init`."),
        )),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(url: &str) -> String {
        Starter::new(url, Path::new("/acme portal")).unwrap().text
    }

    #[test]
    fn the_set_is_named_after_the_host_or_the_folder() {
        assert!(text("https://portal.Acme.example/app/").contains("name: portal-acme-example\n"));
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("Acme portal");
        std::fs::create_dir(&folder).unwrap();
        let starter = Starter::new("http://127.0.0.1:3000", &folder).unwrap();
        assert!(starter.text.contains("name: acme-portal\n"));
    }

    #[test]
    fn no_address_writes_into_the_set() {
        for url in [
            "https://a.example/\"}\nchecks: {}",
            "https://a.example/${HOME}",
            "https://user:secret@a.example",
            "ftp://a.example",
            "nowhere",
        ] {
            let text = text(url);
            assert!(
                !text.contains("HOME") && !text.contains("user") && !text.contains("checks: {}"),
                "{text}"
            );
        }
    }

    #[test]
    fn findings_name_the_set_by_its_name_alone_in_this_folder() {
        assert_eq!(path_in(Path::new(".")), Path::new(STARTER_SET));
        assert_eq!(
            path_in(Path::new("apps/a")),
            Path::new("apps/a/starter set")
        );
    }
}
